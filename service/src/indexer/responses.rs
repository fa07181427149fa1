//! The JSON responses. Field elements and words are hexadecimal with 64 digits.

mod build;

use psephos_state::PollState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) use build::{index_info, poll_detail, poll_info};

/// A file that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Artefact {
    /// The path.
    #[schema(example = "/v1/chambers/0/census")]
    pub path: String,
    /// The length in bytes.
    pub bytes: u64,
    /// The SHA-256 hash, in hexadecimal.
    pub sha256: String,
}

/// The indexer's progress and contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndexerInfo {
    /// The chain id.
    pub chain_id: u64,
    /// The polls contract.
    pub polls_contract: String,
    /// The first block that is read.
    pub from_block: u64,
    /// The last block that was read; the whole response is as of this block.
    pub block: u64,
    /// The hash of that block; `null` if no block was read yet.
    pub hash: Option<String>,
    /// The time of that block, in seconds since 1970.
    pub time: u64,
    /// The number of the chain's newest block at the last poll.
    pub head: u64,
    /// The number of blocks that are not read yet.
    pub lag: u64,
    /// The newest block that is considered final.
    pub confirmed: u64,
    /// What keeps the indexer from following the chain: the node, the deployment, or the store.
    pub obstacle: Option<String>,
    /// The chambers.
    pub chambers: Vec<ChamberInfo>,
    /// The polls.
    pub polls: Vec<PollInfo>,
    /// The number of committees.
    pub committees: u64,
    /// The number of findings: events that are inconsistent with the chain state.
    pub findings: u64,
}

/// A chamber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChamberInfo {
    /// The chamber's number.
    pub chamber: u64,
    /// The chamber's name.
    pub name: String,
    /// The number of members.
    pub members: u64,
    /// The number of leaves of the census, those of removed members included.
    pub leaves: u64,
    /// The sum of the members' weights.
    pub total_weight: u64,
    /// The accounts of members that are marked for removal and not purged yet.
    pub marked: Vec<String>,
    /// The census root.
    pub root: String,
    /// The complete census.
    pub census: Artefact,
}

/// A summary of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PollInfo {
    /// The poll's number.
    pub poll: u64,
    /// The poll state.
    #[schema(value_type = String, example = "open")]
    pub state: PollState,
    /// The option that was decided, from 0.
    pub outcome: Option<u8>,
    /// The time from which the poll takes ballots, in seconds since 1970.
    pub opens_at: u64,
    /// The time until which the poll takes ballots, in seconds since 1970.
    pub closes_at: u64,
    /// The number of ballots that count, over all chambers.
    pub ballots: u64,
    /// The frozen census of each chamber.
    pub censuses: Vec<Artefact>,
}

/// A ballot rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleInfo {
    /// The contract's number of the kind: plurality, approval, score, cumulative, quadratic, Borda.
    pub kind: u8,
    /// The kind's parameter.
    pub parameter: u16,
    /// Whether the budget must be used up.
    pub exact: bool,
    /// Whether notes hold choices, so that a bonus can be paid and ballots are vote receipts.
    pub choice_in_note: bool,
    /// Whether anyone may re-encrypt ballots, so that a replacement cannot be told from that.
    pub masked: bool,
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PollDetail {
    /// The summary.
    #[serde(flatten)]
    pub info: PollInfo,
    /// The proposal.
    pub proposal: String,
    /// The account that created the poll.
    pub creator: String,
    /// The hash of the poll's content, whose first 88 bits are the words that people compare.
    pub content: String,
    /// The poll's fingerprint; none if its committee had no keys.
    pub fingerprint: Option<String>,
    /// The metadata that the poll was created with.
    pub metadata: String,
    /// The contract's number of the kind of decision: options, motion.
    pub decision: u8,
    /// The number of options.
    pub options: u8,
    /// The ballot rule.
    pub rule: RuleInfo,
    /// The deadline of the tally, in seconds since 1970.
    pub tally_deadline: u64,
    /// The committee to which ballots are encrypted.
    pub committee: u64,
    /// The index of the trustee that learns the exact totals of a rounded poll; 0 in others.
    pub teller: u8,
    /// The number of chambers that must choose an option.
    pub chambers_required: u8,
    /// The poll's chambers.
    pub chambers: Vec<PollChamberInfo>,
}

/// One chamber of one poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PollChamberInfo {
    /// The chamber's number.
    pub chamber: u64,
    /// Whether weights count.
    pub weighted: bool,
    /// The minimum number of ballots below which nothing is decrypted.
    pub min_ballots: u32,
    /// The approval threshold of an option, in basis points.
    pub threshold_bps: u16,
    /// The quorum: the least sum of totals for a choice.
    pub quorum: u64,
    /// The rounding step: 1 for exact totals.
    pub step: u64,
    /// The census root in force; `null` before the poll is open.
    pub root: Option<String>,
    /// The context in force.
    pub ctx: Option<String>,
    /// The packed rule in force.
    pub packed_rule: Option<String>,
    /// The number of ballots that count.
    pub ballots: u64,
    /// The number of ballots cast, replaced ones included.
    pub cast: u64,
    /// The number of ballots that a batch skipped.
    pub skipped: u64,
    /// The encrypted total of the ballots that count: `C.x, C.y, D_1.x, ..`.
    pub encrypted_total: Vec<String>,
    /// The decryption shares.
    pub shares: Vec<ShareInfo>,
    /// The tally.
    pub tally: Option<TallyInfo>,
    /// The frozen census.
    pub census: Option<Artefact>,
    /// The path of the note commitments of the ballots that count.
    pub notes: String,
}

/// A trustee's decryption share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShareInfo {
    /// The trustee's account.
    pub trustee: String,
    /// The trustee's index in the committee.
    pub index: u64,
    /// The share's points: `E_1.x, E_1.y, ..`, or `F_1.x, ..` of a blinded share.
    pub points: Vec<String>,
    /// The index of the trustee that can open a blinded share; `null` for another share.
    pub teller: Option<u64>,
}

/// A tally.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TallyInfo {
    /// The totals, by option; `null` in a rounded chamber.
    pub totals: Option<Vec<u64>>,
    /// The totals divided by the rounding step, by option, 0 for the greatest; `null` in an exact chamber.
    pub buckets: Option<Vec<u64>>,
    /// The option with the greatest total of a rounded chamber, from 0; `null` in an exact one.
    pub greatest: Option<u8>,
    /// The option chosen, from 0.
    pub choice: Option<u8>,
    /// A bit mask: bit `i` says that the decryption share of the trustee with index `i` was used.
    pub trustees: u64,
}
