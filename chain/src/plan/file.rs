//! Where a journal is kept: in a file, which one process uses at a time.

use std::{
    fmt,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::error::PlanError;
use crate::files::{read_text, replace_file};

/// The maximum size of a journal in bytes: an entry has less than a kilobyte.
const MAX_BYTES: u64 = 16 << 20;

/// Where a journal is kept.
pub trait Store: fmt::Debug + Send + Sync {
    /// Returns what was written last; `None` if nothing was.
    ///
    /// # Errors
    /// The error of the operating system.
    fn read(&self) -> io::Result<Option<String>>;

    /// Writes it, all or nothing. It is on the disk when this returns.
    ///
    /// # Errors
    /// The error of the operating system.
    fn write(&self, text: &str) -> io::Result<()>;

    /// Removes it: the plan is done.
    ///
    /// # Errors
    /// The error of the operating system.
    fn remove(&self) -> io::Result<()>;

    /// Returns how errors name it.
    fn path(&self) -> PathBuf;
}

/// No journal at all, for programs that do not outlive their chain.
impl Store for () {
    fn read(&self) -> io::Result<Option<String>> {
        Ok(None)
    }

    fn write(&self, _text: &str) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self) -> io::Result<()> {
        Ok(())
    }

    fn path(&self) -> PathBuf {
        "(not kept)".into()
    }
}

/// A journal in a file, locked for this process by a file beside it until this is dropped. The operating system ends
/// the lock with the process, however it ends.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl JournalFile {
    /// Locks the journal at a path. The file itself is read and written later.
    ///
    /// # Errors
    /// `Locked` if another process has it, `Journal` if its folder is missing or cannot be written to.
    pub fn lock(path: &Path) -> Result<Self, PlanError> {
        let refuse = |error: io::Error| PlanError::Journal { path: path.to_owned(), reason: error.to_string() };
        let mut name = path.file_name().ok_or_else(|| refuse(io::ErrorKind::InvalidFilename.into()))?.to_owned();
        name.push(".lock");
        let lock_path = path.with_file_name(name);
        loop {
            let options = OpenOptions::new().write(true).create(true).truncate(false).open(&lock_path);
            let lock = options.map_err(refuse)?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(PlanError::Locked { path: path.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(refuse(error)),
            }
            // A process that ended meanwhile has removed the file that is locked now: the one there is another.
            if is_at(&lock, &lock_path) {
                return Ok(Self { path: path.to_owned(), lock_path, _lock: lock });
            }
        }
    }
}

/// Whether this open file is the one at the path.
fn is_at(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |data: fs::Metadata| (data.dev(), data.ino());
        match (file.metadata(), fs::metadata(path)) {
            (Ok(ours), Ok(there)) => identity(ours) == identity(there),
            _ => false,
        }
    }
    #[cfg(not(unix))]
    {
        // An open file cannot be removed there.
        let _ = (file, path);
        true
    }
}

impl Store for JournalFile {
    fn read(&self) -> io::Result<Option<String>> {
        read_text(&self.path, MAX_BYTES)
    }

    fn write(&self, text: &str) -> io::Result<()> {
        replace_file(&self.path, text.as_bytes())
    }

    fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self) -> PathBuf {
        self.path.clone()
    }
}

impl Drop for JournalFile {
    fn drop(&mut self) {
        // It is still locked. If it cannot be removed, it is in no one's way.
        let _ = fs::remove_file(&self.lock_path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journal_has_one_user_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.journal");
        let first = JournalFile::lock(&path).unwrap();
        assert!(matches!(JournalFile::lock(&path), Err(PlanError::Locked { .. })));
        assert_eq!(first.read().unwrap(), None);
        first.write("one").unwrap();
        drop(first);
        let second = JournalFile::lock(&path).unwrap();
        assert_eq!(second.read().unwrap().as_deref(), Some("one"));
        second.remove().unwrap();
        second.remove().unwrap();
        drop(second);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(matches!(JournalFile::lock(&folder.path().join("missing/a")), Err(PlanError::Journal { .. })));
    }
}
