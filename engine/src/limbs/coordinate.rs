//! The portable backend's coordinates of points: elements of Fq, or of Fq2 = `Fq[u]/(u^2 + 1)`.

use ark_bn254::{Fq, Fq2, FqConfig};
use ark_ff::{Field, MontConfig};
use zeroize::DefaultIsZeroes;

use super::{LazyFp, add_limbs, sub_limbs};
use crate::inversion::modular_inverse;

/// A coordinate of a point, with the field arithmetic that point addition needs.
pub(crate) trait Coordinate: Copy + Default + Send + Sync + DefaultIsZeroes + 'static {
    /// The field, as arkworks has it.
    type Element: Field;

    /// Converts an element from arkworks' type.
    fn encode_element(element: Self::Element) -> Self;
    /// Converts an element to arkworks' type.
    fn decode_element(&self) -> Self::Element;
    /// Returns whether the element is zero, in any representative.
    fn is_zero(&self) -> bool;
    /// Returns `self + other`.
    fn add(&self, other: &Self) -> Self;
    /// Returns `self - other`.
    fn sub(&self, other: &Self) -> Self;
    /// Returns `self·other`.
    fn mul(&self, other: &Self) -> Self;
    /// Returns `self·self`.
    fn square(&self) -> Self;
    /// Returns the inverse, or zero for zero.
    fn invert_or_zero(&self) -> Self;
    /// Returns one.
    fn one() -> Self {
        Self::encode_element(Self::Element::ONE)
    }
}

type LazyFq = LazyFp<FqConfig>;

impl Coordinate for LazyFq {
    type Element = Fq;

    fn encode_element(element: Fq) -> Self {
        LazyFp::encode_element(element)
    }
    fn decode_element(&self) -> Fq {
        LazyFp::decode_element(self)
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        LazyFp::is_zero(self)
    }
    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        LazyFp::add(self, other)
    }
    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        LazyFp::sub(self, other)
    }
    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        LazyFp::mul(self, other)
    }
    #[inline(always)]
    fn square(&self) -> Self {
        LazyFp::mul(self, self)
    }
    fn invert_or_zero(&self) -> Self {
        LazyFp::encode_element(modular_inverse(self.decode_element()).unwrap_or_default())
    }
}

/// An element of Fq2: `a + b·u` for `[a, b]`.
#[derive(Clone, Copy, Default)]
pub(crate) struct LazyFq2([LazyFq; 2]);

impl DefaultIsZeroes for LazyFq2 {}

/// The upper half of `2^256·p`, a multiple of `p` that makes negative differences of products positive and is zero
/// modulo `p`.
const MODULUS_UPPER_HALF: [u64; 4] = FqConfig::MODULUS.0;

impl Coordinate for LazyFq2 {
    type Element = Fq2;

    fn encode_element(element: Fq2) -> Self {
        LazyFq2([LazyFp::encode_element(element.c0), LazyFp::encode_element(element.c1)])
    }
    fn decode_element(&self) -> Fq2 {
        Fq2::new(self.0[0].decode_element(), self.0[1].decode_element())
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.0[0].is_zero() && self.0[1].is_zero()
    }
    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        LazyFq2([self.0[0].add(&other.0[0]), self.0[1].add(&other.0[1])])
    }
    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        LazyFq2([self.0[0].sub(&other.0[0]), self.0[1].sub(&other.0[1])])
    }
    /// Multiplies with three products (Karatsuba) and two reductions. Factors are made canonical first, so sums of two
    /// are below `2·p`, and every product is below `4·p^2`, which is below `2^256·p`.
    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        let [a, b] = [self.0[0].reduce_canonical(), self.0[1].reduce_canonical()];
        let [c, d] = [other.0[0].reduce_canonical(), other.0[1].reduce_canonical()];
        let (real, imaginary) = (LazyFq::mul_wide(&a, &c), LazyFq::mul_wide(&b, &d));
        let both = LazyFq::mul_wide(&add_limbs(&a, &b), &add_limbs(&c, &d));
        let cross = sub_wide(&sub_wide(&both, &real), &imaginary);
        LazyFq2([LazyFq::montgomery_reduce(sub_wide(&real, &imaginary)), LazyFq::montgomery_reduce(cross)])
    }
    /// Squares by `(a + b·u)^2 = (a + b)(a - b) + 2·a·b·u`.
    #[inline(always)]
    fn square(&self) -> Self {
        let [a, b] = &self.0;
        LazyFq2([a.add(b).mul(&a.sub(b)), a.add(a).mul(b)])
    }
    /// Inverts by `1/(a + b·u) = (a - b·u)/(a^2 + b^2)`.
    fn invert_or_zero(&self) -> Self {
        let [a, b] = &self.0;
        let inverse = a.square().add(&b.square()).invert_or_zero();
        LazyFq2([a.mul(&inverse), LazyFq::default().sub(b).mul(&inverse)])
    }
}

