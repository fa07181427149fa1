//! The status of an update of a masked poll.
//!
//! Anyone can compute the id of an update on the chain and ask for it. The answer follows from the chain and from
//! whether the update is in a transaction, and from nothing that differs between masks and replacements, kept or set
//! aside.

use psephos_protocol::elements::Nullifier;
use psephos_state::{B256, ChainState, PollState};
use psephos_wire::{
    ballot::Contents,
    relay::{SubmissionStage, SubmissionStatus},
};
use serde::{Deserialize, Serialize};

use super::super::{
    Relayer,
    evaluation::OVERTAKEN,
    item::{ItemStatus, RelayItem},
};

/// What an update of a masked poll applies to, and what it makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UpdatedContent {
    /// The slot.
    pub(crate) nullifier: Nullifier,
    /// The fingerprint of the content that it updates.
    pub(crate) previous: B256,
    /// The fingerprint of the slot after it.
    pub(crate) next: B256,
}

impl UpdatedContent {
    /// Returns what an update does.
    pub(crate) fn of(contents: &Contents) -> Self {
        Self {
            nullifier: contents.record.posted.nullifier,
            previous: contents.previous().into(),
            next: contents.fingerprint().into(),
        }
    }
}

impl Relayer {
    /// Returns the public status of an update of a masked poll.
    pub(in super::super) fn judge_update(&self, item: &RelayItem, updated: &UpdatedContent) -> SubmissionStatus {
        let chain_state = self.observed().chain_state.clone();
        let Some(chain_state) = chain_state else { return item.public_status() };
        let (stage, at, reason) = match find_follower(&chain_state, item, updated) {
            Follower::This { transaction, block } => {
                let over = self.is_final_block(&chain_state, block);
                let stage = if over { SubmissionStage::Final } else { SubmissionStage::Included };
                (stage, Some((transaction, block)), None)
            }
            Follower::Another => (SubmissionStage::Refused, None, Some(OVERTAKEN.into())),
            Follower::Closed => (SubmissionStage::Refused, None, Some("closed".into())),
            Follower::None if matches!(item.state, ItemStatus::Sent { .. }) => (SubmissionStage::Sent, None, None),
            Follower::None => (SubmissionStage::Waiting, None, None),
        };
        let (transaction, block) = (at.map(|(transaction, _)| transaction), at.map(|(_, block)| block));
        SubmissionStatus { stage, transaction, block, reason, ..item.public_status() }
    }
}

/// What came after the content that an update applies to.
enum Follower {
    This { transaction: B256, block: u64 },
    Another,
    Closed,
    None,
}

fn find_follower(chain_state: &ChainState, item: &RelayItem, updated: &UpdatedContent) -> Follower {
    let Some(poll) = chain_state.polls.get(&item.receipt.poll) else { return Follower::None };
    let ballots = poll.chambers.get(&item.receipt.chamber).into_iter().flat_map(|listed| &listed.ballots);
    let mut followers =
        ballots.filter(|ballot| ballot.posted.nullifier == updated.nullifier && ballot.previous == updated.previous.0);
    match followers.next() {
        Some(ballot) if ballot.fingerprint() == updated.next.0 => {
            Follower::This { transaction: ballot.transaction, block: ballot.block }
        }
        Some(_) => Follower::Another,
        None if matches!(poll.state_at(chain_state.time), PollState::Created | PollState::Open) => Follower::None,
        None => Follower::Closed,
    }
}
