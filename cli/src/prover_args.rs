//! The options for remote proving. It is never the default: the user names the services and is warned of what they
//! learn.

use std::path::PathBuf;

use clap::Args;
use psephos_chain::Purpose;
use psephos_client::remote::{Provers, RemoteProver, RemoteProverError, Service, TwoProvers};
use psephos_wire::proof::StatementKind;

use crate::failure::Failure;
use crate::secrets;
use crate::session::Session;

/// Options of commands that prove.
#[derive(Debug, Args)]
pub(crate) struct ProverArgs {
    /// URL of a remote prover to make the proof instead of this machine; it learns how you vote
    #[arg(long, value_name = "URL", conflicts_with = "provers")]
    prover: Option<String>,
    /// File with the token for the remote prover (default: the token in PSEPHOS_PROVER_TOKEN)
    #[arg(long, value_name = "FILE", requires = "prover")]
    prover_token_file: Option<PathBuf>,
    #[command(flatten)]
    two: TwoProversArgs,
}

/// Options for two provers.
#[derive(Debug, Args)]
pub(crate) struct TwoProversArgs {
    /// URLs of two remote provers, separated by a comma, that make the proof together; each alone learns nothing but
    /// your address and the time, both together learn everything. The second receives more: a megabyte for a ballot
    #[arg(long, value_name = "URL,URL")]
    provers: Option<String>,
    /// File with the token for a prover of --provers; named twice, in their order (default: both tokens in
    /// PSEPHOS_PROVER_TOKEN, separated by a comma)
    #[arg(long, value_name = "FILE", requires = "provers")]
    provers_token_file: Vec<PathBuf>,
}

impl ProverArgs {
    /// Returns the remote provers, if some are named. Warns of what they learn, even with `--quiet`.
    pub(crate) fn select_provers(&self, session: &Session, kind: StatementKind) -> Result<Option<Provers>, Failure> {
        let Some(url) = &self.prover else {
            return Ok(self.two.select_provers(session, kind)?.map(Provers::Two));
        };
        let token = secrets::read_prover_token(self.prover_token_file.as_deref(), session.output())?;
        let service = Service::new(url, &session.network()?, Purpose::Prove, token).map_err(RemoteProverError::from)?;
        session.output().print_warning(&format!("{} makes the proof and learns {}", service.host(), kind.reveals()));
        Ok(Some(Provers::One(RemoteProver::new(service))))
    }
}

impl TwoProversArgs {
    /// Returns the two provers, if they are named. Warns of what they learn, even with `--quiet`.
    pub(crate) fn select_provers(&self, session: &Session, kind: StatementKind) -> Result<Option<TwoProvers>, Failure> {
        let Some(urls) = &self.provers else { return Ok(None) };
        let [first, second] = split_urls(urls)?;
        let network = session.network()?;
        let [one, two] = secrets::read_prover_tokens(&self.provers_token_file, session.output())?;
        let first = Service::new(first, &network, Purpose::Prove, one).map_err(RemoteProverError::from)?;
        let second = Service::new(second, &network, Purpose::ProveToo, two).map_err(RemoteProverError::from)?;
        let provers = TwoProvers::new(first, second)?;
        let [first, second] = provers.hosts();
        session.output().print_warning(&format!(
            "{first} and {second} make the proof. Each alone learns your network address, the time and the kind of proof, \
             and nothing else. Who has what both received learns {}",
            kind.reveals()
        ));
        if provers.have_one_operator() {
            session.output().print_warning(&format!(
                "{first} and {second} seem to have one operator, who then has both parts: name services of operators that do \
                 not work together"
            ));
        }
        Ok(Some(provers))
    }
}

/// Splits the value of `--provers`. An error does not repeat it: URLs may hold keys.
fn split_urls(text: &str) -> Result<[&str; 2], Failure> {
    let urls: Vec<&str> = text.split(',').map(str::trim).filter(|url| !url.is_empty()).collect();
    match urls[..] {
        [first, second] => Ok([first, second]),
        _ => Err(Failure::invalid_input(
            format!("--provers needs two services, and names {}", urls.len()),
            "name two URLs, separated by a comma, of operators that do not work together",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_urls_are_two() {
        let urls = split_urls("https://one.example, https://two.example").expect("two");
        assert_eq!(urls, ["https://one.example", "https://two.example"]);
        for text in ["", ",", "https://canary@one.example", "a,b,canary", "canary,,"] {
            let refused = split_urls(text).expect_err(text).message();
            assert!(refused.contains("needs two services") && !refused.contains("canary"), "{refused}");
        }
    }
}
