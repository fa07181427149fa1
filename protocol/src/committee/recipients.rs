//! The recipients of a dealing: the registered trustees of a committee, and the committee threshold.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::TransportKey;
use crate::{
    Fr,
    constants::{MAX_TRUSTEES, capacity_for_trustees},
};

/// The reason why a list of trustees is refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum RecipientsError {
    /// The number of trustees is not 1 to 16.
    #[error("a committee has 1 to {MAX_TRUSTEES} trustees, not {0}")]
    TrusteeCount(usize),
    /// The committee threshold is not between 1 and the number of registered trustees.
    #[error("the committee threshold is {threshold}: expected 1 to {registered}, the number of registered trustees")]
    Threshold {
        /// The committee threshold.
        threshold: usize,
        /// The number of trustees with a transport key.
        registered: usize,
    },
}

/// The transport keys of a committee's trustees by index, `None` for a trustee that has not registered, and the
/// committee threshold `T`.
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
    /// Returns the recipients with these transport keys and this committee threshold.
    ///
    /// # Errors
    /// Returns [`RecipientsError`] unless there are 1 to 16 trustees, and at least `threshold >= 1` of them are
    /// registered.
    pub fn new(keys: Vec<Option<TransportKey>>, threshold: usize) -> Result<Recipients, RecipientsError> {
        if capacity_for_trustees(keys.len()).is_none() {
            return Err(RecipientsError::TrusteeCount(keys.len()));
        }
        let registered = keys.iter().flatten().count();
        if !(1..=registered).contains(&threshold) {
            return Err(RecipientsError::Threshold { threshold, registered });
        }
        Ok(Recipients { keys, threshold })
    }

    /// Returns the committee threshold `T`.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// Returns the transport key of the trustee with this index, if it has registered.
    pub fn key(&self, index: usize) -> Option<&TransportKey> {
        self.keys.get(index).and_then(Option::as_ref)
    }

    /// Returns the registered trustees: point (index plus 1) and transport key, ascending.
    pub fn registered(&self) -> impl Iterator<Item = (u64, &TransportKey)> {
        (1u64..).zip(&self.keys).filter_map(|(point, key)| Some((point, key.as_ref()?)))
    }

    /// Returns the capacity `N` of the dealing circuit that serves this committee.
    pub fn capacity(&self) -> usize {
        capacity_for_trustees(self.keys.len()).expect("the constructor checked the number of trustees")
    }

    /// Returns `flags = sum_{k<T} 2^k + sum 2^(15+i)` over the registered points `i` (specification, section 8).
    pub fn flags(&self) -> Fr {
        let coefficients = (1u64 << self.threshold) - 1;
        Fr::from(self.registered().fold(coefficients, |flags, (point, _)| flags | 1 << (15 + point)))
    }
}
