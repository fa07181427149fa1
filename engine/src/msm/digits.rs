//! Signed-digit recoding of scalars, and the counting sort of digits by bucket.

use zeroize::Zeroizing;

use super::plan::MsmPlan;
use crate::batch_affine::NEGATE_FLAG;
use crate::glv::HalfScalars;

/// The digits of a list of scalars, sorted by bucket: for each bucket of each set, the indices of the table points to
/// add or subtract.
pub struct Digits {
    pub(crate) plan: MsmPlan,
    pub(crate) bases: usize,
    /// Table indices; [`NEGATE_FLAG`] marks points to be subtracted.
    pub(crate) entries: Zeroizing<Vec<u32>>,
    /// The start of each bucket's range of `entries`, followed by the end of the last.
    pub(crate) starts: Zeroizing<Vec<u32>>,
}

/// Stands for the bucket of a zero digit, which has none.
const NO_BUCKET: u32 = u32::MAX;

impl Digits {
    /// Recodes scalars, in the order of the bases that they multiply, and sorts their digits by bucket. The table index
    /// of a digit of half `h` of scalar `i` is `(2·table + h)·n + i` for `n` scalars.
    ///
    /// Runs on the calling thread: a prover recodes its several lists of scalars in parallel.
    ///
    /// # Panics
    /// If the plan's digits do not have 2 to 16 bits, if it has no table or more tables than digits, or if the tables
    /// would hold 2^31 points or more.
    pub fn new(plan: MsmPlan, scalars: &[HalfScalars]) -> Digits {
        plan.assert_valid(scalars.len());
        let cut = DigitRecoding::new(plan);
        // 1. Find the bucket and sign of each digit, and count the digits of each bucket.
        let mut buckets = Zeroizing::new(vec![NO_BUCKET; scalars.len() * 2 * cut.windows]);
        let mut starts = Zeroizing::new(vec![0u32; plan.bucket_sets() * plan.buckets_per_set() + 1]);
        for (buckets, half) in buckets.chunks_exact_mut(cut.windows).zip(scalars.as_flattened()) {
            cut.recode_half(*half, buckets, &mut starts);
        }
        // 2. Turn counts into start positions.
        let mut end = 0;
        for start in &mut *starts {
            (*start, end) = (end, end + *start);
        }
        // 3. Write each table index to the next unused position of its bucket.
        let mut positions = starts.clone();
        let mut entries = Zeroizing::new(vec![0u32; end as usize]);
        let bases = scalars.len() as u32;
        for (base, buckets) in (0..bases).zip(buckets.chunks_exact(2 * cut.windows)) {
            for (half, buckets) in buckets.chunks_exact(cut.windows).enumerate() {
                for (table, buckets) in buckets.chunks(plan.bucket_sets()).enumerate() {
                    let entry = (2 * table as u32 + half as u32) * bases + base;
                    for bucket in buckets.iter().filter(|bucket| **bucket != NO_BUCKET) {
                        let position = &mut positions[(bucket & !NEGATE_FLAG) as usize];
                        entries[*position as usize] = entry | bucket & NEGATE_FLAG;
                        *position += 1;
                    }
                }
            }
        }
        Digits { plan, bases: scalars.len(), entries, starts }
    }
}

/// Signed-digit recoding of half-length scalars.
struct DigitRecoding {
    plan: MsmPlan,
    windows: usize,
    /// `sum 2^(bits·(j + 1) - 1)` over all windows `j` but the last: half of a digit's range each. A scalar plus this
    /// offset has unsigned digits that exceed the signed digits by the same half, so digits can be read off without
    /// carries. The last window is unsigned and absorbs the carry of the others.
    offset: u128,
}

impl DigitRecoding {
    fn new(plan: MsmPlan) -> DigitRecoding {
        let windows = plan.window_count();
        let offset = (0..windows - 1).map(|j| 1u128 << (plan.bits * (j as u32 + 1) - 1)).sum();
        DigitRecoding { plan, windows, offset }
    }

    /// Writes the bucket of each window's digit, with [`NEGATE_FLAG`] if the point is to be subtracted, and counts it.
    #[inline(always)]
    fn recode_half(&self, half: i128, buckets: &mut [u32], counts: &mut [u32]) {
        let MsmPlan { bits, .. } = self.plan;
        let (sets, set_size) = (self.plan.bucket_sets(), self.plan.buckets_per_set());
        let sign = if half < 0 { NEGATE_FLAG } else { 0 };
        let mut rest = half.unsigned_abs() + self.offset;
        // The number of the first bucket of the current window's set.
        let mut first = 0;
        let (mask, middle) = ((1i64 << bits) - 1, 1i64 << (bits - 1));
        let last = buckets.len() - 1;
        for (window, bucket) in buckets.iter_mut().enumerate() {
            let digit = (rest as i64 & mask) - if window == last { 0 } else { middle };
            rest >>= bits;
            if digit != 0 {
                let number = first + digit.unsigned_abs() as usize - 1;
                *bucket = number as u32 | sign ^ if digit < 0 { NEGATE_FLAG } else { 0 };
                counts[number] += 1;
            }
            first += set_size;
            if first == sets * set_size {
                first = 0;
            }
        }
    }
}
