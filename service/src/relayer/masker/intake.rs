//! Updates that voters, or anyone else, hand over.
//!
//! Nothing that is answered here depends on what others have handed over: a refusal of a second update of a slot
//! would tell that there is a first one. So all of them are accepted, and of those of one content of a slot one is
//! kept, chosen at random. They cannot be told apart, so no limit could spare the voter's; and none is needed for
//! what they cost, because what is sent does not depend on them.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{B256, ChainState, Poll};
use psephos_wire::ballot::Contents;
use rand::rngs::OsRng;

use super::{
    super::{
        Relayer,
        item::{DecodedPackage, ItemStatus},
        problems::{conflict_problem, not_masking_problem},
        store::{PendingItem, StoreChanges},
    },
    Slot,
    plan::Timeline,
    selection::keeps_newest,
};
use crate::http::Problem;

/// Whether a package is an update of a masked poll.
pub(crate) fn is_update(chain_state: &ChainState, work: &DecodedPackage) -> bool {
    match work {
        DecodedPackage::Ballot { package, contents } => {
            contents.old.is_some() && chain_state.polls.get(&package.poll).is_some_and(|poll| poll.is_masked())
        }
        DecodedPackage::Claim { .. } => false,
    }
}

impl Relayer {
    /// Returns the times of a masked poll.
    pub(super) fn timeline(&self, poll: &Poll) -> Timeline {
        let parameters = &poll.parameters;
        Timeline::new(parameters.opens_at, parameters.closes_at, &self.masker, self.settings.last_call)
    }

    /// Rejects an update that cannot be carried: it is of a content that does not count, its slot will only be masked
    /// before the close, or this relayer does not mask.
    ///
    /// # Errors
    /// Returns the problem to answer with.
    pub(in super::super) fn check_update(
        &self,
        chain_state: &ChainState,
        (poll, chamber): (PollId, ChamberId),
        contents: &Contents,
    ) -> Result<(), Problem> {
        if !self.masker.enabled {
            return Err(not_masking_problem());
        }
        let entry = chain_state.polls.get(&poll).ok_or_else(|| conflict_problem("wrong_previous"))?;
        let nullifier = contents.record.posted.nullifier;
        let swept = self.store.plan(&(poll, chamber, nullifier)).is_some_and(|plan| !plan.carries_again());
        if swept || chain_state.time >= self.timeline(entry).turn_at {
            return Err(conflict_problem("closed"));
        }
        let listed = entry.chambers.get(&chamber);
        match listed.is_some_and(|listed| listed.counted_fingerprint(&nullifier) == contents.previous()) {
            true => Ok(()),
            false => Err(conflict_problem("wrong_previous")),
        }
    }

    /// Keeps one of all updates of a content of a slot, and sets the others aside: `held` has just been accepted,
    /// `all` were before, and `changes` are not stored yet.
    pub(in super::super) fn keep_one_update(
        &self,
        held: &mut PendingItem,
        all: &[PendingItem],
        changes: &mut StoreChanges,
    ) {
        let Some(updated) = held.item.update.clone().filter(|_| held.item.state == ItemStatus::Waiting) else { return };
        let slot: Slot = (held.item.receipt.poll, held.item.receipt.chamber, updated.nullifier);
        let is_rival =
            |other: &PendingItem| {
                other.item.state == ItemStatus::Waiting
                    && (other.item.receipt.poll, other.item.receipt.chamber) == (slot.0, slot.1)
                    && other.item.update.as_ref().is_some_and(|theirs| {
                        (theirs.nullifier, theirs.previous) == (updated.nullifier, updated.previous)
                    })
            };
        let set_aside = |id: &B256| changes.states.iter().any(|(changed, _)| changed == id);
        let stored = all.iter().filter(|other| is_rival(other)).map(|other| other.item.receipt.id);
        let stored: Vec<B256> = stored.filter(|id| !set_aside(id)).collect();
        let rivals = stored.len() + changes.accepted.iter().filter(|other| is_rival(other)).count();
        let arrived = self.count_arrival(slot, updated.previous, rivals);
        if rivals > 0 && !keeps_newest(arrived, &mut OsRng) {
            held.set_aside();
            return;
        }
        changes.states.extend(stored.into_iter().map(|id| (id, ItemStatus::SetAside)));
        changes.accepted.iter_mut().filter(|other| is_rival(other)).for_each(PendingItem::set_aside);
    }

    /// Counts an update of a content of a slot, after a restart those before it as far as they were kept.
    fn count_arrival(&self, slot: Slot, previous: B256, rivals: usize) -> u32 {
        let mut seen = self.observed();
        let (of, count) = seen.arrivals.entry(slot).or_insert((previous, 0));
        if *of != previous {
            (*of, *count) = (previous, 0);
        }
        *count = (*count).max(u32::try_from(rivals).unwrap_or(u32::MAX)).saturating_add(1);
        *count
    }
}
