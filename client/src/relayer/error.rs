//! Errors that stop a whole run of a relayer. The outcome of one package is in its report instead.

use psephos_chain::{Address, ChainError};
use psephos_protocol::identifiers::ChamberId;
use psephos_submission::{SubmissionError, contexts::ContextError};

use crate::voter::VoterError;

/// A failure of a relayer's run.
#[derive(Debug, thiserror::Error)]
pub enum RelayerError {
    /// The chain cannot be read or sent to.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The nodes do not agree about a chamber that ballots are for.
    #[error(transparent)]
    Context(#[from] ContextError),
    /// A mask cannot be made.
    #[error(transparent)]
    Voter(#[from] VoterError),
    /// The account that sends is a member of the ballots' chamber.
    #[error(
        "{account} is a member of chamber {chamber}: the chain would show for ever that this member sent {ballots} of its \
         ballots, and when; a ballot that it sends alone is taken for its own"
    )]
    SenderIsMember {
        /// The account.
        account: Address,
        /// The chamber.
        chamber: ChamberId,
        /// The number of ballots that it would send there.
        ballots: usize,
    },
    /// A circuit's key cannot be used, or a deployed verifier is not that of our key.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
}
