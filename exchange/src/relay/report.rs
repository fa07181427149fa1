//! What a relayer did with each package.

use psephos_chain::B256;
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde::{Deserialize, Serialize};

use super::Submission;

/// The outcome of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayReport {
    /// One entry a package, in the order given.
    pub packages: Vec<PackageReport>,
    /// The transactions that were sent.
    pub transactions: Vec<TransactionReport>,
}

/// What became of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageReport {
    /// What the caller called it: a file name, or a position.
    pub name: String,
    /// The poll it is for, if it could be read.
    pub poll: Option<PollId>,
    /// The chamber it is for.
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
    /// It counts, in this transaction.
    Accepted {
        /// The transaction whose event says so.
        transaction: B256,
    },
    /// It counts already, sent by somebody or in an earlier run; nothing was sent.
    AlreadyCounted,
    /// The same package was given twice.
    Duplicate {
        /// The first one's name.
        of: String,
    },
    /// It cannot apply any more: the nullifier's slot has moved on.
    Superseded,
    /// It is not valid; nothing was sent.
    Refused {
        /// Why.
        reason: Refusal,
        /// In words, with what to do.
        message: String,
    },
    /// It is valid, but its transaction failed or was not seen; run the relayer again.
    Failed {
        /// Why.
        message: String,
    },
}

/// Why a package is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Not a package file: truncated, too large, unknown fields, another version.
    Malformed,
    /// A record that is not canonically encoded.
    Encoding,
    /// For another chain.
    WrongChain,
    /// For another polls contract.
    WrongContract,
    /// No such poll.
    UnknownPoll,
    /// No such chamber in this poll.
    UnknownChamber,
    /// The poll is not open.
    NotOpen,
    /// The poll has closed.
    Closed,
    /// For a circuit of another size than the poll's.
    WrongCircuit,
    /// The nullifier has another ballot and this one does not replace it.
    AlreadyCast,
    /// It replaces a ballot that is not the one that counts.
    WrongPrevious,
    /// Its proof does not hold for this poll, chamber, census, keys and rule.
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
    /// First ballots in it.
    pub ballots: usize,
    /// Replacements in it.
    pub replacements: usize,
    /// What it used.
    pub gas: u64,
}

/// The report of a package that nothing is known of yet.
pub fn pending(submission: &Submission) -> PackageReport {
    let outcome = PackageOutcome::Failed { message: "it was not sent".into() };
    PackageReport { name: submission.name.clone(), poll: None, chamber: None, nullifier: None, outcome }
}

impl RelayReport {
    /// Says what became of a package.
    pub fn settle(&mut self, index: usize, outcome: PackageOutcome) {
        if let Some(package) = self.packages.get_mut(index) {
            package.outcome = outcome;
        }
    }

    /// Says why a package is refused.
    pub fn refuse(&mut self, index: usize, reason: Refusal, message: impl Into<String>) {
        self.settle(index, PackageOutcome::Refused { reason, message: message.into() });
    }

    /// How many packages will not be sent in this run.
    pub fn settled(&self) -> usize {
        self.packages.iter().filter(|package| !matches!(package.outcome, PackageOutcome::Failed { .. })).count()
    }

    /// How many packages were accepted in this run.
    pub fn accepted(&self) -> usize {
        self.packages.iter().filter(|package| matches!(package.outcome, PackageOutcome::Accepted { .. })).count()
    }

    /// How many were refused.
    pub fn refused(&self) -> usize {
        self.packages.iter().filter(|package| matches!(package.outcome, PackageOutcome::Refused { .. })).count()
    }

    /// Whether some are valid but did not get through.
    pub fn incomplete(&self) -> bool {
        self.packages.iter().any(|package| matches!(package.outcome, PackageOutcome::Failed { .. }))
    }

    /// The gas of all transactions.
    pub fn gas(&self) -> u64 {
        self.transactions.iter().map(|transaction| transaction.gas).sum()
    }
}
