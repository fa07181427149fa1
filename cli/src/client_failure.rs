//! Exit codes and hints for the errors of the roles: voter, trustee, operator, relayer, tally, verification, rewards.

use psephos_client::PackageError;
use psephos_client::account::AccountError;
use psephos_client::files::FileError;
use psephos_client::keystore::KeystoreError;
use psephos_client::parameters::ParametersError;
use psephos_client::relayer::RelayerError;
use psephos_client::remote::RemoteError;
use psephos_client::remote::relay::InclusionError;
use psephos_client::reward::RewardError;
use psephos_client::secret_file::SecretFileError;
use psephos_client::tally::TallyError;
use psephos_client::trustee::{Refusal, TrusteeError};
use psephos_client::verify::VerifyError;
use psephos_client::voter::VoterError;
use psephos_prover::KeyRingError;
use psephos_submission::SubmissionError;
use psephos_submission::reward::RewardError as TermsError;

use crate::failure::{CHAIN, CHECK_FAILED, Failure, INPUT, MACHINE, SECRET};
use crate::hints::{chain_code, chain_hint, key_code};

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
    /// A trustee's action failed.
    Trustee(TrusteeError),
    /// A relayer's run failed.
    Relayer(RelayerError),
    /// An action about a reward failed.
    Reward(RewardError),
    /// A tally failed.
    Tally(TallyError),
    /// A poll cannot be verified.
    Verify(VerifyError),
    /// A chamber's ballot rule cannot be derived.
    Parameters(ParametersError),
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
    /// A service did not return a valid response.
    Remote(RemoteError),
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
            Self::Trustee(error) => trustee_code(error),
            Self::Relayer(RelayerError::Chain(error)) => chain_code(error),
            Self::Relayer(RelayerError::Submission(error)) | Self::Submission(error) => submission_code(error),
            Self::Keys(error) => keys_code(error),
            Self::Reward(error) => reward_code(error),
            Self::Tally(error) => tally_code(error),
            Self::Verify(error) => verify_code(error),
            Self::Parameters(error) => parameters_code(error),
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
            Self::Trustee(error) => trustee_hint(error),
            Self::Relayer(RelayerError::Chain(error)) => chain_hint(error),
            Self::Relayer(RelayerError::Submission(error)) | Self::Submission(error) => submission_hint(error),
            Self::Parameters(error) => parameters_hint(error),
            Self::Keys(_) => None,
            Self::Reward(error) => reward_hint(error),
            Self::Tally(error) => tally_hint(error),
            Self::Verify(error) => verify_hint(error),
            Self::Inclusion(InclusionError::Chain(error)) => chain_hint(error),
            Self::Inclusion(InclusionError::Package(_)) | Self::Package(_) => Some(PACKAGE.into()),
            Self::SecretFile(error) => secret_file_hint(error),
            Self::Account(_) => Some(ACCOUNT.into()),
            Self::File(error) => file_hint(error),
            Self::Remote(error) => remote_hint(error),
        }
    }
}

const PACKAGE: &str = "ask its sender for the complete file again";
const BALLOT_FILE: &str = "ask the voter for the complete file again";
const CLAIM_FILE: &str = "ask the claimant for the complete file again";
const ACCOUNT: &str = "check PSEPHOS_SENDER_KEY, or name a key file with --sender FILE";

pub(crate) fn voter_code(error: &VoterError) -> u8 {
    match error {
        VoterError::Chain(error) => chain_code(error),
        VoterError::Parameters(error) => parameters_code(error),
        VoterError::Keys(error) => keys_code(error),
        VoterError::Remote(error) => remote_code(error),
        VoterError::Rule(_) | VoterError::Ballot(_) | VoterError::Package(_) => INPUT,
        VoterError::NotMember { .. }
        | VoterError::AlreadyVoted { .. }
        | VoterError::NothingToReplace { .. }
        | VoterError::NoBallot { .. }
        | VoterError::Recovery(_) => CHAIN,
    }
}

pub(crate) fn voter_hint(error: &VoterError) -> Option<String> {
    let hint = match error {
        VoterError::Chain(error) => return chain_hint(error),
        VoterError::Parameters(error) => return parameters_hint(error),
        VoterError::Remote(error) => return remote_hint(error),
        VoterError::Package(_) => BALLOT_FILE,
        VoterError::AlreadyVoted { .. } => "run `psephos vote` again with --replace",
        VoterError::NothingToReplace { .. } => "run `psephos vote` again without --replace",
        VoterError::NoBallot { .. } => "`psephos vote --check` shows whether a ballot counts",
        VoterError::Ballot(_) | VoterError::Rule(_) => {
            "`psephos poll show N` shows the options and the ballot rule of poll N"
        }
        VoterError::Keys(_) | VoterError::NotMember { .. } | VoterError::Recovery(_) => return None,
    };
    Some(hint.into())
}

