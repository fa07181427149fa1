//! Types that the event handlers of all contracts share.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use psephos_protocol::{
    elements::CensusLeaf,
    identifiers::{ChamberId, PollId, SheetId},
};

use crate::{
    checkpoint::Checkpoint,
    error::StateError,
    finding::Subject,
    log::{EventPosition, Log},
    words::Provenance,
};

/// The position of an event in the chain, and where its log came from.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) block: u64,
    pub(super) transaction: B256,
    pub(super) source: Provenance,
}

impl Position {
    /// Returns block and transaction.
    pub(super) fn of_event(self) -> EventPosition {
        EventPosition { block: self.block, transaction: self.transaction }
    }
}

/// An event that is invalid or inconsistent with the state: what it concerns, and why.
pub(super) struct InvalidEvent(pub(super) Subject, pub(super) String);

impl InvalidEvent {
    /// Returns an event that makes one poll invalid.
    pub(super) fn of_poll(poll: PollId, what: String) -> Self {
        Self(Subject::Poll(poll), what)
    }

    /// Returns an event that makes one sheet poll invalid.
    pub(super) fn of_sheet(sheet: SheetId, what: String) -> Self {
        Self(Subject::Sheet(sheet), what)
    }
}

impl From<StateError> for InvalidEvent {
    fn from(error: StateError) -> Self {
        Self(Subject::All, error.to_string())
    }
}

impl From<String> for InvalidEvent {
    fn from(what: String) -> Self {
        Self(Subject::All, what)
    }
}

pub(super) type Outcome = Result<(), InvalidEvent>;

/// What a batch of logs has in common while it is applied.
pub(super) struct LogBatch<'a> {
    /// The checkpoint to restore from; the registry's logs up to its block are ignored.
    pub(super) checkpoint: Option<&'a Checkpoint>,
    /// New leaves that are not in their chambers' censuses yet.
    pub(super) leaves: BTreeMap<ChamberId, Vec<CensusLeaf>>,
}

pub(super) fn provenance(log: &Log, checkpoint: Option<&Checkpoint>) -> Provenance {
    match checkpoint {
        Some(checkpoint) if checkpoint.covers_block(log.block) => Provenance::Checked,
        _ => Provenance::Untrusted,
    }
}
