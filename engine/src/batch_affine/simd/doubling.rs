//! Doubling of points with batch inversion, for tables of multiples.

use super::Point;
use super::addition::{CHUNK_VECTORS, invert_chains};
use super::operands::{load_x, load_y};
use crate::simd::coordinate::Coordinate;
use crate::simd::vector::{Ifma, Kernel};

/// The number of interleaved vectors, each with a chain of products of its own.
const CHAINS: usize = 4;

/// The doubling of all points, in place.
pub(super) struct DoublePoints<'a, F: Coordinate> {
    pub(super) points: &'a mut [Point<F::Limbs>],
    /// A buffer for the partial products of a chunk.
    pub(super) before: &'a mut [F::Packed],
}

/// Loads eight consecutive points; lanes beyond the end repeat the last point.
#[inline(always)]
fn load_consecutive<F: Coordinate>(ifma: Ifma, points: &[Point<F::Limbs>], vector: usize) -> (F, F) {
    let mut eight = [&points[points.len() - 1]; 8];
    for lane in 0..8 {
        if let Some(point) = points.get(vector * 8 + lane) {
            eight[lane] = point;
        }
    }
    (load_x(ifma, &eight), load_y(ifma, &eight))
}

impl<F: Coordinate> Kernel for DoublePoints<'_, F> {
    type Output = ();

    #[inline(always)]
    fn compute_on(self, ifma: Ifma) {
        let DoublePoints { points, before } = self;
        for points in points.chunks_mut(CHUNK_VECTORS * 8) {
            let vectors = points.len().div_ceil(8).next_multiple_of(CHAINS);
            let mut products = [F::one(ifma); CHAINS];
            for vector in 0..vectors {
                let (_, y) = load_consecutive::<F>(ifma, points, vector);
                before[vector] = products[vector % CHAINS].store_packed();
                products[vector % CHAINS] = products[vector % CHAINS].mul(ifma, &y.double(ifma));
            }
            let mut inverses = invert_chains(ifma, products);
            for vector in (0..vectors).rev() {
                let (x1, y1) = load_consecutive::<F>(ifma, points, vector);
                let inverse = &mut inverses[vector % CHAINS];
                let own = inverse.mul(ifma, &F::load_packed(ifma, &before[vector]));
                *inverse = inverse.mul(ifma, &y1.double(ifma));
                let slope = x1.mul(ifma, &x1).triple(ifma).mul(ifma, &own);
                let x = slope.mul(ifma, &slope).sub_two(ifma, &x1, &x1, 4);
                let y = slope.mul(ifma, &x1.sub(ifma, &x, 2)).sub_reduced(ifma, &y1, 2);
                let (x, y) = (x.store_lanes(), y.store_lanes());
                for lane in 0..8 {
                    if let Some(point) = points.get_mut(vector * 8 + lane) {
                        *point = Point { x: x[lane], y: y[lane] };
                    }
                }
            }
        }
    }
}
