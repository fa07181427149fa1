//! `psephos trustee`: a transport key, its registration, dealing, and shares of closed totals.

mod open;
mod status;
mod watch;

use psephos_chain::StateSource;
use psephos_protocol::identifiers::CommitteeId;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use psephos_client::Circuits;
use psephos_client::trustee::{self, Caution, Journal, default_clock, default_confirmations};
use psephos_protocol::committee::TransportSecret;
use psephos_protocol::constants::capacity_for;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::secrets::Purpose;
use crate::session::Session;

/// What a trustee does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a transport key and keeps its seed in a new encrypted file
    Keygen {
        /// The file
        #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
        out: PathBuf,
    },
    /// Registers the transport key with a committee, with a proof that its secret is known
    Register {
        /// The committee's number
        #[arg(long, value_name = "N")]
        committee: CommitteeId,
        #[command(flatten)]
        keys: Keys,
    },
    /// Deals to a committee's registered trustees
    Deal {
        /// The committee's number
        #[arg(long, value_name = "N")]
        committee: CommitteeId,
    },
    /// Says which committees and polls the account is in, and what is due
    Status(status::Status),
    /// Posts this trustee's shares of a closed poll's totals
    Open(open::Open),
    /// Does whatever is due, again and again: registers, deals, finalises committees, opens and counts closed polls
    Watch(watch::Watch),
}

/// The file of a trustee's keys.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// The file of the keys
    #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
    keys: PathBuf,
}

impl Keys {
    fn open(&self, session: &Session) -> Result<TransportSecret, Failure> {
        let passphrase = session.passphrase(&self.keys, Purpose::Open)?;
        Ok(trustee::open_keys(&self.keys, passphrase.as_bytes())?)
    }

    fn journal(&self) -> Journal {
        Journal::beside(&self.keys)
    }
}

/// How careful to be when something is opened.
#[derive(Debug, Args)]
pub(crate) struct Care {
    /// Blocks that must lie on a poll's close before its totals are opened (default: 0 on local chains, else 64)
    #[arg(long, value_name = "N")]
    confirmations: Option<u64>,
}

impl Care {
    fn caution<'a>(&self, journal: &'a Journal, proofs: &'a dyn StateSource) -> Caution<'a> {
        let chain_id = proofs.deployment().chain_id;
        let confirmations = self.confirmations.unwrap_or_else(|| default_confirmations(chain_id));
        Caution { journal, confirmations, proofs, clock: default_clock(chain_id) }
    }
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Keygen { out } => keygen(session, &out)?,
        Command::Register { committee, keys } => register(session, committee, &keys).await?,
        Command::Deal { committee } => deal(session, committee).await?,
        Command::Status(args) => status::run(session, args).await?,
        Command::Open(args) => open::run(session, args).await?,
        Command::Watch(args) => watch::run(session, args).await?,
    }
    Ok(OK)
}

fn keygen(session: &Session, out: &PathBuf) -> Result<(), Failure> {
    files::must_be_new(out)?;
    let passphrase = session.passphrase(out, Purpose::Create)?;
    let key = trustee::create_keys(out, passphrase.as_bytes())?;
    session.output().remark(
        "Keep copies of the file and of the passphrase apart: a committee that loses more trustees than it can spare opens nothing.",
    );
    session.output().result(&json!({ "file": out, "transport_key": key }), || {
        format!("A transport key\nwritten to {}", out.display())
    })
}

async fn register(session: &Session, committee: CommitteeId, keys: &Keys) -> Result<(), Failure> {
    let deployment = session.deployment()?;
    let secret = keys.open(session)?;
    let connection = session.sending(&deployment).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    let sent = trustee::register(&connection, &replay, &secret, committee).await?;
    let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
    session.output().result(&shown, || format!("Registered with committee {committee}\ntransaction {}", sent.hash))
}

async fn deal(session: &Session, committee: CommitteeId) -> Result<(), Failure> {
    let deployment = session.deployment()?;
    let connection = session.sending(&deployment).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    let circuits = forming(session, replay.committee(committee)?.trustees.len())?;
    let sent = trustee::deal(&connection, &replay, &circuits, committee).await?;
    let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
    session.output().result(&shown, || format!("Dealt to committee {committee}\ntransaction {}", sent.hash))
}

/// The keys of the circuits with which a committee of so many trustees is formed, loaded or made now.
pub(crate) fn forming(session: &Session, trustees: usize) -> Result<Circuits, Failure> {
    let circuits = session.circuits()?;
    let progress = Progress::new(session.output());
    let capacity = capacity_for(trustees).unwrap_or_default();
    tokio::task::block_in_place(|| circuits.prepare_committee(capacity, &progress))?;
    Ok(circuits)
}

/// The circuits' keys, loaded or made now.
pub(crate) fn prepared(session: &Session, sizes: &[usize]) -> Result<Circuits, Failure> {
    let circuits = session.circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| circuits.prepare(sizes, &progress))?;
    Ok(circuits)
}
