//! Files that are replaced as a whole, so that a crash or a full disk leaves the old one or the new one.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use rand::random;

/// Replaces a file. It has the new contents, on the disk, or the old ones.
///
/// # Errors
/// The error of the operating system; then the file is as it was.
pub fn replace_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut temporary = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
    temporary.push(format!(".{:016x}.new", random::<u64>()));
    let temporary = path.with_file_name(temporary);
    let written = write_file(&temporary, contents).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What is left of it says nothing; if it cannot be removed either, the first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written.and_then(|()| sync_folder(path))
}

fn write_file(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Syncs the folder of a file: the file survives a crash only once its name is on the disk as well.
///
/// # Errors
/// The error of the operating system.
pub fn sync_folder(of: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = of;
    Ok(())
}

/// Reads a file of at most `max` bytes. A device has no length that could be looked at before.
///
/// # Errors
/// The error of the operating system; `FileTooLarge`.
pub(crate) fn read_bytes(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

/// Reads a text file of at most `max` bytes; `None` if there is none.
///
/// # Errors
/// The error of the operating system; `FileTooLarge`; `InvalidData` if it is not UTF-8.
pub(crate) fn read_text(path: &Path, max: u64) -> io::Result<Option<String>> {
    match read_bytes(path, max) {
        Ok(bytes) => {
            String::from_utf8(bytes).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace_file(&path, b"one").unwrap();
        replace_file(&path, b"two").unwrap();
        assert_eq!(read_text(&path, 3).unwrap().unwrap(), "two");
        assert_eq!(read_text(&path, 2).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        // A folder cannot be replaced by a file.
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("inside"), "").unwrap();
        assert!(replace_file(&taken, b"three").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
        assert!(replace_file(&folder.path().join("missing/file"), b"four").is_err());
    }
}
