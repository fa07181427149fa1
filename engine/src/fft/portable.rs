//! The portable backend of the quotient's FFTs.

use ark_bn254::{Fr, FrConfig};
use ark_ff::Field;
use zeroize::Zeroizing;

use super::radix2::{Butterfly, TwiddleFactors, fft_from_bit_reversed, fft_to_bit_reversed};
use super::{coset_scales, root_of_unity, twiddle_factors};
use crate::limbs::LazyFp;

type Element = LazyFp<FrConfig>;

/// Butterflies on single elements.
#[derive(Clone, Copy)]
struct PortableButterfly;

impl Butterfly for PortableButterfly {
    type Value = Element;
    type Twiddle = Element;

    #[inline(always)]
    fn decimate_in_frequency(self, a: &mut Element, b: &mut Element, root: &Element) {
        let difference = a.sub(b);
        *a = a.add(b);
        *b = difference.mul(root);
    }

    #[inline(always)]
    fn decimate_in_time(self, a: &mut Element, b: &mut Element, root: &Element) {
        let product = b.mul(root);
        *b = a.sub(&product);
        *a = a.add(&product);
    }
}

/// The constants of a domain's FFTs.
pub(crate) struct PortableDomain {
    inverse: TwiddleFactors<Element>,
    forward: TwiddleFactors<Element>,
    /// The scaling of coefficients in bit-reversed order, see [`coset_scales`].
    scales: Vec<Element>,
}

impl PortableDomain {
    /// Prepares a domain of `2^log` points. Returns `None` if the field has no root of unity of twice the order.
    pub(crate) fn new(log: u32) -> Option<PortableDomain> {
        let (size, generator, between) = (1usize << log, root_of_unity(log)?, root_of_unity(log + 1)?);
        Some(PortableDomain {
            inverse: twiddle_factors(size, generator.inverse()?, LazyFp::encode_element),
            forward: twiddle_factors(size, generator, LazyFp::encode_element),
            scales: coset_scales(size, between, size).into_iter().map(LazyFp::encode_element).collect(),
        })
    }

    /// Computes the values of `a·b - a∘b` on the odd coset, from the values of `a` and `b` on the domain. `a∘b` is the
    /// polynomial of lower degree whose values there are the products.
    pub(crate) fn evaluate_quotient(&self, a: &[Fr], b: &[Fr]) -> Zeroizing<Vec<Fr>> {
        let c = || self.extend_to_coset(a.iter().zip(b).map(|(a, b)| LazyFp::encode_element(*a * b)));
        let ab = || {
            let extend =
                |values: &[Fr]| self.extend_to_coset(values.iter().map(|value| LazyFp::encode_element(*value)));
            rayon::join(|| extend(a), || extend(b))
        };
        let ((a, b), c) = rayon::join(ab, c);
        Zeroizing::new(a.iter().zip(&*b).zip(&*c).map(|((a, b), c)| a.mul(b).sub(c).decode_element()).collect())
    }

    /// Extends a polynomial from its values on the domain to its values on the odd coset.
    fn extend_to_coset(&self, values: impl Iterator<Item = Element>) -> Zeroizing<Vec<Element>> {
        let mut values: Zeroizing<Vec<Element>> = Zeroizing::new(values.collect());
        fft_to_bit_reversed(PortableButterfly, &mut values, &self.inverse);
        values.iter_mut().zip(&self.scales).for_each(|(value, scale)| *value = value.mul(scale));
        fft_from_bit_reversed(PortableButterfly, &mut values, &self.forward);
        values
    }
}
