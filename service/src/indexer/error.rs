//! Why there is no index.

use psephos_chain::ChainError;
use psephos_state::bytes::DecodeError;

/// A failure of the index: not of the node, which is tried again.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The store's file.
    #[error("the index's store {path}: {error}")]
    Database {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        error: Box<redb::Error>,
    },
    /// The store's file has something else in it.
    #[error("the index's store {path} is of {found}, not of {expected}: give another path, or remove the file")]
    OtherStore {
        /// Where it is.
        path: String,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// What was kept cannot be read.
    #[error(
        "the index's store {path} is damaged ({what}): remove the file, and everything is read from the chain again"
    )]
    Damaged {
        /// Where it is.
        path: String,
        /// What is wrong.
        what: DecodeError,
    },
    /// Another chain, above all.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A task of this program ended before its time.
    #[error("the index's task was ended")]
    Ended,
}
