//! As many trustees' shares as it takes, and how they combine (specification, section 10).

use psephos_protocol::{Point, committee::Coefficients};
use psephos_state::{DecryptionShare, U256, bindings::IPolls::ShareCombination, words};

/// Shares of one total by index of their trustees, with Lagrange's coefficients.
pub(crate) struct Combination<'a> {
    shares: Vec<&'a DecryptionShare>,
    coefficients: Coefficients,
}

impl<'a> Combination<'a> {
    /// Of the first `threshold` trustees that have posted; `None` if there are fewer.
    pub(crate) fn choose(shares: &'a [DecryptionShare], threshold: u64) -> Option<Self> {
        let mut chosen: Vec<&DecryptionShare> = shares.iter().collect();
        chosen.sort_by_key(|share| share.index);
        chosen.truncate(threshold as usize);
        (chosen.len() as u64 == threshold).then(|| Self::new(chosen)).flatten()
    }

    /// Of the trustees of these bits; `None` if one of them has posted none, or they are not as many as the threshold.
    pub(crate) fn of(shares: &'a [DecryptionShare], trustees: u64, threshold: u64) -> Option<Self> {
        let mut chosen: Vec<&DecryptionShare> =
            shares.iter().filter(|share| share.index < 64 && trustees >> share.index & 1 == 1).collect();
        chosen.sort_by_key(|share| share.index);
        let complete = chosen.len() as u64 == threshold && u64::from(trustees.count_ones()) == threshold;
        complete.then(|| Self::new(chosen)).flatten()
    }

    fn new(shares: Vec<&'a DecryptionShare>) -> Option<Self> {
        let points: Vec<u64> = shares.iter().map(|share| share.index + 1).collect();
        let coefficients = Coefficients::at_zero(&points).ok()?;
        Some(Self { shares, coefficients })
    }

    /// `sk_j·C` for the options of a poll of this size; `None` if a share has another number of points.
    pub(crate) fn multiples(&self, size: usize) -> Option<Vec<Point>> {
        let fits = self.shares.iter().all(|share| share.points.len() == size);
        let option = |j: usize| self.shares.iter().map(|share| share.points[j]).collect::<Vec<_>>();
        fits.then(|| (0..size).map(|j| self.coefficients.combine(&option(j))).collect())
    }

    /// As the contract takes it.
    pub(crate) fn share_combination(&self) -> ShareCombination {
        ShareCombination {
            trustees: self.shares.iter().fold(U256::ZERO, |bits, share| bits | U256::from(1) << share.index),
            denominator: U256::from(self.coefficients.denominator()),
            coefficients: self
                .coefficients
                .numerators()
                .iter()
                .map(|&numerator| alloy::primitives::I256::try_from(numerator).unwrap_or_default())
                .collect(),
            shares: self.shares.iter().flat_map(|share| words::from_points(&share.points)).collect(),
        }
    }
}

/// What opens a total that is open as it stands.
pub(crate) fn empty_combination() -> ShareCombination {
    ShareCombination { trustees: U256::ZERO, denominator: U256::ZERO, coefficients: Vec::new(), shares: Vec::new() }
}
