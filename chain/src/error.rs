//! Errors of reading from and writing to a chain; each message says what to do.

use alloy::{
    primitives::{Address, B256, U256},
    transports::{RpcError, TransportErrorKind},
};
use psephos_protocol::identifiers::ChainId;
use psephos_state::StateError;

use crate::{artifact::ArtifactError, code::error::CodeError, revert::Revert, source::indexer::error::IndexerError};

/// A failure to read from, or to write to, a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// No node answers.
    #[error(
        "no node answers at {url}: start one with `anvil` (`npm ci` in verifier-contracts installs it), or name the \
         URL of another"
    )]
    NodeUnreachable {
        /// The URL of the node.
        url: String,
    },
    /// The URL is invalid.
    #[error("`{url}` is not the URL of a node: it should look like http://127.0.0.1:8545")]
    InvalidUrl {
        /// The invalid URL.
        url: String,
    },
    /// The node is on another chain than the deployment.
    #[error("this is chain {actual}, but the deployment is on chain {expected}: use the deployment file of this chain")]
    WrongChain {
        /// The deployment's chain id.
        expected: ChainId,
        /// The node's chain id.
        actual: ChainId,
    },
    /// There is no code where a contract should be.
    #[error(
        "there is no {contract} at {address}: this deployment is not on this chain (a local chain loses its state when \
         it stops)"
    )]
    NotDeployed {
        /// The missing contract.
        contract: &'static str,
        /// The address.
        address: Address,
    },
    /// The node does not have a block that was final.
    #[error(
        "the node's chain, with newest block {head}, does not have block {number} ({hash}), which was final: the node was \
         reset, lags far behind, or follows another chain; what was read is kept, and is used again once the node has it"
    )]
    FinalBlockLost {
        /// The block's number.
        number: u64,
        /// The block's hash.
        hash: B256,
        /// The number of the node's newest block.
        head: u64,
    },
    /// A contract reverted.
    #[error("the contract reverted: {0}")]
    Reverted(Revert),
    /// The account cannot pay.
    #[error("{account} has {balance} wei and needs {needed}: send it the difference and try again; nothing was sent")]
    Unfunded {
        /// The account.
        account: Address,
        /// Its balance, in wei.
        balance: U256,
        /// The most that the transaction can cost, in wei.
        needed: U256,
    },
    /// No receipt arrived in time.
    #[error("transaction {hash} was sent but not mined in {seconds} s: look it up before sending again")]
    NotMined {
        /// The transaction.
        hash: B256,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The connection has no account to send from.
    #[error("no account is configured to send from")]
    NoSender,
    /// An operation that only local development chains support.
    #[error("chain {chain_id} is not a local development chain: {action} is refused")]
    NotLocal {
        /// The chain id.
        chain_id: ChainId,
        /// The operation.
        action: &'static str,
    },
    /// The local chain's program was not found or did not start.
    #[error("{reason}; `npm ci` in verifier-contracts installs anvil, or set PSEPHOS_ANVIL to its path")]
    NoAnvil {
        /// What was tried.
        reason: String,
    },
    /// The node refused a request.
    #[error("the node refused {action}: {message}")]
    Provider {
        /// The requested item or action.
        action: &'static str,
        /// The node's message.
        message: String,
    },
    /// The deployment has no contract that pays relayers.
    #[error("this deployment has no fee pots: relayers of its polls are not paid on the chain")]
    NoFeePots,
    /// The fee pots are those of other polls.
    #[error(
        "the fee pots at {contract} belong to the polls contract {polls}, not to {expected}: correct `fee_pot` in the \
         deployment file"
    )]
    OtherPolls {
        /// The contract that the deployment names.
        contract: Address,
        /// The polls contract for which it pays.
        polls: Address,
        /// The deployment's polls contract.
        expected: Address,
    },
    /// A contract of the deployment is not the one that this program was built with.
    #[error(transparent)]
    Code(#[from] Box<CodeError>),
    /// A compiled contract cannot be used.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A deployment file cannot be read or written.
    #[error("deployment file {path}: {reason}")]
    DeploymentFile {
        /// The path.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// An indexer does not answer, or its answer differs from the chain.
    #[error(transparent)]
    Indexer(#[from] Box<IndexerError>),
    /// An event file cannot be read or written.
    #[error("event file {path}: {reason}")]
    EventFile {
        /// The path.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// The events do not contain what was asked for, or the data cannot be those of the deployment's contracts or of a
    /// consistent node.
    #[error(transparent)]
    State(#[from] StateError),
}

impl ChainError {
    /// Builds a [`StateError::Unexpected`]: data that a consistent node cannot have produced.
    pub(crate) fn unexpected(what: impl Into<String>) -> Self {
        StateError::Unexpected(what.into()).into()
    }

    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Reverted(revert) => Some(&revert.name),
            _ => None,
        }
    }
}

impl From<CodeError> for ChainError {
    fn from(error: CodeError) -> Self {
        Self::Code(Box::new(error))
    }
}

impl From<IndexerError> for ChainError {
    fn from(error: IndexerError) -> Self {
        Self::Indexer(Box::new(error))
    }
}

/// Classifies a provider's error: node unreachable, a revert, or a refusal.
pub(crate) fn classify_error(url: &str, action: &'static str, error: RpcError<TransportErrorKind>) -> ChainError {
    match error {
        RpcError::Transport(kind) if matches!(kind, TransportErrorKind::Custom(_)) || is_unreachable(&kind) => {
            ChainError::NodeUnreachable { url: url.to_owned() }
        }
        RpcError::ErrorResp(payload) => match payload.as_revert_data() {
            Some(data) => ChainError::Reverted(Revert::decode(&data)),
            None => ChainError::Provider { action, message: payload.message.to_string() },
        },
        other => ChainError::Provider { action, message: other.to_string() },
    }
}

fn is_unreachable(kind: &TransportErrorKind) -> bool {
    matches!(kind, TransportErrorKind::BackendGone | TransportErrorKind::MissingBatchResponse(_))
}
