//! Loading a ceremony's keys by their manifest: only keys that it lists are loaded, and only from files that match it.

use std::fs;
use std::path::PathBuf;

use blake2::{Blake2b512, Digest};
use psephos_circuits::Circuit;
use psephos_formats::zkey::Transcript;
use psephos_prover::manifest::{Entry, FILE, Manifest, PowersOfTau, Verifier};
use psephos_prover::{FileError, KeyError, KeyStore, ProvingKey};

use crate::toy::{Cubic, Three, rng};

pub struct Case {
    _dir: tempfile::TempDir,
    pub folder: PathBuf,
    pub manifest: Manifest,
}

fn entry<C: Circuit>(folder: &std::path::Path) -> Entry {
    let key = ProvingKey::<C>::development().unwrap();
    let bytes = key.zkey_file().unwrap();
    let file = format!("{}.zkey", C::NAME);
    fs::write(folder.join(&file), &bytes).unwrap();
    let info = key.info();
    Entry {
        circuit: C::NAME.into(),
        circuit_version: C::VERSION.0,
        circuit_hash: hex::encode(info.circuit_hash),
        constraints: info.constraints,
        variables: info.variables,
        inputs: info.inputs.clone(),
        file,
        bytes: bytes.len() as u64,
        blake2b: hex::encode(Blake2b512::digest(&bytes)),
        key_hash: hex::encode(info.key_hash),
        transcript_hash: hex::encode(Transcript::none().hash()),
        contributions: 0,
        verifier: Verifier { contract: "Verifier".into(), code_hash: None },
    }
}

pub fn case() -> Case {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("keys");
    fs::create_dir(&folder).unwrap();
    let powers = PowersOfTau { file: "p.ptau".into(), blake2b: "11".repeat(64), power: 6, published: false };
    let manifest = Manifest::new(false, powers, vec![entry::<Cubic>(&folder)]);
    Case { _dir: dir, folder, manifest }
}

impl Case {
    pub fn open(&self) -> Result<KeyStore, KeyError> {
        fs::write(self.folder.join(FILE), self.manifest.to_json()).unwrap();
        KeyStore::open(&self.folder)
    }

    fn load(&self) -> Result<ProvingKey<Cubic>, KeyError> {
        self.open()?.load(|_| {})
    }

    fn problem(&self) -> FileError {
        match self.load().err().expect("the key is rejected") {
            KeyError::File { problem, cached: false, .. } => *problem,
            other => panic!("{other}"),
        }
    }

    pub fn with(change: impl FnOnce(&mut Entry)) -> Case {
        let mut case = case();
        change(&mut case.manifest.keys[0]);
        case
    }
}

#[test]
fn key_in_manifest_is_loaded() {
    let case = case();
    let key = case.load().unwrap();
    assert!(key.info().development, "the key shows what it is, whatever the manifest says");
    key.prove(&Cubic::of(2), &mut rng(1)).unwrap();
    let store = case.open().unwrap();
    assert_eq!(store.manifest(), Some(&case.manifest));
    let text = fs::read(case.folder.join(FILE)).unwrap();
    assert_eq!(store.manifest_hash(), Some(Blake2b512::digest(&text).into()));
    assert!(KeyStore::open(case.folder.join("elsewhere")).unwrap().manifest().is_none());
}

#[test]
fn circuits_not_in_manifest_are_rejected() {
    let case = case();
    let refused = case.open().unwrap().load::<Three>(|_| {}).err().unwrap();
    assert!(matches!(refused, KeyError::NotListed { circuit: "three", .. }));
    assert!(!case.folder.join("three.zkey").exists(), "no key is generated in a ceremony's folder");
    let of_another_version = Case::with(|entry| entry.circuit_hash = "ab".repeat(32));
    assert!(matches!(of_another_version.load(), Err(KeyError::NotListed { .. })));
    let of_version_two = Case::with(|entry| entry.circuit_version = 2);
    assert!(matches!(of_version_two.load(), Err(KeyError::OtherVersion { expected: 1, actual: 2, .. })));
    assert!(of_version_two.manifest.to_json().contains(r#""circuitVersion": 2"#));
    assert!(!case.manifest.to_json().contains("circuitVersion"), "the first version is not written");
}

#[test]
fn manifest_with_wrong_files_is_rejected() {
    let case = case();
    let path = case.folder.join("cubic.zkey");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(matches!(case.problem(), FileError::Length { .. }));
    for at in (4..bytes.len()).step_by(53) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x20;
        fs::write(&path, altered).unwrap();
        assert!(matches!(case.problem(), FileError::NotInManifest { .. }), "byte {at}");
    }
    fs::write(&path, b"no key").unwrap();
    assert!(matches!(case.problem(), FileError::NotAKey));
    fs::remove_file(&path).unwrap();
    assert!(matches!(case.load(), Err(KeyError::Io { .. })));
}

/// Correct hashes of the wrong file.
#[test]
fn entry_that_contradicts_its_file_is_rejected() {
    let swapped = {
        let mut case = case();
        let three = entry::<Three>(&case.folder);
        let own = &mut case.manifest.keys[0];
        (own.file, own.bytes, own.blake2b) = (three.file, three.bytes, three.blake2b);
        case
    };
    assert!(matches!(swapped.problem(), FileError::Body(_) | FileError::Matrices(_)));
    let other_key = Case::with(|entry| entry.key_hash = "cd".repeat(32));
    assert!(matches!(other_key.load(), Err(KeyError::NotListed { .. })));
    for change in [
        (|entry: &mut Entry| entry.constraints += 1) as fn(&mut Entry),
        |entry| entry.variables += 1,
        |entry| entry.inputs.clear(),
        |entry| entry.contributions += 1,
        |entry| entry.transcript_hash = "00".repeat(64),
    ] {
        assert!(matches!(Case::with(change).load(), Err(KeyError::NotListed { .. })));
    }
}

#[test]
fn invalid_manifests_are_rejected() {
    let refuse = |case: &Case, what: &str| {
        let error = case.open().err().expect(what);
        assert!(matches!(&error, KeyError::Manifest { .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
    };
    for file in ["", "../key.zkey", "/etc/passwd", "a/b", ".hidden", "a b"] {
        refuse(&Case::with(|entry| entry.file = file.into()), "not a valid file name of a key");
    }
    refuse(&Case::with(|entry| entry.verifier.contract = "../Verifier".into()), "not a valid contract name");
    refuse(&Case::with(|entry| entry.blake2b.truncate(3)), "blake2b");
    refuse(&Case::with(|entry| entry.circuit_hash.make_ascii_uppercase()), "circuitHash");
    refuse(&Case::with(|entry| entry.key_hash = "zz".repeat(32)), "keyHash");
    refuse(&Case::with(|entry| entry.verifier.code_hash = Some("0x00".into())), "codeHash");
    let mut twice = case();
    twice.manifest.keys.push(twice.manifest.keys[0].clone());
    refuse(&twice, "two entries");
    let mut format = case();
    format.manifest.format = 2;
    refuse(&format, "its format is 2");
    let case = case();
    for text in ["", "{}", "[]", "{", &case.manifest.to_json().replace("\"bytes\"", "\"more\""), &"[".repeat(100_000)] {
        fs::write(case.folder.join(FILE), text).unwrap();
        assert!(matches!(KeyStore::open(&case.folder), Err(KeyError::Manifest { .. })));
    }
    fs::write(case.folder.join(FILE), vec![b' '; 2 << 20]).unwrap();
    assert!(matches!(KeyStore::open(&case.folder), Err(KeyError::Manifest { .. })));
}
