//! Scalar multiplication of points of G1 by 128-bit scalars, eight lanes at a time.
//!
//! 1. Recode the scalars in signed digits of four bits, from -7 to 8.
//! 2. Compute a table of the multiples `1·A` to `8·A` of each point, in affine coordinates with batch inversion.
//! 3. From the highest digit on: double four times and add the digit's multiple, in Jacobian coordinates (formulas
//!    `dbl-2009-l` and `madd` of the Explicit-Formulas Database).
//! 4. Convert all results to affine coordinates with one inversion.
//!
//! Why no addition is exceptional: the points have the prime order `n`, of 254 bits. The table's multiples are computed
//! as `(d - 1)·A + A` with `d - 1` from 2 to 7, after a doubling. In step 3, `d·A` is added to `16k·A` with
//! `1 <= k < 2^125` and `|d| <= 8`: `16k` is neither `d` nor `-d` modulo `n`, nor is the sum zero. The first digit
//! other than zero is assigned instead of added; it is positive, as the scalar is.

use ark_bn254::{G1Affine, g1};

use super::twist::EvaluationPoint;
use crate::batch_affine::BatchAdder;
use crate::batch_affine::simd::{Point, Scratch, SimdAdder};
use crate::simd::coordinate::Coordinate;
use crate::simd::field::FieldOps;
use crate::simd::fq::Fq8;
use crate::simd::vector::{Ifma, Mask};

/// The digits of a 128-bit scalar, and one for the last carry.
const DIGIT_COUNT: usize = 33;
/// The greatest digit.
const MAX_DIGIT: usize = 8;

/// The scalar multiplications of a list of points, prepared.
pub(crate) struct ScalarMultiples {
    /// First all points, then their doubles, and so on up to the multiple 8.
    table: Vec<Point<[u64; 4]>>,
    count: usize,
    /// The digits of each scalar, lowest first, from -7 to 8.
    digits: Vec<[i8; DIGIT_COUNT]>,
}

impl ScalarMultiples {
    /// Computes the tables of points and the digits of their scalars. No point may be infinity, no scalar zero, and the
    /// number of points must be a multiple of eight.
    pub(crate) fn new(ifma: Ifma, terms: &[(G1Affine, u128)]) -> ScalarMultiples {
        let adder = SimdAdder::<g1::Config, Fq8, 4>::new(ifma);
        let count = terms.len();
        let mut table: Vec<_> = terms.iter().map(|(point, _)| adder.encode_point(point)).collect();
        let mut scratch = Scratch::default();
        let mut doubles = table.clone();
        adder.double_points(&mut doubles, &mut scratch);
        table.extend_from_slice(&doubles);
        let mut sums = Vec::new();
        for row in 1..MAX_DIGIT - 1 {
            let points = 0..count as u32;
            let (mut left, mut right): (Vec<u32>, Vec<u32>) =
                points.map(|i| (row as u32 * count as u32 + i, i)).unzip();
            // No pair is exceptional, but the test for it has false positives.
            for pair in adder.add_points(&table, [&mut left, &mut right], &mut sums, &mut scratch) {
                let pair = pair as usize;
                let sum =
                    adder.decode_point(&table[left[pair] as usize]) + adder.decode_point(&table[right[pair] as usize]);
                adder.set_lane(&mut sums[pair / 8], pair % 8, &sum.into());
            }
            adder.unpack_points(&sums, count, &mut table);
        }
        ScalarMultiples { table, count, digits: terms.iter().map(|(_, number)| recode_scalar(*number)).collect() }
    }

    /// Computes the multiples, vector by vector, in the form that lines are evaluated at.
    #[inline(always)]
    pub(crate) fn compute_all(&self, ifma: Ifma) -> Vec<EvaluationPoint> {
        let mut sums = Vec::with_capacity(self.count / 8);
        for vector in 0..self.count / 8 {
            sums.push(self.multiply_vector(ifma, vector));
        }
        normalize_batch(ifma, &sums)
    }

    /// Computes the multiples of a vector of points.
    #[inline(always)]
    fn multiply_vector(&self, ifma: Ifma, vector: usize) -> Jacobian {
        let one = FieldOps::new(ifma).one();
        let (mut sum, mut started): (_, Mask) = (Jacobian { x: one, y: one, z: one }, 0);
        for position in (0..DIGIT_COUNT).rev() {
            if started != 0 {
                for _ in 0..4 {
                    sum.double(ifma);
                }
            }
            let mut points = [&self.table[0]; 8];
            let (mut zeros, mut negative): (Mask, Mask) = (0, 0);
            for lane in 0..8 {
                let index = vector * 8 + lane;
                let digit = self.digits[index][position];
                zeros |= Mask::from(digit == 0) << lane;
                negative |= Mask::from(digit < 0) << lane;
                points[lane] = &self.table[usize::from(digit.unsigned_abs().max(1) - 1) * self.count + index];
            }
            let p = points;
            let x = Fq8::load_lanes(ifma, [&p[0].x, &p[1].x, &p[2].x, &p[3].x, &p[4].x, &p[5].x, &p[6].x, &p[7].x]);
            let y = Fq8::load_lanes(ifma, [&p[0].y, &p[1].y, &p[2].y, &p[3].y, &p[4].y, &p[5].y, &p[6].y, &p[7].y]);
            let y = FieldOps::new(ifma).propagate_carries(y.negate_unreduced_if(ifma, negative, 2).limbs);
            if started != 0 {
                let mut next = sum;
                next.add_affine(ifma, &x, &y);
                sum = sum.blend(started & !zeros, &next);
            }
            sum = sum.blend(!started & !zeros, &Jacobian { x, y, z: one });
            started |= !zeros;
        }
        sum
    }
}

