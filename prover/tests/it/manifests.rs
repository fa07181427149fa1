//! Loading a ceremony's keys by their manifest: only keys that it lists are loaded, and only from files that match it.

use std::fs;
use std::path::PathBuf;

use blake2::{Blake2b512, Digest};
use psephos_circuits::{Circuit, CircuitVersion};
use psephos_formats::zkey::Transcript;
use psephos_prover::manifest::{FILE_NAME, KeyEntry, Manifest, PowersOfTau, VerifierContract};
use psephos_prover::{KeyError, KeyFileError, KeyStore, ProvingKey};

use crate::toy::{Cubic, Three, seeded_rng};

pub struct Case {
    _dir: tempfile::TempDir,
    pub folder: PathBuf,
    pub manifest: Manifest,
}

fn write_key_entry<C: Circuit>(folder: &std::path::Path) -> KeyEntry {
    let key = ProvingKey::<C>::generate_development().unwrap();
    let bytes = key.to_zkey().unwrap();
    let file = format!("{}.zkey", C::NAME);
    fs::write(folder.join(&file), &bytes).unwrap();
    let info = key.info();
    KeyEntry {
        circuit: C::NAME.into(),
        circuit_version: C::VERSION,
        circuit_hash: hex::encode(info.circuit_hash),
        constraints: info.constraints,
        variables: info.variables,
        inputs: info.inputs.clone(),
        file,
        bytes: bytes.len() as u64,
        blake2b: hex::encode(Blake2b512::digest(&bytes)),
        key_hash: hex::encode(info.key_hash),
        transcript_hash: hex::encode(Transcript::without_ceremony().hash()),
        contributions: 0,
        verifier: VerifierContract { contract: "Verifier".into(), code_hash: None },
    }
}

pub fn new_case() -> Case {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("keys");
    fs::create_dir(&folder).unwrap();
    let powers = PowersOfTau { file: "p.ptau".into(), blake2b: "11".repeat(64), power: 6, published: false };
    let manifest = Manifest::new(false, powers, vec![write_key_entry::<Cubic>(&folder)]);
    Case { _dir: dir, folder, manifest }
}

impl Case {
    pub fn open_store(&self) -> Result<KeyStore, KeyError> {
        fs::write(self.folder.join(FILE_NAME), self.manifest.to_json()).unwrap();
        KeyStore::open(&self.folder)
    }

    fn load_cubic(&self) -> Result<ProvingKey<Cubic>, KeyError> {
        self.open_store()?.load_key(|_| {})
    }

    fn file_problem(&self) -> KeyFileError {
        match self.load_cubic().err().expect("the key is rejected") {
            KeyError::File { problem, cached: false, .. } => *problem,
            other => panic!("{other}"),
        }
    }

    pub fn with_entry(change: impl FnOnce(&mut KeyEntry)) -> Case {
        let mut case = new_case();
        change(&mut case.manifest.keys[0]);
        case
    }
}

#[test]
fn key_in_manifest_is_loaded() {
    let case = new_case();
    let key = case.load_cubic().unwrap();
    assert!(key.info().development, "the key shows what it is, whatever the manifest says");
    key.prove(&Cubic::from_x(2), &mut seeded_rng(1)).unwrap();
    let store = case.open_store().unwrap();
    assert_eq!(store.manifest(), Some(&case.manifest));
    let text = fs::read(case.folder.join(FILE_NAME)).unwrap();
    assert_eq!(store.manifest_hash(), Some(Blake2b512::digest(&text).into()));
    assert!(KeyStore::open(case.folder.join("elsewhere")).unwrap().manifest().is_none());
}

