//! A list of a key's points, prepared for multi-scalar multiplication with an assignment.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use psephos_engine::{Backend, Bases, Digits, HalfScalars, MsmCurve, MsmPlan};
use zeroize::Zeroizing;

/// The finite points of a list, prepared, and the indices of their scalars.
pub(super) struct Query<C: MsmCurve> {
    plan: MsmPlan,
    scalars: Vec<u32>,
    bases: Bases<C>,
}

impl<C: MsmCurve> Query<C> {
    /// Prepares a list of points. Points at infinity add nothing and are left out.
    pub(super) fn new(arithmetic: Backend, budget: TableBudget, points: &[&[Affine<C>]]) -> Query<C> {
        let all = points.iter().flat_map(|points| points.iter()).zip(0..);
        let (finite, scalars): (Vec<Affine<C>>, Vec<u32>) = all.filter(|(point, _)| !point.is_zero()).unzip();
        let plan = MsmPlan::new(finite.len(), budget.table_points(size_of::<Affine<C>>(), finite.len()));
        Query { plan, scalars, bases: Bases::new(arithmetic, plan, &finite) }
    }

    /// Computes the digits of the scalars of these points.
    pub(super) fn select_digits(&self, scalars: &[&[HalfScalars]]) -> Digits {
        let first = scalars.first().map_or(0, |list| list.len());
        let of = |i: &u32| {
            let i = *i as usize;
            if i < first { scalars[0][i] } else { scalars[1][i - first] }
        };
        let selected: Zeroizing<Vec<HalfScalars>> = Zeroizing::new(self.scalars.iter().map(of).collect());
        Digits::new(self.plan, &selected)
    }

    /// Computes the sum of the points' multiples.
    pub(super) fn multi_scalar_multiply(&self, digits: &Digits) -> Projective<C> {
        self.bases.multiscalar_mul(digits)
    }

    /// Whether another query has equal digits for equal scalars.
    pub(super) fn shares_digits<D: MsmCurve>(&self, other: &Query<D>) -> bool {
        self.plan == other.plan && self.scalars == other.scalars
    }
}

/// The memory for a key's tables, of which each list gets a share.
#[derive(Clone, Copy)]
pub(super) struct TableBudget {
    /// Memory for all lists, in bytes.
    pub(super) bytes: usize,
    /// Size of all lists without tables, in bytes.
    pub(super) of: usize,
}

impl TableBudget {
    /// Number of points that the tables of a list of `count` points may hold: its share of the memory.
    fn table_points(self, point: usize, count: usize) -> usize {
        let own = (point * count) as u128;
        let share = self.bytes as u128 * own / (self.of.max(1) as u128);
        usize::try_from(share).unwrap_or(usize::MAX) / point.max(1)
    }
}
