//! The initial zkey: a circuit's columns at tau, with delta one. Anyone can compute it.

use std::io::{Read, Seek};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInteger, One, PrimeField, Zero};
use psephos_circuits::R1cs;
use psephos_formats::elements::check_points;
use psephos_formats::ptau::{PointList, Ptau};
use psephos_formats::zkey::{Header, Shape, Transcript, Zkey};
use psephos_prover::circuit_files::constraint_system;
use rayon::prelude::*;

use crate::columns::{self, Column};
use crate::powers::{self, LagrangePoints};
use crate::{CeremonyError, digest};

/// Computes the initial zkey and the hash with which its transcript begins, equal to those of snarkjs' `zkey new` byte
/// for byte.
///
/// The powers are not checked here; [`powers::check_powers`] does.
///
/// # Errors
/// Returns `TooSmall`, `NotPrepared` or `Format`.
pub fn compute_initial_zkey<R: Read + Seek>(
    system: &R1cs,
    ptau: &mut Ptau<R>,
) -> Result<(Zkey, Transcript), CeremonyError> {
    let shape = Shape::from_system(&constraint_system(system));
    let lagrange = powers::read_lagrange(ptau, shape.domain)?;
    let [a, b, c] = transpose_matrices(system);
    let LagrangePoints { tau, tau_g2, alpha, beta, odd } = &lagrange;
    let of_a = columns::evaluate_columns(&[(&a, tau)]);
    let of_b = columns::evaluate_columns(&[(&b, tau)]);
    let of_b_g2 = evaluate_in_g2(&b, tau_g2);
    let mut together = columns::evaluate_columns(&[(&a, beta), (&b, alpha), (&c, tau)]);
    let l = together.split_off(shape.inputs);
    let key = Zkey {
        header: Header {
            alpha_g1: first_point(ptau.read_powers(PointList::Alpha, 0, 1)?),
            beta_g1: first_point(ptau.read_powers(PointList::Beta, 0, 1)?),
            beta_g2: ptau.read_beta_g2()?,
            gamma_g2: G2Affine::generator(),
            delta_g1: G1Affine::generator(),
            delta_g2: G2Affine::generator(),
        },
        ic: together,
        a: of_a,
        b_g1: of_b,
        b_g2: of_b_g2,
        l,
        h: odd.clone(),
    };
    let circuit = digest::hash_initial_zkey(&key, ptau)?;
    Ok((key, Transcript { circuit, contributions: Vec::new() }))
}

fn first_point(points: Vec<G1Affine>) -> G1Affine {
    points.first().copied().unwrap_or_default()
}

/// Computes `L` of the initial zkey.
pub(crate) fn compute_l(bases: &ReferenceValues) -> Vec<G1Affine> {
    let [a, b, c] = bases.columns.each_ref().map(|columns| &columns[bases.shape.inputs..]);
    let LagrangePoints { tau, alpha, beta, .. } = &bases.lagrange;
    columns::evaluate_columns(&[(a, beta), (b, alpha), (c, tau)])
}

/// Returns the columns of A, B and C. A also has the rows that bind the public inputs, so that none of their points is
/// infinity.
fn transpose_matrices(system: &R1cs) -> [Vec<Column>; 3] {
    let mut all = system.matrices().each_ref().map(|rows| {
        let mut columns = vec![Column::new(); system.num_variables()];
        for (index, row) in rows.iter().enumerate() {
            row.iter().for_each(|(entry, variable)| columns[*variable].push((index as u32, *entry)));
        }
        columns
    });
    for (input, column) in all[0].iter_mut().take(system.num_inputs()).enumerate() {
        column.push(((system.num_constraints() + input) as u32, Fr::one()));
    }
    all
}

/// Evaluates columns at tau in G2.
fn evaluate_in_g2(columns: &[Column], points: &[G2Affine]) -> Vec<G2Affine> {
    let chunk = |columns: &[Column]| {
        let sum =
            |column: &Column| column.iter().map(|(row, entry)| multiply_entry(&points[*row as usize], entry)).sum();
        let sums: Vec<G2Projective> = columns.iter().map(sum).collect();
        G2Projective::normalize_batch(&sums)
    };
    columns.par_chunks(256).flat_map_iter(chunk).collect()
}

/// Multiplies a point with an entry. Most entries are small, or small and negative, and take few doublings.
fn multiply_entry(point: &G2Affine, entry: &Fr) -> G2Projective {
    let (positive, negative) = (entry.into_bigint(), (-*entry).into_bigint());
    match negative < positive {
        true if negative.num_bits() < 100 => -point.mul_bigint(negative),
        false if positive.num_bits() < 100 => point.mul_bigint(positive),
        _ => *point * entry,
    }
}

/// Checks by random linear combinations that a key is the initial zkey of this circuit and these powers, without
/// computing a column.
///
/// # Errors
/// Returns `NotTheKey` with the list that is wrong, `TooSmall`, `NotPrepared` or `Format`.
pub fn check_initial_zkey<R: Read + Seek>(
    key: &Zkey,
    transcript: &Transcript,
    system: &R1cs,
    ptau: &mut Ptau<R>,
) -> Result<(), CeremonyError> {
    key.check_points()?;
    let bases = ReferenceValues::read_from(system, ptau)?;
    bases.check_unchanged_parts(key)?;
    check_changed_parts(key, transcript, &bases, ptau)
}

