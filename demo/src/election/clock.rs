//! Measures the duration of phases.

use std::time::Instant;

use super::Timing;
use psephos_client::progress::Phase;

/// Collects timings; the durations of a phase that occurs several times are added.
pub(crate) struct Clock {
    timings: Vec<Timing>,
    since: Instant,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { timings: Vec::new(), since: Instant::now() }
    }

    /// Attributes the time since the last call to this phase.
    pub(crate) fn record_lap(&mut self, phase: Phase) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.since = Instant::now();
        match self.timings.iter_mut().find(|timing| timing.phase == phase) {
            Some(timing) => timing.seconds += seconds,
            None => self.timings.push(Timing { phase, seconds }),
        }
    }

    /// Runs `work` and attributes its time to this phase.
    pub(crate) fn measure<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let result = work();
        self.record_lap(phase);
        result
    }

    pub(crate) fn timings(self) -> Vec<Timing> {
        self.timings
    }
}
