//! Why an index is not believed.

use std::fmt;

use alloy::primitives::B256;

use psephos_state::bytes::DecodeError;

/// Why there is no state from an index.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    /// The address is not one.
    #[error("`{0}` is not the address of an index: it should look like http://127.0.0.1:8080")]
    BadUrl(String),
    /// It does not answer, or not as it should.
    #[error("the index at {url} does not answer: {reason}; leave --indexer out to read from the node")]
    NoIndex {
        /// Where.
        url: String,
        /// What happened.
        reason: String,
    },
    /// It answers with more than there can be.
    #[error("the index sends more than {0} bytes at once: this is no index")]
    TooMuch(usize),
    /// It answers with other blocks than were asked for.
    #[error("the index answers with blocks from {from} to {to} where {asked} was next")]
    OtherPage {
        /// The block that was asked for.
        asked: u64,
        /// Where its page begins.
        from: u64,
        /// Where it ends.
        to: u64,
    },
    /// It is an index of something else.
    #[error("the index is of {found}, not of {expected}: give the index of this deployment")]
    OtherDeployment {
        /// Whose.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// What it sends is damaged, or nothing of the kind.
    #[error("what the index sends cannot be read: {0}")]
    Malformed(#[from] DecodeError),
    /// Its block is not one of the chain's.
    #[error(
        "block {block} of the index has the hash {index}, that of the chain {chain}: the index follows another chain, or an old fork of it"
    )]
    OtherBlock {
        /// Its number.
        block: u64,
        /// Its hash, as the index says.
        index: B256,
        /// Its hash, as the node says; zeros if it has none.
        chain: B256,
    },
    /// The chain says something else.
    #[error("the index is wrong, or events are missing from it: {0}; leave --indexer out to read from the node")]
    Differs(#[from] Difference),
}

/// Where the contracts' views and the events of an index differ.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}: the chain says {chain}, the index {index}")]
pub struct Difference {
    /// What of.
    pub part: Part,
    /// As the chain says.
    pub chain: String,
    /// As follows from what the index sends.
    pub index: String,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Something of the whole deployment.
    Deployment(&'static str),
    /// Something of a chamber.
    Chamber(u64, &'static str),
    /// Something of a committee.
    Committee(u64, &'static str),
    /// Something of a poll.
    Poll(u64, &'static str),
    /// Something of a chamber of a poll, in this order.
    PollChamber(u64, u64, &'static str),
    /// Something of the reward of a poll.
    Reward(u64, &'static str),
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
        }
    }
}
