//! Invalid keys and transcripts: each is rejected with the reason, and cannot be contributed to.

use std::io::Cursor;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use psephos_ceremony::{CeremonyError, contribute};
use psephos_circuits::{Builder, Circuit};
use psephos_formats::zkey::{self, Header, Order, Secret, Transcript, Zkey};
use psephos_prover::{KeyError, ProvingKey};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::toy::{Power, Wrong, contributed, first, powers, verified, with_beacon};

/// The parts of a key file, from which an invalid one can be assembled.
struct Parts {
    key: Zkey,
    transcript: Transcript,
    coefficients: Vec<u8>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Parts {
        let mut file = zkey::open(Cursor::new(bytes)).unwrap();
        let coefficients = zkey::coefficient_bytes(&mut file).unwrap();
        Parts { key: Zkey::read(&mut file).unwrap(), transcript: zkey::transcript(&mut file).unwrap(), coefficients }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.key.write(&self.coefficients, &self.transcript, Order::Contributed, &mut bytes).unwrap();
        bytes
    }
}

/// Two contributions and a beacon.
struct Case {
    powers: Vec<u8>,
    first: Vec<u8>,
    last: Vec<u8>,
}

fn case() -> Case {
    let powers = powers(6);
    let first = first(&Power::system(), &powers);
    let last = with_beacon(&contributed(&contributed(&first, "Ada", 1), "Bob", 2));
    Case { powers, first, last }
}

impl Case {
    /// Returns the error of verifying the key after a change, which must be equal with and without the initial zkey.
    fn after(&self, change: impl Fn(&mut Parts)) -> CeremonyError {
        let mut parts = Parts::of(&self.last);
        change(&mut parts);
        let bytes = parts.bytes();
        let [alone, with] = [None, Some(self.first.as_slice())]
            .map(|first| verified(&Power::system(), &self.powers, &bytes, first).expect_err("refused"));
        assert_eq!(alone.to_string(), with.to_string());
        alone
    }

    /// Returns the problem of a contribution, which must stop the next contributor too.
    fn contribution(&self, number: usize, change: impl Fn(&mut Parts)) -> &'static str {
        let mut parts = Parts::of(&self.last);
        change(&mut parts);
        let next = contribute(Cursor::new(parts.bytes()), &mut Vec::new(), "next", &mut StdRng::seed_from_u64(9));
        assert!(next.is_err(), "a contribution to it was accepted");
        match self.after(change) {
            CeremonyError::Contribution { number: actual, problem, .. } => {
                assert_eq!(actual, number);
                problem
            }
            other => panic!("{other}"),
        }
    }
}

fn is_not_the_key(error: &CeremonyError, what: &str) -> bool {
    matches!(error, CeremonyError::NotTheKey(actual) if *actual == what)
}

#[test]
fn complete_ceremony_verifies() {
    let case = case();
    let ceremony = verified(&Power::system(), &case.powers, &case.last, Some(&case.first)).unwrap();
    assert!(ceremony.complete());
    assert_eq!(ceremony.drawn().count(), 2);
    let start = verified(&Power::system(), &case.powers, &case.first, None).unwrap();
    assert!(!start.complete());
}

#[test]
fn altered_lists_are_rejected() {
    let case = case();
    let other = |point: &mut G1Affine| *point = (*point + G1Affine::generator()).into_affine();
    let other_g2 = |point: &mut G2Affine| *point = (*point + G2Affine::generator()).into_affine();
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.a[3])), "A"));
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.b_g1[5])), "B in G1"));
    assert!(is_not_the_key(&case.after(|p| other_g2(&mut p.key.b_g2[5])), "B in G2"));
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.ic[1])), "IC"));
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.l[7])), "L is not divided by delta"));
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.h[11])), "H is not divided by delta"));
    let header = "its alpha or beta is not that of the powers of tau";
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.header.alpha_g1)), header));
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.header.beta_g1)), header));
    assert!(is_not_the_key(&case.after(|p| other_g2(&mut p.key.header.beta_g2)), header));
    assert!(is_not_the_key(&case.after(|p| other_g2(&mut p.key.header.gamma_g2)), "its gamma is not one"));
    let last = "its delta is not that of the last contribution";
    assert!(is_not_the_key(&case.after(|p| other(&mut p.key.header.delta_g1)), last));
    let halves = "its delta in G2 does not match that in G1";
    assert!(is_not_the_key(&case.after(|p| other_g2(&mut p.key.header.delta_g2)), halves));
}

#[test]
fn points_outside_their_groups_are_rejected() {
    let case = case();
    let off_curve = |p: &mut Parts| p.key.h[2].x += ark_bn254::Fq::from(1u64);
    assert!(matches!(case.after(off_curve), CeremonyError::Format(_)));
    let outside = (1u64..)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(ark_bn254::Fq2::from(x), false))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    assert!(matches!(case.after(|p| p.key.b_g2[2] = outside), CeremonyError::Format(_)));
    let group = "one of its points is not on its curve, or outside its group";
    assert_eq!(case.contribution(1, |p| p.transcript.contributions[0].spx = outside), group);
}

