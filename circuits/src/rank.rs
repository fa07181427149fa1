//! The rank check: the rank of a circuit's Jacobian at a satisfying witness shows whether constraints determine all
//! variables.
//!
//! The row of constraint `i` is `(B_i·z)·A_i + (A_i·z)·B_i - C_i`. With the free witness inputs fixed, every other
//! variable must be a pivot: a column without a pivot is a variable that a prover may change. This is a first-order
//! argument at one point, so evidence and not proof; discrete aliases (`s` and `s + l`) are not detected. Its
//! strength is in the count: without the named assertions, a sound circuit here has *as many constraints as variables
//! to determine*, so full rank says that every single one of them is needed.

use std::collections::BTreeMap;

use ark_ff::{Field, Zero};
use psephos_protocol::Fr;

use crate::R1cs;
use crate::r1cs::Row;

/// The result of the elimination.
#[derive(Debug, PartialEq, Eq)]
pub struct RankReport {
    /// Number of variables to determine: all but the constant one and the fixed ones.
    pub unknowns: usize,
    /// Number of constraints that took part: all but assertions and the dropped one.
    pub constraints: usize,
    /// Unknowns that no constraint determines.
    pub undetermined: Vec<usize>,
    /// Constraints that determine nothing.
    pub redundant: Vec<usize>,
}

impl RankReport {
    /// Returns whether every unknown is determined and every constraint is needed.
    pub fn is_exact(&self) -> bool {
        self.undetermined.is_empty() && self.redundant.is_empty() && self.unknowns == self.constraints
    }
}

/// Returns the rank with the circuit's free witness inputs and the variables `fixed` taken as known, without the
/// circuit's assertions and without the constraint `dropped`.
pub fn jacobian_rank(system: &R1cs, assignment: &[Fr], fixed: &[usize], dropped: Option<usize>) -> RankReport {
    let mut unknown = vec![true; system.num_variables()];
    unknown[0] = false;
    system.free_inputs().iter().chain(fixed).for_each(|v| unknown[*v] = false);
    let left_out = |i: &usize| Some(*i) == dropped || system.assertions().iter().any(|(a, _)| a == i);
    let rows: Vec<usize> = (0..system.num_constraints()).filter(|i| !left_out(i)).collect();

    let mut pivots: BTreeMap<usize, Vec<(usize, Fr)>> = BTreeMap::new();
    let mut redundant = vec![];
    for &i in &rows {
        let mut row = jacobian_row(system, assignment, i, &unknown);
        // Eliminates from the highest column down: derived variables have higher positions than those they derive
        // from.
        let pivot = loop {
            let Some((&column, &value)) = row.iter().next_back() else { break None };
            let Some(pivot) = pivots.get(&column) else { break Some((column, value)) };
            for (k, p) in pivot {
                let entry = row.entry(*k).or_default();
                *entry -= value * p;
                if entry.is_zero() {
                    row.remove(k);
                }
            }
        };
        match pivot {
            None => redundant.push(i),
            Some((column, value)) => {
                let scale = value.inverse().unwrap_or_default();
                pivots.insert(column, row.into_iter().map(|(k, v)| (k, v * scale)).collect());
            }
        }
    }
    let free = (0..unknown.len()).filter(|v| unknown[*v] && !pivots.contains_key(v)).collect();
    RankReport {
        unknowns: unknown.iter().filter(|u| **u).count(),
        constraints: rows.len(),
        undetermined: free,
        redundant,
    }
}

fn jacobian_row(system: &R1cs, z: &[Fr], i: usize, unknown: &[bool]) -> BTreeMap<usize, Fr> {
    let [a, b, c] = system.matrices().each_ref().map(|m| &m[i]);
    let value = |row: &Row| row.iter().fold(Fr::zero(), |sum, (k, v)| sum + *k * z[*v]);
    let (va, vb) = (value(a), value(b));
    let mut out: BTreeMap<usize, Fr> = BTreeMap::new();
    for (row, factor) in [(a, vb), (b, va), (c, -Fr::from(1u64))] {
        for (k, v) in row.iter().filter(|(_, v)| unknown[*v]) {
            *out.entry(*v).or_default() += factor * k;
        }
    }
    out.retain(|_, v| !v.is_zero());
    out
}
