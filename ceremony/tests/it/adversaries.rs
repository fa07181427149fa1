//! Attacks by parties that control the folder, a file or a contribution.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use psephos_ceremony::{CeremonyError, Folder, contribute};
use psephos_circuits::Circuit;
use psephos_circuits::catalogue::Name;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_formats::zkey::{self, FactorSource, SectionOrder, Transcript, Zkey};
use psephos_protocol::identifiers::ChainId;
use psephos_prover::{KeyError, ProvingKey};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::toy::{Power, add_beacon, add_contribution, initial_zkey, rehearsal_powers, verify_key};

/// A ceremony of the smallest circuit, ready to be finalised.
struct Ceremony {
    dir: tempfile::TempDir,
    folder: Folder,
    powers: PathBuf,
}

const CIRCUIT: Name = Name::CommitteeKeys;

impl Ceremony {
    fn begin_ceremony() -> Ceremony {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("powers.ptau");
        fs::write(&path, rehearsal_powers(13)).unwrap();
        let folder = Folder::prepare(&dir.path().join("ceremony"), &path, &[CIRCUIT], None, &|_| {}).unwrap();
        Ceremony { dir, folder, powers: path }
    }

    fn complete_ceremony() -> Ceremony {
        let ceremony = Ceremony::begin_ceremony();
        for name in ["Ada", "Bob"] {
            ceremony.folder.contribute(name, b"", false, &|_| {}).unwrap();
        }
        ceremony.folder.add_beacon(&[7; 32], 10, &|_| {}).unwrap();
        ceremony
    }

    fn description_path(&self) -> PathBuf {
        self.dir.path().join("ceremony/ceremony.json")
    }

    fn edit_description(&self, from: &str, to: &str) -> Result<Folder, CeremonyError> {
        let text = fs::read_to_string(self.description_path()).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(self.description_path(), text.replace(from, to)).unwrap();
        let opened = Folder::open(&self.dir.path().join("ceremony"));
        fs::write(self.description_path(), text).unwrap();
        opened
    }

    fn output_path(&self) -> PathBuf {
        self.dir.path().join("keys")
    }
}

fn assert_folder_error(error: CeremonyError, what: &str) {
    assert!(matches!(&error, CeremonyError::Folder(text) if text.contains(what)), "{error}");
}

/// A key with one more record, whose contents the attacker chooses.
fn extend_key(bytes: &[u8], d: Fr, secret: FactorSource, name: Option<&str>) -> Vec<u8> {
    let mut file = zkey::open_zkey(Cursor::new(bytes)).unwrap();
    let (mut key, mut transcript) = (Zkey::read_points(&mut file).unwrap(), zkey::read_transcript(&mut file).unwrap());
    let s = (G1Affine::generator() * Fr::from(1000 + transcript.contributions.len() as u64)).into_affine();
    let record = contribute::build_record(&transcript, key.header.delta_g1, d, s, secret, name.map(str::to_owned));
    key.header.delta_g1 = record.delta_after;
    key.header.delta_g2 = (key.header.delta_g2 * d).into_affine();
    let inverse = d.inverse().unwrap();
    key.l.iter_mut().chain(&mut key.h).for_each(|point| *point = (*point * inverse).into_affine());
    transcript.contributions.push(record);
    let mut out = Vec::new();
    key.write_file(
        &zkey::read_coefficient_section(&mut file).unwrap(),
        &transcript,
        SectionOrder::Contributed,
        &mut out,
    )
    .unwrap();
    out
}

#[test]
fn description_that_contradicts_the_powers_is_rejected() {
    let ceremony = Ceremony::complete_ceremony();
    for (from, to) in [
        ("\"rehearsal\": true", "\"rehearsal\": false"),
        ("\"published\": false", "\"published\": true"),
        ("\"power\": 13", "\"power\": 14"),
    ] {
        let folder = ceremony.edit_description(from, to).unwrap();
        assert_folder_error(folder.verify(&ceremony.powers, &|_| {}).unwrap_err(), "it has been altered");
        assert_folder_error(
            folder.finalise(&ceremony.powers, &ceremony.output_path(), 1, true, &|_| {}).unwrap_err(),
            "it has been altered",
        );
    }
    let circuit = |text: &str| format!("{{\n      \"circuit\": \"{text}\"");
    for (from, to) in [(circuit("committee-keys"), circuit("notes")), (circuit("committee-keys"), circuit("none"))] {
        assert!(ceremony.edit_description(&from, &to).is_err());
    }
    let text = fs::read_to_string(ceremony.description_path()).unwrap();
    let entry = text[text.find("    {").unwrap()..text.rfind("    }").unwrap() + 5].to_owned();
    let twice = ceremony.edit_description(&entry, &format!("{entry},\n{entry}")).err().unwrap();
    assert_folder_error(twice, "twice");
    assert!(!ceremony.output_path().exists());
}

