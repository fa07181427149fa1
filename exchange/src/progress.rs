//! How far a long operation is: told to whoever wants to show it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A part of a long operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Starting a chain, or finding one.
    Chain,
    /// Making or loading the circuits' keys.
    Keys,
    /// A step of a ceremony, circuit by circuit.
    Ceremony,
    /// Putting the contracts on the chain.
    Deploy,
    /// Trustees register and deal the committee's keys.
    Committee,
    /// Members enter their chambers.
    Enrol,
    /// Polls are created and opened.
    Open,
    /// Ballots are proved.
    Prove,
    /// Ballots are checked, batched and sent.
    Relay,
    /// Ballots are replaced.
    Replace,
    /// Trustees post their shares.
    Share,
    /// Totals are searched for and submitted.
    Tally,
    /// Notes of ballots are sealed.
    Seal,
    /// Rewards are claimed.
    Claim,
    /// The poll is re-checked from chain data.
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

/// Listens to a long operation. Called from several threads; must return quickly.
pub trait Observer: Send + Sync {
    /// A phase begins, of `steps` steps (0: not known).
    fn begin(&self, phase: Phase, steps: u64) {
        let _ = (phase, steps);
    }
    /// `steps` more steps are done.
    fn advance(&self, phase: Phase, steps: u64) {
        let _ = (phase, steps);
    }
    /// The phase is over.
    fn end(&self, phase: Phase) {
        let _ = phase;
    }
    /// Something worth a line. Never a secret.
    fn note(&self, phase: Phase, message: &str) {
        let _ = (phase, message);
    }
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
