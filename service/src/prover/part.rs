//! The prover service as a component for the operator.

use std::sync::atomic::Ordering;

use async_trait::async_trait;

use super::{BUCKETS, Prover};
use crate::part::{Chart, Part, Section};

#[async_trait]
impl Part for Prover {
    fn name(&self) -> &'static str {
        "prover"
    }

    async fn readiness(&self) -> Result<(), String> {
        if !self.warm.load(Ordering::Relaxed) {
            return Err("the keys are being loaded".into());
        }
        self.queue.length().await.map(drop).map_err(|error| error.to_string())
    }

    async fn section(&self) -> Section {
        let section = match self.queue.length().await {
            Ok(length) => Section::default().with("waiting", length.queued).with("leased", length.leased),
            Err(error) => Section::default().with("queue", error),
        };
        let histogram = self.metrics.histogram();
        let made: u64 = histogram.iter().sum();
        let label = |index: usize| match BUCKETS.get(index) {
            Some(end) if *end < 1.0 => format!("{:.0} ms", end * 1_000.0),
            Some(end) => format!("{end:.1} s"),
            None => "more".into(),
        };
        let bars = histogram.iter().enumerate().map(|(index, count)| (label(index), *count)).collect();
        let chart = Chart { title: "Proofs by proving time, up to".into(), bars };
        let busy = self.metrics.busy_workers();
        let kinds = self.settings.statements.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let section = section.with("workers busy here", busy).with("proofs made here", made);
        let step = self.settings.answer_step;
        let section = section.with("proofs in the last minute", self.metrics.last_minute());
        Section {
            chart: Some(chart),
            ..section.with("statements", kinds).with("response interval", format!("{step} ms"))
        }
    }
}
