//! Key files that are damaged, of another circuit, or in the way: a typed error that names the file, no panic, no
//! silent repair.

use std::fs;
use std::path::{Path, PathBuf};

use blake2::{Blake2b512, Digest};
use psephos_circuits::Circuit;
use psephos_formats::FileFormatError;
use psephos_prover::{KeyError, KeyFileError, KeyStore};

use crate::toy::{Cubic, Three};

/// Length of the section at the end in bytes: header, version, flag, circuit hash, hash.
const ORIGIN: usize = 12 + 4 + 1 + 32 + 64;

struct Case {
    _dir: tempfile::TempDir,
    store: KeyStore,
    path: PathBuf,
    bytes: Vec<u8>,
}

fn new_case() -> Case {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    store.load_development::<Cubic>(|_| {}).unwrap();
    let path = store.development_file::<Cubic>(&Cubic::constraint_system().circuit_hash());
    let bytes = fs::read(&path).unwrap();
    Case { _dir: dir, store, path, bytes }
}

impl Case {
    fn problem_of(&self, bytes: &[u8]) -> KeyFileError {
        fs::write(&self.path, bytes).unwrap();
        let error = self.store.load_development::<Cubic>(|_| {}).err().expect("the file is rejected");
        let text = error.to_string();
        assert!(text.contains(self.path.to_str().unwrap()) && text.contains("delete it"), "{text}");
        assert_eq!(fs::read(&self.path).unwrap(), bytes, "the file is left as it was");
        match error {
            KeyError::File { problem, .. } => *problem,
            other => panic!("{other}"),
        }
    }

    /// Replaces the hash at the end by that of the altered bytes.
    fn with_matching_hash(mut bytes: Vec<u8>) -> Vec<u8> {
        let end = bytes.len();
        let hash = Blake2b512::digest(&bytes[..end - ORIGIN]);
        bytes[end - 64..].copy_from_slice(&hash);
        bytes
    }
}

#[test]
fn file_name_contains_circuit_and_hash() {
    let case = new_case();
    let name = case.path.file_name().unwrap().to_str().unwrap();
    let hash = hex::encode(Cubic::constraint_system().circuit_hash());
    assert_eq!(name, format!("cubic-{}.dev.zkey", &hash[..16]));
    let files: Vec<_> = fs::read_dir(case.store.dir()).unwrap().collect();
    assert_eq!(files.len(), 1, "no temporary file is left");
}

#[test]
fn truncated_files_are_rejected() {
    let case = new_case();
    let full = case.bytes.len() as u64;
    for length in [0, 1, 3] {
        assert!(matches!(case.problem_of(&case.bytes[..length]), KeyFileError::NotAKey));
    }
    let is_length = |problem, length| matches!(problem, KeyFileError::Length { expected, actual } if expected == full && actual == length);
    for length in [4, 12, 100, case.bytes.len() - ORIGIN, case.bytes.len() - 1] {
        assert!(is_length(case.problem_of(&case.bytes[..length]), length as u64), "{length}");
    }
    let longer = [case.bytes.as_slice(), &[0]].concat();
    assert!(is_length(case.problem_of(&longer), full + 1));
}

#[test]
fn any_flipped_bit_is_rejected() {
    let case = new_case();
    let end = case.bytes.len();
    let body = (4..end - ORIGIN).step_by(97);
    for at in (0..4).chain(body).chain(end - ORIGIN..end) {
        let mut bytes = case.bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        let problem = case.problem_of(&bytes);
        let from_end = end - at;
        let fits = match (at, from_end) {
            (0..4, _) => matches!(problem, KeyFileError::NotAKey),
            (_, 98..102) => matches!(problem, KeyFileError::Version { .. }),
            (_, 97) => matches!(problem, KeyFileError::NotDevelopment),
            (_, 65..97) => matches!(problem, KeyFileError::WrongCircuit { .. }),
            _ => matches!(problem, KeyFileError::Damaged),
        };
        assert!(fits, "byte {at}, {from_end} from the end: {problem}");
    }
}

