//! Key files that are damaged, foreign, or in the way: a typed error that names the file, no panic, no silent repair.

use std::fs;
use std::path::{Path, PathBuf};

use psephos_circuits::Circuit;
use psephos_prover::{FileError, KeyError, KeyStore};
use sha3::{Digest, Keccak256};

use crate::toy::{Cubic, Three};

/// Bytes before the hash, and with it.
const UNHASHED: usize = 57;
const HEADER: usize = 89;

struct Case {
    _dir: tempfile::TempDir,
    store: KeyStore,
    path: PathBuf,
    bytes: Vec<u8>,
}

fn case() -> Case {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    store.development::<Cubic>(|_| {}).unwrap();
    let path = store.development_file::<Cubic>(&Cubic::system().hash());
    let bytes = fs::read(&path).unwrap();
    Case { _dir: dir, store, path, bytes }
}

impl Case {
    fn problem_of(&self, bytes: &[u8]) -> FileError {
        fs::write(&self.path, bytes).unwrap();
        let error = self.store.development::<Cubic>(|_| {}).err().expect("refused");
        let text = error.to_string();
        assert!(text.contains(self.path.to_str().unwrap()) && text.contains("delete it"), "{text}");
        assert_eq!(fs::read(&self.path).unwrap(), bytes, "the file is left as it was");
        match error {
            KeyError::File { problem, .. } => problem,
            other => panic!("{other}"),
        }
    }

    /// With the hash that belongs to it.
    fn rehashed(mut bytes: Vec<u8>) -> Vec<u8> {
        let hash = Keccak256::new().chain_update(&bytes[..UNHASHED]).chain_update(&bytes[HEADER..]).finalize();
        bytes[UNHASHED..HEADER].copy_from_slice(&hash);
        bytes
    }
}

#[test]
fn the_name_says_circuit_and_hash() {
    let case = case();
    let name = case.path.file_name().unwrap().to_str().unwrap();
    let hash = hex::encode(Cubic::system().hash());
    assert_eq!(name, format!("cubic-{}.dev.key", &hash[..16]));
    let files: Vec<_> = fs::read_dir(case.store.dir()).unwrap().collect();
    assert_eq!(files.len(), 1, "no temporary file is left");
}

#[test]
fn truncated_files() {
    let case = case();
    let expected = case.bytes.len() as u64;
    for length in [0, 5, 11] {
        assert_eq!(case.problem_of(&case.bytes[..length]), FileError::NotAKey);
    }
    for length in [12, 16, 17, 40, UNHASHED, HEADER - 1, HEADER, case.bytes.len() - 1] {
        let actual = length as u64;
        assert_eq!(case.problem_of(&case.bytes[..length]), FileError::Length { expected, actual });
    }
    let longer = [case.bytes.as_slice(), &[0]].concat();
    assert_eq!(case.problem_of(&longer), FileError::Length { expected, actual: expected + 1 });
}

#[test]
fn a_flipped_bit_anywhere() {
    let case = case();
    let body = (HEADER..case.bytes.len()).step_by(97);
    for at in (0..HEADER).chain(body) {
        let mut bytes = case.bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        let problem = case.problem_of(&bytes);
        let fits = match at {
            0..12 => problem == FileError::NotAKey,
            12..16 => matches!(problem, FileError::Version { .. }),
            16 => problem == FileError::NotDevelopment,
            17..49 => matches!(problem, FileError::WrongCircuit { .. }),
            49..57 => matches!(problem, FileError::Length { .. }),
            _ => problem == FileError::Damaged,
        };
        assert!(fits, "byte {at}: {problem}");
    }
}

#[test]
fn another_circuits_file() {
    let case = case();
    case.store.development::<Three>(|_| {}).unwrap();
    let other = fs::read(case.store.development_file::<Three>(&Three::system().hash())).unwrap();
    let problem = case.problem_of(&other);
    let [expected, actual] = [Cubic::system().hash(), Three::system().hash()].map(hex::encode);
    assert_eq!(problem, FileError::WrongCircuit { expected, actual });
}

/// Whoever writes the hash anew gets past it, and still neither a panic nor an allocation of the length it claims.
#[test]
fn a_body_that_is_no_key() {
    let case = case();
    // The length of IC stands after alpha (64 bytes) and three points of G2 (128 each).
    let at = HEADER + 64 + 3 * 128;
    for length in [0u64, 1, 3, u64::MAX] {
        let mut bytes = case.bytes.clone();
        bytes[at..at + 8].copy_from_slice(&length.to_le_bytes());
        assert!(matches!(case.problem_of(&Case::rehashed(bytes)), FileError::Body(_)), "{length}");
    }
}

/// The points of the verifying half are checked one by one all the same.
#[test]
fn a_key_that_anybody_forges_with() {
    let case = case();
    let (gamma, delta) = (HEADER + 64 + 128, HEADER + 64 + 2 * 128);
    let mut bytes = case.bytes.clone();
    bytes.copy_within(delta..delta + 128, gamma);
    fs::write(&case.path, Case::rehashed(bytes)).unwrap();
    assert!(matches!(case.store.development::<Cubic>(|_| {}), Err(KeyError::Degenerate(_))));
}

#[test]
fn a_file_of_a_terabyte_is_not_read() {
    let case = case();
    let file = fs::OpenOptions::new().write(true).open(&case.path).unwrap();
    if file.set_len(1 << 40).is_err() {
        return; // The file system has no sparse files of that size.
    }
    let error = case.store.development::<Cubic>(|_| {}).err().unwrap();
    assert!(matches!(error, KeyError::File { problem: FileError::Length { actual, .. }, .. } if actual == 1 << 40));
}

#[test]
fn a_folder_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = KeyStore::new(&file).development::<Cubic>(|_| {}).err().unwrap();
    assert!(matches!(&error, KeyError::Io { path, .. } if path.starts_with(&file)), "{error}");
    let case = case();
    fs::remove_file(&case.path).unwrap();
    fs::create_dir(&case.path).unwrap();
    assert!(matches!(case.store.development::<Cubic>(|_| {}), Err(KeyError::Io { .. })));
}

#[test]
fn two_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let make = |dir: &Path| KeyStore::new(dir).development::<Three>(|_| {}).unwrap().info().key_hash;
    let hashes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| make(dir.path()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