#[test]
fn missing_or_reordered_contributions_are_rejected() {
    let case = case();
    let order = "its hash does not match the contributions before it: one is missing, out of order or altered";
    assert_eq!(case.contribution(1, |p| drop(p.transcript.contributions.remove(0))), order);
    assert_eq!(case.contribution(2, |p| drop(p.transcript.contributions.remove(1))), order);
    assert_eq!(case.contribution(1, |p| p.transcript.contributions.swap(0, 1)), order);
    assert_eq!(case.contribution(1, |p| p.transcript.circuit[0] ^= 1), order);
    assert!(is_not_the_key(
        &case.after(|p| drop(p.transcript.contributions.pop())),
        "its delta is not that of the last contribution"
    ));
    // All contributions, under another initial hash.
    let other = case.after(|p| {
        p.transcript = Transcript { circuit: [1; 64], contributions: Vec::new() };
        let generator = (G1Affine::generator(), G2Affine::generator());
        (p.key.header.delta_g1, p.key.header.delta_g2) = generator;
    });
    assert!(matches!(other, CeremonyError::NotTheKey(_)), "{other}");
}

#[test]
fn degenerate_contributions_are_rejected() {
    let case = case();
    let infinity = "one of its points is infinity";
    for change in [
        (|p: &mut Parts| p.transcript.contributions[1].delta_after = G1Affine::zero()) as fn(&mut Parts),
        |p| p.transcript.contributions[1].s = G1Affine::zero(),
        |p| p.transcript.contributions[1].sx = G1Affine::zero(),
        |p| p.transcript.contributions[1].spx = G2Affine::zero(),
    ] {
        assert_eq!(case.contribution(2, change), infinity);
    }
    // A delta of the contributor's choice, without a factor that leads to it.
    let jump = |p: &mut Parts| {
        let delta = &mut p.transcript.contributions[2].delta_after;
        *delta = (*delta + G1Affine::generator()).into_affine();
    };
    assert_eq!(case.contribution(3, jump), "its delta is not the previous delta times its factor");
    let no_proof = |p: &mut Parts| {
        let spx = &mut p.transcript.contributions[1].spx;
        *spx = (*spx + G2Affine::generator()).into_affine();
    };
    assert_eq!(case.contribution(2, no_proof), "it does not prove that its contributor knew the factor");
    let beacon =
        |p: &mut Parts| p.transcript.contributions[2].secret = Secret::Beacon { value: vec![8; 32], iterations: 10 };
    assert_eq!(case.contribution(3, beacon), "its factor is not the beacon's");
    let endless =
        |p: &mut Parts| p.transcript.contributions[2].secret = Secret::Beacon { value: vec![7; 32], iterations: 63 };
    assert_eq!(case.contribution(3, endless), "its beacon has too few iterations, or too many to be verified");
}

/// Well-formed records by a party that knows their factors: one, and the inverse of all factors before.
#[test]
fn factors_that_cancel_the_ceremony_are_rejected() {
    let case = case();
    let start = Parts::of(&case.first);
    let extended = |factors: &[Fr], same_s: bool| {
        let mut parts =
            Parts { key: start.key.clone(), transcript: start.transcript.clone(), ..Parts::of(&case.first) };
        for (index, d) in factors.iter().enumerate() {
            let s = (G1Affine::generator() * Fr::from(if same_s { 5 } else { 5 + index as u64 })).into_affine();
            let delta = parts.key.header.delta_g1;
            let record = psephos_ceremony::contribute::record(&parts.transcript, delta, *d, s, Secret::Drawn, None);
            parts.key.header.delta_g1 = record.delta_after;
            parts.key.header.delta_g2 = (parts.key.header.delta_g2 * d).into_affine();
            parts.transcript.contributions.push(record);
        }
        verified(&Power::system(), &case.powers, &parts.bytes(), None).expect_err("refused").to_string()
    };
    let (three, third) = (Fr::from(3u64), ark_ff::Field::inverse(&Fr::from(3u64)).unwrap());
    let one = Fr::from(1u64);
    assert!(extended(&[one], false).contains("factor of one"));
    assert!(extended(&[three, third], false).contains("it makes delta equal to gamma"));
    assert!(extended(&[three, -third], false).contains("it makes delta equal to gamma"));
    assert!(extended(&[three, three], true).contains("it repeats another contribution"));
    // An equal factor with different points is not a repetition that others could detect.
    assert!(extended(&[three, three], false).contains("L is not divided by delta"));
}

/// `Power` with another coefficient.
struct Other;

