//! Updates of the slots whose time has come: in each of them a replacement that was handed over, or a mask.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{ChainState, PollChamber, PollState};
use psephos_submission::mask::prove_mask;
use psephos_wire::{Package, ballot::Contents, relay::ballot_id};
use rand::{rngs::OsRng, seq::SliceRandom};

use super::{
    super::{
        CrashPoint, Relayer, RelayerError, calls,
        item::{DecodedPackage, ItemStatus},
        sending::{SendOutcome, shuffle_batches},
        store::{PendingItem, StoreChanges},
    },
    Slot,
    plan::{DueUpdate, SlotPlan},
    selection::choose_carried,
    status::UpdatedContent,
};

/// A slot whose time has come.
type DueSlot = (Nullifier, DueUpdate);

impl Relayer {
    /// Updates the slots of masked polls whose time has come.
    pub(in super::super) async fn send_due_updates(&self, chain_state: &Arc<ChainState>) -> Result<(), RelayerError> {
        if !self.masker.enabled {
            return Ok(());
        }
        self.update_plans(chain_state).await?;
        for (poll, chamber) in list_masked_chambers(chain_state) {
            let mut batches = self.select_due_slots(chain_state, poll, chamber);
            if batches.is_empty() {
                continue;
            }
            if let Err(error) = self.contexts.confirm(chain_state, poll, chamber).await {
                tracing::error!(%error, "the nodes do not confirm a poll: its ballots are not masked");
                self.metrics.count_failure("not_confirmed");
                continue;
            }
            while let Some(batch) = batches.pop() {
                match self.send_update_batch(chain_state, poll, chamber, &batch).await? {
                    SendOutcome::Sent => {}
                    SendOutcome::Later => return Ok(()),
                    SendOutcome::Refused => match &batch[..] {
                        [(nullifier, _)] => self.give_up_update(chain_state, poll, chamber, *nullifier).await?,
                        many => {
                            let (left, right) = many.split_at(many.len() / 2);
                            batches.push(right.to_vec());
                            batches.push(left.to_vec());
                        }
                    },
                }
            }
        }
        Ok(())
    }

    /// Draws the times of new slots, and removes those of polls that are over. A slot whose last carrying update did
    /// not get into a block, so that it waits again, gets another time.
    async fn update_plans(&self, chain_state: &ChainState) -> Result<(), RelayerError> {
        let (now, mut plans) = (chain_state.time, self.store.plans());
        let mut changes = StoreChanges::default();
        for (poll, chamber) in list_masked_chambers(chain_state) {
            let Some((entry, listed)) = find_chamber(chain_state, poll, chamber) else { continue };
            let timeline = self.timeline(entry);
            for nullifier in listed.latest.keys() {
                let slot = (poll, chamber, *nullifier);
                if let Entry::Vacant(vacant) = plans.entry(slot) {
                    let plan = vacant.insert(SlotPlan::draw(&timeline, now, self.masker.mean, &mut OsRng));
                    changes.plans.push((slot, Some(plan.clone())));
                }
            }
        }
        let items = self.store.pending_items();
        // While a transaction updates the slot, what waits for it is about to be overtaken.
        let busy: BTreeSet<Slot> = list_slots(&items, |state| matches!(state, ItemStatus::Sent { .. })).collect();
        for slot in list_slots(&items, |state| *state == ItemStatus::Waiting).filter(|slot| !busy.contains(slot)) {
            if let Some(plan) = plans.get_mut(&slot).filter(|plan| !plan.carries_again()) {
                plan.sweep = Some(now);
                changes.plans.push((slot, Some(plan.clone())));
            }
        }
        let is_over = |poll: &PollId| {
            let entry = chain_state.polls.get(poll);
            entry.is_some_and(|entry| !matches!(entry.state_at(now), PollState::Created | PollState::Open))
        };
        let over = plans.keys().filter(|(poll, ..)| is_over(poll));
        changes.plans.extend(over.map(|slot| (*slot, None)));
        self.observed().arrivals.retain(|(poll, ..), _| !is_over(poll));
        self.store_changes(changes).await
    }

