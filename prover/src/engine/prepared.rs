//! A prepared key: its points in the engine's form, its circuit's matrices by rows, and the domain of the quotient.

use std::time::{Duration, Instant};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Projective, g1, g2};
use psephos_circuits::R1cs;
use psephos_engine::{Arithmetic, Domain, Halves, split_all};
use zeroize::{Zeroize, Zeroizing};

use super::matrices::Sparse;
use super::query::{Budget, Query};
use psephos_formats::zkey::Zkey;

/// How a key is prepared before its first proof.
#[derive(Clone, Copy)]
pub struct Preparation {
    /// The arithmetic backend for proofs.
    pub arithmetic: Arithmetic,
    /// Memory in bytes for precomputed tables of the key's points. Tables save a tenth of a proof's time and take as
    /// long to compute as several proofs: for a single proof, 0 is right.
    pub tables: usize,
}

impl Default for Preparation {
    /// The fastest arithmetic backend that the processor supports, and no tables.
    fn default() -> Preparation {
        Preparation { arithmetic: Arithmetic::detect(), tables: 0 }
    }
}

impl Preparation {
    /// Memory in bytes that a process needs to prove a ballot of three options without tables.
    pub const LEAST_MEMORY: usize = 64 << 20;

    /// A preparation with tables for a process that may use `memory` bytes in all; `None` if that is less than
    /// [`Preparation::LEAST_MEMORY`].
    pub fn within(memory: usize) -> Option<Preparation> {
        let tables = memory.checked_sub(Preparation::LEAST_MEMORY)?;
        Some(Preparation { tables, ..Preparation::default() })
    }
}

/// A prepared key.
pub(crate) struct Prepared {
    inputs: usize,
    a: Query<g1::Config>,
    b_g1: Query<g1::Config>,
    b_g2: Query<g2::Config>,
    /// L and H: two lists of points, one sum.
    c: Query<g1::Config>,
    matrices: [Sparse; 2],
    domain: Domain,
}

/// The multi-scalar multiplications of a proof, before it is blinded.
pub(super) struct Sums {
    pub(super) a: G1Projective,
    pub(super) b_g1: G1Projective,
    pub(super) b_g2: G2Projective,
    pub(super) c: G1Projective,
}

/// Wiped, as they are not blinded yet.
impl Drop for Sums {
    fn drop(&mut self) {
        [&mut self.a, &mut self.b_g1, &mut self.c].into_iter().for_each(Zeroize::zeroize);
        self.b_g2.zeroize();
    }
}

impl Prepared {
    pub(super) fn new(key: &Zkey, system: &R1cs, preparation: Preparation) -> Option<Prepared> {
        let Preparation { arithmetic, tables } = preparation;
        let points = key.a.len() + key.b_g1.len() + 2 * key.b_g2.len() + key.l.len() + key.h.len();
        let budget = Budget { bytes: tables, of: points * size_of::<G1Affine>() };
        let domain = Domain::new(arithmetic, key.h.len())?;
        let first = || (Query::new(arithmetic, budget, &[&key.a]), Query::new(arithmetic, budget, &[&key.b_g1]));
        let second = || {
            let b_g2 = Query::new(arithmetic, budget, &[&key.b_g2]);
            (b_g2, Query::new(arithmetic, budget, &[&key.l, &key.h]))
        };
        let ((a, b_g1), (b_g2, c)) = rayon::join(first, second);
        let [a_rows, b_rows, _] = system.matrices();
        let matrices = [Sparse::new(a_rows), Sparse::new(b_rows)];
        Some(Prepared { inputs: key.ic.len(), a, b_g1, b_g2, c, matrices, domain })
    }

    /// Computes all sums for an assignment.
    pub(super) fn sums(&self, assignment: &[Fr]) -> Sums {
        let z = split_all(assignment);
        let first = || (self.a.sum(&self.a.digits(&[&z])), self.b(&z));
        let second = || {
            let h = self.quotient(assignment);
            self.c.sum(&self.c.digits(&[&z[self.inputs..], &h]))
        };
        let ((a, (b_g1, b_g2)), c) = rayon::join(first, second);
        Sums { a, b_g1, b_g2, c }
    }

    /// Computes B in both groups. The digits are shared if the same points are infinity in both, as in every key that
    /// was made honestly.
    fn b(&self, z: &[Halves]) -> (G1Projective, G2Projective) {
        let digits = self.b_g1.digits(&[z]);
        let in_g2 = || match self.b_g1.shares_digits(&self.b_g2) {
            true => self.b_g2.sum(&digits),
            false => self.b_g2.sum(&self.b_g2.digits(&[z])),
        };
        rayon::join(|| self.b_g1.sum(&digits), in_g2)
    }

    /// Computes the values of the quotient polynomial on the odd coset.
    fn quotient(&self, assignment: &[Fr]) -> Zeroizing<Vec<Halves>> {
        let [a, b] = self.values(assignment);
        self.domain.quotient(a, b)
    }

    /// Computes the values of A and B on the domain.
    fn values(&self, assignment: &[Fr]) -> [Zeroizing<Vec<Fr>>; 2] {
        let [a, b] = &self.matrices;
        let size = self.domain.size();
        let (mut a_values, b_values) = rayon::join(|| a.times(assignment, size), || b.times(assignment, size));
        // These rows make the polynomials of the public inputs independent.
        a_values[a.rows()..][..self.inputs].copy_from_slice(&assignment[..self.inputs]);
        [a_values, b_values]
    }

    /// Measures how long each part of a proof takes, one after another.
    pub(crate) fn stages(&self, assignment: &[Fr]) -> Vec<(&'static str, Duration)> {
        let mut stages = Vec::new();
        let mut last = Instant::now();
        let mut done = |stage| {
            stages.push((stage, last.elapsed()));
            last = Instant::now();
        };
        let values = self.values(assignment);
        done("matrices");
        let [a, b] = values;
        let h = self.domain.quotient(a, b);
        done("quotient");
        let z = split_all(assignment);
        let [a, b] = [&self.a, &self.b_g1].map(|query| query.digits(&[&z]));
        let c = self.c.digits(&[&z[self.inputs..], &h]);
        done("digits");
        let a = self.a.sum(&a);
        done("A");
        let b_g1 = self.b_g1.sum(&b);
        done("B in G1");
        let b_g2 = if self.b_g1.shares_digits(&self.b_g2) { self.b_g2.sum(&b) } else { self.b(&z).1 };
        done("B in G2");
        let c = self.c.sum(&c);
        done("L and H");
        std::hint::black_box(Sums { a, b_g1, b_g2, c });
        stages
    }
}
