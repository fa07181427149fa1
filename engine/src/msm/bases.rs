//! Bases that stay, and their multiples.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use rayon::prelude::*;

use super::Sum;
use super::plan::Plan;
use super::sort::Digits;
use super::tree::sums;
use super::weigh::weigh;
use crate::adder::{Adder, Curve};

/// The tables of a list of bases in one arithmetic's form: first all bases, then their images under the endomorphism, then the same of
/// their next multiples.
pub(crate) struct Tables<A: Adder> {
    adder: A,
    plan: Plan,
    points: Vec<A::Point>,
}

/// Bases whose multiples are computed together.
const CHUNK: usize = 1 << 12;

impl<A: Adder> Tables<A> {
    /// None of the bases is infinity.
    pub(crate) fn new(adder: A, plan: Plan, bases: &[Affine<A::Curve>]) -> Self {
        plan.check(bases.len());
        assert!(bases.iter().all(|base| !base.is_zero()), "infinity is no base");
        let mut points = vec![A::Point::default(); bases.len() * 2 * plan.tables];
        // Each chunk of bases with its part of every row.
        let mut parts: Vec<Vec<&mut [A::Point]>> = bases.chunks(CHUNK).map(|_| Vec::new()).collect();
        for row in points.chunks_mut(bases.len().max(1)) {
            parts.iter_mut().zip(row.chunks_mut(CHUNK)).for_each(|(parts, part)| parts.push(part));
        }
        bases.par_chunks(CHUNK).zip(parts).for_each(|(bases, mut rows)| multiples(adder, plan, bases, &mut rows));
        Tables { adder, plan, points }
    }
}

impl<A: Adder> Sum<A::Curve> for Tables<A> {
    fn sum(&self, digits: &Digits) -> Projective<A::Curve> {
        assert!(digits.plan == self.plan, "digits of another plan");
        assert!(self.plan.points(digits.bases) == self.points.len(), "another number of bases");
        let buckets = sums(self.adder, &self.points, &digits.entries, &digits.starts);
        weigh(self.adder, self.plan, &buckets)
    }
}

fn multiples<A: Adder>(adder: A, plan: Plan, bases: &[Affine<A::Curve>], rows: &mut [&mut [A::Point]]) {
    let beta = A::Curve::beta();
    let mut now: Vec<A::Point> = bases.iter().map(|base| adder.encode(base)).collect();
    let mut scratch = A::Scratch::default();
    let steps = plan.bits as usize * plan.sets();
    for (table, rows) in rows.chunks_mut(2).enumerate() {
        if table > 0 {
            (0..steps).for_each(|_| adder.double(&mut now, &mut scratch));
        }
        for (i, point) in now.iter().enumerate() {
            rows[0][i] = *point;
            rows[1][i] = adder.stretch(point, &beta);
        }
    }
}
