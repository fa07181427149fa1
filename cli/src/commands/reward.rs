//! `psephos reward`: rewards for ballots, and their claims.

mod claim;
mod file;
mod relay;
mod status;

use psephos_client::address::parse_address;
use psephos_protocol::identifiers::PollId;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use psephos_chain::{Address, Sent, U256};
use psephos_client::keys::load_sealing_keys;
use psephos_client::{ChainState, Connection, Deployment, reward};
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::progress::Progress;
use crate::session::Session;

/// Subcommands of `reward`.
#[derive(Debug, Subcommand)]
pub(crate) enum RewardCommand {
    /// Set the reward of a poll from a JSON file, before the poll opens; the guide for DAOs describes its fields
    Create {
        /// JSON file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Add money to a reward's pool
    Fund {
        /// Poll number
        #[arg(long, value_name = "N")]
        poll: PollId,
        /// Amount in the token's smallest unit (wei)
        #[arg(long, value_name = "AMOUNT")]
        amount: U256,
    },
    /// Show the state of rewards: pool, sealed notes, claims, and what the amounts reveal
    Status {
        /// Poll number (default: all rewards)
        #[arg(long, value_name = "N")]
        poll: Option<PollId>,
    },
    /// Ratify by a later poll, which named the option that earns the bonus; open to anyone
    Ratify {
        /// Number of the poll whose ballots are rewarded
        #[arg(long, value_name = "N")]
        poll: PollId,
        /// Number of the later poll
        #[arg(long, value_name = "N")]
        by: PollId,
    },
    /// Seal the note batches of a poll; resumes after an interruption; open to anyone
    Seal {
        /// Poll number
        #[arg(long, value_name = "N")]
        poll: PollId,
    },
    /// Open a poll for claims, once all notes are sealed and the bonus is ratified or expired; open to anyone
    OpenClaims {
        /// Poll number
        #[arg(long, value_name = "N")]
        poll: PollId,
    },
    /// Claim the reward of your ballot, paid to an address of your choice
    Claim(claim::ClaimArgs),
    /// Verify claims of others and send them, for their fees
    Relay(relay::RelayClaimsArgs),
    /// Withdraw the part of the pool that exceeds the worst case
    Withdraw(WithdrawArgs),
    /// Withdraw the rest of the pool after the claim deadline
    Sweep(WithdrawArgs),
}

/// Arguments of `withdraw` and `sweep`.
#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Account to pay (default: the sender)
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    to: Option<Address>,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: RewardCommand) -> Result<u8, Failure> {
    match command {
        RewardCommand::Create { file } => create_reward(session, &file).await?,
        RewardCommand::Fund { poll, amount } => {
            let (deployment, connection, state) = connect_sender(session).await?;
            let token = Some(state.reward(poll)?.parameters.token).filter(|token| !token.is_zero());
            let sent = reward::fund_reward(&connection, &deployment, token, poll, amount).await?;
            print_sent(session, poll, &sent, format!("Added {amount} to the pool of poll {poll}"))?;
        }
        RewardCommand::Status { poll } => status::run(session, poll).await?,
        RewardCommand::Ratify { poll, by } => {
            let (deployment, connection, _) = connect_sender(session).await?;
            let sent = reward::ratify_option(&connection, &deployment, poll, by.get()).await?;
            print_sent(session, poll, &sent, format!("Poll {by} ratifies the bonus of poll {poll}"))?;
        }
        RewardCommand::Seal { poll } => seal_notes(session, poll).await?,
        RewardCommand::OpenClaims { poll } => {
            let (deployment, connection, _) = connect_sender(session).await?;
            let sent = reward::open_claims(&connection, &deployment, poll).await?;
            print_sent(session, poll, &sent, format!("Poll {poll} is open for claims"))?;
        }
        RewardCommand::Claim(args) => claim::run(session, args).await?,
        RewardCommand::Relay(args) => return relay::run(session, args).await,
        RewardCommand::Withdraw(args) => {
            let (deployment, connection, _) = connect_sender(session).await?;
            let to = args.to.or(connection.sender()).unwrap_or_default();
            let sent = reward::withdraw_surplus(&connection, &deployment, args.poll, to).await?;
            print_sent(session, args.poll, &sent, format!("Withdrew the surplus of poll {} to {to}", args.poll))?;
        }
        RewardCommand::Sweep(args) => {
            let (deployment, connection, _) = connect_sender(session).await?;
            let to = args.to.or(connection.sender()).unwrap_or_default();
            let sent = reward::sweep_pool(&connection, &deployment, args.poll, to).await?;
            print_sent(
                session,
                args.poll,
                &sent,
                format!("Withdrew the rest of the pool of poll {} to {to}", args.poll),
            )?;
        }
    }
    Ok(OK)
}

async fn connect_sender(session: &Session) -> Result<(Deployment, Connection, ChainState), Failure> {
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    Ok((deployment, connection, state))
}

fn print_sent(session: &Session, poll: PollId, sent: &Sent, text: String) -> Result<(), Failure> {
    let shown = json!({ "poll": poll, "transaction": sent.hash, "gas": sent.gas });
    session.output().print_result(&shown, || format!("{text}\ntransaction {}", sent.hash))
}

async fn create_reward(session: &Session, file: &std::path::Path) -> Result<(), Failure> {
    let new = file::read_reward_file(file)?;
    let (deployment, connection, _) = connect_sender(session).await?;
    let sent = reward::create_reward(&connection, &deployment, &new).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    for policy in &new.chambers {
        for warning in reward::policy_warnings(&state, new.poll, policy.chamber)? {
            session.output().print_warning(&format!("chamber {}: {warning}", policy.chamber));
        }
    }
    print_sent(
        session,
        new.poll,
        &sent,
        format!("The reward of poll {} is set; fund it before it opens for claims", new.poll),
    )
}

async fn seal_notes(session: &Session, poll: PollId) -> Result<(), Failure> {
    let (_, connection, state) = connect_sender(session).await?;
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| load_sealing_keys(&circuits, &progress))?;
    let sealed = reward::seal_notes(&connection, &state, &circuits, poll, &progress).await?;
    let entries: Vec<_> = sealed
        .iter()
        .map(|one| json!({ "chamber": one.chamber, "batch": one.batch, "notes": one.notes, "transaction": one.sent.hash, "gas": one.sent.gas }))
        .collect();
    session.output().print_result(&json!({ "poll": poll, "batches": entries }), || match sealed.is_empty() {
        true => format!("Poll {poll}: all notes are sealed already"),
        false => {
            let line = |one: &reward::SealedBatch| {
                format!("Chamber {}: {} notes sealed in {}", one.chamber, one.notes, one.sent.hash)
            };
            sealed.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    })
}
