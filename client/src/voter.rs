//! A voter's actions: create an identity, enrol it, vote, replace the ballot, recover its contents.

mod ballot;
pub mod error;
mod identity;
mod recovery;
mod reference;

pub(crate) use ballot::committee_keys;
pub use ballot::{Vote, is_counted, prepare_ballot, prove_ballot, prove_ballot_remotely, single_choice, submit_ballot};
pub use error::VoterError;
pub use identity::{Enrolment, create_identity, enrol_identity, inspect_identity, open_identity, rotate_identity};
pub use recovery::{RecoveredBallot, recover_ballot};
pub use reference::{InvalidReference, PollReference, require_poll};
