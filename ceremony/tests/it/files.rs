//! Files that are truncated, altered, of another kind, field, curve or size: an error, never a panic, and no more
//! memory than the file's length.

use std::io::Cursor;

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{FftField, Field};
use psephos_ceremony::{CeremonyError, first_key, powers as check};
use psephos_circuits::Circuit;
use psephos_formats::Iden3Error;
use psephos_formats::elements::FilePoint;
use psephos_formats::ptau::Ptau;
use psephos_formats::zkey::{self, Zkey};
use psephos_formats::{r1cs, witness};
use psephos_prover::circuit_files::{constraint_system, into_r1cs};

use crate::toy::{Power, contributed, first, powers, ptau, with_beacon};

fn r1cs_file() -> Vec<u8> {
    let mut bytes = Vec::new();
    r1cs::write(&constraint_system(&Power::system()), &mut bytes).unwrap();
    bytes
}

fn witness_file() -> Vec<u8> {
    let mut bytes = Vec::new();
    witness::write(&Power { x: Fr::from(5u64) }.assignment(), &mut bytes).unwrap();
    bytes
}

/// Reads everything in a key.
fn read_key(bytes: &[u8]) -> Result<(), Iden3Error> {
    let mut file = zkey::open(Cursor::new(bytes))?;
    zkey::shape(&mut file)?;
    zkey::parse_coefficients(&mut file)?;
    zkey::transcript(&mut file)?;
    Zkey::read(&mut file)?.check_points()
}

fn read_powers(bytes: &[u8]) -> Result<(), Iden3Error> {
    Ptau::open(Cursor::new(bytes))?.contributors().map(drop)
}

type Reader = fn(&[u8]) -> Result<(), Iden3Error>;

fn readers() -> Vec<(&'static str, Vec<u8>, Reader)> {
    let key = with_beacon(&contributed(&first(&Power::system(), &powers(6)), "Ada", 1));
    vec![
        ("r1cs", r1cs_file(), |bytes| r1cs::read(Cursor::new(bytes)).map(drop)),
        ("wtns", witness_file(), |bytes| witness::read(Cursor::new(bytes)).map(drop)),
        ("zkey", key, read_key),
        ("ptau", powers(6), read_powers),
    ]
}

#[test]
fn written_files_are_read_back() {
    let system = into_r1cs(r1cs::read(Cursor::new(r1cs_file())).unwrap()).unwrap();
    assert_eq!(system.hash(), Power::system().hash());
    let assignment = witness::read(Cursor::new(witness_file())).unwrap();
    assert_eq!(*assignment, Power { x: Fr::from(5u64) }.assignment());
    system.satisfied(&assignment).unwrap();
    readers().iter().for_each(|(_, bytes, read)| read(bytes).unwrap());
}