pub(crate) fn trustee_code(error: &TrusteeError) -> u8 {
    match error {
        TrusteeError::Chain(error) => chain_code(error),
        TrusteeError::Keys(error) => keys_code(error),
        TrusteeError::Submission(error) => submission_code(error),
        TrusteeError::Parameters(error) => parameters_code(error),
        TrusteeError::File(error) => file_code(error),
        TrusteeError::Tally(error) => tally_code(error),
        TrusteeError::KeyInUse { .. } => INPUT,
        TrusteeError::Committee(_)
        | TrusteeError::Recipients(_)
        | TrusteeError::Refused(_)
        | TrusteeError::NotTrustee { .. }
        | TrusteeError::WrongPhase { .. } => CHAIN,
    }
}

pub(crate) fn trustee_hint(error: &TrusteeError) -> Option<String> {
    let hint = match error {
        TrusteeError::Chain(error) => return chain_hint(error),
        TrusteeError::Submission(error) => return submission_hint(error),
        TrusteeError::Parameters(error) => return parameters_hint(error),
        TrusteeError::File(error) => return file_hint(error),
        TrusteeError::Tally(error) => return tally_hint(error),
        TrusteeError::Refused(
            Refusal::UnprovedBallot { .. }
            | Refusal::WrongContext { .. }
            | Refusal::WrongTotal { .. }
            | Refusal::InvalidDealing { .. }
            | Refusal::UnprovedDealing { .. }
            | Refusal::InvalidEvents(_),
        ) => "use another node, preferably your own; nothing was decrypted",
        TrusteeError::Refused(Refusal::ShareRejected { .. }) => {
            "use another node, preferably your own, and inform the other trustees"
        }
        TrusteeError::Refused(Refusal::OtherTotalDecrypted { .. }) => {
            "do not delete the journal: use another node, and inform the other trustees"
        }
        TrusteeError::Refused(Refusal::NotClosed { .. }) => "`psephos poll show N` shows the schedule of poll N",
        TrusteeError::Refused(Refusal::ClockDisagrees { .. }) => {
            "check this machine's clock; if it is right, use another node"
        }
        TrusteeError::Refused(Refusal::NotConfirmed { .. }) => "wait, or lower the number with --confirmations N",
        TrusteeError::NotTrustee { .. } => "`psephos committee list --json` shows the trustees' accounts",
        TrusteeError::KeyInUse { .. } => "make a new key file with `psephos trustee keygen --out FILE`",
        TrusteeError::WrongPhase { .. } => "`psephos trustee status` shows which tasks are due",
        TrusteeError::Committee(_) | TrusteeError::Recipients(_) => "use another node, preferably your own",
        TrusteeError::Refused(_) | TrusteeError::Keys(_) => return None,
    };
    Some(hint.into())
}

pub(crate) fn tally_code(error: &TallyError) -> u8 {
    match error {
        TallyError::Chain(error) => chain_code(error),
        TallyError::Parameters(error) => parameters_code(error),
        TallyError::SharesMissing { .. } => CHAIN,
        TallyError::NoTotal { .. } => CHECK_FAILED,
    }
}

pub(crate) fn tally_hint(error: &TallyError) -> Option<String> {
    match error {
        TallyError::Chain(error) => chain_hint(error),
        TallyError::SharesMissing { .. } => {
            Some("trustees run `psephos trustee decrypt` first; then run this command again".into())
        }
        TallyError::Parameters(error) => parameters_hint(error),
        TallyError::NoTotal { .. } => None,
    }
}

pub(crate) fn verify_code(error: &VerifyError) -> u8 {
    match error {
        VerifyError::Chain(error) => chain_code(error),
        VerifyError::Keys(error) => keys_code(error),
        VerifyError::Submission(error) => submission_code(error),
        VerifyError::Recipients(_) => CHAIN,
        VerifyError::Policy(_) => INPUT,
        VerifyError::Terms(error) => terms_code(error),
    }
}

pub(crate) fn verify_hint(error: &VerifyError) -> Option<String> {
    match error {
        VerifyError::Chain(error) => chain_hint(error),
        VerifyError::Submission(error) => submission_hint(error),
        VerifyError::Terms(TermsError::State(error)) => chain_hint(&error.clone().into()),
        VerifyError::Keys(_) | VerifyError::Recipients(_) | VerifyError::Policy(_) | VerifyError::Terms(_) => None,
    }
}

