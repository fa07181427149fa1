//! Key files: how they are read, written and authenticated.
//!
//! All are `.zkey` files, with which snarkjs and rapidsnark prove as they are. They are authenticated in one of two
//! ways:
//!
//! - A **development key** is cached with a section at its end ([`origin`]) that names its circuit, flags it, and holds
//!   a hash of all bytes before. Anyone who can write a file with a matching hash into the cache can make proofs fail,
//!   but no more: such a key has no secret to lose, every proof is verified before it is returned, and the verifying
//!   key is checked point by point, together with the points that blind a proof.
//! - A **ceremony's key** is the file that the ceremony produced, byte for byte, and must have the hash that a manifest
//!   states.
//!
//! In both cases points are not checked one by one when the file is read, which would take longer than generating the
//! key: the hash shows that they are the points that were computed or checked before. Bytes are hashed on one thread
//! while another decodes them.

mod origin;

use std::fs::File;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;

use blake2::{Blake2b512, Digest};
use psephos_circuits::R1cs;

use self::origin::Origin;
use crate::KeyError;
use crate::circuit_files::constraint_system;
use crate::groth16::Groth16Prover;
use crate::manifest::KeyEntry;
use psephos_formats::FileFormatError;
use psephos_formats::zkey::{self, SectionOrder, Shape, Transcript, Zkey};

/// Why a key file is invalid.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Not a `.zkey` file.
    #[error("not a key file")]
    NotAKey,
    /// Another version of the section at the file's end.
    #[error("format version {actual}, expected {}", origin::VERSION)]
    Version {
        /// The file's version.
        actual: u32,
    },
    /// The development flag is not set.
    #[error("not marked as a development key")]
    NotDevelopment,
    /// A key of another circuit, or of another version of this one.
    #[error("made for circuit hash {actual}, expected {expected}")]
    WrongCircuit {
        /// This circuit's hash, in hexadecimal.
        expected: String,
        /// The file's, in hexadecimal.
        actual: String,
    },
    /// Truncated, or too long.
    #[error("it has {actual} bytes, expected {expected}")]
    Length {
        /// Length of this circuit's key file in bytes.
        expected: u64,
        /// The file's length in bytes.
        actual: u64,
    },
    /// The content does not match the hash in the file.
    #[error("damaged: its content does not match the hash in it")]
    Damaged,
    /// The file's hash is not the manifest's.
    #[error("its BLAKE2b hash is {actual}, the manifest states {expected}")]
    NotInManifest {
        /// The manifest's, in hexadecimal.
        expected: String,
        /// The file's, in hexadecimal.
        actual: String,
    },
    /// The content is not a key of this circuit, although the hash matches.
    #[error("its content is not a key of this circuit: {0}")]
    InvalidContent(#[from] FileFormatError),
    /// A key of other matrices, as its shape or its entries show.
    #[error("a key of another circuit: {0}")]
    Matrices(&'static str),
}

/// Reads the cached development key of `system`; `None` if there is no file. Never allocates more than the size of the
/// system's key.
pub(crate) fn read_development(path: &Path, system: &R1cs, hash: &[u8; 32]) -> Result<Option<Groth16Prover>, KeyError> {
    let file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|source| io_error(path, source))?,
    };
    let bytes = read_exact_file(file, development_key_length(system)).map_err(|e| e.with_path(path, true))?;
    parse_development(&bytes, system, hash).map(Some).map_err(|e| ReadError::File(e).with_path(path, true))
}

/// Reads a ceremony's key of `system` and its transcript. The file must have the length and the BLAKE2b hash that the
/// manifest's entry states.
pub(crate) fn read_registered(
    path: &Path,
    system: &R1cs,
    entry: &KeyEntry,
) -> Result<(Groth16Prover, Transcript), KeyError> {
    let decode = |bytes: &[u8]| {
        Ok((decode_engine(bytes, system)?, zkey::read_transcript(&mut zkey::open_zkey(Cursor::new(bytes))?)?))
    };
    Ok(read_authenticated(path, entry, decode)?.1)
}

/// Reads the bytes of a ceremony's key, which must have the length and the hash that the manifest's entry states.
pub(crate) fn read_registered_bytes(path: &Path, entry: &KeyEntry) -> Result<Vec<u8>, KeyError> {
    Ok(read_authenticated(path, entry, |_| Ok(()))?.0)
}

/// Reads a file, and hashes it on one thread while another decodes it.
fn read_authenticated<T: Send>(
    path: &Path,
    entry: &KeyEntry,
    decode: impl FnOnce(&[u8]) -> Result<T, KeyFileError> + Send,
) -> Result<(Vec<u8>, T), KeyError> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let bytes = read_exact_file(file, entry.bytes).map_err(|e| e.with_path(path, false))?;
    let (digest, decoded) = rayon::join(|| hex::encode(Blake2b512::digest(&bytes)), || decode(&bytes));
    let outcome = match digest == entry.blake2b {
        true => decoded,
        false => Err(KeyFileError::NotInManifest { expected: entry.blake2b.clone(), actual: digest }),
    };
    Ok((bytes, outcome.map_err(|e| ReadError::File(e).with_path(path, false))?))
}

