//! A voter's actions: create a seed, enrol an account's identity, vote, replace the ballot, recover its contents.

mod ballot;
pub mod error;
mod identity;
mod membership;
mod recovery;
mod reference;

pub(crate) use ballot::committee_keys;
pub use ballot::{Vote, is_counted, prepare_ballot, prove_ballot, prove_ballot_remotely, single_choice, submit_ballot};
pub use error::VoterError;
pub use identity::{AccountIdentity, Enrolment, VoterSeed, enrol_identity, rotate_identity};
pub use membership::{Membership, find_identity, find_same_identity, list_memberships};
pub use recovery::{RecoveredBallot, recover_ballot};
pub use reference::{InvalidReference, PollReference, require_poll};
