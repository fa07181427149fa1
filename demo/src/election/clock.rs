//! How long the phases take.

use std::time::Instant;

use super::Timing;
use psephos_client::progress::Phase;

/// Collects timings; a phase that comes twice is added up.
pub(super) struct Clock {
    timings: Vec<Timing>,
    since: Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { timings: Vec::new(), since: Instant::now() }
    }

    /// What was done since the last call was this phase.
    pub(super) fn lap(&mut self, phase: Phase) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
        match self.timings.iter_mut().find(|timing| timing.phase == phase) {
            Some(timing) => timing.seconds += seconds,
            None => self.timings.push(Timing { phase, seconds }),
        }
    }

    pub(super) fn time<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let result = work();
        self.lap(phase);
        result
    }

    pub(super) fn timings(self) -> Vec<Timing> {
        self.timings
    }
}
