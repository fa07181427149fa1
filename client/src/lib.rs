//! What a voter, a trustee, a relayer or an operator does.
//!
//! This crate holds secrets and builds witnesses; it talks to a chain through `psephos-chain` and prints nothing. Long operations
//! tell an [`Observer`] how far they are. Every failure is a [`ClientError`] that says what to do.
//!
//! Architecture invariant: no secret has `Debug` or `Serialize`, and no error carries one.

pub mod election;
pub mod package;
pub mod progress;
pub mod relayer;
pub mod verify;

pub use package::Package;
pub use progress::{Observer, Phase, Silent};
pub use psephos_chain::{ChainError, Connection, Deployment, LocalChain, Replay};