/// Builds the engine of an imported key. Every point is checked, and its entries of A and B must be the system's.
pub(crate) fn import_engine(bytes: &[u8], system: &R1cs) -> Result<Groth16Prover, KeyFileError> {
    let mut file = zkey::open_zkey(Cursor::new(bytes))?;
    if zkey::read_shape(&mut file)? != Shape::from_system(&constraint_system(system)) {
        return Err(KeyFileError::Matrices("it has another number of variables, inputs or constraints"));
    }
    if !zkey::read_coefficients(&mut file)?.into_iter().eq(zkey::key_coefficients(&constraint_system(system))) {
        return Err(KeyFileError::Matrices("it has other entries of A and B"));
    }
    let key = Zkey::read_points(&mut file)?;
    key.check_points()?;
    Groth16Prover::new(key, system).ok_or(KeyFileError::Matrices("its lists have other lengths"))
}

enum ReadError {
    File(KeyFileError),
    Io(io::Error),
}

impl ReadError {
    fn with_path(self, path: &Path, cached: bool) -> KeyError {
        match self {
            ReadError::File(problem) => KeyError::File { path: path.into(), problem: Box::new(problem), cached },
            ReadError::Io(source) => io_error(path, source),
        }
    }
}

/// Reads a `.zkey` file that must have exactly `expected` bytes.
fn read_exact_file(mut file: File, expected: u64) -> Result<Vec<u8>, ReadError> {
    let metadata = file.metadata().map_err(ReadError::Io)?;
    let actual = metadata.len();
    if !metadata.is_file() {
        return Err(ReadError::File(KeyFileError::NotAKey));
    }
    let mut start = [0; 4];
    let read = (&mut file).take(4).read(&mut start).map_err(ReadError::Io)?;
    if start[..read] != *b"zkey" {
        return Err(ReadError::File(KeyFileError::NotAKey));
    }
    if actual != expected {
        return Err(ReadError::File(KeyFileError::Length { expected, actual }));
    }
    let mut bytes = Vec::new();
    // A sparse file may be larger than memory.
    bytes.try_reserve_exact(expected as usize).map_err(|error| ReadError::Io(io::Error::other(error)))?;
    bytes.extend_from_slice(&start);
    file.take(expected.saturating_sub(4)).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    match bytes.len() as u64 == expected {
        true => Ok(bytes),
        false => Err(ReadError::File(KeyFileError::Length { expected, actual: bytes.len() as u64 })),
    }
}

fn parse_development(bytes: &[u8], system: &R1cs, hash: &[u8; 32]) -> Result<Groth16Prover, KeyFileError> {
    let (before, end) = bytes.split_at(bytes.len() - origin::BYTES);
    let (head, content) = end.split_at(12);
    let (version, rest) = content.split_at(4);
    let (flag, rest) = rest.split_at(1);
    let (circuit, digest) = rest.split_at(32);
    let mut expected_head = origin::SECTION.to_le_bytes().to_vec();
    expected_head.extend_from_slice(&(origin::CONTENT as u64).to_le_bytes());
    if head != expected_head {
        return Err(KeyFileError::Damaged);
    }
    if version != origin::VERSION.to_le_bytes() {
        return Err(KeyFileError::Version {
            actual: version.iter().rev().fold(0, |n, byte| n << 8 | u32::from(*byte)),
        });
    }
    if flag != [1] {
        return Err(KeyFileError::NotDevelopment);
    }
    if circuit != hash {
        return Err(KeyFileError::WrongCircuit { expected: hex::encode(hash), actual: hex::encode(circuit) });
    }
    let (sound, engine) = rayon::join(|| Blake2b512::digest(before)[..] == *digest, || decode_engine(bytes, system));
    if sound { engine } else { Err(KeyFileError::Damaged) }
}

fn decode_engine(bytes: &[u8], system: &R1cs) -> Result<Groth16Prover, KeyFileError> {
    let key = Zkey::read_points(&mut zkey::open_zkey(Cursor::new(bytes))?)?;
    Groth16Prover::new(key, system).ok_or(KeyFileError::Matrices("its lists have other lengths"))
}

/// Length in bytes of this system's cached development key.
fn development_key_length(system: &R1cs) -> u64 {
    let [a, b, _] = system.non_zeros();
    let transcript = Transcript::without_ceremony().encode().len();
    Shape::from_system(&constraint_system(system)).file_length(a + b + system.num_inputs(), transcript)
        + origin::BYTES as u64
}

/// Encodes a development key as its file holds it.
pub(crate) fn encode_development_key(
    engine: &Groth16Prover,
    system: &R1cs,
    circuit_hash: &[u8; 32],
) -> io::Result<Vec<u8>> {
    let coefficients = zkey::encode_coefficients(zkey::key_coefficients(&constraint_system(system)));
    let origin = Origin { circuit_hash: *circuit_hash, development: true };
    let mut bytes = Vec::with_capacity(development_key_length(system) as usize);
    engine.zkey().write_file(&coefficients, &Transcript::without_ceremony(), SectionOrder::Initial, &mut bytes)?;
    origin.append_to(&mut bytes)?;
    Ok(bytes)
}

/// Writes a temporary file beside the final path and renames it: a reader sees the whole file or none, and of two
/// processes that write the same key one replaces the other's equal bytes.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).map_err(|source| io_error(dir, source))?;
    let written = || {
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)
    };
    written().map(drop).map_err(|source| io_error(path, source))
}

fn io_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::Io { path: path.into(), source }
}
