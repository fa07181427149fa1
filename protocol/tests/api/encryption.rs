use ark_ff::{One, Zero};
use proptest::prelude::*;
use psephos_protocol::{
    Fr, Point, Scalar,
    curve::PointError,
    dlog,
    encryption::{Ciphertext, EncryptionError, Randomness, encrypt_values},
};

use crate::fixture::{key_share, key_vector, rng};

fn encrypt_randomly(values: &[u64], seed: u64) -> Ciphertext {
    encrypt_values(values, &key_vector(1), Randomness::random(&mut rng(seed)).expose())
}

/// Decrypts a total by solving `V_j·G = D_j - E_j`.
fn decrypt_total(total: &Ciphertext, max: u64) -> Vec<Option<u64>> {
    let share = key_share(1).multiply_point(&total.c);
    let points: Vec<Point> = total.d.iter().zip(share).map(|(&d, e)| d - e).collect();
    dlog::solve_all(&points, max, |_, _| ())
}

#[test]
fn empty_total_is_the_identity_of_addition() {
    let zero = Ciphertext::zero(3);
    let ballot = encrypt_randomly(&[0, 7, 0], 1);
    assert_eq!(zero.add(&ballot), ballot);
    assert_eq!(ballot.sub(&ballot), zero);
    assert_eq!(decrypt_total(&zero, 10), [Some(0); 3]);
    assert_eq!((ballot.size(), ballot.coordinates().len()), (3, 8));
}

#[test]
fn equal_votes_have_different_ciphertexts() {
    let (a, b) = (encrypt_randomly(&[1, 0, 0], 1), encrypt_randomly(&[1, 0, 0], 2));
    assert!(a.c != b.c && a.d.iter().zip(&b.d).all(|(a, b)| a != b));
    // There is one randomness, but each option has its own key: equal values have different ciphertexts.
    assert!(a.d[1] != a.d[2]);
}

#[test]
fn coordinates_are_decoded_strictly() {
    let ciphertext = encrypt_randomly(&[1, 2, 3, 4, 5, 6, 7, 8], 1);
    let coordinates = ciphertext.coordinates();
    assert_eq!(Ciphertext::from_coordinates(&coordinates), Ok(ciphertext.clone()));
    for actual in [0, 2, 7, 9, 17] {
        assert_eq!(Ciphertext::from_coordinates(&coordinates[..actual]), Err(EncryptionError::Length { actual }));
    }
    assert!(Ciphertext::from_coordinates(&coordinates[..8]).is_ok(), "a prefix is a ciphertext of size 3");

    let mut broken = coordinates.clone();
    broken[5] += Fr::one();
    let source = PointError::NotOnCurve;
    assert_eq!(Ciphertext::from_coordinates(&broken), Err(EncryptionError::Point { index: 2, source }));
    (broken[4], broken[5]) = (Fr::zero(), -Fr::one());
    let source = PointError::NotInSubgroup;
    assert_eq!(Ciphertext::from_coordinates(&broken), Err(EncryptionError::Point { index: 2, source }));

    let mut json = serde_json::to_value(&ciphertext).unwrap();
    assert_eq!(serde_json::from_value::<Ciphertext>(json.clone()).unwrap(), ciphertext);
    json["d"].as_array_mut().unwrap().pop();
    assert!(serde_json::from_value::<Ciphertext>(json).is_err());
}

#[test]
#[should_panic(expected = "different sizes")]
fn adding_different_sizes_panics() {
    let _ = Ciphertext::zero(3).add(&Ciphertext::zero(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn totals_decrypt_to_the_sum(ballots in prop::collection::vec([0u64..1000, 0u64..1000, 0u64..1000], 1..6)) {
        let ciphertexts = ballots.iter().zip(0..).map(|(ballot, seed)| encrypt_randomly(ballot, seed));
        let total = ciphertexts.fold(Ciphertext::zero(3), |total, ballot| total.add(&ballot));
        let expected: Vec<_> = (0..3).map(|j| Some(ballots.iter().map(|ballot| ballot[j]).sum::<u64>())).collect();
        prop_assert_eq!(decrypt_total(&total, 10_000), expected);
    }
}

#[test]
fn sum_equals_repeated_addition() {
    let all: Vec<Ciphertext> =
        (1..5u64).map(|r| encrypt_values(&[r, 0, 2 * r], &key_vector(1), &Scalar::from(r))).collect();
    let expected = all.iter().fold(Ciphertext::zero(3), |sum, next| sum.add(next));
    assert_eq!(Ciphertext::sum_ciphertexts(3, &all), expected);
    assert_eq!(Ciphertext::sum_ciphertexts(8, []), Ciphertext::zero(8));
}

#[test]
fn checked_coordinates_skip_only_the_subgroup_check() {
    let coordinates = encrypt_values(&[1, 0, 0], &key_vector(1), &Scalar::from(7)).coordinates();
    assert_eq!(Ciphertext::from_checked_coordinates(&coordinates), Ciphertext::from_coordinates(&coordinates));
    let mut off = coordinates.clone();
    off[0] += Fr::from(1);
    assert!(matches!(Ciphertext::from_checked_coordinates(&off), Err(EncryptionError::Point { index: 0, .. })));
    // (0, -1) has order two: it is on the curve, but not in the subgroup.
    let mut outside = coordinates;
    (outside[0], outside[1]) = (Fr::from(0), -Fr::from(1));
    assert!(Ciphertext::from_checked_coordinates(&outside).is_ok());
    assert!(matches!(Ciphertext::from_coordinates(&outside), Err(EncryptionError::Point { index: 0, .. })));
}
