//! One pass over lists: each is cut into complete binary trees, and each tree summed to one point.

use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::Affine;
use zeroize::{DefaultIsZeroes, Zeroize, Zeroizing};

use crate::adder::{Adder, NEGATIVE};
use crate::room::room;

/// What lists are after a pass: fewer points, in the order in which they came about, and which of them belong to each list.
pub(crate) struct Pass<P: Zeroize> {
    pub(crate) points: Vec<P>,
    pub(crate) entries: Vec<u32>,
    pub(crate) starts: Vec<u32>,
}

impl<P: Zeroize> Drop for Pass<P> {
    fn drop(&mut self) {
        self.points.zeroize();
        self.entries.zeroize();
        self.starts.zeroize();
    }
}

/// A tree: where its entries begin, and the list that it belongs to.
#[derive(Clone, Copy, Default)]
struct Tree {
    entry: u32,
    list: u32,
}

impl DefaultIsZeroes for Tree {}

/// The trees of one size during a pass: `rows` rows of `width` vectors, a row for each point that a tree still has, a lane for each tree.
#[derive(Clone, Copy)]
struct Group {
    log: usize,
    first: usize,
    rows: usize,
    width: usize,
}

/// Memory for passes, used again for the next.
pub(crate) struct Forest<A: Adder> {
    adder: A,
    /// By the logarithm of their size.
    trees: Vec<Vec<Tree>>,
    operands: [Vec<u32>; 2],
    pairs: Vec<[u32; 2]>,
    now: Vec<A::Vector>,
    next: Vec<A::Vector>,
    scratch: A::Scratch,
    cancelled: Vec<u32>,
}

impl<A: Adder> Drop for Forest<A> {
    fn drop(&mut self) {
        self.trees.iter_mut().for_each(Zeroize::zeroize);
        self.operands.iter_mut().for_each(Zeroize::zeroize);
        self.pairs.zeroize();
        self.now.zeroize();
        self.next.zeroize();
    }
}

impl<A: Adder> Forest<A> {
    pub(crate) fn new(adder: A) -> Forest<A> {
        Forest {
            adder,
            trees: Vec::new(),
            operands: Default::default(),
            pairs: Vec::new(),
            now: Vec::new(),
            next: Vec::new(),
            scratch: A::Scratch::default(),
            cancelled: Vec::new(),
        }
    }

