//! Sheets: one anonymous ballot on many statements (specification, section 7, *Sheets*). The public part is a [`Form`],
//! the secret part the [`Answers`] of its cells; both statements and totals use what follows from them here.

mod agenda;
mod answers;
mod axis;
mod counters;
mod encrypted;
mod error;
mod form;
mod randomness;
mod words;

pub use agenda::hash_agenda;
pub use answers::{Answer, Answers, Camp};
pub use axis::{Axis, hash_pilot};
pub use counters::{CellTotals, CounterError, Counters, Turnout};
pub use encrypted::EncryptedSheet;
pub use error::{AnswerError, FormError};
pub use form::{Form, FormKind};
pub use randomness::{RelatedRandomness, SheetRandomness};
pub use words::FormWords;

/// Returns the pairs `(i, k)`, `i < k`, of a ranking in the order of their cells: (0,1), (0,2), (1,2), (0,3), .. The
/// pairs of the first `m` options stand in the first `m(m-1)/2` cells.
pub fn ranked_pairs(options: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..options).flat_map(|k| (0..k).map(move |i| (i, k)))
}
