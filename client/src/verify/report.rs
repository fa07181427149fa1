//! The report of a poll's verification.

use psephos_chain::Address;
use psephos_protocol::identifiers::{ChainId, ChamberId, PollId, SheetId};
use serde::{Deserialize, Serialize};

use super::{CheckSummary, summary::summarize_checks};

/// The results of all checks of a poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// The chain.
    pub chain_id: ChainId,
    /// The polls contract.
    pub polls: Address,
    /// The poll.
    pub poll: PollId,
    /// Its state at the time of verification.
    pub state: String,
    /// The trustees of the poll's committee that state that they keep no key share. No one can check it.
    #[serde(default)]
    pub retired_trustees: Vec<Address>,
    /// Every check, in order.
    pub checks: Vec<Check>,
}

/// The results of all checks of a sheet poll, and of the versions of the charter that were enacted from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetReport {
    /// The chain.
    pub chain_id: ChainId,
    /// The contract of sheet polls.
    pub sheets: Address,
    /// The sheet poll.
    pub sheet: SheetId,
    /// Its state at the time of verification.
    pub state: String,
    /// The trustees of its committee that state that they keep no key share. No one can check it.
    pub retired_trustees: Vec<Address>,
    /// The versions of the charter that were enacted from it.
    pub versions: Vec<u64>,
    /// Every check, in order.
    pub checks: Vec<Check>,
}

impl SheetReport {
    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// Returns the checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed())
    }

    /// Returns the checks by name, in the order in which they first appear.
    pub fn summarize(&self) -> Vec<CheckSummary> {
        summarize_checks(&self.checks)
    }
}

/// A check: its name, the number of comparisons, and the failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The name of the check.
    pub name: CheckName,
    /// The chamber, if the check is about one.
    pub chamber: Option<ChamberId>,
    /// Number of comparisons.
    pub count: usize,
    /// The failures, one line each; empty if the check passed.
    pub failures: Vec<String>,
}

/// The names of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// All events decode and are consistent.
    Events,
    /// The contract has the fingerprint that follows from the poll's parameters and its committee's keys.
    Fingerprint,
    /// Ballots, shares and totals came within their times.
    Schedule,
    /// Every event is in a transaction of its block, in the order of the chain.
    Positions,
    /// Shares, refusals, tallies and claims are what their transactions' calldata says.
    Calls,
    /// The contracts' views answer what their events lead to.
    Views,
    /// The members are those of the registry, by their accounts.
    Members,
    /// The code of all contracts but the verifiers is the one that this program was built with.
    Code,
    /// The contracts depend on those of the deployment, and the deployed verifiers answer with the hashes of our
    /// circuits.
    Verifiers,
    /// Every registered trustee has proved possession of its transport key.
    Registrations,
    /// Every dealing is proved, by a registered trustee; there are as many as the threshold.
    Dealings,
    /// The election keys are the sums of the dealings, and their hash is the one in use.
    CommitteeKeys,
    /// The census rebuilt from events has the frozen root.
    Census,
    /// The packed rule follows from the poll's parameters.
    Rule,
    /// The context recomputed from fingerprint, chamber, root, keys and rule.
    Context,
    /// Every counted ballot has a valid proof in its transaction.
    BallotProofs,
    /// Every replacement replaces the nullifier's ballot before it.
    Replacements,
    /// Each call led to one event for each of its ballots, accepted or skipped, in its order.
    Batches,
    /// The contract has fingerprint and ordinal of every ballot that counts.
    Slots,
    /// Every nullifier counts once.
    BallotCount,
    /// The sum of the counted ciphertexts is the contract's total.
    EncryptedTotal,
    /// Every trustee's share is proved.
    Share,
    /// Shares that are said to have been refused are not proved.
    Refusals,
    /// The trustees that are named for want of their shares are those that posted none.
    Missing,
    /// The totals follow from the shares.
    Totals,
    /// The chamber's choice follows from the totals.
    Choice,
    /// The poll's outcome follows from the chambers.
    Outcome,
    /// The sealed notes are those of all ballots that count, and no others.
    Sealing,
    /// Claims are open only if the pool held the worst case when the poll opened, and what is owed was not withdrawn.
    Funding,
    /// The ratified option is the outcome of a later poll of the same chambers that was created for it.
    Ratification,
    /// Every claim is proved, and each ballot is paid once at most.
    Claims,
    /// The amount funded is the sum of the amounts paid, withdrawn and left.
    Books,
    /// The published statements are those that the sheet poll is bound to, one for each used cell.
    Text,
    /// No share of statements came before the turnout was tallied, and none of a chamber with too few sheets.
    Order,
    /// The turnout follows from the shares of its block.
    Turnout,
    /// A camp is too small exactly when it is said to be; then nothing but the turnout was decrypted.
    Camps,
    /// The adopted, contested and unheard statements follow from the totals.
    Adoption,
    /// Each version of the charter is what its sheet poll adopted, under the hash that follows.
    Charter,
    /// The version in force is the one to which the events lead.
    Live,
    /// The books of the fee pot are the contract's, and what it paid is for ballots that were cast.
    Pot,
}