    /// The lists in whose sums the generator stands in for infinity, once for each time, since this was last asked.
    pub(crate) fn take_cancelled(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.cancelled)
    }

    /// Sums the trees of lists, none of which is empty.
    pub(crate) fn pass(&mut self, from: &[A::Point], entries: &[u32], starts: &[u32]) -> Pass<A::Point> {
        self.plant(starts);
        let count = self.trees.iter().map(Vec::len).sum::<usize>();
        // Vectors are taken apart as a whole, and what their empty lanes held is dropped again.
        let mut points = Vec::with_capacity(count + A::WIDTH);
        let mut owners = Zeroizing::new(Vec::with_capacity(count));
        for tree in self.trees.first().into_iter().flatten() {
            let entry = entries[tree.entry as usize];
            let point = &from[(entry & !NEGATIVE) as usize];
            points.push(if entry & NEGATIVE == 0 { *point } else { self.adder.negate(point) });
            owners.push(tree.list);
        }
        let mut groups = self.first_level(from, entries);
        while !groups.is_empty() {
            for group in groups.iter().filter(|group| group.rows == 1) {
                let trees = &self.trees[group.log];
                self.adder.take_apart(&self.now[group.first..][..group.width], trees.len(), &mut points);
                owners.extend(trees.iter().map(|tree| tree.list));
            }
            groups.retain(|group| group.rows > 1);
            self.next_level(&mut groups);
        }
        sort(points, &owners, starts.len() - 1)
    }

    /// Cuts lists into trees.
    fn plant(&mut self, starts: &[u32]) {
        self.make_room(starts);
        for (list, range) in starts.windows(2).enumerate() {
            let (mut entry, length) = (range[0], range[1] - range[0]);
            let logs = u32::BITS as usize - length.leading_zeros() as usize;
            for log in (0..logs).rev().filter(|log| length >> log & 1 == 1) {
                self.trees[log].push(Tree { entry, list: list as u32 });
                entry += 1 << log;
            }
        }
        for log in (2..self.trees.len()).rev() {
            if self.trees[log].len() < Self::LEAST {
                let mut large = std::mem::take(&mut self.trees[log]);
                for tree in &large {
                    let second = Tree { entry: tree.entry + (1 << (log - 1)), ..*tree };
                    self.trees[log - 1].extend([*tree, second]);
                }
                large.clear();
                self.trees[log] = large;
            }
        }
    }

    /// Fewer large trees than this would leave lanes empty: each becomes two smaller ones.
    const LEAST: usize = 4 * (A::WIDTH - 1);

    /// Room for the trees of lists: as many of each size as there are to be, and at first.
    fn make_room(&mut self, starts: &[u32]) {
        let mut counts = [0usize; u32::BITS as usize];
        for range in starts.windows(2) {
            let length = range[1] - range[0];
            counts.iter_mut().enumerate().for_each(|(log, count)| *count += (length >> log & 1) as usize);
        }
        let logs = counts.iter().rposition(|count| *count > 0).map_or(0, |log| log + 1);
        self.trees.resize_with(self.trees.len().max(logs), Vec::new);
        for log in (0..logs).rev() {
            room(&mut self.trees[log], counts[log]);
            if log >= 2 && counts[log] < Self::LEAST {
                counts[log - 1] += 2 * counts[log];
            }
        }
        self.trees[logs..].iter_mut().for_each(Vec::clear);
    }

    /// Adds the second half of each tree to the first. Empty lanes do what the last tree does.
    fn first_level(&mut self, from: &[A::Point], entries: &[u32]) -> Vec<Group> {
        let Forest { adder, trees, operands, now, scratch, cancelled, .. } = self;
        let [left, right] = operands;
        let mut groups: Vec<Group> = Vec::new();
        let lanes = |(log, trees): (usize, &Vec<Tree>)| trees.len().next_multiple_of(A::WIDTH) << log >> 1;
        let count = trees.iter().enumerate().skip(1).map(lanes).sum::<usize>() + A::PADDING;
        room(left, count);
        room(right, count);
        for (log, trees) in trees.iter().enumerate().skip(1).filter(|(_, trees)| !trees.is_empty()) {
            let (rows, width) = (1usize << (log - 1), trees.len().div_ceil(A::WIDTH));
            groups.push(Group { log, first: left.len() / A::WIDTH, rows, width });
            for row in 0..rows {
                let of = |tree: &Tree, row: usize| entries[tree.entry as usize + row];
                left.extend(trees.iter().map(|tree| of(tree, row)));
                right.extend(trees.iter().map(|tree| of(tree, row + rows)));
                for list in [&mut *left, &mut *right] {
                    let last = list[list.len() - 1];
                    list.resize(list.len().next_multiple_of(A::WIDTH), last);
                }
            }
        }
        for pair in adder.add_points(from, [left, right], now, scratch) {
            let pair = pair as usize;
            let point = |number: u32| {
                let point = adder.decode(&from[(number & !NEGATIVE) as usize]);
                if number & NEGATIVE == 0 { point } else { -point }
            };
            let sum = (point(left[pair]) + point(right[pair])).into();
            put(*adder, now, pair, sum, owner(&groups, trees, pair, A::WIDTH), cancelled);
        }
        groups
    }

    /// Adds the second half of each group's rows to the first.
    fn next_level(&mut self, groups: &mut [Group]) {
        let Forest { adder, trees, pairs, now, next, scratch, cancelled, .. } = self;
        let count = groups.iter().map(|group| group.rows / 2 * group.width).sum::<usize>();
        room(pairs, count + A::PADDING);
        for group in &mut *groups {
            group.rows /= 2;
            let (first, half) = (group.first as u32, (group.rows * group.width) as u32);
            group.first = pairs.len();
            pairs.extend((first..first + half).map(|vector| [vector, vector + half]));
        }
        for pair in adder.add_vectors(now, pairs, next, scratch) {
            let pair = pair as usize;
            let [p, q] = pairs[pair / A::WIDTH].map(|vector| adder.lane(&now[vector as usize], pair % A::WIDTH));
            put(*adder, next, pair, (p + q).into(), owner(groups, trees, pair, A::WIDTH), cancelled);
        }
        std::mem::swap(now, next);
    }
}

/// The list of the tree that a lane belongs to; `None` for an empty lane.
fn owner(groups: &[Group], trees: &[Vec<Tree>], pair: usize, lanes: usize) -> Option<u32> {
    let vector = pair / lanes;
    let group = groups.iter().find(|group| (group.first..group.first + group.rows * group.width).contains(&vector))?;
    let tree = (vector - group.first) % group.width * lanes + pair % lanes;
    trees[group.log].get(tree).map(|tree| tree.list)
}

/// Puts the sum of a pair whose sum is not as the formula says in its place, the generator for infinity.
fn put<A: Adder>(
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
    adder.set_lane(&mut vectors[pair / A::WIDTH], pair % A::WIDTH, &sum);
}

/// Sorts points by the lists that own them.
fn sort<P: Zeroize>(points: Vec<P>, owners: &[u32], lists: usize) -> Pass<P> {
    let mut starts = vec![0u32; lists + 1];
    owners.iter().for_each(|list| starts[*list as usize + 1] += 1);
    for list in 0..lists {
        starts[list + 1] += starts[list];
    }
    let mut places = Zeroizing::new(starts.clone());
    let mut entries = vec![0u32; points.len()];
    for (point, list) in (0..).zip(owners) {
        let place = &mut places[*list as usize];
        entries[*place as usize] = point;
        *place += 1;
    }
    Pass { points, entries, starts }
}