impl Circuit for Other {
    type Error = Wrong;
    const NAME: &'static str = "other";
    const INPUTS: &'static [&'static str] = &["y", "z"];

    fn blank() -> Other {
        Other
    }

    fn inputs(&self) -> Vec<Fr> {
        vec![Fr::from(0u64); 2]
    }

    fn check(&self) -> Result<(), Wrong> {
        Err(Wrong)
    }

    fn synthesize(&self, b: &mut Builder) {
        let [y, z] = [0, 1].map(|_| b.input(Fr::from(0u64)));
        let x = b.given(Fr::from(0u64));
        b.witness(Fr::from(0u64));
        let power = (0..20).fold(x.clone(), |x, _| b.mul(&x, &x));
        let product = b.mul(&x, &x.add_constant(2u64));
        b.equal(&power.add_scaled(Fr::from(3u64), &product), &y);
        b.equal(&x.scale(7u64), &z);
    }
}

#[test]
fn key_of_another_circuit_is_rejected() {
    let case = case();
    let refused = verified(&Other::system(), &case.powers, &case.last, None).expect_err("refused");
    assert!(is_not_the_key(&refused, "its entries of A and B are those of another circuit"));
    let refused = ProvingKey::<Other>::from_zkey(&case.last).err().unwrap();
    assert!(matches!(&refused, KeyError::Import { .. }), "{refused}");
    assert!(refused.to_string().contains("other entries of A and B"), "{refused}");
    // C is not in the file: only the verification of the ceremony detects a change of C.
    let other_c = first(&Other::system(), &case.powers);
    let parts = Parts { coefficients: Parts::of(&case.first).coefficients, ..Parts::of(&other_c) };
    let refused = verified(&Power::system(), &case.powers, &parts.bytes(), None).expect_err("refused");
    assert!(matches!(refused, CeremonyError::NotTheKey(_)), "{refused}");
}

#[test]
fn key_without_contributions_is_rejected() {
    let case = case();
    let refused = ProvingKey::<Power>::from_zkey(&case.first).err().unwrap();
    assert!(matches!(refused, KeyError::Degenerate(_)), "{refused}");
}

#[test]
fn invalid_initial_zkeys_are_rejected() {
    let case = case();
    let with = |first: &[u8]| verified(&Power::system(), &case.powers, &case.last, Some(first)).expect_err("refused");
    assert!(is_not_the_key(&with(&case.last), "it has contributions already"));
    let mut parts = Parts::of(&case.first);
    parts.key.l.swap(0, 3);
    assert!(is_not_the_key(&with(&parts.bytes()), "L"));
    let mut parts = Parts::of(&case.first);
    parts.key.h.swap(0, 3);
    assert!(is_not_the_key(&with(&parts.bytes()), "H"));
    let mut parts = Parts::of(&case.first);
    parts.transcript.circuit[9] ^= 4;
    assert!(is_not_the_key(&with(&parts.bytes()), "its hash is not that of the transcript"));
    for change in [
        (|p: &mut Parts| p.key.a.swap(3, 4)) as fn(&mut Parts),
        |p| p.key.b_g1.swap(5, 6),
        |p| p.key.b_g2.swap(5, 6),
        |p| p.key.ic.swap(0, 1),
        |p| p.key.header.beta_g1 = p.key.header.alpha_g1,
    ] {
        let mut parts = Parts::of(&case.first);
        change(&mut parts);
        assert!(is_not_the_key(&with(&parts.bytes()), "the initial zkey has other lists than the last key"));
    }
    let Header { alpha_g1, .. } = Parts::of(&case.first).key.header;
    let mut parts = Parts::of(&case.first);
    parts.key.header.delta_g1 = alpha_g1;
    assert!(is_not_the_key(&with(&parts.bytes()), "its delta is not one"));
}

/// Valid contributions to an initial zkey with another one's hash.
#[test]
fn transcript_of_another_initial_zkey_is_rejected() {
    let powers = powers(6);
    let mut parts = Parts::of(&first(&Power::system(), &powers));
    parts.transcript.circuit = [5; 64];
    let last = contributed(&parts.bytes(), "Ada", 1);
    let honest = first(&Power::system(), &powers);
    for start in [None, Some(honest.as_slice())] {
        let refused = verified(&Power::system(), &powers, &last, start).expect_err("refused");
        assert!(is_not_the_key(&refused, "its transcript begins with the hash of another initial zkey"));
    }
}

#[test]
fn invalid_names_are_rejected() {
    let case = case();
    for name in ["", "a\nb", &"x".repeat(65), &"\u{1F600}".repeat(64)] {
        let refused = contribute(Cursor::new(&case.first), &mut Vec::new(), name, &mut StdRng::seed_from_u64(1));
        assert!(matches!(refused, Err(CeremonyError::Name)), "{name:?}");
    }
    contributed(&case.first, &"ü".repeat(64), 1);
}
