//! Errors of a trustee's actions. No variant holds a secret.

use psephos_chain::{Address, ChainError, NodesError};
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::committee::{CommitteeError, RecipientsError};
use psephos_protocol::identifiers::CommitteeId;
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::{CommitteeStatus, StateError};
use psephos_submission::SubmissionError;

use super::Refusal;
use crate::{
    confirm::ConfirmError, conversions::convert_through, files::FileError, operator::error::OperatorError,
    parameters::ParametersError, remote::RemoteProverError, secret_file::SecretFileError, sheets::SheetsError,
    tally::TallyError,
};

/// A failure of a trustee's action.
#[derive(Debug, thiserror::Error)]
pub enum TrusteeError {
    /// The chain cannot be read or sent to, or its events do not contain what was asked for.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A statement cannot be proved, or a circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The prover services did not make a valid proof.
    #[error(transparent)]
    Remote(#[from] RemoteProverError),
    /// A deployed verifier is not that of our key, or it cannot be compared.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The chamber's ballot rule cannot be derived.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// The journal of decrypted totals cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// No valid election keys follow from the dealings.
    #[error(transparent)]
    Committee(#[from] CommitteeError),
    /// The registered transport keys are not those of a committee.
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    /// A chamber cannot be tallied.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// The trustee refuses to decrypt, or to attest.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// The nodes do not agree with the events, or with each other.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// An action about a sheet poll failed.
    #[error(transparent)]
    Sheets(Box<SheetsError>),
    /// The account's key did not sign.
    #[error("account {account} cannot sign: {reason}")]
    Signature {
        /// The account.
        account: Address,
        /// The reason.
        reason: String,
    },
    /// The account is not a trustee of the committee.
    #[error("{account} is not a trustee of committee {committee}: send from the account that the DAO has named")]
    NotTrustee {
        /// The committee.
        committee: CommitteeId,
        /// The account.
        account: Address,
    },
    /// The transport key is registered with another committee.
    #[error(
        "this key file is registered with committee {committee}: use another file; a file serves one committee, and \
         is destroyed when that one is retired"
    )]
    KeyInUse {
        /// The other committee.
        committee: CommitteeId,
    },
    /// The key file cannot be read, and there is no note of its retirement.
    #[error(transparent)]
    SecretFile(#[from] SecretFileError),
    /// A call would fail.
    #[error(transparent)]
    Operator(Box<OperatorError>),
    /// The key is registered with no committee that has keys: nothing was ever encrypted to it.
    #[error("the key of this file has no share of any committee's keys, so nothing is encrypted to it")]
    NothingToRetire,
    /// The key belonged to a committee of another deployment.
    #[error("the key of this file was one of committee {committee} of the contract {contract}, on another deployment")]
    OtherDeployment {
        /// The committee.
        committee: CommitteeId,
        /// Its contract.
        contract: Address,
    },
    /// The committee is in another phase.
    #[error("committee {committee} is {actual}, but must be {needed} for this")]
    WrongPhase {
        /// The committee.
        committee: CommitteeId,
        /// Its phase.
        actual: CommitteeStatus,
        /// The phase that is needed.
        needed: &'static str,
    },
}

convert_through!(TrusteeError { KeyError => Keys, NoCircuit => Keys, StateError => Chain, NodesError => Confirm });

impl From<SheetsError> for TrusteeError {
    fn from(error: SheetsError) -> Self {
        Self::Sheets(Box::new(error))
    }
}

impl TrusteeError {
    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Chain(error) => error.revert_name(),
            Self::Tally(error) => error.revert_name(),
            Self::Sheets(error) => error.revert_name(),
            _ => None,
        }
    }
}
