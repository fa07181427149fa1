//! The lot that draws a pilot: an order of participants that none of them can influence by coming first.
//!
//! Participants are sorted by `sha256("pilot N")`, N their number in decimal digits. Their numbers are fixed before the
//! order is computed. The first to come are no fair sample: they often think alike.

use sha2::{Digest, Sha256};

/// Returns the place of a participant in the lot: participants come in ascending order of it.
pub fn draw_ticket(participant: u64) -> [u8; 32] {
    Sha256::digest(format!("pilot {participant}").as_bytes()).into()
}

/// Sorts values by the lot of the participants that they belong to.
pub fn sort_by_lot<T>(values: &mut [T], participant: impl Fn(&T) -> u64) {
    values.sort_by_cached_key(|value| draw_ticket(participant(value)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_depends_on_the_numbers_alone() {
        let mut forward: Vec<u64> = (0..50).collect();
        let mut backward: Vec<u64> = (0..50).rev().collect();
        sort_by_lot(&mut forward, |number| *number);
        sort_by_lot(&mut backward, |number| *number);
        assert_eq!(forward, backward);
        assert_ne!(forward[..10], (0..10).collect::<Vec<_>>());
    }
}
