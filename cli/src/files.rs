//! Writing files without overwriting existing ones by mistake.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::failure::Failure;

/// Writes a file and creates missing directories. An existing file is replaced only with `force`.
pub(crate) fn write(path: &Path, content: &[u8], force: bool) -> Result<(), Failure> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(|error| Failure::unwritable(parent, &error))?;
    }
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => Failure::unwritable(path, &error),
    })?;
    file.write_all(content).map_err(|error| Failure::unwritable(path, &error))
}

/// Fails if a file exists, before any work is done for it.
pub(crate) fn must_be_new(path: &Path) -> Result<(), Failure> {
    if path.exists() { Err(exists(path)) } else { Ok(()) }
}

fn exists(path: &Path) -> Failure {
    Failure::input(format!("{} exists already", path.display()), "choose another path; nothing was overwritten")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_file_is_replaced_only_with_force() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("new/file");
        assert!(must_be_new(&path).is_ok());
        write(&path, b"first", false).map_err(|failure| failure.what()).expect("written");
        assert_eq!(write(&path, b"second", false).map_err(|failure| failure.code()), Err(2));
        assert!(must_be_new(&path).is_err());
        assert_eq!(fs::read(&path).expect("readable"), b"first");
        write(&path, b"third", true).map_err(|failure| failure.what()).expect("replaced");
        assert_eq!(fs::read(&path).expect("readable"), b"third");
    }
}
