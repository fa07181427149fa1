#![doc = include_str!("../README.md")]

pub mod account;
pub mod address;
pub mod answer_draft;
pub mod confirm;
mod conversions;
pub mod files;
pub mod keys;
pub mod keystore;
pub mod operator;
pub mod progress;
pub mod relayer;
pub mod remote;
pub mod reward;
pub mod schedule;
pub mod secret_file;
pub mod sheets;
pub mod tally;
pub mod trustee;
pub mod verify;
pub mod voter;

pub use account::Account;
pub use progress::{Observer, Phase, Silent};
pub use psephos_chain::{ChainError, Connection, LocalChain, NodeSet};
pub use psephos_prover::{KeyRing, KeyRingError};
pub use psephos_state::{ChainState, Deployment, StateError};
pub use psephos_submission::{SubmissionError, parameters};
pub use psephos_wire::{Package, PackageError, ballot as package};

#[cfg(test)]
mod test_state;
