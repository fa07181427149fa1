//! What a voter does: make an identity, enrol it, vote, vote again, find what its ballot holds.

mod ballot;
mod identity;
mod recovery;

pub use ballot::{Vote, is_counted, opened_chamber, parameters, prepare, prove, prove_remotely, single, submit};
pub(crate) use ballot::{inconsistent, scope};
pub(crate) use identity::open_seed;
pub use identity::{Enrolment, create_identity, enrol, inspect_identity, open_identity, rotate};
pub use recovery::{Recovered, recover};
