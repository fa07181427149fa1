//! The sums eight at a time.

use std::marker::PhantomData;

use ark_ec::short_weierstrass::Affine;
use ark_ec::short_weierstrass::SWCurveConfig;
use zeroize::{DefaultIsZeroes, Zeroize};

use super::{Adder, Curve, NEGATIVE, Pairs};
use crate::lanes::coordinate::Coordinate;
use crate::lanes::vector::{Ifma, Work, prefetch};

/// Vectors that run side by side, each with its own chain of products: enough that one's latency hides behind the others.
const CHAINS: usize = 2;
/// Pairs that one chain step takes.
const STRIDE: usize = 8 * CHAINS;
/// Pairs that share an inversion: few enough that their points stay in the cache for the way back.
const CHUNK: usize = 1024;
/// How far ahead points are asked for, in vectors.
const AHEAD: usize = 12;

/// Arithmetic on eight lanes.
pub(crate) struct Lanes<C, F> {
    ifma: Ifma,
    curve: PhantomData<fn() -> (C, F)>,
}

impl<C, F> Clone for Lanes<C, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C, F> Copy for Lanes<C, F> {}

impl<C, F> Lanes<C, F> {
    pub(crate) fn new(ifma: Ifma) -> Self {
        Lanes { ifma, curve: PhantomData }
    }
}

/// Affine coordinates, below `1.06·p`, in the lanes' Montgomery form.
#[derive(Clone, Copy, Default)]
#[repr(C, align(64))]
pub(crate) struct Point<W> {
    pub(crate) x: W,
    pub(crate) y: W,
}

impl<W: Copy + Default> DefaultIsZeroes for Point<W> {}

/// Products on the way to a chunk's inversion.
pub(crate) struct Scratch<F: Coordinate> {
    before: Vec<F::Kept>,
}

impl<F: Coordinate> Default for Scratch<F> {
    fn default() -> Self {
        Scratch { before: Vec::new() }
    }
}

impl<F: Coordinate> Drop for Scratch<F> {
    fn drop(&mut self) {
        self.before.zeroize();
    }
}

impl<C, F> Adder for Lanes<C, F>
where
    C: Curve + SWCurveConfig<BaseField = F::Element>,
    F: Coordinate + Send,
{
    type Curve = C;
    type Point = Point<F::Words>;
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

    fn add(self, from: &[Self::Point], to: &mut [Self::Point], pairs: &mut Pairs, scratch: &mut Self::Scratch) {
        self.ifma.run(AddPairs { from, to, pairs, scratch });
    }

    fn double(self, points: &mut [Self::Point], scratch: &mut Self::Scratch) {
        self.ifma.run(Double { points, scratch });
    }
}

struct AddPairs<'a, F: Coordinate> {
    from: &'a [Point<F::Words>],
    to: &'a mut [Point<F::Words>],
    pairs: &'a mut Pairs,
    scratch: &'a mut Scratch<F>,
}

/// The eight operands of a vector.
#[inline(always)]
fn operands<'a, W>(from: &'a [Point<W>], list: &[u32], vector: usize) -> [&'a Point<W>; 8] {
    let n = numbers(list, vector);
    let at = |number: u32| &from[(number & !NEGATIVE) as usize];
    [at(n[0]), at(n[1]), at(n[2]), at(n[3]), at(n[4]), at(n[5]), at(n[6]), at(n[7])]
}

/// The numbers of a vector's operands.
#[inline(always)]
fn numbers(list: &[u32], vector: usize) -> &[u32; 8] {
    let (vectors, _) = list.as_chunks::<8>();
    &vectors[vector]
}

#[inline(always)]
fn load_x<F: Coordinate>(ifma: Ifma, p: &[&Point<F::Words>; 8]) -> F {
    F::load(ifma, [&p[0].x, &p[1].x, &p[2].x, &p[3].x, &p[4].x, &p[5].x, &p[6].x, &p[7].x])
}

/// Heights, of the points or their opposites.
#[inline(always)]
fn load_y<F: Coordinate>(ifma: Ifma, p: &[&Point<F::Words>; 8], numbers: &[u32; 8]) -> F {
    let y = F::load(ifma, [&p[0].y, &p[1].y, &p[2].y, &p[3].y, &p[4].y, &p[5].y, &p[6].y, &p[7].y]);
    let mut mask = 0;
    for lane in 0..8 {
        mask |= ((numbers[lane] >> 31) as u8) << lane;
    }
    y.negate_if(ifma, mask, 2)
}

