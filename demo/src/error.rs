//! Reasons why a demonstration cannot be run to its end. No variant holds a secret.

use psephos_charter::{
    agenda::SelectionError,
    axis::{AxisError, LearnError},
    outcome::{CountError, OutcomeError},
    pilot::PilotError,
    polis::PolisError,
};
use psephos_client::{
    ChainError, KeyRingError, StateError, SubmissionError, parameters::ParametersError, relayer::RelayerError,
    reward::RewardError, sheets::SheetsError, tally::TallyError, trustee::TrusteeError, verify::VerifyError,
    voter::VoterError,
};
use psephos_protocol::{committee::TransportKeyError, identity::IdentityError, rule::RuleError, sheet::FormError};
use psephos_state::metadata::MetadataError;

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
         take 1 to 16 trustees, and a threshold of at most the number of trustees that are present"
    )]
    ImpossibleCommittee {
        /// Number of trustees.
        trustees: usize,
        /// Decryption shares needed for a total.
        threshold: usize,
        /// Trustees that are absent when totals are decrypted.
        absent: usize,
    },
    /// The conversation cannot be used.
    #[error("the conversation cannot be voted on: {0}")]
    Conversation(#[from] ConversationError),
    /// A step about the sheet poll or the charter failed.
    #[error(transparent)]
    Sheets(#[from] SheetsError),
    /// The relayer did not get a valid ballot accepted.
    #[error("a ballot was not accepted, though every ballot of the demo is valid: {0}")]
    BallotRefused(String),
    /// The relayer did not get a valid claim paid.
    #[error("a claim was not paid, though every claim of the demo is valid: {0}")]
    ClaimRefused(String),
    /// The local chain cannot be read or sent to.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A statement cannot be proved, or a circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// A deployed verifier is not that of our key, or it cannot be compared.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The electorate's question or options are not text that voters can be shown.
    #[error("the electorate's text cannot be shown to voters: {0}")]
    Metadata(#[from] MetadataError),
    /// A voter failed.
    #[error(transparent)]
    Voter(#[from] VoterError),
    /// A trustee failed.
    #[error(transparent)]
    Trustee(#[from] TrusteeError),
    /// The relayer failed.
    #[error(transparent)]
    Relayer(#[from] RelayerError),
    /// Setting, sealing or claiming a reward failed.
    #[error(transparent)]
    Reward(#[from] RewardError),
    /// The tally failed.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// A poll cannot be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A chamber's ballot rule cannot be derived.
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    /// No identity follows from a voter's seed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// No transport key follows from a trustee's seed.
    #[error(transparent)]
    TransportKey(#[from] TransportKeyError),
    /// A planned vote does not follow the ballot rule.
    #[error("a planned vote does not follow the ballot rule: {0}")]
    Rule(#[from] RuleError),
}

/// Why a conversation has no agenda, no axis, or too few people.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// The export cannot be read.
    #[error(transparent)]
    Polis(#[from] PolisError),
    /// No agenda follows from it.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// The agenda is too long to be published.
    #[error(transparent)]
    Text(#[from] psephos_charter::agenda::MetadataError),
    /// There are fewer voters than the pilot has people.
    #[error(
        "the export has {voters} people with enough answers, and the pilot has {pilot}: take a smaller pilot, of \
         at least 30 people, with --pilot N"
    )]
    SmallPilot {
        /// The number of voters.
        voters: usize,
        /// The number of people of the pilot.
        pilot: usize,
    },
    /// There are fewer voters than were asked for.
    #[error("the export has {voters} people with enough answers, fewer than the {asked} that were asked for")]
    FewVoters {
        /// The number of voters.
        voters: usize,
        /// The number that was asked for.
        asked: usize,
    },
    /// The pilot has too few answers.
    #[error("the pilot: {0}")]
    Pilot(String),
    /// No axis follows from the pilot.
    #[error(transparent)]
    Learn(#[from] LearnError),
    /// The axis does not fit the agenda.
    #[error(transparent)]
    Axis(#[from] AxisError),
    /// The plain computation fails.
    #[error(transparent)]
    Count(#[from] CountError),
    /// The rule of adoption is none.
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    /// The axis gives no form.
    #[error(transparent)]
    Form(#[from] FormError),
}

impl From<PilotError> for ConversationError {
    fn from(error: PilotError) -> Self {
        Self::Pilot(error.to_string())
    }
}

impl From<StateError> for DemoError {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}
