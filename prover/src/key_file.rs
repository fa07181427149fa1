//! The file of a development key.
//!
//! | bytes | field |
//! |---|---|
//! | 12 | magic, `psephos-key` and a zero byte |
//! | 4 | version, big-endian |
//! | 1 | 1: development key |
//! | 32 | circuit hash |
//! | 8 | length of the body, big-endian |
//! | 32 | Keccak-256 of all the bytes above and of the body |
//! | | body: arkworks' proving key, uncompressed |
//!
//! Points are **not** checked one by one when a file is read, which would take longer than making the key. The hash shows
//! that the body is what this crate wrote, so it holds points that it had computed; whoever can write a file with a new hash
//! into the cache can make proofs fail, but no more: a development key has no secret to lose, every proof is verified
//! before it is handed out, and the verifying half is checked point by point.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use psephos_circuits::R1cs;
use sha3::{Digest, Keccak256};

use crate::KeyError;
use crate::engine::Engine;

const MAGIC: &[u8; 12] = b"psephos-key\0";
const VERSION: u32 = 1;
const DEVELOPMENT: u8 = 1;
/// Bytes before the hash, and with it.
const UNHASHED: usize = 12 + 4 + 1 + 32 + 8;
const HEADER: usize = UNHASHED + 32;

/// What is wrong with a key file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Another kind of file.
    #[error("not a key file")]
    NotAKey,
    /// Written by another version.
    #[error("format version {actual}, expected {VERSION}")]
    Version {
        /// The file's version.
        actual: u32,
    },
    /// Its development flag is not set.
    #[error("not marked as a development key")]
    NotDevelopment,
    /// The key of another circuit, or of another version of this one.
    #[error("made for circuit hash {actual}, expected {expected}")]
    WrongCircuit {
        /// This circuit's hash, in hexadecimal.
        expected: String,
        /// The file's, in hexadecimal.
        actual: String,
    },
    /// Cut short, or too long.
    #[error("{actual} bytes long, expected {expected}")]
    Length {
        /// Length of this circuit's key file.
        expected: u64,
        /// The file's length.
        actual: u64,
    },
    /// The hash does not match: damaged.
    #[error("damaged: its content does not match its hash")]
    Damaged,
    /// The hash matches, but the content is no key of this circuit.
    #[error("its content is no key of this circuit: {0}")]
    Body(String),
}

/// Reads the key of `system`; `None` if there is no file. Never holds more than the key's own size in memory.
pub(crate) fn read(path: &Path, system: &R1cs, circuit_hash: &[u8; 32]) -> Result<Option<Engine>, KeyError> {
    let mut file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|source| io_error(path, source))?,
    };
    let actual = file.metadata().map_err(|source| io_error(path, source))?.len();
    parse(&mut file, actual, system, circuit_hash).map(Some).map_err(|error| match error {
        ParseError::File(problem) => KeyError::File { path: path.into(), problem },
        ParseError::Io(source) => io_error(path, source),
    })
}

enum ParseError {
    File(FileError),
    Io(io::Error),
}

impl From<FileError> for ParseError {
    fn from(problem: FileError) -> ParseError {
        ParseError::File(problem)
    }
}

impl From<io::Error> for ParseError {
    fn from(source: io::Error) -> ParseError {
        ParseError::Io(source)
    }
}

fn parse(file: &mut impl Read, actual: u64, system: &R1cs, hash: &[u8; 32]) -> Result<Engine, ParseError> {
    let size = Engine::size(system);
    let length = FileError::Length { expected: (HEADER + size) as u64, actual };
    let mut header = Vec::with_capacity(HEADER);
    file.take(HEADER as u64).read_to_end(&mut header)?;
    let (magic, rest) = header.split_first_chunk().ok_or(FileError::NotAKey)?;
    if magic != MAGIC {
        return Err(FileError::NotAKey.into());
    }
    let (version, rest) = rest.split_first_chunk().ok_or(length.clone())?;
    if u32::from_be_bytes(*version) != VERSION {
        return Err(FileError::Version { actual: u32::from_be_bytes(*version) }.into());
    }
    let (development, rest) = rest.split_first().ok_or(length.clone())?;
    if *development != DEVELOPMENT {
        return Err(FileError::NotDevelopment.into());
    }
    let (circuit, rest) = rest.split_first_chunk::<32>().ok_or(length.clone())?;
    if circuit != hash {
        return Err(FileError::WrongCircuit { expected: hex::encode(hash), actual: hex::encode(circuit) }.into());
    }
    let (stated, digest) = rest.split_first_chunk().ok_or(length.clone())?;
    if u64::from_be_bytes(*stated) != size as u64 || actual != (HEADER + size) as u64 {
        return Err(length.into());
    }
    let mut body = Vec::with_capacity(size);
    file.take(size as u64).read_to_end(&mut body)?;
    if digest != digest_of(&header[..UNHASHED], &body) {
        return Err(FileError::Damaged.into());
    }
    Ok(Engine::read(system, &body).map_err(|e| FileError::Body(e.to_string()))?)
}

/// Writes the key beside its final place and renames it: a reader sees the whole file or none, and of two processes that
/// write the same key one replaces the other's equal bytes.
pub(crate) fn write(path: &Path, engine: &Engine, circuit_hash: &[u8; 32]) -> Result<(), KeyError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).map_err(|source| io_error(dir, source))?;
    let body =
        engine.write().map_err(|e| KeyError::File { path: path.into(), problem: FileError::Body(e.to_string()) })?;
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_be_bytes());
    header.push(DEVELOPMENT);
    header.extend_from_slice(circuit_hash);
    header.extend_from_slice(&(body.len() as u64).to_be_bytes());
    let digest = digest_of(&header, &body);
    let written = || {
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&header)?;
        file.write_all(&digest)?;
        file.write_all(&body)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)
    };
    written().map(drop).map_err(|source| io_error(path, source))
}

fn digest_of(header: &[u8], body: &[u8]) -> [u8; 32] {
    Keccak256::new().chain_update(header).chain_update(body).finalize().into()
}

fn io_error(path: &Path, source: io::Error) -> KeyError {
    KeyError::Io { path: path.into(), source }
}
