//! Settings of the relayer.
//!
//! A batch hides which of its ballots came from where as well as it has ballots: one ballot in a batch hides nothing.
//! `mix` is the least number of them. Below it ballots wait, not for a time, but for each other, until the poll closes.

use psephos_chain::{Address, U256};
use psephos_submission::MAX_BATCH;
use serde::{Deserialize, Serialize};

/// Settings of the relayer. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelayerSettings {
    /// Whether the relayer is enabled.
    pub enabled: bool,
    /// Whether it accepts ballots.
    pub ballots: bool,
    /// Whether it accepts claims.
    pub claims: bool,
    /// The number of ballots in a batch, 1 to 64: a batch is sent as soon as it is full.
    pub batch: usize,
    /// The minimum number of ballots in a batch, 1 to `batch`, until the poll closes within `closing`. With 1 a ballot
    /// is sent after `max_age`, alone if no other one has come.
    pub mix: usize,
    /// The time after which ballots are sent although a batch is not full, as soon as there are `mix` of them. A
    /// shorter time saves nothing and reveals more about who voted when.
    pub max_age: u64,
    /// The time before a poll's close from which batches are sent even if they are not full.
    pub closing: u64,
    /// The time before a poll's close from which no ballot is accepted: there would be no time to keep the promise.
    pub last_call: u64,
    /// The time after acceptance within which the receipt promises inclusion on chain.
    pub promise: u64,
    /// The maximum number of pending ballots and claims, those in a transaction included.
    pub capacity: usize,
    /// The maximum number of ballots of one nullifier, replaced ones included: each costs the relayer gas, and a voter
    /// can make any number of them.
    pub ballots_per_nullifier: usize,
    /// The number of blocks, that of the transaction included, after which a transaction is final.
    pub confirmations: u64,
    /// The time that a transaction may be pending before it is replaced with a fee that is a quarter higher.
    pub patience: u64,
    /// The maximum number of pending transactions.
    pub in_flight: usize,
    /// The highest max fee per gas, in gwei (10^-9 of the native token); while gas costs more, items wait.
    pub max_fee_gwei: u64,
    /// The minimum fee of a claim, in the token's smallest unit. A claim uses about 331,000 gas.
    pub min_fee: U256,
    /// The tokens, beside the native one, in which a claim may pay the fee. With a minimum fee of 0 any token will do.
    pub tokens: Vec<Address>,
    /// Whether ballots are cast through the deployment's fee pots where these pay for them.
    pub fee_pots: bool,
    /// URLs of further nodes, of other operators: a ballot is accepted only if they show its chamber's context too.
    pub also_rpc: Vec<String>,
    /// The interval of the main loop, in milliseconds.
    pub interval_ms: u64,
    /// How long incoming ballots are collected before their proofs are verified together, in milliseconds.
    pub collect_ms: u64,
}

impl Default for RelayerSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            ballots: true,
            claims: true,
            batch: 32,
            mix: 1,
            max_age: 120,
            closing: 300,
            last_call: 60,
            promise: 900,
            capacity: 10_000,
            ballots_per_nullifier: 8,
            confirmations: 6,
            patience: 90,
            in_flight: 4,
            max_fee_gwei: 500,
            min_fee: U256::from(1_000_000_000_000_000u64),
            tokens: Vec::new(),
            fee_pots: true,
            also_rpc: Vec::new(),
            interval_ms: 2_000,
            collect_ms: 4,
        }
    }
}

/// The reason why settings of the relayer cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The batch size is out of range.
    #[error("[relayer] batch = {batch}: a batch has 1 to {MAX_BATCH} ballots")]
    Batch {
        /// The setting.
        batch: usize,
    },
    /// The minimum is out of range.
    #[error(
        "[relayer] mix = {mix}: a batch of {batch} ballots at most waits for 1 to {batch} of them; 1 does not wait for \
         others"
    )]
    Mix {
        /// The setting.
        mix: usize,
        /// The maximum size of a batch.
        batch: usize,
    },
    /// Ballots that wait for others to the end would be too late.
    #[error(
        "[relayer] mix = {mix} lets ballots wait until `closing` = {closing} s before the close, which must be more than \
         `last_call` = {last_call} s, or ballots that are accepted last are not sent in time"
    )]
    Closing {
        /// The minimum size of a batch.
        mix: usize,
        /// The time before the close from which ballots are sent without waiting.
        closing: u64,
        /// The time before the close from which none is accepted.
        last_call: u64,
    },
    /// More masks than anyone means.
    #[error("[masker] mean = {mean}: at most {most} masks of a slot")]
    Mean {
        /// The setting.
        mean: u32,
        /// The maximum.
        most: u32,
    },
    /// The sweep leaves no time for two rounds.
    #[error(
        "[masker] sweep = {sweep} s: the sweep has two rounds before `last_call` = {last_call} s of [relayer], and has to be \
         more than twice as long"
    )]
    Sweep {
        /// The setting.
        sweep: u64,
        /// The time before the close from which nothing is sent.
        last_call: u64,
    },
    /// Masks take the place of no, or of nearly all replacements.
    #[error("[masker] own_percent = {own_percent}: masks take the place of 1 to 90 percent of replacements")]
    OwnPercent {
        /// The setting.
        own_percent: u8,
    },
}

