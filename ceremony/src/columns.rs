//! Sums of a circuit's columns at tau: for each variable, its entries times the points of their rows.
//!
//! A column has a few entries, full-size ones mostly, and there are tens of thousands of columns: too small for the methods that make large
//! sums fast, too many for one multiplication an entry. So the doublings are shared by a column's entries, and the inversions of affine
//! arithmetic by the columns of a chunk: all of them are doubled together, bit by bit, and what has a digit there is added.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::batch::{Entry, Finite, Scratch, TABLE, affine, digits, tables};

/// A column of a matrix: rows and entries.
pub(crate) type Column = Vec<(u32, Fr)>;

/// Columns that share inversions.
const CHUNK: usize = 512;
/// From so many entries on a column is summed by itself.
const LONG: usize = 96;

/// The points that a matrix' rows stand for, with their multiples.
struct Rows<'a> {
    columns: &'a [Column],
    points: &'a [G1Affine],
    tables: Vec<Option<[Finite; TABLE]>>,
}

/// For each variable the sum over all matrices: each is its columns, and the points that their rows are multiplied with.
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

/// The sums of terms: all are doubled together, and each gets what has a digit at this bit.
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
        // One addition to a sum at a time; what is left over comes in the next round.
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
    fn any_columns() {
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
