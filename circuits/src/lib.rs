//! R1CS circuits of Psephos' statements.
//!
//! One [`Circuit`] a statement, mirroring the names of `psephos_protocol`: what the protocol's `check()` says natively, the
//! circuit says in constraints. The crate knows no keys, no randomness and no files, and has no constants of its own: they
//! come from the protocol.
//!
//! Layers, from below: [`num`] (a linear combination and its value), [`builder`] (allocates variables, collects
//! constraints), [`gadgets`] (Poseidon, Baby Jubjub, LeanIMT, ranges), then the statements: [`ballot`],
//! [`decryption`], [`dealing`], [`committee_keys`], [`notes`] and [`claim`].
//! [`catalogue`] lists them by name.
//! [`r1cs`] is the finished system: matrices, their hash, satisfaction, and the bridge to arkworks.
#![forbid(unsafe_code)]

pub mod ballot;
pub mod builder;
pub mod catalogue;
pub mod circuit;
pub mod claim;
pub mod committee_keys;
pub mod dealing;
pub mod decryption;
pub mod gadgets;
pub mod interop;
pub mod notes;
pub mod num;
pub mod r1cs;
pub mod rank;
pub mod statement;
pub mod version;

pub use builder::Builder;
pub use circuit::Circuit;
pub use num::Num;
pub use r1cs::{R1cs, Unsatisfied};
pub use version::CircuitVersion;
