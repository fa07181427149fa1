//! Readers for vectors: every value goes through this crate's own strict decoding.

use psephos_protocol::{
    Fr, Point, Scalar,
    committee::TransportSecret,
    context,
    elements::TrusteeContext,
    field,
    identifiers::{ChainId, CommitteeId},
    identity::Seed,
    scalar,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) const COMMITTEE: &str = include_str!("../../../vectors/committee.json");
pub(crate) const REWARDS: &str = include_str!("../../../vectors/rewards.json");

pub(crate) fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("vectors are JSON")
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("the value is a list")
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("the value is a string")
}

pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().expect("the value is a number")
}

pub(crate) fn flag(value: &Value) -> bool {
    value.as_bool().expect("the value is a boolean")
}

pub(crate) fn numbers(value: &Value) -> Vec<u64> {
    list(value).iter().map(number).collect()
}

pub(crate) fn element(value: &Value) -> Fr {
    field::from_hex(text(value)).expect("the value is a field element")
}

pub(crate) fn elements(value: &Value) -> Vec<Fr> {
    list(value).iter().map(element).collect()
}

/// Returns a value of any type that JSON encodes as the vectors do.
pub(crate) fn typed<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("the value is one of its type")
}

pub(crate) fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    let mut bytes = [0; N];
    let digits = text(value).strip_prefix("0x").expect("the value begins with 0x");
    hex::decode_to_slice(digits, &mut bytes).expect("the value has the expected number of hexadecimal digits");
    bytes
}

pub(crate) fn scalar(value: &Value) -> Scalar {
    scalar::from_bytes(&bytes(value)).expect("the value is a scalar")
}

pub(crate) fn scalars(value: &Value) -> Vec<Scalar> {
    list(value).iter().map(scalar).collect()
}

pub(crate) fn point(value: &Value) -> Point {
    serde_json::from_value(value.clone()).expect("the value is a point")
}

pub(crate) fn points<const N: usize>(value: &Value) -> [Point; N] {
    serde_json::from_value::<Vec<Point>>(value.clone())
        .expect("the value is a list of points")
        .try_into()
        .expect("the list has N points")
}

/// Returns the public inputs `h`, `z`, `y`.
pub(crate) fn instance(vector: &Value) -> [Fr; 3] {
    ["h", "z", "y"].map(|name| element(&vector[name]))
}

pub(crate) fn transport_secret(seed: &Value) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes(bytes(seed))).expect("the seed gives a nonzero secret")
}

/// Derives the context of a trustee from the vector's values.
pub(crate) fn trustee_context(vector: &Value) -> TrusteeContext {
    let (chain_id, committee) =
        (ChainId::new(number(&vector["chain_id"])), CommitteeId::new(number(&vector["committee"])));
    context::trustee_context(chain_id, bytes(&vector["contract"]), committee, bytes(&vector["trustee"]))
}
