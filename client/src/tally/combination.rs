//! Combining decryption shares by Lagrange interpolation (specification, section 10).

use alloy::primitives::I256;
use psephos_protocol::{Point, committee::LagrangeCoefficients};
use psephos_state::{DecryptionShare, U256, bindings::IPolls::ShareCombination, words};

/// The Lagrange coefficients of the trustees of some indices, in their order.
pub(crate) struct Interpolation(LagrangeCoefficients);

impl Interpolation {
    /// Returns the coefficients for these indices in the committee; `None` if they have none.
    pub(crate) fn of_indices(indices: &[u64]) -> Option<Self> {
        let points: Vec<u64> = indices.iter().map(|index| index + 1).collect();
        LagrangeCoefficients::at_zero(&points).ok().map(Self)
    }

    /// Returns the coefficients themselves.
    pub(crate) fn coefficients(&self) -> &LagrangeCoefficients {
        &self.0
    }

    /// Combines the first `size` points of each share into `sk_j·C`; `None` if a share has fewer.
    pub(crate) fn combine(&self, shares: &[&[Point]], size: usize) -> Option<Vec<Point>> {
        let fits = shares.iter().all(|points| points.len() >= size);
        let points_of = |j: usize| shares.iter().map(|points| points[j]).collect::<Vec<_>>();
        fits.then(|| (0..size).map(|j| self.0.combine_shares(&points_of(j))).collect())
    }

    /// Returns the common denominator in the contract's encoding.
    pub(crate) fn denominator(&self) -> U256 {
        U256::from(self.0.denominator())
    }

    /// Returns the numerators in the contract's encoding.
    pub(crate) fn numerators(&self) -> Vec<I256> {
        self.0.numerators().iter().map(|&numerator| I256::try_from(numerator).unwrap_or_default()).collect()
    }
}

/// Decryption shares of one total in the order of their trustees' indices, with their Lagrange coefficients.
pub(crate) struct Combination<'a> {
    shares: Vec<&'a DecryptionShare>,
    coefficients: Interpolation,
}

impl<'a> Combination<'a> {
    /// Chooses the shares of the `threshold` trustees with the lowest indices; `None` if there are fewer.
    pub(crate) fn choose(shares: &'a [DecryptionShare], threshold: u64) -> Option<Self> {
        Self::choose_from(shares.iter().collect(), threshold)
    }

    /// As [`Combination::choose`], from some of the shares.
    pub(crate) fn choose_from(mut chosen: Vec<&'a DecryptionShare>, threshold: u64) -> Option<Self> {
        chosen.sort_by_key(|share| share.index);
        chosen.truncate(threshold as usize);
        (chosen.len() as u64 == threshold).then(|| Self::new(chosen)).flatten()
    }

    /// Returns the combined shares, in the order of their coefficients.
    pub(crate) fn shares(&self) -> &[&'a DecryptionShare] {
        &self.shares
    }

    /// Returns the Lagrange coefficients.
    pub(crate) fn coefficients(&self) -> &LagrangeCoefficients {
        self.coefficients.coefficients()
    }

    /// Returns the shares of the trustees in a bit mask; `None` if one of them has posted none, or if they are not as
    /// many as the threshold.
    pub(crate) fn from_mask(shares: &'a [DecryptionShare], trustees: u64, threshold: u64) -> Option<Self> {
        let mut chosen: Vec<&DecryptionShare> =
            shares.iter().filter(|share| share.index < 64 && trustees >> share.index & 1 == 1).collect();
        chosen.sort_by_key(|share| share.index);
        let complete = chosen.len() as u64 == threshold && u64::from(trustees.count_ones()) == threshold;
        complete.then(|| Self::new(chosen)).flatten()
    }

    fn new(shares: Vec<&'a DecryptionShare>) -> Option<Self> {
        let indices: Vec<u64> = shares.iter().map(|share| share.index).collect();
        let coefficients = Interpolation::of_indices(&indices)?;
        Some(Self { shares, coefficients })
    }

    /// Combines the shares into `sk_j·C` for each option of a poll of this size; `None` if a share has another number
    /// of points.
    pub(crate) fn combine_multiples(&self, size: usize) -> Option<Vec<Point>> {
        let fits = self.shares.iter().all(|share| share.points.len() == size);
        let points: Vec<&[Point]> = self.shares.iter().map(|share| share.points.as_slice()).collect();
        fits.then(|| self.coefficients.combine(&points, size)).flatten()
    }

    /// Returns the combination in the contract's encoding.
    pub(crate) fn to_share_combination(&self) -> ShareCombination {
        ShareCombination {
            trustees: self.shares.iter().fold(U256::ZERO, |bits, share| bits | U256::from(1) << share.index),
            denominator: self.coefficients.denominator(),
            coefficients: self.coefficients.numerators(),
            shares: self.shares.iter().flat_map(|share| words::from_points(&share.points)).collect(),
        }
    }
}

/// Returns the combination for a total whose `C` is the identity, which needs no shares.
pub(crate) fn empty_combination() -> ShareCombination {
    ShareCombination { trustees: U256::ZERO, denominator: U256::ZERO, coefficients: Vec::new(), shares: Vec::new() }
}
