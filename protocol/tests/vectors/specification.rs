use psephos_protocol::{
    Point,
    constants::tag,
    identity::{Identity, Seed},
    note,
    rule::{Kind, Parameters, Rule},
};
use serde_json::Value;

use crate::read::{
    COMMITTEE, REWARDS, bytes, element, elements, flag, list, number, numbers, parse, point, scalar, text, typed,
};

pub(crate) const VECTORS: &str = include_str!("../../../vectors/specification.json");

pub(crate) fn rule(vector: &Value) -> Rule {
    let kind: Kind = serde_json::from_value(vector["kind"].clone()).expect("the value is a kind of rule");
    Rule { kind, parameter: number(&vector["parameter"]) as u16, exact: flag(&vector["exact"]) }
}

#[test]
fn domain_tags_are_derived_from_their_names() {
    let constants = [
        tag::id(),
        tag::leaf(),
        tag::keys(),
        tag::poll(),
        tag::nullifier(),
        tag::note(),
        tag::ballot(),
        tag::ballot_hash(),
        tag::signature(),
        tag::decryption(),
        tag::dealing(),
        tag::share(),
        tag::reward(),
        tag::claim(),
    ];
    let files = [parse(VECTORS), parse(COMMITTEE), parse(REWARDS)];
    let vectors: Vec<&Value> = files.iter().flat_map(|file| list(&file["tags"])).collect();
    assert_eq!([vectors.len(), tag::NAMES.len()], [constants.len(); 2]);
    for ((vector, name), constant) in vectors.iter().zip(tag::NAMES).zip(constants) {
        assert_eq!(text(&vector["name"]), *name);
        assert_eq!(element(&vector["value"]), constant);
        assert_eq!(tag::derive(name), constant);
    }
}

#[test]
fn identities_of_seeds_equal_vectors() {
    for vector in list(&parse(VECTORS)["identities"]) {
        let identity = Identity::from_seed(&Seed::from_bytes(bytes(&vector["seed"]))).unwrap();
        assert_eq!(identity.authorising_key(), point(&vector["ak"]));
        assert_eq!(identity.authorising_key(), Point::generator().mul(&scalar(&vector["ask"])));
        assert_eq!(*identity.nullifier_key().expose(), element(&vector["nk"]));
        assert_eq!(identity.commitment().value(), element(&vector["id"]));
    }
}

#[test]
fn ballot_randomness_equals_vectors() {
    let vectors = parse(VECTORS);
    assert_eq!(list(&vectors["randomness"]).len(), 10);
    for vector in list(&vectors["randomness"]) {
        let identity = Identity::from_seed(&Seed::from_bytes(bytes(&vector["seed"]))).unwrap();
        let numbers = [0, 1].map(|half| number(&vector["numbers"][half]) as u16);
        let randomness = identity.derived_randomness(typed(&vector["ctx"]), bytes(&vector["previous"]), numbers);
        assert!(*randomness.expose() == scalar(&vector["randomness"]));
        assert!(*randomness.blinder().expose() == element(&vector["blinder"]));
    }
}

#[test]
fn packed_values_equal_vectors() {
    for vector in list(&parse(VECTORS)["packed"]) {
        let values = numbers(&vector["values"]);
        assert_eq!(note::pack(values[0], &values[1..]), elements(&vector["words"]));
    }
}

#[test]
fn packed_rules_equal_vectors() {
    let vectors = parse(VECTORS);
    let mut parameterised = 0;
    for vector in list(&vectors["rules"]) {
        let packed = number(&vector["packed"]);
        let parameters =
            rule(vector).parameters(number(&vector["options"]) as usize, flag(&vector["weighted"])).unwrap();
        assert_eq!(parameters.packed_u64(), packed);
        assert_eq!(Parameters::unpack(packed), Ok(parameters));
        parameterised += 1;
    }
    assert_eq!(parameterised, 72);
}
