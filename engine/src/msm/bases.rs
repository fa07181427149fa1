//! Precomputed tables of multiples of fixed bases, and the multi-scalar multiplication that reads them.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use rayon::prelude::*;

use super::Sum;
use super::plan::Plan;
use super::sort::Digits;
use super::tree::sums;
use super::weigh::weigh;
use crate::adder::{Adder, Curve};

/// The tables of a list of bases in a backend's point format.
///
/// Row by row: all bases, their images under the endomorphism, then the next multiples of the bases, the images of
/// those, and so on.
pub(crate) struct Tables<A: Adder> {
    adder: A,
    plan: Plan,
    points: Vec<A::Point>,
}

/// The number of bases whose multiples are computed together.
const CHUNK: usize = 1 << 12;

impl<A: Adder> Tables<A> {
    /// Computes the tables of bases, none of which may be infinity.
    pub(crate) fn new(adder: A, plan: Plan, bases: &[Affine<A::Curve>]) -> Self {
        plan.check(bases.len());
        assert!(bases.iter().all(|base| !base.is_zero()), "a base is infinity, which has no affine coordinates");
        let mut points = vec![A::Point::default(); bases.len() * 2 * plan.tables];
        // For each chunk of bases, its part of every row.
        let mut chunk_rows: Vec<Vec<&mut [A::Point]>> = bases.chunks(CHUNK).map(|_| Vec::new()).collect();
        for row in points.chunks_mut(bases.len().max(1)) {
            chunk_rows.iter_mut().zip(row.chunks_mut(CHUNK)).for_each(|(rows, part)| rows.push(part));
        }
        bases.par_chunks(CHUNK).zip(chunk_rows).for_each(|(bases, mut rows)| multiples(adder, plan, bases, &mut rows));
        Tables { adder, plan, points }
    }
}

impl<A: Adder> Sum<A::Curve> for Tables<A> {
    fn sum(&self, digits: &Digits) -> Projective<A::Curve> {
        assert!(digits.plan == self.plan, "digits were made for {:?}, bases for {:?}", digits.plan, self.plan);
        assert!(
            self.plan.points(digits.bases) == self.points.len(),
            "there are {} scalars, not one a base",
            digits.bases
        );
        let buckets = sums(self.adder, &self.points, &digits.entries, &digits.starts);
        weigh(self.adder, self.plan, &buckets)
    }
}

/// Fills the tables' rows for a chunk of bases: two rows a table, the multiples and their images under the
/// endomorphism.
fn multiples<A: Adder>(adder: A, plan: Plan, bases: &[Affine<A::Curve>], rows: &mut [&mut [A::Point]]) {
    let beta = A::Curve::beta();
    let mut current: Vec<A::Point> = bases.iter().map(|base| adder.encode(base)).collect();
    let mut scratch = A::Scratch::default();
    let doublings = plan.bits as usize * plan.sets();
    for (table, rows) in rows.chunks_mut(2).enumerate() {
        if table > 0 {
            (0..doublings).for_each(|_| adder.double(&mut current, &mut scratch));
        }
        for (i, point) in current.iter().enumerate() {
            rows[0][i] = *point;
            rows[1][i] = adder.stretch(point, &beta);
        }
    }
}
