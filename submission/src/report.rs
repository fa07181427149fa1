//! The report of a relayer's run: the outcome of each package.

use psephos_chain::B256;
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde::{Deserialize, Serialize};

use crate::Submission;

/// The outcome of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayReport {
    /// One entry for each package, in the order of the submissions.
    pub packages: Vec<PackageReport>,
    /// The transactions that were sent.
    pub transactions: Vec<TransactionReport>,
}

/// The outcome of one package, and what it was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageReport {
    /// The name that the caller gave it: a file name, or a position.
    pub name: String,
    /// The poll that it is for, if the package could be decoded.
    pub poll: Option<PollId>,
    /// The chamber that it is for.
    pub chamber: Option<ChamberId>,
    /// Its nullifier, `0x..`.
    pub nullifier: Option<String>,
    /// The outcome.
    pub outcome: PackageOutcome,
}

/// The outcome of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum PackageOutcome {
    /// It counts since this transaction.
    Accepted {
        /// The transaction whose event shows it.
        transaction: B256,
    },
    /// It counts already, sent in an earlier run or from another account; nothing was sent.
    AlreadyCounted,
    /// It repeats another package of the run.
    Duplicate {
        /// The name of the first one.
        of: String,
    },
    /// It counted and was replaced since; nothing was sent.
    Superseded,
    /// It is not valid; nothing was sent.
    Refused {
        /// The code of the reason.
        reason: Refusal,
        /// The reason in a sentence, and what to do.
        message: String,
    },
    /// It is valid, but its transaction failed or was not mined; run the relayer again.
    Failed {
        /// The reason.
        message: String,
    },
}

/// The code of the reason why a package is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Not a ballot package: truncated, too large, unknown fields, or another version.
    Malformed,
    /// A ballot record that is not canonically encoded.
    Encoding,
    /// It is for another chain.
    WrongChain,
    /// It is for another polls contract.
    WrongContract,
    /// There is no such poll.
    UnknownPoll,
    /// The poll of this number is another one than the voter was shown.
    OtherPoll,
    /// The poll has no such chamber.
    UnknownChamber,
    /// The poll has not been opened.
    NotOpen,
    /// The poll has closed.
    Closed,
    /// It is for a circuit of another size than the poll's.
    WrongCircuit,
    /// The nullifier has another ballot and this one does not replace it.
    AlreadyCast,
    /// It replaces a ballot that is not the one that counts.
    WrongPrevious,
    /// It changes the note of the ballot that it updates in a masked poll.
    NoteChanged,
    /// Its proof does not hold for this poll, chamber, census, committee keys and ballot rule.
    InvalidProof,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionReport {
    /// Its hash.
    pub hash: B256,
    /// The poll.
    pub poll: PollId,
    /// The chamber.
    pub chamber: ChamberId,
    /// The number of first ballots.
    pub ballots: usize,
    /// The number of replacements.
    pub replacements: usize,
    /// The gas that it used.
    pub gas: u64,
}

impl PackageReport {
    /// Creates the report of a package before it is checked.
    pub fn pending(submission: &Submission) -> Self {
        let outcome = PackageOutcome::Failed { message: "it was not sent".into() };
        Self { name: submission.name.clone(), poll: None, chamber: None, nullifier: None, outcome }
    }
}

impl RelayReport {
    /// Creates the report of these submissions before they are checked.
    pub fn pending(submissions: &[Submission]) -> Self {
        Self { packages: submissions.iter().map(PackageReport::pending).collect(), transactions: Vec::new() }
    }

    /// Sets the outcome of a package.
    pub fn set_outcome(&mut self, index: usize, outcome: PackageOutcome) {
        if let Some(package) = self.packages.get_mut(index) {
            package.outcome = outcome;
        }
    }

    /// Sets the outcome of a package to a refusal.
    pub fn refuse(&mut self, index: usize, reason: Refusal, message: impl Into<String>) {
        self.set_outcome(index, PackageOutcome::Refused { reason, message: message.into() });
    }

    /// Returns the number of packages that will not be sent any more in this run.
    pub fn settled_count(&self) -> usize {
        self.count_outcomes(|outcome| !matches!(outcome, PackageOutcome::Failed { .. }))
    }

    /// Returns whether a valid package was not included.
    pub fn is_incomplete(&self) -> bool {
        self.count_outcomes(|outcome| matches!(outcome, PackageOutcome::Failed { .. })) > 0
    }

    fn count_outcomes(&self, is_counted: impl Fn(&PackageOutcome) -> bool) -> usize {
        self.packages.iter().filter(|package| is_counted(&package.outcome)).count()
    }
}
