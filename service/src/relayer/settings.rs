//! How a relayer works, and what it asks for it.

use psephos_chain::{Address, U256};
use psephos_exchange::relay::MAX_BATCH;
use serde::{Deserialize, Serialize};

/// How a relayer works. Times are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether there is one.
    pub enabled: bool,
    /// Whether it takes ballots.
    pub ballots: bool,
    /// Whether it takes claims.
    pub claims: bool,
    /// Ballots in a transaction, 1 to 64: so many waiting are sent at once.
    pub batch: usize,
    /// How long a ballot waits for others at most. Shorter is cheaper for nobody and shows more of who voted when.
    pub max_age: u64,
    /// So long before a poll closes nothing waits any more.
    pub closing: u64,
    /// So long before a poll closes no ballot is taken any more: there would be no time to keep a promise.
    pub last_call: u64,
    /// How long after taking a ballot it promises that it is on the chain.
    pub promise: u64,
    /// Ballots and claims kept at once, those in a transaction included.
    pub capacity: usize,
    /// Ballots of one nullifier, replaced ones included: each costs the relayer, and a voter can make them for ever.
    pub ballots_per_nullifier: usize,
    /// Blocks, that of a transaction included, after which it is taken to stay.
    pub confirmations: u64,
    /// How long a transaction may wait for a block before it is sent again for a quarter more.
    pub patience: u64,
    /// Transactions that wait for a block at once.
    pub in_flight: usize,
    /// Never more than this for a unit of gas, in 10^-9 of the chain's coin; what is dearer waits.
    pub most_fee_gwei: u64,
    /// The least fee that a claim must pay, in the token's smallest parts. A claim uses about 331,000 gas.
    pub least_fee: U256,
    /// Tokens in which that fee is worth something, beside the chain's own coin. With a least fee of 0 any will do.
    pub tokens: Vec<Address>,
    /// Whether ballots go through the deployment's fee pots where these pay for them.
    pub fee_pots: bool,
    /// How often the chain is looked at, in milliseconds.
    pub interval_ms: u64,
    /// How long ballots that come in together are collected before their proofs are verified together, in milliseconds.
    pub collect_ms: u64,
}

impl Default for Settings {
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
            most_fee_gwei: 500,
            least_fee: U256::from(1_000_000_000_000_000u64),
            tokens: Vec::new(),
            fee_pots: true,
            interval_ms: 2_000,
            collect_ms: 4,
        }
    }
}

impl Settings {
    /// The most for a unit of gas, in wei.
    pub(crate) fn most_fee(&self) -> u128 {
        u128::from(self.most_fee_gwei) * 1_000_000_000
    }

    /// With what cannot be put to the nearest that can.
    #[must_use]
    pub(crate) fn bounded(mut self) -> Self {
        self.batch = self.batch.clamp(1, MAX_BATCH);
        self.in_flight = self.in_flight.max(1);
        self.confirmations = self.confirmations.max(1);
        self.ballots_per_nullifier = self.ballots_per_nullifier.max(1);
        self.interval_ms = self.interval_ms.max(5);
        self
    }
}