pub(crate) fn reward_code(error: &RewardError) -> u8 {
    match error {
        RewardError::Chain(error) => chain_code(error),
        RewardError::Terms(error) => terms_code(error),
        RewardError::Voter(error) => voter_code(error),
        RewardError::Keys(error) => keys_code(error),
        RewardError::Submission(error) => submission_code(error),
        RewardError::Remote(error) => remote_code(error),
        RewardError::File(error) => file_code(error),
        RewardError::Policy(_) | RewardError::Package(_) | RewardError::FeeTooHigh { .. } => INPUT,
        RewardError::Claim(_)
        | RewardError::NotClaimable { .. }
        | RewardError::AlreadyClaimed { .. }
        | RewardError::CostlyClaim { .. } => CHAIN,
    }
}

pub(crate) fn reward_hint(error: &RewardError) -> Option<String> {
    match error {
        RewardError::Chain(error) => chain_hint(error),
        RewardError::Terms(TermsError::State(error)) => chain_hint(&error.clone().into()),
        RewardError::Voter(error) => voter_hint(error),
        RewardError::Submission(error) => submission_hint(error),
        RewardError::Remote(error) => remote_hint(error),
        RewardError::File(error) => file_hint(error),
        RewardError::Package(_) => Some(CLAIM_FILE.into()),
        RewardError::NotClaimable { .. } => Some("`psephos reward status` shows what the claims wait for".into()),
        RewardError::Terms(_)
        | RewardError::Keys(_)
        | RewardError::Policy(_)
        | RewardError::Claim(_)
        | RewardError::FeeTooHigh { .. }
        | RewardError::AlreadyClaimed { .. }
        | RewardError::CostlyClaim { .. } => None,
    }
}

fn terms_code(error: &TermsError) -> u8 {
    match error {
        TermsError::State(error) => chain_code(&error.clone().into()),
        TermsError::Policy(_) => INPUT,
        TermsError::NothingPaid { .. } => CHAIN,
    }
}

pub(crate) fn parameters_code(error: &ParametersError) -> u8 {
    match error {
        ParametersError::State(error) => chain_code(&error.clone().into()),
        ParametersError::Rule(_) => INPUT,
    }
}

pub(crate) fn parameters_hint(error: &ParametersError) -> Option<String> {
    match error {
        ParametersError::State(error) => chain_hint(&error.clone().into()),
        ParametersError::Rule(_) => None,
    }
}

pub(crate) fn keys_code(error: &KeyRingError) -> u8 {
    match error {
        KeyRingError::Key(error) => key_code(error),
        KeyRingError::NoCircuit(_) => INPUT,
        KeyRingError::Prove(_) | KeyRingError::OtherStatement { .. } => MACHINE,
    }
}

pub(crate) fn submission_code(error: &SubmissionError) -> u8 {
    match error {
        SubmissionError::Chain(error) => chain_code(error),
        SubmissionError::Keys(error) => keys_code(error),
        SubmissionError::OtherKeys { .. }
        | SubmissionError::OtherVerifier { .. }
        | SubmissionError::NoVerifier { .. }
        | SubmissionError::NotDeployed { .. } => CHAIN,
    }
}

pub(crate) fn submission_hint(error: &SubmissionError) -> Option<String> {
    let hint = match error {
        SubmissionError::Chain(error) => return chain_hint(error),
        SubmissionError::OtherVerifier { .. } => {
            "do not use this deployment: compare the deployment file, and the keys in --key-folder, with those that \
             the DAO has published, or use another node with --rpc URL"
        }
        SubmissionError::NoVerifier { .. } => "`cargo xtask verifiers DIR` compiles the verifiers of the keys in DIR",
        SubmissionError::NotDeployed { .. } => "use the deployment file that `psephos deploy` wrote",
        SubmissionError::OtherKeys { .. } | SubmissionError::Keys(_) => return None,
    };
    Some(hint.into())
}

fn remote_code(error: &RemoteError) -> u8 {
    match error {
        RemoteError::InvalidUrl { .. } | RemoteError::InsecureTransport { .. } => INPUT,
        _ => CHAIN,
    }
}

fn remote_hint(error: &RemoteError) -> Option<String> {
    let hint = match error {
        RemoteError::Refused { status: 401, .. } => {
            "pass the token that its operator issued to you with --prover-token-file FILE, or prove on this machine, \
             without --prover"
        }
        RemoteError::Unreachable { reason, .. } if reason.contains("certificate") => {
            "this machine does not trust the certificate of the service: ask its operator, or prove on this machine, \
             without --prover"
        }
        RemoteError::Unreachable { .. } | RemoteError::Refused { .. } | RemoteError::NoProof(_) => {
            "try again, or prove on this machine, without --prover"
        }
        RemoteError::InvalidResponse(_) => "do not use this service; prove on this machine, without --prover",
        RemoteError::InvalidUrl { .. } | RemoteError::InsecureTransport { .. } | RemoteError::TimedOut(_) => {
            return None;
        }
    };
    Some(hint.into())
}