impl CheckName {
    /// Returns a sentence that is true if the check passes.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Events => "all events of the contracts fit together",
            Self::Fingerprint => "the poll's question, options, rules and times are those of its fingerprint",
            Self::Schedule => "ballots, decryption shares and tallies came within their periods",
            Self::Positions => "all events are in the transactions and the order that the chain's blocks have",
            Self::Calls => "shares, refusals, tallies and claims are what their transactions say",
            Self::Views => "the contracts answer what their events lead to",
            Self::Members => "the registry has these members, by their accounts",
            Self::Code => "the contracts are those that this program was built with",
            Self::Verifiers => "the deployed verifiers are for these circuits",
            Self::Registrations => "every registered trustee knows the secret of its transport key",
            Self::Dealings => "every dealing holds what it commits to, for every trustee",
            Self::CommitteeKeys => "the committee's keys are the sums of the dealings",
            Self::Census => "the census rebuilt from enrolments has the frozen root",
            Self::Rule => "the rule in force is the poll's",
            Self::Context => "ballots are bound to this poll, chamber, census, keys and rule",
            Self::BallotProofs => "every counted ballot has a valid proof",
            Self::Replacements => "every replacement follows on the ballot it replaces",
            Self::Batches => "every ballot of every batch was accepted or skipped, in its order",
            Self::Slots => "the contract has every counted ballot, in the order of the first ones",
            Self::BallotCount => "every member's nullifier counts once",
            Self::EncryptedTotal => "the encrypted total is the sum of the counted ballots",
            Self::Share => "every decryption share is proved",
            Self::Refusals => "the shares that were refused are not proved",
            Self::Missing => "the trustees named for missing shares are those that posted none",
            Self::Totals => "the totals are what the encrypted total contains",
            Self::Choice => "the chamber's choice follows from quorum and threshold",
            Self::Outcome => "the outcome follows from the chambers' choices",
            Self::Sealing => "the notes of all counted ballots are sealed, and no others",
            Self::Funding => "claims are open only for a pool that held the worst case when the poll opened",
            Self::Ratification => "the ratified option is the outcome of a later poll of the same chambers",
            Self::Claims => "every paid claim is proved, and no ballot is paid twice",
            Self::Books => "what was funded is what was paid, withdrawn and left",
            Self::Text => "the published statements are those that sheets are bound to",
            Self::Order => "no share of statements came before the turnout was tallied",
            Self::Turnout => "the turnout is what its encrypted total contains",
            Self::Camps => "a camp is called too small exactly when it is, and then nothing more was decrypted",
            Self::Adoption => "what is adopted, contested and unheard follows from the totals",
            Self::Charter => "each version of the charter is what its sheet poll adopted, under its hash",
            Self::Live => "the version of the charter in force is the one that the events name",
            Self::Pot => "the fee pot paid for ballots that were cast, and has what it owes",
        }
    }
}

impl VerifyReport {
    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// Returns the checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed())
    }
}

impl Check {
    /// Creates a check of `count` comparisons.
    pub(super) fn new(name: CheckName, chamber: Option<ChamberId>, count: usize, failures: Vec<String>) -> Self {
        Self { name, chamber, count, failures }
    }

    /// Creates a check of one comparison.
    pub(super) fn single(name: CheckName, chamber: Option<ChamberId>, outcome: Result<(), String>) -> Self {
        Self::new(name, chamber, 1, outcome.err().into_iter().collect())
    }

    /// Whether the check passed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}
