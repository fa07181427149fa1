//! Prover service, relayer and indexer: what wallets talk to.
//!
//! Three parts, each with routes of its own, and each may be left out: [`prover`] makes proofs for weak devices, [`relayer`] sends ballots
//! and claims from an address that is not the voter's, [`indexer`] tells what the chain holds without saying who asked for what.
//!
//! Architecture invariant: no authorising key comes here, and nothing depends on the `client` crate. What a request holds is in no log, error,
//! metric or file in the clear.
#![forbid(unsafe_code)]

pub mod config;
pub mod http;
pub mod indexer;
pub mod logging;
pub mod part;
pub mod prover;
pub mod queue;
pub mod relayer;
pub mod serve;
