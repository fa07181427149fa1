//! Fixed-base multiplication of many scalars by the generator.

use ark_ec::{AffineRepr, CurveGroup, scalar_mul::BatchMulPreprocessing};
use ark_ff::PrimeField;
use taceo_ark_babyjubjub::{EdwardsAffine, EdwardsProjective};
use zeroize::Zeroizing;

use super::Point;
use crate::Scalar;

/// A precomputed table of multiples of `G` by windows of the scalar: a multiplication takes one addition per window and
/// no doubling.
///
/// The entries that are read depend on the scalar: unlike [`Point::mul`], this is for a voter's own machine only.
pub(crate) struct FixedBaseTable(BatchMulPreprocessing<EdwardsProjective>);

impl FixedBaseTable {
    /// Builds a table whose size suits about this number of multiplications.
    pub(crate) fn new(multiplications: usize) -> FixedBaseTable {
        FixedBaseTable(BatchMulPreprocessing::new(Point::generator().as_affine().into_group(), multiplications))
    }

    /// Returns `start + s·G` for every scalar `s`, with one inversion for all.
    pub(crate) fn add_multiples(&self, start: &Point, scalars: &[Scalar]) -> Vec<Point> {
        let start = start.as_affine().into_group();
        let points: Vec<_> = scalars.iter().map(|scalar| self.add_multiple(start, scalar)).collect();
        EdwardsProjective::normalize_batch(&points).into_iter().map(Point).collect()
    }

    fn add_multiple(&self, start: EdwardsProjective, scalar: &Scalar) -> EdwardsProjective {
        let limbs = Zeroizing::new(scalar.into_bigint().0);
        let windows = self.0.table.iter().enumerate();
        windows.fold(start, |sum, (i, window)| sum + self.table_entry(window, &limbs, i * self.0.window))
    }

    /// Returns the table entry of the digit that begins at bit `from`.
    fn table_entry(&self, window: &[EdwardsAffine], limbs: &[u64; 4], from: usize) -> EdwardsAffine {
        let (limb, shift) = (from / 64, from % 64);
        let next = limbs.get(limb + 1).copied().unwrap_or_default();
        let bits = (u128::from(next) << 64 | u128::from(limbs[limb])) >> shift;
        window[bits as usize & ((1 << self.0.window) - 1)]
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{One, Zero};
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::scalar;

    #[test]
    fn table_multiplies_like_the_curve() {
        let mut scalars = vec![Scalar::zero(), Scalar::one(), -Scalar::one()];
        scalars.extend((0..40).map(|seed| scalar::random_scalar(&mut StdRng::seed_from_u64(seed))));
        for multiplications in [1, 100, 1 << 16] {
            let table = FixedBaseTable::new(multiplications);
            for start in [Point::identity(), Point::generator().mul(&scalars[7])] {
                let expected: Vec<_> = scalars.iter().map(|s| start + Point::generator().mul(s)).collect();
                assert_eq!(table.add_multiples(&start, &scalars), expected);
            }
        }
    }
}
