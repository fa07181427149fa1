//! Writing files without overwriting existing ones by mistake.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::failure::Failure;

/// Writes a file and creates missing directories. An existing file is replaced only with `force`.
pub(crate) fn write_file(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|error| Failure::unwritable_file(parent, &error))?;
    }
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => existing_file_failure(path),
        _ => Failure::unwritable_file(path, &error),
    })?;
    file.write_all(content).map_err(|error| Failure::unwritable_file(path, &error))
}

/// Returns a path as text for a result. JSON cannot hold one that is not UTF-8: its other bytes are replaced.
pub(crate) fn shown(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// Fails if a file exists, before any work is done for it.
pub(crate) fn ensure_absent(path: &Path) -> Result<(), Failure> {
    if path.exists() { Err(existing_file_failure(path)) } else { Ok(()) }
}

fn existing_file_failure(path: &Path) -> Failure {
    Failure::invalid_input(format!("{} exists already", path.display()), "choose another path; nothing was overwritten")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_file_is_replaced_only_with_force() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("new/file");
        assert!(ensure_absent(&path).is_ok());
        write_file(&path, b"first", false).map_err(|failure| failure.message()).expect("written");
        assert_eq!(write_file(&path, b"second", false).map_err(|failure| failure.exit_code()), Err(2));
        assert!(ensure_absent(&path).is_err());
        assert_eq!(fs::read(&path).expect("readable"), b"first");
        write_file(&path, b"third", true).map_err(|failure| failure.message()).expect("replaced");
        assert_eq!(fs::read(&path).expect("readable"), b"third");
    }
}
