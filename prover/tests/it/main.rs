//! The prover from outside: one binary, one module a subject.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod batch;
mod broken;
mod election;
mod forgery;
mod formats;
mod key_files;
mod key_ring;
mod keys;
mod manifests;
mod peers;
mod proofs;
mod proving;
mod rewards;
mod solidity;
mod statements;
mod toy;
mod vectors;
