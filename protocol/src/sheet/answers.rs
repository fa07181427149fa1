//! The answers of one voter, whether a form allows them, and what they count.

use zeroize::{DefaultIsZeroes, Zeroize, ZeroizeOnDrop};

use super::{AnswerError, Counters, Form, FormKind, ranked_pairs};
use crate::constants::{CAMP_COUNTER_BITS, RANK_BITS, WIDE_COUNTER_BITS};

/// The answer to one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Neither of the other two: counts nothing.
    #[default]
    Pass,
    /// Agreement; in a ranking, the pair's first option before its second.
    Agree,
    /// Disagreement; in a ranking, the pair's second option before its first.
    Disagree,
}

impl Answer {
    /// Returns the bits `[a, d]`.
    pub fn bits(self) -> [bool; 2] {
        [self == Answer::Agree, self == Answer::Disagree]
    }
}

/// Erased by writing a pass over it.
impl DefaultIsZeroes for Answer {}

/// The camp of a voter on a sheet with camps. A secret: it is never posted, and follows from the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Camp {
    /// The score is at most the threshold: the first pair of counters.
    Lower,
    /// The score is above the threshold: the second pair of counters.
    Upper,
}

/// The secret part of a sheet. Erased on drop, without `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Answers {
    /// One answer for each of the `K` cells, passes behind the used ones.
    pub cells: Vec<Answer>,
    /// The ranks of a ranking's options, the first one best, each below 16: equal ranks are ties. One for each option
    /// that the size has room for, [`Form::ranks`]; they mean nothing in other kinds, where they are zeros.
    pub ranks: Vec<u8>,
}

impl Answers {
    /// Returns these answers, padded with passes to the cells of the form, for any kind but a ranking.
    pub fn new(form: &Form, mut cells: Vec<Answer>) -> Answers {
        if cells.len() < form.size() {
            cells.resize(form.size(), Answer::Pass);
        }
        Answers { cells, ranks: vec![0; form.ranks()] }
    }

    /// Returns the answers of a ranking: of each pair, which option has the lower rank.
    pub fn from_ranks(form: &Form, ranks: &[u8]) -> Answers {
        let mut ranks = ranks.to_vec();
        if ranks.len() < form.ranks() {
            ranks.resize(form.ranks(), 0);
        }
        let compare = |(i, k): (usize, usize)| compare_ranks(ranks[i], ranks[k]);
        let mut cells: Vec<Answer> = ranked_pairs(form.ranks()).take(form.count()).map(compare).collect();
        cells.resize(form.size(), Answer::Pass);
        Answers { cells, ranks }
    }
}

fn compare_ranks(first: u8, second: u8) -> Answer {
    match first.cmp(&second) {
        std::cmp::Ordering::Less => Answer::Agree,
        std::cmp::Ordering::Equal => Answer::Pass,
        std::cmp::Ordering::Greater => Answer::Disagree,
    }
}

impl Form {
    /// Checks clauses 3 and 4 of the statement.
    ///
    /// # Errors
    /// Returns the first violated clause: lengths and ranks, unused cells, then those of the kind.
    pub fn check_answers(&self, answers: &Answers) -> Result<(), AnswerError> {
        let Answers { cells, ranks } = answers;
        if cells.len() != self.size() {
            return Err(AnswerError::Length { expected: self.size(), actual: cells.len() });
        }
        if ranks.len() != self.ranks() {
            return Err(AnswerError::RankLength { expected: self.ranks(), actual: ranks.len() });
        }
        if let Some(option) = ranks.iter().position(|rank| rank >> RANK_BITS != 0) {
            return Err(AnswerError::RankTooLarge { option });
        }
        if let Some(cell) = (self.count()..self.size()).find(|&cell| cells[cell] != Answer::Pass) {
            return Err(AnswerError::UnusedCell { cell, count: self.count() });
        }
        let used = &cells[..self.count()];
        match self.kind() {
            FormKind::Statements { .. } => Ok(()),
            FormKind::Groups { lasts, exact } => {
                check_agreements(used)?;
                check_groups(used, *lasts, *exact)
            }
            FormKind::Ranking { options } => {
                let wrong = |((i, k), cell): ((usize, usize), &Answer)| compare_ranks(ranks[i], ranks[k]) != *cell;
                match ranked_pairs(*options).zip(used).position(wrong) {
                    Some(cell) => Err(AnswerError::Ranking { cell }),
                    None => Ok(()),
                }
            }
            FormKind::Approval { budget, .. } => {
                check_agreements(used)?;
                let within = self.score(answers) <= i64::from(*budget);
                if within { Ok(()) } else { Err(AnswerError::BudgetExceeded { budget: *budget }) }
            }
        }
    }

