//! The hash with which a transcript begins, that of the initial zkey. It commits to the circuit and the powers of tau.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G1Projective};
use ark_ec::CurveGroup;
use blake2::{Blake2b512, Digest};
use psephos_formats::elements::FilePoint;
use psephos_formats::ptau::{List, Ptau};
use psephos_formats::zkey::Zkey;
use rayon::prelude::*;

use crate::CeremonyError;
use crate::raw::difference;

/// Number of points that are hashed at once.
const CHUNK: usize = 1 << 14;

/// Computes BLAKE2b of an initial zkey, with the powers `tau^(n+i) - tau^i` in place of `H`.
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

/// Hashes the `n - 1` points `tau^(n+i) - tau^i`. snarkjs processes them in chunks of 2^14 and does not shorten the
/// last one, so for larger domains there is one more, for which it reads `tau^(2n-1)`: if the file has no such power,
/// the bytes after the last one.
fn hash_powers<R: Read + Seek>(hasher: &mut Blake2b512, ptau: &mut Ptau<R>, n: usize) -> Result<(), CeremonyError> {
    hasher.update((n as u32 - 1).to_be_bytes());
    for start in (0..n - 1).step_by(CHUNK) {
        let length = CHUNK.min(n - 1 - start) as u64;
        let low: Vec<G1Affine> = ptau.powers(List::TauG1, start as u64, length)?;
        let high: Vec<G1Affine> = ptau.powers(List::TauG1, (n + start) as u64, length)?;
        let differences: Vec<G1Projective> = high.par_iter().zip(&low).map(|(high, low)| *high - low).collect();
        hash_points(hasher, &G1Projective::normalize_batch(&differences));
    }
    if n - 1 > CHUNK {
        let low: Vec<G1Affine> = ptau.powers(List::TauG1, n as u64 - 1, 1)?;
        let bytes = ptau.raw_tau_g1(2 * n as u64 - 1, 1)?;
        let low = low.first().copied().unwrap_or_default();
        hash_points(hasher, &[difference(&bytes, &low)]);
    }
    Ok(())
}
