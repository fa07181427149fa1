//! Batches, and the search for what spoils them.

use ark_bn254::Fr;
use ark_ec::CurveGroup;
use psephos_prover::{Proof, VerifyError};

use crate::toy::{item, rng, three};

#[test]
fn batches_of_valid_proofs_hold() {
    let vk = three().verifying_key();
    for count in [0, 1, 2, 5, 16] {
        let items: Vec<_> = (0..count).map(item).collect();
        assert_eq!(vk.verify_batch(&items, &mut rng(1)), Ok(()), "{count}");
        assert_eq!(vk.find_invalid(&items, &mut rng(1)), [0usize; 0], "{count}");
    }
}

#[test]
fn one_bad_of_sixteen_is_refused_and_named() {
    let vk = three().verifying_key();
    let items: Vec<_> = (0..16).map(item).collect();
    for bad in [0, 7, 15] {
        let mut spoilt = items.clone();
        spoilt[bad].1[2] += Fr::from(1u64);
        assert_eq!(vk.verify_batch(&spoilt, &mut rng(2)), Err(VerifyError::InvalidBatch { proofs: 16 }));
        assert_eq!(vk.find_invalid(&spoilt, &mut rng(2)), [bad]);
    }
}

#[test]
fn many_bad_ones_are_all_named() {
    let vk = three().verifying_key();
    let mut items: Vec<_> = (0..12).map(item).collect();
    (items[3].0, items[4].0) = (items[4].0, items[3].0);
    items[9].1.pop();
    items[11].1[0] += Fr::from(1u64);
    let count = VerifyError::PublicInputCount { expected: 3, actual: 2 };
    assert_eq!(vk.verify_batch(&items, &mut rng(3)), Err(count));
    assert_eq!(vk.find_invalid(&items, &mut rng(3)), [3, 4, 9, 11]);
    items.iter_mut().for_each(|(_, inputs)| inputs[0] += Fr::from(1u64));
    items.remove(9);
    assert_eq!(vk.find_invalid(&items, &mut rng(4)), (0..11).collect::<Vec<_>>());
}

/// Two proofs spoilt so that the plain product of their equations still holds (`C_1 + T`, `C_2 - T`): without random
/// coefficients this batch would pass.
#[test]
fn errors_that_cancel_are_found() {
    let vk = three().verifying_key();
    let mut items: Vec<_> = (0..4).map(item).collect();
    let shift = items[3].0.points().0;
    for (i, shift) in [(0, shift), (1, -shift)] {
        let (a, b, c) = items[i].0.points();
        items[i].0 = Proof::from_points(a, b, (c + shift).into_affine()).unwrap();
    }
    assert_eq!(vk.verify_batch(&items, &mut rng(5)), Err(VerifyError::InvalidBatch { proofs: 4 }));
    assert_eq!(vk.find_invalid(&items, &mut rng(5)), [0, 1]);
}
