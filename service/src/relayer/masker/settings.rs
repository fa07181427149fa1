//! Settings of the masker.

use serde::{Deserialize, Serialize};

use super::super::SettingsError;

/// The greatest mean number of masks of a slot before the sweep.
const MAX_MEAN: u32 = 1_000;

/// Settings of the masker. Times are in seconds of the chain's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskerSettings {
    /// Whether the relayer masks the ballots of masked polls, and takes updates of them.
    pub enabled: bool,
    /// The mean of the number of masks of a slot before the sweep. The number itself is Poisson distributed, and the
    /// times are uniform in what remains of the poll when the slot gets its first ballot.
    pub mean: u32,
    /// The time before a poll's close from which all slots are swept: each is updated twice, in random order, first
    /// by a replacement that was handed over or a mask, then by a mask. At most half of the poll.
    pub sweep: u64,
    /// How long a slot whose time has come waits for others, so that a batch is full, at most. It does not matter to
    /// what is hidden, only to what it costs.
    pub wait: u64,
    /// How often a mask takes the place of a replacement that was handed over, in percent. Without that, someone who
    /// hands over updates of a slot could tell from each one that is not carried that there was another.
    pub own_percent: u8,
}

impl Default for MaskerSettings {
    fn default() -> Self {
        Self { enabled: false, mean: 2, sweep: 1_800, wait: 1_800, own_percent: 25 }
    }
}

impl MaskerSettings {
    /// Rejects values that no operator can mean; `last_call` is the relayer's.
    ///
    /// # Errors
    /// Returns `Mean`, `Sweep` or `OwnPercent` of [`SettingsError`].
    pub fn check_values(&self, last_call: u64) -> Result<(), SettingsError> {
        let Self { mean, sweep, own_percent, .. } = *self;
        if mean > MAX_MEAN {
            return Err(SettingsError::Mean { mean, most: MAX_MEAN });
        }
        if sweep <= last_call.saturating_mul(2) {
            return Err(SettingsError::Sweep { sweep, last_call });
        }
        if !(1..=90).contains(&own_percent) {
            return Err(SettingsError::OwnPercent { own_percent });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_mask_nothing_or_too_late_are_rejected() {
        let with = |mean, sweep, own_percent| {
            MaskerSettings { mean, sweep, own_percent, ..MaskerSettings::default() }.check_values(60)
        };
        assert_eq!(MaskerSettings::default().check_values(60), Ok(()));
        for (mean, sweep, own_percent) in [(0, 121, 1), (1_000, u64::MAX, 90)] {
            assert_eq!(with(mean, sweep, own_percent), Ok(()));
        }
        assert_eq!(with(1_001, 1_800, 25), Err(SettingsError::Mean { mean: 1_001, most: 1_000 }));
        assert_eq!(with(2, 120, 25), Err(SettingsError::Sweep { sweep: 120, last_call: 60 }));
        for own_percent in [0, 91, 255] {
            assert_eq!(with(2, 1_800, own_percent), Err(SettingsError::OwnPercent { own_percent }));
        }
    }
}
