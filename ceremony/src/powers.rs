//! Checks of powers of tau before they are used.
//!
//! A ceremony's powers are trusted because of who took part, and the file is identified by its hash. Without trust one
//! can check that they *are* powers of one number, that alpha and beta are the same throughout, and that the Lagrange
//! polynomials are those of the powers. All of it is checked by random linear combinations with 128-bit coefficients: a
//! wrong file passes with probability 2^-128.

use std::io::{Read, Seek};

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{Field, Zero};
use ark_poly::{EvaluationDomain, GeneralEvaluationDomain};
use psephos_formats::elements::check_points;
use psephos_formats::ptau::{PointList, Ptau};
use rand::Rng;
use rand::rngs::OsRng;

use crate::CeremonyError;

/// The Lagrange polynomials of a domain at tau.
pub struct LagrangePoints {
    /// In G1.
    pub tau: Vec<G1Affine>,
    /// In G2.
    pub tau_g2: Vec<G2Affine>,
    /// Times alpha.
    pub alpha: Vec<G1Affine>,
    /// Times beta.
    pub beta: Vec<G1Affine>,
    /// The odd ones of twice the domain, in G1.
    pub odd: Vec<G1Affine>,
}

/// Returns unpredictable 128-bit coefficients.
pub(crate) fn random_coefficients(count: usize) -> Vec<Fr> {
    (0..count).map(|_| Fr::from(OsRng.r#gen::<u128>())).collect()
}

/// Sums points with coefficients; the longer of the two lists is cut.
pub(crate) fn linear_combination(points: &[G1Affine], coefficients: &[Fr]) -> G1Projective {
    G1Projective::msm_unchecked(points, coefficients)
}

/// Whether `e(a, b) = e(c, d)` and none of the points is infinity.
pub(crate) fn has_same_ratio(a: impl Into<G1Affine>, b: G2Affine, c: impl Into<G1Affine>, d: G2Affine) -> bool {
    let (a, c): (G1Affine, G1Affine) = (a.into(), c.into());
    let infinite = a.is_zero() || b.is_zero() || c.is_zero() || d.is_zero();
    !infinite && Bn254::multi_pairing([a, -c], [b, d]).is_zero()
}

/// Checks that the powers serve a domain of this size and are prepared; returns the domain's power.
pub(crate) fn check_serves<R: Read + Seek>(ptau: &Ptau<R>, domain: usize) -> Result<u32, CeremonyError> {
    let needed = domain.ilog2();
    if ptau.power() < needed {
        return Err(CeremonyError::TooSmall { power: ptau.power(), needed });
    }
    if !ptau.is_prepared() {
        return Err(CeremonyError::NotPrepared);
    }
    Ok(needed)
}

/// Reads the Lagrange polynomials from which keys of this domain are made.
pub(crate) fn read_lagrange<R: Read + Seek>(
    ptau: &mut Ptau<R>,
    domain: usize,
) -> Result<LagrangePoints, CeremonyError> {
    let level = check_serves(ptau, domain)?;
    let twice: Vec<G1Affine> = ptau.read_lagrange(PointList::TauG1, level + 1)?;
    Ok(LagrangePoints {
        tau: ptau.read_lagrange(PointList::TauG1, level)?,
        tau_g2: ptau.read_lagrange(PointList::TauG2, level)?,
        alpha: ptau.read_lagrange(PointList::Alpha, level)?,
        beta: ptau.read_lagrange(PointList::Beta, level)?,
        odd: twice.into_iter().skip(1).step_by(2).collect(),
    })
}

/// Checks the powers themselves, up to those that the largest of these domains needs, and the Lagrange polynomials of
/// each.
///
/// # Errors
/// Returns `InvalidPowers` with the reason, `TooSmall`, `NotPrepared` or `Format`.
pub fn check_powers<R: Read + Seek>(ptau: &mut Ptau<R>, domains: &[usize]) -> Result<(), CeremonyError> {
    let largest = domains.iter().copied().max().unwrap_or(2);
    if domains.iter().any(|domain| *domain < 2 || !domain.is_power_of_two()) {
        return Err(CeremonyError::InvalidPowers("the size of a domain must be a power of two, and at least 2"));
    }
    check_serves(ptau, largest)?;
    let size = largest as u64;
    let wrong = CeremonyError::InvalidPowers;
    let tau: Vec<G1Affine> = ptau.read_powers(PointList::TauG1, 0, 2 * size - 1)?;
    let tau_g2: Vec<G2Affine> = ptau.read_powers(PointList::TauG2, 0, size)?;
    let alpha: Vec<G1Affine> = ptau.read_powers(PointList::Alpha, 0, size)?;
    let beta: Vec<G1Affine> = ptau.read_powers(PointList::Beta, 0, size)?;
    let beta_g2 = ptau.read_beta_g2()?;
    check_points("tau in G1", &tau)?;
    check_points("tau in G2", &tau_g2)?;
    check_points("alpha tau", &alpha)?;
    check_points("beta tau", &beta)?;
    check_points("beta in G2,", &[beta_g2])?;
    let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
    if tau[0] != g1 || tau_g2[0] != g2 {
        return Err(wrong("they do not start with the generators"));
    }
    // Degenerate secrets: known ones, or ones that cancel each other. Every root of unity of the domain or of twice the
    // domain is degenerate too.
    let one = [g1, -g1];
    let known = |point: &G1Affine| point.is_zero() || one.contains(point);
    if known(&tau[1]) || known(&tau[largest]) || known(&alpha[0]) || known(&beta[0]) {
        return Err(wrong("tau, alpha or beta is 0, 1 or -1, or tau is a root of unity"));
    }
    let related = |p: G1Affine, q: G1Affine| p == q || p == -q;
    if related(alpha[0], beta[0]) || related(alpha[0], tau[1]) || related(beta[0], tau[1]) {
        return Err(wrong("two of tau, alpha and beta are the same, up to the sign"));
    }
    if !has_same_ratio(tau[1], g2, g1, tau_g2[1]) {
        return Err(wrong("tau in G1 and tau in G2 differ"));
    }
    for (list, what) in [
        (&tau, "the points in G1 are not powers of tau"),
        (&alpha, "the points with alpha are not powers of tau"),
        (&beta, "the points with beta are not powers of tau"),
    ] {
        let random = random_coefficients(list.len() - 1);
        let (low, high) = (linear_combination(list, &random), linear_combination(&list[1..], &random));
        if !has_same_ratio(high, g2, low, tau_g2[1]) {
            return Err(wrong(what));
        }
    }
    let random = random_coefficients(tau_g2.len() - 1);
    let low = G2Projective::msm_unchecked(&tau_g2, &random).into_affine();
    let high = G2Projective::msm_unchecked(&tau_g2[1..], &random).into_affine();
    if !has_same_ratio(g1, high, tau[1], low) {
        return Err(wrong("the points in G2 are not powers of tau"));
    }
    if !has_same_ratio(beta[0], g2, g1, beta_g2) {
        return Err(wrong("beta in G1 and beta in G2 differ"));
    }
    let mut levels: Vec<u32> = domains.iter().map(|domain| domain.ilog2()).collect();
    levels.sort_unstable();
    levels.dedup();
    levels.into_iter().try_for_each(|level| check_lagrange(ptau, level, &tau, &tau_g2, &alpha, &beta))
}

/// Checks the Lagrange polynomials of a domain. For any polynomial, the sum of its values times the Lagrange
/// polynomials equals the sum of its coefficients times the powers.
fn check_lagrange<R: Read + Seek>(
    ptau: &mut Ptau<R>,
    level: u32,
    tau: &[G1Affine],
    tau_g2: &[G2Affine],
    alpha: &[G1Affine],
    beta: &[G1Affine],
) -> Result<(), CeremonyError> {
    let wrong = CeremonyError::InvalidPowers;
    let size = 1 << level;
    let (random, values) = random_polynomial(size, size)?;
    for (list, powers) in [(PointList::TauG1, tau), (PointList::Alpha, alpha), (PointList::Beta, beta)] {
        let lagrange: Vec<G1Affine> = ptau.read_lagrange(list, level)?;
        check_points("a Lagrange polynomial", &lagrange)?;
        if linear_combination(&lagrange, &values) != linear_combination(&powers[..size], &random) {
            return Err(wrong("the Lagrange polynomials in G1 are not those of the powers"));
        }
    }
    let lagrange: Vec<G2Affine> = ptau.read_lagrange(PointList::TauG2, level)?;
    check_points("a Lagrange polynomial in G2", &lagrange)?;
    if G2Projective::msm_unchecked(&lagrange, &values) != G2Projective::msm_unchecked(&tau_g2[..size], &random) {
        return Err(wrong("the Lagrange polynomials in G2 are not those of the powers"));
    }

    // Those of twice the domain. The power 2n - 1 is not in a file of that size, and counts as infinity there; in a
    // file that was cut from a larger one it is tau^(2n-1). Anything else would be a point of someone's choice, in
    // every H of every key.
    let twice: Vec<G1Affine> = ptau.read_lagrange(PointList::TauG1, level + 1)?;
    check_points("a Lagrange polynomial of twice the domain", &twice)?;
    let (random, values) = random_polynomial(2 * size - 1, 2 * size)?;
    if linear_combination(&twice, &values) != linear_combination(&tau[..2 * size - 1], &random) {
        return Err(wrong("the Lagrange polynomials of twice the domain are not those of the powers"));
    }
    let domain = field_domain(2 * size)?;
    let top: Vec<Fr> = domain.elements().map(|point| point.inverse().unwrap_or_default()).collect();
    let last = linear_combination(&twice, &top).into_affine();
    if !last.is_zero() && !has_same_ratio(last, G2Affine::generator(), tau[2 * size - 2], tau_g2[1]) {
        return Err(wrong("the last power of twice the domain is not a power of tau"));
    }
    Ok(())
}

fn field_domain(size: usize) -> Result<GeneralEvaluationDomain<Fr>, CeremonyError> {
    GeneralEvaluationDomain::new(size).ok_or(CeremonyError::InvalidPowers("there is no domain of this size"))
}

/// Returns a random polynomial with this number of coefficients, and its values on a domain.
fn random_polynomial(coefficients: usize, size: usize) -> Result<(Vec<Fr>, Vec<Fr>), CeremonyError> {
    let random = self::random_coefficients(coefficients);
    let mut values = random.clone();
    values.resize(size, Fr::zero());
    field_domain(size)?.fft_in_place(&mut values);
    Ok((random, values))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::rehearsal::write_powers_of;

    /// Powers of known numbers, or of numbers that cancel each other, are powers all the same: no other check rejects
    /// them.
    #[test]
    fn degenerate_secrets_are_rejected() {
        let [one, tau, alpha, beta] = [1u64, 99, 7, 5].map(Fr::from);
        let root =
            |size: usize| field_domain(size).ok().and_then(|domain| domain.elements().nth(1)).unwrap_or_default();
        let outcome = |secrets: [Fr; 3]| {
            let mut bytes = Vec::new();
            write_powers_of(secrets, 4, &mut bytes)?;
            check_powers(&mut Ptau::open(Cursor::new(bytes.as_slice()))?, &[16])
        };
        assert!(outcome([tau, alpha, beta]).is_ok());
        for secrets in [
            [one, alpha, beta],
            [-one, alpha, beta],
            [root(16), alpha, beta],
            [root(32), alpha, beta],
            [tau, one, beta],
            [tau, -one, beta],
            [tau, alpha, one],
            [tau, alpha, -one],
            [tau, alpha, alpha],
            [tau, alpha, -alpha],
            [tau, tau, beta],
            [tau, alpha, -tau],
        ] {
            assert!(matches!(outcome(secrets), Err(CeremonyError::InvalidPowers(_))), "{secrets:?}");
        }
        assert!(outcome([Fr::zero(), alpha, beta]).is_err());
    }
}