impl RelayerSettings {
    /// Rejects values that no operator can mean: a relayer would mix less than it says, or not in time.
    ///
    /// # Errors
    /// Returns [`SettingsError`].
    pub fn check_values(&self) -> Result<(), SettingsError> {
        let Self { batch, mix, closing, last_call, .. } = *self;
        if !(1..=MAX_BATCH).contains(&batch) {
            return Err(SettingsError::Batch { batch });
        }
        if !(1..=batch).contains(&mix) {
            return Err(SettingsError::Mix { mix, batch });
        }
        if mix > 1 && closing <= last_call {
            return Err(SettingsError::Closing { mix, closing, last_call });
        }
        Ok(())
    }

    /// Returns how many of a chamber's ballots are sent now, if `ready` of them are: full batches; and once the oldest
    /// has waited for `max_age`, or at once if the poll is closing, the rest in a smaller one. Before the close no
    /// batch has fewer than `mix`.
    pub(crate) fn count_due(&self, ready: usize, old: bool, closing: bool) -> usize {
        let rest = ready % self.batch.max(1);
        if closing || (old && rest >= self.mix) { ready } else { ready - rest }
    }

    /// Returns the highest max fee per gas, in wei.
    pub(crate) fn max_fee_per_gas(&self) -> u128 {
        u128::from(self.max_fee_gwei) * 1_000_000_000
    }

    /// Clamps the values to their valid ranges.
    #[must_use]
    pub(crate) fn clamp_values(mut self) -> Self {
        self.batch = self.batch.clamp(1, MAX_BATCH);
        self.mix = self.mix.clamp(1, self.batch);
        self.in_flight = self.in_flight.max(1);
        self.confirmations = self.confirmations.max(1);
        self.ballots_per_nullifier = self.ballots_per_nullifier.max(1);
        self.interval_ms = self.interval_ms.max(5);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_batch_before_the_close_is_smaller_than_the_minimum() {
        for mix in 1..=8 {
            let settings = RelayerSettings { batch: 8, mix, ..RelayerSettings::default() };
            for ready in 0..=40 {
                let due = |old, closing| settings.count_due(ready, old, closing);
                assert_eq!((due(false, true), due(true, true)), (ready, ready), "the last call leaves none behind");
                assert_eq!(due(false, false), ready / 8 * 8, "full batches do not wait");
                let last = due(true, false) % 8;
                assert!(last == 0 || last >= mix, "{mix} {ready}");
                assert!(ready - due(true, false) < mix, "{mix} {ready}: enough of them waited");
            }
        }
        // Without a minimum the rest is sent after `max_age`, as it always was.
        assert_eq!(RelayerSettings::default().count_due(33, true, false), 33);
    }

    #[test]
    fn values_that_mix_nothing_or_too_late_are_rejected() {
        let with = |batch, mix, closing, last_call| {
            RelayerSettings { batch, mix, closing, last_call, ..RelayerSettings::default() }.check_values()
        };
        for (batch, mix, closing, last_call) in [(32, 1, 300, 60), (32, 32, 300, 60), (1, 1, 0, 0), (64, 2, 1, 0)] {
            assert_eq!(with(batch, mix, closing, last_call), Ok(()));
        }
        for mix in [0, 33, 64, usize::MAX] {
            assert_eq!(with(32, mix, 300, 60), Err(SettingsError::Mix { mix, batch: 32 }));
        }
        for batch in [0, 65, usize::MAX] {
            assert_eq!(with(batch, 1, 300, 60), Err(SettingsError::Batch { batch }));
        }
        assert_eq!(with(32, 2, 60, 60), Err(SettingsError::Closing { mix: 2, closing: 60, last_call: 60 }));
        assert_eq!(RelayerSettings::default().check_values(), Ok(()));
    }
}