/// `x2 - x1`, one where that may be zero, and where it may be.
#[inline(always)]
fn difference<F: Coordinate>(ifma: Ifma, x1: &F, x2: &F) -> (F, u8) {
    let difference = x2.sub(ifma, x1, 2);
    let mask = difference.may_be_zero(ifma);
    (if mask == 0 { difference } else { difference.blend(mask, &F::one(ifma)) }, mask)
}

impl<F: Coordinate> Work for AddPairs<'_, F> {
    type Output = ();

    #[inline(always)]
    fn work(self, ifma: Ifma) {
        let mut this = self;
        let count = this.pairs.len();
        // The last pair again, until the vectors are full; those sums are dropped.
        for list in [&mut *this.pairs.left, &mut *this.pairs.right] {
            let last = list.last().copied().unwrap_or_default();
            list.resize(count.next_multiple_of(STRIDE), last);
        }
        let vectors = this.pairs.left.len() / 8;
        let mut start = 0;
        while start < vectors {
            let end = (start + CHUNK / 8).min(vectors);
            let products = this.forward(ifma, start, end, count);
            let inverses = invert(ifma, products);
            this.back(ifma, start, end, count, inverses);
            start = end;
        }
    }
}

impl<F: Coordinate> AddPairs<'_, F> {
    /// The products of a chunk's differences, chain by chain, keeping each product before a vector.
    #[inline(always)]
    fn forward(&mut self, ifma: Ifma, start: usize, end: usize, count: usize) -> [F; CHAINS] {
        let AddPairs { from, pairs: Pairs { left, right, exceptions, .. }, scratch, .. } = self;
        if scratch.before.len() < end - start {
            scratch.before.resize(end - start, F::Kept::default());
        }
        let mut products = [F::one(ifma); CHAINS];
        for step in (start..end).step_by(CHAINS) {
            let mut differences = products;
            for chain in 0..CHAINS {
                let vector = step + chain;
                if vector + AHEAD < end {
                    for point in operands(from, left, vector + AHEAD) {
                        prefetch(point);
                    }
                    for point in operands(from, right, vector + AHEAD) {
                        prefetch(point);
                    }
                }
                let x1 = load_x::<F>(ifma, &operands(from, left, vector));
                let x2 = load_x::<F>(ifma, &operands(from, right, vector));
                let (difference, mask) = difference(ifma, &x1, &x2);
                differences[chain] = difference;
                if mask != 0 {
                    let lanes = (0..8).filter(|lane| mask >> lane & 1 == 1).map(|lane| vector * 8 + lane);
                    exceptions.extend(lanes.filter(|pair| *pair < count).map(|pair| pair as u32));
                }
                scratch.before[vector - start] = products[chain].keep();
            }
            multiply(ifma, &mut products, &differences);
        }
        products
    }

    /// From the inverses of those products the sums of a chunk, last to first.
    #[inline(always)]
    fn back(&mut self, ifma: Ifma, start: usize, end: usize, count: usize, mut inverses: [F; CHAINS]) {
        let AddPairs { from, to, pairs: Pairs { left, right, to: places, .. }, scratch } = self;
        for step in (start..end).step_by(CHAINS).rev() {
            let (mut x1, mut x2, mut differences, mut own) = (inverses, inverses, inverses, inverses);
            let (mut y1, mut slopes) = (inverses, inverses);
            for chain in 0..CHAINS {
                let vector = step + chain;
                let (p, q) = (operands(from, left, vector), operands(from, right, vector));
                x1[chain] = load_x::<F>(ifma, &p);
                x2[chain] = load_x::<F>(ifma, &q);
                differences[chain] = difference(ifma, &x1[chain], &x2[chain]).0;
                own[chain] = F::restore(ifma, &scratch.before[vector - start]);
                y1[chain] = load_y::<F>(ifma, &p, numbers(left, vector));
                slopes[chain] = load_y::<F>(ifma, &q, numbers(right, vector)).sub(ifma, &y1[chain], 2);
            }
            multiply(ifma, &mut own, &inverses);
            multiply(ifma, &mut inverses, &differences);
            // Differences are below 4p, slopes and their squares below 2.4p: nothing below exceeds 7p.
            multiply(ifma, &mut slopes, &own);
            let mut x = slopes;
            square(ifma, &mut x);
            let mut y = slopes;
            for chain in 0..CHAINS {
                x[chain] = x[chain].sub_two(ifma, &x1[chain], &x2[chain], 4);
                x1[chain] = x1[chain].sub(ifma, &x[chain], 2);
            }
            multiply(ifma, &mut y, &x1);
            for chain in 0..CHAINS {
                let (x, y) = (x[chain].store(), y[chain].sub_reduced(ifma, &y1[chain], 2).store());
                let first = (step + chain) * 8;
                for lane in 0..8.min(count.saturating_sub(first)) {
                    to[places[first + lane] as usize] = Point { x: x[lane], y: y[lane] };
                }
            }
        }
    }
}

