//! The options for remote proving. It is never the default: the user names the service and is warned of what it learns.

use std::path::PathBuf;

use clap::Args;
use psephos_chain::Purpose;
use psephos_client::remote::{RemoteProver, RemoteProverError, Service};
use psephos_wire::proof::StatementKind;

use crate::failure::Failure;
use crate::secrets;
use crate::session::Session;

/// Options of commands that prove.
#[derive(Debug, Args)]
pub(crate) struct ProverArgs {
    /// URL of a remote prover to make the proof instead of this machine; it learns how you vote
    #[arg(long, value_name = "URL")]
    prover: Option<String>,
    /// File with the token for the remote prover (default: the token in PSEPHOS_PROVER_TOKEN)
    #[arg(long, value_name = "FILE", requires = "prover")]
    prover_token_file: Option<PathBuf>,
}

impl ProverArgs {
    /// Returns the remote prover, if one is named. Warns of what it learns, even with `--quiet`.
    pub(crate) fn select_prover(
        &self,
        session: &Session,
        kind: StatementKind,
    ) -> Result<Option<RemoteProver>, Failure> {
        let Some(url) = &self.prover else { return Ok(None) };
        let token = secrets::read_prover_token(self.prover_token_file.as_deref(), session.output())?;
        let service = Service::new(url, &session.network()?, Purpose::Prove, token).map_err(RemoteProverError::from)?;
        session.output().print_warning(&format!("{} makes the proof and learns {}", service.host(), kind.reveals()));
        Ok(Some(RemoteProver::new(service)))
    }
}