/// Checks the initial zkey of a later key that has been checked: lists that no contribution changes must be equal, and
/// are not checked again.
///
/// # Errors
/// As [`check_initial_zkey`].
pub(crate) fn check_initial_zkey_of<R: Read + Seek>(
    last: &Zkey,
    key: &Zkey,
    transcript: &Transcript,
    bases: &ReferenceValues,
    ptau: &mut Ptau<R>,
) -> Result<(), CeremonyError> {
    let Header { delta_g1, delta_g2, .. } = key.header;
    let header = Header { delta_g1, delta_g2, ..last.header };
    let same = header == key.header && last.ic == key.ic && last.a == key.a;
    if !same || last.b_g1 != key.b_g1 || last.b_g2 != key.b_g2 {
        return Err(CeremonyError::NotTheKey("the initial zkey has other lists than the last key"));
    }
    check_points("L of the initial zkey", &key.l)?;
    check_changed_parts(key, transcript, bases, ptau)
}

/// Checks the parts of an initial zkey that contributions change: delta, `L`, `H` and the hash.
fn check_changed_parts<R: Read + Seek>(
    key: &Zkey,
    transcript: &Transcript,
    bases: &ReferenceValues,
    ptau: &mut Ptau<R>,
) -> Result<(), CeremonyError> {
    let wrong = |what| Err(CeremonyError::NotTheKey(what));
    if !transcript.contributions.is_empty() {
        return wrong("it has contributions already");
    }
    if key.header.delta_g1 != G1Affine::generator() || key.header.delta_g2 != G2Affine::generator() {
        return wrong("its delta is not one");
    }
    if key.l.len() != bases.shape.variables - bases.shape.inputs || !bases.agrees_on_l(&key.l) {
        return wrong("L");
    }
    if key.h != bases.lagrange.odd {
        return wrong("H");
    }
    if digest::hash_initial_zkey(key, ptau)? != transcript.circuit {
        return wrong("its hash is not that of the transcript");
    }
    Ok(())
}

/// The values that a circuit's keys are compared with.
pub(crate) struct ReferenceValues {
    pub(crate) shape: Shape,
    pub(crate) lagrange: LagrangePoints,
    columns: [Vec<Column>; 3],
    alpha: G1Affine,
    beta: G1Affine,
    beta_g2: G2Affine,
}

impl ReferenceValues {
    pub(crate) fn read_from<R: Read + Seek>(
        system: &R1cs,
        ptau: &mut Ptau<R>,
    ) -> Result<ReferenceValues, CeremonyError> {
        let shape = Shape::from_system(&constraint_system(system));
        Ok(ReferenceValues {
            shape,
            lagrange: powers::read_lagrange(ptau, shape.domain)?,
            columns: transpose_matrices(system),
            alpha: first_point(ptau.read_powers(PointList::Alpha, 0, 1)?),
            beta: first_point(ptau.read_powers(PointList::Beta, 0, 1)?),
            beta_g2: ptau.read_beta_g2()?,
        })
    }

    /// Checks everything that no contribution changes: the header, A, B and `IC`.
    pub(crate) fn check_unchanged_parts(&self, key: &Zkey) -> Result<(), CeremonyError> {
        let wrong = |what| Err(CeremonyError::NotTheKey(what));
        if key.shape() != self.shape || key.b_g1.len() != key.a.len() || key.b_g2.len() != key.a.len() {
            return wrong("it has another number of variables, inputs or constraints");
        }
        if [key.header.alpha_g1, key.header.beta_g1] != [self.alpha, self.beta] || key.header.beta_g2 != self.beta_g2 {
            return wrong("its alpha or beta is not that of the powers of tau");
        }
        if key.header.gamma_g2 != G2Affine::generator() {
            return wrong("its gamma is not one");
        }
        let random = powers::random_coefficients(self.shape.variables);
        let [rows_a, rows_b] = [0, 1].map(|matrix| self.row_coefficients(matrix, 0, &random));
        let tau = &self.lagrange.tau;
        if powers::linear_combination(&key.a, &random) != powers::linear_combination(tau, &rows_a) {
            return wrong("A");
        }
        if powers::linear_combination(&key.b_g1, &random) != powers::linear_combination(tau, &rows_b) {
            return wrong("B in G1");
        }
        let in_g2 = |points: &[G2Affine], scalars: &[Fr]| ark_bn254::G2Projective::msm_unchecked(points, scalars);
        if in_g2(&key.b_g2, &random) != in_g2(&self.lagrange.tau_g2, &rows_b) {
            return wrong("B in G2");
        }
        let random = powers::random_coefficients(self.shape.inputs);
        if powers::linear_combination(&key.ic, &random) != self.sum_together(0, &random) {
            return wrong("IC");
        }
        Ok(())
    }

    fn agrees_on_l(&self, l: &[G1Affine]) -> bool {
        let random = powers::random_coefficients(l.len());
        powers::linear_combination(l, &random) == self.sum_l(&random)
    }

    /// Computes the sum of the initial zkey's `L` with these coefficients.
    pub(crate) fn sum_l(&self, random: &[Fr]) -> G1Projective {
        self.sum_together(self.shape.inputs, random)
    }

    /// Computes the sum of `beta·A + alpha·B + C` of the variables from `from` on, with coefficients.
    fn sum_together(&self, from: usize, random: &[Fr]) -> G1Projective {
        let LagrangePoints { tau, alpha, beta, .. } = &self.lagrange;
        let parts = [(0, beta), (1, alpha), (2, tau)];
        parts
            .into_iter()
            .map(|(matrix, points)| powers::linear_combination(points, &self.row_coefficients(matrix, from, random)))
            .sum()
    }

    /// Computes each row's coefficient in the sum of a matrix's columns from `from` on with coefficients.
    fn row_coefficients(&self, matrix: usize, from: usize, random: &[Fr]) -> Vec<Fr> {
        let mut rows = vec![Fr::zero(); self.shape.domain];
        for (column, factor) in self.columns[matrix][from..].iter().zip(random) {
            column.iter().for_each(|(row, entry)| rows[*row as usize] += *entry * factor);
        }
        rows
    }
}
