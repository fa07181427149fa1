use psephos_protocol::{
    Fr, Point, Scalar,
    committee::KeyVector,
    elements::{NoteCommitment, Nullifier, StatementHash},
    encryption::encrypt_values,
    statement::ballot::PostedBallot,
};
use psephos_state::{Address, U256, deployment::placeholder};

use super::*;

const POLL: (PollId, PollFingerprint) = (PollId::new(1), PollFingerprint::from_bytes([5; 32]));

fn example_contents(replacing: bool) -> Contents {
    let keys = KeyVector::new(std::array::from_fn(|j| Point::generator().mul_u64(j as u64 + 9))).unwrap();
    let ciphertext = encrypt_values(&[0, 1, 0], &keys, &Scalar::from(3u64));
    let posted = PostedBallot {
        h: StatementHash::from_fr(Fr::from(1u64)),
        nullifier: Nullifier::from_fr(Fr::from(2u64)),
        note: NoteCommitment::from_fr(Fr::from(3u64)),
        ciphertext,
    };
    let old = replacing.then(|| ReplacedBallot::from_posted(&posted, [7; 32]));
    Contents { record: BallotRecord { proof: [U256::from(1); 8], posted }, old }
}

#[test]
fn package_round_trips_within_its_maximum_size() {
    for replacing in [false, true] {
        let package =
            Package::new(&placeholder(Address::repeat_byte), POLL, ChamberId::new(2), &example_contents(replacing));
        let json = package.to_json();
        assert!(json.len() < MAX_BYTES);
        let parsed = Package::parse(json.as_bytes()).unwrap();
        assert_eq!(parsed, package);
        assert_eq!(parsed.contents().unwrap(), example_contents(replacing));
    }
}

#[test]
fn truncated_packages_are_rejected() {
    let json =
        Package::new(&placeholder(Address::repeat_byte), POLL, ChamberId::new(2), &example_contents(true)).to_json();
    let text = json.trim_end();
    for length in (0..text.len()).step_by(7) {
        let error = Package::parse(&text.as_bytes()[..length]).unwrap_err();
        assert!(matches!(error, PackageError::Syntax { .. }), "{length}: {error}");
    }
    assert!(Package::parse(format!("{json}x").as_bytes()).is_err(), "trailing bytes");
}

#[test]
fn other_formats_versions_and_fields_are_rejected() {
    let json =
        Package::new(&placeholder(Address::repeat_byte), POLL, ChamberId::new(2), &example_contents(false)).to_json();
    let newer = json.replace("\"version\": 2", "\"version\": 3");
    assert!(matches!(Package::parse(newer.as_bytes()), Err(PackageError::Version { version: 3, .. })));
    let other = json.replace("psephos-ballot", "other");
    assert!(matches!(Package::parse(other.as_bytes()), Err(PackageError::Version { .. })));
    let unknown = json.replacen('{', "{\"extra\": 1,", 1);
    assert!(matches!(Package::parse(unknown.as_bytes()), Err(PackageError::Syntax { .. })));
    let deep = "[".repeat(MAX_BYTES);
    assert!(matches!(Package::parse(deep.as_bytes()), Err(PackageError::Syntax { .. })));
    assert!(matches!(Package::parse(&vec![b' '; MAX_BYTES + 1]), Err(PackageError::TooLarge { .. })));
}

#[test]
fn malformed_records_are_rejected() {
    let package = Package::new(&placeholder(Address::repeat_byte), POLL, ChamberId::new(2), &example_contents(true));
    let with = |change: &dyn Fn(&mut Package)| {
        let mut package = package.clone();
        change(&mut package);
        package.contents().unwrap_err()
    };
    let short = with(&|package| package.record.truncate(package.record.len() - 2));
    assert!(matches!(short, PackageError::Record { field: "record", .. }), "{short}");
    let not_hex = with(&|package| package.record = package.record.replace("0x", ""));
    assert!(matches!(not_hex, PackageError::Field { field: "record", .. }), "{not_hex}");
    let old = with(&|package| package.replaces = Some("0x00".into()));
    assert!(matches!(old, PackageError::Record { field: "replaces", .. }), "{old}");
    let size = with(&|package| package.circuit = 8);
    assert!(matches!(size, PackageError::Record { .. }), "{size}");
}
