//! Tests of the prover's public API: one binary, one module per subject.
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
mod points;
mod proofs;
mod proving;
mod rewards;
mod solidity;
mod statements;
mod toy;
mod vectors;
