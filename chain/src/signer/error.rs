//! Errors of signers that hold the key of an account elsewhere. After each of them nothing was sent.

use alloy::primitives::Address;

use crate::network::NetworkError;

/// The code of JSON-RPC for a method that a server does not have.
const UNKNOWN_METHOD: i64 = -32601;

/// The reason why a signer has not signed what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The URL does not parse. It is not repeated: it may hold a key.
    #[error("this is not the URL of a signer: it should look like http://127.0.0.1:8550")]
    InvalidUrl,
    /// The proxy cannot be used, or there is no connection through it.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Plain HTTP to another machine.
    #[error("the connection to the signer at {host} would not be encrypted: use https, or a signer on this machine")]
    InsecureTransport {
        /// The host.
        host: String,
    },
    /// The connection failed.
    #[error("no signer answers at {host}: {reason}; nothing was sent")]
    Unreachable {
        /// The host.
        host: String,
        /// The reason.
        reason: String,
    },
    /// There was no answer in time.
    #[error("the signer at {host} did not answer in {seconds} s; nothing was sent")]
    TimedOut {
        /// The host.
        host: String,
        /// The time limit, in seconds.
        seconds: u64,
    },
    /// The signer refused, or the person who was asked.
    #[error("the signer at {host} refused {method}: {message} (code {code}); nothing was sent")]
    Refused {
        /// The host.
        host: String,
        /// The method that it was asked for.
        method: &'static str,
        /// The code of JSON-RPC.
        code: i64,
        /// The signer's message.
        message: String,
    },
    /// The signer does not hold the key of the account.
    #[error("the signer at {host} does not hold the key of {account}")]
    NotHeld {
        /// The host.
        host: String,
        /// The account.
        account: Address,
    },
    /// The signer does not hold exactly one key, and no account is named.
    #[error("the signer at {host} holds the keys of {accounts} accounts, and it is not said which one is to sign")]
    SeveralAccounts {
        /// The host.
        host: String,
        /// How many.
        accounts: usize,
    },
    /// The answer is not one that a correct signer returns.
    #[error("the answer of the signer at {host} is invalid: {reason}; nothing was sent")]
    InvalidAnswer {
        /// The host.
        host: String,
        /// What is wrong.
        reason: String,
    },
    /// The signed transaction is another one.
    #[error(
        "the signer at {host} signed another transaction than it was asked to, with {what} {signed} instead of {asked}; \
         it was not sent"
    )]
    OtherTransaction {
        /// The host.
        host: String,
        /// The part that differs first.
        what: &'static str,
        /// As asked.
        asked: String,
        /// As signed.
        signed: String,
    },
    /// The signature is another account's, or for something else.
    #[error("the signature of the signer at {host} is that of {actual}, not of {expected}; nothing was sent")]
    OtherAccount {
        /// The host.
        host: String,
        /// The account that was to sign.
        expected: Address,
        /// The account that the signature gives.
        actual: Address,
    },
    /// A transaction of a kind that is not passed to signers.
    #[error("transactions of type {kind} are not passed to signers")]
    UnsupportedTransaction {
        /// The type (EIP-2718).
        kind: u8,
    },
}

impl SignerError {
    /// Returns whether the signer does not have the method that it was asked for.
    pub(super) fn is_unknown_method(&self) -> bool {
        matches!(self, Self::Refused { code: UNKNOWN_METHOD, .. })
    }
}
