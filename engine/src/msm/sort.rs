//! Digits, sorted by the bucket that they belong to.

use zeroize::Zeroizing;

use super::plan::Plan;
use crate::adder::NEGATIVE;
use crate::split::Halves;

/// For each bucket of each set the points to be added, or subtracted: numbers of table entries.
pub struct Digits {
    pub(crate) plan: Plan,
    pub(crate) bases: usize,
    /// Possibly [`NEGATIVE`].
    pub(crate) entries: Zeroizing<Vec<u32>>,
    /// Where each bucket's entries begin, and the end of all.
    pub(crate) starts: Zeroizing<Vec<u32>>,
}

/// Of a digit that is zero, in place of a bucket.
const NONE: u32 = u32::MAX;

impl Digits {
    /// `scalars` has the halves of the scalar of each base. The entry of window `j` of half `h` of base `i` is
    /// `(table·2 + h)·bases + i`.
    ///
    /// In one go: what a prover does with several lists of scalars it does at once.
    ///
    /// # Panics
    /// If the plan has other than 2 to 16 bits, or tables than one to the number of digits, or more than 2^31 points in them.
    pub fn new(plan: Plan, scalars: &[Halves]) -> Digits {
        plan.check(scalars.len());
        let cut = Cut::new(plan);
        // The bucket of each digit, with its sign; and how many digits each bucket has.
        let mut buckets = Zeroizing::new(vec![NONE; scalars.len() * 2 * cut.windows]);
        let mut starts = Zeroizing::new(vec![0u32; plan.sets() * plan.buckets() + 1]);
        for (buckets, half) in buckets.chunks_exact_mut(cut.windows).zip(scalars.as_flattened()) {
            cut.half(*half, buckets, &mut starts);
        }
        let mut end = 0;
        for start in &mut *starts {
            (*start, end) = (end, end + *start);
        }
        let mut places = starts.clone();
        let mut entries = Zeroizing::new(vec![0u32; end as usize]);
        let bases = scalars.len() as u32;
        for (base, buckets) in (0..bases).zip(buckets.chunks_exact(2 * cut.windows)) {
            for (half, buckets) in buckets.chunks_exact(cut.windows).enumerate() {
                for (table, buckets) in buckets.chunks(plan.sets()).enumerate() {
                    let entry = (2 * table as u32 + half as u32) * bases + base;
                    for bucket in buckets.iter().filter(|bucket| **bucket != NONE) {
                        let place = &mut places[(bucket & !NEGATIVE) as usize];
                        entries[*place as usize] = entry | bucket & NEGATIVE;
                        *place += 1;
                    }
                }
            }
        }
        Digits { plan, bases: scalars.len(), entries, starts }
    }
}

/// How halves are cut.
struct Cut {
    plan: Plan,
    windows: usize,
    /// Half of a digit's range in each window but the last. Added to a number, it turns signed digits into plain ones that are as much larger:
    /// there is nothing to carry. The last window has room for what is carried into it.
    offset: u128,
}

impl Cut {
    fn new(plan: Plan) -> Cut {
        let windows = plan.windows();
        let offset = (0..windows - 1).map(|j| 1u128 << (plan.bits * (j as u32 + 1) - 1)).sum();
        Cut { plan, windows, offset }
    }

    /// Writes the bucket of each window's digit, [`NEGATIVE`] if the point is to be subtracted, and counts it.
    #[inline(always)]
    fn half(&self, half: i128, buckets: &mut [u32], counts: &mut [u32]) {
        let Plan { bits, .. } = self.plan;
        let (sets, in_set) = (self.plan.sets(), self.plan.buckets());
        let sign = if half < 0 { NEGATIVE } else { 0 };
        let mut rest = half.unsigned_abs() + self.offset;
        let mut first = 0;
        let (mask, middle) = ((1i64 << bits) - 1, 1i64 << (bits - 1));
        let last = buckets.len() - 1;
        for (window, bucket) in buckets.iter_mut().enumerate() {
            let digit = (rest as i64 & mask) - if window == last { 0 } else { middle };
            rest >>= bits;
            if digit != 0 {
                let number = first + digit.unsigned_abs() as usize - 1;
                *bucket = number as u32 | sign ^ if digit < 0 { NEGATIVE } else { 0 };
                counts[number] += 1;
            }
            first += in_set;
            if first == sets * in_set {
                first = 0;
            }
        }
    }
}