/// `a·b`, chain by chain.
#[inline(always)]
fn multiply<F: Coordinate>(ifma: Ifma, a: &mut [F; CHAINS], b: &[F; CHAINS]) {
    for chain in (0..CHAINS).step_by(2) {
        let product = F::mul_both(ifma, [&a[chain], &a[chain + 1]], [&b[chain], &b[chain + 1]]);
        [a[chain], a[chain + 1]] = product;
    }
}

/// `a·a`, chain by chain.
#[inline(always)]
fn square<F: Coordinate>(ifma: Ifma, a: &mut [F; CHAINS]) {
    for chain in (0..CHAINS).step_by(2) {
        [a[chain], a[chain + 1]] = F::square_both(ifma, [&a[chain], &a[chain + 1]]);
    }
}

/// One over each lane of each chain, with one inversion for all: chains are multiplied first, then lanes.
#[inline(always)]
fn invert<F: Coordinate>(ifma: Ifma, p: [F; CHAINS]) -> [F; CHAINS] {
    let mut lanes = p[0].mul(ifma, &p[1]).store();
    F::invert(&mut lanes);
    let all = F::load(ifma, lanes.each_ref());
    F::mul_both(ifma, [&all, &all], [&p[1], &p[0]])
}

/// Eight points that stand side by side; the last again where there are no more.
#[inline(always)]
fn operand<F: Coordinate>(ifma: Ifma, points: &[Point<F::Words>], vector: usize) -> (F, F) {
    let mut eight = [&points[points.len() - 1]; 8];
    for lane in 0..8 {
        if let Some(point) = points.get(vector * 8 + lane) {
            eight[lane] = point;
        }
    }
    (load_x(ifma, &eight), load_y(ifma, &eight, &[0; 8]))
}

struct Double<'a, F: Coordinate> {
    points: &'a mut [Point<F::Words>],
    scratch: &'a mut Scratch<F>,
}

impl<F: Coordinate> Work for Double<'_, F> {
    type Output = ();

    #[inline(always)]
    fn work(self, ifma: Ifma) {
        let Double { points, scratch } = self;
        for points in points.chunks_mut(CHUNK) {
            let count = points.len();
            let vectors = count.next_multiple_of(STRIDE) / 8;
            scratch.before.resize(scratch.before.len().max(vectors), F::Kept::default());
            let mut products = [F::one(ifma); CHAINS];
            for vector in 0..vectors {
                let (_, y) = operand::<F>(ifma, points, vector);
                let product = &mut products[vector % CHAINS];
                scratch.before[vector] = product.keep();
                *product = product.mul(ifma, &y.double(ifma));
            }
            let mut inverses = invert(ifma, products);
            for vector in (0..vectors).rev() {
                let (x1, y1) = operand::<F>(ifma, points, vector);
                let inverse = &mut inverses[vector % CHAINS];
                let own = inverse.mul(ifma, &F::restore(ifma, &scratch.before[vector]));
                *inverse = inverse.mul(ifma, &y1.double(ifma));
                let slope = x1.mul(ifma, &x1).triple(ifma).mul(ifma, &own);
                let x = slope.mul(ifma, &slope).sub_two(ifma, &x1, &x1, 4);
                let y = slope.mul(ifma, &x1.sub(ifma, &x, 2)).sub_reduced(ifma, &y1, 2);
                let (x, y) = (x.store(), y.store());
                for lane in 0..8.min(count.saturating_sub(vector * 8)) {
                    points[vector * 8 + lane] = Point { x: x[lane], y: y[lane] };
                }
            }
        }
    }
}
