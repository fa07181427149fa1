//! Precomputed tables of multiples of fixed bases, and the multi-scalar multiplication that reads them.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use rayon::prelude::*;

use super::FixedBaseMsm;
use super::bucket_accumulation::sum_lists;
use super::bucket_reduction::reduce_buckets;
use super::digits::Digits;
use super::plan::MsmPlan;
use crate::batch_affine::{BatchAdder, EndomorphismCurve};

/// The tables of a list of bases in a backend's point format.
///
/// Row by row: all bases, their images under the endomorphism, then the next multiples of the bases, the images of
/// those, and so on.
pub(crate) struct BaseTables<A: BatchAdder> {
    adder: A,
    plan: MsmPlan,
    points: Vec<A::Point>,
}

/// The number of bases whose multiples are computed together.
const BASES_PER_CHUNK: usize = 1 << 12;

impl<A: BatchAdder> BaseTables<A> {
    /// Computes the tables of bases, none of which may be infinity.
    pub(crate) fn new(adder: A, plan: MsmPlan, bases: &[Affine<A::Curve>]) -> Self {
        plan.assert_valid(bases.len());
        assert!(bases.iter().all(|base| !base.is_zero()), "a base is infinity, which has no affine coordinates");
        let mut points = vec![A::Point::default(); bases.len() * 2 * plan.tables];
        // For each chunk of bases, its part of every row.
        let mut chunk_rows: Vec<Vec<&mut [A::Point]>> = bases.chunks(BASES_PER_CHUNK).map(|_| Vec::new()).collect();
        for row in points.chunks_mut(bases.len().max(1)) {
            chunk_rows.iter_mut().zip(row.chunks_mut(BASES_PER_CHUNK)).for_each(|(rows, part)| rows.push(part));
        }
        bases
            .par_chunks(BASES_PER_CHUNK)
            .zip(chunk_rows)
            .for_each(|(bases, mut rows)| fill_tables(adder, plan, bases, &mut rows));
        BaseTables { adder, plan, points }
    }
}

impl<A: BatchAdder> FixedBaseMsm<A::Curve> for BaseTables<A> {
    fn multiscalar_mul(&self, digits: &Digits) -> Projective<A::Curve> {
        assert!(digits.plan == self.plan, "digits were made for {:?}, bases for {:?}", digits.plan, self.plan);
        assert!(
            self.plan.table_points(digits.bases) == self.points.len(),
            "there are {} scalars, not one a base",
            digits.bases
        );
        let buckets = sum_lists(self.adder, &self.points, &digits.entries, &digits.starts);
        reduce_buckets(self.adder, self.plan, &buckets)
    }
}

/// Fills the tables' rows for a chunk of bases: two rows a table, the multiples and their images under the
/// endomorphism.
fn fill_tables<A: BatchAdder>(adder: A, plan: MsmPlan, bases: &[Affine<A::Curve>], rows: &mut [&mut [A::Point]]) {
    let beta = A::Curve::endomorphism_coefficient();
    let mut current: Vec<A::Point> = bases.iter().map(|base| adder.encode_point(base)).collect();
    let mut scratch = A::Scratch::default();
    let doublings = plan.bits as usize * plan.bucket_sets();
    for (table, rows) in rows.chunks_mut(2).enumerate() {
        if table > 0 {
            (0..doublings).for_each(|_| adder.double_points(&mut current, &mut scratch));
        }
        for (i, point) in current.iter().enumerate() {
            rows[0][i] = *point;
            rows[1][i] = adder.apply_endomorphism(point, &beta);
        }
    }
}
