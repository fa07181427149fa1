//! Batch-affine addition in the SIMD backend, eight points at a time.

mod addition;
mod doubling;
mod operands;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use zeroize::{DefaultIsZeroes, Zeroize};

use self::addition::{AddPairs, CHUNK_VECTORS, StoredPair};
use self::doubling::DoublePoints;
use self::operands::{GatheredPairs, Operands, VectorPairs};
use super::{BatchAdder, EndomorphismCurve, ExceptionalPairs};
use crate::scratch::resize_for_overwrite;
use crate::simd::coordinate::Coordinate;
use crate::simd::vector::{Ifma, Kernel};

/// Batch-affine addition on the curve `C` with coordinates in `F`, eight lanes at a time, with `N` interleaved vectors.
pub(crate) struct SimdAdder<C, F, const N: usize> {
    ifma: Ifma,
    curve: PhantomData<fn() -> (C, F)>,
}

impl<C, F, const N: usize> Clone for SimdAdder<C, F, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, F, const N: usize> Copy for SimdAdder<C, F, N> {}

/// A point in affine coordinates: representatives below `1.06·p` in the Montgomery form of the lanes.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Point<W> {
    pub(crate) x: W,
    pub(crate) y: W,
}

impl<W: Copy + Default> DefaultIsZeroes for Point<W> {}

/// Eight points in affine coordinates, limb by limb.
#[derive(Clone, Copy, Default)]
pub(crate) struct PointVector<K> {
    x: K,
    y: K,
}

impl<K: Copy + Default> DefaultIsZeroes for PointVector<K> {}

/// The buffer of a chunk: the intermediate values that the forward pass stores for the backward pass.
pub(crate) struct Scratch<F: Coordinate>(Vec<StoredPair<F::Packed>>);

impl<F: Coordinate> Default for Scratch<F> {
    fn default() -> Self {
        Scratch(vec![StoredPair::default(); CHUNK_VECTORS])
    }
}

impl<F: Coordinate> Drop for Scratch<F> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<C, F: Coordinate, const N: usize> SimdAdder<C, F, N> {
    pub(crate) fn new(ifma: Ifma) -> Self {
        SimdAdder { ifma, curve: PhantomData }
    }

    fn add_operands(
        self,
        operands: impl Operands<F>,
        to: &mut Vec<PointVector<F::Packed>>,
        scratch: &mut Scratch<F>,
    ) -> ExceptionalPairs {
        resize_for_overwrite(to, operands.pair_count());
        self.ifma.run_kernel(AddPairs::<F, _, N> { operands, to, steps: &mut scratch.0 })
    }
}

impl<C, F, const N: usize> BatchAdder for SimdAdder<C, F, N>
where
    C: EndomorphismCurve + SWCurveConfig<BaseField = F::Element>,
    F: Coordinate,
{
    const LANES: usize = 8;
    const MAX_PADDING: usize = 8 * N;
    type Curve = C;
    type Point = Point<F::Limbs>;
    type Vector = PointVector<F::Packed>;
    type Scratch = Scratch<F>;

    fn encode_point(self, point: &Affine<C>) -> Self::Point {
        Point { x: F::encode_element(point.x), y: F::encode_element(point.y) }
    }

    fn decode_point(self, point: &Self::Point) -> Affine<C> {
        Affine::new_unchecked(F::decode_element(&point.x), F::decode_element(&point.y))
    }

    fn apply_endomorphism(self, point: &Self::Point, beta: &F::Element) -> Self::Point {
        Point { x: F::scale_element(&point.x, beta), y: point.y }
    }

    fn negate_point(self, point: &Self::Point) -> Self::Point {
        Point { x: point.x, y: F::negate_element(&point.y) }
    }

    fn extract_lane(self, vector: &Self::Vector, lane: usize) -> Affine<C> {
        self.decode_point(&Point { x: F::extract_lane(&vector.x, lane), y: F::extract_lane(&vector.y, lane) })
    }

    fn set_lane(self, vector: &mut Self::Vector, lane: usize, point: &Affine<C>) {
        let point = self.encode_point(point);
        F::set_lane(&mut vector.x, lane, &point.x);
        F::set_lane(&mut vector.y, lane, &point.y);
    }

    fn unpack_points(self, vectors: &[Self::Vector], count: usize, points: &mut Vec<Self::Point>) {
        self.ifma.run_kernel(UnpackPoints::<F> { vectors, count, points });
    }

    fn add_points(
        self,
        from: &[Self::Point],
        [left, right]: [&mut Vec<u32>; 2],
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> ExceptionalPairs {
        // Repeats the last pair until the vectors are full.
        for list in [&mut *left, &mut *right] {
            let last = list.last().copied().unwrap_or_default();
            list.resize(list.len().next_multiple_of(8 * N), last);
        }
        let (left, right) = (left.as_chunks().0, right.as_chunks().0);
        self.add_operands(GatheredPairs { from, left, right }, to, scratch)
    }

    fn add_vectors(
        self,
        from: &[Self::Vector],
        pairs: &mut Vec<[u32; 2]>,
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> ExceptionalPairs {
        let last = pairs.last().copied().unwrap_or_default();
        pairs.resize(pairs.len().next_multiple_of(N), last);
        self.add_operands(VectorPairs { from, pairs }, to, scratch)
    }

    fn double_points(self, points: &mut [Self::Point], scratch: &mut Self::Scratch) {
        let mut before = vec![F::Packed::default(); scratch.0.len()];
        self.ifma.run_kernel(DoublePoints::<F> { points, before: &mut before });
    }
}

/// Unpacks the first `count` points of vectors.
struct UnpackPoints<'a, F: Coordinate> {
    vectors: &'a [PointVector<F::Packed>],
    count: usize,
    points: &'a mut Vec<Point<F::Limbs>>,
}

impl<F: Coordinate> Kernel for UnpackPoints<'_, F> {
    type Output = ();

    #[inline(always)]
    fn compute_on(self, ifma: Ifma) {
        let end = self.points.len() + self.count;
        for vector in &self.vectors[..self.count.div_ceil(8)] {
            let (x, y) = (F::load_packed(ifma, &vector.x).store_lanes(), F::load_packed(ifma, &vector.y).store_lanes());
            for lane in 0..8 {
                self.points.push(Point { x: x[lane], y: y[lane] });
            }
        }
        self.points.truncate(end);
    }
}
