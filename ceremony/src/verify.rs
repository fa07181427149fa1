//! Verification of a whole ceremony from public data: the circuit, the powers of tau and the last key.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use psephos_circuits::R1cs;
use psephos_formats::ptau::Ptau;
use psephos_formats::zkey::{self, Header, Transcript, Zkey};
use psephos_prover::circuit_files::constraint_system;

use crate::first::{self, Bases};
use crate::powers::{self, combine, same_ratio};
use crate::{CeremonyError, chain, digest};

/// Verifies a key against its circuit and the powers of tau: each list by a random linear combination, every
/// contribution of the transcript, and that `L` and `H` are divided by the delta of the contributions.
///
/// With `first`, the initial zkey, the transcript's first hash is taken from it after it has been checked the same way.
/// Without it the `L` of the initial zkey is computed, which takes longer.
///
/// Returns the transcript, whose contributions are all valid. The powers are not checked here: use [`powers::check`]
/// and their published hash.
///
/// # Errors
/// Returns a [`CeremonyError`] with the first check that fails.
pub fn verify<R: Read + Seek, K: Read + Seek, F: Read + Seek>(
    system: &R1cs,
    ptau: &mut Ptau<R>,
    key: K,
    first: Option<F>,
) -> Result<Transcript, CeremonyError> {
    let mut file = zkey::open(key)?;
    let bases = Bases::read(system, ptau)?;
    if zkey::shape(&mut file)? != bases.shape {
        return Err(CeremonyError::NotTheKey("it has another number of variables, inputs or constraints"));
    }
    if !zkey::parse_coefficients(&mut file)?.into_iter().eq(zkey::coefficients(&constraint_system(system))) {
        return Err(CeremonyError::NotTheKey("its entries of A and B are those of another circuit"));
    }
    let transcript = zkey::transcript(&mut file)?;
    let key = Zkey::read(&mut file)?;
    drop(file);
    key.check_points()?;
    bases.check(&key)?;
    chain::check(&transcript, key.header.delta_g1, key.header.delta_g2)?;

    let generator = G2Affine::generator();
    let divided = |after: G1Affine, before: G1Affine| {
        (after.is_zero() && before.is_zero()) || same_ratio(after, key.header.delta_g2, before, generator)
    };
    let random = powers::coefficients(key.l.len());
    if !divided(combine(&key.l, &random).into(), bases.l(&random).into()) {
        return Err(CeremonyError::NotTheKey("L is not divided by delta"));
    }
    // Compared with the Lagrange polynomials themselves, and not only with the powers that a proof uses: one direction
    // of H, which no honest proof needs, would remain unchecked, and in it the party that made the initial zkey could
    // hide a point that allows forgeries.
    let random = powers::coefficients(key.h.len());
    if !divided(combine(&key.h, &random).into(), combine(&bases.lagrange.odd, &random).into()) {
        return Err(CeremonyError::NotTheKey("H is not divided by delta"));
    }
    let circuit = match first {
        Some(first) => {
            let mut file = zkey::open(first)?;
            let (first, start) = (Zkey::read(&mut file)?, zkey::transcript(&mut file)?);
            first::check_start_of(&key, &first, &start, &bases, ptau)?;
            start.circuit
        }
        // A, B and IC are equal before and after, and have been checked: only L is computed.
        None => {
            let header = Header { delta_g1: G1Affine::generator(), delta_g2: generator, ..key.header };
            digest::first_key(&Zkey { header, l: first::l(&bases), ..key }, ptau)?
        }
    };
    if circuit != transcript.circuit {
        return Err(CeremonyError::NotTheKey("its transcript begins with the hash of another initial zkey"));
    }
    Ok(transcript)
}