    /// Returns the batches of a chamber's slots that are due, each in random order. Slots wait for others, as long as
    /// their part of the poll lets them.
    fn select_due_slots(&self, chain_state: &ChainState, poll: PollId, chamber: ChamberId) -> Vec<Vec<DueSlot>> {
        let Some((entry, listed)) = find_chamber(chain_state, poll, chamber) else { return Vec::new() };
        let now = chain_state.time;
        // Another update of a slot that a transaction updates would be skipped.
        let items = self.store.pending_items();
        let busy: BTreeSet<Slot> = list_slots(&items, |state| matches!(state, ItemStatus::Sent { .. })).collect();
        let plans = self.store.plans();
        let here = plans.iter().filter(|((of, at, _), _)| (*of, *at) == (poll, chamber));
        let due = here.filter_map(|((.., nullifier), plan)| Some((*nullifier, plan.due(now)?)));
        let mut due: Vec<DueSlot> = due
            .filter(|(nullifier, _)| {
                !busy.contains(&(poll, chamber, *nullifier)) && listed.counted_ballot(nullifier).is_some()
            })
            .collect();
        due.sort_by_key(|(_, update)| update.since);
        let oldest = due.first().map_or(now, |(_, update)| update.since);
        if now.saturating_sub(oldest) < self.timeline(entry).patience(now, self.masker.wait) {
            due.truncate(due.len() - due.len() % self.settings.batch);
        }
        shuffle_batches(&due, self.settings.batch)
    }

    async fn send_update_batch(
        &self,
        chain_state: &Arc<ChainState>,
        poll: PollId,
        chamber: ChamberId,
        batch: &[DueSlot],
    ) -> Result<SendOutcome, RelayerError> {
        if self.pending_transactions().len() >= self.settings.in_flight {
            return Ok(SendOutcome::Later);
        }
        let mut carried = self.choose_carried_updates(chain_state, poll, chamber, batch);
        // A mask is made also for a slot whose replacement is carried, so that a batch takes as long with it.
        let mut chosen = Vec::new();
        for ((nullifier, _), mask) in batch.iter().zip(self.prove_masks(chain_state, poll, chamber, batch).await?) {
            chosen.push(carried.remove(nullifier).unwrap_or(mask));
        }
        self.reach_crash_point(CrashPoint::MasksProved)?;
        chosen.shuffle(&mut OsRng);
        let contents: Vec<&Contents> = chosen
            .iter()
            .filter_map(|held| match &*held.work {
                DecodedPackage::Ballot { contents, .. } => Some(&**contents),
                DecodedPackage::Claim { .. } => None,
            })
            .collect();
        let pots = self.settings.fee_pots;
        let call = calls::build_batch_call(
            &self.connection,
            self.address(),
            &self.deployment,
            pots,
            (poll, chamber),
            &contents,
        )
        .await?;
        let prepared = match self.prepare_batch(call, chosen.len()).await? {
            Ok(prepared) => prepared,
            Err(outcome) => return Ok(outcome),
        };
        let mut changes = StoreChanges::default();
        for (nullifier, _) in batch {
            let slot = (poll, chamber, *nullifier);
            let served = self.store.plan(&slot).map(|mut plan| {
                plan.serve(chain_state.time);
                plan
            });
            changes.plans.extend(served.map(|plan| (slot, Some(plan))));
        }
        let ids: Vec<_> = chosen.iter().map(|held| held.item.receipt.id).collect();
        // Both kinds are written whole: afterwards nothing differs between them.
        changes.accepted = chosen;
        let sent = self.sign_and_send(prepared, ids, changes).await?;
        if matches!(sent, SendOutcome::Sent) {
            self.metrics.batches.inc();
            self.metrics.batch_size.observe(batch.len() as f64);
        }
        Ok(sent)
    }

    /// Returns the updates that were handed over and are carried now, by slot.
    fn choose_carried_updates(
        &self,
        chain_state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
        batch: &[DueSlot],
    ) -> BTreeMap<Nullifier, PendingItem> {
        let Some((_, listed)) = find_chamber(chain_state, poll, chamber) else { return BTreeMap::new() };
        let due: BTreeSet<&Nullifier> =
            batch.iter().filter(|(_, update)| update.carries).map(|(nullifier, _)| nullifier).collect();
        let mut waiting: BTreeMap<Nullifier, Vec<PendingItem>> = BTreeMap::new();
        for held in self.store.pending_items() {
            let here = (held.item.receipt.poll, held.item.receipt.chamber) == (poll, chamber);
            let Some(updated) = held.item.update.as_ref().filter(|_| here) else { continue };
            let applies = listed.counted_fingerprint(&updated.nullifier) == updated.previous.0;
            if applies
                && held.item.state == ItemStatus::Waiting
                && due.contains(&updated.nullifier)
                && !self.is_resting(&held.item.receipt.id)
            {
                waiting.entry(updated.nullifier).or_default().push(held);
            }
        }
        let choose = |(nullifier, mut updates): (Nullifier, Vec<PendingItem>)| {
            let index = choose_carried(updates.len(), self.masker.own_percent, &mut OsRng)?;
            Some((nullifier, updates.swap_remove(index)))
        };
        waiting.into_iter().filter_map(choose).collect()
    }

