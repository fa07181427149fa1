use ark_ff::PrimeField;
use psephos_protocol::{
    Point, Scalar,
    curve::{PointError, hash_to_point},
};

use crate::read::{bytes, element, list, parse, point, scalar, text};

const VECTORS: &str = include_str!("../../../vectors/curve.json");

#[test]
fn generator_and_order_equal_vectors() {
    let vectors = parse(VECTORS);
    assert_eq!(Point::generator(), point(&vectors["generator"]));
    let order = hex::encode(bytes::<32>(&vectors["order"]));
    let ours: String = Scalar::MODULUS.0.iter().rev().map(|limb| format!("{limb:016x}")).collect();
    assert_eq!(order, ours);
}

#[test]
fn multiples_and_sums_equal_vectors() {
    let vectors = parse(VECTORS);
    for vector in list(&vectors["multiples"]) {
        assert_eq!(Point::generator().mul(&scalar(&vector["scalar"])), point(&vector["point"]));
    }
    for vector in list(&vectors["sums"]) {
        let (left, right, sum) = (point(&vector["left"]), point(&vector["right"]), point(&vector["sum"]));
        assert_eq!(left + right, sum);
        assert_eq!(sum - right, left);
    }
}

#[test]
fn coordinates_are_accepted_or_rejected_as_in_vectors() {
    let mut low_order = 0;
    for vector in list(&parse(VECTORS)["candidates"]) {
        let (x, y) = (element(&vector["point"][0]), element(&vector["point"][1]));
        let expected = match text(&vector["verdict"]) {
            "point" => None,
            "not-on-curve" => Some(PointError::NotOnCurve),
            "not-in-subgroup" => Some(PointError::NotInSubgroup),
            other => panic!("unknown verdict {other}"),
        };
        low_order += usize::from(expected == Some(PointError::NotInSubgroup));
        assert_eq!(Point::from_coordinates(x, y).err(), expected);
        assert_eq!(serde_json::from_value::<Point>(vector["point"].clone()).is_err(), expected.is_some());
    }
    assert!(low_order >= 7, "there are points of order 2, 4 and 8, and sums with them");
}

#[test]
fn hashed_points_equal_vectors() {
    for vector in list(&parse(VECTORS)["hash_to_point"]) {
        assert_eq!(hash_to_point(text(&vector["label"])), point(&vector["point"]));
    }
}
