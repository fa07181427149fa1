//! Trustees' transport keys, a committee's keys and their key shares.

use psephos_protocol::{
    Point, Scalar,
    committee::{
        CommitteeError, KeyShare, KeyVector, LagrangeCoefficients, PolynomialCommitments, ProofOfPossession,
        TransportKey, TransportSecret,
    },
    scalar,
    statement::{committee_keys, dealing::PostedDealing},
};
use rand::{CryptoRng, Error, RngCore};
use serde_json::Value;

use crate::{
    dealing::{read_transport_secrets, read_witness},
    read::{
        COMMITTEE, as_flag, as_list, as_number, as_numbers, as_text, parse_vectors, read_bytes, read_elements,
        read_instance, read_point, read_points, read_scalar, read_scalars, read_transport_secret, read_trustee_context,
        typed,
    },
};

/// A random number generator that returns the vector's fresh bytes.
struct FixedBytesRng([u8; 32]);

impl CryptoRng for FixedBytesRng {}

impl RngCore for FixedBytesRng {
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
    for vector in as_list(&parse_vectors(COMMITTEE)["transport"]) {
        let secret = read_transport_secret(&vector["seed"]);
        assert_eq!(*secret.transport_key().point(), read_point(&vector["key"]));
        assert_eq!(*secret.transport_key().point(), Point::generator().mul(&read_scalar(&vector["secret"])));
        assert_eq!(secret.registration_point(), read_point(&vector["registration"]));
    }
}

#[test]
fn proofs_of_possession_equal_vectors() {
    let (mut held, mut refused) = (0, 0);
    for vector in as_list(&parse_vectors(COMMITTEE)["possessions"]) {
        let (secret, ctx) = (read_transport_secret(&vector["seed"]), typed(&vector["ctx"]));
        assert_eq!(read_trustee_context(vector), ctx);
        let tries = as_list(&vector["tries"]);
        let made = secret.prove_possession(ctx, &mut FixedBytesRng(read_bytes(&vector["fresh"])));
        assert_eq!(Some(made), possession_of(&tries[0]));
        let nonce =
            Point::generator().mul(&made.response) - secret.transport_key().point().mul(&Scalar::from(made.challenge));
        assert_eq!(nonce, read_point(&vector["nonce_point"]));
        assert_eq!(nonce, Point::generator().mul(&read_scalar(&vector["nonce"])));

        for vector in tries {
            println!("{}", as_text(&vector["name"]));
            let key = TransportKey::new(read_point(&vector["key"])).unwrap();
            let holds = possession_of(vector).is_some_and(|proof| proof.verify(&key, typed(&vector["ctx"])).is_ok());
            assert_eq!(holds, as_flag(&vector["holds"]));
            *(if holds { &mut held } else { &mut refused }) += 1;
        }
    }
    assert!(held >= 3 && refused >= 30, "there are proofs that verify and proofs that do not");
}

/// Returns `None` if the response has no canonical encoding.
fn possession_of(vector: &Value) -> Option<ProofOfPossession> {
    let response = scalar::from_bytes(&read_bytes(&vector["response"])).ok()?;
    Some(ProofOfPossession { challenge: u128::from_be_bytes(read_bytes(&vector["challenge"])), response })
}

#[test]
fn keys_and_shares_of_several_dealings_equal_vectors() {
    let vectors = parse_vectors(COMMITTEE);
    for vector in as_list(&vectors["committees"]) {
        println!("{}", as_text(&vector["name"]));
        let named =
            |name: &Value| as_list(&vectors["dealings"]).iter().find(|dealing| dealing["name"] == *name).unwrap();
        let dealings: Vec<&Value> = as_list(&vector["dealings"]).iter().map(named).collect();
        let posted: Vec<(&Value, PostedDealing)> =
            dealings.iter().map(|dealing| (*dealing, read_witness(dealing).compute_posted())).collect();
        let sum =
            PolynomialCommitments::sum_dealings(posted.iter().map(|(_, posted)| &posted.commitments)).unwrap().unwrap();
        let expected: Vec<Point> = as_list(&vector["sum"]).iter().map(read_point).collect();
        assert_eq!(sum.points(), expected);
        assert_eq!(sum.threshold() as u64, as_number(&vector["threshold"]));

        let keys = sum.key_vector().unwrap();
        assert_eq!(*keys.keys(), read_points(&vector["keys"]));
        check_keys(&keys, &vector["statement"]);

        let secrets = read_transport_secrets(dealings[0]);
        let registered =
            secrets.iter().enumerate().filter_map(|(index, secret)| Some((index as u64 + 1, secret.as_ref()?)));
        let trustees = as_list(&vector["trustees"]);
        assert_eq!(registered.clone().count(), trustees.len());
        let mut shares = Vec::new();
        for (index, ((at, secret), trustee)) in registered.zip(trustees).enumerate() {
            assert_eq!(at, as_number(&trustee["point"]));
            let share = key_share(&posted, index, at, secret);
            assert_eq!(share.expose()[..], read_scalars(&trustee["share"]));
            assert_eq!(share.public_keys(), read_points(&trustee["public"]));
            assert_eq!(sum.evaluate_at(at), share.public_keys());
            assert_eq!(sum.verification_key_at(at), read_bytes(&trustee["verification_key"]));
            shares.push((at, share));
        }
        check_opening(&vector["opening"], &shares);
    }
}

