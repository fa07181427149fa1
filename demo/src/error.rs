//! Reasons why a demonstration cannot be run to its end. No variant holds a secret.

use psephos_client::ClientError;

use crate::electorate::ElectorateError;

/// A failure of the demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The electorate file cannot be used.
    #[error(transparent)]
    Electorate(#[from] ElectorateError),
    /// A committee of these sizes cannot decrypt a total.
    #[error(
        "a committee of {trustees} trustees, {absent} of them absent, cannot decrypt with a threshold of {threshold}: \
         take 1 to 16 trustees, and a threshold of at most the number of trustees that stay"
    )]
    ImpossibleCommittee {
        /// Number of trustees.
        trustees: usize,
        /// Decryption shares needed for a total.
        threshold: usize,
        /// Trustees that are absent when totals are decrypted.
        absent: usize,
    },
    /// The relayer did not get a valid ballot accepted.
    #[error("a ballot was not accepted, though every ballot of the demo is valid: {0}")]
    BallotRefused(String),
    /// The relayer did not get a valid claim paid.
    #[error("a claim was not paid, though every claim of the demo is valid: {0}")]
    ClaimRefused(String),
    /// One of the played participants failed.
    #[error(transparent)]
    Client(ClientError),
}

/// Everything that is an error of a client is one here as well.
impl<E: Into<ClientError>> From<E> for DemoError {
    fn from(error: E) -> Self {
        Self::Client(error.into())
    }
}
