//! `psephos trustee`: secret keys, their registration, and the opening of closed totals.

use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::trustee::{self, Caution, Journal, Opening, Unread};
use psephos_client::{Circuits, Observer, Phase, Replay};
use serde_json::{Value, json};

use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::secrets::Purpose;
use crate::session::Session;

/// What a trustee does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes secret keys and keeps them in a new encrypted file
    Keygen {
        /// The file
        #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
        out: PathBuf,
    },
    /// Registers the keys with a proof that they are known
    Register {
        /// The committee's number
        #[arg(long, value_name = "N")]
        committee: u64,
        /// The file of the keys
        #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
        keys: PathBuf,
    },
    /// Posts the shares that open a closed poll's totals
    Open {
        /// The poll's number
        #[arg(long, value_name = "N")]
        poll: u64,
        /// Only this chamber
        #[arg(long, value_name = "N")]
        chamber: Option<u64>,
        /// The file of the keys
        #[arg(long, value_name = "FILE", default_value = "trustee.keys")]
        keys: PathBuf,
        /// Open although the proofs of some ballots cannot be read: believe your node that the contract checked them
        #[arg(long)]
        accept_unread: bool,
    },
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Keygen { out } => {
            files::must_be_new(&out)?;
            let passphrase = session.passphrase(&out, Purpose::Create)?;
            let keys = trustee::create_keys(&out, passphrase.as_bytes())?;
            session
                .output()
                .remark("Keep copies of the file and of the passphrase apart: without both no total can be opened.");
            session.output().result(&json!({ "file": out, "keys": keys }), || {
                format!("Eight election keys\nwritten to {}", out.display())
            })?;
        }
        Command::Register { committee, keys } => {
            let deployment = session.deployment()?;
            let passphrase = session.passphrase(&keys, Purpose::Open)?;
            let secret = trustee::open_keys(&keys, passphrase.as_bytes())?;
            let connection = session.sending(&deployment).await?;
            let circuits = prepared(session, &[])?;
            let sent = trustee::register(&connection, &deployment, &circuits, &secret, committee).await?;
            let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
            session
                .output()
                .result(&shown, || format!("Registered with committee {committee}\ntransaction {}", sent.hash))?;
        }
        Command::Open { poll, chamber, keys, accept_unread } => {
            let unread = if accept_unread { Unread::Believe } else { Unread::Refuse };
            open(session, poll, chamber, keys, unread).await?
        }
    }
    Ok(OK)
}

async fn open(
    session: &Session,
    poll: u64,
    chamber: Option<u64>,
    keys: PathBuf,
    unread: Unread,
) -> Result<(), Failure> {
    let deployment = session.deployment()?;
    let passphrase = session.passphrase(&keys, Purpose::Open)?;
    let secret = trustee::open_keys(&keys, passphrase.as_bytes())?;
    let connection = session.sending(&deployment).await?;
    let replay = Replay::read(&connection, &deployment).await?;
    let circuits = prepared(session, &[])?;
    let chosen = match chamber {
        Some(chamber) => vec![chamber],
        None => openable(session, &replay, poll)?,
    };
    let journal = Journal::beside(&keys);
    let caution = Caution { journal: &journal, unread };
    let progress = Progress::new(session.output());
    progress.begin(Phase::Share, chosen.len() as u64);
    let mut lines = Vec::new();
    let mut entries: Vec<Value> = Vec::new();
    for chamber in chosen {
        let opening = trustee::open(&connection, &replay, &circuits, &secret, poll, chamber, caution).await?;
        progress.advance(Phase::Share, 1);
        let transaction = match &opening {
            Opening::Posted(sent) => Some(sent.hash),
            Opening::Nothing => None,
        };
        lines.push(match transaction {
            Some(hash) => format!("Chamber {chamber}: share posted in {hash}"),
            None => format!("Chamber {chamber}: nothing to post, the total is open as it stands"),
        });
        entries.push(json!({ "chamber": chamber, "transaction": transaction }));
    }
    progress.end(Phase::Share);
    session.output().result(&json!({ "poll": poll, "chambers": entries }), || match lines.is_empty() {
        true => format!("Poll {poll}: nothing to open"),
        false => lines.join("\n"),
    })
}

/// The chambers with enough ballots and without a share; says why the others are left out.
fn openable(session: &Session, replay: &Replay, poll: u64) -> Result<Vec<u64>, Failure> {
    let mut chosen = Vec::new();
    for (id, chamber) in &replay.poll(poll)?.chambers {
        let (ballots, least) = (chamber.current.len(), chamber.rule.minBallots);
        if !chamber.shares.is_empty() || chamber.counted.is_some() {
            session.output().remark(&format!("Chamber {id}: opened already"));
        } else if ballots < least as usize {
            session.output().remark(&format!("Chamber {id}: {ballots} ballots, fewer than {least}: never opened"));
        } else {
            chosen.push(*id);
        }
    }
    Ok(chosen)
}

/// The circuits' keys, loaded or made now.
pub(crate) fn prepared(session: &Session, sizes: &[usize]) -> Result<Circuits, Failure> {
    let circuits = Circuits::default();
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| circuits.prepare(sizes, &progress))?;
    Ok(circuits)
}
