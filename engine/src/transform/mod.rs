//! The quotient's transforms: from values on a domain of `d` points to values on the `d` points between them.
//!
//! That is an inverse transform, a scaling of coefficient `i` by the `i`-th power of the root of order `2·d`, and a transform. The
//! coefficients in between may stand in any order, so nothing is ever reordered: the first ends in bit-reversed order, the second begins with it.

use ark_bn254::Fr;
use ark_ff::{FftField, Field};

#[cfg(target_arch = "x86_64")]
pub(crate) mod lanes;
pub(crate) mod passes;
pub(crate) mod portable;

use passes::Roots;
use zeroize::Zeroizing;

use crate::Arithmetic;
use crate::arithmetic::Kind;
use crate::split::{Halves, split_all};

/// A domain of a power of two points, prepared.
pub struct Domain {
    size: usize,
    way: Way,
}

enum Way {
    Portable(portable::Domain),
    #[cfg(target_arch = "x86_64")]
    Lanes(Box<lanes::Domain>),
}

impl Domain {
    /// The domain of the least power of two that is at least `size`; `None` if the field has no root of unity for it.
    pub fn new(arithmetic: Arithmetic, size: usize) -> Option<Domain> {
        let size = size.checked_next_power_of_two()?;
        let log = size.ilog2();
        let way = match arithmetic.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(ifma) if log >= lanes::LEAST_LOG => Way::Lanes(Box::new(lanes::Domain::new(ifma, log)?)),
            _ => Way::Portable(portable::Domain::new(log)?),
        };
        Some(Domain { size, way })
    }

    /// Its points.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The values of `a·b - c` on the points between those of the domain, split, for polynomials `a` and `b` given by their values on
    /// it, and `c` whose values there are those of `a·b`. The difference vanishes on the domain, so these values fix the quotient.
    ///
    /// # Panics
    /// If there are not as many values as points.
    pub fn quotient(&self, a: Zeroizing<Vec<Fr>>, b: Zeroizing<Vec<Fr>>) -> Zeroizing<Vec<Halves>> {
        assert!(a.len() == self.size && b.len() == self.size, "a value for each point of the domain");
        match &self.way {
            Way::Portable(domain) => split_all(&domain.quotient(&a, &b)),
            #[cfg(target_arch = "x86_64")]
            Way::Lanes(domain) => Zeroizing::new(domain.quotient(&a, &b)),
        }
    }
}

/// The root of order `2^log`.
pub(crate) fn root(log: u32) -> Option<Fr> {
    Fr::get_root_of_unity(1 << log)
}

/// The first powers of a number.
pub(crate) fn powers(base: Fr) -> impl Iterator<Item = Fr> {
    std::iter::successors(Some(Fr::ONE), move |power| Some(*power * base))
}

/// The roots of passes over `size` values, from the root of order `size`.
pub(crate) fn roots<R>(size: usize, root: Fr, encode: impl Fn(Fr) -> R) -> Roots<R> {
    let mut passes = Vec::new();
    let (mut size, mut root) = (size, root);
    while size > 1 {
        passes.push(powers(root).take(size / 2).map(&encode).collect());
        (size, root) = (size / 2, root.square());
    }
    Roots { passes }
}

/// Reverses the lowest bits of a number.
pub(crate) fn reversed(i: usize, bits: u32) -> usize {
    if bits == 0 { i } else { i.reverse_bits() >> (usize::BITS - bits) }
}

/// The scaling between the transforms, for coefficients in bit-reversed order: `base^i / d`.
pub(crate) fn scales(size: usize, base: Fr, d: usize) -> Vec<Fr> {
    let bits = size.ilog2();
    let inverse = Fr::from(d as u64).inverse().unwrap_or_default();
    let natural: Vec<Fr> = powers(base).take(size).map(|power| power * inverse).collect();
    (0..size).map(|i| natural[reversed(i, bits)]).collect()
}
