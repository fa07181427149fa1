//! The ownership of a deployment's contracts: which account owns each, and its transfer in two steps. The present owner
//! offers a contract, and the new owner accepts it: a mistyped address never owns anything.
//!
//! The fee pots have no owner of their own: they obey the owner of the polls, those of sheets the owner of the sheets.

use std::fmt;

use psephos_chain::{
    Address, ChainError, Connection,
    plan::{Step, ViewReturns},
};
use psephos_state::{
    Deployment,
    bindings::AllowListPolicy::{acceptOwnershipCall, ownerCall, pendingOwnerCall, transferOwnershipCall},
};
use serde::Serialize;

use super::{Call, error::OperatorError};

/// A contract of a deployment that has an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnedContract {
    /// The registry of stakeholders.
    Registry,
    /// The allow-list.
    Policy,
    /// The committees.
    Committee,
    /// The polls, and with them the fee pots.
    Polls,
    /// The rewards.
    Rewards,
    /// The sheet polls, and with them their fee pots.
    Sheets,
    /// The charters.
    Charters,
    /// The profiles of classes of actions.
    ActionClasses,
    /// The rewards for sheets.
    SheetRewards,
}

impl OwnedContract {
    /// All of them, in the order in which they are transferred.
    pub const ALL: [Self; 9] = [
        Self::Registry,
        Self::Policy,
        Self::Committee,
        Self::Polls,
        Self::Rewards,
        Self::Sheets,
        Self::Charters,
        Self::ActionClasses,
        Self::SheetRewards,
    ];

    /// Returns its address in a deployment.
    pub fn address(self, deployment: &Deployment) -> Address {
        match self {
            Self::Registry => deployment.registry,
            Self::Policy => deployment.policy,
            Self::Committee => deployment.committee,
            Self::Polls => deployment.polls,
            Self::Rewards => deployment.rewards,
            Self::Sheets => deployment.sheets.sheets,
            Self::Charters => deployment.sheets.charters,
            Self::ActionClasses => deployment.sheets.action_classes,
            Self::SheetRewards => deployment.sheets.rewards,
        }
    }
}

impl fmt::Display for OwnedContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registry => "registry",
            Self::Policy => "allow-list",
            Self::Committee => "committees contract",
            Self::Polls => "polls contract",
            Self::Rewards => "rewards contract",
            Self::Sheets => "sheets contract",
            Self::Charters => "charters contract",
            Self::ActionClasses => "contract of action classes",
            Self::SheetRewards => "rewards contract of sheets",
        })
    }
}

/// Who owns a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ownership {
    /// The contract.
    pub contract: OwnedContract,
    /// Its address.
    pub address: Address,
    /// Its owner.
    pub owner: Address,
    /// The account to which the owner has offered it and that has not accepted yet.
    pub pending_owner: Option<Address>,
}

/// Reads the owners of all contracts.
///
/// # Errors
/// Returns [`ChainError`] if the chain cannot be read.
pub async fn read_ownership(connection: &Connection, deployment: &Deployment) -> Result<Vec<Ownership>, ChainError> {
    let mut ownerships = Vec::new();
    for contract in OwnedContract::ALL {
        let address = contract.address(deployment);
        let owner = connection.call(address, &ownerCall {}).await?;
        let pending = connection.call(address, &pendingOwnerCall {}).await?;
        let pending_owner = Some(pending).filter(|account| !account.is_zero());
        ownerships.push(Ownership { contract, address, owner, pending_owner });
    }
    Ok(ownerships)
}

