//! From buckets to the sum: each counts as often as its digit says.

use ark_ec::short_weierstrass::Projective;
use ark_ff::{AdditiveGroup, Zero};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::plan::Plan;
use super::tree::{Sums, sums};
use crate::adder::Adder;

/// `sum over sets s and digits d of 2^(bits·s)·d·bucket(s, d)`.
///
/// A digit is `high·2^k + low`. Buckets with the same `low` are summed, and those with the same `high`: two additions a bucket, all of them at
/// once as in the first step, and what is left is the square root in number.
pub(crate) fn weigh<A: Adder>(adder: A, plan: Plan, buckets: &Sums<A::Point>) -> Projective<A::Curve> {
    let split = plan.bits / 2;
    let (lows, highs) = (1usize << split, (plan.buckets() >> split) + 1);
    let lists = lows + highs;
    // Of a bucket, the two lists that it belongs to; the first of each kind counts for nothing.
    let lists_of = |bucket: u32| {
        let (set, digit) = (bucket as usize / plan.buckets(), bucket as usize % plan.buckets() + 1);
        [set * lists + digit % lows, set * lists + lows + (digit >> split)]
    };
    let counts = |list: &usize| !matches!(list % lists, 0) && list % lists != lows;
    let mut starts = Zeroizing::new(vec![0u32; plan.sets() * lists + 1]);
    for list in buckets.lists.iter().flat_map(|bucket| lists_of(*bucket)).filter(counts) {
        starts[list + 1] += 1;
    }
    for list in 1..starts.len() {
        starts[list] += starts[list - 1];
    }
    let mut places = starts.clone();
    let mut entries = Zeroizing::new(vec![0u32; places.last().map_or(0, |end| *end as usize)]);
    for (point, bucket) in buckets.lists.iter().enumerate() {
        for list in lists_of(*bucket).into_iter().filter(counts) {
            entries[places[list] as usize] = point as u32;
            places[list] += 1;
        }
    }
    let sums = sums(adder, &buckets.points, &entries, &starts);
    let sets: Vec<Projective<A::Curve>> = (0..plan.sets())
        .into_par_iter()
        .map(|set| {
            let of = |first: usize, count: usize| climb(adder, &sums, set * lists + first, count);
            let (low, mut high) = (of(0, lows), of(lows, highs));
            for _ in 0..split {
                high.double_in_place();
            }
            low + high
        })
        .collect();
    Zeroizing::new(sets).iter().rev().fold(Projective::zero(), |mut sum, set| {
        for _ in 0..plan.bits {
            sum.double_in_place();
        }
        sum + set
    })
}

/// `sum i·list(first + i)` for `i` below `count`, by running sums from the top.
fn climb<A: Adder>(adder: A, sums: &Sums<A::Point>, first: usize, count: usize) -> Projective<A::Curve> {
    let range = |list: usize| sums.lists.partition_point(|l| (*l as usize) < list);
    let mut next = range(first + count);
    let (mut running, mut total) = (Projective::zero(), Projective::zero());
    for list in (first + 1..first + count).rev() {
        if next > 0 && sums.lists[next - 1] as usize == list {
            next -= 1;
            running += adder.decode(&sums.points[next]);
        }
        total += running;
    }
    total
}
