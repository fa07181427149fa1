//! Bucket reduction: the sum of all buckets, each multiplied by its digit.
//!
//! Running sums from the highest digit downwards take two additions a bucket, but each depends on the one before. So
//! most of the work is turned into bucket accumulation, whose additions are independent:
//!
//! 1. Write a digit as `high·2^k + low`, with `k` half of its bits. Then
//!    `sum d·bucket(d) = 2^k·sum high·row(high) + sum low·column(low)`, where `row(high)` is the sum of the buckets
//!    with that high half, and `column(low)` of those with that low half.
//! 2. Sum rows and columns: two batch-affine additions a bucket, of all buckets and sets at once.
//! 3. Reduce the rows and the columns by running sums. Their number is about the square root of the number of buckets.
//! 4. Combine the bucket sets `s`, whose lowest windows have the weights `2^(bits·s)`, by Horner's rule.

use ark_ec::short_weierstrass::Projective;
use ark_ff::{AdditiveGroup, Zero};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::bucket_accumulation::{ListSums, sum_lists};
use super::plan::MsmPlan;
use crate::batch_affine::BatchAdder;

/// Computes `sum 2^(bits·s)·d·bucket(s, d)` over bucket sets `s` and digits `d`.
pub(crate) fn reduce_buckets<A: BatchAdder>(
    adder: A,
    plan: MsmPlan,
    buckets: &ListSums<A::Point>,
) -> Projective<A::Curve> {
    let split = plan.bits / 2;
    let (lows, highs) = (1usize << split, (plan.buckets_per_set() >> split) + 1);
    let lists = lows + highs;
    // A bucket's column and row. Column 0 and row 0 have the weight zero and are left out.
    let lists_of = |bucket: u32| {
        let (set, digit) = (bucket as usize / plan.buckets_per_set(), bucket as usize % plan.buckets_per_set() + 1);
        [set * lists + digit % lows, set * lists + lows + (digit >> split)]
    };
    let has_weight = |list: &usize| !matches!(list % lists, 0) && list % lists != lows;
    let mut starts = Zeroizing::new(vec![0u32; plan.bucket_sets() * lists + 1]);
    for list in buckets.lists.iter().flat_map(|bucket| lists_of(*bucket)).filter(has_weight) {
        starts[list + 1] += 1;
    }
    for list in 1..starts.len() {
        starts[list] += starts[list - 1];
    }
    let mut positions = starts.clone();
    let mut entries = Zeroizing::new(vec![0u32; positions.last().map_or(0, |end| *end as usize)]);
    for (point, bucket) in buckets.lists.iter().enumerate() {
        for list in lists_of(*bucket).into_iter().filter(has_weight) {
            entries[positions[list] as usize] = point as u32;
            positions[list] += 1;
        }
    }
    let sums = sum_lists(adder, &buckets.points, &entries, &starts);
    let sets: Vec<Projective<A::Curve>> = (0..plan.bucket_sets())
        .into_par_iter()
        .map(|set| {
            let of = |first: usize, count: usize| sum_weighted(adder, &sums, set * lists + first, count);
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

/// Computes `sum i·list(first + i)` for `i` below `count`, by running sums from the highest `i` downwards.
fn sum_weighted<A: BatchAdder>(
    adder: A,
    sums: &ListSums<A::Point>,
    first: usize,
    count: usize,
) -> Projective<A::Curve> {
    let range = |list: usize| sums.lists.partition_point(|l| (*l as usize) < list);
    let mut next = range(first + count);
    let (mut running, mut total) = (Projective::zero(), Projective::zero());
    for list in (first + 1..first + count).rev() {
        if next > 0 && sums.lists[next - 1] as usize == list {
            next -= 1;
            running += adder.decode_point(&sums.points[next]);
        }
        total += running;
    }
    total
}
