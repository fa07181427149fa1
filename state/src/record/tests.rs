use psephos_protocol::{
    Fr, Point, Scalar,
    committee::KeyVector,
    constants::record_words,
    elements::{Nullifier, StatementHash},
    encryption::encrypt_values,
};

use super::*;

fn keys() -> KeyVector {
    KeyVector::new(std::array::from_fn(|j| Point::generator().mul_u64(j as u64 + 7))).unwrap()
}

fn record(size: usize) -> BallotRecord {
    let values: Vec<u64> = (1..=size as u64).collect();
    let ciphertext = encrypt_values(&values, &keys(), &Scalar::from(5u64));
    let posted = PostedBallot {
        h: StatementHash::from_u64(1),
        nullifier: Nullifier::from_u64(2),
        note: NoteCommitment::from_u64(3),
        ciphertext,
    };
    BallotRecord { proof: std::array::from_fn(|index| U256::from(index + 10)), posted }
}

fn replacement(size: usize) -> Replacement {
    let record = record(size);
    Replacement { old: ReplacedBallot::from_posted(&record.posted, [9; 32]), record }
}

#[test]
fn records_have_the_specified_lengths_and_round_trip() {
    for (size, length, replacing) in [(3, 608, 928), (8, 928, 1_568)] {
        let record = record(size);
        let bytes = record.to_bytes();
        assert_eq!(bytes.len(), length);
        assert_eq!(BallotRecord::from_bytes(&bytes, size).unwrap(), record);
        let replacement = replacement(size);
        let bytes = replacement.to_bytes();
        assert_eq!(bytes.len(), replacing);
        assert_eq!(Replacement::from_bytes(&bytes, size).unwrap(), replacement);
        assert_eq!(replacement.old.fingerprint(), replacement.record.posted.fingerprint([9; 32]));
        assert_ne!(replacement.old.fingerprint(), replacement.record.posted.fingerprint([8; 32]), "a hash chain");
    }
}

#[test]
fn record_order_is_proof_h_nullifier_note_ciphertext() {
    let bytes = record(3).to_bytes();
    let word = |index: usize| U256::from_be_slice(&bytes[32 * index..32 * (index + 1)]);
    assert_eq!(word(0), U256::from(10));
    assert_eq!(word(7), U256::from(17));
    assert_eq!([word(8), word(9), word(10)], [1, 2, 3].map(U256::from));
    assert_eq!(without_proof(&bytes), &bytes[256..]);
    assert_eq!(without_proof(&bytes[..100]), &[] as &[u8]);
}

#[test]
fn other_lengths_are_rejected() {
    let bytes = record(3).to_bytes();
    for wrong in [&bytes[..bytes.len() - 1], &[], &bytes[..32]] {
        assert!(matches!(BallotRecord::from_bytes(wrong, 3), Err(RecordError::WrongLength { unit: 608, .. })));
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(BallotRecord::from_bytes(&longer, 3), Err(RecordError::WrongLength { .. })), "trailing bytes");
    assert!(matches!(BallotRecord::from_bytes(&bytes, 8), Err(RecordError::WrongLength { unit: 928, .. })));
    assert_eq!(BallotRecord::from_bytes(&bytes, 4), Err(RecordError::UnknownSize(4)));
    assert!(matches!(Replacement::from_bytes(&bytes, 3), Err(RecordError::WrongLength { unit: 928, .. })));
}

#[test]
fn batches_split_exactly() {
    let (one, two) = (record(3).to_bytes(), record(3).to_bytes());
    let both = [one.clone(), two].concat();
    assert_eq!(split_records(&both, 3).unwrap(), [&one[..], &one[..]]);
    assert!(split_records(&[], 3).unwrap().is_empty());
    assert!(split_records(&both[1..], 3).is_err());
    assert!(split_replacements(&both, 3).is_err());
    assert_eq!(split_replacements(&replacement(8).to_bytes(), 8).unwrap().len(), 1);
}

/// Every word of a record plus the order of its field: the same value to a careless reader, rejected here.
#[test]
fn unreduced_words_are_rejected() {
    let scalar_order = U256::from_be_bytes(field::to_bytes(&-Fr::from(1u64))) + U256::from(1);
    let bytes = replacement(3).to_bytes();
    // The fingerprint before the replaced ballot is a hash, and no element: every word is one.
    let fingerprint_at = record_words(3) + 1;
    for index in (0..bytes.len() / 32).filter(|index| *index != fingerprint_at) {
        let order = if index < 8 { BASE_FIELD } else { scalar_order };
        let mut changed = bytes.clone();
        let word = U256::from_be_slice(&bytes[32 * index..32 * (index + 1)]);
        let Some(word) = word.checked_add(order) else { continue };
        changed[32 * index..32 * (index + 1)].copy_from_slice(&word.to_be_bytes::<32>());
        assert!(Replacement::from_bytes(&changed, 3).is_err(), "word {index} was reduced");
    }
}

#[test]
fn points_off_the_curve_or_of_low_order_are_rejected() {
    let bytes = record(3).to_bytes();
    let with = |x: Fr, y: Fr| {
        let mut changed = bytes.clone();
        changed[11 * 32..12 * 32].copy_from_slice(&field::to_bytes(&x));
        changed[12 * 32..13 * 32].copy_from_slice(&field::to_bytes(&y));
        BallotRecord::from_bytes(&changed, 3)
    };
    assert!(with(Fr::from(1u64), Fr::from(1u64)).is_err(), "off the curve");
    assert!(with(Fr::from(0u64), -Fr::from(1u64)).is_err(), "of order two");
    assert!(with(Point::generator().x(), Point::generator().y()).is_ok());
}
