//! The interface to coordinates of points, eight lanes at a time.

use ark_ff::Field;

use super::vector::{Ifma, Mask};

/// Vectors of eight coordinates. Bounds are in multiples of the prime `p`, for each component of an element.
pub(crate) trait Coordinate: Copy + 'static {
    /// The field, as arkworks has it.
    type Element: Field;
    /// A single element in memory: 64-bit limbs in Montgomery form with `R = 2^260`.
    type Limbs: Copy + Default + Send + Sync;
    /// Eight elements in memory, in 52-bit limbs.
    type Packed: Copy + Default + Send + Sync + zeroize::DefaultIsZeroes;

    /// Loads eight single elements.
    fn load_lanes(ifma: Ifma, limbs: [&Self::Limbs; 8]) -> Self;
    /// Stores eight single elements.
    fn store_lanes(&self) -> [Self::Limbs; 8];
    /// Stores the limbs of all lanes.
    fn store_packed(&self) -> Self::Packed;
    /// Loads the limbs of all lanes.
    fn load_packed(ifma: Ifma, packed: &Self::Packed) -> Self;
    /// Returns one in every lane.
    fn one(ifma: Ifma) -> Self;

    /// Returns `self·other`: for factors below `a·p` and `b·p` below `(2 + ab/42)·p`, in Fq below `(1 + ab/84)·p`.
    fn mul(&self, ifma: Ifma, other: &Self) -> Self;
    /// Returns two products, computed interleaved.
    fn mul_pair(ifma: Ifma, a: [&Self; 2], b: [&Self; 2]) -> [Self; 2];
    /// Returns two squares, computed interleaved, with the bound of products.
    fn square_pair(ifma: Ifma, a: [&Self; 2]) -> [Self; 2];
    /// Returns `self - other + k·p`.
    fn sub(&self, ifma: Ifma, other: &Self, k: usize) -> Self;
    /// Returns `self - other + k·p`, reduced below `1.06·p`. The value must be below `8·p`.
    fn sub_reduced(&self, ifma: Ifma, other: &Self, k: usize) -> Self;
    /// Returns `self - b - c + k·p`, reduced below `1.06·p`. The value must be below `8·p`.
    fn sub_two(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self;
    /// Returns `self - 2·b - c + k·p`, reduced below `1.06·p`. The value must be below `8·p`.
    fn sub_twice(&self, ifma: Ifma, b: &Self, c: &Self, k: usize) -> Self;
    /// Returns `k·p - self` in the lanes of the mask and `self` in the others, in signed limbs: not for use as a
    /// factor.
    fn negate_unreduced_if(&self, ifma: Ifma, mask: Mask, k: usize) -> Self;
    /// Returns `2·self`, unreduced.
    fn double(&self, ifma: Ifma) -> Self;
    /// Returns `3·self`, unreduced.
    fn triple(&self, ifma: Ifma) -> Self;
    /// Returns the lanes that may be zero, see [`FieldOps::may_be_zero`].
    ///
    /// [`FieldOps::may_be_zero`]: super::field::FieldOps::may_be_zero
    fn may_be_zero(&self, ifma: Ifma) -> Mask;
    /// Returns `other` in the lanes of the mask and `self` in the others.
    fn blend(&self, mask: Mask, other: &Self) -> Self;

    /// Returns the element of a lane.
    fn extract_lane(packed: &Self::Packed, lane: usize) -> Self::Limbs;
    /// Replaces the element of a lane.
    fn set_lane(packed: &mut Self::Packed, lane: usize, limbs: &Self::Limbs);
    /// Converts an element from arkworks' form.
    fn encode_element(element: Self::Element) -> Self::Limbs;
    /// Converts an element to arkworks' form. Any representative below 2^256 is accepted.
    fn decode_element(limbs: &Self::Limbs) -> Self::Element;
    /// Multiplies a single element by a factor in arkworks' form.
    fn scale_element(limbs: &Self::Limbs, factor: &Self::Element) -> Self::Limbs;
    /// Negates a single element, which must not be zero.
    fn negate_element(limbs: &Self::Limbs) -> Self::Limbs;
    /// Inverts eight single elements, none of which may be zero, in place.
    fn invert_lanes(limbs: &mut [Self::Limbs; 8]);
}