/// Recodes a scalar as `sum d_i·16^i` with digits from -7 to 8, lowest first.
fn recode_scalar(number: u128) -> [i8; DIGIT_COUNT] {
    let (mut rest, mut carry) = (number, 0);
    std::array::from_fn(|_| {
        let digit = (rest & 15) as i8 + carry;
        rest >>= 4;
        carry = i8::from(digit > 8);
        digit - 16 * carry
    })
}

/// Eight points `(x/z^2, y/z^3)` in Jacobian coordinates: `x` below `1.06·p`, `y` at most `2·p`, `z` below `2.2·p`.
#[derive(Clone, Copy)]
struct Jacobian {
    x: Fq8,
    y: Fq8,
    z: Fq8,
}

impl Jacobian {
    /// Doubles the points.
    #[inline(always)]
    fn double(&mut self, ifma: Ifma) {
        let c = FieldOps::new(ifma);
        let Jacobian { x, y, z } = self;
        // Below 1.02p, 1.05p and 1.06p.
        let [xx, yy, yz] = c.mul_interleaved([x, y, y], [x, y, z]);
        // Below 3.1p and 2.1p.
        let (e, t) = (xx.triple(ifma), yy.double(ifma));
        // x·2y^2, e^2, 4y^4: below 1.03p, 1.12p and 1.06p.
        let [xt, ee, tt] = c.mul_interleaved([x, &e, &t], [&t, &e, &t]);
        let d = xt.double(ifma);
        let x = ee.sub_two(ifma, &d, &d, 5);
        // Below 1.16p, less 2.2p.
        let y = e.mul(ifma, &d.sub(ifma, &x, 2)).sub_reduced(ifma, &tt.double(ifma), 3);
        *self = Jacobian { x, y, z: yz.double(ifma) };
    }

    /// Adds points in affine coordinates, `x2` below `1.06·p` and `y2` at most `2·p`, whose `x` must differ from those
    /// of `self`.
    #[inline(always)]
    fn add_affine(&mut self, ifma: Ifma, x2: &Fq8, y2: &Fq8) {
        let c = FieldOps::new(ifma);
        let Jacobian { x, y, z } = self;
        // Below 1.06p, then below 1.03p.
        let [zz, yz] = c.mul_interleaved([z, y2], [z, z]);
        let [x2, y2] = c.mul_interleaved([x2, &yz], [&zz, &zz]);
        // Below 3.1p.
        let (h, r) = (x2.sub(ifma, x, 2), y2.sub(ifma, y, 2));
        // Below 1.12p.
        let [hh, rr, z3] = c.mul_interleaved([&h, &r, z], [&h, &r, &h]);
        // Below 1.05p and 1.02p.
        let [hhh, v] = c.mul_interleaved([&hh, x], [&h, &hh]);
        let x3 = rr.sub_two(ifma, &hhh, &v.double(ifma), 4);
        // Below 1.12p and 1.03p.
        let [left, right] = c.mul_interleaved([&r, y], [&v.sub(ifma, &x3, 2), &hhh]);
        *self = Jacobian { x: x3, y: left.sub_reduced(ifma, &right, 2), z: z3 };
    }

    /// Returns `other` in the lanes of the mask and `self` in the others.
    #[inline(always)]
    fn blend(&self, mask: Mask, other: &Jacobian) -> Jacobian {
        Jacobian { x: self.x.blend(mask, &other.x), y: self.y.blend(mask, &other.y), z: self.z.blend(mask, &other.z) }
    }
}

/// Converts points to affine coordinates, with one inversion for all. No `z` is zero, as no point is infinity.
#[inline(always)]
fn normalize_batch(ifma: Ifma, points: &[Jacobian]) -> Vec<EvaluationPoint> {
    let c = FieldOps::new(ifma);
    let mut before = Vec::with_capacity(points.len());
    let mut product = c.one();
    for point in points {
        before.push(product);
        product = product.mul(ifma, &point.z);
    }
    let mut words = product.store_lanes();
    Fq8::invert_lanes(&mut words);
    let mut rest = Fq8::load_lanes(ifma, words.each_ref());
    let mut out = Vec::with_capacity(points.len());
    for i in (0..points.len()).rev() {
        let Jacobian { x, y, z } = &points[i];
        let [own, next] = c.mul_interleaved([&rest, &rest], [&before[i], z]);
        rest = next;
        let [square, y] = c.mul_interleaved([&own, y], [&own, &own]);
        let [x, y] = c.mul_interleaved([x, &y], [&square, &square]);
        out.push(EvaluationPoint { x, minus_y: y.negate_all(ifma) });
    }
    out.reverse();
    out
}
