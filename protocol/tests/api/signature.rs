use ark_ff::{One, Zero};
use proptest::prelude::*;
use psephos_protocol::{
    Fr, Point, Scalar,
    elements::Message,
    identity::{Identity, IdentityCommitment, IdentityError, Seed, commitment},
    signature::{Signature, SignatureError, signed_challenge},
};
use rand::{CryptoRng, RngCore};

use crate::fixture::{identity, rng};

#[test]
fn signature_binds_each_of_its_parts() {
    let (voter, message) = (identity(1), Message::from_u64(42));
    let ak = voter.authorising_key();
    let good = voter.sign(message, &mut rng(1));
    assert_eq!(good.verify(&ak, message), Ok(()));
    let mismatch = Err(SignatureError::Mismatch);
    assert_eq!(good.verify(&ak, message.altered()), mismatch);
    assert_eq!(good.verify(&identity(2).authorising_key(), message), mismatch);
    assert_eq!(good.verify(&Point::identity(), message), mismatch);
    assert_eq!(Signature { response: good.response + Scalar::one(), ..good }.verify(&ak, message), mismatch);
    assert_eq!(Signature { response: -good.response, ..good }.verify(&ak, message), mismatch);
    assert_eq!(Signature { nonce_point: -good.nonce_point, ..good }.verify(&ak, message), mismatch);
    let zero = Signature { nonce_point: Point::identity(), response: Scalar::zero() };
    assert_eq!(zero.verify(&ak, message), mismatch);
}

/// A broken random number generator that always returns zeros.
struct Broken;

impl RngCore for Broken {
    fn next_u32(&mut self) -> u32 {
        0
    }
    fn next_u64(&mut self) -> u64 {
        0
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl CryptoRng for Broken {}

#[test]
fn broken_generator_does_not_repeat_a_nonce() {
    let sign = |voter: u8, message: u64| identity(voter).sign(Message::from_u64(message), &mut Broken).nonce_point;
    assert_ne!(sign(1, 1), sign(1, 2));
    assert_ne!(sign(1, 1), sign(2, 1));
    assert_ne!(
        identity(1).sign(Message::from_u64(1), &mut rng(1)),
        identity(1).sign(Message::from_u64(1), &mut rng(2))
    );
}

#[test]
fn challenges_are_sums_of_signed_digits() {
    for e in [0, 1, 2, u128::MAX, u128::MAX - 1, 1 << 127, 0x0123_4567_89ab_cdef_0011_2233_4455_6677] {
        let digits = (0..128).rev().fold(Scalar::zero(), |sum, bit| {
            sum + sum + if e >> bit & 1 == 1 { Scalar::one() } else { -Scalar::one() }
        });
        assert_eq!(signed_challenge(e), digits);
        assert!(!digits.is_zero());
    }
}

#[test]
fn signatures_are_decoded_strictly() {
    let signature = identity(1).sign(Message::from_u64(1), &mut rng(1));
    let json = serde_json::to_value(signature).unwrap();
    assert_eq!(serde_json::from_value::<Signature>(json.clone()).unwrap(), signature);
    // l itself, the encoding that s + l would have for s = 0.
    let mut broken = json.clone();
    broken["response"] = "0x060c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1".into();
    assert!(serde_json::from_value::<Signature>(broken).is_err());
}

#[test]
fn identities_differ_by_seed_and_are_never_zero() {
    let voter = identity(1);
    assert!(voter == identity(1) && voter != identity(2));
    assert!(voter.nullifier_key() == identity(1).nullifier_key());
    assert!(voter.nullifier_key() != identity(2).nullifier_key());
    assert_eq!(voter.commitment(), commitment(&voter.authorising_key(), &voter.nullifier_key()));
    assert_eq!(IdentityCommitment::from_fr(Fr::zero()), Err(IdentityError::ZeroCommitment));
    assert!(serde_json::from_str::<IdentityCommitment>(&format!("\"0x{}\"", "0".repeat(64))).is_err());
    let json = serde_json::to_string(&voter.commitment()).unwrap();
    assert_eq!(serde_json::from_str::<IdentityCommitment>(&json).unwrap(), voter.commitment());
    assert!(Seed::random(&mut rng(1)) != Seed::random(&mut rng(2)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn signatures_verify(seed: [u8; 32], message: [u8; 31], randomness: u64) {
        let voter = Identity::from_seed(&Seed::from_bytes(seed)).unwrap();
        let mut bytes = [0; 32];
        bytes[1..].copy_from_slice(&message);
        let message = Message::from_bytes(&bytes).unwrap();
        let signature = voter.sign(message, &mut rng(randomness));
        prop_assert_eq!(signature.verify(&voter.authorising_key(), message), Ok(()));
    }
}
