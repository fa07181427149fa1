//! How many members have each weight.

/// The different weights, ascending and without their common factor, with the number of members that have each.
pub(super) struct WeightCounts {
    classes: Vec<Class>,
    factor: u64,
}

/// The members of one weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    /// The weight, divided by the common factor.
    pub(super) weight: u64,
    /// How many members have it.
    pub(super) members: usize,
}

impl WeightCounts {
    /// Counts. A common factor would make sums look rarer than they are, so it is divided out.
    pub(super) fn new(weights: &[u64]) -> Self {
        let mut sorted: Vec<u64> = weights.iter().copied().filter(|weight| *weight > 0).collect();
        sorted.sort_unstable();
        let factor = sorted.iter().fold(0, |factor, weight| greatest_common_divisor(factor, *weight)).max(1);
        let same = sorted.chunk_by(|one, other| one == other);
        let classes = same.map(|same| Class { weight: same[0] / factor, members: same.len() }).collect();
        Self { classes, factor }
    }

    /// Returns the different weights, ascending.
    pub(super) fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Returns the greatest common divisor of the weights.
    pub(super) fn factor(&self) -> u64 {
        self.factor
    }

    /// Returns the number of members.
    pub(super) fn members(&self) -> usize {
        self.classes.iter().map(|class| class.members).sum()
    }

    /// Returns the sum of all members' weights, divided by the common factor.
    pub(super) fn total(&self) -> u64 {
        let sums = self.classes.iter().map(|class| class.weight.saturating_mul(class.members as u64));
        sums.fold(0, u64::saturating_add)
    }

    /// Returns the number of members whose weight fewer than `many` members have.
    pub(super) fn members_among_fewer_than(&self, many: usize) -> usize {
        self.classes.iter().map(|class| class.members).filter(|members| *members < many).sum()
    }
}

/// Returns the greatest common divisor; of 0 and `b` it is `b`.
pub(super) fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if a == 0 { b } else { greatest_common_divisor(b % a, a) }
}
