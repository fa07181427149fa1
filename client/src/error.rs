//! What can go wrong, each with what to do about it. No variant holds a secret.

use std::path::PathBuf;

use psephos_chain::ChainError;
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::{
    committee::{CommitteeError, RecipientsError, TransportKeyError},
    identity::IdentityError,
    keystore::KeystoreError,
    recovery::RecoveryError,
    reward::PolicyError,
    rule::RuleError,
    statement::{ballot::BallotError, claim::ClaimError},
};
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::{CommitteeStatus, PollState, StateError};
use psephos_submission::{SubmissionError, reward::RewardError};
use psephos_wire::PackageError;

use crate::{account::AccountError, files::FileError, reward::RewardStage, trustee::Refusal};

/// A failure of a voter's, trustee's, relayer's or operator's action.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The keys, the deployment's verifiers, or a check before sending.
    #[error(transparent)]
    Submission(SubmissionError),
    /// A circuit's key, or there is no proof.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// An Ethereum account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// An encrypted file.
    #[error("{path}: {source}")]
    Keystore {
        /// Which.
        path: PathBuf,
        /// Why.
        source: KeystoreError,
    },
    /// The secret in an encrypted file is not one of its kind.
    #[error("{path}: what it holds is not a seed of 32 bytes")]
    NotASeed {
        /// Which.
        path: PathBuf,
    },
    /// A ballot or claim package.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A ballot that is not valid.
    #[error("this ballot is not valid: {0}")]
    Ballot(#[from] BallotError),
    /// A claim that is not valid.
    #[error("this claim is not valid: {0}")]
    Claim(#[from] ClaimError),
    /// A policy that is not valid.
    #[error("the policy: {0}")]
    Policy(#[from] PolicyError),
    /// A rule that is not valid.
    #[error("the rule: {0}")]
    Rule(#[from] RuleError),
    /// An identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A committee's keys.
    #[error(transparent)]
    Committee(#[from] CommitteeError),
    /// A committee's trustees.
    #[error(transparent)]
    Recipients(#[from] RecipientsError),
    /// A trustee's transport key.
    #[error(transparent)]
    TransportKey(#[from] TransportKeyError),
    /// The account is none of the committee's trustees.
    #[error("{account} is not a trustee of committee {committee}: send from the account that the DAO has named")]
    NotTrustee {
        /// The committee.
        committee: u64,
        /// The account.
        account: psephos_chain::Address,
    },
    /// The transport key serves another committee.
    #[error("these keys serve committee {committee}: a file is for one committee, and destroyed when that is retired")]
    KeyInUse {
        /// The other committee.
        committee: u64,
    },
    /// The committee is in another phase.
    #[error("committee {committee} is {actual}, and this needs it to be {needed}")]
    WrongPhase {
        /// The committee.
        committee: u64,
        /// Its phase.
        actual: CommitteeStatus,
        /// The phase that is needed.
        needed: &'static str,
    },
    /// The poll has no such chamber.
    #[error("poll {poll} has no chamber {chamber}; it has {chambers:?}")]
    UnknownChamber {
        /// The poll.
        poll: u64,
        /// The number given.
        chamber: u64,
        /// Those it has.
        chambers: Vec<u64>,
    },
    /// The registry has no such chamber.
    #[error("there is no chamber {chamber}: the registry has {chambers:?}")]
    NoChamber {
        /// The number given.
        chamber: u64,
        /// Those there are.
        chambers: Vec<u64>,
    },
    /// The poll is in another state.
    #[error("poll {poll} is {actual}, and this needs it to be {needed}")]
    WrongState {
        /// The poll.
        poll: u64,
        /// Its state.
        actual: String,
        /// The state that is needed.
        needed: &'static str,
    },
    /// The identity is not in the frozen census.
    #[error(
        "this identity ({id}) was not in chamber {chamber} when poll {poll} was opened: enrol before a poll opens, and vote with the identity that was enrolled"
    )]
    NotMember {
        /// The poll.
        poll: u64,
        /// The chamber.
        chamber: u64,
        /// The identity commitment, which is public.
        id: String,
    },
    /// A first ballot where there is one.
    #[error(
        "this identity has voted in this chamber of poll {poll}: ask to replace the ballot, which is possible until the poll closes"
    )]
    AlreadyVoted {
        /// The poll.
        poll: u64,
    },
    /// A replacement where there is nothing to replace.
    #[error("this identity has no ballot in this chamber of poll {poll}: there is nothing to replace")]
    NothingToReplace {
        /// The poll.
        poll: u64,
    },
    /// No ballot counts.
    #[error("no ballot of this identity counts in this chamber of poll {poll}")]
    NoBallot {
        /// The poll.
        poll: u64,
    },
    /// The ballot that counts is not recovered.
    #[error("what the ballot holds was not found: {0}")]
    Recovery(#[from] RecoveryError),
    /// What the chain says and what its events lead to differ.
    #[error(
        "chain data do not agree with themselves: {0}; run `verify`, and do not vote, open or count here until it is explained"
    )]
    Inconsistent(String),
    /// The trustee refuses to open.
    #[error("refused to open: {0}")]
    Refused(#[from] Refusal),
    /// The totals were not found.
    #[error(
        "no total of option {option} (from 0) up to {max} fits chamber {chamber}'s share: the share or the total is wrong"
    )]
    NoTotal {
        /// The chamber.
        chamber: u64,
        /// The option.
        option: usize,
        /// The bound of the search.
        max: u64,
    },
    /// Claims are not taken now.
    #[error("the reward of poll {poll} is {stage}")]
    NotClaimable {
        /// The poll.
        poll: u64,
        /// How far its reward is.
        stage: RewardStage,
    },
    /// The voter's ballot is paid nothing.
    #[error("poll {poll} pays nothing for this voter's ballot in chamber {chamber}")]
    NothingPaid {
        /// The poll.
        poll: u64,
        /// The chamber.
        chamber: u64,
    },
    /// The voter has its reward.
    #[error("the reward of this voter's ballot in chamber {chamber} of poll {poll} is claimed")]
    AlreadyClaimed {
        /// The poll.
        poll: u64,
        /// The chamber.
        chamber: u64,
    },
    /// A relayer will not pay for sending the claim.
    #[error("not sent: {reason}")]
    CostlyClaim {
        /// Why.
        reason: String,
    },
    /// The fee is more than the reward.
    #[error("a fee of {fee} is more than the reward, {amount} times {unit}")]
    FeeTooHigh {
        /// The fee, in the token's smallest parts.
        fee: psephos_chain::U256,
        /// The reward, in units.
        amount: u128,
        /// The unit, in the token's smallest parts.
        unit: psephos_chain::U256,
    },
    /// Shares are missing.
    #[error(
        "chamber {chamber} has {posted} of {needed} decryption shares: trustees post them after the poll has closed"
    )]
    SharesMissing {
        /// The chamber.
        chamber: u64,
        /// How many there are.
        posted: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A service.
    #[error(transparent)]
    Remote(#[from] crate::remote::RemoteError),
    /// Work that was given to another thread was lost.
    #[error("a worker stopped without an answer: {0}")]
    Worker(String),
}

impl From<StateError> for ClientError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

impl ClientError {
    /// The contract's error name, if a contract refused.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Chain(ChainError::Reverted(revert)) => Some(&revert.name),
            _ => None,
        }
    }
}

impl From<RewardError> for ClientError {
    fn from(error: RewardError) -> Self {
        match error {
            RewardError::State(error) => Self::Chain(error.into()),
            RewardError::UnknownChamber { poll, chamber, chambers } => Self::UnknownChamber { poll, chamber, chambers },
            RewardError::NotOpened { poll } => {
                Self::WrongState { poll, actual: PollState::Created.to_string(), needed: "open" }
            }
            RewardError::NothingPaid { poll, chamber } => Self::NothingPaid { poll, chamber },
            RewardError::Policy(error) => Self::Policy(error),
            RewardError::Inconsistent(reason) => Self::Inconsistent(reason),
        }
    }
}

impl From<SubmissionError> for ClientError {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::Chain(error) => Self::Chain(error),
            SubmissionError::Keys(error) => Self::Keys(error),
            error => Self::Submission(error),
        }
    }
}

impl From<KeyError> for ClientError {
    fn from(error: KeyError) -> Self {
        Self::Keys(error.into())
    }
}

impl From<NoCircuit> for ClientError {
    fn from(error: NoCircuit) -> Self {
        Self::Keys(error.into())
    }
}
