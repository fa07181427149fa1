//! Dealings: the posted values, the values that each recipient decrypts, and the public inputs.

use ark_ff::PrimeField;
use psephos_protocol::{
    Fr, Point, Scalar,
    committee::{Polynomials, Recipients, TransportSecret},
    constants::SCALAR_DIGITS,
    field, scalar,
    statement::dealing::{Instance, Posted, Witness, check, check_posted, elements, pads},
    transcript::keccak_words,
};
use serde_json::Value;

use crate::read::{self, element, instance, list, number, parse, point, scalar, scalars, text, trustee_context, typed};

/// Returns the transport secret of each trustee by index, `None` where no trustee has registered.
pub(crate) fn transport_secrets(vector: &Value) -> Vec<Option<TransportSecret>> {
    list(&vector["seeds"]).iter().map(|seed| (!seed.is_null()).then(|| read::transport_secret(seed))).collect()
}

/// Builds the dealing from its secrets alone, without any posted value.
pub(crate) fn witness(vector: &Value) -> Witness {
    let keys = transport_secrets(vector).iter().map(|secret| Some(secret.as_ref()?.public())).collect();
    let recipients = Recipients::new(keys, number(&vector["threshold"]) as usize).expect("the vector is a committee");
    let polynomials = Polynomials::from_coefficients(list(&vector["coefficients"]).iter().map(scalars).collect());
    Witness { ctx: typed(&vector["ctx"]), recipients, ephemeral: scalar(&vector["ephemeral_secret"]), polynomials }
}

fn digest(elements: impl IntoIterator<Item = Fr>) -> [u8; 32] {
    keccak_words(elements.into_iter().map(|element| field::to_bytes(&element)))
}

fn coordinates(points: &[Point]) -> impl Iterator<Item = Fr> {
    points.iter().flat_map(|point| [point.x(), point.y()])
}

pub(crate) fn digest_of_points(points: &[Point]) -> [u8; 32] {
    digest(coordinates(points))
}

#[test]
fn odd_forms_of_scalars_equal_vectors() {
    for vector in list(&parse(read::COMMITTEE)["odd_forms"]) {
        let form = scalar::odd_form(&scalar(&vector["scalar"]), SCALAR_DIGITS);
        assert_eq!(form, element(&vector["form"]).into_bigint());
    }
}

#[test]
fn posted_dealings_equal_vectors() {
    let mut in_full = 0;
    for vector in list(&parse(read::COMMITTEE)["dealings"]) {
        println!("{}", text(&vector["name"]));
        let witness = witness(vector);
        assert_eq!(trustee_context(vector), witness.ctx);
        assert_eq!(witness.recipients.flags(), Fr::from(number(&vector["flags"])));
        let form = scalar::odd_form(&witness.ephemeral, SCALAR_DIGITS);
        assert_eq!(form, element(&vector["ephemeral_form"]).into_bigint());
        let threshold = witness.polynomials.threshold();
        assert_eq!(witness.tau(7, threshold), element(&vector["filler_form"]).into_bigint());

        let posted = witness.posted();
        assert_eq!(digest_of_points(posted.commitments.points()), read::bytes(&vector["commitments_keccak"]));
        let words = posted.shares.iter().flat_map(|share| *share.words());
        assert_eq!(digest(words), read::bytes(&vector["shares_keccak"]));
        let elements = elements(&posted, witness.ctx, &witness.recipients).unwrap();
        assert_eq!(elements.len() as u64, number(&vector["length"]));
        assert_eq!(digest(elements.iter().copied()), read::bytes(&vector["elements_keccak"]));

        if !vector["posted"].is_null() {
            in_full += 1;
            let expected: Posted = serde_json::from_value(vector["posted"].clone()).unwrap();
            assert_eq!(check_posted(&expected, &witness), Ok(()));
            assert_eq!(posted, expected);
            assert_eq!(serde_json::to_value(&posted).unwrap(), vector["posted"]);
            assert_eq!(elements, read::elements(&vector["elements"]));
        }
        let public = Instance::of(&posted, witness.ctx, &witness.recipients).unwrap();
        assert_eq!(public.to_inputs(), instance(vector));
        assert_eq!(check(&public, &witness), Ok(()));
    }
    assert!(in_full >= 4, "there are dealings in full");
}

#[test]
fn values_decrypted_by_recipients_equal_vectors() {
    let mut widest = 0;
    for vector in list(&parse(read::COMMITTEE)["dealings"]) {
        println!("{}", text(&vector["name"]));
        let witness = witness(vector);
        let plain = &vector["plain"];
        let (at, agreed) = (number(&plain["point"]), point(&plain["agreed"]));
        assert_eq!(witness.recipients.key((at - 1) as usize).unwrap().point().mul(&witness.ephemeral), agreed);
        let values = witness.values(at);
        let remainders: Vec<_> = values.iter().map(|value| Fr::from(value.remainder)).collect();
        assert_eq!(remainders, read::elements(&plain["remainders"]));
        let quotients: Vec<_> = values.iter().map(|value| Fr::from(value.quotient)).collect();
        assert_eq!(quotients, read::elements(&plain["quotients"]));
        widest = widest
            .max(values.iter().map(|value| value.quotient.checked_ilog2().map_or(0, |bits| bits + 1)).max().unwrap());
        assert_eq!(pads(witness.ctx, at, &agreed)[..], read::elements(&plain["pads"]));

        let posted = match &vector["posted"] {
            Value::Null => witness.posted(),
            posted => serde_json::from_value(posted.clone()).unwrap(),
        };
        let secrets = transport_secrets(vector);
        let found = list(&vector["found"]);
        assert_eq!((found.len(), posted.shares.len()), (secrets.iter().flatten().count(), found.len()));
        for (share, found) in posted.shares.iter().zip(found) {
            let at = number(&found["point"]);
            let secret = secrets[(at - 1) as usize].as_ref().unwrap();
            let threshold = witness.recipients.threshold();
            let opened = share.open(secret, witness.ctx, at, &posted.ephemeral, threshold);
            let expected: Vec<Scalar> = scalars(&found["values"]);
            assert_eq!(opened.expose()[..], expected);
            assert_eq!(witness.polynomials.at(at).expose()[..], expected);
            assert_eq!(opened.public(), posted.commitments.at(at));
        }
    }
    assert_eq!(
        widest, 61,
        "tau below 0.7·2^252, threshold 16 and point 16 give the widest quotients, within the circuit's 62 bits"
    );
}
