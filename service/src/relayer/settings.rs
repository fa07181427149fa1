//! Settings of the relayer.

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
    /// The maximum time that a ballot waits for others. A shorter time saves nothing and reveals more about who voted
    /// when.
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

impl RelayerSettings {
    /// Returns the highest max fee per gas, in wei.
    pub(crate) fn max_fee_per_gas(&self) -> u128 {
        u128::from(self.max_fee_gwei) * 1_000_000_000
    }

    /// Clamps the values to their valid ranges.
    #[must_use]
    pub(crate) fn clamp_values(mut self) -> Self {
        self.batch = self.batch.clamp(1, MAX_BATCH);
        self.in_flight = self.in_flight.max(1);
        self.confirmations = self.confirmations.max(1);
        self.ballots_per_nullifier = self.ballots_per_nullifier.max(1);
        self.interval_ms = self.interval_ms.max(5);
        self
    }
}
