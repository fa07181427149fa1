//! Files that must not be lost, shown to others or silently replaced.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use psephos_chain::files::sync_folder;
use rand::{RngCore, rngs::OsRng};

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file exists already, and this kind of file is never replaced.
    #[error("{path} exists already: choose another name, or move it away")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is larger than a valid file of its kind.
    #[error("{path} is larger than {max} bytes, the maximum of this kind of file: check that it is the right file")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The maximum, in bytes.
        max: usize,
    },
    /// The file is not UTF-8 text.
    #[error("{path} is not UTF-8 text: check that it is the right file")]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The contents are not those of a file of its kind.
    #[error("{path} is damaged, or is another kind of file: {reason}")]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// Writes a new file that only its owner can read. It appears as a whole or not at all, and never replaces another.
///
/// # Errors
/// Returns `Exists` or `Io`.
pub fn write_secret(path: &Path, contents: &str) -> Result<(), FileError> {
    write_file(path, contents, true)
}

/// Writes a new file that anyone may read. It appears as a whole or not at all, and never replaces another.
///
/// # Errors
/// Returns `Exists` or `Io`.
pub fn write_new(path: &Path, contents: &str) -> Result<(), FileError> {
    write_file(path, contents, false)
}

fn write_file(path: &Path, contents: &str, secret: bool) -> Result<(), FileError> {
    let failed = |source| FileError::Io { path: path.to_owned(), source };
    if fs::symlink_metadata(path).is_ok() {
        return Err(FileError::Exists { path: path.to_owned() });
    }
    let name = path.file_name().ok_or_else(|| failed(io::ErrorKind::InvalidFilename.into()))?;
    let mut temporary = name.to_owned();
    temporary.push(format!(".{:016x}.new", OsRng.next_u64()));
    let temporary = path.with_file_name(temporary);
    let written = create_file(&temporary, contents, secret);
    // A hard link, unlike a rename, fails if the file was created meanwhile.
    let linked = written.and_then(|()| fs::hard_link(&temporary, path));
    let removed = fs::remove_file(&temporary);
    let made = match linked {
        Ok(()) => removed,
        // Some file systems have no hard links (exFAT, some network shares).
        Err(error) if matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied) => {
            create_file(path, contents, secret)
        }
        Err(error) => Err(error),
    };
    match made.and_then(|()| sync_folder(path)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(FileError::Exists { path: path.to_owned() }),
        other => other.map_err(failed),
    }
}

fn create_file(path: &Path, contents: &str, secret: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path)?;
    let written = file.write_all(contents.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// Creates a folder, so that it is still there after a crash. An existing one is fine.
///
/// # Errors
/// Returns `Io`.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    let made = fs::create_dir_all(path).and_then(|()| sync_folder(path));
    made.map_err(|source| FileError::Io { path: path.to_owned(), source })
}

/// Removes a file, so that it does not reappear after a crash.
///
/// # Errors
/// Returns `Io`.
pub fn remove_file(path: &Path) -> Result<(), FileError> {
    let removed = fs::remove_file(path).and_then(|()| sync_folder(path));
    removed.map_err(|source| FileError::Io { path: path.to_owned(), source })
}

/// Overwrites a file's bytes and removes it, so that it does not reappear after a crash. A link goes together with the
/// file that it leads to; a file that is not there is fine.
///
/// What this cannot reach: copies elsewhere, and blocks to which the bytes were written before, as SSDs and file
/// systems with journals or snapshots do.
///
/// # Errors
/// Returns `Io`.
pub fn wipe_file(path: &Path) -> Result<(), FileError> {
    let failed = |source| FileError::Io { path: path.to_owned(), source };
    let target = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        target => target.map_err(failed)?,
    };
    overwrite(&target).map_err(failed)?;
    let is_link = fs::symlink_metadata(path).map_err(failed)?.is_symlink();
    remove_file(&target)?;
    if is_link { remove_file(path) } else { Ok(()) }
}

