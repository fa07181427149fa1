use ark_ff::PrimeField;
use psephos_protocol::{
    Point, Scalar,
    curve::{PointError, hash_to_point},
};

use crate::read::{as_list, as_text, parse_vectors, read_bytes, read_element, read_point, read_scalar};

const VECTORS: &str = include_str!("../../../vectors/curve.json");

#[test]
fn generator_and_order_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    assert_eq!(Point::generator(), read_point(&vectors["generator"]));
    let order = hex::encode(read_bytes::<32>(&vectors["order"]));
    let ours: String = Scalar::MODULUS.0.iter().rev().map(|limb| format!("{limb:016x}")).collect();
    assert_eq!(order, ours);
}

#[test]
fn multiples_and_sums_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    for vector in as_list(&vectors["multiples"]) {
        assert_eq!(Point::generator().mul(&read_scalar(&vector["scalar"])), read_point(&vector["point"]));
    }
    for vector in as_list(&vectors["sums"]) {
        let (left, right, sum) =
            (read_point(&vector["left"]), read_point(&vector["right"]), read_point(&vector["sum"]));
        assert_eq!(left + right, sum);
        assert_eq!(sum - right, left);
    }
}

#[test]
fn coordinates_are_accepted_or_rejected_as_in_vectors() {
    let mut low_order = 0;
    for vector in as_list(&parse_vectors(VECTORS)["candidates"]) {
        let (x, y) = (read_element(&vector["point"][0]), read_element(&vector["point"][1]));
        let expected = match as_text(&vector["verdict"]) {
            "point" => None,
            "not-on-curve" => Some(PointError::NotOnCurve),
            "not-in-subgroup" => Some(PointError::NotInSubgroup),
            other => panic!("unknown verdict {other}"),
        };
        low_order += usize::from(expected == Some(PointError::NotInSubgroup));
        assert_eq!(Point::from_coordinates([x, y]).err(), expected);
        assert_eq!(serde_json::from_value::<Point>(vector["point"].clone()).is_err(), expected.is_some());
    }
    assert!(low_order >= 7, "there are points of order 2, 4 and 8, and sums with them");
}

#[test]
fn hashed_points_equal_vectors() {
    for vector in as_list(&parse_vectors(VECTORS)["hash_to_point"]) {
        assert_eq!(hash_to_point(as_text(&vector["label"])), read_point(&vector["point"]));
    }
}
