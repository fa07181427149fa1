//! To whom a dealing is made: the registered trustees of a committee, and its threshold.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::TransportKey;
use crate::{
    Fr,
    constants::{MAX_TRUSTEES, capacity_for},
};

/// Why a list of trustees is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RecipientsError {
    /// 1 to 16 trustees.
    #[error("a committee has 1 to {MAX_TRUSTEES} trustees, not {0}")]
    Trustees(usize),
    /// 1 to as many as are registered.
    #[error("a threshold of {threshold} with {registered} registered trustees")]
    Threshold {
        /// The threshold.
        threshold: usize,
        /// Trustees with a key.
        registered: usize,
    },
}

/// The transport keys of a committee's trustees by index, `None` for one that has not registered, and the threshold `T`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", deny_unknown_fields)]
pub struct Recipients {
    keys: Vec<Option<TransportKey>>,
    threshold: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    keys: Vec<Option<TransportKey>>,
    threshold: usize,
}

impl TryFrom<Unchecked> for Recipients {
    type Error = RecipientsError;
    fn try_from(unchecked: Unchecked) -> Result<Recipients, RecipientsError> {
        Recipients::new(unchecked.keys, unchecked.threshold)
    }
}

impl Recipients {
    /// # Errors
    /// [`RecipientsError`].
    pub fn new(keys: Vec<Option<TransportKey>>, threshold: usize) -> Result<Recipients, RecipientsError> {
        if capacity_for(keys.len()).is_none() {
            return Err(RecipientsError::Trustees(keys.len()));
        }
        let registered = keys.iter().flatten().count();
        if !(1..=registered).contains(&threshold) {
            return Err(RecipientsError::Threshold { threshold, registered });
        }
        Ok(Recipients { keys, threshold })
    }

    /// `T`.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The key of the trustee of this index, if it has registered.
    pub fn key(&self, index: usize) -> Option<&TransportKey> {
        self.keys.get(index).and_then(Option::as_ref)
    }

    /// The registered trustees: point (index plus 1) and key, ascending.
    pub fn registered(&self) -> impl Iterator<Item = (u64, &TransportKey)> {
        (1u64..).zip(&self.keys).filter_map(|(point, key)| Some((point, key.as_ref()?)))
    }

    /// The capacity `N` of the circuit that serves this committee.
    pub fn capacity(&self) -> usize {
        capacity_for(self.keys.len()).expect("checked when it was made")
    }

    /// `flags = sum_{k<T} 2^k + sum 2^(15+i)` over the registered points `i`.
    pub fn flags(&self) -> Fr {
        let coefficients = (1u64 << self.threshold) - 1;
        Fr::from(self.registered().fold(coefficients, |flags, (point, _)| flags | 1 << (15 + point)))
    }
}