/// Replaces a file's bytes in place by random ones.
fn overwrite(path: &Path) -> io::Result<()> {
    // The owner may have protected the file from accidents.
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let mut file = OpenOptions::new().write(true).open(path)?;
    let mut left = file.metadata()?.len();
    let mut bytes = [0; 4_096];
    while left > 0 {
        OsRng.fill_bytes(&mut bytes);
        let count = left.min(bytes.len() as u64);
        file.write_all(bytes.get(..count as usize).unwrap_or(&bytes))?;
        left -= count;
    }
    file.sync_all()
}

/// Lists what interrupted writes of a file have left beside it: whole or partial copies under temporary names.
///
/// # Errors
/// Returns `Io`.
pub fn list_unfinished(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    let failed = |source| FileError::Io { path: path.to_owned(), source };
    let (Some(name), Some(folder)) = (path.file_name().and_then(|name| name.to_str()), path.parent()) else {
        return Ok(Vec::new());
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let prefix = format!("{name}.");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_temporary = entry.file_name().to_str().is_some_and(|other| {
            let number = other.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".new"));
            number.is_some_and(|number| number.len() == 16 && number.bytes().all(|byte| byte.is_ascii_hexdigit()))
        });
        if is_temporary {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// Reads a UTF-8 text file of at most `max` bytes.
///
/// # Errors
/// Returns `TooLarge`, `NotText` or `Io`.
pub fn read_text(path: &Path, max: usize) -> Result<String, FileError> {
    String::from_utf8(read_bytes(path, max)?).map_err(|_| FileError::NotText { path: path.to_owned() })
}

/// Reads a file of at most `max` bytes.
///
/// # Errors
/// Returns `TooLarge` or `Io`.
pub fn read_bytes(path: &Path, max: usize) -> Result<Vec<u8>, FileError> {
    let failed = |source| FileError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > max {
        return Err(FileError::TooLarge { path: path.to_owned(), max });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn secret_file_is_readable_by_its_owner_only_and_never_replaced() {
        let folder = new_folder();
        let path = folder.path().join("secret.json");
        write_secret(&path, "one").unwrap();
        assert!(matches!(write_secret(&path, "two"), Err(FileError::Exists { .. })));
        assert_eq!(read_text(&path, 10).unwrap(), "one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn too_large_file_is_refused() {
        let path = new_folder().keep().join("large");
        write_new(&path, "12345").unwrap();
        assert!(matches!(read_bytes(&path, 4), Err(FileError::TooLarge { max: 4, .. })));
        assert_eq!(read_bytes(&path, 5).unwrap(), b"12345");
        fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn wiped_file_is_overwritten_wherever_it_has_a_name_and_removed() {
        let folder = new_folder();
        let (path, other) = (folder.path().join("trustee.keys"), folder.path().join("hard link"));
        let secret = "secret".repeat(2_000);
        write_secret(&path, &secret).unwrap();
        fs::hard_link(&path, &other).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o400)).unwrap();
        wipe_file(&path).unwrap();
        assert!(!path.exists());
        // The bytes themselves are others, on the same blocks.
        let left = read_bytes(&other, 20_000).unwrap();
        assert_eq!(left.len(), secret.len());
        assert!(!left.windows(6).any(|window| window == b"secret"));
        wipe_file(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn wiping_a_link_wipes_the_file_behind_it() {
        let folder = new_folder();
        let (path, link) = (folder.path().join("on the stick"), folder.path().join("trustee.keys"));
        write_secret(&path, "secret").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        wipe_file(&link).unwrap();
        assert!(fs::symlink_metadata(&link).is_err() && fs::symlink_metadata(&path).is_err());
    }

    #[test]
    fn only_leftovers_of_the_same_file_are_listed() {
        let folder = new_folder();
        let path = folder.path().join("trustee.keys");
        for name in [
            "trustee.keys",
            "trustee.keys.0123456789abcdef.new",
            "trustee.keys.0123456789abcde.new",
            "trustee.keys.0123456789abcdeg.new",
            "trustee.keys.retired",
            "trustee2.keys.0123456789abcdef.new",
        ] {
            write_secret(&folder.path().join(name), "secret").unwrap();
        }
        let found = list_unfinished(&path).unwrap();
        assert_eq!(found, [folder.path().join("trustee.keys.0123456789abcdef.new")]);
    }
}
