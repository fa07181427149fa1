//! What can go wrong between here and a chain, each with what to do about it.

use alloy::{
    primitives::{Address, B256, U256},
    transports::{RpcError, TransportErrorKind},
};

use crate::{artifact::ArtifactError, revert::Revert, source::indexer::error::IndexerError};

/// A failure to read from, or to write to, a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// Nobody answers at the address.
    #[error(
        "no chain answers at {url}: start one with `anvil` (`npm ci` in verifier-contracts installs it), or give the address of another"
    )]
    NoChain {
        /// Where a chain was looked for.
        url: String,
    },
    /// The address is not one.
    #[error("`{url}` is not the address of a chain: it should look like http://127.0.0.1:8545")]
    BadUrl {
        /// What was given.
        url: String,
    },
    /// Another chain than the deployment's.
    #[error("this is chain {actual}, but the deployment is on chain {expected}: use the deployment file of this chain")]
    WrongChain {
        /// The deployment's chain id.
        expected: u64,
        /// The chain id that the node answers.
        actual: u64,
    },
    /// No code where a contract should be.
    #[error(
        "there is no {contract} at {address}: this deployment is not on this chain (a local chain forgets everything when it stops)"
    )]
    NotDeployed {
        /// What should be there.
        contract: &'static str,
        /// Where.
        address: Address,
    },
    /// A contract refused.
    #[error("the contract refused: {0}")]
    Reverted(Revert),
    /// The account cannot pay.
    #[error("{account} has {balance} wei and needs {needed}: send it the difference and try again; nothing was sent")]
    Unfunded {
        /// Who pays.
        account: Address,
        /// What it has, in wei.
        balance: U256,
        /// What the transaction costs at most, in wei.
        needed: U256,
    },
    /// No receipt in time.
    #[error("transaction {hash} was sent but not mined in {seconds} s: look it up before sending again")]
    NotMined {
        /// The transaction.
        hash: B256,
        /// How long was waited.
        seconds: u64,
    },
    /// A connection that only reads was asked to send.
    #[error("no account is configured to send from")]
    NoSender,
    /// Something that only a local development chain may be asked.
    #[error("chain {chain_id} is not a local development chain: {action} is refused")]
    NotLocal {
        /// The chain.
        chain_id: u64,
        /// What was asked.
        action: &'static str,
    },
    /// The local chain's program was not found or did not start.
    #[error("{reason}; `npm ci` in verifier-contracts installs anvil, or set PSEPHOS_ANVIL to its path")]
    NoAnvil {
        /// What was tried.
        reason: String,
    },
    /// The provider answered something else.
    #[error("the provider refused {action}: {message}")]
    Provider {
        /// What was asked.
        action: &'static str,
        /// What it said.
        message: String,
    },
    /// The chain's answer is not what the contracts can have produced.
    #[error("unexpected data from the chain: {0}")]
    Unexpected(String),
    /// A deployment without the contract that pays relayers.
    #[error("this deployment has no fee pots: relayers of its polls are not paid on the chain")]
    NoFeePots,
    /// Fee pots of other polls.
    #[error(
        "the fee pots at {contract} are of the polls at {polls}, not of those at {expected}: correct `fee_pot` in the deployment file"
    )]
    OtherPolls {
        /// The contract that the deployment names.
        contract: Address,
        /// For what it pays.
        polls: Address,
        /// The deployment's polls.
        expected: Address,
    },
    /// A compiled contract cannot be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A deployment file cannot be read or written.
    #[error("deployment file {path}: {reason}")]
    DeploymentFile {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// An indexer does not answer, or not with what the chain says.
    #[error(transparent)]
    Indexer(#[from] Box<IndexerError>),
    /// An event file cannot be read or written.
    #[error("event file {path}: {reason}")]
    EventFile {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// The deployment's events do not say what was asked for, or cannot be the contracts'.
    #[error(transparent)]
    State(#[from] psephos_state::StateError),
}

impl ChainError {
    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Reverted(revert) => Some(&revert.name),
            _ => None,
        }
    }
}

impl From<IndexerError> for ChainError {
    fn from(error: IndexerError) -> Self {
        Self::Indexer(Box::new(error))
    }
}

/// Sorts a provider's error: nobody there, a revert, or something else.
pub(crate) fn classify(url: &str, action: &'static str, error: RpcError<TransportErrorKind>) -> ChainError {
    match error {
        RpcError::Transport(kind) if matches!(kind, TransportErrorKind::Custom(_)) || is_connection(&kind) => {
            ChainError::NoChain { url: url.to_owned() }
        }
        RpcError::ErrorResp(payload) => match payload.as_revert_data() {
            Some(data) => ChainError::Reverted(Revert::decode(&data)),
            None => ChainError::Provider { action, message: payload.message.to_string() },
        },
        other => ChainError::Provider { action, message: other.to_string() },
    }
}

fn is_connection(kind: &TransportErrorKind) -> bool {
    matches!(kind, TransportErrorKind::BackendGone | TransportErrorKind::MissingBatchResponse(_))
}
