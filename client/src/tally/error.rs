//! Errors of finding a chamber's totals and posting them.

use psephos_chain::ChainError;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::StateError;

use crate::{conversions::convert_through, parameters::ParametersError};

/// A failure of a tally.
#[derive(Debug, thiserror::Error)]
pub enum TallyError {
    /// The chain cannot be read or sent to, or its events do not contain what was asked for.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chamber's ballot rule cannot be derived.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// Too few decryption shares were posted.
    #[error(
        "chamber {chamber} has {posted} of {needed} decryption shares: trustees post them after the poll has closed"
    )]
    SharesMissing {
        /// The chamber.
        chamber: ChamberId,
        /// Number of shares that were posted.
        posted: usize,
        /// Number of shares that are needed.
        needed: usize,
    },
    /// Only the teller of a rounded chamber can tally it.
    #[error(
        "chamber {chamber} is rounded: its teller, trustee {teller} (from 0) of the committee, tallies it with \
         `psephos trustee tally`"
    )]
    Rounded {
        /// The chamber.
        chamber: ChamberId,
        /// The teller's index in the committee.
        teller: u64,
    },
    /// The decrypted point is not a total of this chamber.
    #[error(
        "no total of option {option} (from 0) up to {max} fits the decryption shares of chamber {chamber}: a share or \
         the encrypted total is wrong; run `psephos verify`"
    )]
    NoTotal {
        /// The chamber.
        chamber: ChamberId,
        /// The option.
        option: usize,
        /// The bound of the search.
        max: u64,
    },
}

convert_through!(TallyError { StateError => Chain });

impl TallyError {
    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Chain(error) => error.revert_name(),
            _ => None,
        }
    }
}
