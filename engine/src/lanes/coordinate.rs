//! Coordinates of points on eight lanes.

use ark_ff::Field;

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

    /// Below `(2 + ab/42)·p`; in Fq below `(1 + ab/84)·p`.
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
