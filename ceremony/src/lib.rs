//! The ceremony that makes a circuit's keys, transcript by transcript the same as snarkjs'.
//!
//! A Groth16 key made by one party lets that party forge. So it is made by many, of whom one must be honest: powers of tau, which every
//! circuit can use and a public ceremony has made ([`mod@powers`], [`published`]); from them a first key, which anybody can compute
//! ([`mod@first`]); then each contributor multiplies delta by a secret of its own and forgets it ([`mod@contribute`]); a beacon that
//! nobody could foresee comes last; and everybody verifies all of it ([`mod@verify`]).
//!
//! Architecture invariants: secrets are wiped and never printed; nothing is built on a transcript that does not hold; what is read is
//! bounded by its own length; a file made here is, byte for byte, what snarkjs would have made of the same secret.
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
