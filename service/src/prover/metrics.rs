//! Metrics of proofs. Times are for the operator alone: they are served on the admin address only.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use psephos_wire::proof::StatementKind;

/// The upper bounds of the histogram's buckets, in seconds.
pub const BUCKETS: [f64; 12] = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 10.0];

const MINUTE: Duration = Duration::from_secs(60);
const MAX_LATEST: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatementLabel {
    statement: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndLabel {
    end: String,
}

/// The metrics of the prover service.
#[derive(Clone)]
pub struct ProverMetrics {
    accepted: Family<StatementLabel, Counter>,
    proved: Family<StatementLabel, Counter>,
    sums: Family<StatementLabel, Counter>,
    ended: Family<EndLabel, Counter>,
    seconds: Family<StatementLabel, Histogram, fn() -> Histogram>,
    busy: Gauge<i64, AtomicI64>,
    /// The histogram again, over all statements, for the status page.
    chart_data: Arc<ChartData>,
}

/// Proofs by the time that they took.
#[derive(Debug, Default)]
struct ChartData {
    counts: [AtomicU64; BUCKETS.len() + 1],
    /// The completion times of the latest proofs.
    latest: Mutex<VecDeque<Instant>>,
}

/// A guard that counts a worker as busy while it lives.
pub(super) struct BusyGuard(Gauge<i64, AtomicI64>);

impl Drop for BusyGuard {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl ProverMetrics {
    /// Registers the metrics.
    pub fn new(registry: &mut Registry) -> Self {
        let metrics = Self {
            accepted: Family::default(),
            proved: Family::default(),
            sums: Family::default(),
            ended: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            busy: Gauge::default(),
            chart_data: Arc::default(),
        };
        registry.register("proof_requests", "Accepted proof requests, by statement", metrics.accepted.clone());
        registry.register("proofs", "Proofs made, by statement", metrics.proved.clone());
        registry.register("sums", "Sums of witness shares computed, by statement", metrics.sums.clone());
        registry.register("proof_ends", "Attempts that ended without a proof, by outcome", metrics.ended.clone());
        registry.register(
            "proof_seconds",
            "Time from a worker's lease of a job to its proof, in seconds",
            metrics.seconds.clone(),
        );
        registry.register("workers_busy", "Workers of this process that have a job", metrics.busy.clone());
        metrics
    }

    pub(super) fn count_accepted(&self, kind: StatementKind) {
        self.accepted.get_or_create(&StatementLabel { statement: kind.to_string() }).inc();
    }

    pub(super) fn count_proved(&self, kind: StatementKind, took: Duration) {
        let label = StatementLabel { statement: kind.to_string() };
        self.proved.get_or_create(&label).inc();
        self.seconds.get_or_create(&label).observe(took.as_secs_f64());
        let bucket = BUCKETS.iter().position(|end| took.as_secs_f64() <= *end).unwrap_or(BUCKETS.len());
        self.chart_data.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let mut latest = self.chart_data.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.push_back(Instant::now());
        while latest.len() > MAX_LATEST || latest.front().is_some_and(|first| first.elapsed() > MINUTE) {
            latest.pop_front();
        }
    }

    pub(super) fn count_sums(&self, kind: StatementKind) {
        self.sums.get_or_create(&StatementLabel { statement: kind.to_string() }).inc();
    }

    pub(super) fn count_ended(&self, end: &str) {
        self.ended.get_or_create(&EndLabel { end: end.into() }).inc();
    }

    pub(super) fn start_busy(&self) -> BusyGuard {
        self.busy.inc();
        BusyGuard(self.busy.clone())
    }

    /// Returns the number of proofs made in the last minute, up to 10,000.
    pub fn last_minute(&self) -> usize {
        let latest = self.chart_data.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.iter().filter(|made| made.elapsed() <= MINUTE).count()
    }

    /// Returns the number of proofs by the time that they took: one count per bucket, then that of the slower ones.
    pub fn histogram(&self) -> [u64; BUCKETS.len() + 1] {
        self.chart_data.counts.each_ref().map(|count| count.load(Ordering::Relaxed))
    }

    /// Returns the number of workers of this process that have a job.
    pub fn busy_workers(&self) -> i64 {
        self.busy.get()
    }
}
