use psephos_protocol::{
    Point,
    constants::tag,
    identity::{Identity, Seed},
    note,
    rule::{Rule, RuleKind, RuleParameters},
};
use serde_json::Value;

use crate::read::{
    COMMITTEE, REWARDS, ROUNDING, SHEETS, as_flag, as_list, as_number, as_numbers, as_text, as_weight, parse_vectors,
    read_bytes, read_element, read_elements, read_point, read_scalar, typed,
};

pub(crate) const VECTORS: &str = include_str!("../../../vectors/specification.json");
const IDENTITIES: &str = include_str!("../../../vectors/identities.json");

pub(crate) fn read_rule(vector: &Value) -> Rule {
    let kind: RuleKind = serde_json::from_value(vector["kind"].clone()).expect("the value is a kind of rule");
    Rule {
        kind,
        parameter: as_number(&vector["parameter"]) as u16,
        exact: as_flag(&vector["exact"]),
        choice_in_note: as_flag(&vector["choice_in_note"]),
        masked: false,
    }
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
        tag::update(),
        tag::update_hash(),
        tag::dealing(),
        tag::share(),
        tag::reward(),
        tag::claim(),
        tag::blinded(),
        tag::blinding(),
        tag::decision(),
        tag::sheet(),
        tag::sheet_hash(),
        tag::form(),
        tag::axis(),
    ];
    let files = [VECTORS, COMMITTEE, REWARDS, ROUNDING, SHEETS].map(parse_vectors);
    let vectors: Vec<&Value> = files.iter().flat_map(|file| as_list(&file["tags"])).collect();
    assert_eq!([vectors.len(), tag::NAMES.len()], [constants.len(); 2]);
    for ((vector, name), constant) in vectors.iter().zip(tag::NAMES).zip(constants) {
        assert_eq!(as_text(&vector["name"]), *name);
        assert_eq!(read_element(&vector["value"]), constant);
        assert_eq!(tag::derive_tag(name), constant);
    }
}

#[test]
fn identities_of_seeds_equal_vectors() {
    for vector in as_list(&parse_vectors(VECTORS)["identities"]) {
        let identity = Identity::from_seed(&Seed::from_bytes(read_bytes(&vector["seed"]))).unwrap();
        assert_eq!(identity.authorising_key(), read_point(&vector["ak"]));
        assert_eq!(identity.authorising_key(), Point::generator().mul(&read_scalar(&vector["ask"])));
        assert_eq!(*identity.nullifier_key().expose(), read_element(&vector["nk"]));
        assert_eq!(identity.commitment().value(), read_element(&vector["id"]));
    }
}

#[test]
fn identities_of_accounts_equal_vectors() {
    let vectors = parse_vectors(IDENTITIES);
    assert_eq!(as_list(&vectors["identities"]).len(), 21);
    for vector in as_list(&vectors["identities"]) {
        let chain_id = as_text(&vector["chain_id"]).parse().unwrap();
        let seed = Seed::from_bytes(read_bytes(&vector["seed"])).derive_account_seed(
            chain_id,
            read_bytes(&vector["registry"]),
            read_bytes(&vector["account"]),
        );
        assert_eq!(*seed.expose(), read_bytes(&vector["account_seed"]));
        let identity = Identity::from_seed(&seed).unwrap();
        assert_eq!(identity.authorising_key(), read_point(&vector["ak"]));
        assert_eq!(identity.authorising_key(), Point::generator().mul(&read_scalar(&vector["ask"])));
        assert_eq!(*identity.nullifier_key().expose(), read_element(&vector["nk"]));
        assert_eq!(identity.commitment().value(), read_element(&vector["id"]));
    }
}

#[test]
fn ballot_randomness_equals_vectors() {
    let vectors = parse_vectors(VECTORS);
    assert_eq!(as_list(&vectors["randomness"]).len(), 10);
    for vector in as_list(&vectors["randomness"]) {
        let identity = Identity::from_seed(&Seed::from_bytes(read_bytes(&vector["seed"]))).unwrap();
        let numbers = [0, 1].map(|half| as_number(&vector["numbers"][half]) as u16);
        let randomness = identity.derive_randomness(typed(&vector["ctx"]), read_bytes(&vector["previous"]), numbers);
        assert!(*randomness.expose() == read_scalar(&vector["randomness"]));
        assert!(*randomness.blinder().expose() == read_element(&vector["blinder"]));
    }
}

#[test]
fn packed_values_equal_vectors() {
    for vector in as_list(&parse_vectors(VECTORS)["packed"]) {
        let values = as_numbers(&vector["values"]);
        assert_eq!(note::pack_values(as_weight(&vector["values"][0]), &values[1..]), read_elements(&vector["words"]));
    }
}

#[test]
fn packed_rules_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    let mut parameterised = 0;
    for vector in as_list(&vectors["rules"]) {
        let packed = as_number(&vector["packed"]);
        let parameters = read_rule(vector)
            .to_parameters(as_number(&vector["options"]) as usize, as_flag(&vector["weighted"]))
            .unwrap();
        assert_eq!(parameters.pack_u64(), packed);
        assert_eq!(RuleParameters::unpack(packed), Ok(parameters));
        parameterised += 1;
    }
    assert_eq!(parameterised, 72);
}
