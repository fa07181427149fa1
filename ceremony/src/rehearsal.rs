//! Powers of tau for rehearsals: **their tau is public**, so anyone can forge proofs under keys that are made from
//! them.
//!
//! Tau, alpha and beta are derived from a sentence, so that such powers are equal everywhere and are recognised. A
//! rehearsal's keys are marked as development keys, and are accepted on local chains only.

use std::io::Write;

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::Field;
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use blake2::{Blake2b512, Digest};
use psephos_formats::binary::{FileKind, write_header, write_section};
use psephos_formats::elements::encode_points;
use psephos_formats::ptau;

use crate::CeremonyError;
use crate::stream::HashStream;

/// Returns tau, alpha and beta.
fn public_secrets() -> [Fr; 3] {
    let mut stream = HashStream::from_hash(&Blake2b512::digest("psephos powers of tau for rehearsals"));
    [stream.next_scalar(), stream.next_scalar(), stream.next_scalar()]
}

/// Whether tau in G1, the second power, is that of rehearsals.
pub fn is_rehearsal(tau: G1Affine) -> bool {
    tau == (G1Affine::generator() * public_secrets()[0]).into_affine()
}

/// Writes powers up to `2^power`, prepared for phase 2.
///
/// # Errors
/// Returns `InvalidPowers` unless the power is 1 to 20, or `Format` if they cannot be written.
pub fn write_powers(power: u32, out: &mut impl Write) -> Result<(), CeremonyError> {
    if !(1..=20).contains(&power) {
        return Err(CeremonyError::InvalidPowers("a rehearsal needs a power from 1 to 20"));
    }
    write_powers_of(public_secrets(), power, out)
}

/// Writes powers of any tau.
pub(crate) fn write_powers_of(
    [tau, alpha, beta]: [Fr; 3],
    power: u32,
    out: &mut impl Write,
) -> Result<(), CeremonyError> {
    let size = 1usize << power;
    let powers: Vec<Fr> = std::iter::successors(Some(Fr::ONE), |last| Some(*last * tau)).take(2 * size - 1).collect();
    let mut lagrange = Vec::with_capacity(4 * size);
    for level in 0..=power + 1 {
        let domain = GeneralEvaluationDomain::<Fr>::new(1 << level).ok_or(CeremonyError::InvalidPowers("too many"))?;
        lagrange.extend(domain.evaluate_all_lagrange_coefficients(tau));
    }
    let small = &lagrange[..2 * size - 1];
    let times = |factor: Fr, scalars: &[Fr]| scalars.iter().map(|x| *x * factor).collect::<Vec<Fr>>();

    let g1 = BatchMulPreprocessing::new(G1Projective::from(G1Affine::generator()), 10 * size);
    let g2 = BatchMulPreprocessing::new(G2Projective::from(G2Affine::generator()), 3 * size);
    let in_g1 = |scalars: &[Fr]| encode_points(&g1.batch_mul(scalars));
    let in_g2 = |scalars: &[Fr]| encode_points(&g2.batch_mul(scalars));
    let content = |id: u32| match id {
        1 => ptau::encode_header(power, power),
        2 => in_g1(&powers),
        3 => in_g2(&powers[..size]),
        4 => in_g1(&times(alpha, &powers[..size])),
        5 => in_g1(&times(beta, &powers[..size])),
        6 => in_g2(&[beta]),
        7 => 0u32.to_le_bytes().to_vec(),
        12 => in_g1(&lagrange),
        13 => in_g2(small),
        14 => in_g1(&times(alpha, small)),
        _ => in_g1(&times(beta, small)),
    };
    let sections = [1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15];
    let written = write_header(out, FileKind::Ptau, sections.len() as u32)
        .and_then(|()| sections.into_iter().try_for_each(|id| write_section(out, id, &content(id))));
    written.map_err(|error| CeremonyError::Format(error.into()))
}

#[cfg(test)]
mod tests {
    use psephos_formats::elements::FilePoint;
    use psephos_prover::REHEARSAL_ALPHA;

    use super::*;

    #[test]
    fn rehearsal_alpha_matches_its_constant() {
        let mut words = Vec::new();
        (G1Affine::generator() * public_secrets()[1]).into_affine().append_hash_input(&mut words);
        assert_eq!(hex::encode(words), REHEARSAL_ALPHA);
    }
}
