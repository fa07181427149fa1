//! Does a circuit determine its variables? The rank of its Jacobian at a satisfied witness.
//!
//! The row of constraint `i` is `(B_i·z)·A_i + (A_i·z)·B_i - C_i`. With the variables that come from outside fixed, every other
//! variable must be a pivot: a column that is free is a variable that a prover may move. This is first order, at one point:
//! evidence, not proof; discrete aliases (`s` and `s + l`) are not seen. Its strength is in counting: without the named assertions a sound
//! circuit here has *as many constraints as variables to determine*, so full rank says that every single one of them is needed.

use std::collections::BTreeMap;

use ark_ff::{Field, Zero};
use psephos_protocol::Fr;

use crate::R1cs;
use crate::r1cs::Row;

/// What the elimination found.
#[derive(Debug, PartialEq, Eq)]
pub struct Rank {
    /// Variables to determine: all but the constant one and the fixed ones.
    pub unknowns: usize,
    /// Constraints that took part: all but assertions.
    pub constraints: usize,
    /// Unknowns that no constraint determines.
    pub free: Vec<usize>,
    /// Constraints that determine nothing.
    pub redundant: Vec<usize>,
}

impl Rank {
    /// Whether every unknown is determined and every constraint needed.
    pub fn is_exact(&self) -> bool {
        self.free.is_empty() && self.redundant.is_empty() && self.unknowns == self.constraints
    }
}

/// The rank with the circuit's given variables and `fixed` ones fixed, leaving out its assertions and the constraint `dropped`.
pub fn rank(system: &R1cs, assignment: &[Fr], fixed: &[usize], dropped: Option<usize>) -> Rank {
    let mut unknown = vec![true; system.variables()];
    unknown[0] = false;
    system.given().iter().chain(fixed).for_each(|v| unknown[*v] = false);
    let left_out = |i: &usize| Some(*i) == dropped || system.assertions().iter().any(|(a, _)| a == i);
    let rows: Vec<usize> = (0..system.constraints()).filter(|i| !left_out(i)).collect();

    let mut pivots: BTreeMap<usize, Vec<(usize, Fr)>> = BTreeMap::new();
    let mut redundant = vec![];
    for &i in &rows {
        let mut row = jacobian(system, assignment, i, &unknown);
        // From the highest column down: what is derived later stands higher.
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
    Rank { unknowns: unknown.iter().filter(|u| **u).count(), constraints: rows.len(), free, redundant }
}

fn jacobian(system: &R1cs, z: &[Fr], i: usize, unknown: &[bool]) -> BTreeMap<usize, Fr> {
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
