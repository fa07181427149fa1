//! The chambers of a state as bytes, so that a restart does not hash any census again.
//!
//! Hashing is nearly all of the work of applying enrolments, and all of it leads to nodes that are known already. So
//! the chambers are stored as they are and the registry's logs up to the checkpoint's block are skipped; all other logs
//! are applied as usual. The bytes are meant only for the program that wrote them: nothing in them is checked but their
//! checksum.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256};
use psephos_protocol::{
    census::Census,
    field,
    identifiers::{ChamberId, PollId, SheetId},
    identity::IdentityCommitment,
    weight::Weight,
};

use crate::{
    bytes::{ByteReader, DecodeError, append_checksum, verify_checksum, write_bytes, write_varint},
    chain_state::ChainState,
    chamber::{Chamber, Member},
    deployment::Deployment,
    finding::{Finding, Subject},
    log::Log,
};

const MAGIC: &[u8; 8] = b"PSSTATE3";
const WORD: usize = 32;

/// The chambers of a state, the chambers frozen by polls, and the findings.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The number of the last block whose logs are included.
    pub block: u64,
    pub(crate) chambers: BTreeMap<ChamberId, Arc<Chamber>>,
    /// The frozen chambers by poll and chamber.
    pub(crate) frozen: BTreeMap<(PollId, ChamberId), Arc<Chamber>>,
    /// The frozen chambers by sheet poll and chamber.
    pub(crate) frozen_sheets: BTreeMap<(SheetId, ChamberId), Arc<Chamber>>,
    findings: Vec<Finding>,
    /// The blocks with findings: their logs are validated in full again.
    blocks_with_findings: BTreeSet<u64>,
}

/// The chambers that polls and sheet polls froze.
type FrozenChambers = (BTreeMap<(PollId, ChamberId), Arc<Chamber>>, BTreeMap<(SheetId, ChamberId), Arc<Chamber>>);

/// A state under reconstruction from a checkpoint and the logs up to its block.
#[derive(Debug)]
pub struct Restoration {
    state: ChainState,
    checkpoint: Checkpoint,
}

impl Restoration {
    /// Starts a reconstruction; no log is applied yet.
    pub fn new(deployment: Deployment, checkpoint: Checkpoint) -> Self {
        Self { state: ChainState::empty(deployment), checkpoint }
    }

    /// Applies logs that were applied and stored before the checkpoint was made. The registry's may be missing.
    pub fn apply_logs(&mut self, logs: &[Log]) {
        self.state.apply_with(logs, Some(&self.checkpoint));
    }

    /// Returns the state at the checkpoint's block. Its time is unknown.
    pub fn into_state(self) -> ChainState {
        let Checkpoint { block, chambers, findings, .. } = self.checkpoint;
        ChainState { block, chambers, findings, ..self.state }
    }
}

impl Checkpoint {
    /// Creates a checkpoint of a state to which all logs up to its block were applied.
    pub fn from_state(state: &ChainState) -> Self {
        let mut frozen = BTreeMap::new();
        for (&id, poll) in &state.polls {
            for (&number, chamber) in &poll.chambers {
                if let Some(one) = &chamber.frozen {
                    frozen.insert((id, number), one.chamber.clone());
                }
            }
        }
        let mut frozen_sheets = BTreeMap::new();
        for (&id, sheet) in &state.sheets {
            for (&number, chamber) in &sheet.chambers {
                if let Some(one) = &chamber.frozen {
                    frozen_sheets.insert((id, number), one.chamber.clone());
                }
            }
        }
        Self::new(state.block, state.chambers.clone(), (frozen, frozen_sheets), state.findings.clone())
    }

    fn new(
        block: u64,
        chambers: BTreeMap<ChamberId, Arc<Chamber>>,
        (frozen, frozen_sheets): FrozenChambers,
        findings: Vec<Finding>,
    ) -> Self {
        let blocks_with_findings = findings.iter().map(|finding| finding.block).collect();
        Self { block, chambers, frozen, frozen_sheets, findings, blocks_with_findings }
    }

    /// Returns whether all logs of this block were applied, without a finding, before the checkpoint was made.
    pub(crate) fn covers_block(&self, block: u64) -> bool {
        block <= self.block && !self.blocks_with_findings.contains(&block)
    }

