#![doc = include_str!("../README.md")]
//!
//! Architecture invariant: what is read from a chain is checked or reported, never trusted and never unwrapped.

pub mod artifact;
pub mod backoff;
mod broadcast;
pub mod built_in;
pub mod chains;
pub mod code;
pub mod connection;
pub mod create2;
pub mod deploy;
pub mod deployment_file;
pub mod error;
pub mod fees;
pub mod files;
pub mod follow;
pub mod gas_price;
pub mod host;
pub mod local;
pub mod logs;
pub mod network;
pub mod nodes;
pub mod nonce;
pub mod operator;
pub mod options;
pub mod plan;
pub mod posted;
pub mod revert;
pub mod sending;
pub mod signer;
pub mod simulation;
pub mod source;
pub mod state_proof;
pub mod tls;
pub mod transaction;
mod transport;

pub use alloy::{
    hex,
    primitives::{Address, B256, Bytes, U256, aliases::U96, keccak256},
};
pub use connection::{Connection, Sent};
pub use error::ChainError;
pub use local::LocalChain;
pub use network::{Network, NetworkError, Purpose};
pub use nodes::{NodeSet, NodesError};
pub use nonce::{ChosenNonce, error::NonceError};
pub use operator::Operator;
pub use options::ConnectionOptions;
pub use revert::Revert;
pub use signer::{RemoteSigner, error::SignerError};
pub use source::{
    StateSource,
    file::FileSource,
    indexer::IndexerSource,
    node::{NodeSource, load_calls, read_state},
};
pub use state_proof::StateProofError;
