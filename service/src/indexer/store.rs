//! The indexer's store: logs by block, the newest blocks' hashes, a checkpoint. Every update is one transaction: after
//! a crash either all of it is there or none.

mod attestations;
mod load;

use std::path::Path;

use psephos_chain::{
    B256,
    follow::block::{Block, Step},
};
use psephos_state::{
    Checkpoint, Deployment,
    bytes::sha256,
    events::{self, EventBlock, EventPage, EventPageHeader},
};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::IndexError;
use crate::database::{DatabaseError, DatabaseFile};

pub use load::RestoredState;

/// By block number: block hash, checksum, logs.
const BLOCKS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("blocks");
/// Values of which there is only one, by name.
const VALUES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("one");
const DEPLOYMENT: &str = "deployment";
const KNOWN_BLOCKS: &str = "known blocks";
const CHECKPOINT: &str = "checkpoint";
const LOGS: &str = "logs";
/// The size of a known block in bytes: number, hash, time.
const KNOWN_BYTES: usize = 48;
/// The size of the checksum that detects damage, in bytes.
const CHECKSUM_BYTES: usize = 8;
const HASH_BYTES: usize = 32;
/// The maximum size of the database's cache, in bytes.
const CACHE_BYTES: usize = 64 << 20;

/// The indexer's store, one file.
#[derive(Debug)]
pub struct Store {
    file: DatabaseFile,
    deployment: Deployment,
}

impl Store {
    /// Opens a store, or creates it.
    ///
    /// # Errors
    /// Returns `Database` if the file cannot be used or is in use, and `OtherStore` if it belongs to another
    /// deployment.
    pub fn open_or_create(path: &Path, deployment: &Deployment) -> Result<Self, IndexError> {
        let file =
            DatabaseFile::open_or_create(path, CACHE_BYTES).map_err(|error| IndexError::from_database(path, error))?;
        let store = Self { file, deployment: deployment.clone() };
        store.file.run(|database| store.claim_deployment(database))?;
        Ok(store)
    }

    /// Returns why the file cannot be used at present: the disk failed. [`Store::recover`] opens it again.
    pub fn failure(&self) -> Option<String> {
        self.file.failure()
    }

    /// Opens the file again after a failure, unless that was tried a moment ago; returns whether it can be used.
    pub fn recover(&self) -> bool {
        self.file.recover()
    }

    /// Checks that the store belongs to this deployment; a new store is assigned to it.
    fn claim_deployment(&self, database: &Database) -> Result<(), IndexError> {
        let mine = format!("version 1, {}, from block {}", self.deployment.id(), self.deployment.from_block);
        let writing = database.begin_write().map_err(|error| self.database_error(error))?;
        let found = {
            writing.open_table(BLOCKS).map_err(|error| self.database_error(error))?;
            let mut one = writing.open_table(VALUES).map_err(|error| self.database_error(error))?;
            let found = one.get(DEPLOYMENT).map_err(|error| self.database_error(error))?;
            let found = found.map(|found| String::from_utf8_lossy(found.value()).into_owned());
            if found.is_none() {
                one.insert(DEPLOYMENT, mine.as_bytes()).map_err(|error| self.database_error(error))?;
            }
            found
        };
        writing.commit().map_err(|error| self.database_error(error))?;
        match found {
            Some(found) if found != mine => Err(IndexError::OtherStore { path: self.path(), found, expected: mine }),
            _ => Ok(()),
        }
    }

    /// Stores a step: removes reverted blocks, adds new logs, and updates the list of known blocks. To store a step
    /// twice is the same as once: after an error it is not known how much was stored.
    ///
    /// # Errors
    /// Returns `Database`.
    pub fn store_step(&self, step: &Step, known: &[Block]) -> Result<(), IndexError> {
        self.file.run(|database| self.write_step(database, step, known))
    }

    fn write_step(&self, database: &Database, step: &Step, known: &[Block]) -> Result<(), IndexError> {
        let failed = |error: redb::Error| self.database_error(error);
        let writing = database.begin_write().map_err(|error| failed(error.into()))?;
        {
            let mut blocks = writing.open_table(BLOCKS).map_err(|error| failed(error.into()))?;
            let mut one = writing.open_table(VALUES).map_err(|error| failed(error.into()))?;
            if let Some(back) = step.back_to {
                let first = back.map_or(0, |last| last + 1);
                blocks.retain_in(first.., |_, _| false).map_err(|error| failed(error.into()))?;
                let is_reverted =
                    self.checkpoint_block(&one)?.is_some_and(|block| back.is_none_or(|last| block > last));
                if is_reverted {
                    one.remove(CHECKPOINT).map_err(|error| failed(error.into()))?;
                }
            }
            for logs in step.logs.chunk_by(|a, b| a.block == b.block) {
                let Some((number, hash)) = logs.first().map(|log| (log.block, log.block_hash)) else { continue };
                let body = events::encode_logs(&self.deployment, logs);
                let mut value = hash.to_vec();
                value.extend(&sha256(&body)[..CHECKSUM_BYTES]);
                value.extend(body);
                blocks.insert(number, value.as_slice()).map_err(|error| failed(error.into()))?;
            }
            let known: Vec<u8> = known.iter().flat_map(encode_known_block).collect();
            one.insert(KNOWN_BLOCKS, known.as_slice()).map_err(|error| failed(error.into()))?;
        }
        writing.commit().map_err(|error| failed(error.into()))
    }

