//! `psephos trustee attest`: signs what an opened poll's ballots are proved under, for voters who do not trust a node.

use clap::Args;
use psephos_chain::host::host_of;
use psephos_client::remote::AttestationService;
use psephos_client::trustee::{self, AttestationBook, Refusal, TrusteeError};
use psephos_client::{Account, ChainState, NodeSet};
use psephos_protocol::identifiers::PollId;
use psephos_wire::Attestation;
use serde_json::json;

use super::{CautionArgs, KeyFileArgs};
use crate::failure::Failure;
use crate::files;
use crate::session::Session;

/// Arguments of `trustee attest`.
#[derive(Debug, Args)]
pub(crate) struct AttestArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    #[command(flatten)]
    keys: KeyFileArgs,
    #[command(flatten)]
    care: CautionArgs,
    #[command(flatten)]
    publish: PublishArgs,
}

/// The option for where attestations are published.
#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// URL of a service to publish attestations at; repeat for each (default: that of --indexer)
    #[arg(long, value_name = "URL")]
    publish: Vec<String>,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: AttestArgs) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let account = session.open_account().await?;
    let connection = session.connect_node(&deployment).await?;
    let nodes = args.care.connect_nodes(connection.clone()).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let attester = Attester {
        session,
        nodes: &nodes,
        account: &account,
        book: args.keys.attestation_book(),
        confirmations: args.care.confirmations(deployment.chain_id),
        services: args.publish.services(session)?,
    };
    let committee = state.poll(args.poll)?.committee();
    if state.committee(committee)?.trustee_index(account.address()).is_none() {
        return Err(TrusteeError::NotTrustee { committee, account: account.address() }.into());
    }
    let attestation = attester.attest(&state, args.poll).await?;
    let published = attester.publish(&attestation).await;
    let file = attester.book.path(&state, args.poll);
    session.output().print_result(
        &json!({ "file": files::shown(&file), "published": published, "attestation": attestation }),
        || {
            let block = attestation.block;
            format!("Poll {} attested as of block {block}\nwritten to {}", args.poll, file.display())
        },
    )
}

impl PublishArgs {
    /// Returns the services to publish at.
    pub(super) fn services(&self, session: &Session) -> Result<Vec<(String, AttestationService)>, Failure> {
        let named = self.publish.iter().map(String::as_str);
        let urls: Vec<&str> = match self.publish.is_empty() {
            true => session.indexer_url().into_iter().collect(),
            false => named.collect(),
        };
        let network = session.network()?;
        let connect = |url: &str| match AttestationService::new(url, &network) {
            Ok(service) => Ok((host_of(url), service)),
            Err(error) => Err(Failure::invalid_input(error.to_string(), "correct the URL in --publish or --indexer")),
        };
        urls.into_iter().map(connect).collect()
    }
}

/// A trustee that attests polls.
pub(super) struct Attester<'a> {
    pub(super) session: &'a Session,
    pub(super) nodes: &'a NodeSet,
    pub(super) account: &'a Account,
    pub(super) book: AttestationBook,
    pub(super) confirmations: u64,
    pub(super) services: Vec<(String, AttestationService)>,
}

impl Attester<'_> {
    /// Signs the attestation of a poll, or takes it from the book.
    async fn attest(&self, state: &ChainState, poll: PollId) -> Result<Attestation, TrusteeError> {
        let sign = async |attestation: &Attestation| self.account.sign_attestation(attestation).await;
        let signer = (self.account.address(), sign);
        trustee::attest_poll(self.nodes, state, poll, self.confirmations, &self.book, signer).await
    }

    /// Publishes an attestation at every service, and returns those that took it. A service that does not is a warning:
    /// the attestation can be published again, or handed out as a file.
    async fn publish(&self, attestation: &Attestation) -> Vec<&str> {
        let mut published = Vec::new();
        for (host, service) in &self.services {
            match service.publish(attestation).await {
                Ok(()) => published.push(host.as_str()),
                Err(error) => self.session.output().print_warning(&format!(
                    "the attestation of poll {} is not published at {host}: {error}",
                    attestation.poll
                )),
            }
        }
        published
    }

    /// Attests all opened polls of this trustee's committees that it has not attested. A poll that is not final yet is
    /// due later; another failure does not prevent the other polls from being attested and is returned at the end.
    pub(super) async fn attest_due_polls(&self, state: &ChainState) -> Result<Vec<PollId>, TrusteeError> {
        let (mut done, mut first) = (Vec::new(), None);
        for poll in trustee::polls_to_attest(state, self.account.address(), &self.book)? {
            match self.attest(state, poll).await {
                Ok(attestation) => {
                    let published = self.publish(&attestation).await;
                    let places = if published.is_empty() { "no service".into() } else { published.join(", ") };
                    self.session.output().print_remark(&format!("✓ attest poll {poll} (published at {places})"));
                    done.push(poll);
                }
                Err(TrusteeError::Refused(Refusal::NotFinal { .. })) => {}
                Err(error) => {
                    self.session.output().print_warning(&format!("attest poll {poll}: {error}"));
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(done), Err)
    }
}
