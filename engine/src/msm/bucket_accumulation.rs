//! Bucket accumulation: the sums of many lists of points, by batch-affine addition.
//!
//! 1. A list of length `m` is cut into segments whose lengths are powers of two, one for each bit that is set in `m`.
//! 2. All segments of one length are summed side by side, pairwise: the second half of each is added to its first half,
//!    and so on. Each lane of a vector belongs to one segment, so after the first level whole vectors are added without
//!    regrouping points.
//! 3. That leaves each list with as many points as its length has bits set. They are the lists of the next pass, until
//!    every list is a single point.
//!
//! All additions of a level are independent and share inversions.

use ark_bn254::Fr;
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use super::pairwise_reduction::PairwiseReducer;
use crate::batch_affine::BatchAdder;

/// The number of entries that are summed in one block, if there are enough lists: their intermediate sums fit the
/// cache.
const BLOCK_ENTRIES: usize = 1 << 14;

/// The sums of lists, without those whose sum is infinity.
pub(crate) struct ListSums<P: Zeroize> {
    /// The numbers of the lists, ascending.
    pub(crate) lists: Vec<u32>,
    /// Their sums.
    pub(crate) points: Vec<P>,
}

impl<P: Zeroize> Drop for ListSums<P> {
    fn drop(&mut self) {
        self.lists.zeroize();
        self.points.zeroize();
    }
}

/// Sums lists of points, on all threads. List `i` is `entries[starts[i]..starts[i + 1]]`: indices into `from`, with
/// [`NEGATE_FLAG`] set on points to be subtracted.
///
/// [`NEGATE_FLAG`]: crate::batch_affine::NEGATE_FLAG
pub(crate) fn sum_lists<A: BatchAdder>(
    adder: A,
    from: &[A::Point],
    entries: &[u32],
    starts: &[u32],
) -> ListSums<A::Point> {
    let blocks = cut_into_blocks(starts);
    let parts: Vec<ListSums<A::Point>> = blocks
        .par_iter()
        .map_init(
            || PairwiseReducer::new(adder),
            |reducer, (first, last)| {
                let mut part = sum_block(reducer, adder, from, entries, &starts[*first..=*last]);
                part.lists.iter_mut().for_each(|list| *list += *first as u32);
                part
            },
        )
        .collect();
    let count = parts.iter().map(|part| part.lists.len()).sum();
    let mut all = ListSums { lists: Vec::with_capacity(count), points: Vec::with_capacity(count) };
    for part in parts {
        all.lists.extend_from_slice(&part.lists);
        all.points.extend_from_slice(&part.points);
    }
    all
}

/// Cuts the lists into ranges of about [`BLOCK_ENTRIES`] entries each.
fn cut_into_blocks(starts: &[u32]) -> Vec<(usize, usize)> {
    let mut blocks = Vec::new();
    let mut first = 0;
    for list in 1..starts.len() {
        if (starts[list] - starts[first]) as usize >= BLOCK_ENTRIES || list + 1 == starts.len() {
            blocks.push((first, list));
            first = list;
        }
    }
    blocks
}

/// Sums the lists that `starts` delimits, numbered from zero.
fn sum_block<A: BatchAdder>(
    reducer: &mut PairwiseReducer<A>,
    adder: A,
    from: &[A::Point],
    entries: &[u32],
    starts: &[u32],
) -> ListSums<A::Point> {
    let nonempty = |list: &usize| starts[*list] < starts[*list + 1];
    let mut lists: Vec<u32> = Vec::with_capacity(starts.len());
    lists.extend((0..starts.len() - 1).filter(nonempty).map(|list| list as u32));
    let mut ends: Zeroizing<Vec<u32>> = Zeroizing::new(Vec::with_capacity(lists.len() + 1));
    ends.extend(lists.iter().map(|list| starts[*list as usize]));
    ends.push(starts[starts.len() - 1]);
    let mut pass = reducer.reduce_once(from, entries, &ends);
    while pass.points.len() > lists.len() {
        pass = reducer.reduce_once(&pass.points, &pass.entries, &pass.starts);
    }
    // One point a list, but in the order of computation: put them into the order of the lists.
    let points = pass.entries.iter().map(|entry| pass.points[*entry as usize]).collect();
    let mut sums = ListSums { lists, points };
    subtract_stand_ins(adder, &mut sums, &reducer.take_cancelled());
    sums
}

/// Subtracts the stand-ins for infinity from the sums, and removes sums that are infinity.
///
/// Infinity has no affine coordinates: where two points cancelled, the generator was put in its place. `cancelled`
/// names the list of each such generator.
fn subtract_stand_ins<A: BatchAdder>(adder: A, sums: &mut ListSums<A::Point>, cancelled: &[u32]) {
    if cancelled.is_empty() {
        return;
    }
    let mut infinite = vec![false; sums.lists.len()];
    let mut cancelled = cancelled.to_vec();
    cancelled.sort_unstable();
    for times in cancelled.chunk_by(|a, b| a == b) {
        let list = times[0] as usize;
        let sum = adder.decode_point(&sums.points[list]).into_group();
        let stand_ins = Projective::<A::Curve>::from(Affine::generator()) * Fr::from(times.len() as u64);
        let sum: Affine<A::Curve> = (sum - stand_ins).into();
        infinite[list] = sum.is_zero();
        if !sum.is_zero() {
            sums.points[list] = adder.encode_point(&sum);
        }
    }
    let mut flags = infinite.iter();
    sums.lists.retain(|_| flags.next() == Some(&false));
    let mut flags = infinite.iter();
    sums.points.retain(|_| flags.next() == Some(&false));
}
