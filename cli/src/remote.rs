//! Proving by a service: asked for by name, said what it means, never by default.

use std::path::PathBuf;

use clap::Args;
use psephos_client::remote::{RemoteProver, Service};
use psephos_exchange::proof::Kind;

use crate::failure::Failure;
use crate::secrets;
use crate::session::Session;

/// The options of commands that prove.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// Have the proof made by the service at this address instead of on this machine: it learns how you vote
    #[arg(long, value_name = "URL")]
    prover: Option<String>,
    /// A file with the token that the service asks for (or PSEPHOS_PROVER_TOKEN holds it)
    #[arg(long, value_name = "FILE", requires = "prover")]
    prover_token_file: Option<PathBuf>,
}

impl Remote {
    /// The service, if one was asked for; what it learns is said, even with --quiet.
    pub(crate) fn prover(&self, session: &Session, kind: Kind) -> Result<Option<RemoteProver>, Failure> {
        let Some(url) = &self.prover else { return Ok(None) };
        let token = secrets::prover_token(self.prover_token_file.as_deref())?;
        let service = Service::new(url, token).map_err(psephos_client::ClientError::from)?;
        session.output().warn(&format!("{} makes the proof, and learns {}", service.url(), kind.reveals()));
        Ok(Some(RemoteProver::new(service)))
    }
}