#[test]
fn circuits_not_in_manifest_are_rejected() {
    let case = new_case();
    let refused = case.open_store().unwrap().load_key::<Three>(|_| {}).err().unwrap();
    assert!(matches!(refused, KeyError::NotListed { circuit: "three", .. }));
    assert!(!case.folder.join("three.zkey").exists(), "no key is generated in a ceremony's folder");
    let of_another_version = Case::with_entry(|entry| entry.circuit_hash = "ab".repeat(32));
    assert!(matches!(of_another_version.load_cubic(), Err(KeyError::NotListed { .. })));
    let of_version_two = Case::with_entry(|entry| entry.circuit_version = CircuitVersion(2));
    assert!(matches!(
        of_version_two.load_cubic(),
        Err(KeyError::OtherVersion { expected: CircuitVersion::FIRST, actual: CircuitVersion(2), .. })
    ));
    assert!(of_version_two.manifest.to_json().contains(r#""circuitVersion": 2"#));
    assert!(!case.manifest.to_json().contains("circuitVersion"), "the first version is not written");
}

#[test]
fn manifest_with_wrong_files_is_rejected() {
    let case = new_case();
    let path = case.folder.join("cubic.zkey");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(matches!(case.file_problem(), KeyFileError::Length { .. }));
    for at in (4..bytes.len()).step_by(53) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x20;
        fs::write(&path, altered).unwrap();
        assert!(matches!(case.file_problem(), KeyFileError::NotInManifest { .. }), "byte {at}");
    }
    fs::write(&path, b"no key").unwrap();
    assert!(matches!(case.file_problem(), KeyFileError::NotAKey));
    fs::remove_file(&path).unwrap();
    assert!(matches!(case.load_cubic(), Err(KeyError::Io { .. })));
}

/// Correct hashes of the wrong file.
#[test]
fn entry_that_contradicts_its_file_is_rejected() {
    let swapped = {
        let mut case = new_case();
        let three = write_key_entry::<Three>(&case.folder);
        let own = &mut case.manifest.keys[0];
        (own.file, own.bytes, own.blake2b) = (three.file, three.bytes, three.blake2b);
        case
    };
    assert!(matches!(swapped.file_problem(), KeyFileError::InvalidContent(_) | KeyFileError::Matrices(_)));
    let other_key = Case::with_entry(|entry| entry.key_hash = "cd".repeat(32));
    assert!(matches!(other_key.load_cubic(), Err(KeyError::NotListed { .. })));
    for change in [
        (|entry: &mut KeyEntry| entry.constraints += 1) as fn(&mut KeyEntry),
        |entry| entry.variables += 1,
        |entry| entry.inputs.clear(),
        |entry| entry.contributions += 1,
        |entry| entry.transcript_hash = "00".repeat(64),
    ] {
        assert!(matches!(Case::with_entry(change).load_cubic(), Err(KeyError::NotListed { .. })));
    }
}

#[test]
fn invalid_manifests_are_rejected() {
    let refuse = |case: &Case, what: &str| {
        let error = case.open_store().err().expect(what);
        assert!(matches!(&error, KeyError::Manifest { .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
    };
    for file in ["", "../key.zkey", "/etc/passwd", "a/b", ".hidden", "a b"] {
        refuse(&Case::with_entry(|entry| entry.file = file.into()), "not a valid file name of a key");
    }
    refuse(&Case::with_entry(|entry| entry.verifier.contract = "../Verifier".into()), "not a valid contract name");
    refuse(&Case::with_entry(|entry| entry.blake2b.truncate(3)), "blake2b");
    refuse(&Case::with_entry(|entry| entry.circuit_hash.make_ascii_uppercase()), "circuitHash");
    refuse(&Case::with_entry(|entry| entry.key_hash = "zz".repeat(32)), "keyHash");
    refuse(&Case::with_entry(|entry| entry.verifier.code_hash = Some("0x00".into())), "codeHash");
    let mut twice = new_case();
    twice.manifest.keys.push(twice.manifest.keys[0].clone());
    refuse(&twice, "two entries");
    let mut format = new_case();
    format.manifest.format = 2;
    refuse(&format, "its format is 2");
    let case = new_case();
    for text in ["", "{}", "[]", "{", &case.manifest.to_json().replace("\"bytes\"", "\"more\""), &"[".repeat(100_000)] {
        fs::write(case.folder.join(FILE_NAME), text).unwrap();
        assert!(matches!(KeyStore::open(&case.folder), Err(KeyError::Manifest { .. })));
    }
    fs::write(case.folder.join(FILE_NAME), vec![b' '; 2 << 20]).unwrap();
    assert!(matches!(KeyStore::open(&case.folder), Err(KeyError::Manifest { .. })));
}
