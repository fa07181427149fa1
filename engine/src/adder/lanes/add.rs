//! Addition of pairs of vectors of points, with batch inversion.
//!
//! 1. Forward pass: multiply up the denominators `x2 - x1` of all slopes of a chunk.
//! 2. Invert the product, once for the whole chunk.
//! 3. Backward pass, last pair first: from the inverse of a product and the product before it follows the inverse of
//!    one denominator, and with it the slope and the sum.

use super::Vector;
use super::operands::Operands;
use crate::adder::Exceptions;
use crate::lanes::coordinate::Coordinate;
use crate::lanes::vector::{Ifma, Work};

/// The number of vectors that share an inversion: few enough that their intermediate values are still in the cache in
/// the backward pass.
pub(super) const CHUNK: usize = 128;
/// How many pairs ahead points are prefetched.
const AHEAD: usize = 12;

/// The intermediate values of a pair that the forward pass stores for the backward pass.
#[derive(Clone, Copy, Default)]
pub(super) struct Step<K> {
    /// The product of all differences before this one.
    before: K,
    /// `x2 - x1 + 2p`, or one in lanes whose operands may be equal.
    difference: K,
    x1: K,
}

impl<K: Copy + Default> zeroize::DefaultIsZeroes for Step<K> {}

/// The addition of a list of pairs, a multiple of `N` in number. `N` vectors are interleaved, each with a chain of
/// products of its own, so that the latency of one hides behind the others.
pub(super) struct Add<'a, F: Coordinate, O, const N: usize> {
    pub(super) operands: O,
    pub(super) to: &'a mut [Vector<F::Kept>],
    pub(super) steps: &'a mut [Step<F::Kept>],
}

impl<F: Coordinate, O: Operands<F>, const N: usize> Work for Add<'_, F, O, N> {
    type Output = Exceptions;

    #[inline(always)]
    fn work(mut self, ifma: Ifma) -> Exceptions {
        let mut exceptions = Exceptions::new();
        let mut start = 0;
        while start < self.operands.count() {
            let end = (start + CHUNK).min(self.operands.count());
            let products = self.forward(ifma, start, end, &mut exceptions);
            let inverses = invert(ifma, products);
            self.back(ifma, start, end, inverses);
            start = end;
        }
        exceptions
    }
}

impl<F: Coordinate, O: Operands<F>, const N: usize> Add<'_, F, O, N> {
    /// The forward pass: returns the product of a chunk's denominators for each chain.
    #[inline(always)]
    fn forward(&mut self, ifma: Ifma, start: usize, end: usize, exceptions: &mut Exceptions) -> [F; N] {
        let mut products = [F::one(ifma); N];
        for first in (start..end).step_by(N) {
            let mut differences = products;
            for chain in 0..N {
                let pair = first + chain;
                if pair + AHEAD < end {
                    self.operands.ask(pair + AHEAD);
                }
                let [x1, x2] = self.operands.x(ifma, pair);
                let mut difference = x2.sub(ifma, &x1, 2);
                let mask = difference.may_be_zero(ifma);
                if mask != 0 {
                    difference = difference.blend(mask, &F::one(ifma));
                    for lane in 0..8 {
                        if mask >> lane & 1 == 1 {
                            exceptions.push((pair * 8 + lane) as u32);
                        }
                    }
                }
                let before = products[chain].keep();
                self.steps[pair - start] = Step { before, difference: difference.keep(), x1: x1.keep() };
                differences[chain] = difference;
            }
            multiply(ifma, &mut products, &differences);
        }
        products
    }

    /// The backward pass: computes the sums of a chunk, last to first, from the inverses of the chains' products.
    #[inline(always)]
    fn back(&mut self, ifma: Ifma, start: usize, end: usize, mut inverses: [F; N]) {
        for first in (start..end).step_by(N).rev() {
            let (mut own, mut differences, mut x1) = (inverses, inverses, inverses);
            let (mut y1, mut slopes) = (inverses, inverses);
            for chain in 0..N {
                let step = &self.steps[first + chain - start];
                own[chain] = F::restore(ifma, &step.before);
                differences[chain] = F::restore(ifma, &step.difference);
                x1[chain] = F::restore(ifma, &step.x1);
                let [left, right] = self.operands.y(ifma, first + chain);
                y1[chain] = left;
                slopes[chain] = right.sub(ifma, &left, 2);
            }
            multiply(ifma, &mut own, &inverses);
            multiply(ifma, &mut inverses, &differences);
            // Differences are below 4p, slopes and their squares below 2.4p: no value below exceeds 7p.
            multiply(ifma, &mut slopes, &own);
            let mut x = slopes;
            square(ifma, &mut x);
            let mut y = slopes;
            for chain in 0..N {
                // `x1 + x2` is `2·x1 + difference - 2p`.
                x[chain] = x[chain].sub_twice(ifma, &x1[chain], &differences[chain], 6);
                x1[chain] = x1[chain].sub(ifma, &x[chain], 2);
            }
            multiply(ifma, &mut y, &x1);
            for chain in 0..N {
                let y = y[chain].sub_reduced(ifma, &y1[chain], 2);
                self.to[first + chain] = Vector { x: x[chain].keep(), y: y.keep() };
            }
        }
    }
}

/// Replaces `a` by `a·b`, chain by chain.
#[inline(always)]
fn multiply<F: Coordinate, const N: usize>(ifma: Ifma, a: &mut [F; N], b: &[F; N]) {
    for chain in (0..N).step_by(2) {
        let product = F::mul_both(ifma, [&a[chain], &a[chain + 1]], [&b[chain], &b[chain + 1]]);
        [a[chain], a[chain + 1]] = product;
    }
}

/// Replaces `a` by `a·a`, chain by chain.
#[inline(always)]
fn square<F: Coordinate, const N: usize>(ifma: Ifma, a: &mut [F; N]) {
    for chain in (0..N).step_by(2) {
        [a[chain], a[chain + 1]] = F::square_both(ifma, [&a[chain], &a[chain + 1]]);
    }
}

/// Inverts every lane of every chain, with one inversion for all (Montgomery's trick, first over chains, then over
/// lanes).
#[inline(always)]
pub(super) fn invert<F: Coordinate, const N: usize>(ifma: Ifma, chains: [F; N]) -> [F; N] {
    let mut before = chains;
    let mut product = chains[0];
    for n in 1..N {
        before[n] = product;
        product = product.mul(ifma, &chains[n]);
    }
    let mut lanes = product.store();
    F::invert(&mut lanes);
    let mut rest = F::load(ifma, lanes.each_ref());
    let mut inverses = chains;
    for n in (1..N).rev() {
        [inverses[n], rest] = F::mul_both(ifma, [&rest, &rest], [&before[n], &chains[n]]);
    }
    inverses[0] = rest;
    inverses
}
