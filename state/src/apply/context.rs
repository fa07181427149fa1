//! What the events of all contracts share while they are applied.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use psephos_protocol::Fr;

use crate::{checkpoint::Checkpoint, error::StateError, log::Log, words::Provenance};

/// Where an event comes from.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) block: u64,
    pub(super) transaction: B256,
    pub(super) source: Provenance,
}

/// Why an event does not fit, and the poll it concerns.
pub(super) struct InvalidEvent(pub(super) Option<u64>, pub(super) String);

impl From<StateError> for InvalidEvent {
    fn from(error: StateError) -> Self {
        Self(None, error.to_string())
    }
}

impl From<String> for InvalidEvent {
    fn from(what: String) -> Self {
        Self(None, what)
    }
}

pub(super) type Outcome = Result<(), InvalidEvent>;

/// What is the same for a number of logs.
pub(super) struct LogBatch<'a> {
    /// What was checkpoint of the state up to some block; the registry's logs until then are passed over.
    pub(super) checkpoint: Option<&'a Checkpoint>,
    /// New leaves that are not in their chambers' censuses yet.
    pub(super) leaves: BTreeMap<u64, Vec<Fr>>,
}

pub(super) fn provenance(log: &Log, checkpoint: Option<&Checkpoint>) -> Provenance {
    match checkpoint {
        Some(checkpoint) if checkpoint.covers_block(log.block) => Provenance::Checked,
        _ => Provenance::Untrusted,
    }
}
