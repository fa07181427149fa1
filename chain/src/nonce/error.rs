//! Errors of a nonce that a user chooses. After each of them nothing was sent.

use alloy::primitives::Address;

/// The reason why a transaction cannot have the chosen nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceError {
    /// It is that of a mined transaction.
    #[error("nonce {nonce} of {account} is used already, and the next one is {next}; nothing was sent")]
    Used {
        /// The account.
        account: Address,
        /// The chosen nonce.
        nonce: u64,
        /// The nonce of the account's next transaction.
        next: u64,
    },
    /// It leaves others unused below it.
    #[error(
        "a transaction with nonce {nonce} of {account} could not be mined before those with nonces from {next} on are; \
         nothing was sent"
    )]
    Gap {
        /// The account.
        account: Address,
        /// The chosen nonce.
        nonce: u64,
        /// The nonce of the account's next transaction, pending ones included.
        next: u64,
    },
    /// A second transaction would need it.
    #[error("nonce {nonce} was for one transaction, and another one is needed, which was not sent")]
    Taken {
        /// The chosen nonce.
        nonce: u64,
    },
}
