//! Verification of a whole ceremony from public data: the circuit, the powers of tau and the last key.

use std::io::{Read, Seek};

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use psephos_circuits::R1cs;
use psephos_formats::ptau::Ptau;
use psephos_formats::zkey::{self, Header, Transcript, Zkey};
use psephos_prover::circuit_files::constraint_system;

use crate::initial::{self, ReferenceValues};
use crate::powers::{self, has_same_ratio, linear_combination};
use crate::{CeremonyError, digest, transcript};

/// Verifies a key against its circuit and the powers of tau: each list by a random linear combination, every
/// contribution of the transcript, and that `L` and `H` are divided by the delta of the contributions.
///
/// With `first`, the initial zkey, the transcript's first hash is taken from it after it has been checked the same way.
/// Without it the `L` of the initial zkey is computed, which takes longer.
///
/// Returns the transcript, whose contributions are all valid. The powers are not checked here: use
/// [`powers::check_powers`] and their published hash.
///
/// # Errors
/// Returns a [`CeremonyError`] with the first check that fails.
pub fn verify_ceremony<R: Read + Seek, K: Read + Seek, F: Read + Seek>(
    system: &R1cs,
    ptau: &mut Ptau<R>,
    key: K,
    first: Option<F>,
) -> Result<Transcript, CeremonyError> {
    let mut file = zkey::open_zkey(key)?;
    let bases = ReferenceValues::read_from(system, ptau)?;
    if zkey::read_shape(&mut file)? != bases.shape {
        return Err(CeremonyError::NotTheKey("it has another number of variables, inputs or constraints"));
    }
    if !zkey::read_coefficients(&mut file)?.into_iter().eq(zkey::key_coefficients(&constraint_system(system))) {
        return Err(CeremonyError::NotTheKey("its entries of A and B are those of another circuit"));
    }
    let transcript = zkey::read_transcript(&mut file)?;
    let key = Zkey::read_points(&mut file)?;
    drop(file);
    key.check_points()?;
    bases.check_unchanged_parts(&key)?;
    transcript::verify_transcript(&transcript, key.header.delta_g1, key.header.delta_g2)?;

    let generator = G2Affine::generator();
    let divided = |after: G1Affine, before: G1Affine| {
        (after.is_zero() && before.is_zero()) || has_same_ratio(after, key.header.delta_g2, before, generator)
    };
    let random = powers::random_coefficients(key.l.len());
    if !divided(linear_combination(&key.l, &random).into(), bases.sum_l(&random).into()) {
        return Err(CeremonyError::NotTheKey("L is not divided by delta"));
    }
    // Compared with the Lagrange polynomials themselves, and not only with the powers that a proof uses: one direction
    // of H, which no honest proof needs, would remain unchecked, and in it the party that made the initial zkey could
    // hide a point that allows forgeries.
    let random = powers::random_coefficients(key.h.len());
    if !divided(linear_combination(&key.h, &random).into(), linear_combination(&bases.lagrange.odd, &random).into()) {
        return Err(CeremonyError::NotTheKey("H is not divided by delta"));
    }
    let circuit = match first {
        Some(first) => {
            let mut file = zkey::open_zkey(first)?;
            let (first, start) = (Zkey::read_points(&mut file)?, zkey::read_transcript(&mut file)?);
            initial::check_initial_zkey_of(&key, &first, &start, &bases, ptau)?;
            start.circuit
        }
        // A, B and IC are equal before and after, and have been checked: only L is computed.
        None => {
            let header = Header { delta_g1: G1Affine::generator(), delta_g2: generator, ..key.header };
            digest::hash_initial_zkey(&Zkey { header, l: initial::compute_l(&bases), ..key }, ptau)?
        }
    };
    if circuit != transcript.circuit {
        return Err(CeremonyError::NotTheKey("its transcript begins with the hash of another initial zkey"));
    }
    Ok(transcript)
}
