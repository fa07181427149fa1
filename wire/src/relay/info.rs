//! A relayer's description of itself.

use psephos_protocol::identifiers::{ChainId, PollId};
use psephos_state::{Address, U256};
use serde::{Deserialize, Serialize};

/// A relayer, as it describes itself (`GET /v1/relay`). Its statements are not evidence: compare them with the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RelayInfo {
    /// The account that sends transactions and signs receipts.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub relayer: Address,
    /// The id of the chain.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chain_id: ChainId,
    /// The polls contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub polls: Address,
    /// The rewards contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub rewards: Address,
    /// The minimum fee of a claim, in the token's smallest denomination.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub min_fee: U256,
    /// The account's balance, in wei.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub balance: U256,
    /// Whether it accepts ballots now.
    pub takes_ballots: bool,
    /// Whether it accepts claims now.
    pub takes_claims: bool,
    /// The condition that keeps it from accepting or sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
    /// The number of ballots and claims that wait for a transaction.
    pub waiting: usize,
    /// The number of those in a transaction that is not mined.
    pub sent: usize,
    /// The number of those that are on chain and not final yet.
    pub included: usize,
    /// The maximum number of ballots and claims that wait or are sent at the same time.
    pub capacity: usize,
    /// The maximum number of ballots in a transaction.
    pub batch: usize,
    /// The minimum number of ballots in a transaction until the poll is closing; 1 if a ballot may be sent alone.
    #[serde(default = "alone")]
    pub mix: usize,
    /// The time before a poll's close from which it sends ballots without waiting for others, in seconds.
    #[serde(default)]
    pub closing: u64,
    /// Whether it masks the ballots of masked polls, and takes updates of them.
    #[serde(default)]
    pub masks: bool,
    /// The time after which it sends ballots although a batch is not full, in seconds.
    pub max_age: u64,
    /// The time after acceptance within which it promises inclusion, in seconds.
    pub promise: u64,
    /// The number of confirmations, the transaction's own block included, after which inclusion counts as final.
    pub confirmations: u64,
    /// The polls whose fee pots pay it.
    pub pots: Vec<FeePot>,
}

/// Returns the minimum of a relayer that states none.
fn alone() -> usize {
    1
}

/// The fee pot of a poll, which pays relayers for first ballots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FeePot {
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// The contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub contract: Address,
    /// The fee for a first ballot, in wei.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub fee: U256,
    /// The balance, in wei.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub balance: U256,
}
