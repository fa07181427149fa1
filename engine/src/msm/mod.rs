//! Sums of multiples of fixed points (multi-scalar multiplication).
//!
//! Pippenger's buckets, with what fixed bases and this curve allow: scalars in halves ([`crate::split`]), signed digits, multiples of the
//! bases from tables, so that windows share buckets ([`plan`]); additions in affine coordinates, of all buckets at once ([`tree`]).

mod bases;
mod forest;
pub(crate) mod plan;
pub(crate) mod sort;
mod tree;
mod weigh;

use ark_bn254::{g1, g2};
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};

use crate::Arithmetic;
use crate::adder::Curve;
#[cfg(target_arch = "x86_64")]
use crate::adder::lanes::Lanes;
use crate::adder::portable::Portable;
use crate::arithmetic::Kind;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{field::Field8, quadratic::Quadratic};
use crate::words::{self, Words};
pub(crate) use bases::Tables;
use plan::Plan;

use sort::Digits;

/// Points that are summed with many lists of scalars, prepared for a plan.
pub struct Bases<C: Summed>(Box<dyn Sum<C>>);

impl<C: Summed> Bases<C> {
    /// Prepares bases, none of which may be infinity: it has no affine coordinates, and adds nothing.
    ///
    /// # Panics
    /// If one is; as [`Digits::new`].
    pub fn new(arithmetic: Arithmetic, plan: Plan, bases: &[Affine<C>]) -> Bases<C> {
        Bases(C::tables(arithmetic, plan, bases))
    }

    /// `sum k_i·P_i` for the scalars whose digits these are, of the same plan and as many.
    ///
    /// # Panics
    /// If they were made for another plan, or for another number of bases.
    pub fn sum(&self, digits: &Digits) -> Projective<C> {
        self.0.sum(digits)
    }
}

/// Tables of some arithmetic.
#[doc(hidden)]
pub trait Sum<C: SWCurveConfig>: Send + Sync {
    fn sum(&self, digits: &Digits) -> Projective<C>;
}

/// A curve that the engine has arithmetic for.
pub trait Summed: Curve {
    #[doc(hidden)]
    fn tables(arithmetic: Arithmetic, plan: Plan, bases: &[Affine<Self>]) -> Box<dyn Sum<Self>>;
}

macro_rules! summed {
    ($curve:ty, $words:ty, $lanes:ty, $chains:expr) => {
        impl Summed for $curve {
            fn tables(arithmetic: Arithmetic, plan: Plan, bases: &[Affine<Self>]) -> Box<dyn Sum<Self>> {
                match arithmetic.0 {
                    Kind::Portable => Box::new(Tables::new(Portable::<Self, $words>::new(), plan, bases)),
                    #[cfg(target_arch = "x86_64")]
                    Kind::Ifma(ifma) => Box::new(Tables::new(Lanes::<Self, $lanes, $chains>::new(ifma), plan, bases)),
                }
            }
        }
    };
}

summed!(g1::Config, Words<ark_bn254::FqConfig>, Field8<ark_bn254::FqConfig>, 4);
// A product in the extension has three of its own side by side.
summed!(g2::Config, words::coordinate::Quadratic, Quadratic, 2);
