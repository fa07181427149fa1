//! Reading and writing a ceremony's files.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use blake2::{Blake2b512, Digest};

use crate::CeremonyError;

/// Computes the BLAKE2b hash of a file, as `b2sum` prints it.
///
/// # Errors
/// Returns `Io`.
pub fn file_hash(path: &Path) -> Result<[u8; 64], CeremonyError> {
    let mut file = File::open(path).map_err(|source| io_error(path, source))?;
    hash_of(&mut file).map_err(|source| io_error(path, source))
}

pub(super) fn hash_of(source: &mut impl Read) -> io::Result<[u8; 64]> {
    let mut hasher = Blake2b512::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

pub(super) fn open_file(path: &Path) -> Result<BufReader<File>, CeremonyError> {
    Ok(BufReader::new(File::open(path).map_err(|source| io_error(path, source))?))
}

/// Writes a temporary file beside the final path, and renames it when it is complete and on disk.
pub(super) fn write_new<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> Result<T, CeremonyError>,
) -> Result<T, CeremonyError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let io = |source| io_error(path, source);
    let file = tempfile::NamedTempFile::new_in(dir).map_err(io)?;
    let mut out = BufWriter::new(file.as_file());
    let result = write(&mut out)?;
    out.flush().map_err(io)?;
    drop(out);
    readable(file.as_file()).map_err(io)?;
    file.as_file().sync_all().map_err(io)?;
    file.persist_noclobber(path).map_err(|error| io(error.error))?;
    Ok(result)
}

/// Makes a file readable for all: temporary files are private to their owner, and a ceremony's are passed on.
fn readable(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    let _ = file;
    Ok(())
}

pub(super) fn io_error(path: &Path, source: io::Error) -> CeremonyError {
    CeremonyError::Io { path: path.into(), source }
}

/// Adds the file's path to an error.
pub(super) fn named(path: &Path, error: CeremonyError) -> CeremonyError {
    match error {
        CeremonyError::Format(problem) => CeremonyError::File { path: path.into(), problem },
        other => other,
    }
}
