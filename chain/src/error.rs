//! Errors of reading from and writing to a chain; each message says what to do.

use alloy::{
    primitives::{Address, B256, U256},
    transports::{RpcError, TransportErrorKind},
};
use psephos_protocol::identifiers::ChainId;
use psephos_state::StateError;

use crate::{
    artifact::ArtifactError,
    code::error::CodeError,
    host::{hide_url_secrets, host_of},
    network::NetworkError,
    nonce::error::NonceError,
    plan::error::PlanError,
    revert::Revert,
    signer::error::SignerError,
    source::indexer::error::IndexerError,
    transport::TransportFailure,
};

/// A failure to read from, or to write to, a chain.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// There is no connection to the node.
    #[error(
        "no node answers at {node} ({reason}): start one with `anvil` (`npm ci` in verifier-contracts installs it), or \
         name the URL of another"
    )]
    NodeUnreachable {
        /// The host of the node.
        node: String,
        /// The reason.
        reason: String,
    },
    /// The proxy cannot be used, or there is no connection through it.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The node did not answer a request, although it may have it.
    #[error(
        "the node at {node} did not answer when asked for {action}: {reason}; try again, allow more time with \
         --rpc-timeout SECONDS, or name the URL of another"
    )]
    NoAnswer {
        /// The host of the node.
        node: String,
        /// The requested item or action.
        action: &'static str,
        /// What happened.
        reason: String,
    },
    /// The node refuses requests because there are too many, also after several pauses.
    #[error(
        "the node at {node} is busy ({answer}) when asked for {action}, again and again: try again later, or name the \
         URL of another"
    )]
    NodeBusy {
        /// The host of the node.
        node: String,
        /// The requested item or action.
        action: &'static str,
        /// What it answered.
        answer: String,
    },
    /// The URL is invalid. It is not repeated: it may hold a key.
    #[error("this is not the URL of a node ({reason}): it should look like http://127.0.0.1:8545")]
    InvalidUrl {
        /// The reason.
        reason: String,
    },
    /// A header for the node is invalid. It is not repeated: it may hold a key.
    #[error("header {position} for the node is invalid: a header is `NAME: VALUE`, of printable ASCII characters")]
    InvalidHeader {
        /// Its position among the headers, from 1.
        position: usize,
    },
    /// The node estimates no fees, and a part of them was chosen.
    #[error(
        "a priority fee needs a maximum fee, and none can be estimated ({reason}): name it with --gas-price, or send a \
         legacy transaction with --legacy"
    )]
    NoFeeEstimate {
        /// Why there is no estimate.
        reason: String,
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
    /// The chain cannot have a deployment, or nothing is known of it.
    #[error("chain {chain_id} is not for a deployment: {reason}")]
    UnsuitableChain {
        /// The chain id.
        chain_id: ChainId,
        /// Why not.
        reason: String,
    },
    /// The signer that holds the account's key has not signed.
    #[error(transparent)]
    Signer(Box<SignerError>),
    /// The chosen nonce cannot be had.
    #[error(transparent)]
    Nonce(#[from] NonceError),
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
    /// A plan of several transactions is not run to its end.
    #[error(transparent)]
    Plan(Box<PlanError>),
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

    /// Returns whether the node gave no answer, now or for the time being: a later request may have one.
    pub fn is_node_silent(&self) -> bool {
        match self {
            Self::NodeUnreachable { .. } | Self::NoAnswer { .. } | Self::NodeBusy { .. } => true,
            Self::Network(error) => !error.is_invalid_input(),
            _ => false,
        }
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

impl From<SignerError> for ChainError {
    fn from(error: SignerError) -> Self {
        Self::Signer(Box::new(error))
    }
}

impl From<PlanError> for ChainError {
    fn from(error: PlanError) -> Self {
        Self::Plan(Box::new(error))
    }
}

impl From<IndexerError> for ChainError {
    fn from(error: IndexerError) -> Self {
        Self::Indexer(Box::new(error))
    }
}

/// Classifies a provider's error: no answer, a revert, or a refusal. None of them shows more of the URL than its host.
pub(crate) fn classify_error(url: &str, action: &'static str, error: RpcError<TransportErrorKind>) -> ChainError {
    let node = host_of(url);
    let refused = |message: &str| ChainError::Provider { action, message: hide_url_secrets(message, url) };
    match error {
        RpcError::Transport(TransportErrorKind::Custom(cause)) => match cause.downcast_ref::<TransportFailure>() {
            Some(TransportFailure::Unreachable { reason }) => {
                ChainError::NodeUnreachable { node, reason: reason.clone() }
            }
            Some(TransportFailure::Proxy(failure)) => failure.clone().into(),
            Some(failure @ (TransportFailure::TimedOut { .. } | TransportFailure::Broken { .. })) => {
                ChainError::NoAnswer { node, action, reason: failure.to_string() }
            }
            Some(failure @ TransportFailure::Busy { .. }) => {
                ChainError::NodeBusy { node, action, answer: failure.to_string() }
            }
            Some(failure @ (TransportFailure::Refused { .. } | TransportFailure::TooLarge { .. })) => {
                refused(&failure.to_string())
            }
            None => refused(&cause.to_string()),
        },
        RpcError::ErrorResp(payload) => match payload.as_revert_data() {
            Some(data) => ChainError::Reverted(Revert::decode(&data)),
            None => refused(&payload.message),
        },
        other => refused(&other.to_string()),
    }
}
