//! One pass of pairwise reduction over lists of points: each list is cut into segments whose lengths are powers of two,
//! and each segment is summed to one point, level by level as a complete binary tree.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::Affine;
use zeroize::{DefaultIsZeroes, Zeroize, Zeroizing};

use crate::batch_affine::{BatchAdder, NEGATE_FLAG};
use crate::scratch::reserve_zeroized;

/// The lists after a pass: the segments' sums in order of computation, and for each list the indices of its points.
pub(crate) struct ReducedLists<P: Zeroize> {
    pub(crate) points: Vec<P>,
    /// Indices into `points`, list by list.
    pub(crate) entries: Vec<u32>,
    /// The start of each list's range of `entries`, followed by the end of the last.
    pub(crate) starts: Vec<u32>,
}

impl<P: Zeroize> Drop for ReducedLists<P> {
    fn drop(&mut self) {
        self.points.zeroize();
        self.entries.zeroize();
        self.starts.zeroize();
    }
}

/// A segment of a list: the position of its first entry, and the number of its list.
#[derive(Clone, Copy, Default)]
struct Segment {
    entry: u32,
    list: u32,
}

impl DefaultIsZeroes for Segment {}

/// The segments of length `2^log` during a pass: `rows` rows of `width` vectors from vector `first` on. There is a row
/// for each point that a segment still has, and a lane for each segment.
#[derive(Clone, Copy)]
struct SegmentGroup {
    log: usize,
    first: usize,
    rows: usize,
    width: usize,
}

/// Pairwise reduction, with the buffers of a pass, which the next one reuses.
pub(crate) struct PairwiseReducer<A: BatchAdder> {
    adder: A,
    /// Segments, by the logarithm of their length.
    segments: Vec<Vec<Segment>>,
    /// The point indices of the first level's left and right operands.
    operands: [Vec<u32>; 2],
    /// The vectors that a later level adds.
    pairs: Vec<[u32; 2]>,
    /// The vectors of the current level.
    current: Vec<A::Vector>,
    /// The vectors of the next level.
    next: Vec<A::Vector>,
    scratch: A::Scratch,
    /// The lists in which points cancelled, once for each time.
    cancelled: Vec<u32>,
}

impl<A: BatchAdder> Drop for PairwiseReducer<A> {
    fn drop(&mut self) {
        self.segments.iter_mut().for_each(Zeroize::zeroize);
        self.operands.iter_mut().for_each(Zeroize::zeroize);
        self.pairs.zeroize();
        self.current.zeroize();
        self.next.zeroize();
    }
}

impl<A: BatchAdder> PairwiseReducer<A> {
    pub(crate) fn new(adder: A) -> PairwiseReducer<A> {
        PairwiseReducer {
            adder,
            segments: Vec::new(),
            operands: Default::default(),
            pairs: Vec::new(),
            current: Vec::new(),
            next: Vec::new(),
            scratch: A::Scratch::default(),
            cancelled: Vec::new(),
        }
    }

