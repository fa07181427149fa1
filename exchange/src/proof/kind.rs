//! Which statements there are, and what a prover learns from each.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A kind of statement.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A ballot.
    Ballot,
    /// A claim of a reward.
    Claim,
    /// A trustee's share of a total.
    Decryption,
    /// A dealer's part in a committee's keys.
    Dealing,
    /// A list of notes.
    Notes,
    /// The hashes of a committee's keys.
    CommitteeKeys,
}

/// A name that no statement has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no statement `{0}`: there are {names}", names = Kind::ALL.map(Kind::as_str).join(", "))]
pub struct UnknownKind(pub String);

impl Kind {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::Ballot, Self::Claim, Self::Decryption, Self::Dealing, Self::Notes, Self::CommitteeKeys];
    /// Those that a stakeholder or anybody else proves: a service takes no others unless it is told to.
    pub const USUAL: [Self; 4] = [Self::Ballot, Self::Claim, Self::Notes, Self::CommitteeKeys];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ballot => "ballot",
            Self::Claim => "claim",
            Self::Decryption => "decryption",
            Self::Dealing => "dealing",
            Self::Notes => "notes",
            Self::CommitteeKeys => "committee-keys",
        }
    }

    /// What whoever proves it learns, in plain words.
    pub fn reveals(self) -> &'static str {
        match self {
            Self::Ballot => {
                "who you are in the chamber, your weight and how you vote now; with the nullifier key it can also recognise every \
                 ballot and claim of this identity, past and future. It cannot vote for you, change this ballot or claim your reward"
            }
            Self::Claim => {
                "who you are in the chamber, how you had voted and which address is paid for it; with the nullifier key it can also \
                 recognise every ballot and claim of this identity, past and future. It cannot redirect the payment"
            }
            Self::Decryption => {
                "your share of the committee's secret: as many operators as open a total could then open single ballots"
            }
            Self::Dealing => "all that you deal: your part of the committee's secret, and every trustee's share of it",
            Self::Notes | Self::CommitteeKeys => "nothing that is not public",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind(text.chars().take(32).collect()))
    }
}
