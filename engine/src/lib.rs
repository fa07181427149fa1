#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "one index runs over lanes or limbs of several arrays")]

mod backend;
mod batch_affine;
mod fft;
mod glv;
pub mod inversion;
mod limbs;
mod msm;
mod pairing;
mod scratch;
#[cfg(target_arch = "x86_64")]
mod simd;

pub use backend::Backend;
pub use batch_affine::EndomorphismCurve;
pub use fft::QuotientDomain;
pub use glv::{HalfScalars, decompose_scalars};
pub use msm::digits::Digits;
pub use msm::plan::MsmPlan;
pub use msm::{Bases, MsmCurve};
pub use pairing::{MillerValue, ScaledPair, miller_loops, miller_values};
