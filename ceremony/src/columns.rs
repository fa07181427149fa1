//! Evaluation of a circuit's columns at tau: for each variable, the sum of its entries times the points of their rows.
//!
//! A column has few entries, mostly of full size, and there are tens of thousands of columns: too small for Pippenger's
//! method, too many for one multiplication per entry. So a column's entries share their doublings, and the columns of a
//! chunk share the inversions of affine arithmetic: all sums are doubled together, bit by bit, and every entry with a
//! digit at that bit is added.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::batch::{Entry, Finite, Scratch, TABLE, affine, digits, tables};

/// A column of a matrix: the row and value of each entry.
pub(crate) type Column = Vec<(u32, Fr)>;

/// Number of columns that share inversions.
const CHUNK: usize = 512;
/// Number of entries from which a column is summed by itself, by multi-scalar multiplication.
const LONG: usize = 96;

/// A matrix with the points of its rows and their tables of multiples.
struct Rows<'a> {
    columns: &'a [Column],
    points: &'a [G1Affine],
    tables: Vec<Option<[Finite; TABLE]>>,
}

/// Computes for each variable the sum over all matrices. A matrix is given by its columns and the points of its rows.
pub(crate) fn sums(matrices: &[(&[Column], &[G1Affine])]) -> Vec<G1Affine> {
    let rows: Vec<Rows<'_>> = matrices
        .iter()
        .map(|(columns, points)| {
            let tables = points.par_chunks(CHUNK).flat_map_iter(tables).collect();
            Rows { columns, points, tables }
        })
        .collect();
    let variables = matrices.iter().map(|(columns, _)| columns.len()).max().unwrap_or_default();
    let starts: Vec<usize> = (0..variables).step_by(CHUNK).collect();
    starts.into_par_iter().flat_map_iter(|start| chunk(&rows, start..variables.min(start + CHUNK))).collect()
}

/// An entry of a short column.
struct Term<'a> {
    sum: usize,
    table: &'a [Finite; TABLE],
    digits: [Zeroizing<Vec<i8>>; 2],
}

fn chunk(rows: &[Rows<'_>], variables: std::ops::Range<usize>) -> Vec<G1Affine> {
    let count = variables.len();
    let mut terms = Vec::new();
    let mut long = vec![G1Projective::default(); count];
    for rows in rows {
        for (sum, variable) in variables.clone().enumerate() {
            let Some(column) = rows.columns.get(variable) else { continue };
            if column.len() >= LONG {
                let (points, entries): (Vec<_>, Vec<_>) =
                    column.iter().map(|(row, entry)| (rows.points[*row as usize], *entry)).unzip();
                long[sum] += G1Projective::msm_unchecked(&points, &entries);
                continue;
            }
            let entries = column.iter().filter_map(|(row, entry)| Some((rows.tables[*row as usize].as_ref()?, entry)));
            terms.extend(entries.map(|(table, entry)| Term { sum, table, digits: digits(*entry) }));
        }
    }
    let short: Vec<G1Affine> = together(count, &terms).into_iter().map(affine).collect();
    let sums: Vec<G1Projective> = long.into_iter().zip(short).map(|(long, short)| long + short).collect();
    G1Projective::normalize_batch(&sums)
}

/// Computes the sums of terms: all sums are doubled together, and each term with a digit at the current bit is added.
fn together(count: usize, terms: &[Term<'_>]) -> Vec<Option<Finite>> {
    let mut sums: Vec<Option<Finite>> = vec![None; count];
    let mut scratch = Scratch::default();
    let bits = terms.iter().flat_map(|term| term.digits.iter().map(|digits| digits.len())).max().unwrap_or_default();
    for bit in (0..bits).rev() {
        double(&mut scratch, &mut sums);
        let mut waiting: Vec<(usize, Finite)> = Vec::new();
        for term in terms {
            for (half, digits) in term.digits.iter().enumerate() {
                let entry = digits.get(bit).and_then(|digit| Entry::of(*digit, half));
                waiting.extend(entry.map(|entry| (term.sum, entry.point(term.table))));
            }
        }
        // One addition per sum at a time; the others follow in the next pass.
        while !waiting.is_empty() {
            let mut taken = vec![false; count];
            let free = |(sum, _): &(usize, Finite)| !std::mem::replace(&mut taken[*sum], true);
            let (lanes, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(free);
            scratch.accumulate(&mut sums, &lanes);
            waiting = rest;
        }
    }
    sums
}

fn double(scratch: &mut Scratch, sums: &mut [Option<Finite>]) {
    let mut finite: Vec<Finite> = sums.iter().flatten().copied().collect();
    scratch.double(&mut finite);
    let mut doubled = finite.into_iter();
    sums.iter_mut().filter(|sum| sum.is_some()).for_each(|sum| *sum = doubled.next());
}

#[cfg(test)]
mod tests {
    use ark_ec::AffineRepr;
    use ark_ff::UniformRand;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn sums_equal_direct_multiplication() {
        let mut rng = StdRng::seed_from_u64(4);
        let mut points: Vec<G1Affine> = (0..300).map(|_| G1Projective::rand(&mut rng).into_affine()).collect();
        points[17] = G1Affine::zero();
        points[5] = points[4];
        points[7] = -points[6];
        let mut entry = |row: u32| match rng.gen_range(0..6) {
            0 => (row, Fr::from(1u64)),
            1 => (row, -Fr::from(1u64)),
            2 => (row, Fr::from(rng.r#gen::<u32>())),
            3 => (row, Fr::from(0u64)),
            _ => (row, Fr::rand(&mut rng)),
        };
        let mut columns: Vec<Column> =
            (0..600u32).map(|v| (0..v % 7).map(|i| entry((v + 31 * i) % 300)).collect()).collect();
        let same = Fr::from(77u64);
        columns[0] = vec![(4, same), (5, same), (6, same), (7, same)];
        columns[1] = (0..200).map(&mut entry).collect();
        columns[2] = vec![(4, same), (5, -same)];
        let second: Vec<Column> = columns.iter().rev().take(580).cloned().collect();
        let term = |(row, entry): &(u32, Fr)| points[*row as usize] * entry;
        let expected: Vec<G1Affine> = (0..600)
            .map(|v| {
                let all = columns[v].iter().chain(second.get(v).into_iter().flatten());
                all.map(term).sum::<G1Projective>().into_affine()
            })
            .collect();
        assert!(sums(&[(&columns, &points), (&second, &points)]) == expected);
    }
}
