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
use crate::engine::Engine;
use crate::manifest::Entry;
use psephos_formats::Iden3Error;
use psephos_formats::zkey::{self, Order, Shape, Transcript, Zkey};

/// Why a key file is invalid.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
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
    #[error("for circuit hash {actual}, expected {expected}")]
    WrongCircuit {
        /// This circuit's hash, in hexadecimal.
        expected: String,
        /// The file's, in hexadecimal.
        actual: String,
    },
    /// Truncated, or too long.
    #[error("{actual} bytes long, expected {expected}")]
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
    Body(#[from] Iden3Error),
    /// A key of other matrices, as its shape or its entries show.
    #[error("a key of another circuit: {0}")]
    Matrices(&'static str),
}

/// Reads the cached development key of `system`; `None` if there is no file. Never allocates more than the size of the
/// system's key.
pub(crate) fn read_development(path: &Path, system: &R1cs, hash: &[u8; 32]) -> Result<Option<Engine>, KeyError> {
    let file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|source| io_error(path, source))?,
    };
    let bytes = whole(file, development_bytes(system)).map_err(|e| e.at(path, true))?;
    parse_development(&bytes, system, hash).map(Some).map_err(|e| ReadError::File(e).at(path, true))
}

/// Reads a ceremony's key of `system` and its transcript. The file must have the length and the BLAKE2b hash that the
/// manifest's entry states.
pub(crate) fn read_registered(path: &Path, system: &R1cs, entry: &Entry) -> Result<(Engine, Transcript), KeyError> {
    let decode = |bytes: &[u8]| Ok((engine(bytes, system)?, zkey::transcript(&mut zkey::open(Cursor::new(bytes))?)?));
    Ok(registered(path, entry, decode)?.1)
}

/// Reads the bytes of a ceremony's key, which must have the length and the hash that the manifest's entry states.
pub(crate) fn registered_bytes(path: &Path, entry: &Entry) -> Result<Vec<u8>, KeyError> {
    Ok(registered(path, entry, |_| Ok(()))?.0)
}

/// Reads a file, and hashes it on one thread while another decodes it.
fn registered<T: Send>(
    path: &Path,
    entry: &Entry,
    decode: impl FnOnce(&[u8]) -> Result<T, FileError> + Send,
) -> Result<(Vec<u8>, T), KeyError> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    let bytes = whole(file, entry.bytes).map_err(|e| e.at(path, false))?;
    let (digest, decoded) = rayon::join(|| hex::encode(Blake2b512::digest(&bytes)), || decode(&bytes));
    let outcome = match digest == entry.blake2b {
        true => decoded,
        false => Err(FileError::NotInManifest { expected: entry.blake2b.clone(), actual: digest }),
    };
    Ok((bytes, outcome.map_err(|e| ReadError::File(e).at(path, false))?))
}

/// Builds the engine of an imported key. Every point is checked, and its entries of A and B must be the system's.
pub(crate) fn import(bytes: &[u8], system: &R1cs) -> Result<Engine, FileError> {
    let mut file = zkey::open(Cursor::new(bytes))?;
    if zkey::shape(&mut file)? != Shape::of(&constraint_system(system)) {
        return Err(FileError::Matrices("it has another number of variables, inputs or constraints"));
    }
    if !zkey::parse_coefficients(&mut file)?.into_iter().eq(zkey::coefficients(&constraint_system(system))) {
        return Err(FileError::Matrices("it has other entries of A and B"));
    }
    let key = Zkey::read(&mut file)?;
    key.check_points()?;
    Engine::new(key, system).ok_or(FileError::Matrices("its lists have other lengths"))
}

enum ReadError {
    File(FileError),
    Io(io::Error),
}

impl ReadError {
    fn at(self, path: &Path, cached: bool) -> KeyError {
        match self {
            ReadError::File(problem) => KeyError::File { path: path.into(), problem: Box::new(problem), cached },
            ReadError::Io(source) => io_error(path, source),
        }
    }
}

