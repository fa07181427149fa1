//! Vectors of eight elements of Fq2 = `Fq[u]/(u^2 + 1)`, as coordinates of points and in pairings.

use ark_bn254::{Fq2, FqConfig};
use ark_ff::Field;

use super::coordinate::Coordinate;
use super::field::{FieldOps, PackedLimbs};
use super::fq::{Fq8, batch_invert, inverse_correction};
use super::prime::{decode_limbs, decode_unscaled, encode_limbs, encode_unscaled};
use super::vector::{Ifma, Mask};

/// A vector of eight elements of Fq2: `a + b·u` for `[a, b]`.
#[derive(Clone, Copy)]
pub(crate) struct Fq2x8(pub(crate) [Fq8; 2]);

impl Coordinate for Fq2x8 {
    type Element = Fq2;
    type Limbs = [[u64; 4]; 2];
    type Packed = PackedLimbsPair;

    #[inline(always)]
    fn load_lanes(ifma: Ifma, limbs: [&[[u64; 4]; 2]; 8]) -> Self {
        let constants = FieldOps::new(ifma);
        let mut halves = [[&limbs[0][0]; 8]; 2];
        for lane in 0..8 {
            halves[0][lane] = &limbs[lane][0];
            halves[1][lane] = &limbs[lane][1];
        }
        Fq2x8([constants.load_lanes(halves[0]), constants.load_lanes(halves[1])])
    }
    #[inline(always)]
    fn store_lanes(&self) -> [[[u64; 4]; 2]; 8] {
        let [a, b] = [self.0[0].store_lanes(), self.0[1].store_lanes()];
        let mut out = [[a[0]; 2]; 8];
        for lane in 0..8 {
            out[lane] = [a[lane], b[lane]];
        }
        out
    }
    #[inline(always)]
    fn store_packed(&self) -> PackedLimbsPair {
        PackedLimbsPair([self.0[0].store_packed(), self.0[1].store_packed()])
    }
    #[inline(always)]
    fn load_packed(ifma: Ifma, packed: &PackedLimbsPair) -> Self {
        let constants = FieldOps::new(ifma);
        Fq2x8([constants.load_packed(&packed.0[0]), constants.load_packed(&packed.0[1])])
    }
    #[inline(always)]
    fn one(ifma: Ifma) -> Self {
        let constants = FieldOps::new(ifma);
        Fq2x8([constants.one(), constants.zero()])
    }
    #[inline(always)]
    fn mul(&self, ifma: Ifma, other: &Self) -> Self {
        Fq2x8(FieldOps::new(ifma).mul_quadratic(&self.0, &other.0))
    }
    // Not interleaved: each product has enough independent products in Fq of its own.
    #[inline(always)]
    fn mul_pair(ifma: Ifma, a: [&Self; 2], b: [&Self; 2]) -> [Self; 2] {
        [a[0].mul(ifma, b[0]), a[1].mul(ifma, b[1])]
    }
    #[inline(always)]
    fn square_pair(ifma: Ifma, a: [&Self; 2]) -> [Self; 2] {
        let c = FieldOps::new(ifma);
        [Fq2x8(c.square_quadratic(&a[0].0)), Fq2x8(c.square_quadratic(&a[1].0))]
    }
    #[inline(always)]
    fn sub(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.sub(&self.0[0], &other.0[0], k), c.sub(&self.0[1], &other.0[1], k)])
    }
    #[inline(always)]
    fn sub_reduced(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.sub_reduced(&self.0[0], &other.0[0], k), c.sub_reduced(&self.0[1], &other.0[1], k)])
    }
    #[inline(always)]
    fn sub_two(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        let constants = FieldOps::new(ifma);
        Fq2x8([constants.sub_two(&self.0[0], &b.0[0], &c.0[0], k), constants.sub_two(&self.0[1], &b.0[1], &c.0[1], k)])
    }
    #[inline(always)]
    fn sub_twice(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        let field = FieldOps::new(ifma);
        Fq2x8([field.sub_twice(&self.0[0], &b.0[0], &c.0[0], k), field.sub_twice(&self.0[1], &b.0[1], &c.0[1], k)])
    }
    #[inline(always)]
    fn negate_unreduced_if(&self, ifma: Ifma, mask: Mask, k: usize) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.negate_unreduced_if(&self.0[0], mask, k), c.negate_unreduced_if(&self.0[1], mask, k)])
    }
    #[inline(always)]
    fn double(&self, ifma: Ifma) -> Self {
        Fq2x8([self.0[0].double(ifma), self.0[1].double(ifma)])
    }
    #[inline(always)]
    fn triple(&self, ifma: Ifma) -> Self {
        Fq2x8([self.0[0].triple(ifma), self.0[1].triple(ifma)])
    }
    #[inline(always)]
    fn may_be_zero(&self, ifma: Ifma) -> Mask {
        let constants = FieldOps::new(ifma);
        constants.may_be_zero(&self.0[0]) & constants.may_be_zero(&self.0[1])
    }
    #[inline(always)]
    fn blend(&self, mask: Mask, other: &Self) -> Self {
        Fq2x8([self.0[0].blend(mask, &other.0[0]), self.0[1].blend(mask, &other.0[1])])
    }

    fn extract_lane(packed: &PackedLimbsPair, lane: usize) -> [[u64; 4]; 2] {
        [packed.0[0].extract_lane(lane), packed.0[1].extract_lane(lane)]
    }
    fn set_lane(packed: &mut PackedLimbsPair, lane: usize, limbs: &[[u64; 4]; 2]) {
        packed.0[0].set_lane(lane, &limbs[0]);
        packed.0[1].set_lane(lane, &limbs[1]);
    }
    fn encode_element(element: Fq2) -> [[u64; 4]; 2] {
        [encode_limbs(element.c0), encode_limbs(element.c1)]
    }
    fn decode_element(limbs: &[[u64; 4]; 2]) -> Fq2 {
        Fq2::new(decode_limbs(&limbs[0]), decode_limbs(&limbs[1]))
    }
    fn scale_element(limbs: &[[u64; 4]; 2], factor: &Fq2) -> [[u64; 4]; 2] {
        let scaled = Fq2::new(decode_unscaled(&limbs[0]), decode_unscaled(&limbs[1])) * factor;
        [encode_unscaled(scaled.c0), encode_unscaled(scaled.c1)]
    }
    fn negate_element(limbs: &[[u64; 4]; 2]) -> [[u64; 4]; 2] {
        [
            encode_unscaled(-decode_unscaled::<FqConfig>(&limbs[0])),
            encode_unscaled(-decode_unscaled::<FqConfig>(&limbs[1])),
        ]
    }
    /// Inverts by `1/(a + b·u) = (a - b·u)/(a^2 + b^2)`.
    fn invert_lanes(limbs: &mut [[[u64; 4]; 2]; 8]) {
        let values = limbs.map(|pair| pair.map(|limbs| decode_unscaled::<FqConfig>(&limbs)));
        let norms = batch_invert(values.map(|[a, b]| a.square() + b.square()));
        for ((limbs, [a, b]), norm) in limbs.iter_mut().zip(values).zip(norms) {
            let factor = norm * inverse_correction();
            *limbs = [encode_unscaled(a * factor), encode_unscaled(-b * factor)];
        }
    }
}

