//! Multi-scalar multiplication (MSM) over fixed bases: `sum k_i·P_i`.
//!
//! Pippenger's method, with the savings that fixed bases and this curve allow:
//!
//! 1. Each scalar is decomposed into two half-length ones ([`crate::glv`]). The image of a base under the
//!    endomorphism costs one product, so `n` scalars of 254 bits become `2n` of 128.
//! 2. Each half is written in signed digits of `c` bits ([`digits`]). Signs cost nothing, as points are easily negated,
//!    and halve the number of buckets to `2^(c-1)`.
//! 3. Window `j` has the weight `2^(c·j)`. Precomputed tables hold such multiples of the bases, so that windows share
//!    buckets ([`plan`]).
//! 4. Bucket accumulation: a digit's point is added to, or subtracted from, the bucket of the digit's magnitude. All
//!    buckets are summed at once, pairwise in affine coordinates with shared inversions ([`pairwise_reduction`]): six
//!    field multiplications an addition.
//! 5. Bucket reduction: `sum d·bucket(d)`, by running sums over two shorter lists ([`bucket_reduction`]), then Horner's
//!    rule over the windows that do not share buckets.

mod bucket_accumulation;
mod bucket_reduction;
pub(crate) mod digits;
mod pairwise_reduction;
pub(crate) mod plan;
mod tables;

use ark_bn254::{FqConfig, g1, g2};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};

use crate::Backend;
use crate::backend::BackendKind;
use crate::batch_affine::EndomorphismCurve;
use crate::batch_affine::portable::PortableAdder;
#[cfg(target_arch = "x86_64")]
use crate::batch_affine::simd::SimdAdder;
use crate::limbs::{LazyFp, coordinate};
#[cfg(target_arch = "x86_64")]
use crate::simd::{field::Field8, fq2::Fq2x8};
use plan::MsmPlan;
pub(crate) use tables::BaseTables;

use digits::Digits;

/// Fixed bases of multi-scalar multiplications, with tables of their multiples as a plan defines.
pub struct Bases<C: MsmCurve>(Box<dyn FixedBaseMsm<C>>);

impl<C: MsmCurve> Bases<C> {
    /// Prepares bases, none of which may be infinity: it has no affine coordinates, and contributes nothing to a sum.
    ///
    /// # Panics
    /// If a base is infinity, or if the plan is invalid as described at [`Digits::new`].
    pub fn new(backend: Backend, plan: MsmPlan, bases: &[Affine<C>]) -> Bases<C> {
        Bases(C::prepare_tables(backend, plan, bases))
    }

    /// Computes `sum k_i·P_i` for the scalars `k_i` that `digits` was made of, on all threads. Takes variable time.
    ///
    /// # Panics
    /// If the digits were made for another plan, or for another number of bases.
    pub fn multiscalar_mul(&self, digits: &Digits) -> Projective<C> {
        self.0.multiscalar_mul(digits)
    }
}

/// The tables of a list of bases in some backend.
#[doc(hidden)]
pub trait FixedBaseMsm<C: SWCurveConfig>: Send + Sync {
    fn multiscalar_mul(&self, digits: &Digits) -> Projective<C>;
}

/// A curve that multi-scalar multiplication is implemented for: BN254's G1 and G2.
pub trait MsmCurve: EndomorphismCurve {
    #[doc(hidden)]
    fn prepare_tables(backend: Backend, plan: MsmPlan, bases: &[Affine<Self>]) -> Box<dyn FixedBaseMsm<Self>>;
}

impl MsmCurve for g1::Config {
    fn prepare_tables(backend: Backend, plan: MsmPlan, bases: &[Affine<Self>]) -> Box<dyn FixedBaseMsm<Self>> {
        match backend.0 {
            BackendKind::Portable => {
                Box::new(BaseTables::new(PortableAdder::<Self, LazyFp<FqConfig>>::new(), plan, bases))
            }
            #[cfg(target_arch = "x86_64")]
            BackendKind::Ifma(ifma) => {
                Box::new(BaseTables::new(SimdAdder::<Self, Field8<FqConfig>, 4>::new(ifma), plan, bases))
            }
        }
    }
}

impl MsmCurve for g2::Config {
    fn prepare_tables(backend: Backend, plan: MsmPlan, bases: &[Affine<Self>]) -> Box<dyn FixedBaseMsm<Self>> {
        match backend.0 {
            BackendKind::Portable => {
                Box::new(BaseTables::new(PortableAdder::<Self, coordinate::LazyFq2>::new(), plan, bases))
            }
            // Two chains instead of four: a product in Fq2 has three independent products in Fq of its own.
            #[cfg(target_arch = "x86_64")]
            BackendKind::Ifma(ifma) => Box::new(BaseTables::new(SimdAdder::<Self, Fq2x8, 2>::new(ifma), plan, bases)),
        }
    }
}
