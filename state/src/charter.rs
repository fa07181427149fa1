//! The versions of the charter, as the contract `Charters` enacted them.

use std::fmt;

use alloy_primitives::B256;
use psephos_protocol::{identifiers::SheetId, sheet::hash_agenda};
use serde::{Deserialize, Serialize};

use crate::{bindings::ICharters, log::EventPosition};

/// A version of the charter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharterVersion {
    /// Its hash, by which it is known.
    pub charter_hash: B256,
    /// The hash of the version before it; zeros for the first.
    pub parent: B256,
    /// The sheet poll whose adopted statements are its principles.
    pub sheet: SheetId,
    /// Bit `i`: the statement `i` of the agenda is adopted.
    pub adopted: u64,
    /// The Merkle root of the adopted statements.
    pub root: B256,
    /// The last second in which it is in force, since 1970.
    pub expires_at: u64,
    /// The hash of the model that it is for; zeros if it names none.
    pub model_hash: B256,
    /// The hash of the policy by which the model is run; zeros if it names none.
    pub policy_hash: B256,
    /// The texts of the whole agenda, in its order.
    pub texts: Vec<String>,
    /// How far its adoption is.
    pub stage: CharterStage,
    /// Where it was enacted.
    pub position: EventPosition,
}

/// How far the adoption of a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CharterStage {
    /// Enacted; a gateway may log what it would refuse.
    Shadow,
    /// Tried with some requests.
    Pilot,
    /// In force.
    Live,
    /// Not in force for a while.
    Paused,
    /// Not in force any more, for ever.
    Retired,
}

impl CharterVersion {
    /// Returns the adopted statements, with their places in the agenda.
    pub fn principles(&self) -> impl Iterator<Item = (usize, &str)> {
        let adopted = |place: usize| place < 64 && self.adopted >> place & 1 == 1;
        self.texts.iter().enumerate().filter(move |(place, _)| adopted(*place)).map(|(place, text)| (place, &**text))
    }

    /// Returns the hash of the agenda that its texts are; the contract enacts none but its sheet poll's.
    pub fn agenda(&self) -> [u8; 32] {
        hash_agenda(self.texts.iter().map(String::as_str))
    }

    /// Whether it may be in force at a time, in seconds since 1970.
    pub fn is_live_at(&self, time: u64) -> bool {
        self.stage == CharterStage::Live && time <= self.expires_at
    }
}

impl CharterStage {
    /// Returns a stage of the contract; `None` for the stage of no version, and for one that this program does not
    /// know.
    pub fn from_contract(stage: ICharters::Stage) -> Option<Self> {
        Some(match stage {
            ICharters::Stage::Shadow => Self::Shadow,
            ICharters::Stage::Pilot => Self::Pilot,
            ICharters::Stage::Live => Self::Live,
            ICharters::Stage::Paused => Self::Paused,
            ICharters::Stage::Retired => Self::Retired,
            ICharters::Stage::None | ICharters::Stage::__Invalid => return None,
        })
    }
}

impl fmt::Display for CharterStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shadow => "shadow",
            Self::Pilot => "pilot",
            Self::Live => "live",
            Self::Paused => "paused",
            Self::Retired => "retired",
        })
    }
}
