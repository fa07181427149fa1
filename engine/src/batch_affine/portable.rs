//! Batch-affine addition in the portable backend: vectors are single points.

use std::marker::PhantomData;

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use zeroize::{DefaultIsZeroes, Zeroize};

use super::{BatchAdder, EndomorphismCurve, ExceptionalPairs, NEGATE_FLAG};
use crate::limbs::coordinate::{Coordinate, batch_invert};
use crate::scratch::resize_for_overwrite;

/// The number of pairs that share an inversion.
const CHUNK_PAIRS: usize = 512;

/// Batch-affine addition on the curve `C` with coordinates in `F`.
pub(crate) struct PortableAdder<C, F>(PhantomData<fn() -> (C, F)>);

impl<C, F> Clone for PortableAdder<C, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, F> Copy for PortableAdder<C, F> {}

impl<C, F> PortableAdder<C, F> {
    pub(crate) fn new() -> Self {
        PortableAdder(PhantomData)
    }
}

/// A point in affine coordinates.
#[derive(Clone, Copy, Default)]
pub(crate) struct Point<F> {
    x: F,
    y: F,
}

impl<F: Copy + Default> DefaultIsZeroes for Point<F> {}

/// The buffers of a chunk: the denominators of its slopes, which become their inverses, and the partial products of
/// batch inversion.
pub(crate) struct Scratch<F: Coordinate> {
    inverses: Vec<F>,
    products: Vec<F>,
}

impl<F: Coordinate> Default for Scratch<F> {
    fn default() -> Self {
        Scratch { inverses: Vec::with_capacity(CHUNK_PAIRS), products: Vec::with_capacity(CHUNK_PAIRS) }
    }
}

impl<F: Coordinate> Drop for Scratch<F> {
    fn drop(&mut self) {
        self.inverses.zeroize();
        self.products.zeroize();
    }
}

/// Adds `count` pairs of points, which `pair` returns by their index.
#[inline(always)]
fn add_pairs<F: Coordinate>(
    count: usize,
    pair: impl Fn(usize) -> [Point<F>; 2],
    to: &mut Vec<Point<F>>,
    Scratch { inverses, products }: &mut Scratch<F>,
) -> ExceptionalPairs {
    let mut exceptions = ExceptionalPairs::new();
    resize_for_overwrite(to, count);
    for first in (0..count).step_by(CHUNK_PAIRS) {
        let chunk = first..count.min(first + CHUNK_PAIRS);
        inverses.clear();
        inverses.extend(chunk.clone().map(|i| {
            let [p, q] = pair(i);
            q.x.sub(&p.x)
        }));
        batch_invert(inverses, products);
        for (i, inverse) in chunk.zip(&*inverses) {
            if inverse.is_zero() {
                exceptions.push(i as u32);
                continue;
            }
            let [p, q] = pair(i);
            let slope = q.y.sub(&p.y).mul(inverse);
            let x = slope.square().sub(&p.x).sub(&q.x);
            to[i] = Point { x, y: slope.mul(&p.x.sub(&x)).sub(&p.y) };
        }
    }
    exceptions
}

impl<C, F> BatchAdder for PortableAdder<C, F>
where
    C: EndomorphismCurve + SWCurveConfig<BaseField = F::Element>,
    F: Coordinate,
{
    const LANES: usize = 1;
    const MAX_PADDING: usize = 0;
    type Curve = C;
    type Point = Point<F>;
    type Vector = Point<F>;
    type Scratch = Scratch<F>;

    fn encode_point(self, point: &Affine<C>) -> Self::Point {
        Point { x: F::encode_element(point.x), y: F::encode_element(point.y) }
    }

    fn decode_point(self, point: &Self::Point) -> Affine<C> {
        Affine::new_unchecked(point.x.decode_element(), point.y.decode_element())
    }

    fn apply_endomorphism(self, point: &Self::Point, beta: &F::Element) -> Self::Point {
        Point { x: point.x.mul(&F::encode_element(*beta)), y: point.y }
    }

    fn negate_point(self, point: &Self::Point) -> Self::Point {
        Point { x: point.x, y: F::default().sub(&point.y) }
    }

    fn extract_lane(self, vector: &Self::Point, _: usize) -> Affine<C> {
        self.decode_point(vector)
    }

    fn set_lane(self, vector: &mut Self::Point, _: usize, point: &Affine<C>) {
        *vector = self.encode_point(point);
    }

    fn unpack_points(self, vectors: &[Self::Point], count: usize, points: &mut Vec<Self::Point>) {
        points.extend_from_slice(&vectors[..count]);
    }

    fn add_points(
        self,
        from: &[Self::Point],
        [left, right]: [&mut Vec<u32>; 2],
        to: &mut Vec<Self::Point>,
        inverses: &mut Self::Scratch,
    ) -> ExceptionalPairs {
        let point = |index: u32| {
            let point = from[(index & !NEGATE_FLAG) as usize];
            if index & NEGATE_FLAG == 0 { point } else { self.negate_point(&point) }
        };
        add_pairs(left.len(), |i| [point(left[i]), point(right[i])], to, inverses)
    }

    fn add_vectors(
        self,
        from: &[Self::Point],
        pairs: &mut Vec<[u32; 2]>,
        to: &mut Vec<Self::Point>,
        inverses: &mut Self::Scratch,
    ) -> ExceptionalPairs {
        add_pairs(pairs.len(), |i| pairs[i].map(|index| from[index as usize]), to, inverses)
    }

    fn double_points(self, points: &mut [Self::Point], inverses: &mut Self::Scratch) {
        let Scratch { inverses, products } = inverses;
        for points in points.chunks_mut(CHUNK_PAIRS) {
            inverses.clear();
            inverses.extend(points.iter().map(|point| point.y.add(&point.y)));
            batch_invert(inverses, products);
            for (point, inverse) in points.iter_mut().zip(&*inverses) {
                let square = point.x.square();
                let slope = square.add(&square).add(&square).mul(inverse);
                let x = slope.square().sub(&point.x).sub(&point.x);
                *point = Point { x, y: slope.mul(&point.x.sub(&x)).sub(&point.y) };
            }
        }
    }
}
