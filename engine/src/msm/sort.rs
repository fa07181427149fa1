//! Digits, sorted by the bucket that they belong to.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use super::plan::Plan;
use crate::adder::NEGATIVE;
use crate::split::Halves;

/// For each bucket of each set the points to be added: numbers of table entries, possibly [`NEGATIVE`].
pub struct Digits {
    pub(crate) entries: Zeroizing<Vec<u32>>,
    /// Where each bucket's entries begin, and the end of all.
    pub(crate) starts: Zeroizing<Vec<u32>>,
}

/// Scalars that one part of the work takes, at least.
const PART: usize = 2048;

impl Digits {
    /// `scalars` has the halves of the scalar of each base. The entry of window `j` of half `h` of base `i` is
    /// `(table·2 + h)·bases + i`.
    pub fn new(plan: Plan, scalars: &[Halves]) -> Digits {
        let (keys, bases) = (plan.sets() * plan.buckets(), scalars.len());
        let part = bases.div_ceil(rayon::current_num_threads()).max(PART);
        // How many entries of each bucket a part has; then where they go.
        let mut places: Vec<Zeroizing<Vec<u32>>> = scalars
            .par_chunks(part)
            .map(|scalars| {
                let mut counts = Zeroizing::new(vec![0u32; keys]);
                scalars.iter().for_each(|halves| each_digit(plan, halves, |key, _, _| counts[key] += 1));
                counts
            })
            .collect();
        let mut starts = Zeroizing::new(Vec::with_capacity(keys + 1));
        let mut end = 0;
        for key in 0..keys {
            starts.push(end);
            for part in &mut places {
                let count = std::mem::replace(&mut part[key], end);
                end += count;
            }
        }
        starts.push(end);
        // Parts write to places of their own. Atomics let them share the list, at no cost.
        let mut entries: Vec<AtomicU32> = (0..end).map(|_| AtomicU32::new(0)).collect();
        scalars.par_chunks(part).zip(&mut places).enumerate().for_each(|(number, (scalars, places))| {
            for (base, halves) in (number * part..).zip(scalars) {
                each_digit(plan, halves, |key, table, sign| {
                    let entry = (table * bases + base) as u32 | sign;
                    let place = &mut places[key];
                    entries[*place as usize].store(entry, Ordering::Relaxed);
                    *place += 1;
                });
            }
        });
        let sorted = entries.iter_mut().map(|entry| *entry.get_mut()).collect();
        entries.iter_mut().for_each(|entry| entry.get_mut().zeroize());
        Digits { entries: Zeroizing::new(sorted), starts }
    }
}

/// Every digit that is not zero: its bucket, its table (of a half: `2·table + half`), and [`NEGATIVE`] if the point is to be subtracted.
#[inline(always)]
fn each_digit(plan: Plan, halves: &Halves, mut each: impl FnMut(usize, usize, u32)) {
    let (bits, windows, sets, buckets) = (plan.bits, plan.windows(), plan.sets(), plan.buckets());
    let full = 1u64 << bits;
    for (half, k) in halves.iter().enumerate() {
        let sign = if *k < 0 { NEGATIVE } else { 0 };
        let (mut rest, mut carry) = (k.unsigned_abs(), 0);
        let (mut set, mut table) = (0, half);
        for _ in 0..windows {
            let digit = (rest as u64 & (full - 1)) + carry;
            rest >>= bits;
            // Digits run from -2^(bits-1) + 1 to 2^(bits-1): the next takes what is above.
            let above = digit > full / 2;
            carry = u64::from(above);
            let (size, sign) = if above { (full - digit, sign ^ NEGATIVE) } else { (digit, sign) };
            if size != 0 {
                each(set * buckets + size as usize - 1, table, sign);
            }
            set += 1;
            if set == sets {
                (set, table) = (0, table + 2);
            }
        }
    }
}
