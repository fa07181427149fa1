//! An initial zkey with a flaw that `snarkjs zkey verify` (0.7.6) does not detect.
//!
//! A proof uses `H` only for multiples of the vanishing polynomial `x^n - 1` of degree `2n - 2` at the most. That
//! leaves one direction of the `n` points of `H` which no honest proof uses, and which a check against the powers of
//! tau, as in snarkjs, does not constrain: `D = sum w^-j·H_j` over the odd `j`. The party that computes the initial
//! zkey can put the point of a public input there. Every honest contributor then divides it by its factor like all
//! other points, and in the end `IC_1 / delta` is public, which turns a proof of one statement into a proof of another.
//! Here `H` is compared with the Lagrange polynomials themselves.

use std::io::Cursor;

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{FftField, Field};
use psephos_ceremony::{CeremonyError, first_key};
use psephos_circuits::Circuit;
use psephos_formats::zkey::{self, Order, Zkey};
use psephos_prover::circuit_files::constraint_system;
use psephos_prover::{Proof, ProvingKey};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::peers::Peer;
use crate::toy::{Power, contributed, powers, ptau, verified, with_beacon};

/// `w^j` for the odd `j`, `w` a root of unity of order `2n`.
fn odd_points(n: usize) -> Vec<Fr> {
    let root = Fr::get_root_of_unity(2 * n as u64).unwrap();
    (0..n as u64).map(|i| root.pow([2 * i + 1])).collect()
}

/// The direction that no honest proof uses.
fn direction(h: &[G1Affine]) -> G1Projective {
    odd_points(h.len()).iter().zip(h).map(|(point, h)| *h * point.inverse().unwrap()).sum()
}

/// A key whose `H` holds `IC_1` in that direction.
fn poisoned(powers: &[u8]) -> Vec<u8> {
    let system = Power::system();
    let (mut key, transcript) = first_key(&system, &mut ptau(powers)).unwrap();
    let n = key.h.len();
    let missing = (key.ic[1].into_group() - direction(&key.h)) * Fr::from(n as u64).inverse().unwrap();
    for (h, point) in key.h.iter_mut().zip(odd_points(n)) {
        *h = (missing * point + *h).into_affine();
    }
    assert_eq!(direction(&key.h), key.ic[1].into_group());
    let mut bytes = Vec::new();
    let coefficients = zkey::encode_coefficients(zkey::coefficients(&constraint_system(&system)));
    key.write(&coefficients, &transcript, Order::New, &mut bytes).unwrap();
    bytes
}

#[test]
fn point_hidden_in_h_is_detected() {
    let (system, powers) = (Power::system(), powers(6));
    let first = poisoned(&powers);
    let last = with_beacon(&contributed(&contributed(&first, "honest", 1), "honest too", 2));

    // Everything looks correct: an honest proof verifies. So does a forged one, made from it and the key alone.
    let key = ProvingKey::<Power>::from_zkey(&last).unwrap();
    let statement = Power { x: Fr::from(5u64) };
    let (a, b, c) = key.prove(&statement, &mut StdRng::seed_from_u64(3)).unwrap().points();
    let h = Zkey::read(&mut zkey::open(Cursor::new(&last)).unwrap()).unwrap().h;
    let wanted = Fr::from(1_000_000u64);
    let mut inputs = statement.inputs();
    let shift = direction(&h) * (inputs[0] - wanted);
    inputs[0] = wanted;
    let forged = Proof::from_points(a, b, (shift + c).into_affine()).unwrap();
    key.verifying_key().verify(&forged, &inputs).unwrap();

    // Rejected with and without the initial zkey at hand; so is the initial zkey itself.
    for start in [None, Some(first.as_slice())] {
        let refused = verified(&system, &powers, &last, start);
        assert!(matches!(refused, Err(CeremonyError::NotTheKey("H is not divided by delta"))));
    }
    if let Some(peer) = Peer::new(&system, &powers) {
        peer.write("last.zkey", &last);
        assert!(peer.accepts("last.zkey"), "snarkjs detects it now: the comment above is out of date");
    }
}
