//! What a voter, a trustee, a relayer or an operator does.
//!
//! This crate holds secrets and builds witnesses; it talks to a chain through `psephos-chain` and prints nothing. Long operations
//! tell an [`Observer`] how far they are. Every failure is a [`ClientError`] that says what to do.
//!
//! Architecture invariant: no secret has `Debug` or `Serialize`, and no error carries one.

pub mod account;
pub mod error;
pub mod files;
pub mod keys;
pub mod operator;
pub mod progress;
pub mod relayer;
pub mod remote;
pub mod reward;
pub mod tally;
pub mod trustee;
pub mod verify;
pub mod voter;

pub use account::Account;
pub use error::ClientError;
pub use progress::{Observer, Phase, Silent};
pub use psephos_chain::{ChainError, Connection, LocalChain};
pub use psephos_prover::KeyRing;
pub use psephos_state::{ChainState, Deployment};
pub use psephos_submission::SubmissionError;
pub use psephos_wire::{Package, ballot as package};
