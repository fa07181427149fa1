//! Trustees' transport keys, a committee's keys and their key shares.

use psephos_protocol::{
    Point, Scalar,
    committee::{
        Coefficients, Commitments, CommitteeError, KeyShare, KeyVector, Possession, TransportKey, TransportSecret,
    },
    scalar,
    statement::{committee_keys, dealing::Posted},
};
use rand::{CryptoRng, Error, RngCore};
use serde_json::Value;

use crate::{
    dealing::{transport_secrets, witness},
    read::{
        COMMITTEE, bytes, elements, flag, instance, list, number, numbers, parse, point, points, scalar, scalars, text,
        transport_secret, trustee_context, typed,
    },
};

/// A random number generator that returns the vector's fresh bytes.
struct Fresh([u8; 32]);

impl CryptoRng for Fresh {}

impl RngCore for Fresh {
    fn next_u32(&mut self) -> u32 {
        unreachable!("32 bytes are drawn")
    }
    fn next_u64(&mut self) -> u64 {
        unreachable!("32 bytes are drawn")
    }
    fn fill_bytes(&mut self, destination: &mut [u8]) {
        destination.copy_from_slice(&self.0);
    }
    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(destination);
        Ok(())
    }
}

#[test]
fn transport_keys_of_seeds_equal_vectors() {
    for vector in list(&parse(COMMITTEE)["transport"]) {
        let secret = transport_secret(&vector["seed"]);
        assert_eq!(*secret.public().point(), point(&vector["key"]));
        assert_eq!(*secret.public().point(), Point::generator().mul(&scalar(&vector["secret"])));
        assert_eq!(secret.registration_point(), point(&vector["registration"]));
    }
}

#[test]
fn proofs_of_possession_equal_vectors() {
    let (mut held, mut refused) = (0, 0);
    for vector in list(&parse(COMMITTEE)["possessions"]) {
        let (secret, ctx) = (transport_secret(&vector["seed"]), typed(&vector["ctx"]));
        assert_eq!(trustee_context(vector), ctx);
        let tries = list(&vector["tries"]);
        let made = secret.prove_possession(ctx, &mut Fresh(bytes(&vector["fresh"])));
        assert_eq!(Some(made), possession_of(&tries[0]));
        let nonce = Point::generator().mul(&made.response) - secret.public().point().mul(&Scalar::from(made.challenge));
        assert_eq!(nonce, point(&vector["nonce_point"]));
        assert_eq!(nonce, Point::generator().mul(&scalar(&vector["nonce"])));

        for vector in tries {
            println!("{}", text(&vector["name"]));
            let key = TransportKey::new(point(&vector["key"])).unwrap();
            let holds = possession_of(vector).is_some_and(|proof| proof.verify(&key, typed(&vector["ctx"])).is_ok());
            assert_eq!(holds, flag(&vector["holds"]));
            *(if holds { &mut held } else { &mut refused }) += 1;
        }
    }
    assert!(held >= 3 && refused >= 30, "there are proofs that verify and proofs that do not");
}

/// Returns `None` if the response has no canonical encoding.
fn possession_of(vector: &Value) -> Option<Possession> {
    let response = scalar::from_bytes(&bytes(&vector["response"])).ok()?;
    Some(Possession { challenge: u128::from_be_bytes(bytes(&vector["challenge"])), response })
}

