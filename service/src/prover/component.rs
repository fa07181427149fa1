//! The prover service as a component for the operator.

use async_trait::async_trait;

use super::{BUCKETS, Prover};
use crate::{
    component::{BarChart, Component, PartReadiness, StatusSection},
    queue::QueueError,
};

#[async_trait]
impl Component for Prover {
    fn name(&self) -> &'static str {
        "prover"
    }

    async fn readiness(&self) -> Vec<PartReadiness> {
        let keys = match self.keys.get() {
            Some(Ok(())) => None,
            Some(Err(_)) => Some("a key cannot be loaded: the operator's log has the details".into()),
            None => Some("the keys are being loaded".into()),
        };
        let answer = match self.queue.check_ready().await {
            Ok(()) => self.queue.queue_length().await.map(drop),
            failed => failed,
        };
        let queue = answer.err().map(|error| match error {
            QueueError::Storage(reason) => reason,
            other => other.to_string(),
        });
        vec![PartReadiness::new("keys", keys), PartReadiness::new("queue", queue)]
    }

    fn end_streams(&self) {
        self.streams_end.cancel();
    }

    fn end_waits(&self) {
        self.waits_end.cancel();
    }

    async fn status_section(&self) -> StatusSection {
        let section = match self.queue.queue_length().await {
            Ok(length) => {
                StatusSection::default().with_fact("waiting", length.queued).with_fact("leased", length.leased)
            }
            Err(error) => StatusSection::default().with_fact("queue", error),
        };
        let histogram = self.metrics.histogram();
        let made: u64 = histogram.iter().sum();
        let label = |index: usize| match BUCKETS.get(index) {
            Some(end) if *end < 1.0 => format!("{:.0} ms", end * 1_000.0),
            Some(end) => format!("{end:.1} s"),
            None => "more".into(),
        };
        let bars = histogram.iter().enumerate().map(|(index, count)| (label(index), *count)).collect();
        let chart = BarChart { title: "Proofs by proving time, up to".into(), bars };
        let busy = self.metrics.busy_workers();
        let kinds = self.settings.statements.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let section = section.with_fact("workers busy here", busy).with_fact("proofs made here", made);
        let step = self.settings.response_interval_ms;
        let section = section.with_fact("proofs in the last minute", self.metrics.last_minute());
        StatusSection {
            chart: Some(chart),
            ..section.with_fact("statements", kinds).with_fact("response interval", format!("{step} ms"))
        }
    }
}
