//! Sums of many lists of points.
//!
//! A list of length `m` is cut into complete binary trees, one for each bit of `m`. All trees of one size are summed side by side: the first
//! halves of all are added to the second halves, and so on, so that after the first level vectors are added as they stand, a lane a
//! tree. That leaves each list with as many points as its length has bits; those are the next pass' lists, until each is one point.

use ark_bn254::Fr;
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use super::forest::Forest;
use crate::adder::Adder;

/// Entries that are summed in one go, if there are lists enough: what comes of them stays in the cache.
const BLOCK: usize = 1 << 14;

/// The lists that have a sum, and their sums.
pub(crate) struct Sums<P: Zeroize> {
    pub(crate) lists: Vec<u32>,
    pub(crate) points: Vec<P>,
}

impl<P: Zeroize> Drop for Sums<P> {
    fn drop(&mut self) {
        self.lists.zeroize();
        self.points.zeroize();
    }
}

/// The sums of lists of points of `from`, each given by its entries' start (and the end of all).
pub(crate) fn sums<A: Adder>(adder: A, from: &[A::Point], entries: &[u32], starts: &[u32]) -> Sums<A::Point> {
    let blocks = blocks(starts);
    let parts: Vec<Sums<A::Point>> = blocks
        .par_iter()
        .map_init(
            || Forest::new(adder),
            |forest, (first, last)| {
                let mut part = block(forest, adder, from, entries, &starts[*first..=*last]);
                part.lists.iter_mut().for_each(|list| *list += *first as u32);
                part
            },
        )
        .collect();
    let count = parts.iter().map(|part| part.lists.len()).sum();
    let mut all = Sums { lists: Vec::with_capacity(count), points: Vec::with_capacity(count) };
    for part in parts {
        all.lists.extend_from_slice(&part.lists);
        all.points.extend_from_slice(&part.points);
    }
    all
}

/// Ranges of lists of about [`BLOCK`] entries.
fn blocks(starts: &[u32]) -> Vec<(usize, usize)> {
    let mut blocks = Vec::new();
    let mut first = 0;
    for list in 1..starts.len() {
        if (starts[list] - starts[first]) as usize >= BLOCK || list + 1 == starts.len() {
            blocks.push((first, list));
            first = list;
        }
    }
    blocks
}

/// The sums of the lists between `starts`, numbered from zero.
fn block<A: Adder>(
    forest: &mut Forest<A>,
    adder: A,
    from: &[A::Point],
    entries: &[u32],
    starts: &[u32],
) -> Sums<A::Point> {
    let filled = |list: &usize| starts[*list] < starts[*list + 1];
    let mut lists: Vec<u32> = Vec::with_capacity(starts.len());
    lists.extend((0..starts.len() - 1).filter(filled).map(|list| list as u32));
    let mut ends: Zeroizing<Vec<u32>> = Zeroizing::new(Vec::with_capacity(lists.len() + 1));
    ends.extend(lists.iter().map(|list| starts[*list as usize]));
    ends.push(starts[starts.len() - 1]);
    let mut pass = forest.pass(from, entries, &ends);
    while pass.points.len() > lists.len() {
        pass = forest.pass(&pass.points, &pass.entries, &pass.starts);
    }
    // One point a list, but in the order in which they came about.
    let points = pass.entries.iter().map(|entry| pass.points[*entry as usize]).collect();
    let mut sums = Sums { lists, points };
    take_back(adder, &mut sums, &forest.take_cancelled());
    sums
}

/// Infinity has no affine coordinates: where two points cancelled, the generator stands in, and is taken away from the list's sum here. A sum
/// that is infinity is left out.
fn take_back<A: Adder>(adder: A, sums: &mut Sums<A::Point>, cancelled: &[u32]) {
    if cancelled.is_empty() {
        return;
    }
    let mut infinite = vec![false; sums.lists.len()];
    let mut cancelled = cancelled.to_vec();
    cancelled.sort_unstable();
    for times in cancelled.chunk_by(|a, b| a == b) {
        let list = times[0] as usize;
        let sum = adder.decode(&sums.points[list]).into_group();
        let stand_ins = Projective::<A::Curve>::from(Affine::generator()) * Fr::from(times.len() as u64);
        let sum: Affine<A::Curve> = (sum - stand_ins).into();
        infinite[list] = sum.is_zero();
        if !sum.is_zero() {
            sums.points[list] = adder.encode(&sum);
        }
    }
    let mut kept = infinite.iter();
    sums.lists.retain(|_| kept.next() == Some(&false));
    let mut kept = infinite.iter();
    sums.points.retain(|_| kept.next() == Some(&false));
}
