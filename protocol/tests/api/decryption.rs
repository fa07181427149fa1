//! Negative tests of the statement `decryption` (section 8).

use ark_ff::{One, Zero};
use psephos_protocol::{
    Point, Scalar,
    elements::Context,
    scalar,
    statement::decryption::{DecryptionError, Instance, Posted, Witness, build, check, check_posted, elements},
};

use crate::fixture::{rng, trustee};

fn c() -> Point {
    Point::generator().mul(&scalar::random(&mut rng(5)))
}

fn good(size: usize) -> (Instance, Witness, Posted) {
    let (instance, witness, posted) = build(Context::from_u64(9), &c(), &trustee(1), size);
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, &witness), Ok(()));
    (instance, witness, posted)
}

#[test]
fn pairs_behind_the_size_are_filled_in() {
    let (_, witness, posted) = good(3);
    for index in 0..8 {
        let filled = posted.keys[index] == Point::generator() && posted.share[index] == c();
        assert_eq!(filled, index >= 3);
        assert_eq!(witness.secrets[index] == Scalar::one(), index >= 3);
    }
    assert_eq!(posted.keys[..3], trustee(1).public()[..3]);
    assert_eq!(posted.share[..3], trustee(1).multiply(&c())[..3]);
    assert_eq!(elements(Context::from_u64(9), &c(), &posted.keys, &posted.share).len(), 35);
}

#[test]
fn wrong_secret_is_reported_with_its_key() {
    for index in [0, 7] {
        for secret in [Scalar::zero(), Scalar::one()] {
            let (instance, mut witness, posted) = good(8);
            witness.secrets[index] = secret;
            assert!(matches!(check(&instance, &witness), Err(DecryptionError::Binding { name: "h", .. })));
            assert_eq!(check_posted(&posted, &witness), Err(DecryptionError::Key { index }));
        }
    }
}

#[test]
fn wrong_decryption_share_is_reported() {
    let (_, witness, mut posted) = good(8);
    posted.share[4] = posted.share[4] + Point::generator();
    assert_eq!(check_posted(&posted, &witness), Err(DecryptionError::Share { index: 4 }));
    let instance = Instance::of(&posted, Context::from_u64(9), &c());
    assert!(matches!(check(&instance, &witness), Err(DecryptionError::Binding { name: "y", .. })));
}

#[test]
fn context_and_total_are_bound() {
    let (instance, witness, posted) = good(8);
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
        Instance::of(&posted, Context::from_u64(8), &c()),
        Instance::of(&posted, Context::from_u64(9), &Point::generator()),
    ] {
        assert!(check(&elsewhere, &witness).is_err());
    }
}

#[test]
fn each_public_input_is_bound() {
    let (instance, witness, _) = good(3);
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
    let (_, _, posted) = good(8);
    let json = serde_json::to_string(&posted).unwrap();
    assert_eq!(serde_json::from_str::<Posted>(&json).unwrap(), posted);
}
