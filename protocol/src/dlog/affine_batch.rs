//! Batches of affine points that are moved by a fixed point at a time, with one shared inversion (batch-affine
//! addition).

use ark_ec::{AffineRepr, CurveGroup, twisted_edwards::TECurveConfig};
use ark_ff::{Field, One};
use taceo_ark_babyjubjub::{EdwardsAffine, EdwardsConfig, EdwardsProjective};

use crate::{Fr, Point};

/// Number of points in a block.
pub(super) const BLOCK: usize = 1024;

/// Returns one block of the progression `first, first + step, first + 2·step, ..`.
pub(super) fn point_progression(first: Point, step: Point) -> Vec<EdwardsAffine> {
    let mut point: EdwardsProjective = first.as_affine().into_group();
    let mut points = Vec::with_capacity(BLOCK);
    for _ in 0..BLOCK {
        points.push(point);
        point += step.as_affine();
    }
    EdwardsProjective::normalize_batch(&points)
}

/// A point to add, with the products that its additions share.
pub(super) struct Step {
    x: Fr,
    y: Fr,
    a_x: Fr,
    d_xy: Fr,
}

impl Step {
    pub(super) fn new(point: Point) -> Step {
        let (x, y) = (point.x(), point.y());
        Step { x, y, a_x: EdwardsConfig::COEFF_A * x, d_xy: EdwardsConfig::COEFF_D * x * y }
    }

    /// Adds the step to every point.
    ///
    /// `a` is a square and `d` is not, so the addition law is complete: with `t = d·x1·x2·y1·y2`, neither `1 + t` nor
    /// `1 - t` is ever zero. `1 - t^2` is inverted for both, for all points at once. Fourteen multiplications per
    /// point.
    pub(super) fn add_to(&self, points: &mut [EdwardsAffine], scratch: &mut Vec<(Fr, Fr)>) {
        scratch.clear();
        let mut product = Fr::one();
        for point in points.iter() {
            let t = self.d_xy * point.x * point.y;
            scratch.push((t, product));
            product *= Fr::one() - t.square();
        }
        let mut inverse = product.inverse().expect("the addition law is complete");
        for (point, (t, before)) in points.iter_mut().zip(scratch.iter()).rev() {
            let (plus, minus) = (Fr::one() + t, Fr::one() - t);
            let own = inverse * before;
            inverse *= plus * minus;
            let x = (point.x * self.y + point.y * self.x) * (own * minus);
            let y = (point.y * self.y - point.x * self.a_x) * (own * plus);
            (point.x, point.y) = (x, y);
        }
    }
}

/// Returns a scratch buffer for [`Step::add_to`].
pub(super) fn scratch_buffer() -> Vec<(Fr, Fr)> {
    Vec::with_capacity(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_adds_like_the_curve() {
        let generator = Point::generator();
        let mut points = point_progression(Point::identity(), generator);
        let mut expected = points.clone();
        for step in [Point::identity(), generator, -generator, generator.mul_u64(77)] {
            Step::new(step).add_to(&mut points, &mut scratch_buffer());
            for point in &mut expected {
                *point = (*point + step.as_affine()).into_affine();
            }
            assert_eq!(points, expected);
        }
        assert!(EdwardsConfig::COEFF_A.legendre().is_qr());
        assert!(EdwardsConfig::COEFF_D.legendre().is_qnr());
    }
}
