#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod census;
pub mod circuit_version;
pub mod committee;
pub mod constants;
pub mod context;
pub mod curve;
pub mod decision;
pub mod dlog;
pub mod elements;
pub mod encryption;
pub mod field;
pub mod fingerprint;
pub mod identifiers;
pub mod identity;
pub mod note;
pub mod nullifier;
pub mod poseidon;
pub mod recovery;
pub mod reward;
pub mod rounding;
pub mod rule;
pub mod scalar;
pub mod sheet;
pub mod signature;
pub mod statement;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transcript;
pub mod weight;

pub use ark_bn254::Fr;
pub use curve::Point;

/// A scalar: an element of the field `Z_l` of Baby Jubjub's prime-order subgroup, 251 bits (specification, section 1).
pub type Scalar = taceo_ark_babyjubjub::Fr;
