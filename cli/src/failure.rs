//! Failures of the command: what happened, what to do, and the exit code.

use std::error::Error;
use std::path::Path;

use psephos_ceremony::CeremonyError;
use psephos_chain::ChainError;
use psephos_circuits::catalogue::NoCircuit;
use psephos_demo::DemoError;
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::StateError;

use crate::charter_failure::CharterFailure;
use crate::client_failure::ClientFailure;
use crate::hints;

/// Exit code: success.
pub(crate) const OK: u8 = 0;
/// Exit code: a check failed, or only a part of the requested work was done.
pub(crate) const CHECK_FAILED: u8 = 1;
/// Exit code: wrong usage, or an invalid file.
pub(crate) const INPUT: u8 = 2;
/// Exit code: a node or service is unreachable, or the chain, a contract or a relayer refused.
pub(crate) const CHAIN: u8 = 3;
/// Exit code: a secret is missing, wrong or damaged.
pub(crate) const SECRET: u8 = 4;
/// Exit code: this machine cannot do it: a file cannot be written, a key file is damaged.
pub(crate) const MACHINE: u8 = 5;

/// The reason why a command ends without having done its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Wrong usage or an invalid input file.
    #[error("{what}")]
    Input {
        /// The error, in one line.
        what: String,
        /// The hint: what to do.
        hint: String,
    },
    /// A secret is missing or cannot be read.
    #[error("{what}")]
    Secret {
        /// The error, in one line.
        what: String,
        /// The hint: what to do.
        hint: String,
    },
    /// This machine cannot do it.
    #[error("{what}")]
    Machine {
        /// The error, in one line.
        what: String,
        /// The hint: what to do.
        hint: String,
    },
    /// A relayer does not answer, refuses, or answers with an invalid response.
    #[error("{what}")]
    Relayer {
        /// The error, in one line.
        what: String,
        /// The hint: what to do.
        hint: String,
    },
    /// The chain would refuse it: nothing was sent.
    #[error("{what}")]
    Refused {
        /// The error, in one line.
        what: String,
        /// The hint: what to do.
        hint: String,
    },
    /// An operation of a client failed.
    #[error(transparent)]
    Client(Box<ClientFailure>),
    /// A file of an agenda, a pilot, an axis or a charter is invalid, or another one.
    #[error(transparent)]
    Charter(Box<CharterFailure>),
    /// A demonstration failed.
    #[error(transparent)]
    Demo(Box<DemoError>),
    /// Reading from or sending to the chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A step of a ceremony failed.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// A proving or verifying key cannot be loaded or made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        Self::Demo(Box::new(error))
    }
}

impl From<NoCircuit> for Failure {
    fn from(error: NoCircuit) -> Self {
        KeyRingError::from(error).into()
    }
}

impl Failure {
    /// Creates a failure for wrong usage or an invalid input file.
    pub(crate) fn invalid_input(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input { what: what.into(), hint: hint.into() }
    }

    /// Creates a failure for a secret that is missing or cannot be read.
    pub(crate) fn secret_failure(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Secret { what: what.into(), hint: hint.into() }
    }

    /// Creates a failure for something that this machine cannot do.
    pub(crate) fn machine_failure(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Machine { what: what.into(), hint: hint.into() }
    }

    /// Creates a failure for a relayer that does not answer, refuses, or answers with an invalid response.
    pub(crate) fn relayer_failure(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Relayer { what: what.into(), hint: hint.into() }
    }

    /// Creates a failure for what the chain would refuse, which is not sent.
    pub(crate) fn chain_refusal(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), hint: hint.into() }
    }

    /// Creates a failure for a bug of this program.
    pub(crate) fn internal_error(what: impl Into<String>) -> Self {
        Self::machine_failure(what, "this is a bug in psephos: please report it")
    }

    /// Creates a failure for a file that cannot be written.
    pub(crate) fn unwritable_file(path: &Path, error: &std::io::Error) -> Self {
        Self::machine_failure(
            format!("cannot write {}: {error}", path.display()),
            "check the permissions and the free space, or choose another path with --out",
        )
    }

    /// Returns the exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Input { .. } => INPUT,
            Self::Secret { .. } => SECRET,
            Self::Machine { .. } => MACHINE,
            Self::Relayer { .. } | Self::Refused { .. } => CHAIN,
            Self::Key(error) => hints::key_code(error),
            Self::Ceremony(error) => hints::ceremony_code(error),
            Self::Client(error) => error.code(),
            Self::Charter(error) => error.code(),
            Self::Demo(error) => hints::demo_code(error),
            Self::Chain(error) => hints::chain_code(error),
        }
    }

    /// Returns what happened, in one line: the error and its causes.
    pub(crate) fn message(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some messages already contain that of their cause.
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        crate::table::to_printable(&line)
    }

    /// Returns what to do, unless the message says so already.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Input { hint, .. }
            | Self::Secret { hint, .. }
            | Self::Machine { hint, .. }
            | Self::Relayer { hint, .. }
            | Self::Refused { hint, .. } => Some(hint.clone()),
            Self::Client(error) => error.hint(),
            Self::Charter(error) => Some(error.hint().to_owned()),
            Self::Demo(error) => hints::demo(error),
            Self::Chain(error) => hints::chain_hint(error),
            Self::Ceremony(error) => hints::ceremony_hint(error),
            Self::Key(_) => None,
        }
    }
}
