//! When a slot is updated: drawn once, when its first ballot is seen, and independent of what voters hand over.
//!
//! That is the whole argument: the times and the number of a slot's updates say nothing about replacements, because
//! they are drawn before any is known, and a replacement only decides what an update contains.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::MaskerSettings;

/// The times of a poll at which masking changes, in seconds of the chain's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub(crate) opens_at: u64,
    /// From then on each slot is updated once, with what voters handed over.
    pub(crate) sweep_at: u64,
    /// From then on each slot is updated once more, by masks alone; no update is accepted any more.
    pub(crate) turn_at: u64,
    /// By then all is sent.
    pub(crate) ends_at: u64,
}

impl Timeline {
    /// Returns the times of a poll. In a short poll the sweep takes at most half of it.
    pub(crate) fn new(opens_at: u64, closes_at: u64, settings: &MaskerSettings, last_call: u64) -> Self {
        let sweep = settings.sweep.min(closes_at.saturating_sub(opens_at) / 2);
        let sweep_at = closes_at.saturating_sub(sweep);
        let ends_at = closes_at.saturating_sub(last_call.min(sweep / 4));
        Self { opens_at, sweep_at, turn_at: sweep_at + (ends_at - sweep_at) / 2, ends_at }
    }

    /// Returns how long slots whose time has come may wait for others at this time: until the part of the poll that
    /// they are in ends, and at most an eighth of it.
    pub(crate) fn patience(&self, now: u64, wait: u64) -> u64 {
        let parts = [(self.opens_at, self.sweep_at), (self.sweep_at, self.turn_at), (self.turn_at, self.ends_at)];
        let part = parts.into_iter().find(|(_, end)| now < *end);
        part.map_or(0, |(start, end)| wait.min(end.saturating_sub(start) / 8))
    }
}

/// The times at which a slot will be updated. What was served is not in it: it holds no past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SlotPlan {
    /// Times before the sweep, ascending.
    pub(crate) between: Vec<u64>,
    /// The time in the first half of the sweep.
    pub(crate) sweep: Option<u64>,
    /// The time in its second half, of a mask on top.
    pub(crate) top: Option<u64>,
}

/// An update whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DueUpdate {
    /// When its time came.
    pub(crate) since: u64,
    /// Whether it may carry a replacement.
    pub(crate) carries: bool,
}

