//! What a voter does: make an identity, enrol it, vote, vote again.

mod ballot;
mod identity;
mod recover;

pub use ballot::{Vote, is_counted, prepare, prove, single, submit};
pub(crate) use ballot::{inconsistent, opened_chamber, parameters};
pub(crate) use identity::open_seed;
pub use identity::{Enrolment, create_identity, enrol, inspect_identity, open_identity, rotate};
pub use recover::recover;