/// Returns the account that may call all these contracts as their owner. Contracts of others, such as tokens, do not
/// count; if there are no other ones, it is the owner of the polls.
///
/// # Errors
/// Returns `SeveralOwners`.
pub fn find_caller(
    ownerships: &[Ownership],
    deployment: &Deployment,
    targets: impl IntoIterator<Item = Address>,
) -> Result<Address, OperatorError> {
    let owned = |target: Address| match target {
        pot if Some(pot) == deployment.fee_pot => deployment.polls,
        pot if pot == deployment.sheets.fee_pot => deployment.sheets.sheets,
        other => other,
    };
    let find = |target: Address| ownerships.iter().find(|entry| entry.address == owned(target));
    let mut owners = targets.into_iter().filter_map(find);
    let Some(first) = owners.next().or_else(|| find(deployment.polls)) else { return Ok(Address::ZERO) };
    match owners.find(|entry| entry.owner != first.owner) {
        None => Ok(first.owner),
        Some(second) => Err(OperatorError::SeveralOwners {
            first: first.contract,
            owner: first.owner,
            second: second.contract,
            other: second.owner,
        }),
    }
}

/// Builds the calls that offer all contracts to a new owner. A contract that it owns already, or is offered already,
/// needs none; an offer of its own contract to another account is withdrawn.
pub fn transfer_calls(ownerships: &[Ownership], new_owner: Address) -> Vec<Call> {
    let calls = ownerships.iter().filter_map(|entry| {
        let Ownership { contract, address, owner, pending_owner } = *entry;
        let (offered, description) = if owner != new_owner {
            (new_owner, format!("offer the {contract} {address} to {new_owner}, which then accepts it"))
        } else {
            let other = pending_owner?;
            (Address::ZERO, format!("withdraw the offer of the {contract} {address} to {other}"))
        };
        let done = pending_owner == Some(offered);
        (!done).then(|| Call::new(address, &transferOwnershipCall { newOwner: offered }, description))
    });
    calls.collect()
}

/// Returns the calls of [`transfer_calls`] as steps of a plan: each is done once the contract is offered so.
pub fn transfer_steps(ownerships: &[Ownership], new_owner: Address) -> Vec<Step> {
    let steps = transfer_calls(ownerships, new_owner).into_iter().map(|call| {
        let is_own = ownerships.iter().any(|entry| entry.address == call.to && entry.owner == new_owner);
        let offered = if is_own { Address::ZERO } else { new_owner };
        let done = ViewReturns::new(call.to, &pendingOwnerCall {}, &offered);
        Step { done: Some(Box::new(done)), ..call.into_step() }
    });
    steps.collect()
}

/// Checks that an account owns every contract that these calls change.
///
/// # Errors
/// Returns `NotOwner`.
pub fn check_owner(ownerships: &[Ownership], calls: &[Call], account: Address) -> Result<(), OperatorError> {
    let changed = |entry: &&Ownership| calls.iter().any(|call| call.to == entry.address);
    match ownerships.iter().filter(changed).find(|entry| entry.owner != account) {
        None => Ok(()),
        Some(&Ownership { contract, address, owner, .. }) => {
            Err(OperatorError::NotOwner { contract, address, owner, account })
        }
    }
}

/// Checks that an account owns every contract or is offered it.
///
/// # Errors
/// Returns `NotOffered`.
pub fn check_offered(ownerships: &[Ownership], account: Address) -> Result<(), OperatorError> {
    let stranger = |entry: &&Ownership| entry.owner != account && entry.pending_owner != Some(account);
    match ownerships.iter().find(stranger) {
        None => Ok(()),
        Some(&Ownership { contract, address, owner, pending_owner: pending }) => {
            Err(OperatorError::NotOffered { contract, address, owner, pending, account })
        }
    }
}

/// Builds the calls by which an account accepts all contracts that it does not own yet. [`check_offered`] says whether
/// they would succeed now.
pub fn acceptance_calls(ownerships: &[Ownership], account: Address) -> Vec<Call> {
    let calls = ownerships.iter().filter(|entry| entry.owner != account).map(|entry| {
        let description = format!("accept the {} {}", entry.contract, entry.address);
        Call::new(entry.address, &acceptOwnershipCall {}, description)
    });
    calls.collect()
}

