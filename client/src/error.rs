//! What can go wrong, each with what to do about it. No variant holds a secret.

use std::path::PathBuf;

use psephos_chain::{Address, B256, ChainError};
use psephos_circuits::catalogue::Name;
use psephos_exchange::{ExchangeError, ballot::PackageError, claim::ClaimFileError, reward::RewardError};
use psephos_protocol::{
    committee::{CommitteeError, RecipientsError, TransportKeyError},
    identity::IdentityError,
    recovery::RecoveryError,
    reward::PolicyError,
    rule::RuleError,
    statement::{ballot::BallotError, claim::ClaimError},
};
use psephos_prover::{KeyError, ProveError};
use psephos_state::{CommitteeStatus, PollState, StateError};

use crate::{account::AccountError, files::FileError, keystore::KeystoreError, reward::RewardStage, trustee::Refusal};

/// A failure of a voter's, trustee's, relayer's or operator's action.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A deployment for other keys than those at hand.
    #[error(
        "the deployment is for {}, the keys in {} are {}",
        expected.as_deref().map_or("development keys".into(), |hash| format!("the keys of manifest {:.16}..", hash)),
        folder.display(),
        actual.as_deref().map_or("development keys".into(), |hash| format!("those of manifest {:.16}..", hash))
    )]
    OtherKeys {
        /// Hash of the deployment's manifest; none: development keys.
        expected: Option<String>,
        /// Hash of the manifest at hand.
        actual: Option<String>,
        /// The folder of the keys.
        folder: PathBuf,
    },
    /// A verifier on the chain that is not our key's.
    #[error(
        "the verifier of {circuit} at {address} is another contract than that of our key: its code's hash is {actual}, {} was expected",
        expected.map_or("one that the manifest does not state".into(), |hash| hash.to_string())
    )]
    OtherVerifier {
        /// The circuit.
        circuit: Name,
        /// The verifier.
        address: Address,
        /// What its code should hash to.
        expected: Option<B256>,
        /// What it hashes to.
        actual: B256,
    },
    /// A verifier that cannot be deployed.
    #[error("there is no verifier of {circuit}: {reason}")]
    NoVerifier {
        /// The circuit.
        circuit: Name,
        /// Why not.
        reason: String,
    },
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
    /// A ballot package.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// A claim file.
    #[error(transparent)]
    ClaimFile(#[from] ClaimFileError),
    /// A circuit's key.
    #[error("a circuit's key: {0}")]
    Key(#[from] KeyError),
    /// There is no proof.
    #[error("no proof was made: {0}")]
    Prove(#[from] ProveError),
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
    /// No circuit has this size.
    #[error("there is no circuit of size {0}: circuits are of size 3 and 8")]
    NoCircuit(usize),
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
            RewardError::Chain(error) => Self::Chain(error),
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

impl From<ExchangeError> for ClientError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Chain(error) => Self::Chain(error),
            ExchangeError::OtherKeys { expected, actual, folder } => Self::OtherKeys { expected, actual, folder },
            ExchangeError::OtherVerifier { circuit, address, expected, actual } => {
                Self::OtherVerifier { circuit, address, expected, actual }
            }
            ExchangeError::NoVerifier { circuit, reason } => Self::NoVerifier { circuit, reason },
            ExchangeError::Key(error) => Self::Key(error),
            ExchangeError::Prove(error) => Self::Prove(error),
            ExchangeError::NoCircuit(size) => Self::NoCircuit(size),
        }
    }
}
