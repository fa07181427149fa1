//! Sums of many lists of points, as trees: the pairs of all lists are added at once, then the pairs of what that gives, until each list
//! is one point.

use ark_bn254::Fr;
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use rayon::prelude::*;
use zeroize::Zeroize;

use crate::adder::{Adder, NEGATIVE, Pairs, sum_of};

/// Entries that are summed in one go, if there are lists enough: what comes of them stays in the cache.
const BLOCK: usize = 1 << 15;

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
    let mut all = Sums { lists: Vec::new(), points: Vec::new() };
    let blocks = blocks(starts);
    let parts: Vec<Sums<A::Point>> = blocks
        .par_iter()
        .map_init(Workspace::<A>::default, |workspace, (first, last)| {
            workspace.sum(adder, from, entries, *first as u32, &starts[*first..=*last])
        })
        .collect();
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

/// Memory for the sums of a block, used again for the next.
struct Workspace<A: Adder> {
    pairs: Pairs,
    scratch: A::Scratch,
    now: Vec<A::Point>,
    next: Vec<A::Point>,
}

impl<A: Adder> Default for Workspace<A> {
    fn default() -> Self {
        Workspace { pairs: Pairs::default(), scratch: A::Scratch::default(), now: Vec::new(), next: Vec::new() }
    }
}

impl<A: Adder> Drop for Workspace<A> {
    fn drop(&mut self) {
        self.now.zeroize();
        self.next.zeroize();
    }
}

impl<A: Adder> Workspace<A> {
    /// The lists from number `first` on, which have their entries between `starts`.
    fn sum(&mut self, adder: A, from: &[A::Point], entries: &[u32], first: u32, starts: &[u32]) -> Sums<A::Point> {
        let mut lists = Vec::with_capacity(starts.len());
        let mut lengths = Vec::with_capacity(starts.len());
        for (list, range) in starts.windows(2).enumerate() {
            if range[0] < range[1] {
                lists.push(first + list as u32);
                lengths.push(range[1] - range[0]);
            }
        }
        let entries = &entries[starts[0] as usize..starts[starts.len() - 1] as usize];
        let mut cancelled = Vec::new();
        self.level(adder, Some((from, entries)), &mut lengths, &mut cancelled);
        while lengths.iter().any(|length| *length > 1) {
            self.level(adder, None, &mut lengths, &mut cancelled);
        }
        let mut sums = Sums { points: self.now[..lists.len()].to_vec(), lists };
        take_back(adder, &mut sums, &cancelled);
        sums
    }

    /// One level of all trees: pairs are added, a point without a partner stays. The first reads table entries, the others what
    /// the one before left in `now`, list by list.
    fn level(
        &mut self,
        adder: A,
        table: Option<(&[A::Point], &[u32])>,
        lengths: &mut [u32],
        cancelled: &mut Vec<usize>,
    ) {
        let Workspace { pairs, scratch, now, next } = self;
        let sums: u32 = lengths.iter().map(|length| length.div_ceil(2)).sum();
        if next.len() < sums as usize {
            next.resize(sums as usize, A::Point::default());
        }
        let operand = |position: u32| table.map_or(position, |(_, entries)| entries[position as usize]);
        let (mut position, mut place) = (0, 0);
        pairs.clear();
        for length in &*lengths {
            for pair in 0..length / 2 {
                pairs.push(operand(position + 2 * pair), operand(position + 2 * pair + 1), place + pair);
            }
            position += length;
            place += length.div_ceil(2);
            if length % 2 == 1 {
                let single = operand(position - 1);
                let point = table.map_or(&**now, |(from, _)| from)[(single & !NEGATIVE) as usize];
                next[place as usize - 1] = if single & NEGATIVE == 0 { point } else { adder.negate(&point) };
            }
        }
        let from = table.map_or(&**now, |(from, _)| from);
        adder.add(from, next, pairs, scratch);
        lengths.iter_mut().for_each(|length| *length = length.div_ceil(2));
        for pair in &pairs.exceptions {
            let pair = *pair as usize;
            let (sum, place) = (sum_of(adder, from, pairs.left[pair], pairs.right[pair]), pairs.to[pair]);
            let mut stand_in = || {
                cancelled.push(list_at(lengths, place));
                Affine::generator()
            };
            let sum = if sum.is_zero() { stand_in() } else { sum };
            next[place as usize] = adder.encode(&sum);
        }
        std::mem::swap(now, next);
    }
}

/// The list whose point stands at a place.
fn list_at(lengths: &[u32], place: u32) -> usize {
    let mut end = 0;
    let holds = |length: &u32| {
        end += length;
        place < end
    };
    lengths.iter().position(holds).unwrap_or(lengths.len())
}

/// Infinity has no affine coordinates: where two points cancelled, the generator stands in, and is taken away from the list's sum here. A sum
/// that is infinity is left out.
fn take_back<A: Adder>(adder: A, sums: &mut Sums<A::Point>, cancelled: &[usize]) {
    if cancelled.is_empty() {
        return;
    }
    let mut infinite = vec![false; sums.lists.len()];
    let mut cancelled = cancelled.to_vec();
    cancelled.sort_unstable();
    for times in cancelled.chunk_by(|a, b| a == b) {
        let list = times[0];
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
