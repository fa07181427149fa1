//! Elements of Fq as coordinates.

use ark_bn254::{Fq, FqConfig};
use ark_ff::Field;

use super::coordinate::Coordinate;
use super::field::{Constants, Field8, Kept};
use super::prime::{fetch, fetch_raw, store, store_raw};
use super::vector::{Ifma, Mask};
use crate::inverse::inverse;

/// Eight elements of Fq.
pub(crate) type Base = Field8<FqConfig>;

/// Words are read as if arkworks' `R` were this module's: then an element is 16 times as large, and its inverse must be made 256 times as large.
pub(super) fn raised() -> Fq {
    Fq::from(256u64)
}

impl Coordinate for Base {
    type Element = Fq;
    type Words = [u64; 4];
    type Kept = Kept;

    #[inline(always)]
    fn load(ifma: Ifma, words: [&[u64; 4]; 8]) -> Self {
        Constants::new(ifma).load(words)
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
    fn restore(ifma: Ifma, kept: &Kept) -> Self {
        Constants::new(ifma).restore(kept)
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

    fn lane(kept: &Kept, lane: usize) -> [u64; 4] {
        kept.lane(lane)
    }
    fn set_lane(kept: &mut Kept, lane: usize, words: &[u64; 4]) {
        kept.set_lane(lane, words);
    }
    fn encode(element: Fq) -> [u64; 4] {
        store(element)
    }
    fn decode(words: &[u64; 4]) -> Fq {
        fetch(words)
    }
    fn scale(words: &[u64; 4], factor: &Fq) -> [u64; 4] {
        store_raw(fetch_raw::<FqConfig>(words) * factor)
    }
    fn negate(words: &[u64; 4]) -> [u64; 4] {
        store_raw(-fetch_raw::<FqConfig>(words))
    }
    fn invert(words: &mut [[u64; 4]; 8]) {
        *words = invert_all(words.map(|words| fetch_raw(&words))).map(|element| store_raw(element * raised()));
    }
}

/// One over each, none of which is zero, with one inversion.
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
    /// `2·p - self`, which must not be more than `2·p`.
    #[inline(always)]
    pub(crate) fn negate_all(&self, ifma: Ifma) -> Self {
        let c = Constants::new(ifma);
        c.sub(&c.zero(), self, 2)
    }
}
