//! What a relayer's routes answer.

use psephos_chain::{Address, B256, U256};
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde::{Deserialize, Serialize};

use super::Kind;

/// A relayer, as it describes itself (`GET /v1/relay`). Nothing of it is to be believed without looking at the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RelayInfo {
    /// The account that sends, and signs receipts.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub relayer: Address,
    /// The chain.
    pub chain_id: u64,
    /// The polls contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub polls: Address,
    /// The rewards contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub rewards: Address,
    /// The least fee of a claim, in the token's smallest parts.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub least_fee: U256,
    /// What the account has, in wei.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub balance: U256,
    /// Whether it takes ballots now.
    pub takes_ballots: bool,
    /// Whether it takes claims now.
    pub takes_claims: bool,
    /// Why not, or what keeps it from sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// Ballots and claims that wait for a transaction.
    pub waiting: usize,
    /// Those in a transaction that is not mined.
    pub sent: usize,
    /// Those that are on the chain, with too few blocks above them to be sure.
    pub included: usize,
    /// The most that it keeps at once.
    pub capacity: usize,
    /// Ballots in a transaction at most.
    pub batch: usize,
    /// How long a ballot waits for others, in seconds.
    pub max_age: u64,
    /// How long after accepting a ballot it promises it to be on the chain, in seconds.
    pub promise: u64,
    /// Blocks, that of a transaction included, after which it is taken to stay.
    pub confirmations: u64,
    /// The polls whose ballots it is paid for.
    pub pots: Vec<Pot>,
}

/// A poll that pays for its ballots' transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pot {
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// The contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub contract: Address,
    /// What it pays for a first ballot, in wei.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub fee: U256,
    /// What is in it, in wei.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub left: U256,
}

/// Where a ballot or a claim is (`GET /v1/ballots/{id}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Its name.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: B256,
    /// A ballot or a claim.
    pub kind: Kind,
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// The chamber.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chamber: ChamberId,
    /// Where it is.
    pub stage: Stage,
    /// The transaction whose event has it on the chain, whoever sent that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub transaction: Option<B256>,
    /// Its block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// Why it is not on the chain, if it never will be, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a ballot or a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RelayStage))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Accepted, and waiting for a transaction.
    Waiting,
    /// In a transaction that is not mined.
    Sent,
    /// On the chain, with too few blocks above it to be sure.
    Included,
    /// On the chain to stay.
    Final,
    /// It will never be on the chain.
    Refused,
}