fn secret_file_hint(error: &SecretFileError) -> Option<String> {
    let hint = match error {
        SecretFileError::File(error) => return file_hint(error),
        SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. } => {
            "try again; without its passphrase no one can decrypt a secret file"
        }
        SecretFileError::Keystore { .. } | SecretFileError::NotASeed { .. } => {
            "use the file that `psephos` wrote, or an unmodified copy of it"
        }
        SecretFileError::Account(_) => ACCOUNT,
        SecretFileError::Identity(_) | SecretFileError::TransportKey(_) => return None,
    };
    Some(hint.into())
}

/// Returns the exit code of a file error: a missing or invalid file is a bad input, one that the system refuses to
/// read or write is a failure of the machine.
fn file_code(error: &FileError) -> u8 {
    match error {
        FileError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        _ => INPUT,
    }
}

fn file_hint(error: &FileError) -> Option<String> {
    matches!(error, FileError::Io { .. }).then(|| "check the path and the permissions".into())
}

#[cfg(test)]
mod tests {
    use psephos_chain::{Address, B256, ChainError};
    use psephos_circuits::catalogue::Name;
    use psephos_client::StateError;
    use psephos_prover::KeyError;

    use psephos_protocol::identifiers::{ChamberId, PollId};

    use super::*;

    #[test]
    fn exit_codes_follow_the_kind_of_failure() {
        let no_chain = ChainError::NodeUnreachable { url: "http://127.0.0.1:1".into() };
        assert_eq!(ClientFailure::from(VoterError::Chain(no_chain)).code(), CHAIN);
        let wrong = SecretFileError::Keystore { path: "x".into(), source: KeystoreError::WrongPassphrase };
        assert_eq!(ClientFailure::from(wrong).code(), SECRET);
        let inconsistent = TallyError::from(StateError::Inconsistent("x".into()));
        assert_eq!(ClientFailure::from(inconsistent).code(), CHECK_FAILED);
        let development = KeyError::Development { circuit: "ballot-3".into(), chain_id: 1 };
        assert_eq!(ClientFailure::from(KeyRingError::Key(development)).code(), CHAIN);
    }

    #[test]
    fn swapped_verifier_has_a_hint_in_every_role() {
        let swapped = || SubmissionError::OtherVerifier {
            circuit: Name::Ballot3,
            address: Address::ZERO,
            expected: None,
            actual: B256::ZERO,
        };
        let hints = [
            ClientFailure::from(swapped()).hint(),
            trustee_hint(&swapped().into()),
            verify_hint(&swapped().into()),
            reward_hint(&swapped().into()),
        ];
        for hint in hints {
            assert!(hint.as_deref().is_some_and(|hint| hint.contains("do not use this deployment")), "{hint:?}");
        }
    }

    #[test]
    fn unknown_chamber_has_a_hint_in_every_role() {
        let (poll, chamber) = (PollId::new(1), ChamberId::new(7));
        let unknown = || ParametersError::State(StateError::UnknownPollChamber { poll, chamber, chambers: vec![] });
        for hint in [voter_hint(&unknown().into()), trustee_hint(&unknown().into()), tally_hint(&unknown().into())] {
            assert!(hint.as_deref().is_some_and(|hint| hint.contains("psephos poll show")), "{hint:?}");
        }
    }

    #[test]
    fn state_errors_keep_their_exit_codes_in_every_role() {
        let (poll, chamber) = (PollId::new(1), ChamberId::new(7));
        let chambers = || vec![ChamberId::new(0)];
        let states = [
            (StateError::UnknownPollChamber { poll, chamber, chambers: chambers() }, INPUT),
            (StateError::UnknownChamber { chamber, chambers: chambers() }, INPUT),
            (
                StateError::WrongPollState {
                    poll,
                    actual: psephos_state::PollState::Created,
                    expected: psephos_state::PollState::Open,
                },
                CHAIN,
            ),
            (StateError::Inconsistent("x".into()), CHECK_FAILED),
        ];
        for (error, code) in states {
            assert_eq!(parameters_code(&error.clone().into()), code);
            assert_eq!(voter_code(&error.clone().into()), code);
            assert_eq!(trustee_code(&error.clone().into()), code);
            assert_eq!(tally_code(&error.clone().into()), code);
            assert_eq!(verify_code(&error.clone().into()), code);
            assert_eq!(reward_code(&error.into()), code);
        }
    }
}
