//! The axis of a sheet with camps: how much an answer to each cell moves a voter's score, and where one camp ends.

use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};

use super::FormError;
use crate::{constants::CAMP_THRESHOLD_OFFSET, elements::PilotHash, field};

/// The axis of a sheet with camps.
///
/// An axis is a query: two sheets on one agenda with thresholds `t` and `t'` show the answers of the voters whose score
/// lies between. It is therefore computed from a pilot's file by a program that anyone can run, never chosen, and the
/// pilot is bound in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// For each cell that is used, what agreement and what disagreement add to the score.
    pub weights: Vec<[i8; 2]>,
    /// The greatest score of the lower camp, from `-2^13` to `2^13 - 1`. Scores are within `±5120`.
    pub threshold: i16,
    /// The hash of the pilot's file, [`hash_pilot`]; not zero.
    pub pilot: PilotHash,
}

impl Axis {
    /// Returns the packed threshold `t' = threshold + 2^13`.
    ///
    /// # Errors
    /// Returns [`FormError::CampThreshold`] if it is not from 0 to `2^14 - 1`.
    pub(super) fn pack_threshold(&self) -> Result<u32, FormError> {
        let packed = i32::from(self.threshold) + CAMP_THRESHOLD_OFFSET as i32;
        match u32::try_from(packed) {
            Ok(packed) if packed < 2 * CAMP_THRESHOLD_OFFSET => Ok(packed),
            _ => Err(FormError::CampThreshold(self.threshold)),
        }
    }
}

/// Returns `keccak(file) >> 8` of a pilot's file.
pub fn hash_pilot(file: &[u8]) -> PilotHash {
    PilotHash::from_fr(field::truncate_digest(&Keccak256::digest(file).into()))
}
