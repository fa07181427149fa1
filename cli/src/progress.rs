//! Progress on standard error: one bar per phase in a terminal, one line per phase elsewhere.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use psephos_client::{Observer, Phase};

use crate::output::Output;
use crate::table::to_printable;

/// Displays the phases of a long operation.
pub(crate) struct Progress {
    quiet: bool,
    bars: MultiProgress,
    running: Mutex<HashMap<Phase, (ProgressBar, Instant)>>,
}

impl Progress {
    /// Creates a display that is hidden if the output is quiet, and draws bars if standard error is a terminal.
    pub(crate) fn new(output: Output) -> Self {
        let target = if output.is_quiet() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bars = MultiProgress::with_draw_target(target);
        Self { quiet: output.is_quiet(), bars, running: Mutex::new(HashMap::new()) }
    }

    /// Locks the running bars. A panic elsewhere while the lock was held leaves them valid, so poisoning is ignored.
    fn lock_running(&self) -> MutexGuard<'_, HashMap<Phase, (ProgressBar, Instant)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn print_line(&self, line: &str) {
        if !self.quiet {
            self.bars.suspend(|| eprintln!("{line}"));
        }
    }
}

fn bar_style(steps: u64) -> ProgressStyle {
    let template = if steps > 1 {
        "  {spinner} {msg:<22} {bar:28} {pos:>4}/{len} {elapsed:>4} (about {eta} left)"
    } else {
        "  {spinner} {msg:<22} {elapsed:>4}"
    };
    // An invalid template fails the test below; at run time the plain style is the fallback.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸ ")
}

impl Observer for Progress {
    fn begin(&self, phase: Phase, steps: u64) {
        let bar = self.bars.add(ProgressBar::new(steps).with_style(bar_style(steps)).with_message(phase.to_string()));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.lock_running().insert(phase, (bar, Instant::now()));
    }

    fn advance(&self, phase: Phase, steps: u64) {
        if let Some((bar, _)) = self.lock_running().get(&phase) {
            bar.inc(steps);
        }
    }

    fn end(&self, phase: Phase) {
        let Some((bar, start)) = self.lock_running().remove(&phase) else { return };
        bar.finish_and_clear();
        self.bars.remove(&bar);
        let (name, steps) = (phase.to_string(), bar.position());
        let steps = if steps > 0 { steps.to_string() } else { String::new() };
        self.print_line(&format!("  ✓ {name:<22} {steps:>6} {:>7.1} s", start.elapsed().as_secs_f64()));
    }

    fn note(&self, _phase: Phase, message: &str) {
        self.print_line(&format!("    {}", to_printable(message)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_may_overlap_and_end_in_any_order() {
        let progress = Progress::new(Output::new(false, true));
        progress.begin(Phase::Prove, 3);
        progress.begin(Phase::Relay, 0);
        progress.advance(Phase::Prove, 2);
        progress.advance(Phase::Tally, 1);
        progress.end(Phase::Prove);
        progress.end(Phase::Tally);
        progress.end(Phase::Relay);
        assert!(progress.lock_running().is_empty());
    }

    #[test]
    fn progress_templates_are_valid() {
        for template in ["  {spinner} {msg:<22} {bar:28} {pos:>4}/{len} {elapsed:>4} (about {eta} left)", "{msg:<22}"] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
