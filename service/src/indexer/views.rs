//! What is told in JSON. Field elements and words are hexadecimal with 64 digits.

mod make;

use psephos_state::PollState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) use make::{detail, index, info};

/// Bytes to fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Artefact {
    /// Where.
    #[schema(example = "/v1/chambers/0/census")]
    pub path: String,
    /// How many.
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
}

/// How far the index is, and what it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexInfo {
    /// The chain.
    pub chain_id: u64,
    /// The contract of the polls.
    pub polls_contract: String,
    /// The first block that is read.
    pub from_block: u64,
    /// The last block that was read; all of this is of it.
    pub block: u64,
    /// Its hash; none, if no block was read yet.
    pub hash: Option<String>,
    /// Its time, in seconds since 1970.
    pub time: u64,
    /// The chain's newest block when it was last asked.
    pub head: u64,
    /// How many blocks are not read yet.
    pub lag: u64,
    /// Up to which block nothing is expected to be taken back.
    pub confirmed: u64,
    /// Why the node does not answer, if it does not.
    pub trouble: Option<String>,
    /// The chambers.
    pub chambers: Vec<ChamberInfo>,
    /// The polls.
    pub polls: Vec<PollInfo>,
    /// How many committees there are.
    pub committees: u64,
    /// How many events did not fit.
    pub findings: u64,
}

/// A chamber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChamberInfo {
    /// Its number.
    pub chamber: u64,
    /// Its name.
    pub name: String,
    /// How many members it has.
    pub members: u64,
    /// How many places its census has, those of removed members included.
    pub places: u64,
    /// The sum of the members' weights.
    pub total_weight: u64,
    /// The root of its census.
    pub root: String,
    /// The whole census.
    pub census: Artefact,
}

/// A poll, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PollInfo {
    /// Its number.
    pub poll: u64,
    /// Where it is.
    #[schema(value_type = String, example = "open")]
    pub state: PollState,
    /// The option that was decided, from 0.
    pub outcome: Option<u8>,
    /// From when it takes ballots, in seconds since 1970.
    pub opens_at: u64,
    /// Until when.
    pub closes_at: u64,
    /// How many ballots count, over all chambers.
    pub ballots: u64,
    /// The census of each chamber as it was frozen.
    pub censuses: Vec<Artefact>,
}

/// What counts as a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleInfo {
    /// The contract's number of the kind: plurality, approval, score, cumulative, quadratic, Borda.
    pub kind: u8,
    /// Its parameter.
    pub parameter: u16,
    /// Whether the budget is to be used up.
    pub exact: bool,
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PollDetail {
    /// In short.
    #[serde(flatten)]
    pub info: PollInfo,
    /// What is voted on.
    pub proposal: String,
    /// What was said with it.
    pub metadata: String,
    /// How many options it has.
    pub options: u8,
    /// What counts as a choice.
    pub rule: RuleInfo,
    /// Until when it is counted, in seconds since 1970.
    pub tally_deadline: u64,
    /// The committee to which ballots are encrypted.
    pub committee: u64,
    /// How many chambers must choose an option.
    pub chambers_required: u8,
    /// Its chambers.
    pub chambers: Vec<PollChamberInfo>,
}

/// One chamber of one poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PollChamberInfo {
    /// Its number.
    pub chamber: u64,
    /// Whether weights count.
    pub weighted: bool,
    /// Below so many ballots nothing is opened.
    pub min_ballots: u32,
    /// The part of the votes that a choice needs, in ten-thousandths.
    pub threshold_bps: u16,
    /// The votes that are needed at all.
    pub quorum: u64,
    /// The census root in force; none before the poll is open.
    pub root: Option<String>,
    /// The context in force.
    pub ctx: Option<String>,
    /// The packed rule in force.
    pub packed_rule: Option<String>,
    /// How many ballots count.
    pub ballots: u64,
    /// How many were cast, replaced ones included.
    pub cast: u64,
    /// How many a batch skipped.
    pub skipped: u64,
    /// `C.x, C.y, D_1.x, ..` of the ballots that count.
    pub encrypted_total: Vec<String>,
    /// The decryption shares.
    pub shares: Vec<ShareInfo>,
    /// The count.
    pub counted: Option<CountedInfo>,
    /// The census as it was frozen.
    pub census: Option<Artefact>,
    /// Where the notes of the ballots that count are.
    pub notes: String,
}

/// A trustee's share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareInfo {
    /// The trustee.
    pub trustee: String,
    /// Its place in the committee.
    pub index: u64,
    /// `E_1.x, E_1.y, ..`.
    pub points: Vec<String>,
}

/// A count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedInfo {
    /// The totals, by option.
    pub totals: Vec<u64>,
    /// The option chosen, from 0.
    pub choice: Option<u8>,
    /// Bit `i`: the share of the trustee of index `i` was used.
    pub trustees: u64,
}