/// Reads a `.zkey` file that must have exactly `expected` bytes.
fn whole(mut file: File, expected: u64) -> Result<Vec<u8>, ReadError> {
    let metadata = file.metadata().map_err(ReadError::Io)?;
    let actual = metadata.len();
    if !metadata.is_file() {
        return Err(ReadError::File(FileError::NotAKey));
    }
    let mut start = [0; 4];
    let read = (&mut file).take(4).read(&mut start).map_err(ReadError::Io)?;
    if start[..read] != *b"zkey" {
        return Err(ReadError::File(FileError::NotAKey));
    }
    if actual != expected {
        return Err(ReadError::File(FileError::Length { expected, actual }));
    }
    let mut bytes = Vec::new();
    // A sparse file may be larger than memory.
    bytes.try_reserve_exact(expected as usize).map_err(|error| ReadError::Io(io::Error::other(error)))?;
    bytes.extend_from_slice(&start);
    file.take(expected.saturating_sub(4)).read_to_end(&mut bytes).map_err(ReadError::Io)?;
    match bytes.len() as u64 == expected {
        true => Ok(bytes),
        false => Err(ReadError::File(FileError::Length { expected, actual: bytes.len() as u64 })),
    }
}

fn parse_development(bytes: &[u8], system: &R1cs, hash: &[u8; 32]) -> Result<Engine, FileError> {
    let (before, end) = bytes.split_at(bytes.len() - origin::BYTES);
    let (head, content) = end.split_at(12);
    let (version, rest) = content.split_at(4);
    let (flag, rest) = rest.split_at(1);
    let (circuit, digest) = rest.split_at(32);
    let mut expected_head = origin::SECTION.to_le_bytes().to_vec();
    expected_head.extend_from_slice(&(origin::CONTENT as u64).to_le_bytes());
    if head != expected_head {
        return Err(FileError::Damaged);
    }
    if version != origin::VERSION.to_le_bytes() {
        return Err(FileError::Version { actual: version.iter().rev().fold(0, |n, byte| n << 8 | u32::from(*byte)) });
    }
    if flag != [1] {
        return Err(FileError::NotDevelopment);
    }
    if circuit != hash {
        return Err(FileError::WrongCircuit { expected: hex::encode(hash), actual: hex::encode(circuit) });
    }
    let (sound, engine) = rayon::join(|| Blake2b512::digest(before)[..] == *digest, || engine(bytes, system));
    if sound { engine } else { Err(FileError::Damaged) }
}

fn engine(bytes: &[u8], system: &R1cs) -> Result<Engine, FileError> {
    let key = Zkey::read(&mut zkey::open(Cursor::new(bytes))?)?;
    Engine::new(key, system).ok_or(FileError::Matrices("its lists have other lengths"))
}

/// Length in bytes of this system's cached development key.
fn development_bytes(system: &R1cs) -> u64 {
    let [a, b, _] = system.non_zeros();
    let transcript = Transcript::none().encode().len();
    Shape::of(&constraint_system(system)).file_bytes(a + b + system.inputs(), transcript) + origin::BYTES as u64
}

/// Encodes a development key as its file holds it.
pub(crate) fn development_file(engine: &Engine, system: &R1cs, circuit_hash: &[u8; 32]) -> io::Result<Vec<u8>> {
    let coefficients = zkey::encode_coefficients(zkey::coefficients(&constraint_system(system)));
    let origin = Origin { circuit_hash: *circuit_hash, development: true };
    let mut bytes = Vec::with_capacity(development_bytes(system) as usize);
    engine.zkey().write(&coefficients, &Transcript::none(), Order::New, &mut bytes)?;
    origin.append(&mut bytes)?;
    Ok(bytes)
}

/// Writes a temporary file beside the final path and renames it: a reader sees the whole file or none, and of two
/// processes that write the same key one replaces the other's equal bytes.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
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
