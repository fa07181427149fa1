//! Applying logs to a state.

mod charters;
mod committee;
mod context;
mod polls;
mod prepare;
mod reward;
mod sheets;

use psephos_protocol::identifiers::ChamberId;
use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::U256;
use rayon::prelude::*;

use self::{
    context::{InvalidEvent, LogBatch, Outcome, Position, provenance},
    prepare::{DecodedLog, Enrolment, decode_enrolment, decode_log, decode_member},
};
use crate::{
    bindings::IStakeholderRegistry::{Enrolled, IStakeholderRegistryEvents},
    chain_state::ChainState,
    chamber::Chamber,
    checkpoint::Checkpoint,
    finding::Finding,
    log::Log,
    words,
};

/// The number of logs decoded at once; this many are in memory twice.
const LOGS_AT_ONCE: usize = 4096;

impl ChainState {
    /// Applies one log. Logs of other contracts and events that the interfaces do not have are ignored.
    pub fn apply_log(&mut self, log: &Log) {
        self.apply_logs(std::slice::from_ref(log));
    }

    /// Applies logs in their order. All cores decode them, and census nodes that many enrolments share are hashed once.
    pub fn apply_logs(&mut self, logs: &[Log]) {
        self.apply_with(logs, None);
    }

    pub(crate) fn apply_with(&mut self, logs: &[Log], checkpoint: Option<&Checkpoint>) {
        let mut batch = LogBatch { checkpoint, leaves: BTreeMap::new() };
        for logs in logs.chunks(LOGS_AT_ONCE) {
            let deployment = &self.deployment;
            let decoded = logs.par_iter().with_min_len(8).map(|log| decode_log(deployment, log, checkpoint));
            let decoded: Vec<DecodedLog> = decoded.collect();
            for (log, decoded) in logs.iter().zip(decoded) {
                self.apply_decoded(log, decoded, &mut batch);
            }
        }
        for chamber in batch.leaves.keys().copied().collect::<Vec<_>>() {
            self.insert_leaves(chamber, &mut batch);
        }
    }

    fn apply_decoded(&mut self, log: &Log, decoded: DecodedLog, batch: &mut LogBatch<'_>) {
        let position =
            Position { block: log.block, transaction: log.transaction, source: provenance(log, batch.checkpoint) };
        let outcome = match decoded {
            DecodedLog::Ignored => Ok(()),
            DecodedLog::Undecodable(invalid) => Err(invalid),
            DecodedLog::Registry(event) => self.apply_registry_event(event, batch),
            DecodedLog::Enrolled(event, member) => self.apply_enrolment(event, member, batch),
            DecodedLog::Committee(event) => self.apply_committee_event(*event, position.source),
            DecodedLog::Polls(event) => self.apply_poll_event(*event, position, batch),
            DecodedLog::Ballot(event, posted) => self.apply_ballot(event, posted, position),
            DecodedLog::SheetPolls(event) => self.apply_sheet_event(*event, position, batch),
            DecodedLog::Sheet(event, posted) => self.apply_cast_sheet(event, *posted, position),
            DecodedLog::Charters(event) => self.apply_charter_event(*event, position),
            DecodedLog::Rewards(event, by) => self.apply_reward_event(*event, by, position),
        };
        if let Err(InvalidEvent(subject, description)) = outcome {
            self.findings.push(Finding {
                block: position.block,
                transaction: position.transaction,
                subject,
                description,
            });
        }
        self.block = self.block.max(position.block);
    }

    fn apply_registry_event(&mut self, event: IStakeholderRegistryEvents, batch: &mut LogBatch<'_>) -> Outcome {
        use IStakeholderRegistryEvents as Event;
        match event {
            Event::ChamberCreated(event) => {
                let id = words::to_chamber(event.chamber)?;
                self.insert_leaves(id, batch);
                let created = Chamber::new(event.name, event.policy);
                match self.chambers.insert(id, created.into()) {
                    None => {}
                    Some(_) => return Err(format!("chamber {id} is created twice").into()),
                }
            }
            Event::Enrolled(event) => {
                let member = decode_enrolment(&event);
                self.apply_enrolment(event, member, batch)?;
            }
            Event::KeyRotated(event) => {
                let member = decode_member(event.index, event.id, event.weight)?;
                self.chamber_with_leaves(event.chamber, batch)?.rotate_key(event.subject, member)?;
            }
            Event::RemovalMarked(event) => {
                self.chamber_mut(words::to_chamber(event.chamber)?)?.mark_removal(event.subject)?;
            }
            Event::Removed(event) => {
                let index = words::to_u64(event.index)? as usize;
                self.chamber_with_leaves(event.chamber, batch)?.remove_member(event.subject, index)?;
            }
        }
        Ok(())
    }

    fn apply_enrolment(&mut self, event: Enrolled, enrolment: Enrolment, batch: &mut LogBatch<'_>) -> Outcome {
        let (member, leaf) = enrolment?;
        let id = words::to_chamber(event.chamber)?;
        let pending = batch.leaves.entry(id).or_default();
        Ok(self.chamber_mut(id)?.enrol_member(event.subject, member, leaf, pending)?)
    }

    /// Inserts the new leaves of a chamber into its census.
    fn insert_leaves(&mut self, id: ChamberId, batch: &mut LogBatch<'_>) {
        let Some(leaves) = batch.leaves.remove(&id).filter(|leaves| !leaves.is_empty()) else { return };
        if let Ok(chamber) = self.chamber_mut(id) {
            // Each leaf was checked, and counted, when its member enrolled.
            let _ = chamber.census.extend_leaves(&leaves);
        }
    }

    /// Returns a chamber whose census has all its leaves.
    fn chamber_with_leaves(&mut self, id: U256, batch: &mut LogBatch<'_>) -> Result<&mut Chamber, InvalidEvent> {
        let id = words::to_chamber(id)?;
        self.insert_leaves(id, batch);
        self.chamber_mut(id)
    }

    fn chamber_mut(&mut self, id: ChamberId) -> Result<&mut Chamber, InvalidEvent> {
        self.chambers.get_mut(&id).map(Arc::make_mut).ok_or_else(|| format!("chamber {id} was never created").into())
    }
}