/// Operations that pairings need beyond those of [`Coordinate`].
impl Fq2x8 {
    /// Returns the same element in every lane.
    #[inline(always)]
    pub(crate) fn splat(ifma: Ifma, limbs: &[[u64; 5]; 2]) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.splat(&limbs[0]), c.splat(&limbs[1])])
    }

    /// Returns `self + other`.
    #[inline(always)]
    pub(crate) fn add(&self, ifma: Ifma, other: &Self) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.add(&self.0[0], &other.0[0]), c.add(&self.0[1], &other.0[1])])
    }

    /// Returns `self + other`, reduced below `1.06·p`. The value must be below `8·p`.
    #[inline(always)]
    pub(crate) fn add_reduced(&self, ifma: Ifma, other: &Self) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.add_reduced(&self.0[0], &other.0[0]), c.add_reduced(&self.0[1], &other.0[1])])
    }

    /// Returns `self`, which must be below `8·p`, reduced below `1.06·p`.
    #[inline(always)]
    pub(crate) fn reduce_element(&self, ifma: Ifma) -> Self {
        let c = FieldOps::new(ifma);
        Fq2x8([c.reduce_element(&self.0[0]), c.reduce_element(&self.0[1])])
    }

    /// Returns the conjugate `a - b·u`, for components of at most `2·p`.
    #[inline(always)]
    pub(crate) fn conjugate(&self, ifma: Ifma) -> Self {
        Fq2x8([self.0[0], self.0[1].negate_all(ifma)])
    }

    /// Returns the product with elements of Fq, below `(1 + ab/84)·p`.
    #[inline(always)]
    pub(crate) fn mul_by_fq(&self, ifma: Ifma, factor: &Fq8) -> Self {
        Fq2x8(FieldOps::new(ifma).mul_interleaved([&self.0[0], &self.0[1]], [factor, factor]))
    }

    /// Returns `N` products, each below `(2 + ab/42)·p`. Computed in a loop: the code would not fit the instruction
    /// cache unrolled.
    #[inline(always)]
    pub(crate) fn mul_many<const N: usize>(ifma: Ifma, a: [&Self; N], b: [&Self; N]) -> [Self; N] {
        let c = FieldOps::new(ifma);
        let mut out = [*a[0]; N];
        for n in 0..N {
            out[n] = Fq2x8(c.mul_quadratic(&a[n].0, &b[n].0));
        }
        out
    }

    /// Returns `N` squares, below `(1 + 2a(a + 4)/84)·p` for components below `a·p` with `a` at most 4. Computed in a
    /// loop.
    #[inline(always)]
    pub(crate) fn square_many<const N: usize>(ifma: Ifma, a: [&Self; N]) -> [Self; N] {
        let c = FieldOps::new(ifma);
        let mut out = [*a[0]; N];
        for n in 0..N {
            out[n] = Fq2x8(c.square_quadratic(&a[n].0));
        }
        out
    }
}

/// Eight elements of Fq2 in memory, each component as [`PackedLimbs`].
#[derive(Clone, Copy, Default)]
pub(crate) struct PackedLimbsPair([PackedLimbs; 2]);

impl zeroize::DefaultIsZeroes for PackedLimbsPair {}
