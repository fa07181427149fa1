//! A voter's actions: create a seed, enrol an account's identity, vote, replace the ballot, recover its contents.

mod ballot;
pub mod error;
mod identity;
mod membership;
mod recovery;
mod reference;
mod update;
mod vote;

pub use ballot::{is_counted, prepare_ballot, single_choice, submit_ballot};
pub use error::VoterError;
pub use identity::{AccountIdentity, Enrolment, VoterSeed, enrol_identity, rotate_identity};
pub(crate) use membership::find_members;
pub use membership::{Membership, find_identity, find_same_identity, list_memberships};
pub use psephos_submission::mask::MaskError;
pub use recovery::{RecoveredBallot, recover_ballot};
pub use reference::{InvalidReference, PollReference, require_poll};
pub use update::prepare_mask;
pub use vote::{Vote, prove_ballot, prove_ballot_remotely};

use psephos_chain::Address;
use psephos_protocol::{
    field,
    identifiers::{ChamberId, PollId},
    identity::Identity,
};
use psephos_state::{FrozenChamber, Member};

/// A voter as its own software knows it. It holds the identity: without `Debug`.
#[derive(Clone, Copy)]
pub struct Voter<'a> {
    /// The account that enrolled the identity.
    pub account: Address,
    /// The identity.
    pub identity: &'a Identity,
}

impl Voter<'_> {
    /// Finds the voter's leaf in a frozen census: that of its account. Other members may have enrolled a copy of its
    /// identity commitment; their leaves would give the ballot their weight.
    fn find_member<'a>(
        &self,
        frozen: &'a FrozenChamber,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<&'a Member, VoterError> {
        let (account, id) = (self.account, self.identity.commitment());
        let member = frozen.chamber.members.get(&account).ok_or(VoterError::NotMember { poll, chamber, account })?;
        if member.id != id {
            let [id, enrolled] = [id, member.id].map(|id| field::to_hex(&id.value()));
            return Err(VoterError::OtherIdentity { poll, chamber, account, id, enrolled });
        }
        Ok(member)
    }
}
