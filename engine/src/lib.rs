#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "one index runs over lanes or limbs of several arrays")]

mod adder;
mod arithmetic;
pub mod inverse;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod msm;
mod pairing;
mod room;
mod split;
mod transform;
mod words;

pub use adder::Curve;
pub use arithmetic::Arithmetic;
pub use msm::plan::Plan;
pub use msm::sort::Digits;
pub use msm::{Bases, Summed};
pub use pairing::{Pair, Target, miller_loops, miller_values};
pub use split::{Halves, split_all};
pub use transform::Domain;
