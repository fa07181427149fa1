//! Exit codes and hints for the errors of the roles: voter, trustee, operator, relayer, tally, verification, rewards.

mod confirm;
mod operator;
mod parts;
mod reward;
mod sheets;
#[cfg(test)]
mod tests;
mod trustee;
mod voter;

use psephos_client::PackageError;
use psephos_client::account::AccountError;
use psephos_client::confirm::ConfirmError;
use psephos_client::files::FileError;
use psephos_client::operator::error::OperatorError;
use psephos_client::parameters::ParametersError;
use psephos_client::relayer::RelayerError;
use psephos_client::remote::RemoteProverError;
use psephos_client::remote::relay::InclusionError;
use psephos_client::reward::RewardError;
use psephos_client::schedule::ScheduleError;
use psephos_client::secret_file::SecretFileError;
use psephos_client::sheets::SheetsError;
use psephos_client::tally::TallyError;
use psephos_client::trustee::TrusteeError;
use psephos_client::verify::VerifyError;
use psephos_client::voter::VoterError;
use psephos_prover::KeyRingError;
use psephos_submission::SubmissionError;

pub(crate) use self::confirm::context_code;
use self::confirm::{confirm_code, confirm_hint, context_hint};
use self::operator::{operator_code, operator_hint};
use self::parts::{file_hint, remote_code, remote_hint, secret_file_hint};
use crate::failure::{Failure, INPUT, SECRET};
use crate::hints::{account_hint, chain_code, chain_hint};

pub(crate) use self::parts::{file_code, keys_code, submission_code, submission_hint};
pub(crate) use self::reward::{reward_code, reward_hint, verify_code, verify_hint};
pub(crate) use self::sheets::{sheets_code, sheets_hint};
pub(crate) use self::trustee::{trustee_code, trustee_hint};
pub(crate) use self::voter::{parameters_code, parameters_hint, tally_code, tally_hint, voter_code, voter_hint};

