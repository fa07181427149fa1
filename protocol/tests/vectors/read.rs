//! Reading vectors: every value goes through this crate's own strict decoding.

use psephos_protocol::{Fr, Point, Scalar, field, scalar};
use serde_json::Value;

pub(crate) fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("vectors are JSON")
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

pub(crate) fn flag(value: &Value) -> bool {
    value.as_bool().expect("a truth value")
}

pub(crate) fn numbers(value: &Value) -> Vec<u64> {
    list(value).iter().map(number).collect()
}

pub(crate) fn element(value: &Value) -> Fr {
    field::from_hex(text(value)).expect("a field element")
}

pub(crate) fn elements(value: &Value) -> Vec<Fr> {
    list(value).iter().map(element).collect()
}

pub(crate) fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    let mut bytes = [0; N];
    let digits = text(value).strip_prefix("0x").expect("0x");
    hex::decode_to_slice(digits, &mut bytes).expect("hexadecimal digits");
    bytes
}

pub(crate) fn scalar(value: &Value) -> Scalar {
    scalar::from_bytes(&bytes(value)).expect("a scalar")
}

pub(crate) fn point(value: &Value) -> Point {
    serde_json::from_value(value.clone()).expect("a point")
}

pub(crate) fn points<const N: usize>(value: &Value) -> [Point; N] {
    serde_json::from_value::<Vec<Point>>(value.clone()).expect("points").try_into().expect("their number")
}
