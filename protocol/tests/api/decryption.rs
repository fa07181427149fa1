//! Negative tests of the statement `decryption` (section 8).

use ark_ff::{One, Zero};
use psephos_protocol::{
    Point, Scalar,
    elements::Context,
    scalar,
    statement::decryption::{
        DecryptionError, Instance, PostedShare, Witness, build_share, check, check_posted, list_elements,
    },
};

use crate::fixture::{key_share, rng};

fn random_point() -> Point {
    Point::generator().mul(&scalar::random_scalar(&mut rng(5)))
}

fn make_share(size: usize) -> (Instance, Witness, PostedShare) {
    let (instance, witness, posted) = build_share(Context::from_u64(9), &random_point(), &key_share(1), size);
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, &witness), Ok(()));
    (instance, witness, posted)
}

#[test]
fn pairs_behind_the_size_are_filled_in() {
    let (_, witness, posted) = make_share(3);
    for index in 0..8 {
        let filled = posted.keys[index] == Point::generator() && posted.share[index] == random_point();
        assert_eq!(filled, index >= 3);
        assert_eq!(witness.secrets[index] == Scalar::one(), index >= 3);
    }
    assert_eq!(posted.keys[..3], key_share(1).public_keys()[..3]);
    assert_eq!(posted.share[..3], key_share(1).multiply_point(&random_point())[..3]);
    assert_eq!(list_elements(Context::from_u64(9), &random_point(), &posted.keys, &posted.share).len(), 35);
}

#[test]
fn wrong_secret_is_reported_with_its_key() {
    for index in [0, 7] {
        for secret in [Scalar::zero(), Scalar::one()] {
            let (instance, mut witness, posted) = make_share(8);
            witness.secrets[index] = secret;
            assert!(matches!(check(&instance, &witness), Err(DecryptionError::Binding { name: "h", .. })));
            assert_eq!(check_posted(&posted, &witness), Err(DecryptionError::Key { index }));
        }
    }
}

#[test]
fn wrong_decryption_share_is_reported() {
    let (_, witness, mut posted) = make_share(8);
    posted.share[4] = posted.share[4] + Point::generator();
    assert_eq!(check_posted(&posted, &witness), Err(DecryptionError::Share { index: 4 }));
    let instance = Instance::from_posted(&posted, Context::from_u64(9), &random_point());
    assert!(matches!(check(&instance, &witness), Err(DecryptionError::Binding { name: "y", .. })));
}

#[test]
fn context_and_total_are_bound() {
    let (instance, witness, posted) = make_share(8);
    let mut other = witness.clone();
    other.ctx = other.ctx.altered();
    assert!(matches!(check(&instance, &other), Err(DecryptionError::Binding { name: "h", .. })));
    assert!(matches!(check_posted(&posted, &other), Err(DecryptionError::Binding { name: "h", .. })));
    let mut other = witness.clone();
    other.c = Point::generator();
    assert!(check(&instance, &other).is_err());
    assert_eq!(check_posted(&posted, &other), Err(DecryptionError::Share { index: 0 }));

    // A contract with another context or total computes other public inputs.
    for elsewhere in [
        Instance::from_posted(&posted, Context::from_u64(8), &random_point()),
        Instance::from_posted(&posted, Context::from_u64(9), &Point::generator()),
    ] {
        assert!(check(&elsewhere, &witness).is_err());
    }
}

#[test]
fn each_public_input_is_bound() {
    let (instance, witness, _) = make_share(3);
    for changed in [
        Instance { h: instance.h.altered(), ..instance },
        Instance { z: instance.z.altered(), ..instance },
        Instance { y: instance.y.altered(), ..instance },
    ] {
        assert!(matches!(check(&changed, &witness), Err(DecryptionError::Binding { .. })));
    }
    assert_eq!(instance.to_inputs(), [instance.h.to_fr(), instance.z.to_fr(), instance.y.to_fr()]);
    assert_eq!(Instance::NAMES, ["h", "z", "y"]);
}

#[test]
fn posted_decryption_share_round_trips() {
    let (_, _, posted) = make_share(8);
    let json = serde_json::to_string(&posted).unwrap();
    assert_eq!(serde_json::from_str::<PostedShare>(&json).unwrap(), posted);
}
