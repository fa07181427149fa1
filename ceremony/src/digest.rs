//! The hash with which a transcript begins. It stands for the circuit and the powers of tau that a key was made of.

use std::io::{Read, Seek};

use ark_bn254::{Fq, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, Field, PrimeField, Zero, batch_inversion};
use blake2::{Blake2b512, Digest};
use psephos_prover::iden3::elements::{FilePoint, G1_BYTES};
use psephos_prover::iden3::ptau::{List, Ptau};
use psephos_prover::iden3::zkey::Zkey;

use crate::CeremonyError;

/// Points that are hashed at once.
const CHUNK: usize = 1 << 14;

/// BLAKE2b of a key before its first contribution, with the powers `tau^(n+i) - tau^i` in place of `H`.
pub(crate) fn first_key<R: Read + Seek>(key: &Zkey, ptau: &mut Ptau<R>) -> Result<[u8; 64], CeremonyError> {
    let mut hasher = Blake2b512::new();
    hash_points(&mut hasher, &[key.header.alpha_g1, key.header.beta_g1]);
    hash_points(&mut hasher, &[key.header.beta_g2, key.header.gamma_g2]);
    hash_points(&mut hasher, &[key.header.delta_g1]);
    hash_points(&mut hasher, &[key.header.delta_g2]);
    hash_list(&mut hasher, &key.ic);
    hash_powers(&mut hasher, ptau, key.h.len())?;
    hash_list(&mut hasher, &key.l);
    hash_list(&mut hasher, &key.a);
    hash_list(&mut hasher, &key.b_g1);
    hash_list(&mut hasher, &key.b_g2);
    Ok(hasher.finalize().into())
}

fn hash_list<P: FilePoint>(hasher: &mut Blake2b512, points: &[P]) {
    hasher.update((points.len() as u32).to_be_bytes());
    hash_points(hasher, points);
}

fn hash_points<P: FilePoint>(hasher: &mut Blake2b512, points: &[P]) {
    for chunk in points.chunks(CHUNK) {
        let mut bytes = Vec::with_capacity(chunk.len() * P::BYTES);
        chunk.iter().for_each(|point| point.hashed(&mut bytes));
        hasher.update(bytes);
    }
}

/// The `n - 1` points `tau^(n+i) - tau^i`. snarkjs takes them in chunks of 2^14 and does not shorten the last, so for larger domains there is
/// one more, for which it reads `tau^(2n-1)`: where the file has no such power, the bytes that come after the last one.
fn hash_powers<R: Read + Seek>(hasher: &mut Blake2b512, ptau: &mut Ptau<R>, n: usize) -> Result<(), CeremonyError> {
    hasher.update((n as u32 - 1).to_be_bytes());
    let count = if n - 1 > CHUNK { n } else { n - 1 };
    for start in (0..count).step_by(CHUNK) {
        let length = CHUNK.min(count - start);
        let low: Vec<G1Affine> = ptau.powers(List::TauG1, start as u64, length as u64)?;
        let high = ptau.raw_tau_g1((n + start) as u64, length as u64)?;
        let high: Vec<(Fq, Fq)> =
            high.chunks_exact(G1_BYTES).map(|bytes| (reduced(bytes), reduced(&bytes[32..]))).collect();
        hash_points(hasher, &differences(&high, &low));
    }
    Ok(())
}

/// A coordinate as it is used in arithmetic, whatever the bytes: in Montgomery form, so what they say is divided by R.
fn reduced(bytes: &[u8]) -> Fq {
    let inverse_of_r = Fq::new_unchecked(BigInt::one());
    Fq::from_le_bytes_mod_order(&bytes[..32]) * inverse_of_r
}

/// `P - Q`, pair by pair, by the formula for points that are different: it is defined also where `P` is on no curve.
fn differences(high: &[(Fq, Fq)], low: &[G1Affine]) -> Vec<G1Affine> {
    let mut denominators: Vec<Fq> = high.iter().zip(low).map(|((x, _), q)| q.x - x).collect();
    batch_inversion(&mut denominators);
    let pairs = high.iter().zip(low).zip(denominators);
    let difference = |(((x, y), q), inverse): (((&Fq, &Fq), &G1Affine), Fq)| {
        if q.is_zero() || inverse.is_zero() {
            // Equal or opposite points, or no power at all: powers of tau that nobody should use.
            let p = G1Affine::new_unchecked(*x, *y);
            return if p.is_on_curve() { (p + -*q).into() } else { G1Affine::zero() };
        }
        let slope = (-q.y - y) * inverse;
        let next = slope.square() - x - q.x;
        G1Affine::new_unchecked(next, slope * (*x - next) - y)
    };
    pairs.map(|(((x, y), q), inverse)| difference((((x, y), q), inverse))).collect()
}
