//! What a re-check of a poll found.

use psephos_chain::Address;
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde::{Deserialize, Serialize};

/// The outcome of all checks of one poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// The chain.
    pub chain_id: u64,
    /// The polls contract.
    pub polls: Address,
    /// The poll.
    pub poll: PollId,
    /// Its state when it was checked, as the contract names it.
    pub state: String,
    /// Every check, in order.
    pub checks: Vec<Check>,
}

/// One check: what was compared, how often, and what did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which check.
    pub name: CheckName,
    /// The chamber it is about, if it is about one.
    pub chamber: Option<ChamberId>,
    /// How many things were compared.
    pub count: usize,
    /// What does not hold, one line each; empty if all is well.
    pub failures: Vec<String>,
}

/// The checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// All events decode and fit together.
    Events,
    /// Ballots, shares and counts came when they may.
    Schedule,
    /// The polls contract uses the deployment's contracts, and the deployed verifiers answer with the circuits' hashes.
    Verifiers,
    /// Every trustee that registered has shown to know the secret of its transport key.
    Registrations,
    /// Every dealing is proved, and by a registered trustee; there are as many as the threshold.
    Dealings,
    /// The committee's keys are the sums of the dealings, and their hash is the one in use.
    CommitteeKeys,
    /// The census rebuilt from events has the frozen root.
    Census,
    /// The packed rule follows from the poll's parameters.
    Rule,
    /// The context recomputed from chain id, contract, poll, chamber, root, keys and rule.
    Context,
    /// Every counted ballot's proof is in its transaction and holds.
    BallotProofs,
    /// Every ballot follows on the one that its nullifier had before.
    Replacements,
    /// Every nullifier counts once.
    BallotCount,
    /// The sum of the counted ciphertexts is the contract's total.
    EncryptedTotal,
    /// Every trustee's share is proved.
    Share,
    /// The totals are what the share opens.
    Totals,
    /// The chamber's choice follows from the totals.
    Choice,
    /// The poll's outcome follows from the chambers.
    Outcome,
    /// Sealed are the notes of all ballots that count, and no others.
    Sealing,
    /// The ratified option is the outcome of a later poll that was created for it.
    Ratification,
    /// Every claim is proved, and each ballot is paid once at most.
    Claims,
    /// What came in is what was paid, what went back, and what is there.
    Books,
}

impl CheckName {
    /// A sentence about what holds if the check passes.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Events => "all events of the contracts fit together",
            Self::Schedule => "ballots, shares and counts came in their times",
            Self::Verifiers => "the deployed verifiers are for these circuits",
            Self::Registrations => "every registered trustee knows the secret of its transport key",
            Self::Dealings => "every dealing holds what it commits to, for every trustee",
            Self::CommitteeKeys => "the committee's keys are the sums of the dealings",
            Self::Census => "the census rebuilt from enrolments has the frozen root",
            Self::Rule => "the rule in force is the poll's",
            Self::Context => "ballots are bound to this chain, contract, poll, chamber, census, keys and rule",
            Self::BallotProofs => "every counted ballot has a valid proof",
            Self::Replacements => "every replacement follows on the ballot it replaces",
            Self::BallotCount => "every member's nullifier counts once",
            Self::EncryptedTotal => "the encrypted total is the sum of the counted ballots",
            Self::Share => "every decryption share is proved",
            Self::Totals => "the totals are what the encrypted total contains",
            Self::Choice => "the chamber's choice follows from quorum and threshold",
            Self::Outcome => "the outcome follows from the chambers' choices",
            Self::Sealing => "the notes of all counted ballots are sealed, and no others",
            Self::Ratification => "the ratified option is the outcome of a later poll",
            Self::Claims => "every paid claim is proved, and no ballot is paid twice",
            Self::Books => "what was funded is what was paid, withdrawn and left",
        }
    }
}

impl VerifyReport {
    /// Whether every check holds.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// The checks that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed())
    }
}

impl Check {
    pub(super) fn new(name: CheckName, chamber: Option<ChamberId>, count: usize, failures: Vec<String>) -> Self {
        Self { name, chamber, count, failures }
    }

    /// A check of one thing.
    pub(super) fn one(name: CheckName, chamber: Option<ChamberId>, outcome: Result<(), String>) -> Self {
        Self::new(name, chamber, 1, outcome.err().into_iter().collect())
    }

    /// Whether it holds.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}
