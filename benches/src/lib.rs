//! Benchmarks: one question a file. Here: what they measure on.
//!
//! `cargo bench -p psephos-benches` runs all of them in a few minutes; `-- --quick` gives a rough answer sooner.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

pub mod peers;
pub mod stock;

use std::time::Duration;

use criterion::Criterion;
pub use psephos_prover::examples::{ballot, claim, committee_keys, dealing, notes, opening};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The same numbers at every run.
pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Few samples, as each takes long; medians of repeated runs agree within a few percent.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
}