/// Defines [`ClientFailure`], and the conversions of each role's error to a [`Failure`].
macro_rules! client_failures {
    ($($(#[$doc:meta])* $variant:ident($error:ty)),* $(,)?) => {
        /// A failure of a client, by role or by the part that failed.
        #[derive(Debug, thiserror::Error)]
        pub(crate) enum ClientFailure {
            $($(#[$doc])* #[error(transparent)] $variant(#[from] $error),)*
        }

        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Client(Box::new(error.into()))
            }
        })*
    };
}

client_failures! {
    /// A voter's action failed.
    Voter(VoterError),
    /// What a ballot is proved under is not confirmed.
    Confirm(ConfirmError),
    /// A trustee's action failed.
    Trustee(TrusteeError),
    /// An operator's calls are not made.
    Operator(OperatorError),
    /// A relayer's run failed.
    Relayer(RelayerError),
    /// An action about a reward failed.
    Reward(RewardError),
    /// A tally failed.
    Tally(TallyError),
    /// An action about a sheet poll or a charter failed.
    Sheets(SheetsError),
    /// A poll cannot be verified.
    Verify(VerifyError),
    /// A chamber's ballot rule cannot be derived.
    Parameters(ParametersError),
    /// A package is not scheduled, or a scheduled one not found.
    Schedule(ScheduleError),
    /// The inclusion of a package cannot be determined.
    Inclusion(InclusionError),
    /// A secret file cannot be used.
    SecretFile(SecretFileError),
    /// The key of an account cannot be used.
    Account(AccountError),
    /// A file cannot be read or written.
    File(FileError),
    /// A ballot or claim package cannot be read.
    Package(PackageError),
    /// A prover service did not make a valid proof.
    Remote(RemoteProverError),
    /// A statement cannot be proved, or a circuit's key cannot be used.
    Keys(KeyRingError),
    /// A deployed verifier is not that of our key, or it cannot be compared.
    Submission(SubmissionError),
}

impl ClientFailure {
    /// Returns the exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Voter(error) => voter_code(error),
            Self::Confirm(error) => confirm_code(error),
            Self::Trustee(error) => trustee_code(error),
            Self::Operator(error) => operator_code(error),
            Self::Relayer(RelayerError::Chain(error)) => chain_code(error),
            Self::Relayer(RelayerError::Submission(error)) | Self::Submission(error) => submission_code(error),
            Self::Relayer(RelayerError::Context(error)) => context_code(error),
            Self::Relayer(RelayerError::Voter(error)) => voter_code(error),
            Self::Relayer(RelayerError::SenderIsMember { .. }) => INPUT,
            Self::Keys(error) => keys_code(error),
            Self::Reward(error) => reward_code(error),
            Self::Tally(error) => tally_code(error),
            Self::Sheets(error) => sheets_code(error),
            Self::Verify(error) => verify_code(error),
            Self::Parameters(error) => parameters_code(error),
            Self::Schedule(ScheduleError::File(error)) => file_code(error),
            Self::Schedule(ScheduleError::Damaged { .. } | ScheduleError::WindowTooShort { .. }) => INPUT,
            Self::Inclusion(InclusionError::Chain(error)) => chain_code(error),
            Self::Inclusion(InclusionError::Package(_)) => INPUT,
            Self::SecretFile(SecretFileError::File(error)) | Self::File(error) => file_code(error),
            Self::SecretFile(_) | Self::Account(_) => SECRET,
            Self::Package(_) => INPUT,
            Self::Remote(error) => remote_code(error),
        }
    }

    /// Returns what to do, unless the message says so already.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Voter(error) => voter_hint(error),
            Self::Confirm(error) => confirm_hint(error),
            Self::Trustee(error) => trustee_hint(error),
            Self::Operator(error) => operator_hint(error),
            Self::Relayer(RelayerError::Chain(error)) => chain_hint(error),
            Self::Relayer(RelayerError::Submission(error)) | Self::Submission(error) => submission_hint(error),
            Self::Relayer(RelayerError::Context(error)) => context_hint(error),
            Self::Relayer(RelayerError::Voter(error)) => voter_hint(error),
            Self::Relayer(RelayerError::SenderIsMember { .. }) => Some(OTHER_SENDER.into()),
            Self::Parameters(error) => parameters_hint(error),
            Self::Keys(_) => None,
            Self::Reward(error) => reward_hint(error),
            Self::Tally(error) => tally_hint(error),
            Self::Sheets(error) => sheets_hint(error),
            Self::Verify(error) => verify_hint(error),
            Self::Schedule(ScheduleError::File(error)) => file_hint(error),
            Self::Schedule(ScheduleError::Damaged { .. }) => {
                Some("move the file away, and make the package again".into())
            }
            Self::Schedule(ScheduleError::WindowTooShort { .. }) => {
                Some("hand the ballot over at once, without --within".into())
            }
            Self::Inclusion(InclusionError::Chain(error)) => chain_hint(error),
            Self::Inclusion(InclusionError::Package(_)) | Self::Package(_) => Some(PACKAGE.into()),
            Self::SecretFile(error) => secret_file_hint(error),
            Self::Account(error) => Some(account_hint(error).into()),
            Self::File(error) => file_hint(error),
            Self::Remote(error) => remote_hint(error),
        }
    }
}

/// What to do instead of sending from the account of a member.
pub(crate) const OTHER_SENDER: &str = "hand it to a relayer with --relayer URL, or send it from an account that no one can \
    link to you; --expose-sender sends it all the same. Nothing was sent";
/// The same for sheets, which no relayer takes yet.
const OTHER_SENDER_OF_SHEETS: &str = "send it from an account that no one can link to you, or have someone else run \
    `psephos relay`; --expose-sender sends it all the same. Nothing was sent";
const PACKAGE: &str = "ask its sender for the complete file again";