impl SlotPlan {
    /// Draws the times of a slot that is seen first at `now`.
    pub(crate) fn draw(timeline: &Timeline, now: u64, mean: u32, rng: &mut impl Rng) -> Self {
        let span = timeline.sweep_at.saturating_sub(now) as f64;
        let mut between = Vec::new();
        // Gaps of an exponential distribution: the times of a Poisson process, which are uniform given their number.
        // A mean of zero has no gaps, and no time before the sweep ends at once: the first gap is no less than zero.
        let mut time = if mean == 0 { span } else { 0.0 };
        loop {
            time -= (1.0 - rng.r#gen::<f64>()).ln() * span / f64::from(mean.max(1));
            if time >= span {
                break;
            }
            between.push(now + time as u64);
        }
        let mut draw = |start: u64, end: u64| match now.max(start) {
            start if start < end => rng.gen_range(start..end),
            late => late,
        };
        let sweep = draw(timeline.sweep_at, timeline.turn_at);
        let top = draw(timeline.turn_at, timeline.ends_at);
        Self { between, sweep: Some(sweep), top: Some(top) }
    }

    /// Returns the update whose time has come, if there is one. Times that have passed while the relayer was stopped
    /// are one update, and the mask on top follows the one of the sweep.
    pub(crate) fn due(&self, now: u64) -> Option<DueUpdate> {
        let carrying = self.between.iter().copied().chain(self.sweep);
        let first = carrying.filter(|at| *at <= now).min().map(|since| DueUpdate { since, carries: true });
        let top = || self.top.filter(|at| *at <= now).map(|since| DueUpdate { since, carries: false });
        first.or_else(top)
    }

    /// Removes the update whose time has come: it was sent.
    pub(crate) fn serve(&mut self, now: u64) {
        match self.due(now) {
            Some(DueUpdate { carries: true, .. }) => {
                self.between.retain(|at| *at > now);
                self.sweep = self.sweep.filter(|at| *at > now);
            }
            Some(DueUpdate { carries: false, .. }) => self.top = None,
            None => {}
        }
    }

    /// Whether an update to come may carry a replacement.
    pub(crate) fn carries_again(&self) -> bool {
        self.sweep.is_some() || !self.between.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const DAY: u64 = 86_400;

    fn week() -> Timeline {
        Timeline::new(1_000, 1_000 + 7 * DAY, &MaskerSettings::default(), 60)
    }

    #[test]
    fn sweep_has_two_halves_before_the_last_call_also_in_short_polls() {
        let close = 1_000 + 7 * DAY;
        let Timeline { sweep_at, turn_at, ends_at, .. } = week();
        assert_eq!((sweep_at, turn_at, ends_at), (close - 1_800, close - 930, close - 60));
        for length in 0..400 {
            let short = Timeline::new(50, 50 + length, &MaskerSettings::default(), 60);
            assert!(short.opens_at <= short.sweep_at && short.sweep_at <= short.turn_at, "{short:?}");
            assert!(short.turn_at <= short.ends_at && short.ends_at <= 50 + length, "{short:?}");
        }
    }

    #[test]
    fn number_of_masks_is_poisson_with_the_configured_mean() {
        for (mean, seed) in [(2, 1), (5, 2)] {
            let mut rng = StdRng::seed_from_u64(seed);
            let slots = 20_000;
            let counts: Vec<usize> =
                (0..slots).map(|_| SlotPlan::draw(&week(), 1_000, mean, &mut rng).between.len()).collect();
            let average = counts.iter().sum::<usize>() as f64 / f64::from(slots);
            let deviation = |count: &usize| (*count as f64 - average).powi(2);
            let variance = counts.iter().map(deviation).sum::<f64>() / f64::from(slots);
            let mean = f64::from(mean);
            // The mean deviates by sqrt(mean / slots), the variance by about mean * sqrt(2 / slots): five of each.
            assert!((average - mean).abs() < 5.0 * (mean / f64::from(slots)).sqrt(), "{average}");
            assert!((variance - mean).abs() < 7.0 * mean * (2.0 / f64::from(slots)).sqrt(), "{variance}");
            // None at all as often as a Poisson variable is 0.
            let none = counts.iter().filter(|count| **count == 0).count() as f64 / f64::from(slots);
            assert!((none - (-mean).exp()).abs() < 0.02, "{none}");
        }
    }

    #[test]
    fn times_are_uniform_in_what_remains_of_the_poll() {
        let mut rng = StdRng::seed_from_u64(3);
        let timeline = week();
        // The slot is seen when half of the poll is over.
        let (seen, mut bins) = (1_000 + 7 * DAY / 2, [0_u32; 20]);
        for _ in 0..20_000 {
            for at in SlotPlan::draw(&timeline, seen, 2, &mut rng).between {
                assert!((seen..timeline.sweep_at).contains(&at));
                bins[(20 * (at - seen) / (timeline.sweep_at - seen)) as usize] += 1;
            }
        }
        let total: u32 = bins.iter().sum();
        let expected = f64::from(total) / 20.0;
        let chi_squared: f64 = bins.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        // 19 degrees of freedom: 60 is exceeded in four of a million runs.
        assert!(chi_squared < 60.0, "{chi_squared}: {bins:?}");
    }

    #[test]
    fn each_slot_is_swept_twice_at_uniform_times_whenever_it_is_seen() {
        let mut rng = StdRng::seed_from_u64(4);
        let timeline = week();
        let mut halves = [0_u32; 2];
        for seen in (1_000..timeline.sweep_at).step_by(97) {
            let plan = SlotPlan::draw(&timeline, seen, 0, &mut rng);
            assert!(plan.between.is_empty());
            let (sweep, top) = (plan.sweep.unwrap(), plan.top.unwrap());
            assert!((timeline.sweep_at..timeline.turn_at).contains(&sweep), "{sweep}");
            assert!((timeline.turn_at..timeline.ends_at).contains(&top), "{top}");
            halves[usize::from(2 * (sweep - timeline.sweep_at) >= timeline.turn_at - timeline.sweep_at)] += 1;
        }
        assert!(halves[0].abs_diff(halves[1]) < 5 * 79, "{halves:?}: 6,216 slots deviate by 79");
        // A ballot that comes in the sweep, or after it, is masked twice as well.
        for seen in [timeline.sweep_at + 10, timeline.turn_at + 10, timeline.ends_at + 10] {
            let plan = SlotPlan::draw(&timeline, seen, 2, &mut rng);
            assert!(plan.between.is_empty() && plan.sweep.unwrap() >= seen && plan.top.unwrap() >= seen);
        }
    }

    #[test]
    fn times_that_passed_unserved_are_one_update_and_the_top_stays_apart() {
        let mut plan = SlotPlan { between: vec![10, 20, 30], sweep: Some(40), top: Some(50) };
        assert_eq!(plan.due(9), None);
        assert_eq!(plan.due(25), Some(DueUpdate { since: 10, carries: true }));
        plan.serve(25);
        assert_eq!(plan, SlotPlan { between: vec![30], sweep: Some(40), top: Some(50) });
        let carried = plan.due(60).unwrap();
        assert_eq!(carried, DueUpdate { since: 30, carries: true });
        assert!(plan.carries_again());
        plan.serve(60);
        assert!(!plan.carries_again());
        assert_eq!(plan.due(60), Some(DueUpdate { since: 50, carries: false }));
        plan.serve(60);
        assert_eq!((plan.clone(), plan.due(u64::MAX)), (SlotPlan::default(), None));
    }

    #[test]
    fn slots_wait_for_others_for_an_eighth_of_their_part_of_the_poll_at_most() {
        let timeline = week();
        assert_eq!(timeline.patience(1_000, 1_800), 1_800);
        assert_eq!(timeline.patience(1_000, u64::MAX), (timeline.sweep_at - 1_000) / 8);
        assert_eq!(timeline.patience(timeline.sweep_at, 1_800), 870 / 8);
        assert_eq!(timeline.patience(timeline.turn_at, 1_800), 870 / 8);
        assert_eq!(timeline.patience(timeline.ends_at, 1_800), 0, "nothing waits at the end");
    }
}
