//! The chambers of a state as bytes, so that a restart hashes no census again.
//!
//! Hashing is nearly all of the work of replaying enrolments, and all of it leads to nodes that are known already. So the chambers are kept as they are, and the
//! logs of the registry up to that block are passed over; everything else is replayed from its logs as ever. These bytes are only for whoever wrote them:
//! nothing in them is checked but their checksum.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256};
use psephos_protocol::{
    census::{Census, Weight},
    field,
    identity::IdentityCommitment,
};

use crate::{
    bytes::{Malformed, Reader, put_bytes, put_number, seal, unseal},
    chain_state::Replay,
    chamber::{Chamber, Member},
    deployment::Deployment,
    finding::Finding,
    log::Log,
};

const MAGIC: &[u8; 8] = b"PSSTATE1";
const WORD: usize = 32;

/// The chambers of a state, those that polls froze, and what did not fit.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The last block whose logs are in it.
    pub block: u64,
    pub(crate) chambers: BTreeMap<u64, Arc<Chamber>>,
    /// By poll and chamber.
    pub(crate) frozen: BTreeMap<(u64, u64), Arc<Chamber>>,
    findings: Vec<Finding>,
    /// The blocks in which something did not fit: their logs are looked at again in full.
    odd: BTreeSet<u64>,
}

/// A state that is built up again from a checkpoint and the logs up to its block.
#[derive(Debug)]
pub struct Restoration {
    replay: Replay,
    checkpoint: Checkpoint,
}

impl Restoration {
    /// Nothing applied yet.
    pub fn new(deployment: Deployment, checkpoint: Checkpoint) -> Self {
        Self { replay: Replay::empty(deployment), checkpoint }
    }

    /// Applies logs that were applied, and kept, before the checkpoint was made. Those of the registry may be missing.
    pub fn apply(&mut self, logs: &[Log]) {
        self.replay.apply_with(logs, Some(&self.checkpoint));
    }

    /// The state at the checkpoint's block. Its time is not known.
    pub fn finish(self) -> Replay {
        let Checkpoint { block, chambers, findings, .. } = self.checkpoint;
        Replay { block, chambers, findings, ..self.replay }
    }
}

impl Checkpoint {
    /// Of a state, all of whose logs up to its block were applied.
    pub fn of(replay: &Replay) -> Self {
        let mut frozen = BTreeMap::new();
        for (&id, poll) in &replay.polls {
            for (&number, chamber) in &poll.chambers {
                if let Some(one) = &chamber.frozen {
                    frozen.insert((id, number), one.chamber.clone());
                }
            }
        }
        Self::new(replay.block, replay.chambers.clone(), frozen, replay.findings.clone())
    }

    fn new(
        block: u64,
        chambers: BTreeMap<u64, Arc<Chamber>>,
        frozen: BTreeMap<(u64, u64), Arc<Chamber>>,
        findings: Vec<Finding>,
    ) -> Self {
        let odd = findings.iter().map(|finding| finding.block).collect();
        Self { block, chambers, frozen, findings, odd }
    }

    /// Whether all logs of this block were applied, without a finding, before this was made.
    pub(crate) fn vouches_for(&self, block: u64) -> bool {
        block <= self.block && !self.odd.contains(&block)
    }