/// The verified bytes are written, whatever happens to the file meanwhile.
#[test]
fn file_swapped_during_verification_is_not_published() {
    let ceremony = Ceremony::complete_ceremony();
    let path = |n| ceremony.folder.zkey_path(CIRCUIT, n);
    let known = extend_key(&fs::read(path(0)).unwrap(), Fr::from(5u64), FactorSource::Drawn, Some("Mallory"));
    let honest = fs::read(path(3)).unwrap();
    let swap = |_| fs::write(path(3), &known).unwrap();
    ceremony.folder.finalise(&ceremony.powers, &ceremony.output_path(), 2, false, &swap).unwrap();
    assert!(fs::read(ceremony.output_path().join("committee-keys.zkey")).unwrap() == honest);
    let json = fs::read_to_string(ceremony.output_path().join("committee-keys.vkey.json")).unwrap();
    let key = ProvingKey::<CommitteeKeysCircuit>::from_zkey(&honest).unwrap();
    assert_eq!(psephos_prover::snarkjs::parse_verification_key(&json).unwrap().info().key_hash, key.info().key_hash);
}

#[test]
fn forgeable_keys_remain_development_keys() {
    // A rehearsal's key, recognised by its file alone; and a key that one party made, exported and read again.
    let last =
        add_beacon(&add_contribution(&initial_zkey(&Power::constraint_system(), &rehearsal_powers(6)), "Ada", 1));
    let one_go = ProvingKey::<Power>::generate_development().unwrap().to_zkey().unwrap();
    for bytes in [last, one_go] {
        let key = ProvingKey::<Power>::from_zkey(&bytes).unwrap();
        assert!(matches!(key.verifying_key().check_chain(ChainId::new(1)), Err(KeyError::Development { .. })));
        let json = psephos_prover::snarkjs::verification_key_to_json(key.verifying_key());
        let stripped = json.split(",\n  \"psephos\"").next().unwrap().to_owned() + "\n}";
        let parsed = psephos_prover::snarkjs::parse_verification_key(&stripped).unwrap();
        assert!(parsed.check_chain(ChainId::new(1)).is_err(), "without the field that says so");
    }
}

/// Proofs under it would verify, and would let anyone confirm a guess of the witness.
#[test]
fn key_that_does_not_blind_is_rejected() {
    let honest =
        add_beacon(&add_contribution(&initial_zkey(&Power::constraint_system(), &rehearsal_powers(6)), "Ada", 1));
    let altered = |change: &dyn Fn(&mut Zkey)| {
        let mut file = zkey::open_zkey(Cursor::new(&honest)).unwrap();
        let (mut key, transcript) = (Zkey::read_points(&mut file).unwrap(), zkey::read_transcript(&mut file).unwrap());
        change(&mut key);
        let mut out = Vec::new();
        key.write_file(
            &zkey::read_coefficient_section(&mut file).unwrap(),
            &transcript,
            SectionOrder::Contributed,
            &mut out,
        )
        .unwrap();
        ProvingKey::<Power>::from_zkey(&out).map(drop)
    };
    altered(&|_| {}).unwrap();
    let changes: [&dyn Fn(&mut Zkey); 4] = [
        &|key| key.header.delta_g1 = G1Affine::zero(),
        &|key| key.header.beta_g1 = G1Affine::zero(),
        &|key| key.header.delta_g1 = G1Affine::generator(),
        &|key| key.header.beta_g1 = key.header.alpha_g1,
    ];
    for change in changes {
        assert!(matches!(altered(change), Err(KeyError::Degenerate(_))));
    }
}

#[test]
fn contribution_after_the_beacon_is_rejected() {
    let (system, powers) = (Power::constraint_system(), rehearsal_powers(6));
    let last = add_beacon(&add_contribution(&initial_zkey(&system, &powers), "Ada", 1));
    let after = extend_key(&last, Fr::from(5u64), FactorSource::Drawn, Some("Mallory"));
    let refused = verify_key(&system, &powers, &after, None).unwrap_err().to_string();
    assert!(refused.contains("it comes after the beacon"), "{refused}");
    let mut out = Vec::new();
    assert!(contribute(Cursor::new(&after), &mut out, "next", &mut StdRng::seed_from_u64(1)).is_err());
}

