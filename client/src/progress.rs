//! Progress reports of long operations.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A phase of a long operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A chain is started or connected.
    Chain,
    /// The circuits' keys are made or loaded.
    Keys,
    /// A step of a ceremony, circuit by circuit.
    Ceremony,
    /// The contracts are deployed.
    Deploy,
    /// Trustees register and deal the committee's keys.
    Committee,
    /// Members enrol in their chambers.
    Enrol,
    /// Polls are created and opened.
    Open,
    /// Ballots are proved.
    Prove,
    /// Ballots are checked, batched and sent.
    Relay,
    /// Ballots are replaced.
    Replace,
    /// Trustees post their decryption shares.
    Share,
    /// Totals are decrypted and the tally is submitted.
    Tally,
    /// Note batches are sealed.
    Seal,
    /// Rewards are claimed.
    Claim,
    /// The poll is verified from chain data.
    Verify,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chain => "start the chain",
            Self::Keys => "load the keys",
            Self::Ceremony => "ceremony, by circuit",
            Self::Deploy => "deploy the contracts",
            Self::Committee => "form the committee",
            Self::Enrol => "enrol the members",
            Self::Open => "open the polls",
            Self::Prove => "prove the ballots",
            Self::Relay => "relay the ballots",
            Self::Replace => "replace ballots",
            Self::Share => "decrypt the totals",
            Self::Tally => "tally",
            Self::Seal => "seal the notes",
            Self::Claim => "claim the rewards",
            Self::Verify => "verify",
        })
    }
}

/// Receives the progress reports of a long operation. Its methods are called from several threads and must return
/// quickly.
pub trait Observer: Send + Sync {
    /// A phase of `steps` steps begins; 0 if the number is not known.
    fn begin(&self, phase: Phase, steps: u64) {
        let _ = (phase, steps);
    }
    /// `steps` more steps are done.
    fn advance(&self, phase: Phase, steps: u64) {
        let _ = (phase, steps);
    }
    /// The phase has ended.
    fn end(&self, phase: Phase) {
        let _ = phase;
    }
    /// An event that is worth a line of output. It never contains a secret.
    fn note(&self, phase: Phase, message: &str) {
        let _ = (phase, message);
    }
}

/// An observer that ignores every report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
