//! The options that name further sources of what a command believes: nodes, attestations, announcements, a block.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::{B256, Connection, NodeSet};
use psephos_client::confirm::{Announcement, Confirmation, SourceKind, Sources, confirm_context, find_equivocations};
use psephos_client::remote::AttestationService;
use psephos_client::sheets::confirm_sheet_context;
use psephos_client::{ChainState, files as client_files, voter::PollReference};
use psephos_protocol::elements::CensusRoot;
use psephos_protocol::field;
use psephos_protocol::identifiers::{ChainId, ChamberId, PollId, SheetId};
use psephos_prover::DEVELOPMENT_CHAINS;
use psephos_wire::Attestation;

use crate::failure::Failure;
use crate::format::plural;
use crate::session::Session;

/// The largest file of attestations, in bytes.
const MAX_ATTESTATIONS: usize = 4 << 20;

/// The option for further nodes.
#[derive(Debug, Args)]
pub(crate) struct NodeArgs {
    /// URL of another node, of another operator, that must show the same as that of --rpc; repeat for each
    #[arg(long, value_name = "URL", env = "PSEPHOS_ALSO_RPC", hide_env_values = true, value_delimiter = ',')]
    also_rpc: Vec<String>,
}

impl NodeArgs {
    /// Connects to all of them.
    pub(crate) async fn connect(&self, primary: Connection) -> Result<NodeSet, Failure> {
        let urls: Vec<String> = self.also_rpc.iter().filter(|url| !url.is_empty()).cloned().collect();
        Ok(NodeSet::connect(primary, &urls).await.map_err(psephos_client::confirm::ConfirmError::from)?)
    }

    /// Connects to all of them for a trustee: on a chain that is not local, nodes of two operators, or one of its own.
    pub(crate) async fn connect_for_trustee(&self, primary: Connection, own_node: bool) -> Result<NodeSet, Failure> {
        let nodes = self.connect(primary).await?;
        require_operators(nodes.operators(), own_node, nodes.primary().chain_id())?;
        Ok(nodes)
    }
}

/// Requires nodes of two operators of a trustee, unless the node is its own or the chain local: before it decrypts a
/// total, attests a poll, or destroys its key.
fn require_operators(operators: usize, own_node: bool, chain_id: ChainId) -> Result<(), Failure> {
    if operators >= 2 || own_node || is_local(chain_id) {
        return Ok(());
    }
    Err(Failure::invalid_input(
        "a trustee that asks one node decrypts, attests and retires by whatever that node shows",
        "name a node of another operator with --also-rpc, or say with --own-node that the node of --rpc is your own",
    ))
}

/// The options by which a voter's poll is confirmed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sources that must agree before a ballot is proved")]
pub(crate) struct ConfirmArgs {
    #[command(flatten)]
    nodes: NodeArgs,
    /// Root of the chamber's frozen census as it was announced (0x..); with the whole fingerprint in --fingerprint
    #[arg(long, value_name = "ROOT", requires = "fingerprint")]
    census_root: Option<String>,
    /// File of trustees' attestations (JSON), beside those that the service of --indexer has
    #[arg(long, value_name = "FILE")]
    attestations: Option<PathBuf>,
    /// Hash of a recent block, from a light client or an explorer that you trust: the poll is proved against it
    #[arg(long, value_name = "HASH")]
    trusted_block: Option<B256>,
    /// Vote although only nodes confirm the poll: if they lie together, they can read this vote and name its voter
    #[arg(long)]
    trust_nodes_with_vote: bool,
}

impl ConfirmArgs {
    /// Confirms what a ballot is proved under, and says which sources confirm it.
    pub(crate) async fn confirm(
        &self,
        session: &Session,
        connection: &Connection,
        state: &ChainState,
        (poll, chamber): (PollId, ChamberId),
        fingerprint: Option<PollReference>,
    ) -> Result<Confirmation, Failure> {
        let sources = Sources {
            nodes: self.nodes.connect(connection.clone()).await?,
            attestations: self.read_attestations(session).await?,
            announcement: self.announcement(fingerprint)?,
            trusted_block: self.trusted_block,
        };
        keep_equivocations(session, &sources.attestations)?;
        let confirmation = confirm_context(&sources, state, poll, chamber).await?;
        if !self.trust_nodes_with_vote {
            confirmation.require_two_kinds()?;
        }
        report_sources(session, &confirmation);
        Ok(confirmation)
    }

