//! Copeland's method on the pairs of a ranking sheet: the option that wins most pairwise contests.
//!
//! A ranking of `m` options is a sheet of `m (m - 1) / 2` cells, one a pair `(i, k)` with `i < k`: agree says that `i`
//! comes before `k`, disagree the opposite, pass that they are equal. Pairs are ordered `(0,1), (0,2), (1,2), (0,3),
//! (1,3), (2,3), ..`, so that `m` options use the first cells.
//!
//! A won contest counts 2, a tied one 1. Equal scores are ordered by *average support*, the votes for an option over
//! all its contests. Source: Snapshot's `copeland` (snapshot.js, `src/voting/copeland.ts`), which ENS asked for. It has
//! the same order; it takes complete rankings only, while a ranking here may have ties.

use crate::outcome::Cell;

/// Greatest number of options of a ranking: 36 pairs, of the 40 cells of a sheet.
pub const MAX_RANKED: usize = 9;

/// What the pairs of a ranking give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copeland {
    /// The score of each option: 2 a contest won, 1 a contest tied.
    pub scores: Vec<u64>,
    /// The votes for each option over all its contests. All options have equally many contests, and one turnout, so
    /// sums compare as averages do.
    pub support: Vec<u128>,
    /// The option with the highest score, of equal ones that with most support; `None` if two are equal in both, which
    /// leaves the ranking undecided.
    pub winner: Option<usize>,
}

impl Copeland {
    /// Returns the options from the first to the last, those of equal score and support in their order.
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.scores.len()).collect();
        order.sort_by_key(|option| std::cmp::Reverse((self.scores[*option], self.support[*option])));
        order
    }
}

/// A number of cells that is not that of the pairs of a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cells} cells are not the pairs of 2 to {MAX_RANKED} options: these have 1, 3, 6, 10, 15, 21, 28 or 36")]
pub struct PairsError {
    /// The number of cells.
    pub cells: usize,
}

/// Returns the place of the pair `(i, k)`, `i < k`, among the cells.
pub fn place_pair(i: usize, k: usize) -> usize {
    k * k.saturating_sub(1) / 2 + i
}

/// Returns the number of options whose pairs these many cells are; `None` if there is none of at most [`MAX_RANKED`].
pub fn count_options(cells: usize) -> Option<usize> {
    (2..=MAX_RANKED).find(|options| options * (options - 1) / 2 == cells)
}

/// Decides a ranking from the totals of its pairs.
///
/// # Errors
/// [`PairsError`], if their number is that of no ranking.
pub fn decide_ranking(pairs: &[Cell]) -> Result<Copeland, PairsError> {
    let options = count_options(pairs.len()).ok_or(PairsError { cells: pairs.len() })?;
    let (mut scores, mut support) = (vec![0; options], vec![0_u128; options]);
    for k in 1..options {
        for i in 0..k {
            let Cell { agrees, disagrees } = pairs[place_pair(i, k)];
            support[i] += u128::from(agrees);
            support[k] += u128::from(disagrees);
            let (first, second) = match agrees.cmp(&disagrees) {
                std::cmp::Ordering::Greater => (2, 0),
                std::cmp::Ordering::Equal => (1, 1),
                std::cmp::Ordering::Less => (0, 2),
            };
            scores[i] += first;
            scores[k] += second;
        }
    }
    let rank = |option: &usize| (scores[*option], support[*option]);
    let best = (0..options).map(|option| rank(&option)).max();
    let mut bests = (0..options).filter(|option| Some(rank(option)) == best);
    let winner = match (bests.next(), bests.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    Ok(Copeland { scores, support, winner })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Counts rankings, each a rank for every option; equal ranks are a pass.
    fn count_rankings(options: usize, rankings: &[Vec<u8>]) -> Vec<Cell> {
        let mut cells = Vec::new();
        for k in 1..options {
            for i in 0..k {
                assert_eq!(cells.len(), place_pair(i, k));
                let count = |wins: fn(&u8, &u8) -> bool| {
                    rankings.iter().filter(|ranks| wins(&ranks[i], &ranks[k])).count() as u64
                };
                cells.push(Cell { agrees: count(|a, b| a < b), disagrees: count(|a, b| a > b) });
            }
        }
        cells
    }

    #[test]
    fn option_that_wins_every_contest_wins() {
        let rankings = [vec![1, 0, 2], vec![1, 0, 2], vec![0, 1, 2], vec![2, 1, 0]];
        let result = decide_ranking(&count_rankings(3, &rankings)).unwrap();
        assert_eq!(result, Copeland { scores: vec![2, 4, 0], support: vec![4, 6, 2], winner: Some(1) });
    }

    #[test]
    fn average_support_breaks_a_cycle() {
        // 0 before 1 before 2 before 0, each contest won by another margin.
        let cell = |agrees, disagrees| Cell { agrees, disagrees };
        let result = decide_ranking(&[cell(6, 3), cell(4, 5), cell(7, 2)]).unwrap();
        assert_eq!((result.scores, result.support), (vec![2, 2, 2], vec![10, 10, 7]));
        assert_eq!(result.winner, None);
        let result = decide_ranking(&[cell(7, 2), cell(4, 5), cell(7, 2)]).unwrap();
        assert_eq!((result.support, result.winner), (vec![11, 9, 7], Some(0)));
    }

    #[test]
    fn ranking_without_votes_is_undecided() {
        assert_eq!(decide_ranking(&[Cell::default(); 36]).unwrap().winner, None);
    }

    #[test]
    fn numbers_of_cells_of_no_ranking_are_rejected() {
        for cells in [0, 2, 4, 27, 29, 37, 45] {
            assert_eq!(decide_ranking(&vec![Cell::default(); cells]), Err(PairsError { cells }));
        }
        assert_eq!([1, 3, 6, 10, 15, 21, 28, 36].map(count_options), [2, 3, 4, 5, 6, 7, 8, 9].map(Some));
    }

    proptest! {
        #[test]
        fn condorcet_winner_wins(
            rankings in prop::collection::vec(prop::collection::vec(0..5_u8, 5), 1..12),
        ) {
            let cells = count_rankings(5, &rankings);
            let result = decide_ranking(&cells).unwrap();
            let beats = |a: usize, b: usize| {
                let wins = rankings.iter().filter(|ranks| ranks[a] < ranks[b]).count();
                wins > rankings.iter().filter(|ranks| ranks[a] > ranks[b]).count()
            };
            if let Some(best) = (0..5).find(|a| (0..5).filter(|b| b != a).all(|b| beats(*a, b))) {
                prop_assert_eq!(result.winner, Some(best));
            }
            prop_assert_eq!(result.scores.iter().sum::<u64>(), 20);
        }

        #[test]
        fn totals_of_any_size_do_not_overflow(agrees in any::<u64>(), disagrees in any::<u64>()) {
            let result = decide_ranking(&[Cell { agrees, disagrees }; 36]);
            prop_assert!(result.is_ok());
        }
    }
}
