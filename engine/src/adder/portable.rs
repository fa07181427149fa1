//! The sums on any processor, with arkworks' arithmetic.

use ark_ec::short_weierstrass::Affine;
use ark_ff::{AdditiveGroup, Field, Zero, serial_batch_inversion_and_mul};
use zeroize::DefaultIsZeroes;

use super::{Adder, Curve, NEGATIVE, Pairs};

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

impl<C: Curve> Adder for Portable<C> {
    type Curve = C;
    type Point = Point<C::BaseField>;
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

    fn add(self, from: &[Self::Point], to: &mut [Self::Point], pairs: &mut Pairs, inverses: &mut Self::Scratch) {
        let Pairs { left, right, to: places, exceptions } = pairs;
        let point = |operand: u32| from[(operand & !NEGATIVE) as usize];
        let height = |point: &Self::Point, operand: u32| if operand & NEGATIVE == 0 { point.y } else { -point.y };
        let chunks = left.chunks(CHUNK).zip(right.chunks(CHUNK)).zip(places.chunks(CHUNK));
        for (number, ((left, right), places)) in chunks.enumerate() {
            inverses.clear();
            inverses.extend(left.iter().zip(right).map(|(left, right)| point(*right).x - point(*left).x));
            // Leaves a zero as it is.
            serial_batch_inversion_and_mul(inverses, &C::BaseField::ONE);
            for (i, inverse) in inverses.iter().enumerate() {
                if inverse.is_zero() {
                    exceptions.push((number * CHUNK + i) as u32);
                    continue;
                }
                let (p, q) = (point(left[i]), point(right[i]));
                let y = height(&p, left[i]);
                let slope = (height(&q, right[i]) - y) * inverse;
                let x = slope.square() - p.x - q.x;
                to[places[i] as usize] = Point { x, y: slope * (p.x - x) - y };
            }
        }
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
