//! Why a context is not confirmed.

use std::fmt;

use psephos_chain::{Address, B256, ChainError, NodesError, StateProofError};
use psephos_protocol::identifiers::PollId;
use psephos_state::StateError;
use psephos_submission::contexts::ContextError;

use super::SourceKind;
use crate::conversions::convert_through;

/// What two sources say differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The poll's fingerprint.
    Fingerprint,
    /// The hash of the committee's keys.
    Keys,
    /// The root of the frozen census.
    CensusRoot,
    /// The number of members in the frozen census.
    Members,
    /// The chambers of the poll.
    Chambers,
    /// The context of a chamber.
    Context,
    /// The addresses of the contracts.
    Contracts,
    /// The code of the polls contract.
    Code,
    /// The encrypted total.
    Total,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fingerprint => "the poll's fingerprint",
            Self::Keys => "the hash of the committee's keys",
            Self::CensusRoot => "the census root",
            Self::Members => "the number of members",
            Self::Chambers => "the poll's chambers",
            Self::Context => "the context",
            Self::Contracts => "the addresses of the contracts",
            Self::Code => "the hash of the polls contract's code",
            Self::Total => "the encrypted total",
        })
    }
}

/// A context that is not confirmed. Nothing was proved, signed or sent.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// The chain cannot be read, or its events do not contain what was asked for.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The nodes do not agree, with each other or with the events, or one cannot be asked.
    #[error(transparent)]
    Nodes(#[from] ContextError),
    /// The context cannot be proved against the hash of a block.
    #[error(transparent)]
    StateProof(Box<StateProofError>),
    /// A source says something else than the events of the node.
    #[error(
        "{kind} and the events that your node shows differ in {what}: {said} and {shown}; nothing was proved or sent"
    )]
    Differs {
        /// The source.
        kind: SourceKind,
        /// What differs.
        what: Mismatch,
        /// What the source says.
        said: String,
        /// What the node's events give.
        shown: String,
    },
    /// A trustee's attestation says something else than the events of the node.
    #[error(
        "trustee {trustee} attests another poll than your node shows: {what} is {said} in its attestation, and {shown} \
         here; nothing was proved or sent"
    )]
    OtherAttested {
        /// The trustee.
        trustee: Address,
        /// What differs.
        what: Mismatch,
        /// What it attests.
        said: String,
        /// What the node's events give.
        shown: String,
    },
    /// The block that the user trusts is one before the poll was opened.
    #[error("poll {poll} was not open yet in block {block}: take the hash of a later one")]
    BlockBeforeOpening {
        /// The poll.
        poll: PollId,
        /// The block.
        block: B256,
    },
    /// There is only one kind of source.
    #[error(
        "only one kind of source confirms this poll: {operators} node operator(s). A lying node could read this vote and \
         name its voter{attestations}"
    )]
    OneKind {
        /// The number of operators.
        operators: usize,
        /// Why attestations are not enough, or nothing.
        attestations: String,
    },
}

impl ConfirmError {
    pub(crate) fn differs(kind: SourceKind, what: Mismatch, said: String, shown: String) -> Self {
        Self::Differs { kind, what, said, shown }
    }
}

convert_through!(ConfirmError { StateError => Chain, NodesError => Nodes, StateProofError => StateProof });
