//! The portable backend of the quotient's FFTs.

use ark_bn254::{Fr, FrConfig};
use ark_ff::Field;
use zeroize::Zeroizing;

use super::passes::{Arithmetic, Roots, from_reversed, to_reversed};
use super::{root, roots, scales};
use crate::words::Words;

type Element = Words<FrConfig>;

/// Butterflies on single elements.
#[derive(Clone, Copy)]
struct Elements;

impl Arithmetic for Elements {
    type Value = Element;
    type Root = Element;

    #[inline(always)]
    fn decimate_frequency(self, a: &mut Element, b: &mut Element, root: &Element) {
        let difference = a.sub(b);
        *a = a.add(b);
        *b = difference.mul(root);
    }

    #[inline(always)]
    fn decimate_time(self, a: &mut Element, b: &mut Element, root: &Element) {
        let product = b.mul(root);
        *b = a.sub(&product);
        *a = a.add(&product);
    }
}

/// The constants of a domain's FFTs.
pub(crate) struct Domain {
    inverse: Roots<Element>,
    forward: Roots<Element>,
    /// The scaling of coefficients in bit-reversed order, see [`scales`].
    scales: Vec<Element>,
}

impl Domain {
    /// Prepares a domain of `2^log` points. Returns `None` if the field has no root of unity of twice the order.
    pub(crate) fn new(log: u32) -> Option<Domain> {
        let (size, generator, between) = (1usize << log, root(log)?, root(log + 1)?);
        Some(Domain {
            inverse: roots(size, generator.inverse()?, Words::encode),
            forward: roots(size, generator, Words::encode),
            scales: scales(size, between, size).into_iter().map(Words::encode).collect(),
        })
    }

    /// Computes the values of `a·b - a∘b` on the odd coset, from the values of `a` and `b` on the domain. `a∘b` is the
    /// polynomial of lower degree whose values there are the products.
    pub(crate) fn quotient(&self, a: &[Fr], b: &[Fr]) -> Zeroizing<Vec<Fr>> {
        let c = || self.extend(a.iter().zip(b).map(|(a, b)| Words::encode(*a * b)));
        let ab = || {
            let extend = |values: &[Fr]| self.extend(values.iter().map(|value| Words::encode(*value)));
            rayon::join(|| extend(a), || extend(b))
        };
        let ((a, b), c) = rayon::join(ab, c);
        Zeroizing::new(a.iter().zip(&*b).zip(&*c).map(|((a, b), c)| a.mul(b).sub(c).decode()).collect())
    }

    /// Extends a polynomial from its values on the domain to its values on the odd coset.
    fn extend(&self, values: impl Iterator<Item = Element>) -> Zeroizing<Vec<Element>> {
        let mut values: Zeroizing<Vec<Element>> = Zeroizing::new(values.collect());
        to_reversed(Elements, &mut values, &self.inverse);
        values.iter_mut().zip(&self.scales).for_each(|(value, scale)| *value = value.mul(scale));
        from_reversed(Elements, &mut values, &self.forward);
        values
    }
}
