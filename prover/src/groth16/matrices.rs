//! The matrices A and B of a circuit, laid out for products with an assignment: for each constraint, entries of one and
//! minus one are kept apart, as they need no multiplication.

use ark_bn254::Fr;
use ark_ff::{One, Zero};
use psephos_circuits::r1cs::Row;
use rayon::prelude::*;
use zeroize::Zeroizing;

/// A sparse matrix by rows.
pub(super) struct SparseMatrix {
    /// For each row, the offsets at which its entries of one, of minus one and of other values begin.
    starts: Vec<[u32; 3]>,
    units: Vec<u32>,
    negated: Vec<u32>,
    entries: Vec<(Fr, u32)>,
}

/// Least number of rows per thread.
const MIN_ROWS_PER_THREAD: usize = 1024;

impl SparseMatrix {
    pub(super) fn new(rows: &[Row]) -> SparseMatrix {
        let mut sparse = SparseMatrix {
            starts: Vec::with_capacity(rows.len() + 1),
            units: vec![],
            negated: vec![],
            entries: vec![],
        };
        for row in rows {
            sparse.starts.push(sparse.current_offsets());
            for (coefficient, variable) in row {
                let variable = *variable as u32;
                match coefficient {
                    k if k.is_one() => sparse.units.push(variable),
                    k if (-*k).is_one() => sparse.negated.push(variable),
                    k => sparse.entries.push((*k, variable)),
                }
            }
        }
        sparse.starts.push(sparse.current_offsets());
        sparse
    }

    /// Number of rows.
    pub(super) fn row_count(&self) -> usize {
        self.starts.len() - 1
    }

    fn current_offsets(&self) -> [u32; 3] {
        [self.units.len(), self.negated.len(), self.entries.len()].map(|n| n as u32)
    }

    /// Multiplies the matrix with an assignment; pads the result with zeros to `size`.
    pub(super) fn multiply_assignment(&self, assignment: &[Fr], size: usize) -> Zeroizing<Vec<Fr>> {
        let mut values = Zeroizing::new(vec![Fr::zero(); size]);
        let rows = self.starts.par_windows(2).with_min_len(MIN_ROWS_PER_THREAD);
        values.par_iter_mut().with_min_len(MIN_ROWS_PER_THREAD).zip(rows).for_each(|(value, range)| {
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
