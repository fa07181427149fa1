//! Trusted setup ceremonies for circuits' keys, compatible with snarkjs: equal secrets give equal files.
//!
//! A Groth16 key made by one party lets that party forge proofs. So keys are made by many parties, of whom one must be
//! honest. Phase 1 are powers of tau, which all circuits share and a public ceremony has made ([`mod@powers`],
//! [`published`]). From them anyone can compute a circuit's initial zkey ([`mod@first`]). In phase 2 each contributor
//! multiplies delta by a secret of its own and destroys it ([`mod@contribute`]); an unpredictable public beacon comes
//! last; and anyone can verify the whole ceremony ([`mod@verify`]).
//!
//! Architecture invariants: secrets are wiped and never printed; no contribution is added to an invalid transcript;
//! memory for input is bounded by the input's own length; a file written here equals, byte for byte, the file that
//! snarkjs writes for the same secret.
#![forbid(unsafe_code)]

mod batch;
mod chain;
mod columns;
pub mod contribute;
mod digest;
mod error;
pub mod first;
pub mod folder;
pub mod powers;
pub mod published;
mod raw;
pub mod rehearsal;
mod scaling;
mod stream;
pub mod verify;

pub use contribute::{beacon, contribute, generator};
pub use error::CeremonyError;
pub use first::first_key;
pub use folder::Folder;
pub use scaling::scale;
pub use stream::{MAX_BEACON_ITERATIONS, MIN_BEACON_ITERATIONS};
pub use verify::verify;
