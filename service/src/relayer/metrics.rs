//! The relayer's metrics. No label identifies a ballot or a voter.

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

type Label = [(&'static str, &'static str); 1];

/// The relayer's metrics.
#[derive(Clone)]
pub(crate) struct RelayerMetrics {
    pub(crate) queue: Family<Label, Gauge>,
    pub(crate) accepted: Family<Label, Counter>,
    pub(crate) refused: Family<Label, Counter>,
    pub(crate) batches: Counter,
    pub(crate) batch_size: Histogram,
    pub(crate) gas: Counter,
    pub(crate) inclusion: Histogram,
    pub(crate) reorganisations: Counter,
    pub(crate) raised: Counter,
    pub(crate) failures: Family<Label, Counter>,
}

impl RelayerMetrics {
    /// Registers the metrics, with the prefix `relayer_`.
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let registry = registry.sub_registry_with_prefix("relayer");
        let metrics = Self {
            queue: Family::default(),
            accepted: Family::default(),
            refused: Family::default(),
            batches: Counter::default(),
            batch_size: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]),
            gas: Counter::default(),
            inclusion: Histogram::new([1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 7_200.0]),
            reorganisations: Counter::default(),
            raised: Counter::default(),
            failures: Family::default(),
        };
        registry.register("queue", "Ballots and claims that are not final, by status", metrics.queue.clone());
        registry.register("accepted", "Accepted packages, by kind", metrics.accepted.clone());
        registry.register("refused", "Packages rejected on arrival, by kind", metrics.refused.clone());
        registry.register("batches", "Ballot batches sent", metrics.batches.clone());
        registry.register("batch_size", "Ballots per batch", metrics.batch_size.clone());
        registry.register("gas", "Gas used by mined transactions", metrics.gas.clone());
        registry.register(
            "inclusion_seconds",
            "Time from acceptance to inclusion on chain, in seconds",
            metrics.inclusion.clone(),
        );
        registry.register(
            "reorganisations",
            "Transactions reverted by a reorganisation",
            metrics.reorganisations.clone(),
        );
        registry.register("raised", "Replacement transactions with a higher fee", metrics.raised.clone());
        registry.register("failures", "Failures, by cause", metrics.failures.clone());
        metrics
    }

    pub(crate) fn count_failure(&self, what: &'static str) {
        self.failures.get_or_create(&[("what", what)]).inc();
    }

    pub(crate) fn set_queue_gauges(&self, [waiting, sent, included]: [usize; 3]) {
        for (status, count) in [("waiting", waiting), ("sent", sent), ("included", included)] {
            self.queue.get_or_create(&[("status", status)]).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }
}
