//! Sheets: forms, cells and what they count. Twin of `psephos_protocol::sheet`.
//!
//! One set of constraints serves every kind of sheet; the form's bits, which `ctx` binds, switch them on and off. No
//! value can wrap around the field: scores are below `2^22` in absolute value, everything else is smaller.

mod cells;
mod counters;
mod form;
mod groups;
mod ranking;
mod score;

pub use cells::Cell;
pub use counters::{select_cell, select_turnout};
pub use form::{Form, FormValues};
pub use groups::enforce_groups;
pub use ranking::enforce_ranking;
pub use score::enforce_score;
