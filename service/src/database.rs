//! A database file that recovers from errors of the disk.
//!
//! After a failed read or write redb refuses everything until the file is opened again, even when the disk has long
//! been repaired. This wrapper closes the file after such an error and opens it again, with exponential backoff. It
//! counts as repaired only once a value of the size of a request was written: a disk that is still full has space for
//! small writes now and then.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError},
    time::{Duration, Instant},
};

use psephos_chain::backoff::Backoff;
use redb::{Database, TableDefinition};

/// A value that is written and removed again before the file is used again.
const PROBE: TableDefinition<'static, (), &[u8]> = TableDefinition::new("probe");
/// The size of that value: more than any request or package, in bytes.
const PROBE_BYTES: usize = 128 * 1024;
/// The first and the longest pause between two attempts to open the file again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// An error type that can hold an error of the database.
pub(crate) trait DatabaseError: Sized {
    /// Wraps an error of the database.
    fn from_database(path: &Path, error: redb::Error) -> Self;

    /// Returns the error of the database, if it is one.
    fn database_error(&self) -> Option<&redb::Error>;
}

impl DatabaseError for redb::Error {
    fn from_database(_: &Path, error: redb::Error) -> Self {
        error
    }

    fn database_error(&self) -> Option<&redb::Error> {
        Some(self)
    }
}

/// A database file.
#[derive(Debug)]
pub(crate) struct DatabaseFile {
    path: PathBuf,
    cache_bytes: usize,
    state: RwLock<FileState>,
    /// Held by the thread that opens the file again.
    opening: Mutex<()>,
}

#[derive(Debug)]
enum FileState {
    Open(Database),
    Failed { reason: String, backoff: Backoff, retry_at: Instant },
}

impl DatabaseFile {
    /// Opens a file, or creates it; `cache_bytes` is the maximum size of the cache.
    pub(crate) fn open_or_create(path: &Path, cache_bytes: usize) -> Result<Self, redb::Error> {
        let database = Database::builder().set_cache_size(cache_bytes).create(path)?;
        Ok(Self {
            path: path.to_owned(),
            cache_bytes,
            state: RwLock::new(FileState::Open(database)),
            opening: Mutex::default(),
        })
    }

    /// Returns the file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns why the file cannot be used at present, without its path.
    pub(crate) fn failure(&self) -> Option<String> {
        match &*self.read_state() {
            FileState::Open(_) => None,
            FileState::Failed { reason, .. } => Some(reason.clone()),
        }
    }

    /// Works with the database. If that fails because of the disk, the file is closed.
    ///
    /// # Errors
    /// Returns the error of `work`, or that of the disk while the file is closed.
    pub(crate) fn run<T, E: DatabaseError>(&self, work: impl FnOnce(&Database) -> Result<T, E>) -> Result<T, E> {
        let outcome = match &*self.read_state() {
            FileState::Open(database) => work(database),
            FileState::Failed { .. } => Err(E::from_database(&self.path, redb::Error::PreviousIo)),
        };
        if let Some(error) = outcome.as_ref().err().and_then(E::database_error)
            && is_disk_error(error)
        {
            self.close(error);
        }
        outcome
    }

    /// Opens the file again, if it has failed and the pause is over; returns whether it can be used. While one thread
    /// opens it, which may take long, the file counts as failed.
    pub(crate) fn recover(&self) -> bool {
        let _opening = match self.opening.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        match &*self.read_state() {
            FileState::Open(_) => return true,
            FileState::Failed { retry_at, .. } if Instant::now() < *retry_at => return false,
            FileState::Failed { .. } => {}
        }
        let reopened = self.reopen();
        let mut state = self.write_state();
        let FileState::Failed { reason, backoff, retry_at } = &mut *state else { return true };
        match reopened {
            Ok(database) => {
                tracing::info!(file = %self.path.display(), "the file can be used again");
                *state = FileState::Open(database);
                true
            }
            Err(error) => {
                *retry_at = Instant::now() + backoff.next_pause();
                *reason = error.to_string();
                false
            }
        }
    }

    /// Opens the existing file, and writes a value of the size of a request. It does not create a file: a new one
    /// would hide that everything is gone.
    fn reopen(&self) -> Result<Database, redb::Error> {
        let database = Database::builder().set_cache_size(self.cache_bytes).open(&self.path)?;
        let write = database.begin_write()?;
        write.open_table(PROBE)?.insert((), [0; PROBE_BYTES].as_slice())?;
        write.commit()?;
        let write = database.begin_write()?;
        write.delete_table(PROBE)?;
        write.commit()?;
        Ok(database)
    }

    fn close(&self, error: &redb::Error) {
        let mut state = self.write_state();
        // Another thread may have closed it, or opened it again, meanwhile.
        if matches!(error, redb::Error::PreviousIo) && !matches!(&*state, FileState::Open(_)) {
            return;
        }
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        let retry_at = Instant::now() + backoff.next_pause();
        let reason = error.to_string();
        tracing::error!(file = %self.path.display(), error = reason, "the file cannot be used; it is opened again");
        *state = FileState::Failed { reason, backoff, retry_at };
    }

    fn read_state(&self) -> RwLockReadGuard<'_, FileState> {
        // The state is replaced as a whole, so a panic leaves a valid one.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_state(&self) -> RwLockWriteGuard<'_, FileState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether the error comes from the disk, so that opening the file again may help.
fn is_disk_error(error: &redb::Error) -> bool {
    matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo)
}
