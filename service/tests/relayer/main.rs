//! The relayer on a local chain, with real proofs.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod basics;
mod chain;
mod claims;
mod crash;
mod desk;
mod funds;
mod house;
mod kill;
mod pot;
mod voters;
