//! FFTs over `F_r` for the quotient polynomial: from values on a domain of `d` points to values on its odd coset.
//!
//! The domain is the group of `d`-th roots of unity, and the coset its multiples by a root `g` of order `2·d`: the
//! points between those of the domain. Extending a polynomial to the coset takes three steps:
//!
//! 1. An inverse FFT, from values to coefficients.
//! 2. A scaling of coefficient `i` by `g^i`, and by the `1/d` of the inverse FFT.
//! 3. A forward FFT.
//!
//! Coefficients may be in any order, so nothing is ever permuted: the inverse FFT decimates in frequency and ends in
//! bit-reversed order, in which the forward FFT, which decimates in time, begins.

use ark_bn254::Fr;
use ark_ff::{FftField, Field};

pub(crate) mod portable;
pub(crate) mod radix2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod simd;

use radix2::TwiddleFactors;
use zeroize::Zeroizing;

use crate::Backend;
use crate::backend::BackendKind;
use crate::glv::{HalfScalars, decompose_scalars};

/// A domain of a power of two points, with the twiddle factors of its FFTs.
pub struct QuotientDomain {
    size: usize,
    backend: DomainBackend,
}

enum DomainBackend {
    Portable(portable::PortableDomain),
    #[cfg(target_arch = "x86_64")]
    Simd(Box<simd::SimdDomain>),
}

impl QuotientDomain {
    /// Prepares the domain of the least power of two that is at least `size`. Returns `None` if that is above 2^27: the
    /// field has no root of unity of twice the order then.
    pub fn new(backend: Backend, size: usize) -> Option<QuotientDomain> {
        let size = size.checked_next_power_of_two()?;
        let log = size.ilog2();
        let backend = match backend.0 {
            #[cfg(target_arch = "x86_64")]
            BackendKind::Ifma(ifma) if log >= simd::MIN_LOG_SIZE => {
                DomainBackend::Simd(Box::new(simd::SimdDomain::new(ifma, log)?))
            }
            _ => DomainBackend::Portable(portable::PortableDomain::new(log)?),
        };
        Some(QuotientDomain { size, backend })
    }

    /// The number of points, a power of two.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Computes [`QuotientDomain::evaluate_quotient`] as field elements.
    ///
    /// # Panics
    /// If either list does not have a value for each point of the domain.
    pub fn evaluate_quotient_elements(&self, a: Zeroizing<Vec<Fr>>, b: Zeroizing<Vec<Fr>>) -> Zeroizing<Vec<Fr>> {
        self.check_lengths(&a, &b);
        match &self.backend {
            DomainBackend::Portable(domain) => domain.evaluate_quotient(&a, &b),
            #[cfg(target_arch = "x86_64")]
            DomainBackend::Simd(domain) => Zeroizing::new(domain.evaluate_quotient_elements(&a, &b)),
        }
    }

    /// Computes the values of `a·b - c` on the domain's odd coset, as half-length scalars. The polynomials `a` and `b`
    /// are passed as their values on the domain, in natural order; `c` has the values of `a·b` there.
    ///
    /// The difference vanishes on the domain, so it is a multiple of the vanishing polynomial, which is constant on the
    /// coset: these values determine the quotient (circom's QAP reduction).
    ///
    /// # Panics
    /// If either list does not have a value for each point of the domain.
    pub fn evaluate_quotient(&self, a: Zeroizing<Vec<Fr>>, b: Zeroizing<Vec<Fr>>) -> Zeroizing<Vec<HalfScalars>> {
        self.check_lengths(&a, &b);
        match &self.backend {
            DomainBackend::Portable(domain) => decompose_scalars(&domain.evaluate_quotient(&a, &b)),
            #[cfg(target_arch = "x86_64")]
            DomainBackend::Simd(domain) => Zeroizing::new(domain.evaluate_quotient(&a, &b)),
        }
    }

    fn check_lengths(&self, a: &[Fr], b: &[Fr]) {
        let lengths = [a.len(), b.len()];
        assert!(lengths == [self.size; 2], "a domain of {} points needs as many values, not {lengths:?}", self.size);
    }
}

/// Returns the root of unity of order `2^log`, or `None` if the field has none.
pub(crate) fn root_of_unity(log: u32) -> Option<Fr> {
    Fr::get_root_of_unity(1 << log)
}

/// Iterates over the powers of `base`, from 1 on.
pub(crate) fn powers_of(base: Fr) -> impl Iterator<Item = Fr> {
    std::iter::successors(Some(Fr::ONE), move |power| Some(*power * base))
}

/// Computes the twiddle factors of all passes over `size` values, from the root of unity of order `size`.
pub(crate) fn twiddle_factors<R>(size: usize, root: Fr, encode: impl Fn(Fr) -> R) -> TwiddleFactors<R> {
    let mut passes = Vec::new();
    let (mut size, mut root) = (size, root);
    while size > 1 {
        passes.push(powers_of(root).take(size / 2).map(&encode).collect());
        (size, root) = (size / 2, root.square());
    }
    TwiddleFactors { passes }
}

/// Reverses the lowest `bits` bits of an index.
pub(crate) fn reverse_low_bits(i: usize, bits: u32) -> usize {
    if bits == 0 { i } else { i.reverse_bits() >> (usize::BITS - bits) }
}

/// Computes the scaling between the FFTs, `base^i / d` for coefficient `i`, in bit-reversed order.
pub(crate) fn coset_scales(size: usize, base: Fr, d: usize) -> Vec<Fr> {
    let bits = size.ilog2();
    let inverse = Fr::from(d as u64).inverse().unwrap_or_default();
    let natural: Vec<Fr> = powers_of(base).take(size).map(|power| power * inverse).collect();
    (0..size).map(|i| natural[reverse_low_bits(i, bits)]).collect()
}
