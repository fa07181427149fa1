//! The report of an election as a value: all data that a page or a terminal shows.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use psephos_state::{Address, B256, Deployment};
use serde::{Deserialize, Serialize};

use psephos_client::{progress::Phase, verify::VerifyReport};

/// The report of an election.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ElectionReport {
    /// The voters.
    pub electorate: ElectorateSummary,
    /// The contracts' addresses.
    pub deployment: Deployment,
    /// Whether the chain was started for this election.
    pub local: bool,
    /// The committee that decrypted the totals.
    pub committee: CommitteeReport,
    /// The polls.
    pub polls: Vec<PollReport>,
    /// The reward of the first poll's ballots.
    pub reward: RewardReport,
    /// Gas of deployment and enrolment.
    pub gas: Vec<GasEntry>,
    /// The phases' durations, in order.
    pub timings: Vec<Timing>,
    /// Whether every tally equals the plaintext count and every outcome the plaintext outcome, all checks pass, and the
    /// books of the reward balance.
    pub agrees: bool,
}

/// A summary of the electorate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ElectorateSummary {
    /// `built-in sample`, or the file's name and the proposal.
    pub source: String,
    /// Number of voters.
    pub members: usize,
    /// The sum of their weights.
    pub total_weight: u64,
    /// How voters were divided among chambers, in words.
    pub division: String,
}

/// The committee and each trustee's part.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommitteeReport {
    /// Its number.
    pub committee: CommitteeId,
    /// Committee threshold.
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
    /// Whether its dealing is part of the keys.
    pub dealt: bool,
    /// Whether it was absent when totals were decrypted.
    pub absent: bool,
    /// Number of decryption shares it has posted.
    pub shares: usize,
}

/// One poll.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollReport {
    /// Its number.
    pub poll: PollId,
    /// Its question.
    pub title: String,
    /// The eight words of its content, which people compare.
    pub words: String,
    /// Its fingerprint, which every ballot is bound to.
    pub fingerprint: String,
    /// Its ballot rule in words, such as `plurality` or `quadratic, 100 credits each`.
    pub rule: String,
    /// The circuit's number of options, 3 or 8.
    pub circuit: usize,
    /// The options' names.
    pub options: Vec<String>,
    /// Per chamber.
    pub chambers: Vec<ChamberReport>,
    /// Number of chambers that must choose an option.
    pub chambers_required: u8,
    /// The outcome on chain.
    pub outcome: Outcome,
    /// The outcome that follows from the plaintext count.
    pub plaintext_outcome: Outcome,
    /// Number of ballots that count.
    pub ballots: usize,
    /// Number of ballots that their voters replaced.
    pub replaced: usize,
    /// Gas per call.
    pub gas: Vec<GasEntry>,
    /// Proving time per ballot in seconds: wall time of the phase divided by the number of ballots.
    pub seconds_per_proof: f64,
    /// The verification from chain data.
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
    /// Number of ballots that count.
    pub ballots: usize,
    /// Number of ballots that were replaced.
    pub replaced: usize,
    /// Minimum number of ballots for the total to be decrypted.
    pub min_ballots: u32,
    /// Quorum: minimum sum of totals for a choice.
    pub quorum: u64,
    /// Approval threshold: part of that sum that an option needs, in basis points.
    pub threshold_bps: u16,
    /// The frozen census root, `0x..`.
    pub root: String,
    /// The context, `0x..`.
    pub ctx: String,
    /// The totals on chain, in the order of the options; none if they were not decrypted.
    pub totals: Option<Vec<u64>>,
    /// The plaintext count, for comparison: known here because the election made its voters itself.
    pub plaintext: Vec<u64>,
    /// The option chosen on chain, from 0.
    pub choice: Option<usize>,
}

/// The reward of a poll: pool, note batches and claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RewardReport {
    /// The poll whose ballots are rewarded.
    pub poll: PollId,
    /// Base amount of every ballot, in units.
    pub base: u64,
    /// Bonus of ballots for the ratified option, in units.
    pub bonus: u64,
    /// The unit, in wei.
    pub unit: u64,
    /// The poll that ratified an option.
    pub ratified_by: u64,
    /// The option, from 0.
    pub ratified: Option<usize>,
    /// Number of notes that were sealed.
    pub sealed: usize,
    /// Number of note batches that they are in.
    pub batches: usize,
    /// Number of claims that were paid, each to a fresh address.
    pub claims: usize,
    /// Number of these with the bonus.
    pub bonuses: usize,
    /// Paid into the pool, in units.
    pub funded: u64,
    /// Paid to claims, relayers' fees included, in units.
    pub paid: u64,
    /// Amount due according to the plaintext votes, in units.
    pub plaintext: u64,
    /// Returned to the DAO, in units.
    pub withdrawn: u64,
    /// Remaining in the pool, in units.
    pub left: u64,
    /// Whether each recipient received the amount of its claim, less the fee.
    pub received: bool,
    /// Proving time per claim in seconds.
    pub seconds_per_proof: f64,
    /// Gas per call.
    pub gas: Vec<GasEntry>,
}

impl RewardReport {
    /// Returns whether the books balance: the funds equal the sum of what was paid, returned and remains, and the
    /// amount paid equals the amount due.
    pub fn balances(&self) -> bool {
        self.received && self.paid == self.plaintext && self.funded == self.paid + self.withdrawn + self.left
    }
}

/// The outcome of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An option, from 0.
    Decided(usize),
    /// No option was chosen by enough chambers.
    Rejected,
    /// It was not tallied before the deadline.
    Undecided,
    /// Not decided yet.
    Pending,
}

/// Gas of the calls of one type.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GasEntry {
    /// Name of the call, such as `castBatch of 32`.
    pub call: String,
    /// Number of transactions.
    pub transactions: usize,
    /// Their total gas.
    pub gas: u64,
    /// Number of ballots (or enrolments, or contracts) in them.
    pub items: usize,
    /// Hash of one of the transactions.
    pub example: B256,
}

impl GasEntry {
    /// Adds a transaction to the entry of its call, which is created if there is none.
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

    /// Returns the gas per item, rounded down.
    pub fn per_item(&self) -> u64 {
        self.gas / (self.items.max(1) as u64)
    }
}

/// The duration of a phase.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Timing {
    /// The phase.
    pub phase: Phase,
    /// Wall time in seconds.
    pub seconds: f64,
}

impl ElectionReport {
    /// Returns whether the tallies agree and all checks pass.
    pub fn passed(&self) -> bool {
        self.agrees && self.polls.iter().all(|poll| poll.verify.passed())
    }
}
