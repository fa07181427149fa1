//! The service as a wallet, an operator and an attacker meet it: over loopback.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod access;
mod bad_input;
mod canary;
mod jobs;
mod many_machines;
mod proofs;
mod sums;
mod support;
