//! The Miller loop of the optimal ate pairing, eight lanes at a time (Vercauteren, "Optimal pairings", 2010).
//!
//! Each lane has one value, which the lines of all vectors of a job are multiplied into, so that they share its
//! squarings:
//!
//! 1. For each digit of the loop count `6x + 2` from the second highest on: square the value (not at the first step,
//!    where it is one), double every point `T` and multiply by its tangent; if the digit is not zero, add `Q` or `-Q`
//!    and multiply by the line through both.
//! 2. Add the Frobenius image of `Q` and subtract the image of that, again with their lines.
//!
//! Why no addition is exceptional: `Q` has the prime order `n`, and is added to or subtracted from `k·Q` with
//! `2 <= k < 2^66`, which is neither `Q` nor `-Q`. Modulo `n` the field's characteristic is `6x^2`, so at the end
//! `6x^2·Q` is added to `(6x + 2)·Q`, and from the sum `(6x^2 + 6x + 2)·Q` is subtracted `36x^4·Q`, which is
//! `-(36x^3 + 18x^2 + 6x + 1)·Q`: no two of these multiples are equal or opposite, for an `x` of 63 bits. The last sum
//! is not infinity either.

use ark_bn254::{Config, Fq12, G2Affine};
use ark_ec::bn::BnConfig;

use super::fq12::{Fq12x8, ProductBuffer};
use super::scalar_mul::ScalarMultiples;
use super::twist::{EvaluationPoint, TwistAffine, TwistConstants, TwistProjective};
use crate::simd::coordinate::Coordinate;
use crate::simd::fq2::Fq2x8;
use crate::simd::vector::{Ifma, Kernel};

/// Eight pairs in a Miller loop, one a lane: the point of G1, the point `Q` of G2 and the running point `T`.
struct PairVector {
    p: EvaluationPoint,
    q: TwistAffine,
    t: TwistProjective,
}

/// The Miller loops of a job's pairs. Their number is a multiple of eight, and none contains infinity.
pub(super) struct MillerLoops<'a> {
    pub(super) multiples: ScalarMultiples,
    pub(super) g2_points: &'a [G2Affine],
}

impl Kernel for MillerLoops<'_> {
    /// For lane `i`, the product of the Miller loops of pairs `i`, `i + 8`, and so on.
    type Output = [Fq12; 8];

    #[inline(always)]
    fn compute_on(self, ifma: Ifma) -> [Fq12; 8] {
        let twist = TwistConstants::new();
        let mut vectors = Vec::with_capacity(self.g2_points.len() / 8);
        let (seconds, _) = self.g2_points.as_chunks::<8>();
        let firsts = self.multiples.compute_all(ifma);
        for n in 0..seconds.len() {
            let q = load_twist_points(ifma, &seconds[n]);
            vectors.push(PairVector { p: firsts[n], q, t: TwistProjective::new(ifma, &q) });
        }
        let digits = Config::ATE_LOOP_COUNT;
        let (mut f, mut space) = (Fq12x8::one(ifma), ProductBuffer::new(ifma));
        for i in (0..digits.len() - 1).rev() {
            if i != digits.len() - 2 {
                f.square(ifma);
            }
            for v in &mut vectors {
                let line = v.t.double_with_line(ifma, &twist, &v.p);
                f.mul_by_line(ifma, &line, &mut space);
            }
            if digits[i] != 0 {
                for v in &mut vectors {
                    let q = if digits[i] < 0 { v.q.negate(ifma) } else { v.q };
                    let line = v.t.add_with_line(ifma, &q, &v.p);
                    f.mul_by_line(ifma, &line, &mut space);
                }
            }
        }
        for v in &mut vectors {
            let first = v.q.apply_frobenius(ifma, &twist);
            let second = first.apply_frobenius(ifma, &twist).negate(ifma);
            let line = v.t.add_with_line(ifma, &first, &v.p);
            f.mul_by_line(ifma, &line, &mut space);
            let line = v.t.add_with_line(ifma, &second, &v.p);
            f.mul_by_line(ifma, &line, &mut space);
        }
        f.decode_elements()
    }
}

/// Loads eight points of G2.
#[inline(always)]
fn load_twist_points(ifma: Ifma, points: &[G2Affine; 8]) -> TwistAffine {
    let mut words = [[Default::default(); 2]; 8];
    for lane in 0..8 {
        words[lane] = [Fq2x8::encode_element(points[lane].x), Fq2x8::encode_element(points[lane].y)];
    }
    let w = &words;
    TwistAffine {
        x: Fq2x8::load_lanes(ifma, [&w[0][0], &w[1][0], &w[2][0], &w[3][0], &w[4][0], &w[5][0], &w[6][0], &w[7][0]]),
        y: Fq2x8::load_lanes(ifma, [&w[0][1], &w[1][1], &w[2][1], &w[3][1], &w[4][1], &w[5][1], &w[6][1], &w[7][1]]),
    }
}
