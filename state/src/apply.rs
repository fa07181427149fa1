//! One log after another.

mod committee;
mod context;
mod polls;
mod prepare;
mod reward;

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::U256;
use rayon::prelude::*;

use self::{
    context::{Batch, Misfit, Outcome, Place, source},
    prepare::{Enrolment, Prepared, enrolment, member, prepare},
};
use crate::{
    bindings::IStakeholderRegistry::{Enrolled, IStakeholderRegistryEvents},
    chain_state::Replay,
    chamber::Chamber,
    checkpoint::Checkpoint,
    finding::Finding,
    log::Log,
    words,
};

/// How many logs are decoded at once; so many are in memory twice.
const AT_ONCE: usize = 4096;

impl Replay {
    /// Applies one log. Logs of other contracts, and events that the interfaces do not have, are passed over.
    pub fn apply(&mut self, log: &Log) {
        self.apply_all(std::slice::from_ref(log));
    }

    /// Applies logs in their order. All cores decode, and nodes of censuses that many enrolments share are hashed once.
    pub fn apply_all(&mut self, logs: &[Log]) {
        self.apply_with(logs, None);
    }

    pub(crate) fn apply_with(&mut self, logs: &[Log], kept: Option<&Checkpoint>) {
        let mut batch = Batch { kept, leaves: BTreeMap::new() };
        for logs in logs.chunks(AT_ONCE) {
            let deployment = &self.deployment;
            let prepared = logs.par_iter().with_min_len(8).map(|log| prepare(deployment, log, kept));
            let prepared: Vec<Prepared> = prepared.collect();
            for (log, prepared) in logs.iter().zip(prepared) {
                self.apply_prepared(log, prepared, &mut batch);
            }
        }
        for chamber in batch.leaves.keys().copied().collect::<Vec<_>>() {
            self.settle(chamber, &mut batch);
        }
    }

    fn apply_prepared(&mut self, log: &Log, prepared: Prepared, batch: &mut Batch<'_>) {
        let place = Place { block: log.block, transaction: log.transaction, source: source(log, batch.kept) };
        let outcome = match prepared {
            Prepared::Nothing => Ok(()),
            Prepared::Undecodable(misfit) => Err(misfit),
            Prepared::Registry(event) => self.registry(event, batch),
            Prepared::Enrolled(event, member) => self.enrolled(event, member, batch),
            Prepared::Committee(event) => self.committee_event(*event, place.source),
            Prepared::Polls(event) => self.polls(*event, place, batch),
            Prepared::Ballot(event, posted) => self.ballot_cast(event, posted, place),
            Prepared::Rewards(event) => self.reward_event(*event, place),
        };
        if let Err(Misfit(poll, what)) = outcome {
            self.findings.push(Finding { block: place.block, transaction: place.transaction, poll, what });
        }
        self.block = self.block.max(place.block);
    }

    fn registry(&mut self, event: IStakeholderRegistryEvents, batch: &mut Batch<'_>) -> Outcome {
        use IStakeholderRegistryEvents as Event;
        match event {
            Event::ChamberCreated(event) => {
                let id = words::to_u64(event.chamber)?;
                self.settle(id, batch);
                let created = Chamber::new(event.name, event.policy);
                match self.chambers.insert(id, created.into()) {
                    None => {}
                    Some(_) => return Err(format!("chamber {id} is created twice").into()),
                }
            }
            Event::Enrolled(event) => {
                let member = enrolment(&event);
                self.enrolled(event, member, batch)?;
            }
            Event::KeyRotated(event) => {
                let member = member(event.index, event.id, event.weight)?;
                self.settled(event.chamber, batch)?.rotate(event.subject, member)?;
            }
            Event::Removed(event) => {
                let index = words::to_u64(event.index)? as usize;
                self.settled(event.chamber, batch)?.remove(event.subject, index)?;
            }
        }
        Ok(())
    }

    fn enrolled(&mut self, event: Enrolled, enrolment: Enrolment, batch: &mut Batch<'_>) -> Outcome {
        let (member, leaf) = enrolment?;
        let id = words::to_u64(event.chamber)?;
        let pending = batch.leaves.entry(id).or_default();
        Ok(self.chamber_mut(id)?.enrol(event.subject, member, leaf, pending)?)
    }

    /// Puts the new leaves of a chamber into its census.
    fn settle(&mut self, id: u64, batch: &mut Batch<'_>) {
        let Some(leaves) = batch.leaves.remove(&id).filter(|leaves| !leaves.is_empty()) else { return };
        if let Ok(chamber) = self.chamber_mut(id) {
            // Each leaf was looked at, and counted, when its member enrolled.
            let _ = chamber.census.extend(&leaves);
        }
    }

    /// A chamber whose census has all its leaves.
    fn settled(&mut self, id: U256, batch: &mut Batch<'_>) -> Result<&mut Chamber, Misfit> {
        let id = words::to_u64(id)?;
        self.settle(id, batch);
        self.chamber_mut(id)
    }

    fn chamber_mut(&mut self, id: u64) -> Result<&mut Chamber, Misfit> {
        self.chambers.get_mut(&id).map(Arc::make_mut).ok_or_else(|| format!("chamber {id} was never created").into())
    }
}
