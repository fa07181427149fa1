//! Which members of a chamber have identities of a voter's seed, and which have an identity in common.

use psephos_protocol::{
    identifiers::{ChamberId, PollId},
    identity::{IdentityCommitment, IdentityError},
    weight::Weight,
};
use psephos_state::{Address, ChainState, Chamber, Deployment};
use rayon::prelude::*;

use super::{AccountIdentity, VoterError, VoterSeed};

/// A membership whose identity follows from a voter's seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The chamber.
    pub chamber: ChamberId,
    /// The account that is enrolled.
    pub account: Address,
    /// Its identity commitment.
    pub id: IdentityCommitment,
    /// Its weight.
    pub weight: Weight,
}

/// Finds the identity with which a voter can vote in a chamber of an opened poll: that of `account`, or else of the
/// only member whose identity follows from the seed. The search derives an identity for each member, on all cores; a
/// member that copied another's commitment is not found, because the identity of its own account is another.
///
/// # Errors
/// Returns `Chain` with `UnknownPollChamber`, or with `WrongPollState` before the poll is opened; `OtherIdentity` if
/// the account is a member with another identity, `NoMemberOfSeed`, `SeveralMembersOfSeed`, and `NotMember` if
/// the account is no member.
pub fn find_identity(
    state: &ChainState,
    seed: &VoterSeed,
    poll: PollId,
    chamber: ChamberId,
    account: Option<Address>,
) -> Result<AccountIdentity, VoterError> {
    let (_, frozen) = state.opened_chamber(poll, chamber)?;
    let Some(account) = account else {
        let mut found = find_members(&state.deployment, seed, &frozen.chamber)?;
        return match found.pop() {
            Some(one) if found.is_empty() => Ok(one),
            Some(one) => {
                let accounts = found.iter().chain([&one]).map(|own| own.account).collect();
                Err(VoterError::SeveralMembersOfSeed { chamber, accounts })
            }
            None => Err(VoterError::NoMemberOfSeed { poll, chamber }),
        };
    };
    let own = seed.derive_identity(&state.deployment, account)?;
    own.voter().find_member(frozen, poll, chamber)?;
    Ok(own)
}

/// Lists the current memberships whose identities follow from the seed, by chamber and account.
///
/// # Errors
/// Returns [`IdentityError`] if an account's seed gives no identity.
pub fn list_memberships(state: &ChainState, seed: &VoterSeed) -> Result<Vec<Membership>, IdentityError> {
    let mut memberships = Vec::new();
    for (number, chamber) in &state.chambers {
        for AccountIdentity { account, identity } in find_members(&state.deployment, seed, chamber)? {
            let Some(member) = chamber.members.get(&account) else { continue };
            let id = identity.commitment();
            memberships.push(Membership { chamber: *number, account, id, weight: member.weight });
        }
    }
    Ok(memberships)
}

/// Returns the other memberships with this identity commitment, by chamber and account: everyone sees the same of them.
pub fn find_same_identity(
    state: &ChainState,
    id: &IdentityCommitment,
    except: (ChamberId, Address),
) -> Vec<(ChamberId, Address)> {
    let members = state
        .chambers
        .iter()
        .flat_map(|(number, chamber)| chamber.members.iter().map(|(account, member)| (*number, *account, member.id)));
    let same = members.filter(|(number, account, other)| other == id && (*number, *account) != except);
    same.map(|(number, account, _)| (number, account)).collect()
}

/// Finds the members of a chamber whose identities follow from the seed.
pub(crate) fn find_members(
    deployment: &Deployment,
    seed: &VoterSeed,
    chamber: &Chamber,
) -> Result<Vec<AccountIdentity>, IdentityError> {
    let members: Vec<_> = chamber.members.iter().collect();
    let own = members.par_iter().filter_map(|(account, member)| match seed.derive_identity(deployment, **account) {
        Ok(own) => (own.identity.commitment() == member.id).then_some(Ok(own)),
        Err(error) => Some(Err(error)),
    });
    own.collect()
}

#[cfg(test)]
#[path = "membership_tests.rs"]
mod tests;