/// Returns the calls of [`acceptance_calls`] as steps of a plan: each is done once the account owns the contract.
pub fn acceptance_steps(ownerships: &[Ownership], account: Address) -> Vec<Step> {
    let steps = acceptance_calls(ownerships, account).into_iter().map(|call| {
        let done = ViewReturns::new(call.to, &ownerCall {}, &account);
        Step { done: Some(Box::new(done)), ..call.into_step() }
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use psephos_state::deployment::placeholder;

    use super::*;

    const OLD: Address = Address::repeat_byte(0xa1);
    const NEW: Address = Address::repeat_byte(0xb2);

    fn ownerships(deployment: &Deployment) -> Vec<Ownership> {
        let entry = |contract: OwnedContract| Ownership {
            contract,
            address: contract.address(deployment),
            owner: OLD,
            pending_owner: None,
        };
        OwnedContract::ALL.map(entry).to_vec()
    }

    #[test]
    fn transfer_leaves_out_what_is_done() {
        let mut entries = ownerships(&placeholder(Address::repeat_byte));
        assert_eq!(transfer_calls(&entries, NEW).len(), 9);
        entries[0].owner = NEW;
        entries[1].pending_owner = Some(NEW);
        entries[2].pending_owner = Some(Address::repeat_byte(0xc3));
        let calls = transfer_calls(&entries, NEW);
        assert_eq!(
            calls.iter().map(|call| call.to).collect::<Vec<_>>(),
            [2, 3, 4, 5, 6, 7, 8].map(|i| entries[i].address)
        );
        assert!(check_owner(&entries, &calls, OLD).is_ok());
        assert!(matches!(
            check_owner(&entries, &calls, NEW),
            Err(OperatorError::NotOwner { contract: OwnedContract::Committee, account: NEW, .. })
        ));
        // To the present owner: what is offered to another account is withdrawn.
        let withdrawn = transfer_calls(&entries[1..], OLD);
        assert_eq!(withdrawn.iter().map(|call| call.to).collect::<Vec<_>>(), [1, 2].map(|i| entries[i].address));
        assert!(withdrawn[0].data.ends_with(Address::ZERO.as_slice()), "{withdrawn:?}");
    }

    #[test]
    fn acceptance_needs_an_offer_of_each_contract() {
        let mut entries = ownerships(&placeholder(Address::repeat_byte));
        entries[0].owner = NEW;
        for entry in entries.iter_mut().filter(|entry| entry.contract != OwnedContract::Rewards).skip(1) {
            entry.pending_owner = Some(NEW);
        }
        assert!(matches!(
            check_offered(&entries, NEW),
            Err(OperatorError::NotOffered { contract: OwnedContract::Rewards, pending: None, .. })
        ));
        entries[4].pending_owner = Some(NEW);
        assert!(check_offered(&entries, NEW).is_ok());
        assert_eq!(acceptance_calls(&entries, NEW).len(), 8);
    }

    #[test]
    fn caller_is_the_one_owner_of_all_targets() {
        let mut deployment = placeholder(Address::repeat_byte);
        deployment.fee_pot = Some(Address::repeat_byte(99));
        let mut entries = ownerships(&deployment);
        entries[3].owner = NEW;
        let find = |targets: &[Address]| find_caller(&entries, &deployment, targets.iter().copied());
        let (pot, token) = (Address::repeat_byte(99), Address::repeat_byte(77));
        assert_eq!(find(&[deployment.registry]).unwrap(), OLD);
        assert_eq!(find(&[pot]).unwrap(), NEW, "the polls' owner");
        assert_eq!(find(&[]).unwrap(), NEW, "the polls' owner");
        assert_eq!(find(&[token, deployment.rewards]).unwrap(), OLD);
        assert!(matches!(
            find(&[deployment.policy, pot]),
            Err(OperatorError::SeveralOwners { first: OwnedContract::Policy, second: OwnedContract::Polls, .. })
        ));
    }
}
