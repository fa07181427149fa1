//! On any processor.

use ark_bn254::{Fr, FrConfig};
use ark_ff::Field;
use zeroize::Zeroizing;

use super::passes::{Arithmetic, Roots, from_reversed, to_reversed};
use super::{root, roots, scales};
use crate::words::Words;

type Element = Words<FrConfig>;

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

/// What the transforms of a domain need.
pub(crate) struct Domain {
    inverse: Roots<Element>,
    forward: Roots<Element>,
    scales: Vec<Element>,
}

impl Domain {
    /// For a domain of `2^log` points; `None` if the field has no root of twice the order.
    pub(crate) fn new(log: u32) -> Option<Domain> {
        let (size, generator, between) = (1usize << log, root(log)?, root(log + 1)?);
        Some(Domain {
            inverse: roots(size, generator.inverse()?, Words::encode),
            forward: roots(size, generator, Words::encode),
            scales: scales(size, between, size).into_iter().map(Words::encode).collect(),
        })
    }

    /// The values of `a·b - a∘b` between the points of the domain, for values `a` and `b` on it.
    pub(crate) fn quotient(&self, a: &[Fr], b: &[Fr]) -> Zeroizing<Vec<Fr>> {
        let c = || self.extend(a.iter().zip(b).map(|(a, b)| Words::encode(*a * b)));
        let ab = || {
            let of = |values: &[Fr]| self.extend(values.iter().map(|value| Words::encode(*value)));
            rayon::join(|| of(a), || of(b))
        };
        let ((a, b), c) = rayon::join(ab, c);
        Zeroizing::new(a.iter().zip(&*b).zip(&*c).map(|((a, b), c)| a.mul(b).sub(c).decode()).collect())
    }

    /// From values on the domain to values on the points between.
    fn extend(&self, values: impl Iterator<Item = Element>) -> Zeroizing<Vec<Element>> {
        let mut values: Zeroizing<Vec<Element>> = Zeroizing::new(values.collect());
        to_reversed(Elements, &mut values, &self.inverse);
        values.iter_mut().zip(&self.scales).for_each(|(value, scale)| *value = value.mul(scale));
        from_reversed(Elements, &mut values, &self.forward);
        values
    }
}
