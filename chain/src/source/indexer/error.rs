//! Errors of reading from an indexer.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId, SheetId};
use std::fmt;

use alloy::primitives::B256;

use psephos_state::bytes::DecodeError;

use crate::network::NetworkError;

/// Why there is no state from an indexer.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The URL is invalid. It is not repeated: it may hold a key.
    #[error("this is not the URL of an indexer: it should look like https://indexer.example or http://127.0.0.1:8080")]
    InvalidUrl,
    /// Plain HTTP to another machine, named by its host: anyone on the way could change what is read.
    #[error(
        "the indexer at {0} is not on this machine, and plain http does not protect what it sends: use an https URL, \
         or omit --indexer to read from the node"
    )]
    InsecureTransport(String),
    /// The proxy cannot be used, or there is no connection through it.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The indexer does not answer, or with an error.
    #[error("the indexer at {host} does not answer: {reason}; omit --indexer to read from the node")]
    Unreachable {
        /// The host of the indexer.
        host: String,
        /// What happened.
        reason: String,
    },
    /// The response is larger than any valid one.
    #[error("the indexer sends more than {0} bytes at once: the server at this URL is not an indexer")]
    ResponseTooLarge(usize),
    /// The response is about other blocks than requested.
    #[error(
        "the indexer returned blocks {from} to {to} instead of those from {asked} on; omit --indexer to read from the \
         node"
    )]
    UnexpectedPage {
        /// The requested block.
        asked: u64,
        /// The first block of its page.
        from: u64,
        /// The last block of its page.
        to: u64,
    },
    /// The indexer is of another deployment or census.
    #[error("the indexer follows {found}, not {expected}: name an indexer of this deployment with --indexer")]
    OtherDeployment {
        /// What it indexes.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// The response does not decode.
    #[error("the response of the indexer does not decode: {0}; omit --indexer to read from the node")]
    Undecodable(#[from] DecodeError),
    /// The indexer's last block is not one of the chain.
    #[error(
        "block {block} has the hash {index} on the indexer and {chain} on the node (zeros: none): the indexer follows \
         another chain or an old fork; omit --indexer to read from the node"
    )]
    OtherBlock {
        /// The number of the block.
        block: u64,
        /// Its hash as the indexer says.
        index: B256,
        /// Its hash as the node says; zeros if it has no such block.
        chain: B256,
    },
    /// The contracts' views differ from the events.
    #[error("the indexer is wrong, or events are missing from it: {0}; omit --indexer to read from the node")]
    Differs(#[from] Difference),
}

/// The first difference between the contracts' views and an indexer's events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: the chain says {chain}, the indexer {index}")]
pub struct Difference {
    /// The part that differs.
    pub part: Part,
    /// Its value on the chain.
    pub chain: String,
    /// Its value according to the indexer's events.
    pub index: String,
}

/// A part of the state that can differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A property of the whole deployment.
    Deployment(&'static str),
    /// A property of a chamber.
    Chamber(ChamberId, &'static str),
    /// A property of a committee.
    Committee(CommitteeId, &'static str),
    /// A property of a poll.
    Poll(PollId, &'static str),
    /// A property of a chamber in a poll.
    PollChamber(PollId, ChamberId, &'static str),
    /// A property of a poll's reward.
    Reward(PollId, &'static str),
    /// A property of a sheet poll.
    Sheet(SheetId, &'static str),
    /// A property of a chamber in a sheet poll.
    SheetChamber(SheetId, ChamberId, &'static str),
    /// A property of a version of the charter.
    Charter(u64, &'static str),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment(what) => write!(f, "the {what}"),
            Self::Chamber(chamber, what) => write!(f, "the {what} of chamber {chamber}"),
            Self::Committee(committee, what) => write!(f, "the {what} of committee {committee}"),
            Self::Poll(poll, what) => write!(f, "the {what} of poll {poll}"),
            Self::PollChamber(poll, chamber, what) => write!(f, "the {what} of chamber {chamber} in poll {poll}"),
            Self::Reward(poll, what) => write!(f, "the {what} of the reward of poll {poll}"),
            Self::Sheet(sheet, what) => write!(f, "the {what} of sheet poll {sheet}"),
            Self::SheetChamber(sheet, chamber, what) => {
                write!(f, "the {what} of chamber {chamber} in sheet poll {sheet}")
            }
            Self::Charter(number, what) => write!(f, "the {what} of version {number} of the charter"),
        }
    }
}