/// Returns `a - b`, plus `2^256·p` if that is negative.
#[inline(always)]
fn sub_wide(a: &[u64; 8], b: &[u64; 8]) -> [u64; 8] {
    let (mut out, borrow) = sub_limbs(a, b);
    if borrow {
        let high = add_limbs(&[out[4], out[5], out[6], out[7]], &MODULUS_UPPER_HALF);
        out[4..].copy_from_slice(&high);
    }
    out
}

/// Inverts all values in place, zeros excepted, with one inversion and three products a value (Montgomery's trick).
/// `products` is a buffer.
pub(crate) fn batch_invert<F: Coordinate>(values: &mut [F], products: &mut Vec<F>) {
    products.clear();
    let mut product = F::one();
    for value in &*values {
        products.push(product);
        if !value.is_zero() {
            product = product.mul(value);
        }
    }
    let mut rest = product.invert_or_zero();
    for (value, before) in values.iter_mut().zip(&*products).rev() {
        if !value.is_zero() {
            let own = rest.mul(before);
            rest = rest.mul(value);
            *value = own;
        }
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{AdditiveGroup, UniformRand, Zero};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    /// Returns a random or an extreme element, in either representative.
    fn sample_element<F: Coordinate>(rng: &mut StdRng) -> (F, F::Element) {
        let one = F::Element::ONE;
        let element = match rng.gen_range(0..6) {
            0 => F::Element::ZERO,
            1 => one,
            2 => -one,
            _ => F::Element::rand(rng),
        };
        // The sum of these is above the modulus in about half of the cases.
        let other = F::Element::rand(rng);
        let value = if rng.r#gen() {
            F::encode_element(element)
        } else {
            F::encode_element(element - other).add(&F::encode_element(other))
        };
        (value, element)
    }

    fn assert_matches_arkworks<F: Coordinate>() {
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..20_000 {
            let ((a, x), (b, y)) = (sample_element::<F>(&mut rng), sample_element::<F>(&mut rng));
            assert_eq!(a.decode_element(), x);
            assert_eq!(a.add(&b).decode_element(), x + y);
            assert_eq!(a.sub(&b).decode_element(), x - y);
            assert_eq!(a.mul(&b).decode_element(), x * y);
            assert_eq!(a.square().decode_element(), x.square());
            assert!(a.sub(&a).is_zero());
            assert_eq!(a.is_zero(), x.is_zero());
        }
        let values: Vec<(F, F::Element)> = (0..100).map(|_| sample_element::<F>(&mut rng)).collect();
        let mut inverses: Vec<F> = values.iter().map(|(a, _)| *a).collect();
        batch_invert(&mut inverses, &mut Vec::new());
        for (inverse, (_, x)) in inverses.iter().zip(values) {
            assert_eq!(inverse.decode_element(), x.inverse().unwrap_or(F::Element::ZERO));
        }
    }

    #[test]
    fn base_field_and_extension_match_arkworks() {
        assert_matches_arkworks::<LazyFq>();
        assert_matches_arkworks::<LazyFq2>();
    }
}
