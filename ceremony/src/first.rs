//! The initial zkey: a circuit's columns at tau, with delta one. Anyone can compute it.

use std::io::{Read, Seek};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::{BigInteger, One, PrimeField, Zero};
use psephos_circuits::R1cs;
use psephos_formats::elements::check_points;
use psephos_formats::ptau::{List, Ptau};
use psephos_formats::zkey::{Header, Shape, Transcript, Zkey};
use psephos_prover::circuit_files::constraint_system;
use rayon::prelude::*;

use crate::columns::{self, Column};
use crate::powers::{self, Lagrange};
use crate::{CeremonyError, digest};

/// Computes the initial zkey and the hash with which its transcript begins, equal to those of snarkjs' `zkey new` byte
/// for byte.
///
/// The powers are not checked here; [`powers::check`] does.
///
/// # Errors
/// Returns `TooSmall`, `NotPrepared` or `Format`.
pub fn first_key<R: Read + Seek>(system: &R1cs, ptau: &mut Ptau<R>) -> Result<(Zkey, Transcript), CeremonyError> {
    let shape = Shape::of(&constraint_system(system));
    let lagrange = powers::read(ptau, shape.domain)?;
    let [a, b, c] = transposed(system);
    let Lagrange { tau, tau_g2, alpha, beta, odd } = &lagrange;
    let of_a = columns::sums(&[(&a, tau)]);
    let of_b = columns::sums(&[(&b, tau)]);
    let of_b_g2 = in_g2(&b, tau_g2);
    let mut together = columns::sums(&[(&a, beta), (&b, alpha), (&c, tau)]);
    let l = together.split_off(shape.inputs);
    let key = Zkey {
        header: Header {
            alpha_g1: first(ptau.powers(List::Alpha, 0, 1)?),
            beta_g1: first(ptau.powers(List::Beta, 0, 1)?),
            beta_g2: ptau.beta_g2()?,
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
    let circuit = digest::first_key(&key, ptau)?;
    Ok((key, Transcript { circuit, contributions: Vec::new() }))
}

fn first(points: Vec<G1Affine>) -> G1Affine {
    points.first().copied().unwrap_or_default()
}

/// Computes `L` of the initial zkey.
pub(crate) fn l(bases: &Bases) -> Vec<G1Affine> {
    let [a, b, c] = bases.columns.each_ref().map(|columns| &columns[bases.shape.inputs..]);
    let Lagrange { tau, alpha, beta, .. } = &bases.lagrange;
    columns::sums(&[(a, beta), (b, alpha), (c, tau)])
}

/// Returns the columns of A, B and C. A also has the rows that bind the public inputs, so that none of their points is
/// infinity.
fn transposed(system: &R1cs) -> [Vec<Column>; 3] {
    let mut all = system.matrices().each_ref().map(|rows| {
        let mut columns = vec![Column::new(); system.variables()];
        for (index, row) in rows.iter().enumerate() {
            row.iter().for_each(|(entry, variable)| columns[*variable].push((index as u32, *entry)));
        }
        columns
    });
    for (input, column) in all[0].iter_mut().take(system.inputs()).enumerate() {
        column.push(((system.constraints() + input) as u32, Fr::one()));
    }
    all
}

/// Evaluates columns at tau in G2.
fn in_g2(columns: &[Column], points: &[G2Affine]) -> Vec<G2Affine> {
    let chunk = |columns: &[Column]| {
        let sum = |column: &Column| column.iter().map(|(row, entry)| times(&points[*row as usize], entry)).sum();
        let sums: Vec<G2Projective> = columns.iter().map(sum).collect();
        G2Projective::normalize_batch(&sums)
    };
    columns.par_chunks(256).flat_map_iter(chunk).collect()
}

/// Multiplies a point with an entry. Most entries are small, or small and negative, and take few doublings.
fn times(point: &G2Affine, entry: &Fr) -> G2Projective {
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
pub fn check_first_key<R: Read + Seek>(
    key: &Zkey,
    transcript: &Transcript,
    system: &R1cs,
    ptau: &mut Ptau<R>,
) -> Result<(), CeremonyError> {
    key.check_points()?;
    let bases = Bases::read(system, ptau)?;
    bases.check(key)?;
    check_start(key, transcript, &bases, ptau)
}

/// Checks the initial zkey of a later key that has been checked: lists that no contribution changes must be equal, and
/// are not checked again.
///
/// # Errors
/// As [`check_first_key`].
pub(crate) fn check_start_of<R: Read + Seek>(
    last: &Zkey,
    key: &Zkey,
    transcript: &Transcript,
    bases: &Bases,
    ptau: &mut Ptau<R>,
) -> Result<(), CeremonyError> {
    let Header { delta_g1, delta_g2, .. } = key.header;
    let header = Header { delta_g1, delta_g2, ..last.header };
    let same = header == key.header && last.ic == key.ic && last.a == key.a;
    if !same || last.b_g1 != key.b_g1 || last.b_g2 != key.b_g2 {
        return Err(CeremonyError::NotTheKey("the initial zkey has other lists than the last key"));
    }
    check_points("L of the initial zkey", &key.l)?;
    check_start(key, transcript, bases, ptau)
}

/// Checks the parts of an initial zkey that contributions change: delta, `L`, `H` and the hash.
fn check_start<R: Read + Seek>(
    key: &Zkey,
    transcript: &Transcript,
    bases: &Bases,
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
    if digest::first_key(key, ptau)? != transcript.circuit {
        return wrong("its hash is not that of the transcript");
    }
    Ok(())
}

/// The values that a circuit's keys are compared with.
pub(crate) struct Bases {
    pub(crate) shape: Shape,
    pub(crate) lagrange: Lagrange,
    columns: [Vec<Column>; 3],
    alpha: G1Affine,
    beta: G1Affine,
    beta_g2: G2Affine,
}

impl Bases {
    pub(crate) fn read<R: Read + Seek>(system: &R1cs, ptau: &mut Ptau<R>) -> Result<Bases, CeremonyError> {
        let shape = Shape::of(&constraint_system(system));
        Ok(Bases {
            shape,
            lagrange: powers::read(ptau, shape.domain)?,
            columns: transposed(system),
            alpha: first(ptau.powers(List::Alpha, 0, 1)?),
            beta: first(ptau.powers(List::Beta, 0, 1)?),
            beta_g2: ptau.beta_g2()?,
        })
    }

    /// Checks everything that no contribution changes: the header, A, B and `IC`.
    pub(crate) fn check(&self, key: &Zkey) -> Result<(), CeremonyError> {
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
        let random = powers::coefficients(self.shape.variables);
        let [rows_a, rows_b] = [0, 1].map(|matrix| self.rows(matrix, 0, &random));
        let tau = &self.lagrange.tau;
        if powers::combine(&key.a, &random) != powers::combine(tau, &rows_a) {
            return wrong("A");
        }
        if powers::combine(&key.b_g1, &random) != powers::combine(tau, &rows_b) {
            return wrong("B in G1");
        }
        let in_g2 = |points: &[G2Affine], scalars: &[Fr]| ark_bn254::G2Projective::msm_unchecked(points, scalars);
        if in_g2(&key.b_g2, &random) != in_g2(&self.lagrange.tau_g2, &rows_b) {
            return wrong("B in G2");
        }
        let random = powers::coefficients(self.shape.inputs);
        if powers::combine(&key.ic, &random) != self.together(0, &random) {
            return wrong("IC");
        }
        Ok(())
    }

    fn agrees_on_l(&self, l: &[G1Affine]) -> bool {
        let random = powers::coefficients(l.len());
        powers::combine(l, &random) == self.l(&random)
    }

    /// Computes the sum of the initial zkey's `L` with these coefficients.
    pub(crate) fn l(&self, random: &[Fr]) -> G1Projective {
        self.together(self.shape.inputs, random)
    }

    /// Computes the sum of `beta·A + alpha·B + C` of the variables from `from` on, with coefficients.
    fn together(&self, from: usize, random: &[Fr]) -> G1Projective {
        let Lagrange { tau, alpha, beta, .. } = &self.lagrange;
        let parts = [(0, beta), (1, alpha), (2, tau)];
        parts.into_iter().map(|(matrix, points)| powers::combine(points, &self.rows(matrix, from, random))).sum()
    }

    /// Computes each row's coefficient in the sum of a matrix's columns from `from` on with coefficients.
    fn rows(&self, matrix: usize, from: usize, random: &[Fr]) -> Vec<Fr> {
        let mut rows = vec![Fr::zero(); self.shape.domain];
        for (column, factor) in self.columns[matrix][from..].iter().zip(random) {
            column.iter().for_each(|(row, entry)| rows[*row as usize] += *entry * factor);
        }
        rows
    }
}
