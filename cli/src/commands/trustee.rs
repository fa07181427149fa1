//! `psephos trustee`: transport keys, their registration, dealings, and decryption shares of closed polls.

mod attest;
mod decrypt;
mod decrypt_sheet;
mod retire;
mod status;
mod tally;
mod watch;

use psephos_chain::StateSource;
use psephos_protocol::identifiers::{ChainId, CommitteeId};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use psephos_client::keys::{load_committee_keys, load_poll_keys};
use psephos_client::trustee::{self, AttestationBook, Journal, Precautions, default_clock, default_confirmations};
use psephos_client::{Connection, KeyRing, NodeSet, Observer};
use psephos_protocol::committee::TransportSecret;
use psephos_protocol::constants::capacity_for_trustees;
use psephos_wire::proof::StatementKind;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::prover_args::TwoProversArgs;
use crate::secrets::PassphrasePurpose;
use crate::session::Session;
use crate::source_args::NodeArgs;

/// Subcommands of `trustee`.
#[derive(Debug, Subcommand)]
pub(crate) enum TrusteeCommand {
    /// Generate a transport key and write its seed to a new encrypted file
    Keygen {
        /// Key file to write
        #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
        out: PathBuf,
    },
    /// Register the transport key with a committee, with a proof of possession
    Register {
        /// Committee number
        #[arg(long, value_name = "N")]
        committee: CommitteeId,
        #[command(flatten)]
        keys: KeyFileArgs,
    },
    /// Deal to the registered trustees of a committee
    Deal {
        /// Committee number
        #[arg(long, value_name = "N")]
        committee: CommitteeId,
        #[command(flatten)]
        provers: TwoProversArgs,
    },
    /// Show the committees of an account, and the tasks that are due
    Status(status::StatusArgs),
    /// Post this trustee's decryption shares of the totals of a closed poll, or of a closed sheet poll
    ///
    /// Of a sheet poll the turnout is decrypted first. Once it is tallied, the command is run again for the statements:
    /// if a camp is too small, they are never decrypted.
    Decrypt(decrypt::DecryptArgs),
    /// Tally the chambers of a rounded poll as its teller: open the blinded shares, and publish the choice and the
    /// buckets with their proof
    ///
    /// The teller learns the exact totals and must not tell them: rounding protects from the public, not from the
    /// teller.
    Tally(tally::TallyArgs),
    /// Sign what the ballots of an opened poll are proved under, so that voters need not believe a node
    Attest(attest::AttestArgs),
    /// Destroy the transport key of a committee whose life is over, and state so on chain
    Retire(retire::RetireArgs),
    /// Do all tasks that are due, periodically: register, deal, finalise committees, attest opened polls, decrypt and
    /// tally closed ones
    Watch(watch::WatchArgs),
}

/// The option for the file of a trustee's transport key.
#[derive(Debug, Args)]
pub(crate) struct KeyFileArgs {
    /// File with the trustee's transport key
    #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
    keys: PathBuf,
}

impl KeyFileArgs {
    fn open_secret(&self, session: &Session) -> Result<TransportSecret, Failure> {
        let passphrase = session.read_passphrase(&self.keys, PassphrasePurpose::Decrypt)?;
        Ok(trustee::open_key_file(&self.keys, &passphrase)?)
    }

    fn attestation_book(&self) -> AttestationBook {
        AttestationBook::beside(&self.keys)
    }

    fn journal(&self) -> Journal {
        Journal::beside(&self.keys)
    }
}

/// The precautions before a total is decrypted.
#[derive(Debug, Args)]
pub(crate) struct CautionArgs {
    /// Number of confirmations required after a poll closes before its totals are decrypted (default: 64; 0 on local
    /// chains)
    #[arg(long, value_name = "N")]
    confirmations: Option<u64>,
    #[command(flatten)]
    nodes: NodeArgs,
    /// The node of --rpc is this trustee's own: what it shows need not be confirmed by another
    #[arg(long)]
    own_node: bool,
}