#[test]
fn truncated_files_are_rejected() {
    for (name, bytes, read) in readers() {
        for length in (0..bytes.len().min(400)).chain((400..bytes.len()).step_by(211)) {
            let error = read(&bytes[..length]).expect_err(name);
            assert!(
                matches!(error, Iden3Error::NotThisKind { .. } | Iden3Error::Table { .. }),
                "{name} {length}: {error}"
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(matches!(read(&longer), Err(Iden3Error::Table { .. })), "{name}");
    }
}

/// A flipped bit is an error or gives another file of the same kind, never a panic. Bits that the format fixes always
/// give an error.
#[test]
fn flipped_bits_never_panic() {
    for (name, bytes, read) in readers() {
        for at in (0..bytes.len().min(300)).chain((300..bytes.len()).step_by(97)) {
            let mut altered = bytes.clone();
            altered[at] ^= 1 << (at % 8);
            let outcome = read(&altered);
            assert!(at >= 12 || outcome.is_err(), "{name}, byte {at}");
        }
    }
}

#[test]
fn file_of_another_kind_is_rejected() {
    let all = readers();
    for (name, _, read) in &all {
        for (other, bytes, _) in all.iter().filter(|(other, ..)| other != name) {
            assert!(matches!(read(bytes), Err(Iden3Error::NotThisKind { .. })), "{other} as {name}");
        }
    }
}

#[test]
fn file_for_another_field_or_curve_is_rejected() {
    // The modulus is after the container's header, the section's header and its own length.
    for (name, bytes, read) in readers() {
        let at = if name == "zkey" { 12 + 16 + 12 + 4 } else { 12 + 12 + 4 };
        let mut altered = bytes.clone();
        altered[at] ^= 2;
        assert!(matches!(read(&altered), Err(Iden3Error::Curve)), "{name}");
    }
}

#[test]
fn sizes_beyond_the_file_are_rejected() {
    let word = |bytes: &[u8], at: usize, value: u32| {
        let mut altered = bytes.to_vec();
        altered[at..at + 4].copy_from_slice(&value.to_le_bytes());
        altered
    };
    let header = 12 + 12 + 36;
    let r1cs_bytes = r1cs_file();
    for (at, what) in [(0, "wires"), (4, "outputs"), (8, "public"), (12, "private"), (24, "constraints")] {
        assert!(r1cs::read(Cursor::new(word(&r1cs_bytes, header + at, u32::MAX))).is_err(), "{what}");
    }
    assert!(witness::read(Cursor::new(word(&witness_file(), header, u32::MAX))).is_err());
    for power in [0, 5, 7, 28, 29, u32::MAX] {
        assert!(read_powers(&word(&powers(6), header, power)).is_err(), "{power}");
    }
    let key = &readers()[2].1;
    let sizes = 12 + 16 + 12 + 72;
    for at in [0, 4, 8] {
        for value in [0, 1, 1 << 28, u32::MAX] {
            assert!(read_key(&word(key, sizes + at, value)).is_err(), "{at} {value}");
        }
    }
}

#[test]
fn too_few_or_unprepared_powers_are_rejected() {
    let system = Power::system();
    let refused = first_key(&system, &mut ptau(&powers(4))).err().unwrap();
    assert!(matches!(refused, CeremonyError::TooSmall { power: 4, needed: 5 }), "{refused}");
    // Without the sections of phase 2, which are the last four.
    let bytes = powers(6);
    let mut raw = bytes.clone();
    let prepared: usize = [(128 + 127) * 64, 127 * 128, 127 * 64, 127 * 64].iter().map(|length| length + 12).sum();
    raw.truncate(bytes.len() - prepared);
    raw[8] = 7;
    let refused = first_key(&system, &mut ptau(&raw)).err().unwrap();
    assert!(matches!(refused, CeremonyError::NotPrepared), "{refused}");
}

#[test]
fn invalid_powers_are_rejected() {
    let bytes = powers(6);
    let domain = 32;
    check::check(&mut ptau(&bytes), &[domain]).unwrap();
    let section = |id: u32| {
        let mut at = 12;
        loop {
            let length = u64::from_le_bytes(bytes[at + 4..at + 12].try_into().unwrap()) as usize;
            if bytes[at..at + 4] == id.to_le_bytes() {
                return at + 12;
            }
            at += 12 + length;
        }
    };
    let mut point = Vec::new();
    (G1Affine::generator() * Fr::from(99u64)).into_affine().encode(&mut point);
    // Level 5 of the Lagrange polynomials begins after 31 points, level 6 after 63.
    for (id, index, what) in [
        (2, 0, "they do not start with the generators"),
        (2, 1, "tau in G1 and tau in G2 differ"),
        (2, 40, "the points in G1 are not powers of tau"),
        (4, 3, "the points with alpha are not powers of tau"),
        (5, 31, "the points with beta are not powers of tau"),
        (12, 31 + 8, "the Lagrange polynomials in G1 are not those of the powers"),
        (12, 63 + 9, "the Lagrange polynomials of twice the domain are not those of the powers"),
        (14, 31, "the Lagrange polynomials in G1 are not those of the powers"),
        (15, 31 + 31, "the Lagrange polynomials in G1 are not those of the powers"),
    ] {
        let mut altered = bytes.clone();
        let at = section(id) + 64 * index;
        altered[at..at + 64].copy_from_slice(&point);
        let refused = check::check(&mut ptau(&altered), &[domain]).expect_err(what);
        assert!(matches!(refused, CeremonyError::Powers(actual) if actual == what), "{what}: {refused}");
    }
    // In G2: a point of another position.
    for (id, what) in [
        (3, "the points in G2 are not powers of tau"),
        (13, "the Lagrange polynomials in G2 are not those of the powers"),
    ] {
        let mut altered = bytes.clone();
        let at = section(id) + 128 * 35;
        if id == 3 {
            let power = section(id) + 128 * 20;
            altered.copy_within(power..power + 128, power + 256);
        } else {
            altered.copy_within(at..at + 128, at + 128);
        }
        let refused = check::check(&mut ptau(&altered), &[domain]).expect_err(what);
        assert!(matches!(refused, CeremonyError::Powers(actual) if actual == what), "{what}: {refused}");
    }
    // Tau in place of beta.
    let mut altered = bytes.clone();
    let tau = section(3) + 128;
    altered.copy_within(tau..tau + 128, section(6));
    let refused = check::check(&mut ptau(&altered), &[domain]).expect_err("another beta");
    let what = "beta in G1 and beta in G2 differ";
    assert!(matches!(refused, CeremonyError::Powers(actual) if actual == what), "{refused}");
    // The one coefficient that no power in the file is compared with: a point of the attacker's choice in that
    // direction.
    let mut altered = bytes.clone();
    let root: Fr = Fr::get_root_of_unity(64).unwrap();
    for j in 0..64u64 {
        let at = section(12) + 64 * (63 + j as usize);
        let own = G1Affine::decode(&altered[at..at + 64]).unwrap();
        let mut moved = Vec::new();
        (G1Affine::generator() * root.pow([j]) + own).into_affine().encode(&mut moved);
        altered[at..at + 64].copy_from_slice(&moved);
    }
    let refused = check::check(&mut ptau(&altered), &[domain]).expect_err("another point");
    let what = "the last power of twice the domain is not a power of tau";
    assert!(matches!(refused, CeremonyError::Powers(actual) if actual == what), "{refused}");
    let mut altered = bytes.clone();
    altered[section(2) + 64 * 9] ^= 1;
    let off_curve = check::check(&mut ptau(&altered), &[domain]).expect_err("off the curve");
    assert!(matches!(off_curve, CeremonyError::Format(Iden3Error::Element { .. })), "{off_curve}");
}
