//! Addition of pairs of vectors of points, with batch inversion.
//!
//! 1. Forward pass: multiply up the denominators `x2 - x1` of all slopes of a chunk.
//! 2. Invert the product, once for the whole chunk.
//! 3. Backward pass, last pair first: from the inverse of a product and the product before it follows the inverse of
//!    one denominator, and with it the slope and the sum.

use super::PointVector;
use super::operands::Operands;
use crate::batch_affine::ExceptionalPairs;
use crate::simd::coordinate::Coordinate;
use crate::simd::vector::{Ifma, Kernel};

/// The number of vectors that share an inversion: few enough that their intermediate values are still in the cache in
/// the backward pass.
pub(super) const CHUNK_VECTORS: usize = 128;
/// How many pairs ahead points are prefetched.
const PREFETCH_DISTANCE: usize = 12;

/// The intermediate values of a pair that the forward pass stores for the backward pass.
#[derive(Clone, Copy, Default)]
pub(super) struct StoredPair<K> {
    /// The product of all differences before this one.
    before: K,
    /// `x2 - x1 + 2p`, or one in lanes whose operands may be equal.
    difference: K,
    x1: K,
}

impl<K: Copy + Default> zeroize::DefaultIsZeroes for StoredPair<K> {}

/// The addition of a list of pairs, a multiple of `N` in number. `N` vectors are interleaved, each with a chain of
/// products of its own, so that the latency of one hides behind the others.
pub(super) struct AddPairs<'a, F: Coordinate, O, const N: usize> {
    pub(super) operands: O,
    pub(super) to: &'a mut [PointVector<F::Packed>],
    pub(super) steps: &'a mut [StoredPair<F::Packed>],
}

impl<F: Coordinate, O: Operands<F>, const N: usize> Kernel for AddPairs<'_, F, O, N> {
    type Output = ExceptionalPairs;

    #[inline(always)]
    fn compute_on(mut self, ifma: Ifma) -> ExceptionalPairs {
        let mut exceptions = ExceptionalPairs::new();
        let mut start = 0;
        while start < self.operands.pair_count() {
            let end = (start + CHUNK_VECTORS).min(self.operands.pair_count());
            let products = self.forward_pass(ifma, start, end, &mut exceptions);
            let inverses = invert_chains(ifma, products);
            self.backward_pass(ifma, start, end, inverses);
            start = end;
        }
        exceptions
    }
}

impl<F: Coordinate, O: Operands<F>, const N: usize> AddPairs<'_, F, O, N> {
    /// The forward pass: returns the product of a chunk's denominators for each chain.
    #[inline(always)]
    fn forward_pass(&mut self, ifma: Ifma, start: usize, end: usize, exceptions: &mut ExceptionalPairs) -> [F; N] {
        let mut products = [F::one(ifma); N];
        for first in (start..end).step_by(N) {
            let mut differences = products;
            for chain in 0..N {
                let pair = first + chain;
                if pair + PREFETCH_DISTANCE < end {
                    self.operands.prefetch_pair(pair + PREFETCH_DISTANCE);
                }
                let [x1, x2] = self.operands.x_pair(ifma, pair);
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
                let before = products[chain].store_packed();
                self.steps[pair - start] =
                    StoredPair { before, difference: difference.store_packed(), x1: x1.store_packed() };
                differences[chain] = difference;
            }
            mul_chains(ifma, &mut products, &differences);
        }
        products
    }

    /// The backward pass: computes the sums of a chunk, last to first, from the inverses of the chains' products.
    #[inline(always)]
    fn backward_pass(&mut self, ifma: Ifma, start: usize, end: usize, mut inverses: [F; N]) {
        for first in (start..end).step_by(N).rev() {
            let (mut own, mut differences, mut x1) = (inverses, inverses, inverses);
            let (mut y1, mut slopes) = (inverses, inverses);
            for chain in 0..N {
                let step = &self.steps[first + chain - start];
                own[chain] = F::load_packed(ifma, &step.before);
                differences[chain] = F::load_packed(ifma, &step.difference);
                x1[chain] = F::load_packed(ifma, &step.x1);
                let [left, right] = self.operands.y_pair(ifma, first + chain);
                y1[chain] = left;
                slopes[chain] = right.sub(ifma, &left, 2);
            }
            mul_chains(ifma, &mut own, &inverses);
            mul_chains(ifma, &mut inverses, &differences);
            // Differences are below 4p, slopes and their squares below 2.4p: no value below exceeds 7p.
            mul_chains(ifma, &mut slopes, &own);
            let mut x = slopes;
            square_chains(ifma, &mut x);
            let mut y = slopes;
            for chain in 0..N {
                // `x1 + x2` is `2·x1 + difference - 2p`.
                x[chain] = x[chain].sub_twice(ifma, &x1[chain], &differences[chain], 6);
                x1[chain] = x1[chain].sub(ifma, &x[chain], 2);
            }
            mul_chains(ifma, &mut y, &x1);
            for chain in 0..N {
                let y = y[chain].sub_reduced(ifma, &y1[chain], 2);
                self.to[first + chain] = PointVector { x: x[chain].store_packed(), y: y.store_packed() };
            }
        }
    }
}

/// Replaces `a` by `a·b`, chain by chain.
#[inline(always)]
fn mul_chains<F: Coordinate, const N: usize>(ifma: Ifma, a: &mut [F; N], b: &[F; N]) {
    for chain in (0..N).step_by(2) {
        let product = F::mul_pair(ifma, [&a[chain], &a[chain + 1]], [&b[chain], &b[chain + 1]]);
        [a[chain], a[chain + 1]] = product;
    }
}

/// Replaces `a` by `a·a`, chain by chain.
#[inline(always)]
fn square_chains<F: Coordinate, const N: usize>(ifma: Ifma, a: &mut [F; N]) {
    for chain in (0..N).step_by(2) {
        [a[chain], a[chain + 1]] = F::square_pair(ifma, [&a[chain], &a[chain + 1]]);
    }
}

/// Inverts every lane of every chain, with one inversion for all (Montgomery's trick, first over chains, then over
/// lanes).
#[inline(always)]
pub(super) fn invert_chains<F: Coordinate, const N: usize>(ifma: Ifma, chains: [F; N]) -> [F; N] {
    let mut before = chains;
    let mut product = chains[0];
    for n in 1..N {
        before[n] = product;
        product = product.mul(ifma, &chains[n]);
    }
    let mut lanes = product.store_lanes();
    F::invert_lanes(&mut lanes);
    let mut rest = F::load_lanes(ifma, lanes.each_ref());
    let mut inverses = chains;
    for n in (1..N).rev() {
        [inverses[n], rest] = F::mul_pair(ifma, [&rest, &rest], [&before[n], &chains[n]]);
    }
    inverses[0] = rest;
    inverses
}
