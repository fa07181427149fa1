//! Errors of making, proving, sending and recovering a ballot. No variant holds a secret.

use psephos_chain::{Address, ChainError};
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_protocol::identity::IdentityError;
use psephos_protocol::{
    recovery::RecoveryError,
    rule::RuleError,
    statement::{ballot::BallotError, update::UpdateError},
};
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::{StateError, metadata::MetadataError};
use psephos_submission::mask::MaskError;
use psephos_wire::PackageError;

use crate::{conversions::convert_through, parameters::ParametersError, remote::RemoteProverError};

/// A failure of a voter's action.
#[derive(Debug, thiserror::Error)]
pub enum VoterError {
    /// The chain cannot be read or sent to, or its events do not contain what was asked for.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chamber's ballot rule cannot be derived.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// The choice does not have one value per option.
    #[error("the choices do not fit the ballot rule: {0}")]
    Rule(#[from] RuleError),
    /// The ballot does not satisfy its statement.
    #[error("this ballot is invalid: {0}")]
    Ballot(#[from] BallotError),
    /// The update of a ballot slot does not satisfy its statement.
    #[error("this update is invalid: {0}")]
    Update(#[from] UpdateError),
    /// The ballot cannot be masked.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// The ballot cannot be proved, or its circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The prover service did not make a valid proof.
    #[error(transparent)]
    Remote(#[from] RemoteProverError),
    /// The ballot package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The poll is not the one that the voter means.
    #[error(
        "poll {poll} is {actual}, not {expected}: it is another poll, or its question, options or rules are not those that \
         were announced"
    )]
    OtherPoll {
        /// The poll.
        poll: PollId,
        /// The fingerprint or the words that the voter expects.
        expected: String,
        /// Those of the poll.
        actual: String,
    },
    /// The poll's text is not shown to voters.
    #[error("poll {poll} is not put to a vote: {reason}")]
    UnreadablePoll {
        /// The poll.
        poll: PollId,
        /// Why its text could be misread.
        reason: MetadataError,
    },
    /// The account is not in the frozen census.
    #[error(
        "account {account} was not in chamber {chamber} when poll {poll} was opened: enrol before a poll opens, and \
         vote with the account that enrolled"
    )]
    NotMember {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
        /// The account.
        account: Address,
    },
    /// The account is in the frozen census with another identity.
    #[error(
        "account {account} was in chamber {chamber} with the identity commitment {enrolled} when poll {poll} was \
         opened, and this identity has {id}: vote with the identity that was enrolled then"
    )]
    OtherIdentity {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
        /// The account.
        account: Address,
        /// The commitment of the identity, which is public.
        id: String,
        /// The commitment in the census.
        enrolled: String,
    },
    /// No member of the frozen census has an identity of the seed.
    #[error(
        "no member of chamber {chamber}, as it was when poll {poll} was opened, has an identity of this seed: enrol \
         before a poll opens, and vote with the seed that was used to enrol"
    )]
    NoMemberOfSeed {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
    },
    /// Several members of the frozen census have identities of the seed.
    #[error("{} members of chamber {chamber} have identities of this seed: {}", .accounts.len(), list(.accounts))]
    SeveralMembersOfSeed {
        /// The chamber.
        chamber: ChamberId,
        /// The accounts.
        accounts: Vec<Address>,
    },
    /// No identity follows from the seed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A first ballot of an identity that has cast one already.
    #[error(
        "this identity has voted in this chamber of poll {poll}: replace the ballot instead, which is possible until \
         the poll closes"
    )]
    AlreadyVoted {
        /// The poll.
        poll: PollId,
    },
    /// A replacement of an identity that has not cast a ballot.
    #[error("this identity has no ballot in this chamber of poll {poll}: there is nothing to replace")]
    NothingToReplace {
        /// The poll.
        poll: PollId,
    },
    /// No ballot of the identity counts.
    #[error("no ballot of this identity counts in this chamber of poll {poll}")]
    NoBallot {
        /// The poll.
        poll: PollId,
    },
    /// The contents of the ballot that counts cannot be recovered.
    #[error("the contents of the ballot were not recovered: {0}")]
    Recovery(#[from] RecoveryError),
}

convert_through!(VoterError { KeyError => Keys, NoCircuit => Keys, StateError => Chain });

fn list(accounts: &[Address]) -> String {
    accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl VoterError {
    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Chain(error) => error.revert_name(),
            _ => None,
        }
    }
}