#[test]
fn keys_and_shares_of_several_dealings_equal_vectors() {
    let vectors = parse(COMMITTEE);
    for vector in list(&vectors["committees"]) {
        println!("{}", text(&vector["name"]));
        let named = |name: &Value| list(&vectors["dealings"]).iter().find(|dealing| dealing["name"] == *name).unwrap();
        let dealings: Vec<&Value> = list(&vector["dealings"]).iter().map(named).collect();
        let posted: Vec<(&Value, Posted)> =
            dealings.iter().map(|dealing| (*dealing, witness(dealing).posted())).collect();
        let sum = Commitments::sum(posted.iter().map(|(_, posted)| &posted.commitments)).unwrap().unwrap();
        let expected: Vec<Point> = list(&vector["sum"]).iter().map(point).collect();
        assert_eq!(sum.points(), expected);
        assert_eq!(sum.threshold() as u64, number(&vector["threshold"]));

        let keys = sum.keys().unwrap();
        assert_eq!(*keys.keys(), points(&vector["keys"]));
        check_keys(&keys, &vector["statement"]);

        let secrets = transport_secrets(dealings[0]);
        let registered =
            secrets.iter().enumerate().filter_map(|(index, secret)| Some((index as u64 + 1, secret.as_ref()?)));
        let trustees = list(&vector["trustees"]);
        assert_eq!(registered.clone().count(), trustees.len());
        let mut shares = Vec::new();
        for (index, ((at, secret), trustee)) in registered.zip(trustees).enumerate() {
            assert_eq!(at, number(&trustee["point"]));
            let share = key_share(&posted, index, at, secret);
            assert_eq!(share.expose()[..], scalars(&trustee["share"]));
            assert_eq!(share.public(), points(&trustee["public"]));
            assert_eq!(sum.at(at), share.public());
            assert_eq!(sum.verification_key_at(at), bytes(&trustee["verification_key"]));
            shares.push((at, share));
        }
        check_opening(&vector["opening"], &shares);
    }
}

fn key_share(posted: &[(&Value, Posted)], index: usize, point: u64, secret: &TransportSecret) -> KeyShare {
    posted.iter().fold(KeyShare::zero(), |sum, (vector, posted)| {
        let threshold = posted.commitments.threshold();
        let found = posted.shares[index].open(secret, typed(&vector["ctx"]), point, &posted.ephemeral, threshold);
        &sum + &found
    })
}

fn check_keys(keys: &KeyVector, vector: &Value) {
    assert_eq!(keys.hash(3), typed(&vector["hash_3"]));
    assert_eq!(keys.hash(8), typed(&vector["hash_8"]));
    assert_eq!(committee_keys::elements(keys), elements(&vector["elements"]));
    let public = committee_keys::Instance::of(keys);
    assert_eq!(public.to_inputs(), instance(vector));
    assert_eq!(committee_keys::check(&public, keys), Ok(()));
}

/// Checks that as many shares as the committee threshold decrypt a total.
fn check_opening(vector: &Value, shares: &[(u64, KeyShare)]) {
    let coefficients = coefficients(vector);
    let c = point(&vector["c"]);
    let chosen = numbers(&vector["points"])
        .into_iter()
        .map(|at| &shares.iter().find(|share| share.0 == at).expect("the trustee has a share").1);
    let parts: Vec<[Point; 8]> = chosen.map(|share| share.multiply(&c)).collect();
    assert_eq!(parts, list(&vector["shares"]).iter().map(points).collect::<Vec<[Point; 8]>>());
    let (d, totals) = (points::<8>(&vector["d"]), numbers(&vector["totals"]));
    for j in 0..8 {
        let hidden = coefficients.combine(&parts.iter().map(|part| part[j]).collect::<Vec<_>>());
        assert_eq!(Point::generator().mul_u64(totals[j]) + hidden, d[j]);
    }
}

#[test]
fn invalid_keys_are_rejected_for_the_vectors_reasons() {
    for vector in list(&parse(COMMITTEE)["refused_keys"]) {
        let index = number(&vector["index"]) as usize;
        let expected = match text(&vector["reason"]) {
            "identity" => CommitteeError::IdentityKey { index },
            "repeated" => CommitteeError::RepeatedKey { index },
            other => panic!("unknown reason {other}"),
        };
        assert_eq!(KeyVector::new(points(&vector["keys"])), Err(expected));
    }
}

fn coefficients(vector: &Value) -> Coefficients {
    let found = Coefficients::at_zero(&numbers(&vector["points"])).expect("points are in order");
    assert_eq!(found.denominator(), number(&vector["denominator"]));
    let numerators: Vec<i64> =
        list(&vector["numerators"]).iter().map(|c| c.as_i64().expect("a numerator is an integer")).collect();
    assert_eq!(found.numerators(), numerators);
    found
}

#[test]
fn lagrange_coefficients_at_zero_equal_vectors() {
    list(&parse(COMMITTEE)["lagrange"]).iter().for_each(|vector| {
        coefficients(vector);
    });
}