    /// Takes the numbers of the lists in whose sums the generator stands in for infinity since the last call, once for
    /// each time.
    pub(crate) fn take_cancelled(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.cancelled)
    }

    /// Sums the segments of lists, none of which may be empty. `entries` and `starts` are as in [`ReducedLists`], with
    /// [`NEGATE_FLAG`] set on points to be subtracted.
    pub(crate) fn reduce_once(&mut self, from: &[A::Point], entries: &[u32], starts: &[u32]) -> ReducedLists<A::Point> {
        self.cut_into_segments(starts);
        let count = self.segments.iter().map(Vec::len).sum::<usize>();
        // Vectors are unpacked as a whole, and the points of unused lanes dropped again: hence the larger capacity.
        let mut points = Vec::with_capacity(count + A::LANES);
        let mut owners = Zeroizing::new(Vec::with_capacity(count));
        // Segments of one point need no addition.
        for segment in self.segments.first().into_iter().flatten() {
            let entry = entries[segment.entry as usize];
            let point = &from[(entry & !NEGATE_FLAG) as usize];
            points.push(if entry & NEGATE_FLAG == 0 { *point } else { self.adder.negate_point(point) });
            owners.push(segment.list);
        }
        let mut groups = self.add_first_level(from, entries);
        while !groups.is_empty() {
            for group in groups.iter().filter(|group| group.rows == 1) {
                let segments = &self.segments[group.log];
                self.adder.unpack_points(&self.current[group.first..][..group.width], segments.len(), &mut points);
                owners.extend(segments.iter().map(|segment| segment.list));
            }
            groups.retain(|group| group.rows > 1);
            self.add_next_level(&mut groups);
        }
        group_by_list(points, &owners, starts.len() - 1)
    }

    /// Cuts lists into segments, longest first.
    fn cut_into_segments(&mut self, starts: &[u32]) {
        self.reserve_segments(starts);
        for (list, range) in starts.windows(2).enumerate() {
            let (mut entry, length) = (range[0], range[1] - range[0]);
            let logs = u32::BITS as usize - length.leading_zeros() as usize;
            for log in (0..logs).rev().filter(|log| length >> log & 1 == 1) {
                self.segments[log].push(Segment { entry, list: list as u32 });
                entry += 1 << log;
            }
        }
        for log in (2..self.segments.len()).rev() {
            if self.segments[log].len() < Self::MIN_SEGMENTS {
                let mut long = std::mem::take(&mut self.segments[log]);
                for segment in &long {
                    let second = Segment { entry: segment.entry + (1 << (log - 1)), ..*segment };
                    self.segments[log - 1].extend([*segment, second]);
                }
                long.clear();
                self.segments[log] = long;
            }
        }
    }

    /// Fewer segments of one length than this would leave too many lanes unused: each is cut into two shorter ones.
    const MIN_SEGMENTS: usize = 4 * (A::LANES - 1);

    /// Reserves memory for the segments of lists: for each length, for those cut from lists and those cut from longer
    /// segments.
    fn reserve_segments(&mut self, starts: &[u32]) {
        let mut counts = [0usize; u32::BITS as usize];
        for range in starts.windows(2) {
            let length = range[1] - range[0];
            counts.iter_mut().enumerate().for_each(|(log, count)| *count += (length >> log & 1) as usize);
        }
        let logs = counts.iter().rposition(|count| *count > 0).map_or(0, |log| log + 1);
        self.segments.resize_with(self.segments.len().max(logs), Vec::new);
        for log in (0..logs).rev() {
            reserve_zeroized(&mut self.segments[log], counts[log]);
            if log >= 2 && counts[log] < Self::MIN_SEGMENTS {
                counts[log - 1] += 2 * counts[log];
            }
        }
        self.segments[logs..].iter_mut().for_each(Vec::clear);
    }

    /// Adds the second half of each segment to the first. Unused lanes repeat the last segment.
    fn add_first_level(&mut self, from: &[A::Point], entries: &[u32]) -> Vec<SegmentGroup> {
        let PairwiseReducer { adder, segments, operands, current, scratch, cancelled, .. } = self;
        let [left, right] = operands;
        let mut groups: Vec<SegmentGroup> = Vec::new();
        let lanes = |(log, segments): (usize, &Vec<Segment>)| segments.len().next_multiple_of(A::LANES) << log >> 1;
        let count = segments.iter().enumerate().skip(1).map(lanes).sum::<usize>() + A::MAX_PADDING;
        reserve_zeroized(left, count);
        reserve_zeroized(right, count);
        for (log, segments) in segments.iter().enumerate().skip(1).filter(|(_, segments)| !segments.is_empty()) {
            let (rows, width) = (1usize << (log - 1), segments.len().div_ceil(A::LANES));
            groups.push(SegmentGroup { log, first: left.len() / A::LANES, rows, width });
            for row in 0..rows {
                let entry = |segment: &Segment, row: usize| entries[segment.entry as usize + row];
                left.extend(segments.iter().map(|segment| entry(segment, row)));
                right.extend(segments.iter().map(|segment| entry(segment, row + rows)));
                for list in [&mut *left, &mut *right] {
                    let last = list[list.len() - 1];
                    list.resize(list.len().next_multiple_of(A::LANES), last);
                }
            }
        }
        for pair in adder.add_points(from, [left, right], current, scratch) {
            let pair = pair as usize;
            let point = |entry: u32| {
                let point = adder.decode_point(&from[(entry & !NEGATE_FLAG) as usize]);
                if entry & NEGATE_FLAG == 0 { point } else { -point }
            };
            let sum = (point(left[pair]) + point(right[pair])).into();
            store_exceptional_sum(
                *adder,
                current,
                pair,
                sum,
                list_of_lane(&groups, segments, pair, A::LANES),
                cancelled,
            );
        }
        groups
    }

    /// Adds the second half of each group's rows to the first.
    fn add_next_level(&mut self, groups: &mut [SegmentGroup]) {
        let PairwiseReducer { adder, segments, pairs, current, next, scratch, cancelled, .. } = self;
        let count = groups.iter().map(|group| group.rows / 2 * group.width).sum::<usize>();
        reserve_zeroized(pairs, count + A::MAX_PADDING);
        for group in &mut *groups {
            group.rows /= 2;
            let (first, half) = (group.first as u32, (group.rows * group.width) as u32);
            group.first = pairs.len();
            pairs.extend((first..first + half).map(|vector| [vector, vector + half]));
        }
        for pair in adder.add_vectors(current, pairs, next, scratch) {
            let pair = pair as usize;
            let [p, q] =
                pairs[pair / A::LANES].map(|vector| adder.extract_lane(&current[vector as usize], pair % A::LANES));
            store_exceptional_sum(
                *adder,
                next,
                pair,
                (p + q).into(),
                list_of_lane(groups, segments, pair, A::LANES),
                cancelled,
            );
        }
        std::mem::swap(current, next);
    }
}

