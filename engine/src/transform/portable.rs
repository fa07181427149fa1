//! On any processor, with arkworks' arithmetic.

use ark_bn254::Fr;
use ark_ff::Field;
use zeroize::Zeroizing;

use super::passes::{Arithmetic, Roots, from_reversed, to_reversed};
use super::{root, roots, scales};

#[derive(Clone, Copy)]
struct Elements;

impl Arithmetic for Elements {
    type Value = Fr;
    type Root = Fr;

    #[inline(always)]
    fn decimate_frequency(self, a: &mut Fr, b: &mut Fr, root: &Fr) {
        let difference = *a - *b;
        *a += &*b;
        *b = difference * root;
    }

    #[inline(always)]
    fn decimate_time(self, a: &mut Fr, b: &mut Fr, root: &Fr) {
        let product = *b * root;
        *b = *a - product;
        *a += product;
    }
}

/// What the transforms of a domain need.
pub(crate) struct Domain {
    inverse: Roots<Fr>,
    forward: Roots<Fr>,
    scales: Vec<Fr>,
}

impl Domain {
    /// For a domain of `2^log` points; `None` if the field has no root of twice the order.
    pub(crate) fn new(log: u32) -> Option<Domain> {
        let (size, generator) = (1usize << log, root(log)?);
        Some(Domain {
            inverse: roots(size, generator.inverse()?, |root| root),
            forward: roots(size, generator, |root| root),
            scales: scales(size, root(log + 1)?, size),
        })
    }

    /// The values of `a·b - a∘b` between the points of the domain, for values `a` and `b` on it.
    pub(crate) fn quotient(&self, mut a: Zeroizing<Vec<Fr>>, mut b: Zeroizing<Vec<Fr>>) -> Zeroizing<Vec<Fr>> {
        let mut c = Zeroizing::new(a.iter().zip(&*b).map(|(a, b)| *a * b).collect::<Vec<Fr>>());
        rayon::join(|| rayon::join(|| self.extend(&mut a), || self.extend(&mut b)), || self.extend(&mut c));
        a.iter_mut().zip(&*b).zip(&*c).for_each(|((a, b), c)| *a = *a * b - c);
        a
    }

    /// From values on the domain to values on the points between.
    fn extend(&self, values: &mut [Fr]) {
        to_reversed(Elements, values, &self.inverse);
        values.iter_mut().zip(&self.scales).for_each(|(value, scale)| *value *= scale);
        from_reversed(Elements, values, &self.forward);
    }
}
