//! Restoring the chain state from the store.

use std::sync::Arc;

use psephos_chain::{B256, follow::block::Block};
use psephos_state::{
    ChainState, Checkpoint, Log, Restoration,
    bytes::{ByteReader, DecodeError},
    events,
};
use redb::{ReadableDatabase, ReadableTable};

use super::{BLOCKS, CHECKPOINT, KNOWN, KNOWN_BYTES, LOGS, Store};
use crate::indexer::IndexError;

/// The number of logs that are decoded before they are applied.
const AT_ONCE: usize = 16_384;

/// The state from which a follower resumes.
#[derive(Debug)]
pub struct Loaded {
    /// The chain state as of the first known block.
    pub confirmed: Arc<ChainState>,
    /// The known blocks.
    pub known: Vec<Block>,
    /// The logs after the first known block.
    pub pending: Vec<Log>,
    /// The number of logs up to the first known block.
    pub logs: u64,
    /// How many of them the checkpoint covers.
    pub checkpoint_logs: u64,
}

impl Store {
    /// Restores the stored chain state. A checkpoint that cannot be used is ignored: replaying all logs takes longer
    /// and leads to the same state.
    ///
    /// # Errors
    /// Returns `Database` or `Damaged`.
    pub fn load(&self) -> Result<Loaded, IndexError> {
        let reading = self.database.begin_read().map_err(|error| self.failed(error))?;
        let one = reading.open_table(super::ONE).map_err(|error| self.failed(error))?;
        let value = |key| -> Result<Option<Vec<u8>>, IndexError> {
            Ok(one.get(key).map_err(|error| self.failed(error))?.map(|value| value.value().to_vec()))
        };
        let known = self.known(&value(KNOWN)?.unwrap_or_default())?;
        let confirmed = known.first().map_or(0, |block| block.number);
        let checkpoint_logs = value(LOGS)?.and_then(|value| Some(u64::from_be_bytes(*value.first_chunk()?)));
        let checkpoint = value(CHECKPOINT)?
            .and_then(|value| Checkpoint::from_bytes(value.get(8..)?).ok())
            .filter(|checkpoint| checkpoint.block <= confirmed && !known.is_empty());
        let mut loading = Loading {
            store: self,
            counted: 0,
            batch: Vec::new(),
            checkpoint_logs: checkpoint.as_ref().and(checkpoint_logs).unwrap_or_default(),
        };
        let blocks = reading.open_table(BLOCKS).map_err(|error| self.failed(error))?;
        let (first, mut chain_state) = match checkpoint {
            None => (0, ChainState::empty(self.deployment.clone())),
            Some(checkpoint) => {
                let last = checkpoint.block;
                let mut restoration = Restoration::new(self.deployment.clone(), checkpoint);
                loading.each(&blocks, 0, last, |logs| restoration.apply_logs(logs))?;
                (last + 1, restoration.into_state())
            }
        };
        let mut pending = Vec::new();
        if let (Some(tip), Some(last)) = (known.first(), known.last()) {
            loading.each(&blocks, first, confirmed, |logs| chain_state.apply_logs(logs))?;
            let logs = loading.counted;
            loading.each(&blocks, confirmed + 1, last.number, |logs| pending.extend_from_slice(logs))?;
            loading.counted = logs;
            (chain_state.block, chain_state.time) = (tip.number, tip.time);
        }
        let Loading { counted: logs, checkpoint_logs, .. } = loading;
        Ok(Loaded { confirmed: Arc::new(chain_state), known, pending, logs, checkpoint_logs })
    }

    fn known(&self, bytes: &[u8]) -> Result<Vec<Block>, IndexError> {
        let (entries, rest) = bytes.as_chunks::<KNOWN_BYTES>();
        let mut known = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut reader = ByteReader::new(entry);
            let read = (|| Ok((reader.read_u64()?, reader.read_array()?, reader.read_u64()?)))();
            let (number, hash, time) = read.map_err(|what| self.damaged(what))?;
            known.push(Block { number, hash: B256::new(hash), time });
        }
        match rest {
            [] => Ok(known),
            _ => Err(self.damaged(DecodeError::TrailingBytes(rest.len()))),
        }
    }
}

struct Loading<'a> {
    store: &'a Store,
    counted: u64,
    batch: Vec<Log>,
    checkpoint_logs: u64,
}

impl Loading<'_> {
    /// Applies the logs of these blocks, in order and in batches.
    fn each(
        &mut self,
        blocks: &impl ReadableTable<u64, &'static [u8]>,
        from: u64,
        to: u64,
        mut apply: impl FnMut(&[Log]),
    ) -> Result<(), IndexError> {
        if from > to {
            return Ok(());
        }
        for entry in blocks.range(from..=to).map_err(|error| self.store.failed(error))? {
            let (number, value) = entry.map_err(|error| self.store.failed(error))?;
            let (hash, logs) = self.store.block(value.value())?;
            let logs = events::decode_logs(&self.store.deployment, number.value(), hash, logs);
            self.batch.extend(logs.map_err(|what| self.store.damaged(what))?);
            if self.batch.len() >= AT_ONCE {
                self.flush(&mut apply);
            }
        }
        self.flush(&mut apply);
        Ok(())
    }

    fn flush(&mut self, apply: &mut impl FnMut(&[Log])) {
        self.counted += self.batch.len() as u64;
        apply(&self.batch);
        self.batch.clear();
    }
}
