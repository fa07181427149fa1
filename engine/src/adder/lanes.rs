//! Batch-affine addition in the SIMD backend, eight points at a time.

mod add;
mod double;
mod operands;
#[cfg(test)]
mod tests;

use std::marker::PhantomData;

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use zeroize::{DefaultIsZeroes, Zeroize};

use self::add::{Add, CHUNK, Step};
use self::double::Double;
use self::operands::{Operands, Picked, Whole};
use super::{Adder, Curve, Exceptions};
use crate::lanes::coordinate::Coordinate;
use crate::lanes::vector::{Ifma, Work};
use crate::room::values;

/// Batch-affine addition on the curve `C` with coordinates in `F`, eight lanes at a time, with `N` interleaved vectors.
pub(crate) struct Lanes<C, F, const N: usize> {
    ifma: Ifma,
    curve: PhantomData<fn() -> (C, F)>,
}

impl<C, F, const N: usize> Clone for Lanes<C, F, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, F, const N: usize> Copy for Lanes<C, F, N> {}

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
pub(crate) struct Vector<K> {
    x: K,
    y: K,
}

impl<K: Copy + Default> DefaultIsZeroes for Vector<K> {}

/// The buffer of a chunk: the intermediate values that the forward pass stores for the backward pass.
pub(crate) struct Scratch<F: Coordinate>(Vec<Step<F::Kept>>);

impl<F: Coordinate> Default for Scratch<F> {
    fn default() -> Self {
        Scratch(vec![Step::default(); CHUNK])
    }
}

impl<F: Coordinate> Drop for Scratch<F> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<C, F: Coordinate, const N: usize> Lanes<C, F, N> {
    pub(crate) fn new(ifma: Ifma) -> Self {
        Lanes { ifma, curve: PhantomData }
    }

    fn add(self, operands: impl Operands<F>, to: &mut Vec<Vector<F::Kept>>, scratch: &mut Scratch<F>) -> Exceptions {
        values(to, operands.count());
        self.ifma.run(Add::<F, _, N> { operands, to, steps: &mut scratch.0 })
    }
}

impl<C, F, const N: usize> Adder for Lanes<C, F, N>
where
    C: Curve + SWCurveConfig<BaseField = F::Element>,
    F: Coordinate,
{
    const WIDTH: usize = 8;
    const PADDING: usize = 8 * N;
    type Curve = C;
    type Point = Point<F::Words>;
    type Vector = Vector<F::Kept>;
    type Scratch = Scratch<F>;

    fn encode(self, point: &Affine<C>) -> Self::Point {
        Point { x: F::encode(point.x), y: F::encode(point.y) }
    }

    fn decode(self, point: &Self::Point) -> Affine<C> {
        Affine::new_unchecked(F::decode(&point.x), F::decode(&point.y))
    }

    fn stretch(self, point: &Self::Point, beta: &F::Element) -> Self::Point {
        Point { x: F::scale(&point.x, beta), y: point.y }
    }

    fn negate(self, point: &Self::Point) -> Self::Point {
        Point { x: point.x, y: F::negate(&point.y) }
    }

    fn lane(self, vector: &Self::Vector, lane: usize) -> Affine<C> {
        self.decode(&Point { x: F::lane(&vector.x, lane), y: F::lane(&vector.y, lane) })
    }

    fn set_lane(self, vector: &mut Self::Vector, lane: usize, point: &Affine<C>) {
        let point = self.encode(point);
        F::set_lane(&mut vector.x, lane, &point.x);
        F::set_lane(&mut vector.y, lane, &point.y);
    }

    fn take_apart(self, vectors: &[Self::Vector], count: usize, points: &mut Vec<Self::Point>) {
        self.ifma.run(TakeApart::<F> { vectors, count, points });
    }

    fn add_points(
        self,
        from: &[Self::Point],
        [left, right]: [&mut Vec<u32>; 2],
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> Exceptions {
        // Repeats the last pair until the vectors are full.
        for list in [&mut *left, &mut *right] {
            let last = list.last().copied().unwrap_or_default();
            list.resize(list.len().next_multiple_of(8 * N), last);
        }
        let (left, right) = (left.as_chunks().0, right.as_chunks().0);
        self.add(Picked { from, left, right }, to, scratch)
    }

    fn add_vectors(
        self,
        from: &[Self::Vector],
        pairs: &mut Vec<[u32; 2]>,
        to: &mut Vec<Self::Vector>,
        scratch: &mut Self::Scratch,
    ) -> Exceptions {
        let last = pairs.last().copied().unwrap_or_default();
        pairs.resize(pairs.len().next_multiple_of(N), last);
        self.add(Whole { from, pairs }, to, scratch)
    }

    fn double(self, points: &mut [Self::Point], scratch: &mut Self::Scratch) {
        let mut before = vec![F::Kept::default(); scratch.0.len()];
        self.ifma.run(Double::<F> { points, before: &mut before });
    }
}

/// Unpacks the first `count` points of vectors.
struct TakeApart<'a, F: Coordinate> {
    vectors: &'a [Vector<F::Kept>],
    count: usize,
    points: &'a mut Vec<Point<F::Words>>,
}

impl<F: Coordinate> Work for TakeApart<'_, F> {
    type Output = ();

    #[inline(always)]
    fn work(self, ifma: Ifma) {
        let end = self.points.len() + self.count;
        for vector in &self.vectors[..self.count.div_ceil(8)] {
            let (x, y) = (F::restore(ifma, &vector.x).store(), F::restore(ifma, &vector.y).store());
            for lane in 0..8 {
                self.points.push(Point { x: x[lane], y: y[lane] });
            }
        }
        self.points.truncate(end);
    }
}
