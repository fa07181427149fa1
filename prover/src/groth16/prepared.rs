//! A prepared key: its points in the engine's form, and the program of its circuit's quotient.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective, g1, g2};
use psephos_engine::{Backend, HalfScalars, decompose_scalars};
use zeroize::Zeroize;

use super::query::{Query, TableBudget};
use super::quotient::QuotientProgram;
use psephos_formats::zkey::Zkey;

/// How a key is prepared before its first proof.
#[derive(Clone, Copy)]
pub struct Preparation {
    /// The arithmetic backend for proofs.
    pub arithmetic: Backend,
    /// Memory in bytes for precomputed tables of the key's points. Tables save a tenth of a proof's time and take as
    /// long to compute as several proofs: for a single proof, 0 is right.
    pub tables: usize,
}

impl Default for Preparation {
    /// The fastest arithmetic backend that the processor supports, and no tables.
    fn default() -> Preparation {
        Preparation { arithmetic: Backend::detect(), tables: 0 }
    }
}

impl Preparation {
    /// Memory in bytes that a process needs to prove a ballot of three options without tables.
    pub const MIN_MEMORY: usize = 64 << 20;

    /// A preparation with tables for a process that may use `memory` bytes in all; `None` if that is less than
    /// [`Preparation::MIN_MEMORY`].
    pub fn within_memory(memory: usize) -> Option<Preparation> {
        let tables = memory.checked_sub(Preparation::MIN_MEMORY)?;
        Some(Preparation { tables, ..Preparation::default() })
    }
}

/// A prepared key.
pub(crate) struct PreparedKey {
    inputs: usize,
    a: Query<g1::Config>,
    b_g1: Query<g1::Config>,
    b_g2: Query<g2::Config>,
    /// L and H: two lists of points, one sum.
    c: Query<g1::Config>,
    quotient: Arc<QuotientProgram>,
}

/// The multi-scalar multiplications of a proof, before it is blinded.
pub(super) struct ProofSums {
    pub(super) a: G1Projective,
    pub(super) b_g1: G1Projective,
    pub(super) b_g2: G2Projective,
    pub(super) c: G1Projective,
}

/// Wiped, as they are not blinded yet.
impl Drop for ProofSums {
    fn drop(&mut self) {
        [&mut self.a, &mut self.b_g1, &mut self.c].into_iter().for_each(Zeroize::zeroize);
        self.b_g2.zeroize();
    }
}

impl PreparedKey {
    pub(super) fn new(key: &Zkey, quotient: Arc<QuotientProgram>, preparation: Preparation) -> PreparedKey {
        let Preparation { arithmetic, tables } = preparation;
        let points = key.a.len() + key.b_g1.len() + 2 * key.b_g2.len() + key.l.len() + key.h.len();
        let budget = TableBudget { bytes: tables, of: points * size_of::<G1Affine>() };
        let first = || (Query::new(arithmetic, budget, &[&key.a]), Query::new(arithmetic, budget, &[&key.b_g1]));
        let second = || {
            let b_g2 = Query::new(arithmetic, budget, &[&key.b_g2]);
            (b_g2, Query::new(arithmetic, budget, &[&key.l, &key.h]))
        };
        let ((a, b_g1), (b_g2, c)) = rayon::join(first, second);
        PreparedKey { inputs: key.ic.len(), a, b_g1, b_g2, c, quotient }
    }

    /// Computes all sums for an assignment.
    pub(super) fn compute_sums(&self, assignment: &[Fr]) -> ProofSums {
        let z = decompose_scalars(assignment);
        let first = || (self.a.multi_scalar_multiply(&self.a.select_digits(&[&z])), self.sum_b(&z));
        let second = || {
            let h = self.quotient.compute_halves(assignment);
            self.c.multi_scalar_multiply(&self.c.select_digits(&[&z[self.inputs..], &h]))
        };
        let ((a, (b_g1, b_g2)), c) = rayon::join(first, second);
        ProofSums { a, b_g1, b_g2, c }
    }

    /// Computes B in both groups. The digits are shared if the same points are infinity in both, as in every key that
    /// was made honestly.
    fn sum_b(&self, z: &[HalfScalars]) -> (G1Projective, G2Projective) {
        let digits = self.b_g1.select_digits(&[z]);
        let in_g2 = || match self.b_g1.shares_digits(&self.b_g2) {
            true => self.b_g2.multi_scalar_multiply(&digits),
            false => self.b_g2.multi_scalar_multiply(&self.b_g2.select_digits(&[z])),
        };
        rayon::join(|| self.b_g1.multi_scalar_multiply(&digits), in_g2)
    }

    /// Computes the sums of a share: of the key's points, each times its share of the assignment or of the quotient's
    /// values. The lists are as long as the key's.
    pub(super) fn sum_share(&self, assignment: &[Fr], quotient: &[Fr]) -> (G1Projective, G2Projective, G1Projective) {
        let (z, h) = (decompose_scalars(assignment), decompose_scalars(quotient));
        let a = || self.a.multi_scalar_multiply(&self.a.select_digits(&[&z]));
        let b = || self.b_g2.multi_scalar_multiply(&self.b_g2.select_digits(&[&z]));
        let c = || self.c.multi_scalar_multiply(&self.c.select_digits(&[&z[self.inputs..], &h]));
        let ((a, b), c) = rayon::join(|| rayon::join(a, b), c);
        (a, b, c)
    }

    /// Measures how long each part of a proof takes, one after another.
    pub(crate) fn measure_stages(&self, assignment: &[Fr]) -> Vec<(&'static str, Duration)> {
        let mut stages = Vec::new();
        let mut last = Instant::now();
        let mut done = |stage| {
            stages.push((stage, last.elapsed()));
            last = Instant::now();
        };
        let values = self.quotient.evaluate_matrices(assignment);
        done("matrices");
        let [a, b] = values;
        let h = self.quotient.combine_values(a, b);
        done("quotient");
        let z = decompose_scalars(assignment);
        let [a, b] = [&self.a, &self.b_g1].map(|query| query.select_digits(&[&z]));
        let c = self.c.select_digits(&[&z[self.inputs..], &h]);
        done("digits");
        let a = self.a.multi_scalar_multiply(&a);
        done("A");
        let b_g1 = self.b_g1.multi_scalar_multiply(&b);
        done("B in G1");
        let b_g2 =
            if self.b_g1.shares_digits(&self.b_g2) { self.b_g2.multi_scalar_multiply(&b) } else { self.sum_b(&z).1 };
        done("B in G2");
        let c = self.c.multi_scalar_multiply(&c);
        done("L and H");
        std::hint::black_box(ProofSums { a, b_g1, b_g2, c });
        stages
    }
}
