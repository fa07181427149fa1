use ark_ff::{One, Zero};
use proptest::prelude::*;
use psephos_protocol::{
    Fr, Point, Scalar,
    committee::{CommitteeError, KeyVector},
    constants::KEY_SPLIT_BITS,
    curve::hash_to_point,
    testing::{points, scalars},
};

use crate::fixture::key_vector;

#[test]
fn points_satisfy_the_group_law() {
    let (generator, identity) = (Point::generator(), Point::identity());
    assert!(identity.is_identity() && !generator.is_identity());
    assert_eq!((identity.x(), identity.y()), (Fr::zero(), Fr::one()));
    assert_eq!(generator + identity, generator);
    assert_eq!(generator - generator, identity);
    assert_eq!(-identity, identity);
    assert_eq!(generator.mul(&Scalar::zero()), identity);
    assert_eq!(generator.mul(&-Scalar::one()), -generator);
    assert_eq!(identity.mul(&Scalar::from(5)), identity);
    assert_eq!(generator.double_times(3), generator.mul_u64(8));
    assert_eq!(generator.double_times(0), generator);
    assert_eq!(generator.mul_u64(u64::MAX), generator.mul(&Scalar::from(u64::MAX)));
}

#[test]
fn point_decodes_only_from_its_canonical_encoding() {
    let point = Point::generator();
    let json = serde_json::to_value(point).unwrap();
    assert_eq!(serde_json::from_value::<Point>(json.clone()).unwrap(), point);
    let (x, y) = (json[0].as_str().unwrap(), json[1].as_str().unwrap());
    for refused in [
        format!("[\"{x}\"]"),
        format!("[\"{x}\", \"{y}\", \"{y}\"]"),
        format!("[\"{y}\", \"{x}\"]"),
        format!("[\"{}\", \"{y}\"]", &x[2..]),
        format!("[\"{x}\", \"0x{}\"]", "f".repeat(64)),
        format!("{{\"x\": \"{x}\", \"y\": \"{y}\"}}"),
        "null".into(),
    ] {
        assert!(serde_json::from_str::<Point>(&refused).is_err(), "{refused}");
    }
}

#[test]
fn offsets_are_distinct_and_not_the_generator() {
    let points = ["a", "b", "a0", ""].map(hash_to_point);
    for (i, point) in points.iter().enumerate() {
        assert!(Point::from_coordinates([point.x(), point.y()]).is_ok() && !point.is_identity());
        assert!(points[..i].iter().all(|other| other != point) && *point != Point::generator());
    }
    assert_eq!(hash_to_point("a"), points[0]);
}

#[test]
fn key_vector_rejects_the_identity_and_hashes_a_prefix() {
    let keys = key_vector(1);
    for index in [0, 7] {
        let mut broken = *keys.keys();
        broken[index] = Point::identity();
        assert_eq!(KeyVector::new(broken), Err(CommitteeError::IdentityKey { index }));
        assert!(serde_json::from_value::<KeyVector>(serde_json::to_value(broken).unwrap()).is_err());
    }
    assert_eq!(serde_json::from_value::<KeyVector>(serde_json::to_value(&keys).unwrap()).unwrap(), keys);
    let factor = (0..KEY_SPLIT_BITS).fold(Scalar::one(), |factor, _| factor + factor);
    for (key, shifted) in keys.keys().iter().zip(keys.shifted()) {
        assert_eq!(key.mul(&factor), shifted);
    }

    let mut other = *keys.keys();
    other[3] = Point::generator();
    let other = KeyVector::new(other).unwrap();
    assert_eq!(keys.hash_keys(3), other.hash_keys(3));
    assert_ne!(keys.hash_keys(8), other.hash_keys(8));
    assert_ne!(keys.hash_keys(3), keys.hash_keys(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn multiplication_is_a_homomorphism(point in points(), a in scalars(), b in scalars()) {
        prop_assert_eq!(point.mul(&a) + point.mul(&b), point.mul(&(a + b)));
        prop_assert_eq!(point.mul(&a).mul(&b), point.mul(&(a * b)));
    }
}
