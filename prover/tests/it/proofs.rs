//! Mutated, malformed and re-randomised proofs.

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField, UniformRand};
use proptest::prelude::*;
use psephos_prover::encoding::{EncodingError, Word, from_decimal, from_word, to_word};
use psephos_prover::{Proof, ProofError, VerifyError, snarkjs};

use crate::toy::{parse_g2, proof_with_inputs, seeded_rng, three_key};

fn assert_refused(proof: Result<Proof, ProofError>, inputs: &[Fr]) {
    let proof = proof.expect("the proof is well-formed");
    assert_eq!(three_key().verifying_key().verify(&proof, inputs), Err(VerifyError::InvalidProof));
}

fn element_error(element: &'static str, source: EncodingError) -> Result<Proof, ProofError> {
    Err(ProofError::Element { element, source })
}

#[test]
fn proof_with_replaced_element_is_rejected() {
    let (proof, inputs) = proof_with_inputs(10);
    let (a, b, c) = proof.points();
    let (other, _) = proof_with_inputs(11);
    let (a2, b2, c2) = other.points();
    for (a, b, c) in [(a2, b, c), (a, b2, c), (a, b, c2), (c, b, a), (-a, b, c), (a, -b, c), (a, b, -c)] {
        assert_refused(Proof::from_points(a, b, c), &inputs);
    }
    assert_refused(Proof::from_points(G1Affine::generator(), G2Affine::generator(), G1Affine::generator()), &inputs);
    // Both signs changed: the product e(A, B) is the same, so this *is* a proof.
    let both = Proof::from_points(-a, -b, c).unwrap();
    assert_eq!(three_key().verifying_key().verify(&both, &inputs), Ok(()));
}

#[test]
fn identity_points_are_rejected() {
    let (proof, _) = proof_with_inputs(12);
    assert_eq!(Proof::from_bytes(&[0; 256]), element_error("A", EncodingError::Identity));
    for (from, to, name) in [(0, 2, "A"), (2, 6, "B"), (6, 8, "C")] {
        let mut words = proof.to_words();
        words[from..to].fill([0; 32]);
        assert_eq!(Proof::from_words(&words), element_error(name, EncodingError::Identity));
    }
    let (a, b, _) = proof.points();
    assert_eq!(Proof::from_points(a, b, G1Affine::identity()), element_error("C", EncodingError::Identity));
}

#[test]
fn swapped_coordinates_of_b_are_rejected() {
    let (proof, inputs) = proof_with_inputs(13);
    for (i, j) in [(2, 3), (4, 5), (2, 4)] {
        let mut words = proof.to_words();
        words.swap(i, j);
        assert_eq!(Proof::from_words(&words), element_error("B", EncodingError::NotOnCurve), "{i} and {j}");
    }
    let mut words = proof.to_words();
    (words[2], words[3], words[4], words[5]) = (words[3], words[2], words[5], words[4]);
    // The conjugate is on another curve.
    assert_eq!(Proof::from_words(&words), element_error("B", EncodingError::NotOnCurve));
    assert_eq!(three_key().verifying_key().verify(&Proof::from_words(&proof.to_words()).unwrap(), &inputs), Ok(()));
}

#[test]
fn points_outside_the_subgroup_are_rejected() {
    let (proof, _) = proof_with_inputs(14);
    let (a, _, c) = proof.points();
    let outside = (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(ark_bn254::Fq2::new(Fq::from(x), Fq::from(1u64)), false))
        .find(|p| !p.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    assert_eq!(Proof::from_points(a, outside, c), element_error("B", EncodingError::NotInSubgroup));
}

/// Returns the number plus the modulus, in 32 bytes if it fits.
fn plus_modulus<F: PrimeField>(x: F) -> F::BigInt {
    let mut sum = x.into_bigint();
    assert!(!sum.add_with_carry(&F::MODULUS), "2^256 is more than five times the modulus");
    sum
}

#[test]
fn words_plus_the_modulus_are_rejected() {
    let (proof, _) = proof_with_inputs(15);
    for i in 0..8 {
        let mut words = proof.to_words();
        let x: Fq = from_word(&words[i]).unwrap();
        words[i] = plus_modulus(x).to_bytes_be().try_into().unwrap();
        let name = ["A", "A", "B", "B", "B", "B", "C", "C"][i];
        assert_eq!(Proof::from_words(&words), element_error(name, EncodingError::NotCanonical), "word {i}");
    }
}

#[test]
fn inputs_plus_the_modulus_are_rejected() {
    let (_, inputs) = proof_with_inputs(16);
    for x in inputs {
        let sum = plus_modulus(x);
        let word: Word = sum.to_bytes_be().try_into().unwrap();
        assert_eq!(from_word::<Fr>(&word), Err(EncodingError::NotCanonical));
        assert_eq!(from_decimal::<Fr>(&sum.to_string()), Err(EncodingError::NotCanonical));
        assert_eq!(from_decimal::<Fr>(&format!("{}+{x}", Fr::MODULUS)), Err(EncodingError::NotDecimal));
        assert!(snarkjs::parse_inputs(&format!("[\"{sum}\"]")).is_err());
        assert_eq!(from_word(&to_word(x)), Ok(x));
    }
}

#[test]
fn proofs_of_other_lengths_are_rejected() {
    let (proof, _) = proof_with_inputs(17);
    let bytes = proof.to_bytes();
    assert_eq!(Proof::from_bytes(&bytes), Ok(proof));
    for actual in [0, 32, 255, 257, 288] {
        let other: Vec<u8> = bytes.iter().copied().cycle().take(actual).collect();
        assert_eq!(Proof::from_bytes(&other), Err(ProofError::Length { actual }));
    }
}

/// Anyone can make another proof of the same statement (`A/s`, `sB + st·delta`, `C + tA`) without the witness. So
/// nothing may be keyed by a proof's bytes: uniqueness comes from the nullifier.
#[test]
fn rerandomised_proof_verifies() {
    let (proof, inputs) = proof_with_inputs(18);
    let vk = three_key().verifying_key();
    let json: serde_json::Value = serde_json::from_str(&snarkjs::verification_key_to_json(vk)).unwrap();
    let delta = parse_g2(&json["vk_delta_2"]);
    let (a, b, c) = proof.points();
    let [s, t] = [Fr::rand(&mut seeded_rng(1)), Fr::rand(&mut seeded_rng(2))];
    let again = Proof::from_points(
        (a * s.inverse().unwrap()).into_affine(),
        (b * s + delta * (s * t)).into_affine(),
        (c + a * t).into_affine(),
    )
    .unwrap();
    assert_ne!(again.to_bytes(), proof.to_bytes());
    assert_eq!(vk.verify(&again, &inputs), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One flipped bit is rejected at parsing, or, if it gives another point of the curve (which is never seen), by the
    /// pairing.
    #[test]
    fn flipped_bit_is_rejected(bit in 0usize..2048) {
        let (proof, inputs) = proof_with_inputs(19);
        let mut bytes = proof.to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(other) = Proof::from_bytes(&bytes) {
            prop_assert!(three_key().verifying_key().verify(&other, &inputs).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Proof::from_bytes(&bytes).is_err());
    }
}
