//! Batch verification, and the search for invalid proofs.

use ark_bn254::Fr;
use ark_ec::CurveGroup;
use psephos_prover::{Backend, Proof, VerifyError};

use crate::toy::{proof_with_inputs, seeded_rng, three_key};

#[test]
fn batches_of_valid_proofs_verify() {
    let vk = three_key().verifying_key();
    for count in [0, 1, 2, 5, 16] {
        let items: Vec<_> = (0..count).map(proof_with_inputs).collect();
        assert_eq!(vk.verify_batch(&items, &mut seeded_rng(1)), Ok(()), "{count}");
        assert_eq!(vk.find_invalid(&items, &mut seeded_rng(1)), [0usize; 0], "{count}");
    }
}

#[test]
fn one_invalid_proof_of_sixteen_is_found() {
    let vk = three_key().verifying_key();
    let items: Vec<_> = (0..16).map(proof_with_inputs).collect();
    for bad in [0, 7, 15] {
        let mut spoilt = items.clone();
        spoilt[bad].1[2] += Fr::from(1u64);
        assert_eq!(vk.verify_batch(&spoilt, &mut seeded_rng(2)), Err(VerifyError::InvalidBatch { proofs: 16 }));
        assert_eq!(vk.find_invalid(&spoilt, &mut seeded_rng(2)), [bad]);
    }
}

#[test]
fn many_invalid_proofs_are_all_found() {
    let vk = three_key().verifying_key();
    let mut items: Vec<_> = (0..12).map(proof_with_inputs).collect();
    (items[3].0, items[4].0) = (items[4].0, items[3].0);
    items[9].1.pop();
    items[11].1[0] += Fr::from(1u64);
    let count = VerifyError::PublicInputCount { expected: 3, actual: 2 };
    assert_eq!(vk.verify_batch(&items, &mut seeded_rng(3)), Err(count));
    assert_eq!(vk.find_invalid(&items, &mut seeded_rng(3)), [3, 4, 9, 11]);
    items.iter_mut().for_each(|(_, inputs)| inputs[0] += Fr::from(1u64));
    items.remove(9);
    assert_eq!(vk.find_invalid(&items, &mut seeded_rng(4)), (0..11).collect::<Vec<_>>());
}

/// Two proofs altered so that the plain product of their equations still holds (`C_1 + T`, `C_2 - T`): without random
/// coefficients this batch would pass.
#[test]
fn errors_that_cancel_are_found() {
    let vk = three_key().verifying_key();
    let mut items: Vec<_> = (0..4).map(proof_with_inputs).collect();
    let shift = items[3].0.points().0;
    for (i, shift) in [(0, shift), (1, -shift)] {
        let (a, b, c) = items[i].0.points();
        items[i].0 = Proof::from_points(a, b, (c + shift).into_affine()).unwrap();
    }
    assert_eq!(vk.verify_batch(&items, &mut seeded_rng(5)), Err(VerifyError::InvalidBatch { proofs: 4 }));
    assert_eq!(vk.find_invalid(&items, &mut seeded_rng(5)), [0, 1]);
}

/// In every arithmetic backend and at every position: in a full SIMD vector, in its first and last lane, and in the
/// remainder.
#[test]
fn any_altered_element_of_any_proof_is_rejected() {
    let vk = three_key().verifying_key();
    let items: Vec<_> = (0..44).map(proof_with_inputs).collect();
    for arithmetic in [Backend::portable(), Backend::detect()] {
        assert_eq!(vk.verify_batch_with(arithmetic, &items, &mut seeded_rng(6)), Ok(()));
        for place in [0, 1, 7, 8, 31, 39, 40, 43] {
            let (a, b, c) = items[place].0.points();
            let (other_a, other_b, other_c) = items[(place + 5) % items.len()].0.points();
            let spoilt = [
                Proof::from_points(other_a, b, c),
                Proof::from_points(-a, b, c),
                Proof::from_points(a, other_b, c),
                Proof::from_points(a, -b, c),
                Proof::from_points(a, b, other_c),
                Proof::from_points(a, b, -c),
            ];
            let mut batches: Vec<_> = spoilt.map(|proof| (proof.unwrap(), items[place].1.clone())).to_vec();
            for input in 0..3 {
                batches.push(items[place].clone());
                batches.last_mut().unwrap().1[input] += Fr::from(1u64);
            }
            for item in batches {
                let mut items = items.clone();
                items[place] = item;
                let refused = Err(VerifyError::InvalidBatch { proofs: 44 });
                assert_eq!(vk.verify_batch_with(arithmetic, &items, &mut seeded_rng(7)), refused, "{place}");
                assert!(vk.verify_batch_with(arithmetic, &items[place..=place], &mut seeded_rng(7)).is_err());
            }
        }
    }
    let mut spoilt = items.clone();
    (spoilt[2].0, spoilt[3].0) = (items[3].0, items[2].0);
    spoilt[41].1[1] += Fr::from(1u64);
    assert_eq!(vk.find_invalid(&spoilt, &mut seeded_rng(8)), [2, 3, 41]);
}

/// Enough proofs for several tasks and threads, and for the sum of `C` over prepared points.
#[test]
fn large_batch_verifies() {
    let vk = three_key().verifying_key();
    let few: Vec<_> = (0..7).map(proof_with_inputs).collect();
    let mut items: Vec<_> = few.iter().cycle().take(300).cloned().collect();
    assert_eq!(vk.verify_batch(&items, &mut seeded_rng(9)), Ok(()));
    items[299].0 = items[298].0;
    assert_eq!(vk.verify_batch(&items, &mut seeded_rng(9)), Err(VerifyError::InvalidBatch { proofs: 300 }));
}
