//! Errors of the indexer.

use std::path::Path;

use psephos_chain::ChainError;
use psephos_state::bytes::DecodeError;

use crate::database::DatabaseError;

/// A fatal error of the indexer. Errors of the node are not among them: those are retried.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The store's file cannot be used.
    #[error("the indexer's store {path} cannot be used: {error}; check the path, the permissions and the disk")]
    Database {
        /// The path of the store.
        path: String,
        /// The database error.
        error: Box<redb::Error>,
    },
    /// The store belongs to another deployment.
    #[error("the indexer's store {path} belongs to {found}, expected {expected}: use another path, or remove the file")]
    OtherStore {
        /// The path of the store.
        path: String,
        /// The deployment that the store belongs to.
        found: String,
        /// The deployment that was expected.
        expected: String,
    },
    /// The stored data cannot be decoded.
    #[error(
        "the indexer's store {path} is damaged ({what}): remove the file, and all events are read from the chain again"
    )]
    Damaged {
        /// The path of the store.
        path: String,
        /// The decoding error.
        what: DecodeError,
    },
    /// An error of the chain, such as a wrong chain id.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A task ended unexpectedly.
    #[error("the indexer's task ended unexpectedly: the log has the cause")]
    Ended,
}

impl DatabaseError for IndexError {
    fn from_database(path: &Path, error: redb::Error) -> Self {
        Self::Database { path: path.display().to_string(), error: Box::new(error) }
    }

    fn database_error(&self) -> Option<&redb::Error> {
        match self {
            Self::Database { error, .. } => Some(error),
            _ => None,
        }
    }
}
