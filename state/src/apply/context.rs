//! What the events of all contracts share while they are applied.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use psephos_protocol::Fr;

use crate::{checkpoint::Checkpoint, error::StateError, log::Log, words::Source};

/// Where an event comes from.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) block: u64,
    pub(super) transaction: B256,
    pub(super) source: Source,
}

/// Why an event does not fit, and the poll it concerns.
pub(super) struct Misfit(pub(super) Option<u64>, pub(super) String);

impl From<StateError> for Misfit {
    fn from(error: StateError) -> Self {
        Self(None, error.to_string())
    }
}

impl From<String> for Misfit {
    fn from(what: String) -> Self {
        Self(None, what)
    }
}

pub(super) type Outcome = Result<(), Misfit>;

/// What is the same for a number of logs.
pub(super) struct Batch<'a> {
    /// What was kept of the state up to some block; the registry's logs until then are passed over.
    pub(super) kept: Option<&'a Checkpoint>,
    /// New leaves that are not in their chambers' censuses yet.
    pub(super) leaves: BTreeMap<u64, Vec<Fr>>,
}

pub(super) fn source(log: &Log, kept: Option<&Checkpoint>) -> Source {
    match kept {
        Some(kept) if kept.vouches_for(log.block) => Source::Store,
        _ => Source::Chain,
    }
}