fn key_share(posted: &[(&Value, PostedDealing)], index: usize, point: u64, secret: &TransportSecret) -> KeyShare {
    posted.iter().fold(KeyShare::zero(), |sum, (vector, posted)| {
        let threshold = posted.commitments.threshold();
        let found =
            posted.shares[index].decrypt_values(secret, typed(&vector["ctx"]), point, &posted.ephemeral, threshold);
        &sum + &found
    })
}

fn check_keys(keys: &KeyVector, vector: &Value) {
    assert_eq!(keys.hash_keys(3), typed(&vector["hash_3"]));
    assert_eq!(keys.hash_keys(8), typed(&vector["hash_8"]));
    assert_eq!(committee_keys::list_elements(keys), read_elements(&vector["elements"]));
    let public = committee_keys::Instance::from_keys(keys);
    assert_eq!(public.to_inputs(), read_instance(vector));
    assert_eq!(committee_keys::check(&public, keys), Ok(()));
}

/// Checks that as many shares as the committee threshold decrypt a total.
fn check_opening(vector: &Value, shares: &[(u64, KeyShare)]) {
    let coefficients = check_coefficients(vector);
    let c = read_point(&vector["c"]);
    let chosen = as_numbers(&vector["points"])
        .into_iter()
        .map(|at| &shares.iter().find(|share| share.0 == at).expect("the trustee has a share").1);
    let parts: Vec<[Point; 8]> = chosen.map(|share| share.multiply_point(&c)).collect();
    assert_eq!(parts, as_list(&vector["shares"]).iter().map(read_points).collect::<Vec<[Point; 8]>>());
    let (d, totals) = (read_points::<8>(&vector["d"]), as_numbers(&vector["totals"]));
    for j in 0..8 {
        let hidden = coefficients.combine_shares(&parts.iter().map(|part| part[j]).collect::<Vec<_>>());
        assert_eq!(Point::generator().mul_u64(totals[j]) + hidden, d[j]);
    }
}

#[test]
fn invalid_keys_are_rejected_for_the_vectors_reasons() {
    for vector in as_list(&parse_vectors(COMMITTEE)["refused_keys"]) {
        let index = as_number(&vector["index"]) as usize;
        let expected = match as_text(&vector["reason"]) {
            "identity" => CommitteeError::IdentityKey { index },
            "repeated" => CommitteeError::RepeatedKey { index },
            other => panic!("unknown reason {other}"),
        };
        assert_eq!(KeyVector::new(read_points(&vector["keys"])), Err(expected));
    }
}

fn check_coefficients(vector: &Value) -> LagrangeCoefficients {
    let found = LagrangeCoefficients::at_zero(&as_numbers(&vector["points"])).expect("points are in order");
    assert_eq!(found.denominator(), as_number(&vector["denominator"]));
    let numerators: Vec<i64> =
        as_list(&vector["numerators"]).iter().map(|c| c.as_i64().expect("a numerator is an integer")).collect();
    assert_eq!(found.numerators(), numerators);
    found
}

#[test]
fn lagrange_coefficients_at_zero_equal_vectors() {
    as_list(&parse_vectors(COMMITTEE)["lagrange"]).iter().for_each(|vector| {
        check_coefficients(vector);
    });
}