    /// Stores a checkpoint: the chambers of a chain state, all of whose logs are stored.
    ///
    /// # Errors
    /// Returns `Database`.
    pub fn store_checkpoint(&self, checkpoint: &Checkpoint, logs: u64) -> Result<(), IndexError> {
        self.file.run(|database| self.write_checkpoint(database, checkpoint, logs))
    }

    fn write_checkpoint(&self, database: &Database, checkpoint: &Checkpoint, logs: u64) -> Result<(), IndexError> {
        let writing = database.begin_write().map_err(|error| self.database_error(error))?;
        {
            let mut one = writing.open_table(VALUES).map_err(|error| self.database_error(error))?;
            let mut value = checkpoint.block.to_be_bytes().to_vec();
            value.extend(checkpoint.to_bytes());
            one.insert(CHECKPOINT, value.as_slice()).map_err(|error| self.database_error(error))?;
            one.insert(LOGS, logs.to_be_bytes().as_slice()).map_err(|error| self.database_error(error))?;
        }
        writing.commit().map_err(|error| self.database_error(error))
    }

    /// Returns the logs from a block onwards, at most `most` bytes of them, but at least those of one block.
    ///
    /// # Errors
    /// Returns `Database` or `Damaged`.
    pub fn read_page(&self, from: u64, head: Block, most: usize) -> Result<EventPage, IndexError> {
        self.file.run(|database| self.read_page_from(database, from, head, most))
    }

    fn read_page_from(
        &self,
        database: &Database,
        from: u64,
        head: Block,
        most: usize,
    ) -> Result<EventPage, IndexError> {
        let reading = database.begin_read().map_err(|error| self.database_error(error))?;
        let table = reading.open_table(BLOCKS).map_err(|error| self.database_error(error))?;
        let mut page = EventPage {
            header: EventPageHeader {
                chain_id: self.deployment.chain_id,
                polls: self.deployment.polls,
                from,
                to: head.number,
                head: head.number,
                hash: head.hash,
                time: head.time,
            },
            blocks: Vec::new(),
        };
        let mut bytes = 0;
        for entry in table.range(from..=head.number.max(from)).map_err(|error| self.database_error(error))? {
            let (number, value) = entry.map_err(|error| self.database_error(error))?;
            let (hash, logs) = self.decode_block(value.value())?;
            bytes += logs.len();
            if bytes > most && !page.blocks.is_empty() {
                page.header.to = number.value() - 1;
                break;
            }
            page.blocks.push(EventBlock { number: number.value(), hash, logs: logs.to_vec() });
        }
        Ok(page)
    }

    fn decode_block<'a>(&self, value: &'a [u8]) -> Result<(B256, &'a [u8]), IndexError> {
        let parts = value
            .split_first_chunk::<HASH_BYTES>()
            .and_then(|(hash, rest)| Some((hash, rest.split_at_checked(CHECKSUM_BYTES)?)));
        match parts {
            Some((hash, (sum, logs))) if sha256(logs)[..CHECKSUM_BYTES] == *sum => Ok((B256::new(*hash), logs)),
            _ => Err(self.damage_error(psephos_state::bytes::DecodeError::WrongChecksum)),
        }
    }

    fn checkpoint_block(
        &self,
        one: &impl ReadableTable<&'static str, &'static [u8]>,
    ) -> Result<Option<u64>, IndexError> {
        let value = one.get(CHECKPOINT).map_err(|error| self.database_error(error))?;
        Ok(value.and_then(|value| value.value().first_chunk::<8>().map(|block| u64::from_be_bytes(*block))))
    }

    fn path(&self) -> String {
        self.file.path().display().to_string()
    }

    fn database_error(&self, error: impl Into<redb::Error>) -> IndexError {
        IndexError::from_database(self.file.path(), error.into())
    }

    fn damage_error(&self, what: psephos_state::bytes::DecodeError) -> IndexError {
        IndexError::Damaged { path: self.path(), what }
    }
}

fn encode_known_block(block: &Block) -> [u8; KNOWN_BYTES] {
    let mut bytes = [0; KNOWN_BYTES];
    bytes[..8].copy_from_slice(&block.number.to_be_bytes());
    bytes[8..40].copy_from_slice(&block.hash.0);
    bytes[40..].copy_from_slice(&block.time.to_be_bytes());
    bytes
}