    /// Encodes the checkpoint. A chamber that several polls froze in the same state is written once.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut distinct: Vec<&Arc<Chamber>> = Vec::new();
        let mut place = |chamber| {
            distinct.iter().position(|known| Arc::ptr_eq(known, chamber)).unwrap_or_else(|| {
                distinct.push(chamber);
                distinct.len() - 1
            }) as u64
        };
        let now: Vec<(u64, u64)> = self.chambers.iter().map(|(id, chamber)| (id.get(), place(chamber))).collect();
        let frozen: Vec<_> =
            self.frozen.iter().map(|((poll, id), chamber)| (poll.get(), id.get(), place(chamber))).collect();
        let frozen_sheets: Vec<_> =
            self.frozen_sheets.iter().map(|((sheet, id), chamber)| (sheet.get(), id.get(), place(chamber))).collect();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.block.to_be_bytes());
        write_varint(&mut bytes, distinct.len() as u64);
        distinct.into_iter().for_each(|chamber| write_chamber(&mut bytes, chamber));
        write_varint(&mut bytes, now.len() as u64);
        now.into_iter().flat_map(<[u64; 2]>::from).for_each(|number| write_varint(&mut bytes, number));
        for list in [frozen, frozen_sheets] {
            write_varint(&mut bytes, list.len() as u64);
            list.into_iter().flat_map(<[u64; 3]>::from).for_each(|number| write_varint(&mut bytes, number));
        }
        write_varint(&mut bytes, self.findings.len() as u64);
        for Finding { block, transaction, subject, description } in &self.findings {
            write_varint(&mut bytes, *block);
            bytes.extend(transaction);
            let (kind, number) = match subject {
                Subject::All => (0, 0),
                Subject::Poll(poll) => (1, poll.get()),
                Subject::Sheet(sheet) => (2, sheet.get()),
            };
            bytes.push(kind);
            write_varint(&mut bytes, number);
            write_bytes(&mut bytes, description.as_bytes());
        }
        append_checksum(bytes)
    }

    /// Decodes a checkpoint that [`Checkpoint::to_bytes`] encoded.
    ///
    /// # Errors
    /// [`DecodeError`] if the bytes are not a checkpoint or are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if !bytes.starts_with(MAGIC) {
            return Err(DecodeError::UnknownFormat("a checkpoint"));
        }
        let mut reader = ByteReader::new(verify_checksum(bytes)?);
        reader.read_slice(MAGIC.len())?;
        let block = reader.read_u64()?;
        let distinct = (0..reader.read_count(1)?)
            .map(|_| read_chamber(&mut reader).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let chamber = |reader: &mut ByteReader<'_>| {
            let place = usize::try_from(reader.read_varint()?).map_err(|_| DecodeError::Truncated)?;
            distinct.get(place).cloned().ok_or(DecodeError::InvalidPart("a reference to a chamber that is missing"))
        };
        let mut chambers = BTreeMap::new();
        for _ in 0..reader.read_count(2)? {
            chambers.insert(ChamberId::new(reader.read_varint()?), chamber(&mut reader)?);
        }
        let mut frozen = BTreeMap::new();
        for _ in 0..reader.read_count(3)? {
            frozen.insert(
                (PollId::new(reader.read_varint()?), ChamberId::new(reader.read_varint()?)),
                chamber(&mut reader)?,
            );
        }
        let mut frozen_sheets = BTreeMap::new();
        for _ in 0..reader.read_count(3)? {
            frozen_sheets.insert(
                (SheetId::new(reader.read_varint()?), ChamberId::new(reader.read_varint()?)),
                chamber(&mut reader)?,
            );
        }
        let mut findings = Vec::new();
        for _ in 0..reader.read_count(WORD + 4)? {
            let (block, transaction) = (reader.read_varint()?, B256::new(reader.read_array()?));
            let subject = match (reader.read_u8()?, reader.read_varint()?) {
                (0, 0) => Subject::All,
                (1, poll) => Subject::Poll(PollId::new(poll)),
                (2, sheet) => Subject::Sheet(SheetId::new(sheet)),
                _ => return Err(DecodeError::InvalidPart("a finding about something unknown")),
            };
            findings.push(Finding { block, transaction, subject, description: reader.read_string()? });
        }
        reader.finish()?;
        Ok(Self::new(block, chambers, (frozen, frozen_sheets), findings))
    }
}

fn write_chamber(bytes: &mut Vec<u8>, chamber: &Chamber) {
    write_bytes(bytes, chamber.name.as_bytes());
    bytes.extend(chamber.policy);
    write_varint(bytes, chamber.members.len() as u64);
    for (subject, member) in &chamber.members {
        bytes.extend(subject);
        write_varint(bytes, member.index as u64);
        bytes.extend(field::to_bytes(&member.id.value()));
        write_varint(bytes, member.weight.get());
    }
    write_varint(bytes, chamber.marked.len() as u64);
    chamber.marked.iter().for_each(|subject| bytes.extend(subject));
    write_varint(bytes, chamber.census.levels().len() as u64);
    for level in chamber.census.levels() {
        write_varint(bytes, level.len() as u64);
        level.iter().for_each(|node| bytes.extend(field::to_bytes(node)));
    }
}

fn read_chamber(reader: &mut ByteReader<'_>) -> Result<Chamber, DecodeError> {
    let (name, policy) = (reader.read_string()?, Address::new(reader.read_array()?));
    let mut members = BTreeMap::new();
    let mut list = Vec::with_capacity(reader.clone().read_count(WORD)?);
    for _ in 0..reader.read_count(WORD)? {
        let (subject, index) = (Address::new(reader.read_array()?), reader.read_varint()? as usize);
        let id = IdentityCommitment::from_fr(reader.read_field()?)
            .map_err(|_| DecodeError::InvalidPart("an identity of zero"))?;
        let weight =
            Weight::new(reader.read_varint()?).map_err(|_| DecodeError::InvalidPart("a weight out of range"))?;
        list.push((subject, Member { index, id, weight }));
    }
    members.extend(list);
    let mut marked = BTreeSet::new();
    for _ in 0..reader.read_count(Address::len_bytes())? {
        marked.insert(Address::new(reader.read_array()?));
    }
    let mut levels = Vec::new();
    for _ in 0..reader.read_count(1)? {
        let nodes = (0..reader.read_count(WORD)?).map(|_| reader.read_field()).collect::<Result<Vec<_>, _>>()?;
        levels.push(nodes);
    }
    let census = Census::from_levels(levels)
        .ok_or(DecodeError::InvalidPart("its hashes are not the levels of a census tree"))?;
    Ok(Chamber { name, policy, members, marked, census })
}