    /// Returns the score of these answers: the sum of the axis weights, the costs of an approval, otherwise 0.
    pub fn score(&self, answers: &Answers) -> i64 {
        let used = answers.cells.iter().take(self.count());
        let weigh = |(cell, [agree, disagree]): (&Answer, [i64; 2])| match cell {
            Answer::Pass => 0,
            Answer::Agree => agree,
            Answer::Disagree => disagree,
        };
        match self.kind() {
            FormKind::Statements { camps: Some(axis) } => {
                used.zip(axis.weights.iter().map(|pair| pair.map(i64::from))).map(weigh).sum()
            }
            FormKind::Approval { costs, .. } => {
                used.zip(costs.iter().map(|cost| [i64::from(*cost), 0])).map(weigh).sum()
            }
            _ => 0,
        }
    }

    /// Returns the camp of these answers. It is the lower one on every sheet without camps.
    pub fn camp(&self, answers: &Answers) -> Camp {
        match self.axis() {
            Some(axis) if self.score(answers) > i64::from(axis.threshold) => Camp::Upper,
            _ => Camp::Lower,
        }
    }

    /// Returns the values that a sheet encrypts, `u_0` (the turnout), `u_1, .., u_K`, packed as
    /// [`Counters`] says.
    ///
    /// # Errors
    /// Returns the first violated clause of [`Form::check_answers`].
    pub fn count_values(&self, answers: &Answers) -> Result<Vec<u64>, AnswerError> {
        self.check_answers(answers)?;
        let camp = self.camp(answers);
        let [agree, disagree] = self.counters().units(camp);
        let cell = |answer: &Answer| match answer {
            Answer::Pass => 0,
            Answer::Agree => agree,
            Answer::Disagree => disagree,
        };
        let turnout = match camp {
            Camp::Lower => 1,
            Camp::Upper => 1 << WIDE_COUNTER_BITS,
        };
        Ok(std::iter::once(turnout).chain(answers.cells.iter().map(cell)).collect())
    }
}

impl Counters {
    /// Returns the values of an agreement and of a disagreement by a voter of this camp.
    pub fn units(self, camp: Camp) -> [u64; 2] {
        match (self, camp) {
            (Counters::Wide, _) => [1, 1 << WIDE_COUNTER_BITS],
            (Counters::Camps, Camp::Lower) => [1, 1 << CAMP_COUNTER_BITS],
            (Counters::Camps, Camp::Upper) => [1 << (2 * CAMP_COUNTER_BITS), 1 << (3 * CAMP_COUNTER_BITS)],
        }
    }
}

fn check_agreements(used: &[Answer]) -> Result<(), AnswerError> {
    if used.contains(&Answer::Disagree) { Err(AnswerError::Disagreement) } else { Ok(()) }
}

fn check_groups(used: &[Answer], lasts: u64, exact: bool) -> Result<(), AnswerError> {
    let mut agreed = 0;
    for (cell, answer) in used.iter().enumerate() {
        agreed += usize::from(*answer == Answer::Agree);
        if lasts >> cell & 1 == 0 {
            continue;
        }
        match std::mem::take(&mut agreed) {
            0 if exact => return Err(AnswerError::GroupEmpty { last: cell }),
            0 | 1 => (),
            _ => return Err(AnswerError::GroupExceeded { last: cell }),
        }
    }
    Ok(())
}
