//! What several roles use: keys, submission checks, services, files.

use psephos_client::files::FileError;
use psephos_client::keystore::KeystoreError;
use psephos_client::remote::{RemoteProverError, ServiceError};
use psephos_client::secret_file::SecretFileError;
use psephos_prover::{KeyRingError, ProveError};
use psephos_submission::SubmissionError;

use crate::failure::{CHAIN, INPUT, MACHINE};
use crate::hints::{account_hint, chain_code, chain_hint, ethereum_keystore_hint, key_code, network_code};

pub(crate) fn keys_code(error: &KeyRingError) -> u8 {
    match error {
        KeyRingError::Key(error) => key_code(error),
        KeyRingError::NoCircuit(_) | KeyRingError::OtherKey { .. } => INPUT,
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
        SubmissionError::NotDeployed { .. } | SubmissionError::OtherKeys { .. } | SubmissionError::Keys(_) => {
            return None;
        }
    };
    Some(hint.into())
}

pub(crate) fn remote_code(error: &RemoteProverError) -> u8 {
    match error {
        RemoteProverError::Service(error) => service_code(error),
        RemoteProverError::OneOfTwo { source, .. } => service_code(source),
        RemoteProverError::SameProver { .. } => INPUT,
        // The answers of two services, not this machine.
        RemoteProverError::Keys(KeyRingError::Prove(ProveError::InvalidSums)) => CHAIN,
        RemoteProverError::Keys(error) => keys_code(error),
        RemoteProverError::NoProof(_) | RemoteProverError::TimedOut(_) => CHAIN,
    }
}

fn service_code(error: &ServiceError) -> u8 {
    match error {
        ServiceError::InvalidUrl | ServiceError::InsecureTransport { .. } => INPUT,
        ServiceError::Network(error) => network_code(error),
        _ => CHAIN,
    }
}

pub(crate) fn remote_hint(error: &RemoteProverError) -> Option<String> {
    let hint = match error {
        RemoteProverError::Service(error) => return service_hint(error),
        RemoteProverError::NoProof(_) => TRY_AGAIN,
        RemoteProverError::SameProver { .. } => "name two services of operators that do not work together",
        RemoteProverError::OneOfTwo { source, .. } => return two_provers_hint(source),
        RemoteProverError::Keys(KeyRingError::Prove(ProveError::InvalidSums)) => {
            "do not try again with these services: each try tells a service that lies whether its lie was noticed. Name \
             others with --provers, or prove on this machine"
        }
        RemoteProverError::TimedOut(_) | RemoteProverError::Keys(_) => return None,
    };
    Some(hint.into())
}

/// What to do about one of two services.
fn two_provers_hint(error: &ServiceError) -> Option<String> {
    let hint = match error {
        ServiceError::Refused { status: 401, .. } => {
            "pass the tokens that both operators issued to you, in the order of the services, with --provers-token-file \
             FILE for each"
        }
        ServiceError::Refused { code, .. } if code == "not_taken" || code == "other_key" => {
            "name another service with --provers, or prove on this machine"
        }
        ServiceError::InvalidUrl | ServiceError::InsecureTransport { .. } | ServiceError::Network(_) => return None,
        _ => "try again later, name another service with --provers, or prove on this machine",
    };
    Some(hint.into())
}

const TRY_AGAIN: &str = "try again, or prove on this machine, without --prover";

fn service_hint(error: &ServiceError) -> Option<String> {
    let hint = match error {
        ServiceError::Refused { status: 401, .. } => {
            "pass the token that its operator issued to you with --prover-token-file FILE, or prove on this machine, \
             without --prover"
        }
        ServiceError::Unreachable { reason, .. } if reason.contains("certificate") => {
            "this machine does not trust the certificate of the service: ask its operator, or prove on this machine, \
             without --prover"
        }
        ServiceError::Unreachable { .. } | ServiceError::Refused { .. } => TRY_AGAIN,
        ServiceError::InvalidResponse(_) => "do not use this service; prove on this machine, without --prover",
        ServiceError::InvalidUrl
        | ServiceError::InsecureTransport { .. }
        | ServiceError::Network(_)
        | ServiceError::Oblivious(_) => return None,
    };
    Some(hint.into())
}

pub(crate) fn secret_file_hint(error: &SecretFileError) -> Option<String> {
    let hint = match error {
        SecretFileError::File(error) => return file_hint(error),
        SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. } => {
            "try again, or name the passphrase of the sender's file with --sender-passphrase-file FILE; without its \
             passphrase no one can decrypt a secret file"
        }
        SecretFileError::EthereumKeystore { source, .. } => ethereum_keystore_hint(source),
        SecretFileError::Keystore { source: KeystoreError::UnsupportedVersion { actual: 1, .. }, .. } => {
            "files of version 1 are from before the first release and are not read any more: make a new file"
        }
        SecretFileError::Keystore { .. } | SecretFileError::NotATransportKey { .. } => {
            "use the file that `psephos` wrote, or an unmodified copy of it"
        }
        SecretFileError::Account(error) => account_hint(error),
        SecretFileError::Identity(_) | SecretFileError::TransportKey(_) => return None,
    };
    Some(hint.into())
}

/// Returns the exit code of a file error: a missing or invalid file is a bad input, one that the system refuses to
/// read or write is a failure of the machine.
pub(crate) fn file_code(error: &FileError) -> u8 {
    match error {
        FileError::Io { source, .. } if source.kind() != std::io::ErrorKind::NotFound => MACHINE,
        _ => INPUT,
    }
}

pub(crate) fn file_hint(error: &FileError) -> Option<String> {
    matches!(error, FileError::Io { .. }).then(|| "check the path and the permissions".into())
}
