//! Meet-in-the-middle search for the two numbers of a ballot's randomness, given its `C` (specification, section 2).

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use rayon::prelude::*;
use zeroize::Zeroizing;

use super::randomness::RandomnessDeriver;
use crate::{Fr, Point, Scalar, curve::FixedBaseTable};

/// Number of candidates that one task takes at a time.
const BLOCK: usize = 1024;
/// Number of values that each of the two numbers can have.
const NUMBER_RANGE: usize = 1 << u16::BITS;

/// Finds `a` and `b` with `(p_0(a) + p_1(b))·G = C`: `C - p_1(b)·G` is looked up for every `b` in a table of every
/// `p_0(a)·G`.
pub(super) fn find_numbers(
    place: &RandomnessDeriver,
    c: &Point,
    progress: impl Fn(usize, usize) + Sync,
) -> Option<[u16; 2]> {
    let base = FixedBaseTable::new(NUMBER_RANGE);
    let done = AtomicUsize::new(0);
    let advance = || progress(done.fetch_add(BLOCK, Relaxed) + BLOCK, 2 * NUMBER_RANGE);
    let blocks =
        || (0..NUMBER_RANGE).into_par_iter().step_by(BLOCK).map(|first| first as u16..=(first + BLOCK - 1) as u16);

    // `(x, -y)` is `(0, -1) - (x, y)`, and `(0, -1)` is not in the subgroup: within it, `x` determines the point.
    let firsts = blocks().flat_map_iter(|block| {
        let scalars = Zeroizing::new(block.clone().map(|a| place.derive_part(0, a)).collect::<Vec<Scalar>>());
        let points = base.add_multiples(&Point::identity(), &scalars);
        advance();
        points.into_iter().map(|point| point.x()).zip(block)
    });
    let firsts: HashMap<Fr, u16> = firsts.collect();
    blocks().find_map_any(|block| {
        let scalars = Zeroizing::new(block.clone().map(|b| -place.derive_part(1, b)).collect::<Vec<Scalar>>());
        let rests = base.add_multiples(c, &scalars);
        advance();
        rests.iter().zip(block).find_map(|(rest, b)| Some([*firsts.get(&rest.x())?, b]))
    })
}
