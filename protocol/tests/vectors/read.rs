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
    weight::Weight,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) const COMMITTEE: &str = include_str!("../../../vectors/committee.json");
pub(crate) const REWARDS: &str = include_str!("../../../vectors/rewards.json");
pub(crate) const ROUNDING: &str = include_str!("../../../vectors/rounding.json");
pub(crate) const SHEETS: &str = include_str!("../../../vectors/sheets.json");

pub(crate) fn parse_vectors(json: &str) -> Value {
    serde_json::from_str(json).expect("vectors are JSON")
}

pub(crate) fn as_list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("the value is a list")
}

pub(crate) fn as_text(value: &Value) -> &str {
    value.as_str().expect("the value is a string")
}

pub(crate) fn as_number(value: &Value) -> u64 {
    value.as_u64().expect("the value is a number")
}

/// Reads a weight. Vectors of rewards also have weight 0, for which policy and note are defined, though no member has
/// it.
pub(crate) fn as_weight(value: &Value) -> Weight {
    Weight::new_unchecked(as_number(value))
}

pub(crate) fn as_flag(value: &Value) -> bool {
    value.as_bool().expect("the value is a boolean")
}

pub(crate) fn as_numbers(value: &Value) -> Vec<u64> {
    as_list(value).iter().map(as_number).collect()
}

pub(crate) fn read_element(value: &Value) -> Fr {
    field::from_hex(as_text(value)).expect("the value is a field element")
}

pub(crate) fn read_elements(value: &Value) -> Vec<Fr> {
    as_list(value).iter().map(read_element).collect()
}

/// Returns a value of any type that JSON encodes as the vectors do.
pub(crate) fn typed<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("the value is one of its type")
}

pub(crate) fn read_bytes<const N: usize>(value: &Value) -> [u8; N] {
    let mut bytes = [0; N];
    let digits = as_text(value).strip_prefix("0x").expect("the value begins with 0x");
    hex::decode_to_slice(digits, &mut bytes).expect("the value has the expected number of hexadecimal digits");
    bytes
}

pub(crate) fn read_scalar(value: &Value) -> Scalar {
    scalar::from_bytes(&read_bytes(value)).expect("the value is a scalar")
}

pub(crate) fn read_scalars(value: &Value) -> Vec<Scalar> {
    as_list(value).iter().map(read_scalar).collect()
}

pub(crate) fn read_point(value: &Value) -> Point {
    serde_json::from_value(value.clone()).expect("the value is a point")
}

pub(crate) fn read_points<const N: usize>(value: &Value) -> [Point; N] {
    serde_json::from_value::<Vec<Point>>(value.clone())
        .expect("the value is a list of points")
        .try_into()
        .expect("the list has N points")
}

/// Returns the public inputs `h`, `z`, `y`.
pub(crate) fn read_instance(vector: &Value) -> [Fr; 3] {
    ["h", "z", "y"].map(|name| read_element(&vector[name]))
}

pub(crate) fn read_transport_secret(seed: &Value) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes(read_bytes(seed))).expect("the seed gives a nonzero secret")
}

/// Derives the context of a trustee from the vector's values.
pub(crate) fn read_trustee_context(vector: &Value) -> TrusteeContext {
    let (chain_id, committee) =
        (ChainId::new(as_number(&vector["chain_id"])), CommitteeId::new(as_number(&vector["committee"])));
    context::derive_trustee_context(
        chain_id,
        read_bytes(&vector["contract"]),
        committee,
        read_bytes(&vector["trustee"]),
    )
}
