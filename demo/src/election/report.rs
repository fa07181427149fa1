//! The report of an election as a value: all data that a page or a terminal shows.

use psephos_client::{progress::Phase, verify::VerifyReport};
use psephos_protocol::identifiers::PollId;
pub use psephos_report::{ChamberReport, CommitteeReport, GasEntry, Outcome, TrusteeReport};
use psephos_state::Deployment;
use serde::{Deserialize, Serialize};

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
    /// Number of trustees that were absent when totals were decrypted.
    pub absent: usize,
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

/// One poll: what the chain has, and what only this election knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PollReport {
    /// What the chain has.
    #[serde(flatten)]
    pub public: psephos_report::PollReport,
    /// What the chain has about its reward; none if it has none.
    pub public_reward: Option<psephos_report::RewardReport>,
    /// The plaintext count by chamber, for comparison: known here because the election made its voters itself.
    pub plaintext: Vec<Vec<u64>>,
    /// The outcome that follows from the plaintext count.
    pub plaintext_outcome: Outcome,
    /// Gas per call.
    pub gas: Vec<GasEntry>,
    /// Proving time per ballot in seconds: wall time of the phase divided by the number of ballots.
    pub seconds_per_proof: f64,
    /// The verification from chain data.
    pub verify: VerifyReport,
}

/// What this election knows about the reward of its first poll.
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
