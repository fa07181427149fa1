//! How a contract's code differs from what this program was built with.

use alloy::primitives::{Address, B256};

/// A contract of a deployment that is not the one that this program was built with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// There is no code at the address.
    #[error("there is no {contract} at {address}: there is no code at all")]
    Missing {
        /// The contract's name.
        contract: String,
        /// The address.
        address: Address,
    },
    /// There is other code at the address.
    #[error(
        "the contract at {address} is not the {contract} that this program was built with: the hash of its code, \
         without what deployment fills in, is {actual}, expected {expected}"
    )]
    OtherCode {
        /// The contract's name.
        contract: String,
        /// The address.
        address: Address,
        /// The hash of the code that this program was built with.
        expected: B256,
        /// The hash of the code at the address.
        actual: B256,
    },
    /// The contract uses another contract than the deployment names.
    #[error("the {contract} at {address} has {actual} as its {what}, but the deployment names {expected}")]
    OtherDependency {
        /// The contract's name.
        contract: String,
        /// The address.
        address: Address,
        /// The purpose of the other contract.
        what: &'static str,
        /// The address that the deployment names.
        expected: Address,
        /// The value in the code.
        actual: B256,
    },
    /// A number in the contract's code is none that a constructor can have left there.
    #[error("the {contract} at {address} has {actual} as its {what}, which does not fit in {bits} bits or varies")]
    InvalidNumber {
        /// The contract's name.
        contract: String,
        /// The address.
        address: Address,
        /// The meaning of the number.
        what: &'static str,
        /// The width of its type.
        bits: usize,
        /// The value in the code.
        actual: B256,
    },
}
