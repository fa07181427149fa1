//! Tests of ceremonies on small circuits, and comparisons with snarkjs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod adversaries;
mod files;
mod peers;
mod poison;
mod refusals;
mod toy;
