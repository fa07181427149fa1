//! What an election produced: everything that a report on paper or on a page shows.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use psephos_state::{Address, B256, Deployment};
use serde::{Deserialize, Serialize};

use crate::{progress::Phase, verify::VerifyReport};

/// A whole election.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ElectionReport {
    /// Who voted.
    pub electorate: ElectorateSummary,
    /// Where the contracts are.
    pub deployment: Deployment,
    /// Whether the chain was a local one, started for this election.
    pub local: bool,
    /// Who opened the totals.
    pub committee: CommitteeReport,
    /// The polls.
    pub polls: Vec<PollReport>,
    /// What the first poll's ballots were paid.
    pub reward: RewardReport,
    /// What deployment and enrolment cost.
    pub gas: Vec<GasEntry>,
    /// How long the phases took, in order.
    pub timings: Vec<Timing>,
    /// Whether every count on chain equals the plaintext count, every outcome the plaintext outcome, and every check holds.
    pub agrees: bool,
}

/// The electorate in a few numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ElectorateSummary {
    /// `built-in sample`, or the file's name and the proposal.
    pub source: String,
    /// Voters.
    pub members: usize,
    /// The sum of their weights.
    pub total_weight: u64,
    /// How voters were put into chambers.
    pub division: String,
}

/// The committee, and who of it did what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommitteeReport {
    /// Its number.
    pub committee: CommitteeId,
    /// How many shares open a total.
    pub threshold: u64,
    /// Its trustees, by index.
    pub trustees: Vec<TrusteeReport>,
}

/// One trustee.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct TrusteeReport {
    /// Its account.
    pub address: Address,
    /// Whether it has registered.
    pub registered: bool,
    /// Whether a dealing of it is in the keys.
    pub dealt: bool,
    /// Whether it was gone before anything was opened.
    pub absent: bool,
    /// Shares that it has posted.
    pub shares: usize,
}

/// One poll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollReport {
    /// Its number.
    pub poll: PollId,
    /// Its question.
    pub title: String,
    /// Its rule in words, such as `plurality` or `quadratic, 100 credits`.
    pub rule: String,
    /// The circuit's size, 3 or 8.
    pub circuit: usize,
    /// The options' names.
    pub options: Vec<String>,
    /// Per chamber.
    pub chambers: Vec<ChamberReport>,
    /// How many chambers must choose an option.
    pub chambers_required: u8,
    /// What the contract decided.
    pub outcome: Outcome,
    /// What the plaintext count would have decided.
    pub plaintext_outcome: Outcome,
    /// Ballots that count.
    pub ballots: usize,
    /// Ballots that were replaced by a later one of the same voter.
    pub replaced: usize,
    /// Gas per call.
    pub gas: Vec<GasEntry>,
    /// Seconds of proving per ballot, as measured (wall time of the phase over ballots).
    pub seconds_per_proof: f64,
    /// The re-check from chain data.
    pub verify: VerifyReport,
}

/// One chamber of one poll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChamberReport {
    /// Its number in the registry.
    pub chamber: ChamberId,
    /// Its name.
    pub name: String,
    /// Whether weights count here.
    pub weighted: bool,
    /// Members in the frozen census.
    pub members: usize,
    /// The sum of their weights.
    pub total_weight: u64,
    /// Ballots that count.
    pub ballots: usize,
    /// Ballots that were replaced.
    pub replaced: usize,
    /// Ballots needed before the total is opened.
    pub min_ballots: u32,
    /// Least sum of totals for a choice.
    pub quorum: u64,
    /// Share of the sum that a choice needs, in 1/10,000.
    pub threshold_bps: u16,
    /// The frozen census root, `0x..`.
    pub root: String,
    /// The context, `0x..`.
    pub ctx: String,
    /// The totals on chain, in the order of the options; absent if the chamber was not opened.
    pub totals: Option<Vec<u64>>,
    /// The plaintext count, for comparison: known here because the election made its voters itself.
    pub plaintext: Vec<u64>,
    /// The option chosen on chain, from 0.
    pub choice: Option<usize>,
}

/// The reward of a poll, from its pool to the last claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RewardReport {
    /// The poll whose ballots were paid.
    pub poll: PollId,
    /// What every ballot was paid, in units.
    pub base: u64,
    /// What it was paid besides if it chose the ratified option.
    pub bonus: u64,
    /// The unit, in wei.
    pub unit: u64,
    /// The poll that ratified an option.
    pub ratified_by: u64,
    /// The option, from 0.
    pub ratified: Option<usize>,
    /// Notes that were sealed.
    pub sealed: usize,
    /// Lists that they are in.
    pub lists: usize,
    /// Claims that were paid, each to an address of its own.
    pub claims: usize,
    /// Of these, claims with the bonus.
    pub bonuses: usize,
    /// What came into the pool, in units.
    pub funded: u64,
    /// What claims took, relayers' fees included, in units.
    pub paid: u64,
    /// What should have been paid if all votes were known, in units.
    pub plaintext: u64,
    /// What went back to the DAO, in units.
    pub withdrawn: u64,
    /// What is left in the pool, in units.
    pub left: u64,
    /// Whether each address has what its claim was for, less the fee.
    pub received: bool,
    /// Seconds of proving per claim, as measured.
    pub seconds_per_proof: f64,
    /// Gas per call.
    pub gas: Vec<GasEntry>,
}

impl RewardReport {
    /// Whether the books balance: what came in is what was paid, went back and is left, and what was paid is what the votes were due.
    pub fn balances(&self) -> bool {
        self.received && self.paid == self.plaintext && self.funded == self.paid + self.withdrawn + self.left
    }
}

/// How a poll ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An option, from 0.
    Decided(usize),
    /// No option was chosen by enough chambers.
    Rejected,
    /// The tally did not come in time.
    Undecided,
    /// Not ended yet.
    Pending,
}

/// Gas of one kind of call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GasEntry {
    /// What was called, such as `castBatch of 32`.
    pub call: String,
    /// How many transactions.
    pub transactions: usize,
    /// Their gas together.
    pub gas: u64,
    /// How many ballots (or enrolments, or contracts) they carried.
    pub items: usize,
    /// One of the transactions.
    pub example: B256,
}

impl GasEntry {
    /// Adds a transaction to the entry of its call, or begins one.
    pub(super) fn record(entries: &mut Vec<Self>, call: &str, example: B256, gas: u64, items: usize) {
        match entries.iter_mut().find(|entry| entry.call == call) {
            Some(entry) => {
                entry.transactions += 1;
                entry.gas += gas;
                entry.items += items;
            }
            None => entries.push(Self { call: call.to_owned(), transactions: 1, gas, items, example }),
        }
    }

    /// Gas an item, rounded down.
    pub fn per_item(&self) -> u64 {
        self.gas / (self.items.max(1) as u64)
    }
}

/// How long a phase took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Timing {
    /// Which phase.
    pub phase: Phase,
    /// Wall-clock seconds.
    pub seconds: f64,
}

impl ElectionReport {
    /// Whether all is well: for an exit code.
    pub fn passed(&self) -> bool {
        self.agrees && self.polls.iter().all(|poll| poll.verify.passed())
    }
}