/// A transcript that requires years of hashing is rejected before any hashing is done.
#[test]
fn beacon_with_too_many_iterations_is_rejected() {
    let (system, powers) = (Power::constraint_system(), rehearsal_powers(6));
    let start = initial_zkey(&system, &powers);
    for iterations in [29, 40, 63, 64, 255] {
        let secret = FactorSource::Beacon { value: vec![1; 32], iterations };
        let endless = extend_key(&start, Fr::from(5u64), secret, None);
        let refused = verify_key(&system, &powers, &endless, None).unwrap_err().to_string();
        assert!(refused.contains("too many"), "{refused}");
    }
}

#[test]
fn too_long_name_is_rejected() {
    let start = initial_zkey(&Power::constraint_system(), &rehearsal_powers(6));
    let long = "a".repeat(192);
    let fits = extend_key(&start, Fr::from(5u64), FactorSource::Drawn, Some(&long));
    add_contribution(&fits, "next", 2);
    // One more byte, inserted by hand: in the parameters, their length, and the section's length.
    let mut bytes = fits.clone();
    bytes.push(b'a');
    let parameters = bytes.len() - 193 - 2;
    bytes[parameters + 1] = 193;
    bytes[parameters - 4..parameters].copy_from_slice(&195u32.to_le_bytes());
    let section = parameters - 8 - (64 + 4 + 3 * 64 + 128 + 64) - 8;
    let length = u64::from_le_bytes(bytes[section..section + 8].try_into().unwrap());
    bytes[section..section + 8].copy_from_slice(&(length + 1).to_le_bytes());
    let refused = contribute(Cursor::new(&bytes), &mut Vec::new(), "next", &mut StdRng::seed_from_u64(1)).unwrap_err();
    assert!(refused.to_string().contains("its name is too long"), "{refused}");
}

/// Names prove nothing: a contribution under the caller's name is not taken for the caller's.
#[test]
fn round_started_by_another_under_the_same_name_is_rejected() {
    let ceremony = Ceremony::begin_ceremony();
    let start = fs::read(ceremony.folder.zkey_path(CIRCUIT, 0)).unwrap();
    let both = [CIRCUIT, Name::Claim3];
    let folder = Folder::prepare(&ceremony.dir.path().join("two"), &ceremony.powers, &both, None, &|_| {}).unwrap();
    let begun = extend_key(&start, Fr::from(5u64), FactorSource::Drawn, Some("Ada"));
    fs::write(folder.zkey_path(CIRCUIT, 1), begun).unwrap();
    assert_folder_error(folder.contribute("Ada", b"", false, &|_| {}).unwrap_err(), "--resume");
    assert_folder_error(
        folder.contribute("Bob", b"", true, &|_| {}).unwrap_err(),
        "round 1 of \"Ada\" is not finished",
    );
    let added = folder.contribute("Ada", b"", true, &|_| {}).unwrap();
    let before: Vec<_> = added.iter().map(|one| (one.circuit, one.before)).collect();
    assert_eq!(before, [(Name::Claim3, false), (CIRCUIT, true)], "and those that existed are marked");
    folder.contribute("Bob", b"", false, &|_| {}).unwrap();
    // A key of another circuit in a circuit's place.
    fs::copy(folder.zkey_path(Name::Claim3, 2), folder.zkey_path(CIRCUIT, 2)).unwrap();
    assert_folder_error(folder.contribute("Eve", b"", false, &|_| {}).unwrap_err(), "is not a key of this ceremony");
    // A key whose file name states more contributions than it has.
    fs::copy(folder.zkey_path(Name::Claim3, 2), folder.zkey_path(CIRCUIT, 3)).unwrap();
    assert_folder_error(folder.contribute("Eve", b"", true, &|_| {}).unwrap_err(), "its name states 3");
}