    /// As bytes. A chamber that several polls froze as it was is written once.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut distinct: Vec<&Arc<Chamber>> = Vec::new();
        let mut place = |chamber| {
            distinct.iter().position(|known| Arc::ptr_eq(known, chamber)).unwrap_or_else(|| {
                distinct.push(chamber);
                distinct.len() - 1
            }) as u64
        };
        let now: Vec<(u64, u64)> = self.chambers.iter().map(|(id, chamber)| (*id, place(chamber))).collect();
        let frozen: Vec<_> = self.frozen.iter().map(|((poll, id), chamber)| (*poll, *id, place(chamber))).collect();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.block.to_be_bytes());
        put_number(&mut bytes, distinct.len() as u64);
        distinct.into_iter().for_each(|chamber| put_chamber(&mut bytes, chamber));
        put_number(&mut bytes, now.len() as u64);
        now.into_iter().flat_map(<[u64; 2]>::from).for_each(|number| put_number(&mut bytes, number));
        put_number(&mut bytes, frozen.len() as u64);
        frozen.into_iter().flat_map(<[u64; 3]>::from).for_each(|number| put_number(&mut bytes, number));
        put_number(&mut bytes, self.findings.len() as u64);
        for Finding { block, transaction, poll, what } in &self.findings {
            put_number(&mut bytes, *block);
            bytes.extend(transaction);
            put_number(&mut bytes, poll.map_or(0, |poll| poll.saturating_add(1)));
            put_bytes(&mut bytes, what.as_bytes());
        }
        seal(bytes)
    }

    /// The checkpoint of bytes that [`Checkpoint::to_bytes`] made.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        if !bytes.starts_with(MAGIC) {
            return Err(Malformed::Format("a checkpoint"));
        }
        let mut reader = Reader::new(unseal(bytes)?);
        reader.take(MAGIC.len())?;
        let block = reader.u64()?;
        let distinct =
            (0..reader.count(1)?).map(|_| read_chamber(&mut reader).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        let chamber = |reader: &mut Reader<'_>| {
            let place = usize::try_from(reader.number()?).map_err(|_| Malformed::Short)?;
            distinct.get(place).cloned().ok_or(Malformed::Part("a chamber that is not there"))
        };
        let mut chambers = BTreeMap::new();
        for _ in 0..reader.count(2)? {
            chambers.insert(reader.number()?, chamber(&mut reader)?);
        }
        let mut frozen = BTreeMap::new();
        for _ in 0..reader.count(3)? {
            frozen.insert((reader.number()?, reader.number()?), chamber(&mut reader)?);
        }
        let mut findings = Vec::new();
        for _ in 0..reader.count(WORD + 3)? {
            let (block, transaction) = (reader.number()?, B256::new(reader.array()?));
            let poll = reader.number()?.checked_sub(1);
            findings.push(Finding { block, transaction, poll, what: reader.text()? });
        }
        reader.end()?;
        Ok(Self::new(block, chambers, frozen, findings))
    }
}

fn put_chamber(bytes: &mut Vec<u8>, chamber: &Chamber) {
    put_bytes(bytes, chamber.name.as_bytes());
    bytes.extend(chamber.policy);
    put_number(bytes, chamber.members.len() as u64);
    for (subject, member) in &chamber.members {
        bytes.extend(subject);
        put_number(bytes, member.index as u64);
        bytes.extend(field::to_bytes(&member.id.value()));
        put_number(bytes, member.weight.get());
    }
    put_number(bytes, chamber.census.levels().len() as u64);
    for level in chamber.census.levels() {
        put_number(bytes, level.len() as u64);
        level.iter().for_each(|node| bytes.extend(field::to_bytes(node)));
    }
}

fn read_chamber(reader: &mut Reader<'_>) -> Result<Chamber, Malformed> {
    let (name, policy) = (reader.text()?, Address::new(reader.array()?));
    let mut members = BTreeMap::new();
    let mut list = Vec::with_capacity(reader.clone().count(WORD)?);
    for _ in 0..reader.count(WORD)? {
        let (subject, index) = (Address::new(reader.array()?), reader.number()? as usize);
        let id = IdentityCommitment::from_fr(reader.field()?).map_err(|_| Malformed::Part("an identity of zero"))?;
        let weight = Weight::new(reader.number()?).map_err(|_| Malformed::Part("a weight out of range"))?;
        list.push((subject, Member { index, id, weight }));
    }
    members.extend(list);
    let mut levels = Vec::new();
    for _ in 0..reader.count(1)? {
        let nodes = (0..reader.count(WORD)?).map(|_| reader.field()).collect::<Result<Vec<_>, _>>()?;
        levels.push(nodes);
    }
    let census = Census::from_levels(levels).ok_or(Malformed::Part("levels that are not those of a census"))?;
    Ok(Chamber { name, policy, members, census })
}
