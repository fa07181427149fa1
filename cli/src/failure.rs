//! Everything that can end the command: what happened, what to do, and the exit code.

use std::error::Error;
use std::path::Path;

use psephos_ceremony::CeremonyError;
use psephos_chain::ChainError;
use psephos_client::{ClientError, ExchangeError};
use psephos_demo::DemoError;
use psephos_prover::KeyError;
use psephos_state::StateError;

use crate::hints;

/// Exit code: all is well.
pub(crate) const OK: u8 = 0;
/// Exit code: the thing that was checked is false, or not everything that was asked was done.
pub(crate) const FALSE: u8 = 1;
/// Exit code: wrong usage, or a file that is not what it should be.
pub(crate) const INPUT: u8 = 2;
/// Exit code: no chain or relayer there, or the chain, a contract or a relayer refused.
pub(crate) const CHAIN: u8 = 3;
/// Exit code: a secret is missing, wrong or damaged.
pub(crate) const SECRET: u8 = 4;
/// Exit code: this machine cannot do it: a file that cannot be written, a damaged key file.
pub(crate) const MACHINE: u8 = 5;

/// Why a command ends without doing what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Wrong usage or a bad input file.
    #[error("{what}")]
    Input {
        /// What happened.
        what: String,
        /// What to do.
        hint: String,
    },
    /// A secret is missing or cannot be read.
    #[error("{what}")]
    Secret {
        /// What happened.
        what: String,
        /// What to do.
        hint: String,
    },
    /// The machine refuses.
    #[error("{what}")]
    Machine {
        /// What happened.
        what: String,
        /// What to do.
        hint: String,
    },
    /// A relayer does not answer, refuses, or is not to be believed.
    #[error("{what}")]
    Relayer {
        /// What happened.
        what: String,
        /// What to do.
        hint: String,
    },
    /// A client's operation failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A demonstration failed.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A ceremony.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// A proving or verifying key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        Self::Chain(error.into())
    }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        Self::Client(error.into())
    }
}

impl Failure {
    /// Wrong usage or a bad input file.
    pub(crate) fn input(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Input { what: what.into(), hint: hint.into() }
    }

    /// A secret is missing or cannot be read.
    pub(crate) fn secret(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Secret { what: what.into(), hint: hint.into() }
    }

    /// The machine refuses.
    pub(crate) fn machine(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Machine { what: what.into(), hint: hint.into() }
    }

    /// A relayer does not answer, refuses, or is not to be believed.
    pub(crate) fn relayer(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Relayer { what: what.into(), hint: hint.into() }
    }

    /// A mistake of this program.
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::machine(what, "this is a mistake in psephos: please report it")
    }

    /// A file that cannot be written.
    pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        Self::machine(format!("cannot write {}: {error}", path.display()), "choose another place with --out")
    }

    /// The exit code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Input { .. } => INPUT,
            Self::Secret { .. } => SECRET,
            Self::Machine { .. } => MACHINE,
            Self::Relayer { .. } => CHAIN,
            Self::Key(error) => hints::key_code(error),
            Self::Ceremony(error) => hints::ceremony_code(error),
            Self::Client(error) => hints::client_code(error),
            Self::Demo(error) => hints::demo_code(error),
            Self::Chain(error) => hints::chain_code(error),
        }
    }

    /// What happened, in one line: the error and its causes.
    pub(crate) fn what(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some messages already end with their cause's.
            if !line.contains(&text) {
                line = format!("{line}: {text}");
            }
            cause = error.source();
        }
        crate::table::printable(&line)
    }

    /// What to do, if the message does not say so already.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Input { hint, .. }
            | Self::Secret { hint, .. }
            | Self::Machine { hint, .. }
            | Self::Relayer { hint, .. } => Some(hint.clone()),
            Self::Client(error) => hints::client(error),
            Self::Demo(error) => hints::demo(error),
            Self::Chain(error) => hints::chain(error),
            Self::Ceremony(error) => hints::ceremony(error),
            Self::Key(_) => None,
        }
    }
}
