//! Errors of forms and answers.

use thiserror::Error;

use crate::constants::{RANK_BITS, SHEET_SIZES, THRESHOLD_BITS};

/// The reason why a form is refused. A form is public.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum FormError {
    /// There is no circuit of this size.
    #[error("a sheet has {SHEET_SIZES:?} cells, not {size}")]
    Size {
        /// The given number of cells.
        size: usize,
    },
    /// No cell is used, or more than there are.
    #[error("a sheet of {size} cells uses 1 to {size} of them, not {count}")]
    Count {
        /// The given number of used cells.
        count: usize,
        /// The number of cells.
        size: usize,
    },
    /// A mark is behind the used cells, or the last used cell ends no group.
    #[error("the marks {lasts:#x} are not the last cells of groups of {count} cells: the last cell must end a group")]
    Lasts {
        /// The given marks, bit `j` for cell `j`.
        lasts: u64,
        /// The number of used cells.
        count: usize,
    },
    /// A ranking has too few or too many options for the size.
    #[error("a ranking sheet of this size has 2 to {max} options, not {options}")]
    RankedOptions {
        /// The given number of options.
        options: usize,
        /// The greatest number for the size.
        max: usize,
    },
    /// The number of used cells is not that of the pairs of the options.
    #[error("a ranking sheet uses one cell for each pair of its options: {expected}, not {count}")]
    RankedCells {
        /// `m(m-1)/2`.
        expected: usize,
        /// The given number of used cells.
        count: usize,
    },
    /// An axis or a list of costs does not have one entry for each used cell.
    #[error("expected weights or costs for {expected} used cells, not for {actual}")]
    AxisLength {
        /// The number of used cells.
        expected: usize,
        /// The given number of entries.
        actual: usize,
    },
    /// The threshold of a camp is out of range.
    #[error("the camps' threshold {0} is out of range: expected -8192 to 8191")]
    CampThreshold(i16),
    /// The axis is not bound to a pilot.
    #[error("the camps' axis names no pilot: its hash is zero")]
    NoPilot,
    /// The budget is out of range.
    #[error("the budget {0} is not below 2^{THRESHOLD_BITS}")]
    Budget(u32),
    /// The flags are those of no kind: more than one kind, exactness without groups, camps without statements.
    #[error("the flags of the packed shape {0:#x} are those of no kind of sheet")]
    Flags(u128),
    /// The packed shape is not the one of its kind: reserved bits, a mask with holes, marks without groups.
    #[error("{0:#x} is not the packed shape of a sheet")]
    Shape(u128),
    /// The packed threshold is not the one of the kind.
    #[error("{0} is not the packed threshold of this kind of sheet")]
    Threshold(u32),
    /// A pilot is named by a sheet without camps.
    #[error("a sheet without camps has no pilot")]
    UnusedPilot,
    /// The number of axis words is not that of the size.
    #[error("a sheet of this size has {expected} axis words, not {actual}")]
    AxisWords {
        /// The number of words.
        expected: usize,
        /// The given number.
        actual: usize,
    },
    /// An axis word holds a byte that the kind fixes to another value, or more bytes than it should.
    #[error("axis word {index} (from 0) is not the one of this kind of sheet: the bytes of unused cells are fixed")]
    AxisWord {
        /// The index of the word, from 0.
        index: usize,
    },
}

/// The reason why answers do not fit a form. A violated clause is named by cell or option and by the form's public
/// limits, never by an answer.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum AnswerError {
    /// There is not one answer for each cell.
    #[error("a sheet of this size has {expected} answers, not {actual}: pad them with passes")]
    Length {
        /// `K`.
        expected: usize,
        /// The given number of answers.
        actual: usize,
    },
    /// There is not one rank for each option that the size has room for.
    #[error("a sheet of this size has {expected} ranks, not {actual}: pad them with zeros")]
    RankLength {
        /// 6 or 9.
        expected: usize,
        /// The given number of ranks.
        actual: usize,
    },
    /// A rank has more than four bits.
    #[error("the rank of option {option} (from 0) has more than {RANK_BITS} bits")]
    RankTooLarge {
        /// The index of the option, from 0.
        option: usize,
    },
    /// A cell behind the used ones is answered.
    #[error("cell {cell} (from 0) is answered, but the sheet uses {count} cells only")]
    UnusedCell {
        /// The index of the cell, from 0.
        cell: usize,
        /// The number of used cells.
        count: usize,
    },
    /// A cell of a sheet of groups, or of an approval, is disagreed with.
    #[error("a cell is disagreed with, but this kind of sheet knows agreement only")]
    Disagreement,
    /// More than one cell of a group is agreed with.
    #[error("more than one cell is agreed with in the group that ends with cell {last} (from 0)")]
    GroupExceeded {
        /// The index of the group's last cell, from 0.
        last: usize,
    },
    /// No cell of a group is agreed with, but one must be.
    #[error("no cell is agreed with in the group that ends with cell {last} (from 0), and the sheet asks for one")]
    GroupEmpty {
        /// The index of the group's last cell, from 0.
        last: usize,
    },
    /// A cell is not the one that the ranks give.
    #[error("cell {cell} (from 0) does not say which of its two options is ranked first")]
    Ranking {
        /// The index of the cell, from 0.
        cell: usize,
    },
    /// The cells that are agreed with cost more than the budget.
    #[error("the cells that are agreed with cost more than the budget of {budget}")]
    BudgetExceeded {
        /// The form's budget, inclusive.
        budget: u32,
    },
}
