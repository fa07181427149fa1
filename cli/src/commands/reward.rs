//! `psephos reward`: what ballots are paid, and the claims of those who cast them.

mod claim;
mod file;
mod relay;
mod status;

use psephos_protocol::identifiers::PollId;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use psephos_chain::{Address, Sent, U256};
use psephos_client::{ChainState, Connection, Deployment, reward};
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::progress::Progress;
use crate::session::Session;

/// What to do with rewards.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sets what a poll's ballots are paid, from a JSON file, before the poll opens (the guide for DAOs describes it)
    Create {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Adds to a poll's pool
    Fund {
        /// The poll's number
        #[arg(long, value_name = "N")]
        poll: PollId,
        /// How much, in the token's smallest parts (wei)
        #[arg(long, value_name = "AMOUNT")]
        amount: U256,
    },
    /// Says where rewards stand: pool, sealed notes, claims, and what the amounts give away
    Status {
        /// Only this poll's
        #[arg(long, value_name = "N")]
        poll: Option<PollId>,
    },
    /// Tells the contract that a later poll has named the option that earns the bonus (anyone may)
    Ratify {
        /// The poll whose ballots are paid
        #[arg(long, value_name = "N")]
        poll: PollId,
        /// The later poll
        #[arg(long, value_name = "N")]
        by: PollId,
    },
    /// Seals the notes of the ballots that count (anyone may); goes on where it was
    Seal {
        /// The poll's number
        #[arg(long, value_name = "N")]
        poll: PollId,
    },
    /// Opens the claims, once all notes are sealed and the bonus is settled (anyone may)
    Open {
        /// The poll's number
        #[arg(long, value_name = "N")]
        poll: PollId,
    },
    /// Claims the reward of one's ballot, to an address of one's choice
    Claim(claim::Claim),
    /// Checks claim files and sends them, for the fees that they pay
    Relay(relay::Relay),
    /// Takes back what no claim can need
    Withdraw(Back),
    /// Takes back what is left after the claim deadline
    Sweep(Back),
}

/// Arguments of `withdraw` and `sweep`.
#[derive(Debug, Args)]
pub(crate) struct Back {
    /// The poll's number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Where it goes (default: the sending account)
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Create { file } => create(session, &file).await?,
        Command::Fund { poll, amount } => {
            let (deployment, connection, replay) = sending(session).await?;
            let token = Some(replay.reward(poll)?.parameters.token).filter(|token| !token.is_zero());
            let sent = reward::fund(&connection, &deployment, token, poll, amount).await?;
            done(session, poll, &sent, format!("{amount} added to the pool of poll {poll}"))?;
        }
        Command::Status { poll } => status::run(session, poll).await?,
        Command::Ratify { poll, by } => {
            let (deployment, connection, _) = sending(session).await?;
            let sent = reward::ratify(&connection, &deployment, poll, by.get()).await?;
            done(session, poll, &sent, format!("Poll {by} settles the bonus of poll {poll}"))?;
        }
        Command::Seal { poll } => seal(session, poll).await?,
        Command::Open { poll } => {
            let (deployment, connection, _) = sending(session).await?;
            let sent = reward::open_claims(&connection, &deployment, poll).await?;
            done(session, poll, &sent, format!("The claims of poll {poll} are open"))?;
        }
        Command::Claim(args) => claim::run(session, args).await?,
        Command::Relay(args) => return relay::run(session, args).await,
        Command::Withdraw(args) => {
            let (deployment, connection, _) = sending(session).await?;
            let to = args.to.or(connection.sender()).unwrap_or_default();
            let sent = reward::withdraw_surplus(&connection, &deployment, args.poll, to).await?;
            done(session, args.poll, &sent, format!("The surplus of poll {} went to {to}", args.poll))?;
        }
        Command::Sweep(args) => {
            let (deployment, connection, _) = sending(session).await?;
            let to = args.to.or(connection.sender()).unwrap_or_default();
            let sent = reward::sweep(&connection, &deployment, args.poll, to).await?;
            done(session, args.poll, &sent, format!("What was left of poll {} went to {to}", args.poll))?;
        }
    }
    Ok(OK)
}

async fn sending(session: &Session) -> Result<(Deployment, Connection, ChainState), Failure> {
    let deployment = session.deployment()?;
    let connection = session.sending(&deployment).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    Ok((deployment, connection, replay))
}

fn done(session: &Session, poll: PollId, sent: &Sent, text: String) -> Result<(), Failure> {
    let shown = json!({ "poll": poll, "transaction": sent.hash, "gas": sent.gas });
    session.output().result(&shown, || format!("{text}\ntransaction {}", sent.hash))
}

async fn create(session: &Session, file: &std::path::Path) -> Result<(), Failure> {
    let new = file::read(file)?;
    let (deployment, connection, _) = sending(session).await?;
    let sent = reward::create(&connection, &deployment, &new).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    for policy in &new.chambers {
        for warning in reward::warnings(&replay, new.poll, policy.chamber)? {
            session.output().warn(&format!("chamber {}: {warning}", policy.chamber));
        }
    }
    done(session, new.poll, &sent, format!("The reward of poll {} is set; fund it before its claims open", new.poll))
}

async fn seal(session: &Session, poll: PollId) -> Result<(), Failure> {
    let (_, connection, replay) = sending(session).await?;
    let circuits = session.circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| circuits.prepare_sealing(&progress))?;
    let sealed = reward::seal(&connection, &replay, &circuits, poll, &progress).await?;
    let entries: Vec<_> = sealed
        .iter()
        .map(|one| json!({ "chamber": one.chamber, "list": one.list, "notes": one.notes, "transaction": one.sent.hash, "gas": one.sent.gas }))
        .collect();
    session.output().result(&json!({ "poll": poll, "lists": entries }), || match sealed.is_empty() {
        true => format!("Poll {poll}: all notes are sealed"),
        false => {
            let line = |one: &reward::Sealed| {
                format!("Chamber {}: {} notes sealed in {}", one.chamber, one.notes, one.sent.hash)
            };
            sealed.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    })
}
