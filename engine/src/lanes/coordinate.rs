//! Coordinates of points on eight lanes: elements of Fq, or of Fq2 = Fq[u]/(u^2 + 1).

use ark_bn254::{Fq, Fq2, FqConfig};
use ark_ff::Field;

use crate::inverse::inverse;

use super::field::{Constants, Field8, Kept, fetch_raw, store, store_raw};
use super::vector::{Ifma, Mask};

/// Arithmetic of coordinates on eight lanes. Bounds are in multiples of the prime, for each component.
pub(crate) trait Coordinate: Copy + 'static {
    /// The field.
    type Element: Field;
    /// An element in memory.
    type Words: Copy + Default + Send + Sync;
    /// Eight elements in memory, as they are computed with.
    type Kept: Copy + Default + Send + Sync + zeroize::DefaultIsZeroes;

    fn load(ifma: Ifma, words: [&Self::Words; 8]) -> Self;
    fn store(&self) -> [Self::Words; 8];
    fn keep(&self) -> Self::Kept;
    fn restore(ifma: Ifma, kept: &Self::Kept) -> Self;
    fn one(ifma: Ifma) -> Self;

    /// Below `(1 + ab/42)·p`.
    fn mul(&self, ifma: Ifma, other: &Self) -> Self;
    /// Two products side by side.
    fn mul_both(ifma: Ifma, a: [&Self; 2], b: [&Self; 2]) -> [Self; 2];
    /// Two squares side by side, bounded as products.
    fn square_both(ifma: Ifma, a: [&Self; 2]) -> [Self; 2];
    /// `self - other + k·p`.
    fn sub(&self, ifma: Ifma, other: &Self, k: usize) -> Self;
    /// `self - other + k·p`, below `1.06·p`; the value must be below `8·p`.
    fn sub_reduced(&self, ifma: Ifma, other: &Self, k: usize) -> Self;
    /// `self - b - c + k·p`, below `1.06·p`; the value must be below `8·p`.
    fn sub_two(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self;
    /// `self - 2·b - c + k·p`, below `1.06·p`; the value must be below `8·p`.
    fn sub_twice(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self;
    /// `k·p - self` in the lanes of the mask, in signed limbs: not a factor.
    fn negate_loosely_if(&self, ifma: Ifma, mask: Mask, k: usize) -> Self;
    /// `2·self`.
    fn double(&self, ifma: Ifma) -> Self;
    /// `3·self`.
    fn triple(&self, ifma: Ifma) -> Self;
    /// Lanes that may be zero: as [`Constants::may_be_zero`].
    fn may_be_zero(&self, ifma: Ifma) -> Mask;
    /// `other` where the mask is set.
    fn blend(&self, mask: Mask, other: &Self) -> Self;

    /// A lane's words.
    fn lane(kept: &Self::Kept, lane: usize) -> Self::Words;
    /// Puts an element, given by its words, into a lane.
    fn set_lane(kept: &mut Self::Kept, lane: usize, words: &Self::Words);
    /// An element's words.
    fn encode(element: Self::Element) -> Self::Words;
    /// The element with these words.
    fn decode(words: &Self::Words) -> Self::Element;
    /// The product of an element, given by its words, with a factor.
    fn scale(words: &Self::Words, factor: &Self::Element) -> Self::Words;
    /// The opposite of an element that is not zero, given by its words.
    fn negate(words: &Self::Words) -> Self::Words;
    /// Inverts elements given by their words. None is zero.
    fn invert(words: &mut [Self::Words; 8]);
}

/// Eight elements of Fq.
pub(crate) type Base = Field8<FqConfig>;

/// Words are read as if arkworks' `R` were this module's: then an element is 16 times as large, and its inverse must be made 256 times as large.
fn raised() -> Fq {
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
        super::field::fetch(words)
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
fn invert_all(values: [Fq; 8]) -> [Fq; 8] {
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

/// `a + b·u` for `[a, b]`.
#[derive(Clone, Copy)]
pub(crate) struct Quadratic(pub(crate) [Base; 2]);

impl Coordinate for Quadratic {
    type Element = Fq2;
    type Words = [[u64; 4]; 2];
    type Kept = KeptPair;

    #[inline(always)]
    fn load(ifma: Ifma, words: [&[[u64; 4]; 2]; 8]) -> Self {
        let constants = Constants::new(ifma);
        let mut halves = [[&words[0][0]; 8]; 2];
        for lane in 0..8 {
            halves[0][lane] = &words[lane][0];
            halves[1][lane] = &words[lane][1];
        }
        Quadratic([constants.load(halves[0]), constants.load(halves[1])])
    }
    #[inline(always)]
    fn store(&self) -> [[[u64; 4]; 2]; 8] {
        let [a, b] = [self.0[0].store(), self.0[1].store()];
        let mut out = [[a[0]; 2]; 8];
        for lane in 0..8 {
            out[lane] = [a[lane], b[lane]];
        }
        out
    }
    #[inline(always)]
    fn keep(&self) -> KeptPair {
        KeptPair([self.0[0].keep(), self.0[1].keep()])
    }
    #[inline(always)]
    fn restore(ifma: Ifma, kept: &KeptPair) -> Self {
        let constants = Constants::new(ifma);
        Quadratic([constants.restore(&kept.0[0]), constants.restore(&kept.0[1])])
    }
    #[inline(always)]
    fn one(ifma: Ifma) -> Self {
        let constants = Constants::new(ifma);
        Quadratic([constants.one(), constants.zero()])
    }
    #[inline(always)]
    fn mul(&self, ifma: Ifma, other: &Self) -> Self {
        Quadratic(Constants::new(ifma).mul_quadratic(&self.0, &other.0))
    }
    // Each has products enough of its own that do not wait for each other.
    #[inline(always)]
    fn mul_both(ifma: Ifma, a: [&Self; 2], b: [&Self; 2]) -> [Self; 2] {
        [a[0].mul(ifma, b[0]), a[1].mul(ifma, b[1])]
    }
    #[inline(always)]
    fn square_both(ifma: Ifma, a: [&Self; 2]) -> [Self; 2] {
        let c = Constants::new(ifma);
        [Quadratic(c.square_quadratic(&a[0].0)), Quadratic(c.square_quadratic(&a[1].0))]
    }
    #[inline(always)]
    fn sub(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.sub(&self.0[0], &other.0[0], k), c.sub(&self.0[1], &other.0[1], k)])
    }
    #[inline(always)]
    fn sub_reduced(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.sub_reduced(&self.0[0], &other.0[0], k), c.sub_reduced(&self.0[1], &other.0[1], k)])
    }
    #[inline(always)]
    fn sub_two(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        let constants = Constants::new(ifma);
        Quadratic([
            constants.sub_two(&self.0[0], &b.0[0], &c.0[0], k),
            constants.sub_two(&self.0[1], &b.0[1], &c.0[1], k),
        ])
    }
    #[inline(always)]
    fn sub_twice(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        let field = Constants::new(ifma);
        Quadratic([field.sub_twice(&self.0[0], &b.0[0], &c.0[0], k), field.sub_twice(&self.0[1], &b.0[1], &c.0[1], k)])
    }
    #[inline(always)]
    fn negate_loosely_if(&self, ifma: Ifma, mask: Mask, k: usize) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.negate_loosely_if(&self.0[0], mask, k), c.negate_loosely_if(&self.0[1], mask, k)])
    }
    #[inline(always)]
    fn double(&self, ifma: Ifma) -> Self {
        Quadratic([self.0[0].double(ifma), self.0[1].double(ifma)])
    }
    #[inline(always)]
    fn triple(&self, ifma: Ifma) -> Self {
        Quadratic([self.0[0].triple(ifma), self.0[1].triple(ifma)])
    }
    #[inline(always)]
    fn may_be_zero(&self, ifma: Ifma) -> Mask {
        let constants = Constants::new(ifma);
        constants.may_be_zero(&self.0[0]) & constants.may_be_zero(&self.0[1])
    }
    #[inline(always)]
    fn blend(&self, mask: Mask, other: &Self) -> Self {
        Quadratic([self.0[0].blend(mask, &other.0[0]), self.0[1].blend(mask, &other.0[1])])
    }

    fn lane(kept: &KeptPair, lane: usize) -> [[u64; 4]; 2] {
        [kept.0[0].lane(lane), kept.0[1].lane(lane)]
    }
    fn set_lane(kept: &mut KeptPair, lane: usize, words: &[[u64; 4]; 2]) {
        kept.0[0].set_lane(lane, &words[0]);
        kept.0[1].set_lane(lane, &words[1]);
    }
    fn encode(element: Fq2) -> [[u64; 4]; 2] {
        [store(element.c0), store(element.c1)]
    }
    fn decode(words: &[[u64; 4]; 2]) -> Fq2 {
        Fq2::new(super::field::fetch(&words[0]), super::field::fetch(&words[1]))
    }
    fn scale(words: &[[u64; 4]; 2], factor: &Fq2) -> [[u64; 4]; 2] {
        let scaled = Fq2::new(fetch_raw(&words[0]), fetch_raw(&words[1])) * factor;
        [store_raw(scaled.c0), store_raw(scaled.c1)]
    }
    fn negate(words: &[[u64; 4]; 2]) -> [[u64; 4]; 2] {
        [store_raw(-fetch_raw::<FqConfig>(&words[0])), store_raw(-fetch_raw::<FqConfig>(&words[1]))]
    }
    /// `1/(a + b·u) = (a - b·u)/(a^2 + b^2)`.
    fn invert(words: &mut [[[u64; 4]; 2]; 8]) {
        let values = words.map(|pair| pair.map(|words| fetch_raw::<FqConfig>(&words)));
        let norms = invert_all(values.map(|[a, b]| a.square() + b.square()));
        for ((words, [a, b]), norm) in words.iter_mut().zip(values).zip(norms) {
            let factor = norm * raised();
            *words = [store_raw(a * factor), store_raw(-b * factor)];
        }
    }
}

