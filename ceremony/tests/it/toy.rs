//! A small circuit, and files of its ceremonies.

use std::io::Cursor;

use ark_bn254::Fr;
use psephos_ceremony::{CeremonyError, beacon, contribute, first_key, rehearsal, verify};
use psephos_circuits::{Builder, Circuit, R1cs};
use psephos_formats::ptau::Ptau;
use psephos_formats::zkey::{self, Order, Transcript};
use psephos_prover::circuit_files::constraint_system;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The witness is invalid.
#[derive(Debug, thiserror::Error)]
#[error("wrong")]
pub(crate) struct Wrong;

/// `x^(2^20) + 3·x·(x + 1) = y`, with `z = 7·x` public too; one variable occurs in no constraint.
pub(crate) struct Power {
    pub(crate) x: Fr,
}

impl Circuit for Power {
    type Error = Wrong;
    const NAME: &'static str = "power";
    const INPUTS: &'static [&'static str] = &["y", "z"];

    fn blank() -> Power {
        Power { x: Fr::from(0u64) }
    }

    fn inputs(&self) -> Vec<Fr> {
        let square = |x: Fr| x * x;
        let power = (0..20).fold(self.x, |x, _| square(x));
        vec![power + Fr::from(3u64) * self.x * (self.x + Fr::from(1u64)), Fr::from(7u64) * self.x]
    }

    fn check(&self) -> Result<(), Wrong> {
        Ok(())
    }

    fn synthesize(&self, b: &mut Builder) {
        let [y, z] = [0, 1].map(|i| b.input(self.inputs()[i]));
        b.section("powers");
        let x = b.given(self.x);
        let unused = b.witness(Fr::from(0u64));
        assert_eq!(unused.value(), Fr::from(0u64));
        let power = (0..20).fold(x.clone(), |x, _| b.mul(&x, &x));
        let product = b.mul(&x, &x.add_constant(1u64));
        b.section("outputs");
        b.equal(&power.add_scaled(Fr::from(3u64), &product), &y);
        b.equal(&x.scale(7u64), &z);
    }
}

/// Returns a rehearsal's powers of tau.
pub(crate) fn powers(power: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    rehearsal::write(power, &mut bytes).unwrap();
    bytes
}

pub(crate) fn ptau(bytes: &[u8]) -> Ptau<Cursor<&[u8]>> {
    Ptau::open(Cursor::new(bytes)).unwrap()
}

/// Returns the initial zkey as a file.
pub(crate) fn first(system: &R1cs, powers: &[u8]) -> Vec<u8> {
    let (key, transcript) = first_key(system, &mut ptau(powers)).unwrap();
    let mut bytes = Vec::new();
    let coefficients = zkey::encode_coefficients(zkey::coefficients(&constraint_system(system)));
    key.write(&coefficients, &transcript, Order::New, &mut bytes).unwrap();
    bytes
}

pub(crate) fn contributed(key: &[u8], name: &str, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    contribute(Cursor::new(key), &mut bytes, name, &mut StdRng::seed_from_u64(seed)).unwrap();
    bytes
}

pub(crate) fn with_beacon(key: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    beacon(Cursor::new(key), &mut bytes, &[7; 32], 10).unwrap();
    bytes
}

pub(crate) fn verified(
    system: &R1cs,
    powers: &[u8],
    key: &[u8],
    first: Option<&[u8]>,
) -> Result<Transcript, CeremonyError> {
    verify(system, &mut ptau(powers), Cursor::new(key), first.map(Cursor::new))
}