    /// Makes a mask for each of these slots, as items like those of voters' updates.
    async fn prove_masks(
        &self,
        chain_state: &Arc<ChainState>,
        poll: PollId,
        chamber: ChamberId,
        batch: &[DueSlot],
    ) -> Result<Vec<PendingItem>, RelayerError> {
        let (circuits, state) = (self.circuits.clone(), chain_state.clone());
        let slots: Vec<Nullifier> = batch.iter().map(|(nullifier, _)| *nullifier).collect();
        let proved = tokio::task::spawn_blocking(move || -> Result<Vec<(Package, Contents)>, RelayerError> {
            let prove = |nullifier: &Nullifier| {
                let package = prove_mask(&state, &circuits, poll, chamber, nullifier)?;
                let contents = package.contents().map_err(|_| RelayerError::InvalidMask)?;
                Ok((package, contents))
            };
            slots.iter().map(prove).collect()
        });
        let proved = proved.await.map_err(|_| RelayerError::WorkerLost)??;
        let build = |(package, contents): (Package, Contents)| {
            let (id, json) = (ballot_id(&package, &contents), package.to_json());
            let update = Some(UpdatedContent::of(&contents));
            let work = DecodedPackage::Ballot { package: Box::new(package), contents: Box::new(contents) };
            let times = update_times(chain_state, poll);
            let item = self.sign_item(chain_state, (id, &work, json), times, 0, ItemStatus::Waiting, update);
            let item = item.map_err(|_| RelayerError::InvalidMask)?;
            Ok(PendingItem { item, work: Arc::new(work) })
        };
        proved.into_iter().map(build).collect()
    }

    /// Lets a slot wait for its next time, after the contract refused an update of it on its own.
    async fn give_up_update(
        &self,
        chain_state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
        nullifier: Nullifier,
    ) -> Result<(), RelayerError> {
        for held in self.store.pending_items() {
            let here = (held.item.receipt.poll, held.item.receipt.chamber) == (poll, chamber);
            let is_of_slot = held.item.update.as_ref().is_some_and(|updated| updated.nullifier == nullifier);
            if here && is_of_slot && held.item.state == ItemStatus::Waiting {
                self.retry_or_reject(chain_state, &held).await?;
            }
        }
        let slot = (poll, chamber, nullifier);
        let Some(mut plan) = self.store.plan(&slot) else { return Ok(()) };
        plan.serve(chain_state.time);
        self.store_changes(StoreChanges { plans: vec![(slot, Some(plan))], ..StoreChanges::default() }).await
    }
}

/// Returns the times of the receipts of a masked poll's updates: the same for all of them. An update is sent before
/// the close, or overtaken by another one of its slot.
pub(crate) fn update_times(chain_state: &ChainState, poll: PollId) -> (u64, u64) {
    let parameters = chain_state.polls.get(&poll).map(|poll| &poll.parameters);
    parameters.map_or((0, 0), |parameters| (parameters.opens_at, parameters.closes_at.max(parameters.opens_at)))
}

/// Returns the slots of the updates in such a state.
fn list_slots(items: &[PendingItem], is_wanted: impl Fn(&ItemStatus) -> bool) -> impl Iterator<Item = Slot> {
    let wanted = items.iter().filter(move |held| is_wanted(&held.item.state));
    wanted.filter_map(|held| {
        let updated = held.item.update.as_ref()?;
        Some((held.item.receipt.poll, held.item.receipt.chamber, updated.nullifier))
    })
}

/// Returns the chambers of open masked polls.
fn list_masked_chambers(chain_state: &ChainState) -> Vec<(PollId, ChamberId)> {
    let open = chain_state.polls.iter().filter(|(_, poll)| poll.is_masked());
    let open = open.filter(|(_, poll)| poll.state_at(chain_state.time) == PollState::Open);
    open.flat_map(|(id, poll)| poll.chambers.keys().map(move |chamber| (*id, *chamber))).collect()
}

fn find_chamber(
    chain_state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Option<(&psephos_state::Poll, &PollChamber)> {
    let entry = chain_state.polls.get(&poll)?;
    Some((entry, entry.chambers.get(&chamber)?))
}