/// Returns the list of the segment that a lane belongs to, or `None` for an unused lane. `pair` counts lanes over all
/// vectors.
fn list_of_lane(groups: &[SegmentGroup], segments: &[Vec<Segment>], pair: usize, lanes: usize) -> Option<u32> {
    let vector = pair / lanes;
    let group = groups.iter().find(|group| (group.first..group.first + group.rows * group.width).contains(&vector))?;
    let index = (vector - group.first) % group.width * lanes + pair % lanes;
    segments[group.log].get(index).map(|segment| segment.list)
}

/// Writes the sum of an exceptional pair, which the affine formula does not give. The generator stands in for infinity,
/// and `list` is then recorded in `cancelled`.
fn store_exceptional_sum<A: BatchAdder>(
    adder: A,
    vectors: &mut [A::Vector],
    pair: usize,
    sum: Affine<A::Curve>,
    list: Option<u32>,
    cancelled: &mut Vec<u32>,
) {
    if sum.is_zero() {
        cancelled.extend(list);
    }
    let sum = if sum.is_zero() { Affine::generator() } else { sum };
    adder.set_lane(&mut vectors[pair / A::LANES], pair % A::LANES, &sum);
}

/// Groups points by list, with a counting sort. `owners` has the list of each point.
fn group_by_list<P: Zeroize>(points: Vec<P>, owners: &[u32], lists: usize) -> ReducedLists<P> {
    let mut starts = vec![0u32; lists + 1];
    owners.iter().for_each(|list| starts[*list as usize + 1] += 1);
    for list in 0..lists {
        starts[list + 1] += starts[list];
    }
    let mut positions = Zeroizing::new(starts.clone());
    let mut entries = vec![0u32; points.len()];
    for (point, list) in (0..).zip(owners) {
        let position = &mut positions[*list as usize];
        entries[*position as usize] = point;
        *position += 1;
    }
    ReducedLists { points, entries, starts }
}
