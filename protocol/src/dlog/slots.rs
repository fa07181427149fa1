//! A table from the `y` coordinates of points to numbers, which several threads fill.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::Fr;

/// The slots of a table, by open addressing: 32 bits of the `y` coordinate, then the number plus one; an empty slot is
/// 0.
pub(super) struct Slots(Vec<AtomicU64>);

impl Slots {
    /// Returns an empty table of at least this many slots: twice as many as numbers keep searches short.
    pub(super) fn with_slots(slots: usize) -> Slots {
        Slots((0..slots.next_power_of_two()).map(|_| AtomicU64::new(0)).collect())
    }

    /// Inserts a number below `2^32 - 1`.
    pub(super) fn insert_entry(&self, y: Fr, number: u64) {
        let (mut slot, mark) = self.locate_slot(y);
        let entry = mark << 32 | (number + 1);
        while self.0[slot].compare_exchange(0, entry, Relaxed, Relaxed).is_err() {
            slot = (slot + 1) & (self.0.len() - 1);
        }
    }

    /// Returns what `verify` finds for the first number under this coordinate for which it finds anything. An entry
    /// holds only some bits of the coordinate, and points that are opposite share it.
    pub(super) fn find_entry<T>(&self, y: Fr, verify: impl Fn(u64) -> Option<T>) -> Option<T> {
        let (mut slot, mark) = self.locate_slot(y);
        loop {
            let entry = self.0[slot].load(Relaxed);
            if entry == 0 {
                return None;
            }
            if entry >> 32 == mark
                && let Some(found) = verify((entry & 0xffff_ffff) - 1)
            {
                return Some(found);
            }
            slot = (slot + 1) & (self.0.len() - 1);
        }
    }

    /// Returns the first slot of a coordinate and its 32 bits in the entry, from different limbs of its internal
    /// representation.
    fn locate_slot(&self, y: Fr) -> (usize, u64) {
        let limbs = y.0.as_ref();
        (limbs[0] as usize & (self.0.len() - 1), limbs[1] & 0xffff_ffff)
    }
}
