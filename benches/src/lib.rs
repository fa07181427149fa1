//! Shared parts of the benchmarks, each of which answers one question: example statements, random numbers and
//! criterion's settings.
//!
//! `cargo bench -p psephos-benches` runs all of them in a few minutes; `-- --quick` gives a rough answer sooner.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

pub mod arkworks;
pub mod peers;

use std::time::Duration;

use criterion::Criterion;
pub use psephos_prover::examples::{ballot, claim, committee_keys, dealing, decryption_share, note_batch, sheet};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Returns a deterministic generator, so that all runs measure the same inputs.
pub fn seeded_rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Returns criterion with few samples, as each takes long; medians of repeated runs agree within a few percent.
pub fn criterion_config() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
}
