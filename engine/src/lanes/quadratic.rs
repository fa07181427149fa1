//! Vectors of eight elements of Fq2 = `Fq[u]/(u^2 + 1)`, as coordinates of points and in pairings.

use ark_bn254::{Fq2, FqConfig};
use ark_ff::Field;

use super::base::{Base, invert_all, raised};
use super::coordinate::Coordinate;
use super::field::{Constants, Kept};
use super::prime::{fetch, fetch_raw, store, store_raw};
use super::vector::{Ifma, Mask};

/// A vector of eight elements of Fq2: `a + b·u` for `[a, b]`.
#[derive(Clone, Copy)]
pub(crate) struct Quadratic(pub(crate) [Base; 2]);

impl Coordinate for Quadratic {
    type Element = Fq2;
    type Words = [[u64; 4]; 2];
    type Kept = KeptPair;

    #[inline(always)]
    fn load(ifma: Ifma, limbs: [&[[u64; 4]; 2]; 8]) -> Self {
        let constants = Constants::new(ifma);
        let mut halves = [[&limbs[0][0]; 8]; 2];
        for lane in 0..8 {
            halves[0][lane] = &limbs[lane][0];
            halves[1][lane] = &limbs[lane][1];
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
    fn restore(ifma: Ifma, packed: &KeptPair) -> Self {
        let constants = Constants::new(ifma);
        Quadratic([constants.restore(&packed.0[0]), constants.restore(&packed.0[1])])
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
    // Not interleaved: each product has enough independent products in Fq of its own.
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

    fn lane(packed: &KeptPair, lane: usize) -> [[u64; 4]; 2] {
        [packed.0[0].lane(lane), packed.0[1].lane(lane)]
    }
    fn set_lane(packed: &mut KeptPair, lane: usize, limbs: &[[u64; 4]; 2]) {
        packed.0[0].set_lane(lane, &limbs[0]);
        packed.0[1].set_lane(lane, &limbs[1]);
    }
    fn encode(element: Fq2) -> [[u64; 4]; 2] {
        [store(element.c0), store(element.c1)]
    }
    fn decode(limbs: &[[u64; 4]; 2]) -> Fq2 {
        Fq2::new(fetch(&limbs[0]), fetch(&limbs[1]))
    }
    fn scale(limbs: &[[u64; 4]; 2], factor: &Fq2) -> [[u64; 4]; 2] {
        let scaled = Fq2::new(fetch_raw(&limbs[0]), fetch_raw(&limbs[1])) * factor;
        [store_raw(scaled.c0), store_raw(scaled.c1)]
    }
    fn negate(limbs: &[[u64; 4]; 2]) -> [[u64; 4]; 2] {
        [store_raw(-fetch_raw::<FqConfig>(&limbs[0])), store_raw(-fetch_raw::<FqConfig>(&limbs[1]))]
    }
    /// Inverts by `1/(a + b·u) = (a - b·u)/(a^2 + b^2)`.
    fn invert(limbs: &mut [[[u64; 4]; 2]; 8]) {
        let values = limbs.map(|pair| pair.map(|limbs| fetch_raw::<FqConfig>(&limbs)));
        let norms = invert_all(values.map(|[a, b]| a.square() + b.square()));
        for ((limbs, [a, b]), norm) in limbs.iter_mut().zip(values).zip(norms) {
            let factor = norm * raised();
            *limbs = [store_raw(a * factor), store_raw(-b * factor)];
        }
    }
}

/// Operations that pairings need beyond those of [`Coordinate`].
impl Quadratic {
    /// Returns the same element in every lane.
    #[inline(always)]
    pub(crate) fn splat(ifma: Ifma, limbs: &[[u64; 5]; 2]) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.splat(&limbs[0]), c.splat(&limbs[1])])
    }

    /// Returns `self + other`.
    #[inline(always)]
    pub(crate) fn add(&self, ifma: Ifma, other: &Self) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.add(&self.0[0], &other.0[0]), c.add(&self.0[1], &other.0[1])])
    }

    /// Returns `self + other`, reduced below `1.06·p`. The value must be below `8·p`.
    #[inline(always)]
    pub(crate) fn add_reduced(&self, ifma: Ifma, other: &Self) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.add_reduced(&self.0[0], &other.0[0]), c.add_reduced(&self.0[1], &other.0[1])])
    }

    /// Returns `self`, which must be below `8·p`, reduced below `1.06·p`.
    #[inline(always)]
    pub(crate) fn reduced(&self, ifma: Ifma) -> Self {
        let c = Constants::new(ifma);
        Quadratic([c.reduced(&self.0[0]), c.reduced(&self.0[1])])
    }

    /// Returns the conjugate `a - b·u`, for components of at most `2·p`.
    #[inline(always)]
    pub(crate) fn conjugate(&self, ifma: Ifma) -> Self {
        Quadratic([self.0[0], self.0[1].negate_all(ifma)])
    }

    /// Returns the product with elements of Fq, below `(1 + ab/84)·p`.
    #[inline(always)]
    pub(crate) fn times(&self, ifma: Ifma, factor: &Base) -> Self {
        Quadratic(Constants::new(ifma).products([&self.0[0], &self.0[1]], [factor, factor]))
    }

    /// Returns `N` products, each below `(2 + ab/42)·p`. Computed in a loop: the code would not fit the instruction
    /// cache unrolled.
    #[inline(always)]
    pub(crate) fn products<const N: usize>(ifma: Ifma, a: [&Self; N], b: [&Self; N]) -> [Self; N] {
        let c = Constants::new(ifma);
        let mut out = [*a[0]; N];
        for n in 0..N {
            out[n] = Quadratic(c.mul_quadratic(&a[n].0, &b[n].0));
        }
        out
    }

    /// Returns `N` squares, below `(1 + 2a(a + 4)/84)·p` for components below `a·p` with `a` at most 4. Computed in a
    /// loop.
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

/// Eight elements of Fq2 in memory, see [`Kept`].
#[derive(Clone, Copy, Default)]
pub(crate) struct KeptPair([Kept; 2]);

impl zeroize::DefaultIsZeroes for KeptPair {}