/// What pairings need beyond sums of points.
impl Quadratic {
    /// The same element in every lane.
    #[inline(always)]
    pub(crate) fn splat(ifma: Ifma, limbs: &[[u64; 5]; 2]) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.splat(&limbs[0]), c.splat(&limbs[1])])
    }

    /// `self + other`.
    #[inline(always)]
    pub(crate) fn add(&self, ifma: Ifma, other: &Self) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.add(&self.0[0], &other.0[0]), c.add(&self.0[1], &other.0[1])])
    }

    /// `self + other`, below `1.06·p`; the value must be below `8·p`.
    #[inline(always)]
    pub(crate) fn add_reduced(&self, ifma: Ifma, other: &Self) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.add_reduced(&self.0[0], &other.0[0]), c.add_reduced(&self.0[1], &other.0[1])])
    }

    /// `self`, below `1.06·p`; it must be below `8·p`.
    #[inline(always)]
    pub(crate) fn reduced(&self, ifma: Ifma) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.reduced(&self.0[0]), c.reduced(&self.0[1])])
    }

    /// `a - b·u`, for components of at most `2·p`.
    #[inline(always)]
    pub(crate) fn conjugate(&self, ifma: Ifma) -> Self {
        Quadratic([self.0[0], self.0[1].negate_all(ifma)])
    }

    /// The product with an element of Fq: below `(1 + ab/84)·p`.
    #[inline(always)]
    pub(crate) fn times(&self, ifma: Ifma, factor: &Base) -> Self {
        Quadratic(Constants::new(ifma).products([&self.0[0], &self.0[1]], [factor, factor]))
    }

    /// Products one after another, each below `(2 + ab/42)·p`. A loop, as so much code unrolled would not stay in the cache.
    #[inline(always)]
    pub(crate) fn products<const N: usize>(ifma: Ifma, a: [&Self; N], b: [&Self; N]) -> [Self; N] {
        let c = Constants::new(ifma);
        let mut out = [*a[0]; N];
        for n in 0..N {
            out[n] = Quadratic(c.mul_quadratic(&a[n].0, &b[n].0));
        }
        out
    }

    /// Squares one after another, for components `a` below `4·p`: below `(1 + 2a(a + 4)/84)·p`.
    #[inline(always)]
    pub(crate) fn squares<const N: usize>(ifma: Ifma, a: [&Self; N]) -> [Self; N] {
        let c = Constants::new(ifma);
        let mut out = [*a[0]; N];
        for n in 0..N {
            out[n] = Quadratic(c.square_quadratic(&a[n].0));
        }
        out
    }
}

impl Base {
    /// `2·p - self`, which must not be more than `2·p`.
    #[inline(always)]
    pub(crate) fn negate_all(&self, ifma: Ifma) -> Self {
        let c = Constants::new(ifma);
        c.sub(&c.zero(), self, 2)
    }
}

/// Two of [`Kept`].
#[derive(Clone, Copy, Default)]
pub(crate) struct KeptPair([Kept; 2]);

impl zeroize::DefaultIsZeroes for KeptPair {}
