//! Errors of setting, sealing, claiming and relaying rewards. No variant holds a secret.

use psephos_chain::{ChainError, U256};
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_protocol::{reward::PolicyError, statement::claim::ClaimError};
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::StateError;
use psephos_submission::SubmissionError;
use psephos_wire::PackageError;

use super::RewardStage;
use crate::{conversions::convert_through, files::FileError, remote::RemoteProverError, voter::VoterError};

/// A failure of an action about a poll's reward.
#[derive(Debug, thiserror::Error)]
pub enum RewardError {
    /// The chain cannot be read or sent to, or its events do not contain what was asked for.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chamber pays nothing, its reward policy is invalid, or the terms of its claims cannot be derived.
    #[error(transparent)]
    Terms(#[from] psephos_submission::reward::RewardError),
    /// The voter's ballot cannot be recovered.
    #[error(transparent)]
    Voter(#[from] VoterError),
    /// The claim does not satisfy its statement.
    #[error("this claim is invalid: {0}")]
    Claim(#[from] ClaimError),
    /// A statement cannot be proved, or a circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// A deployed verifier is not that of our key, or it cannot be compared.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The prover service did not make a valid proof.
    #[error(transparent)]
    Remote(#[from] RemoteProverError),
    /// A claim package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A planned claim cannot be stored or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The claims are not open.
    #[error("the reward of poll {poll} cannot be claimed now: it is {stage}")]
    NotClaimable {
        /// The poll.
        poll: PollId,
        /// The stage of its reward.
        stage: RewardStage,
    },
    /// The reward of the voter's ballot was paid before.
    #[error("the reward of this voter's ballot in chamber {chamber} of poll {poll} has been claimed already")]
    AlreadyClaimed {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
    },
    /// The fee exceeds the reward.
    #[error(
        "a fee of {fee} exceeds the reward of {amount} units of {unit}, in the token's smallest denomination: choose a \
         lower fee"
    )]
    FeeTooHigh {
        /// The fee, in the token's smallest unit.
        fee: U256,
        /// The reward, in units.
        amount: u128,
        /// The unit, in the token's smallest unit.
        unit: U256,
    },
    /// Sending the claim would cost the relayer too much.
    #[error("the claim was not sent: {reason}")]
    CostlyClaim {
        /// The reason.
        reason: String,
    },
}

convert_through!(RewardError { KeyError => Keys, NoCircuit => Keys, PolicyError => Terms, StateError => Chain });

impl RewardError {
    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Chain(error) => error.revert_name(),
            _ => None,
        }
    }
}
