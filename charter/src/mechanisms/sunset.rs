//! Sunset: what was enacted holds until a date, and an earlier version after it, unless it is ratified again.
//!
//! Source: sunset clauses of legislation. A version that no one renews cannot stay in force by neglect.

/// How far a version is in use; the numbers are those of the contract `Charters`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Enacted, and used nowhere.
    Shadow = 1,
    /// Tried in a part.
    Pilot = 2,
    /// It holds.
    Live = 3,
    /// It does not hold for now.
    Paused = 4,
    /// It never holds again.
    Retired = 5,
}

/// What decides whether a version holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// How far it is in use.
    pub stage: Stage,
    /// The last second of Unix time in which it can hold.
    pub expires_at: u64,
}

impl Stage {
    /// Returns the stage of a number; `None` if there is none.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Shadow, Self::Pilot, Self::Live, Self::Paused, Self::Retired]
            .into_iter()
            .find(|stage| *stage as u8 == number)
    }
}

/// Returns the number, from 1, of the version that holds at a time: the latest one that is live and has not expired;
/// `None` if none does. `history` has all versions from the first on.
pub fn find_live_version(history: &[Term], time: u64) -> Option<usize> {
    let holds = |term: &Term| term.stage == Stage::Live && time <= term.expires_at;
    history.iter().rposition(holds).map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live_until(expires_at: u64) -> Term {
        Term { stage: Stage::Live, expires_at }
    }

    #[test]
    fn version_holds_in_the_second_in_which_it_expires() {
        let history = [live_until(300), live_until(100), live_until(200)];
        assert_eq!(find_live_version(&history, 200), Some(3));
        // Version 2 has expired too.
        assert_eq!(find_live_version(&history, 201), Some(1));
        assert_eq!(find_live_version(&history[..2], 100), Some(2));
        assert_eq!(find_live_version(&history, 301), None);
        assert_eq!(find_live_version(&[], 0), None);
    }

    #[test]
    fn version_of_another_stage_gives_way_to_an_earlier_one() {
        for stage in [Stage::Shadow, Stage::Pilot, Stage::Paused, Stage::Retired] {
            let history = [live_until(9), Term { stage, expires_at: 9 }];
            assert_eq!(find_live_version(&history, 9), Some(1), "{stage:?}");
        }
    }

    #[test]
    fn stages_have_the_numbers_of_the_contract() {
        assert_eq!((1..=5).map(Stage::from_number).map(Option::unwrap).map(|stage| stage as u8).sum::<u8>(), 15);
        assert_eq!([0, 6].map(Stage::from_number), [None, None]);
    }
}