/// A party that ends one circuit with a beacon of its own choice could have tried many.
#[test]
fn different_beacons_are_rejected() {
    let ceremony = Ceremony::begin_ceremony();
    let both = [CIRCUIT, Name::Claim3];
    let folder = Folder::prepare(&ceremony.dir.path().join("two"), &ceremony.powers, &both, None, &|_| {}).unwrap();
    for name in ["Ada", "Bob"] {
        folder.contribute(name, b"", false, &|_| {}).unwrap();
    }
    for (circuit, value) in [(CIRCUIT, 7), (Name::Claim3, 8)] {
        let (before, mut after) = (fs::read(folder.zkey_path(circuit, 2)).unwrap(), Vec::new());
        psephos_ceremony::contribute_beacon(Cursor::new(before), &mut after, &[value; 32], 10).unwrap();
        fs::write(folder.zkey_path(circuit, 3), after).unwrap();
    }
    folder.verify(&ceremony.powers, &|_| {}).unwrap();
    let refused = folder.finalise(&ceremony.powers, &ceremony.output_path(), 2, false, &|_| {}).unwrap_err();
    assert_folder_error(refused, "another beacon");
    assert!(!ceremony.output_path().exists());
}

#[test]
fn key_without_contributions_is_compared_completely() {
    let (system, powers) = (Power::constraint_system(), rehearsal_powers(6));
    let start = initial_zkey(&system, &powers);
    let change = |change: &dyn Fn(&mut Zkey)| {
        let mut file = zkey::open_zkey(Cursor::new(&start)).unwrap();
        let (mut key, transcript): (_, Transcript) =
            (Zkey::read_points(&mut file).unwrap(), zkey::read_transcript(&mut file).unwrap());
        change(&mut key);
        let mut out = Vec::new();
        key.write_file(
            &zkey::read_coefficient_section(&mut file).unwrap(),
            &transcript,
            SectionOrder::Initial,
            &mut out,
        )
        .unwrap();
        verify_key(&system, &powers, &out, None).map(drop)
    };
    change(&|_| {}).unwrap();
    assert!(change(&|key| key.l.swap(0, 3)).is_err());
    assert!(change(&|key| key.h.swap(0, 3)).is_err());
}

#[test]
fn existing_initial_zkey_is_checked() {
    let ceremony = Ceremony::begin_ceremony();
    let again = || {
        Folder::prepare(&ceremony.dir.path().join("ceremony"), &ceremony.powers, &[CIRCUIT], None, &|_| {}).map(drop)
    };
    again().unwrap();
    let path = ceremony.folder.zkey_path(CIRCUIT, 0);
    fs::write(&path, extend_key(&fs::read(&path).unwrap(), Fr::from(5u64), FactorSource::Drawn, None)).unwrap();
    assert!(matches!(again(), Err(CeremonyError::Circuit { circuit: CIRCUIT, .. })));
    let other =
        Folder::prepare(&ceremony.dir.path().join("ceremony"), &ceremony.powers, &[Name::Claim3], None, &|_| {});
    assert_folder_error(other.err().unwrap(), "another ceremony");
}

#[test]
fn key_larger_than_memory_is_an_error() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sparse.zkey");
    let start = initial_zkey(&Power::constraint_system(), &rehearsal_powers(6));
    fs::write(&path, &start).unwrap();
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    // Section 10 is the last one, and gets all of the additional length.
    if file.set_len(1 << 43).is_err() {
        return; // The file system has no sparse files of that size.
    }
    let mut bytes = start.clone();
    let section = bytes.len() - 68 - 8;
    let length = (1u64 << 43) - (section as u64 + 8);
    bytes[section..section + 8].copy_from_slice(&length.to_le_bytes());
    std::os::unix::fs::FileExt::write_all_at(&file, &bytes[section..section + 8], section as u64).unwrap();
    let opened = zkey::open_zkey(fs::File::open(&path).unwrap());
    let transcript = opened.and_then(|mut file| zkey::read_transcript(&mut file));
    fs::remove_file(&path).unwrap();
    assert!(transcript.is_err(), "an error, not an aborted process");
}

#[cfg(unix)]
#[test]
fn published_files_are_readable_by_all() {
    use std::os::unix::fs::PermissionsExt;
    let ceremony = Ceremony::complete_ceremony();
    ceremony.folder.finalise(&ceremony.powers, &ceremony.output_path(), 2, false, &|_| {}).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ceremony.folder.zkey_path(CIRCUIT, 2)), 0o644);
    assert_eq!(mode(&ceremony.output_path().join("manifest.json")), 0o644);
    assert_eq!(mode(&ceremony.output_path()), 0o755);
}
