#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod ballot;
pub mod blinded;
pub mod builder;
pub mod catalogue;
pub mod circuit;
pub mod claim;
pub mod committee_keys;
pub mod dealing;
pub mod decision;
pub mod decryption;
pub mod gadgets;
pub mod interop;
pub mod notes;
pub mod num;
pub mod r1cs;
pub mod rank;
pub mod sheet;
pub mod statement;
pub mod update;

pub use builder::Builder;
pub use circuit::Circuit;
pub use num::Num;
pub use psephos_protocol::circuit_version::CircuitVersion;
pub use r1cs::{R1cs, Unsatisfied};