impl CautionArgs {
    /// Connects to the nodes that must agree.
    async fn connect_nodes(&self, primary: Connection) -> Result<NodeSet, Failure> {
        self.nodes.connect_for_trustee(primary, self.own_node).await
    }

    fn confirmations(&self, chain_id: ChainId) -> u64 {
        self.confirmations.unwrap_or_else(|| default_confirmations(chain_id))
    }

    fn to_caution<'a>(&self, journal: &'a Journal, proofs: &'a dyn StateSource, nodes: &'a NodeSet) -> Precautions<'a> {
        let chain_id = proofs.deployment().chain_id;
        let confirmations = self.confirmations(chain_id);
        Precautions { journal, confirmations, proofs, nodes, clock: default_clock(chain_id) }
    }
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: TrusteeCommand) -> Result<u8, Failure> {
    match command {
        TrusteeCommand::Keygen { out } => generate_keys(session, &out)?,
        TrusteeCommand::Register { committee, keys } => register_key(session, committee, &keys).await?,
        TrusteeCommand::Deal { committee, provers } => deal_shares(session, committee, &provers).await?,
        TrusteeCommand::Status(args) => status::run(session, args).await?,
        TrusteeCommand::Decrypt(args) => decrypt::run(session, args).await?,
        TrusteeCommand::Tally(args) => tally::run(session, args).await?,
        TrusteeCommand::Attest(args) => attest::run(session, args).await?,
        TrusteeCommand::Retire(args) => retire::run(session, args).await?,
        TrusteeCommand::Watch(args) => watch::run(session, args).await?,
    }
    Ok(OK)
}

fn generate_keys(session: &Session, out: &Path) -> Result<(), Failure> {
    files::ensure_absent(out)?;
    let passphrase = session.read_passphrase(out, PassphrasePurpose::Encrypt)?;
    let key = trustee::create_key_file(out, &passphrase)?;
    session.output().print_remark(
        "Back up the file and the passphrase, in different places: a committee with fewer trustees left than its threshold \
         can decrypt nothing.",
    );
    session.output().print_result(&json!({ "file": files::shown(out), "transport_key": key }), || {
        format!("Transport key\nwritten to {}", out.display())
    })
}

async fn register_key(session: &Session, committee: CommitteeId, keys: &KeyFileArgs) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let secret = keys.open_secret(session)?;
    let connection = session.connect_sender(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let sent = trustee::register_key(&connection, &state, &secret, committee).await?;
    let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
    session
        .output()
        .print_result(&shown, || format!("Registered with committee {committee}\ntransaction {}", sent.hash))
}

async fn deal_shares(session: &Session, committee: CommitteeId, provers: &TwoProversArgs) -> Result<(), Failure> {
    let provers = provers.select_provers(session, StatementKind::Dealing)?;
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let circuits = prepare_key_generation(session, state.committee(committee)?.trustees.len())?;
    let progress = Progress::new(session.output());
    let provers = provers.as_ref().map(|provers| (provers, &progress as &dyn Observer));
    let sent = trustee::post_dealing_proved_by(&connection, &state, &circuits, committee, provers).await?;
    let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
    session.output().print_result(&shown, || format!("Dealt to committee {committee}\ntransaction {}", sent.hash))
}

/// Loads, or makes, the keys of the circuits that key generation of a committee with this number of trustees needs.
pub(crate) fn prepare_key_generation(session: &Session, trustees: usize) -> Result<KeyRing, Failure> {
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    let capacity = capacity_for_trustees(trustees).unwrap_or_default();
    tokio::task::block_in_place(|| load_committee_keys(&circuits, capacity, &progress))?;
    Ok(circuits)
}

/// Loads, or makes, the keys of the circuits for polls of these sizes.
pub(crate) fn prepare_circuits(session: &Session, sizes: &[usize]) -> Result<KeyRing, Failure> {
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| load_poll_keys(&circuits, sizes, &progress))?;
    Ok(circuits)
}
