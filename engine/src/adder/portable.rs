//! The sums on any processor, with arkworks' arithmetic.

use ark_ec::short_weierstrass::Affine;
use ark_ff::{AdditiveGroup, Field, serial_batch_inversion_and_mul};
use zeroize::DefaultIsZeroes;

use super::{Adder, Curve, Exceptions, NEGATIVE};

/// Pairs that share an inversion.
const CHUNK: usize = 1024;

/// Arkworks' arithmetic.
pub(crate) struct Portable<C>(std::marker::PhantomData<fn() -> C>);

impl<C> Clone for Portable<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Portable<C> {}

impl<C> Portable<C> {
    pub(crate) fn new() -> Self {
        Portable(std::marker::PhantomData)
    }
}

/// Affine coordinates.
#[derive(Clone, Copy, Default)]
pub(crate) struct Point<F> {
    x: F,
    y: F,
}

impl<F: Field> DefaultIsZeroes for Point<F> {}

/// Adds pairs, given by their number.
fn add<F: Field>(
    count: usize,
    pair: impl Fn(usize) -> [Point<F>; 2],
    to: &mut Vec<Point<F>>,
    inverses: &mut Vec<F>,
) -> Exceptions {
    let mut exceptions = Exceptions::new();
    to.resize(to.len().max(count), Point::default());
    for first in (0..count).step_by(CHUNK) {
        let chunk = first..count.min(first + CHUNK);
        inverses.clear();
        inverses.extend(chunk.clone().map(|i| {
            let [p, q] = pair(i);
            q.x - p.x
        }));
        // Leaves a zero as it is.
        serial_batch_inversion_and_mul(inverses, &F::ONE);
        for (i, inverse) in chunk.zip(&*inverses) {
            if inverse.is_zero() {
                exceptions.push(i as u32);
                continue;
            }
            let [p, q] = pair(i);
            let slope = (q.y - p.y) * inverse;
            let x = slope.square() - p.x - q.x;
            to[i] = Point { x, y: slope * (p.x - x) - p.y };
        }
    }
    exceptions
}

impl<C: Curve> Adder for Portable<C> {
    const WIDTH: usize = 1;
    type Curve = C;
    type Point = Point<C::BaseField>;
    type Vector = Point<C::BaseField>;
    type Scratch = Vec<C::BaseField>;

    fn encode(self, point: &Affine<C>) -> Self::Point {
        Point { x: point.x, y: point.y }
    }

    fn decode(self, point: &Self::Point) -> Affine<C> {
        Affine::new_unchecked(point.x, point.y)
    }

    fn stretch(self, point: &Self::Point, beta: &C::BaseField) -> Self::Point {
        Point { x: point.x * beta, y: point.y }
    }

    fn negate(self, point: &Self::Point) -> Self::Point {
        Point { x: point.x, y: -point.y }
    }

    fn lane(self, vector: &Self::Point, _: usize) -> Affine<C> {
        self.decode(vector)
    }

    fn set_lane(self, vector: &mut Self::Point, _: usize, point: &Affine<C>) {
        *vector = self.encode(point);
    }

    fn take_apart(self, vectors: &[Self::Point], count: usize, points: &mut Vec<Self::Point>) {
        points.extend_from_slice(&vectors[..count]);
    }

    fn add_points(
        self,
        from: &[Self::Point],
        [left, right]: [&mut Vec<u32>; 2],
        to: &mut Vec<Self::Point>,
        inverses: &mut Self::Scratch,
    ) -> Exceptions {
        let point = |number: u32| {
            let point = from[(number & !NEGATIVE) as usize];
            if number & NEGATIVE == 0 { point } else { self.negate(&point) }
        };
        add(left.len(), |i| [point(left[i]), point(right[i])], to, inverses)
    }

    fn add_vectors(
        self,
        from: &[Self::Point],
        pairs: &mut Vec<[u32; 2]>,
        to: &mut Vec<Self::Point>,
        inverses: &mut Self::Scratch,
    ) -> Exceptions {
        add(pairs.len(), |i| pairs[i].map(|number| from[number as usize]), to, inverses)
    }

    fn double(self, points: &mut [Self::Point], inverses: &mut Self::Scratch) {
        for points in points.chunks_mut(CHUNK) {
            inverses.clear();
            inverses.extend(points.iter().map(|point| point.y.double()));
            serial_batch_inversion_and_mul(inverses, &C::BaseField::ONE);
            for (point, inverse) in points.iter_mut().zip(&*inverses) {
                let square = point.x.square();
                let slope = (square.double() + square) * inverse;
                let x = slope.square() - point.x.double();
                *point = Point { x, y: slope * (point.x - x) - point.y };
            }
        }
    }
}
