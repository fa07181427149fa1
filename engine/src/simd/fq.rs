//! Vectors of eight elements of Fq, as coordinates of points.

use ark_bn254::{Fq, FqConfig};
use ark_ff::Field;

use super::coordinate::Coordinate;
use super::field::{Field8, FieldOps, PackedLimbs};
use super::prime::{decode_limbs, decode_unscaled, encode_limbs, encode_unscaled};
use super::vector::{Ifma, Mask};
use crate::inversion::modular_inverse;

/// Eight elements of Fq.
pub(crate) type Fq8 = Field8<FqConfig>;

/// Returns 256, by which an inverse is multiplied if its argument was read by [`decode_unscaled`] and it is written by
/// [`encode_unscaled`].
///
/// Limbs in this backend's Montgomery form (`R = 2^260`) that are read as arkworks' (`R = 2^256`) are those of an
/// element 16 times as large. Its inverse is a sixteenth of the inverse sought, and writing it back divides by 16
/// again.
pub(super) fn inverse_correction() -> Fq {
    Fq::from(256u64)
}

impl Coordinate for Fq8 {
    type Element = Fq;
    type Limbs = [u64; 4];
    type Packed = PackedLimbs;

    #[inline(always)]
    fn load_lanes(ifma: Ifma, limbs: [&[u64; 4]; 8]) -> Self {
        FieldOps::new(ifma).load_lanes(limbs)
    }
    #[inline(always)]
    fn store_lanes(&self) -> [[u64; 4]; 8] {
        Field8::store_lanes(self)
    }
    #[inline(always)]
    fn store_packed(&self) -> PackedLimbs {
        Field8::store_packed(self)
    }
    #[inline(always)]
    fn load_packed(ifma: Ifma, packed: &PackedLimbs) -> Self {
        FieldOps::new(ifma).load_packed(packed)
    }
    #[inline(always)]
    fn one(ifma: Ifma) -> Self {
        FieldOps::new(ifma).one()
    }
    #[inline(always)]
    fn mul(&self, ifma: Ifma, other: &Self) -> Self {
        FieldOps::new(ifma).mul(self, other)
    }
    #[inline(always)]
    fn mul_pair(ifma: Ifma, a: [&Self; 2], b: [&Self; 2]) -> [Self; 2] {
        FieldOps::new(ifma).mul_interleaved(a, b)
    }
    #[inline(always)]
    fn square_pair(ifma: Ifma, a: [&Self; 2]) -> [Self; 2] {
        FieldOps::new(ifma).mul_interleaved(a, a)
    }
    #[inline(always)]
    fn sub(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        FieldOps::new(ifma).sub(self, other, k)
    }
    #[inline(always)]
    fn sub_reduced(&self, ifma: Ifma, other: &Self, k: usize) -> Self {
        FieldOps::new(ifma).sub_reduced(self, other, k)
    }
    #[inline(always)]
    fn sub_two(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        FieldOps::new(ifma).sub_two(self, b, c, k)
    }
    #[inline(always)]
    fn sub_twice(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self {
        FieldOps::new(ifma).sub_twice(self, b, c, k)
    }
    #[inline(always)]
    fn negate_unreduced_if(&self, ifma: Ifma, mask: Mask, k: usize) -> Self {
        FieldOps::new(ifma).negate_unreduced_if(self, mask, k)
    }
    #[inline(always)]
    fn double(&self, ifma: Ifma) -> Self {
        FieldOps::new(ifma).add(self, self)
    }
    #[inline(always)]
    fn triple(&self, ifma: Ifma) -> Self {
        FieldOps::new(ifma).add(&self.double(ifma), self)
    }
    #[inline(always)]
    fn may_be_zero(&self, ifma: Ifma) -> Mask {
        FieldOps::new(ifma).may_be_zero(self)
    }
    #[inline(always)]
    fn blend(&self, mask: Mask, other: &Self) -> Self {
        Field8::blend(self, mask, other)
    }

    fn extract_lane(packed: &PackedLimbs, lane: usize) -> [u64; 4] {
        packed.extract_lane(lane)
    }
    fn set_lane(packed: &mut PackedLimbs, lane: usize, limbs: &[u64; 4]) {
        packed.set_lane(lane, limbs);
    }
    fn encode_element(element: Fq) -> [u64; 4] {
        encode_limbs(element)
    }
    fn decode_element(limbs: &[u64; 4]) -> Fq {
        decode_limbs(limbs)
    }
    fn scale_element(limbs: &[u64; 4], factor: &Fq) -> [u64; 4] {
        encode_unscaled(decode_unscaled::<FqConfig>(limbs) * factor)
    }
    fn negate_element(limbs: &[u64; 4]) -> [u64; 4] {
        encode_unscaled(-decode_unscaled::<FqConfig>(limbs))
    }
    fn invert_lanes(limbs: &mut [[u64; 4]; 8]) {
        *limbs = batch_invert(limbs.map(|limbs| decode_unscaled(&limbs)))
            .map(|element| encode_unscaled(element * inverse_correction()));
    }
}

/// Inverts eight elements, none of which may be zero, with one inversion (Montgomery's trick).
pub(super) fn batch_invert(values: [Fq; 8]) -> [Fq; 8] {
    let mut out = values;
    let mut product = Fq::ONE;
    for (before, value) in out.iter_mut().zip(values) {
        *before = product;
        product *= value;
    }
    let mut rest = modular_inverse(product).unwrap_or_default();
    for (before, value) in out.iter_mut().zip(values).rev() {
        *before *= rest;
        rest *= value;
    }
    out
}

impl Fq8 {
    /// Returns `2·p - self`. `self` must be at most `2·p`.
    #[inline(always)]
    pub(crate) fn negate_all(&self, ifma: Ifma) -> Self {
        let c = FieldOps::new(ifma);
        c.sub(&c.zero(), self, 2)
    }
}
