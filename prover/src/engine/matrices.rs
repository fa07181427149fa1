//! A and B of a circuit, laid out to be multiplied with an assignment: for each constraint, entries of one and minus one apart, as they need
//! no product.

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use psephos_circuits::r1cs::Row;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// A matrix by rows.
pub(super) struct Sparse {
    /// For each row, where its entries of one, of minus one and of anything else begin.
    starts: Vec<[u32; 3]>,
    units: Vec<u32>,
    negated: Vec<u32>,
    entries: Vec<(Fr, u32)>,
}

/// Rows that one part of the work takes, at least.
const PART: usize = 1024;

impl Sparse {
    pub(super) fn new(rows: &[Row]) -> Sparse {
        let mut sparse =
            Sparse { starts: Vec::with_capacity(rows.len() + 1), units: vec![], negated: vec![], entries: vec![] };
        for row in rows {
            sparse.starts.push(sparse.ends());
            for (coefficient, variable) in row {
                let variable = *variable as u32;
                match coefficient {
                    k if k.is_one() => sparse.units.push(variable),
                    k if (-*k).is_one() => sparse.negated.push(variable),
                    k => sparse.entries.push((*k, variable)),
                }
            }
        }
        sparse.starts.push(sparse.ends());
        sparse
    }

    /// Rows.
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    fn ends(&self) -> [u32; 3] {
        [self.units.len(), self.negated.len(), self.entries.len()].map(|n| n as u32)
    }

    /// The products with an assignment, and zeros up to `size`.
    pub(super) fn times(&self, assignment: &[Fr], size: usize) -> Zeroizing<Vec<Fr>> {
        let mut values = Zeroizing::new(vec![Fr::zero(); size]);
        let rows = self.starts.par_windows(2).with_min_len(PART);
        values.par_iter_mut().with_min_len(PART).zip(rows).for_each(|(value, range)| {
            let [from, to] = [range[0], range[1]].map(|ends| ends.map(|n| n as usize));
            let of = |variable: &u32| &assignment[*variable as usize];
            let mut sum = Fr::zero();
            self.units[from[0]..to[0]].iter().for_each(|variable| sum += of(variable));
            self.negated[from[1]..to[1]].iter().for_each(|variable| sum -= of(variable));
            self.entries[from[2]..to[2]].iter().for_each(|(k, variable)| sum += *k * of(variable));
            *value = sum;
        });
        values
    }
}
