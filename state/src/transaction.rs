//! A transaction as evidence of what its events say.

use alloy_primitives::{Address, Bytes};

/// A transaction's sender, target and calldata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionCall {
    /// The account that signed it.
    pub from: Address,
    /// The target; none if the transaction creates a contract.
    pub to: Option<Address>,
    /// The calldata.
    pub data: Bytes,
}

/// Whether the calldata of an event's transaction has what the event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvidence {
    /// Not loaded yet ([`crate::ChainState::load_calls`]).
    NotLoaded,
    /// The transaction calls the contract with just this.
    Confirmed,
    /// The transaction calls another contract, which must have made the call: no calldata has its arguments.
    Forwarded,
    /// The transaction says something else, or cannot be found: why.
    Contradicted(String),
}

impl CallEvidence {
    /// Judges a transaction that was looked up: `contains` says whether its calldata has what the event says.
    pub(crate) fn judge(
        call: Option<&TransactionCall>,
        contract: Address,
        contains: impl FnOnce(&TransactionCall) -> bool,
    ) -> Self {
        match call {
            None => Self::Contradicted("its transaction cannot be found".into()),
            Some(call) if call.to != Some(contract) => Self::Forwarded,
            Some(call) if contains(call) => Self::Confirmed,
            Some(_) => Self::Contradicted("its transaction calls the contract with something else".into()),
        }
    }

    pub(crate) fn is_missing(&self) -> bool {
        *self == Self::NotLoaded
    }
}
