//! What a Groth16 prover spends its time on: sums of multiples of points that never change, and the quotient; and what a verifier of many
//! proofs does: Miller loops.
//!
//! [`Bases`] are prepared once and summed with [`Digits`]; a [`Domain`] turns the values of two polynomials into the quotient's;
//! [`miller_loops`] multiplies the Miller loops of many pairs. All have two ways to compute ([`Arithmetic`]): arkworks', which any
//! processor can, and one on eight lanes with AVX-512's 52-bit multiplication. The results are equal (of Miller loops: after the final
//! exponentiation), and tests compare them.
//!
//! Architecture invariants: the crate knows no keys, proofs, circuits or files; all `unsafe` of the project is in `lanes/vector.rs`; results
//! are right for any bases and scalars, also where the fast formulas have exceptions. **Time depends on the scalars**: whoever measures it
//! finely learns about a witness; pairings are for what is public. Memory that held scalars, digits or sums of them is wiped.
#![deny(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "lanes and limbs go in step through several arrays")]

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
