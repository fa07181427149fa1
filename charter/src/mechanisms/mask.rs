//! A set of a poll's chambers, by their places in the poll.

use serde::{Deserialize, Serialize};

/// Greatest number of chambers of a poll that a mask can name.
pub const MAX_CHAMBERS: usize = 16;

/// A set of chambers: bit `j` stands for the chamber at place `j`, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChamberMask(u16);

/// A place that is none of a poll's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("chamber {place} (counted from 0) is named, but the poll has {chambers} chambers")]
pub struct MaskError {
    /// The place.
    pub place: usize,
    /// The number of chambers.
    pub chambers: usize,
}

impl ChamberMask {
    /// Creates the set of the chambers at these places.
    ///
    /// # Errors
    /// [`MaskError`], if a place is [`MAX_CHAMBERS`] or more.
    pub fn of(places: &[usize]) -> Result<Self, MaskError> {
        let mut mask = 0;
        for &place in places {
            if place >= MAX_CHAMBERS {
                return Err(MaskError { place, chambers: MAX_CHAMBERS });
            }
            mask |= 1 << place;
        }
        Ok(Self(mask))
    }

    /// Creates a set from its bits.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Returns the bits.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Returns whether no chamber is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the number of chambers in it.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Returns whether the chamber at a place is in it.
    pub fn contains(self, place: usize) -> bool {
        place < MAX_CHAMBERS && self.0 & (1 << place) != 0
    }

    /// Checks that all its chambers are among the first `chambers`.
    ///
    /// # Errors
    /// [`MaskError`] with the first that is not.
    pub fn check(self, chambers: usize) -> Result<(), MaskError> {
        let other = (chambers..MAX_CHAMBERS).find(|place| self.contains(*place));
        other.map_or(Ok(()), |place| Err(MaskError { place, chambers }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mask_names_the_chambers_it_was_made_of() {
        let mask = ChamberMask::of(&[0, 3, 15]).unwrap();
        assert_eq!((mask.bits(), mask.count()), (0x8009, 3));
        assert_eq!((0..20).filter(|place| mask.contains(*place)).collect::<Vec<_>>(), [0, 3, 15]);
        assert_eq!(ChamberMask::from_bits(0x8009), mask);
        assert!(ChamberMask::default().is_empty());
    }

    #[test]
    fn chambers_that_a_poll_does_not_have_are_rejected() {
        assert_eq!(ChamberMask::of(&[16]), Err(MaskError { place: 16, chambers: 16 }));
        let mask = ChamberMask::of(&[1, 4]).unwrap();
        assert_eq!(mask.check(5), Ok(()));
        assert_eq!(mask.check(4), Err(MaskError { place: 4, chambers: 4 }));
        assert_eq!(mask.check(0), Err(MaskError { place: 1, chambers: 0 }));
    }
}