#[test]
fn file_of_another_circuit_is_rejected() {
    let case = new_case();
    case.store.load_development::<Three>(|_| {}).unwrap();
    let other = fs::read(case.store.development_file::<Three>(&Three::constraint_system().circuit_hash())).unwrap();
    assert!(matches!(case.problem_of(&other), KeyFileError::Length { .. }));
    // A file of equal length with the other circuit's hash in it.
    let mut renamed = case.bytes.clone();
    let at = renamed.len() - 64 - 32;
    renamed[at..at + 32].copy_from_slice(&Three::constraint_system().circuit_hash());
    let [expected, actual] =
        [Cubic::constraint_system().circuit_hash(), Three::constraint_system().circuit_hash()].map(hex::encode);
    let problem = case.problem_of(&Case::with_matching_hash(renamed));
    assert!(matches!(problem, KeyFileError::WrongCircuit { expected: e, actual: a } if e == expected && a == actual));
}

/// A file with a matching hash passes that check, and still causes neither a panic nor an allocation of the length that
/// it states.
#[test]
fn file_with_invalid_content_is_rejected() {
    let case = new_case();
    // After the container's header and section 1: the header of section 2, and in it the number of variables.
    let (head, variables) = (12 + 16, 12 + 16 + 12 + 72);
    for (at, value) in
        [(8, u64::MAX), (8, 1), (head + 4, 0), (head + 4, u64::MAX), (variables, 0), (variables, u64::MAX)]
    {
        let mut bytes = case.bytes.clone();
        let width = if at == head + 4 { 8 } else { 4 };
        bytes[at..at + width].copy_from_slice(&value.to_le_bytes()[..width]);
        assert!(
            matches!(case.problem_of(&Case::with_matching_hash(bytes)), KeyFileError::InvalidContent(_)),
            "{at}: {value}"
        );
    }
    let mut bytes = case.bytes.clone();
    bytes[head + 12 + 84..][..32].fill(0xff);
    let problem = case.problem_of(&Case::with_matching_hash(bytes));
    assert!(matches!(problem, KeyFileError::InvalidContent(FileFormatError::Element { .. })), "{problem}");
}

/// The points of the verifying key are checked one by one even if the hash matches.
#[test]
fn degenerate_key_file_is_rejected() {
    let case = new_case();
    // Section 2: moduli and sizes, three points before gamma, delta in G1 between gamma and delta.
    let gamma = 12 + 16 + 12 + 84 + 64 + 64 + 128;
    let mut bytes = case.bytes.clone();
    bytes.copy_within(gamma + 128 + 64..gamma + 128 + 64 + 128, gamma);
    fs::write(&case.path, Case::with_matching_hash(bytes)).unwrap();
    assert!(matches!(case.store.load_development::<Cubic>(|_| {}), Err(KeyError::Degenerate(_))));
}

#[test]
fn file_of_a_terabyte_is_not_read() {
    let case = new_case();
    let file = fs::OpenOptions::new().write(true).open(&case.path).unwrap();
    if file.set_len(1 << 40).is_err() {
        return; // The file system has no sparse files of that size.
    }
    let Err(KeyError::File { problem, .. }) = case.store.load_development::<Cubic>(|_| {}) else { panic!("read") };
    assert!(matches!(*problem, KeyFileError::Length { actual, .. } if actual == 1 << 40));
}

#[test]
fn unusable_folder_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = KeyStore::new(&file).load_development::<Cubic>(|_| {}).err().unwrap();
    assert!(matches!(&error, KeyError::Io { path, .. } if path.starts_with(&file)), "{error}");
    let case = new_case();
    fs::remove_file(&case.path).unwrap();
    fs::create_dir(&case.path).unwrap();
    let Err(KeyError::File { problem, .. }) = case.store.load_development::<Cubic>(|_| {}) else { panic!("read") };
    assert!(matches!(*problem, KeyFileError::NotAKey));
}

#[test]
fn concurrent_writers_do_not_corrupt_cache() {
    let dir = tempfile::tempdir().unwrap();
    let make = |dir: &Path| KeyStore::new(dir).load_development::<Three>(|_| {}).unwrap().info().key_hash;
    let hashes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| make(dir.path()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
