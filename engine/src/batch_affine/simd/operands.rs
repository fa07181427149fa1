//! The operands of an addition: pairs of vectors, either gathered from single points or read as they are.

use super::{Point, PointVector};
use crate::batch_affine::NEGATE_FLAG;
use crate::simd::coordinate::Coordinate;
use crate::simd::vector::{Ifma, prefetch_line};

/// Pairs of vectors of points, accessed by index.
pub(super) trait Operands<F: Coordinate> {
    /// The number of pairs.
    fn pair_count(&self) -> usize;
    /// Prefetches a pair's points.
    fn prefetch_pair(&self, pair: usize);
    /// Loads the `x` coordinates of a pair.
    fn x_pair(&self, ifma: Ifma, pair: usize) -> [F; 2];
    /// Loads the `y` coordinates of a pair, below `2·p`, in signed limbs: for sums and differences only.
    fn y_pair(&self, ifma: Ifma, pair: usize) -> [F; 2];
}

/// Points gathered one by one by their indices, or their negatives.
pub(super) struct GatheredPairs<'a, F: Coordinate> {
    pub(super) from: &'a [Point<F::Limbs>],
    pub(super) left: &'a [[u32; 8]],
    pub(super) right: &'a [[u32; 8]],
}

/// Returns the eight points with these indices, without regard to signs.
#[inline(always)]
fn gather_points<'a, W>(from: &'a [Point<W>], n: &[u32; 8]) -> [&'a Point<W>; 8] {
    let mut points = [&from[(n[0] & !NEGATE_FLAG) as usize]; 8];
    for lane in 1..8 {
        points[lane] = &from[(n[lane] & !NEGATE_FLAG) as usize];
    }
    points
}

/// Loads the `x` coordinates of eight points.
#[inline(always)]
pub(super) fn load_x<F: Coordinate>(ifma: Ifma, p: &[&Point<F::Limbs>; 8]) -> F {
    F::load_lanes(ifma, [&p[0].x, &p[1].x, &p[2].x, &p[3].x, &p[4].x, &p[5].x, &p[6].x, &p[7].x])
}

/// Loads the `y` coordinates of eight points.
#[inline(always)]
pub(super) fn load_y<F: Coordinate>(ifma: Ifma, p: &[&Point<F::Limbs>; 8]) -> F {
    F::load_lanes(ifma, [&p[0].y, &p[1].y, &p[2].y, &p[3].y, &p[4].y, &p[5].y, &p[6].y, &p[7].y])
}

impl<F: Coordinate> Operands<F> for GatheredPairs<'_, F> {
    #[inline(always)]
    fn pair_count(&self) -> usize {
        self.left.len()
    }

    #[inline(always)]
    fn prefetch_pair(&self, pair: usize) {
        for lane in 0..8 {
            prefetch_line(&self.from[(self.left[pair][lane] & !NEGATE_FLAG) as usize]);
            prefetch_line(&self.from[(self.right[pair][lane] & !NEGATE_FLAG) as usize]);
        }
    }

    #[inline(always)]
    fn x_pair(&self, ifma: Ifma, pair: usize) -> [F; 2] {
        [
            load_x(ifma, &gather_points(self.from, &self.left[pair])),
            load_x(ifma, &gather_points(self.from, &self.right[pair])),
        ]
    }

    #[inline(always)]
    fn y_pair(&self, ifma: Ifma, pair: usize) -> [F; 2] {
        let (left, right) = (&self.left[pair], &self.right[pair]);
        let y1 =
            load_y::<F>(ifma, &gather_points(self.from, left)).negate_unreduced_if(ifma, ifma.highest_bits(left), 2);
        let y2 =
            load_y::<F>(ifma, &gather_points(self.from, right)).negate_unreduced_if(ifma, ifma.highest_bits(right), 2);
        [y1, y2]
    }
}

/// Pairs of whole vectors, as an earlier level left them.
pub(super) struct VectorPairs<'a, F: Coordinate> {
    pub(super) from: &'a [PointVector<F::Packed>],
    pub(super) pairs: &'a [[u32; 2]],
}

impl<F: Coordinate> VectorPairs<'_, F> {
    #[inline(always)]
    fn vector_pair(&self, pair: usize) -> [&PointVector<F::Packed>; 2] {
        let [left, right] = self.pairs[pair];
        [&self.from[left as usize], &self.from[right as usize]]
    }
}

impl<F: Coordinate> Operands<F> for VectorPairs<'_, F> {
    #[inline(always)]
    fn pair_count(&self) -> usize {
        self.pairs.len()
    }

    /// Does nothing: vectors are read in order, which the processor's own prefetcher recognises.
    #[inline(always)]
    fn prefetch_pair(&self, _: usize) {}

    #[inline(always)]
    fn x_pair(&self, ifma: Ifma, pair: usize) -> [F; 2] {
        let [left, right] = self.vector_pair(pair);
        [F::load_packed(ifma, &left.x), F::load_packed(ifma, &right.x)]
    }

    #[inline(always)]
    fn y_pair(&self, ifma: Ifma, pair: usize) -> [F; 2] {
        let [left, right] = self.vector_pair(pair);
        [F::load_packed(ifma, &left.y), F::load_packed(ifma, &right.y)]
    }
}
