//! Restoring the chain state from the store.

use std::sync::Arc;

use psephos_chain::{B256, follow::block::Block};
use psephos_state::{
    ChainState, Checkpoint, Log, Restoration,
    bytes::{ByteReader, DecodeError},
    events,
};
use redb::{Database, ReadableDatabase, ReadableTable};

use super::{BLOCKS, CHECKPOINT, KNOWN_BLOCKS, KNOWN_BYTES, LOGS, Store};
use crate::indexer::IndexError;

/// The number of logs that are decoded before they are applied.
const LOGS_PER_BATCH: usize = 16_384;

/// The state from which a follower resumes.
#[derive(Debug)]
pub struct RestoredState {
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
    pub fn restore_state(&self) -> Result<RestoredState, IndexError> {
        self.file.run(|database| self.restore_from(database))
    }

    fn restore_from(&self, database: &Database) -> Result<RestoredState, IndexError> {
        let reading = database.begin_read().map_err(|error| self.database_error(error))?;
        let one = reading.open_table(super::VALUES).map_err(|error| self.database_error(error))?;
        let value = |key| -> Result<Option<Vec<u8>>, IndexError> {
            Ok(one.get(key).map_err(|error| self.database_error(error))?.map(|value| value.value().to_vec()))
        };
        let known = self.decode_known_blocks(&value(KNOWN_BLOCKS)?.unwrap_or_default())?;
        let confirmed = known.first().map_or(0, |block| block.number);
        let checkpoint_logs = value(LOGS)?.and_then(|value| Some(u64::from_be_bytes(*value.first_chunk()?)));
        let checkpoint = value(CHECKPOINT)?
            .and_then(|value| Checkpoint::from_bytes(value.get(8..)?).ok())
            .filter(|checkpoint| checkpoint.block <= confirmed && !known.is_empty());
        let mut loading = LogLoader {
            store: self,
            counted: 0,
            batch: Vec::new(),
            checkpoint_logs: checkpoint.as_ref().and(checkpoint_logs).unwrap_or_default(),
        };
        let blocks = reading.open_table(BLOCKS).map_err(|error| self.database_error(error))?;
        let (first, mut chain_state) = match checkpoint {
            None => (0, ChainState::empty(self.deployment.clone())),
            Some(checkpoint) => {
                let last = checkpoint.block;
                let mut restoration = Restoration::new(self.deployment.clone(), checkpoint);
                loading.apply_range(&blocks, 0, last, |logs| restoration.apply_logs(logs))?;
                (last + 1, restoration.into_state())
            }
        };
        let mut pending = Vec::new();
        if let (Some(tip), Some(last)) = (known.first(), known.last()) {
            loading.apply_range(&blocks, first, confirmed, |logs| chain_state.apply_logs(logs))?;
            let logs = loading.counted;
            loading.apply_range(&blocks, confirmed + 1, last.number, |logs| pending.extend_from_slice(logs))?;
            loading.counted = logs;
            (chain_state.block, chain_state.time) = (tip.number, tip.time);
        }
        let LogLoader { counted: logs, checkpoint_logs, .. } = loading;
        Ok(RestoredState { confirmed: Arc::new(chain_state), known, pending, logs, checkpoint_logs })
    }

    fn decode_known_blocks(&self, bytes: &[u8]) -> Result<Vec<Block>, IndexError> {
        let (entries, rest) = bytes.as_chunks::<KNOWN_BYTES>();
        let mut known = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut reader = ByteReader::new(entry);
            let read = (|| Ok((reader.read_u64()?, reader.read_array()?, reader.read_u64()?)))();
            let (number, hash, time) = read.map_err(|what| self.damage_error(what))?;
            known.push(Block { number, hash: B256::new(hash), time });
        }
        match rest {
            [] => Ok(known),
            _ => Err(self.damage_error(DecodeError::TrailingBytes(rest.len()))),
        }
    }
}

struct LogLoader<'a> {
    store: &'a Store,
    counted: u64,
    batch: Vec<Log>,
    checkpoint_logs: u64,
}

impl LogLoader<'_> {
    /// Applies the logs of these blocks, in order and in batches.
    fn apply_range(
        &mut self,
        blocks: &impl ReadableTable<u64, &'static [u8]>,
        from: u64,
        to: u64,
        mut apply: impl FnMut(&[Log]),
    ) -> Result<(), IndexError> {
        if from > to {
            return Ok(());
        }
        for entry in blocks.range(from..=to).map_err(|error| self.store.database_error(error))? {
            let (number, value) = entry.map_err(|error| self.store.database_error(error))?;
            let (hash, logs) = self.store.decode_block(value.value())?;
            let logs = events::decode_logs(&self.store.deployment, number.value(), hash, logs);
            self.batch.extend(logs.map_err(|what| self.store.damage_error(what))?);
            if self.batch.len() >= LOGS_PER_BATCH {
                self.flush_batch(&mut apply);
            }
        }
        self.flush_batch(&mut apply);
        Ok(())
    }

    fn flush_batch(&mut self, apply: &mut impl FnMut(&[Log])) {
        self.counted += self.batch.len() as u64;
        apply(&self.batch);
        self.batch.clear();
    }
}
