//! Errors of an operator's calls, before anything is sent.

use psephos_chain::{Address, ChainError, Revert};
use psephos_protocol::identifiers::ChamberId;

use super::ownership::OwnedContract;

/// The reason why an operator's calls are neither sent nor exported.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The account is not the owner.
    #[error("the {contract} {address} belongs to {owner}, not to {account}: nothing was sent")]
    NotOwner {
        /// The contract.
        contract: OwnedContract,
        /// Its address.
        address: Address,
        /// Its owner.
        owner: Address,
        /// The account.
        account: Address,
    },
    /// The owner has not offered the contract to the account.
    #[error(
        "the {contract} {address} is not offered to {account}: it belongs to {owner}, {}; nothing was sent",
        describe_offer(.pending)
    )]
    NotOffered {
        /// The contract.
        contract: OwnedContract,
        /// Its address.
        address: Address,
        /// Its owner.
        owner: Address,
        /// The account to which it is offered.
        pending: Option<Address>,
        /// The account.
        account: Address,
    },
    /// No one account may make all calls.
    #[error("no one account can make these calls: the {first} belongs to {owner}, the {second} to {other}")]
    SeveralOwners {
        /// A contract that is called.
        first: OwnedContract,
        /// Its owner.
        owner: Address,
        /// Another contract that is called.
        second: OwnedContract,
        /// Its owner.
        other: Address,
    },
    /// There is a chamber of this name, with another list.
    #[error("chamber {chamber} has the name {name:?} already, and another list: nothing was sent")]
    ChamberExists {
        /// The chamber.
        chamber: ChamberId,
        /// Its name.
        name: String,
    },
    /// A call would fail if it were made now.
    #[error("from {from} this call would fail now: {revert} ({description})")]
    WouldFail {
        /// The account that would make it.
        from: Address,
        /// What the call does.
        description: String,
        /// The contract's revert.
        revert: Revert,
    },
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

fn describe_offer(pending: &Option<Address>) -> String {
    pending.map_or_else(|| "and is offered to no account".to_owned(), |account| format!("and is offered to {account}"))
}
