//! The relayer on a local chain, with real proofs.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod basics;
mod chain;
mod claims;
mod crash;
mod fee_pot;
mod funds;
mod harness;
mod kill;
mod local_system;
mod lying_nodes;
mod masked;
mod masker;
mod mixing;
mod oblivious;
mod oblivious_faults;
mod oblivious_system;
mod voters;
