//! Vectors of eight elements of Fq, as coordinates of points.

use ark_bn254::{Fq, FqConfig};
use ark_ff::Field;

use super::coordinate::Coordinate;
use super::field::{Constants, Field8, Kept};
use super::prime::{fetch, fetch_raw, store, store_raw};
use super::vector::{Ifma, Mask};
use crate::inverse::inverse;

/// Eight elements of Fq.
pub(crate) type Base = Field8<FqConfig>;

/// Returns 256, by which an inverse is multiplied if its argument was read by [`fetch_raw`] and it is written by
/// [`store_raw`].
///
/// Limbs in this backend's Montgomery form (`R = 2^260`) that are read as arkworks' (`R = 2^256`) are those of an
/// element 16 times as large. Its inverse is a sixteenth of the inverse sought, and writing it back divides by 16
/// again.
pub(super) fn raised() -> Fq {
    Fq::from(256u64)
}

impl Coordinate for Base {
    type Element = Fq;
    type Words = [u64; 4];
    type Kept = Kept;

    #[inline(always)]
    fn load(ifma: Ifma, limbs: [&[u64; 4]; 8]) -> Self {
        Constants::new(ifma).load(limbs)
    }
    #[inline(always)]
    fn store(&self) -> [[u64; 4]; 8] {
        Field8::store(self)
    }
    #[inline(always)]
    fn keep(&self) -> Kept {
        Field8::keep(self)
    }
    #[inline(always)]
    fn restore(ifma: Ifma, packed: &Kept) -> Self {
        Constants::new(ifma).restore(packed)
    }
    #[inline(always)]
    fn one(ifma: Ifma) -> Self {
        Constants::new(ifma).one()
    }
    #[inline(always)]
    fn mul(&self, ifma: Ifma, other: &Self) -> Self {
        Constants::new(ifma).mul(self, other)
    }
    #[inline(always)]
    fn mul_both(ifma: Ifma, a: [&Self; 2], b: [&Self; 2]) -> [Self; 2] {
        Constants::new(ifma).products(a, b)
    }
    #[inline(always)]
    fn square_both(ifma: Ifma, a: [&Self; 2]) -> [Self; 2] {
        Constants::new(ifma).products(a, a)
    }
    #[inline(always)]
    fn sub(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        Constants::new(ifma).sub(self, other, k)
    }
    #[inline(always)]
    fn sub_reduced(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        Constants::new(ifma).sub_reduced(self, other, k)
    }
    #[inline(always)]
    fn sub_two(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        Constants::new(ifma).sub_two(self, b, c, k)
    }
    #[inline(always)]
    fn sub_twice(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        Constants::new(ifma).sub_twice(self, b, c, k)
    }
    #[inline(always)]
    fn negate_loosely_if(&self, ifma: Ifma, mask: Mask, k: usize) -> Self {
        Constants::new(ifma).negate_loosely_if(self, mask, k)
    }
    #[inline(always)]
    fn double(&self, ifma: Ifma) -> Self {
        Constants::new(ifma).add(self, self)
    }
    #[inline(always)]
    fn triple(&self, ifma: Ifma) -> Self {
        Constants::new(ifma).add(&self.double(ifma), self)
    }
    #[inline(always)]
    fn may_be_zero(&self, ifma: Ifma) -> Mask {
        Constants::new(ifma).may_be_zero(self)
    }
    #[inline(always)]
    fn blend(&self, mask: Mask, other: &Self) -> Self {
        Field8::blend(self, mask, other)
    }

    fn lane(packed: &Kept, lane: usize) -> [u64; 4] {
        packed.lane(lane)
    }
    fn set_lane(packed: &mut Kept, lane: usize, limbs: &[u64; 4]) {
        packed.set_lane(lane, limbs);
    }
    fn encode(element: Fq) -> [u64; 4] {
        store(element)
    }
    fn decode(limbs: &[u64; 4]) -> Fq {
        fetch(limbs)
    }
    fn scale(limbs: &[u64; 4], factor: &Fq) -> [u64; 4] {
        store_raw(fetch_raw::<FqConfig>(limbs) * factor)
    }
    fn negate(limbs: &[u64; 4]) -> [u64; 4] {
        store_raw(-fetch_raw::<FqConfig>(limbs))
    }
    fn invert(limbs: &mut [[u64; 4]; 8]) {
        *limbs = invert_all(limbs.map(|limbs| fetch_raw(&limbs))).map(|element| store_raw(element * raised()));
    }
}

/// Inverts eight elements, none of which may be zero, with one inversion (Montgomery's trick).
pub(super) fn invert_all(values: [Fq; 8]) -> [Fq; 8] {
    let mut out = values;
    let mut product = Fq::ONE;
    for (before, value) in out.iter_mut().zip(values) {
        *before = product;
        product *= value;
    }
    let mut rest = inverse(product).unwrap_or_default();
    for (before, value) in out.iter_mut().zip(values).rev() {
        *before *= rest;
        rest *= value;
    }
    out
}

impl Base {
    /// Returns `2·p - self`. `self` must be at most `2·p`.
    #[inline(always)]
    pub(crate) fn negate_all(&self, ifma: Ifma) -> Self {
        let c = Constants::new(ifma);
        c.sub(&c.zero(), self, 2)
    }
}