    /// Confirms what a sheet is proved under, and says which sources confirm it.
    pub(crate) async fn confirm_sheet(
        &self,
        session: &Session,
        connection: &Connection,
        state: &ChainState,
        (sheet, chamber): (SheetId, ChamberId),
        fingerprint: Option<PollReference>,
    ) -> Result<(), Failure> {
        if self.attestations.is_some() || self.trusted_block.is_some() {
            return Err(Failure::invalid_input(
                "sheet polls have neither attestations of trustees nor proofs against the hash of a block yet",
                "leave out --attestations and --trusted-block; pass --fingerprint with --census-root as a second source",
            ));
        }
        let sources = Sources {
            nodes: self.nodes.connect(connection.clone()).await?,
            attestations: Vec::new(),
            announcement: self.announcement(fingerprint)?,
            trusted_block: None,
        };
        let confirmation = confirm_sheet_context(&sources, state, sheet, chamber).await?;
        if !self.trust_nodes_with_vote {
            confirmation.require_two_kinds()?;
        }
        report_sources(session, &confirmation);
        Ok(())
    }

    fn announcement(&self, fingerprint: Option<PollReference>) -> Result<Option<Announcement>, Failure> {
        let Some(root) = &self.census_root else { return Ok(None) };
        let Some(PollReference::Fingerprint(fingerprint)) = fingerprint else {
            return Err(Failure::invalid_input(
                "a census root confirms a poll only together with its whole fingerprint; words do not cover its keys",
                "pass the fingerprint (0x and 64 digits) with --fingerprint",
            ));
        };
        match field::from_hex(root) {
            Ok(root) => Ok(Some(Announcement { fingerprint, root: CensusRoot::from_fr(root) })),
            Err(error) => Err(Failure::invalid_input(
                format!("{root:?} is not a census root: {error}"),
                "a census root is 0x and 64 hexadecimal digits, as `psephos poll show` prints it",
            )),
        }
    }

    /// Reads the attestations of a file and of the indexer's service. A service that does not answer is a remark: the
    /// other sources may be enough.
    async fn read_attestations(&self, session: &Session) -> Result<Vec<Attestation>, Failure> {
        let mut attestations = match &self.attestations {
            Some(path) => read_attestation_file(path)?,
            None => Vec::new(),
        };
        if let Some(url) = session.indexer_url() {
            let network = session.network()?;
            let fetched = async { AttestationService::new(url, &network)?.fetch().await }.await;
            match fetched {
                Ok(fetched) => attestations.extend(fetched),
                Err(error) => session.output().print_remark(&format!("No attestations from the indexer: {error}")),
            }
        }
        Ok(attestations)
    }
}

/// Reads a file with one attestation, or with a list of them.
pub(crate) fn read_attestation_file(path: &Path) -> Result<Vec<Attestation>, Failure> {
    let text = client_files::read_text(path, MAX_ATTESTATIONS)?;
    let one = serde_json::from_str::<Attestation>(&text).map(|one| vec![one]);
    one.or_else(|_| serde_json::from_str::<Vec<Attestation>>(&text)).map_err(|error| {
        Failure::invalid_input(
            format!("{} holds no attestations: {error}", path.display()),
            "use a file that `psephos trustee attest` or `watch` wrote, or a JSON list of such",
        )
    })
}

/// Writes each proof that a trustee signed two different statements to a file, and warns.
fn keep_equivocations(session: &Session, attestations: &[Attestation]) -> Result<(), Failure> {
    for (one, other) in find_equivocations(attestations) {
        let path = PathBuf::from(format!("equivocation-poll-{}-{:#x}.json", one.poll, one.trustee));
        let text = serde_json::to_string_pretty(&[one, other]).unwrap_or_default() + "\n";
        match client_files::write_new(&path, &text) {
            Ok(()) | Err(client_files::FileError::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        session.output().print_warning(&format!(
            "trustee {} signed two different statements about poll {}: {} is the proof; send it to the DAO",
            one.trustee,
            one.poll,
            path.display()
        ));
    }
    Ok(())
}

fn report_sources(session: &Session, confirmation: &Confirmation) {
    let mut parts = vec![plural(confirmation.operators as u64, "node operator")];
    let attested = confirmation.attestations.trustees.len();
    if let (true, Some(needed)) = (attested > 0, confirmation.attestations.needed) {
        parts.push(format!("{attested} of {needed} trustees needed"));
    }
    let others = [SourceKind::Announcement, SourceKind::TrustedBlock];
    parts.extend(others.iter().filter(|kind| confirmation.kinds.contains(kind)).map(ToString::to_string));
    session.output().print_remark(&format!("Confirmed by {}.", parts.join(", ")));
    for reason in &confirmation.attestations.disregarded {
        session.output().print_remark(&format!("An attestation does not count: {reason}."));
    }
}

fn is_local(chain_id: ChainId) -> bool {
    DEVELOPMENT_CHAINS.contains(&chain_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trustee_asks_two_operators_or_its_own_node_off_local_chains() {
        let (mainnet, local) = (ChainId::new(1), DEVELOPMENT_CHAINS[0]);
        let refused = |operators, own_node, chain_id| require_operators(operators, own_node, chain_id).is_err();
        assert!(refused(1, false, mainnet));
        assert!(!refused(2, false, mainnet) && !refused(1, true, mainnet) && !refused(1, false, local));
    }
}
