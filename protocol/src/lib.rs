//! The protocol's types, native functions and statements: the specification (`docs/src/specification.md`) in Rust.
//!
//! Architecture invariants: no constraint system, no input or output, no clock; randomness is always a parameter.
//! Decoding is strict everywhere: what is not the canonical encoding of a value is refused, never reduced. Types that
//! hold secrets are erased on drop, have no `Debug` and are compared in constant time; errors never contain a secret.

#![forbid(unsafe_code)]

pub mod census;
pub mod committee;
pub mod constants;
pub mod context;
pub mod curve;
pub mod encryption;
pub mod field;
pub mod identifiers;
pub mod identity;
pub mod keystore;
pub mod note;
pub mod nullifier;
pub mod poseidon;
pub mod recovery;
pub mod reward;
pub mod rule;
pub mod scalar;
pub mod signature;
pub mod statement;
pub mod tally;
pub mod transcript;

pub use ark_bn254::Fr;
pub use curve::Point;

/// The scalar field `Z_l` of Baby Jubjub's prime-order subgroup, 251 bits (specification, section 1).
pub type Scalar = taceo_ark_babyjubjub::Fr;
