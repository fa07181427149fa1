//! `psephos reward`: rewards for ballots, and their claims.

mod claim;
mod file;
mod relay;
mod status;

use psephos_client::address::parse_address;
use psephos_protocol::identifiers::PollId;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use psephos_chain::plan::StepResult;
use psephos_chain::{Address, Sent, U256, keccak256};
use psephos_client::keys::load_sealing_keys;
use psephos_client::operator::Call;
use psephos_client::reward::PreparedSeal;
use psephos_client::{ChainState, Connection, Deployment, reward};
use serde_json::json;

use crate::amounts::parse_amount;
use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::plan::{PlanArgs, run_steps};
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
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Add money to a reward's pool, before its poll opens: one that is too small then pays nothing
    Fund {
        /// Poll number
        #[arg(long, value_name = "N")]
        poll: PollId,
        /// Amount in the token's smallest unit (wei), or with a unit, 1.5ether
        #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
        amount: U256,
        #[command(flatten)]
        plan: PlanArgs,
        #[command(flatten)]
        export: ExportArgs,
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
        #[command(flatten)]
        plan: PlanArgs,
    },
    /// Open a poll for claims, once all notes are sealed and the bonus is ratified or expired; open to anyone
    OpenClaims {
        /// Poll number
        #[arg(long, value_name = "N")]
        poll: PollId,
    },
    /// Claim the reward of your ballot, paid to an address of your choice
    Claim(Box<claim::ClaimArgs>),
    /// Verify claims of others and send them, for their fees
    Relay(relay::RelayClaimsArgs),
    /// Withdraw the part of the pool that exceeds the worst case
    Withdraw(WithdrawArgs),
    /// Withdraw the rest of the pool after the claim deadline, or all of a void reward's
    Sweep(WithdrawArgs),
}

/// Arguments of `withdraw` and `sweep`.
#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Account to pay (default: the owner)
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    to: Option<Address>,
    #[command(flatten)]
    export: ExportArgs,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: RewardCommand) -> Result<u8, Failure> {
    match command {
        RewardCommand::Create { file, export } => create_reward(session, &file, export).await?,
        RewardCommand::Fund { poll, amount, plan, export } => fund_pool(session, poll, amount, plan, export).await?,
        RewardCommand::Status { poll } => status::run(session, poll).await?,
        RewardCommand::Ratify { poll, by } => {
            let (deployment, connection, _) = connect_sender(session).await?;
            let sent = reward::ratify_option(&connection, &deployment, poll, by.get()).await?;
            print_sent(session, poll, &sent, format!("Poll {by} ratifies the bonus of poll {poll}"))?;
        }
        RewardCommand::Seal { poll, plan } => seal_notes(session, poll, plan).await?,
        RewardCommand::OpenClaims { poll } => {
            let (deployment, connection, _) = connect_sender(session).await?;
            let sent = reward::open_claims(&connection, &deployment, poll).await?;
            print_sent(session, poll, &sent, format!("Poll {poll} is open for claims"))?;
        }
        RewardCommand::Claim(args) => claim::run(session, *args).await?,
        RewardCommand::Relay(args) => return relay::run(session, args).await,
        RewardCommand::Withdraw(args) => {
            withdraw(session, args, reward::withdraw_surplus_call, "the surplus").await?;
        }
        RewardCommand::Sweep(args) => {
            withdraw(session, args, reward::sweep_pool_call, "the rest of the pool").await?;
        }
    }
    Ok(OK)
}

/// Withdraws a part of a pool by this call.
async fn withdraw(
    session: &Session,
    args: WithdrawArgs,
    call: fn(&Deployment, PollId, Address) -> Call,
    what: &str,
) -> Result<(), Failure> {
    let WithdrawArgs { poll, to, export } = args;
    let dao = Dao::connect(session, export).await?;
    let to = match to {
        Some(to) => to,
        None => dao.account(dao.deployment.rewards).await?,
    };
    let Some(sent) = dao.execute_one(call(&dao.deployment, poll, to)).await? else { return Ok(()) };
    print_sent(session, poll, &sent, format!("Withdrew {what} of poll {poll} to {to}"))
}

async fn connect_sender(session: &Session) -> Result<(Deployment, Connection, ChainState), Failure> {
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    Ok((deployment, connection, state))
}

/// Returns what the funding of a reward means, as a sentence.
fn to_sentence(state: &ChainState, poll: PollId) -> Result<String, Failure> {
    Ok(format!("As it stands, {}", state.reward_funding(poll)?))
}

async fn fund_pool(
    session: &Session,
    poll: PollId,
    amount: U256,
    plan: PlanArgs,
    export: ExportArgs,
) -> Result<(), Failure> {
    let dao = Dao::connect(session, export).await?;
    let state = dao.read_state().await?;
    let token = Some(state.reward(poll)?.parameters.token).filter(|token| !token.is_zero());
    let calls = reward::fund_reward_calls(&dao.deployment, token, poll, amount);
    if dao.is_export() {
        dao.execute(&calls).await?;
        return Ok(());
    }
    let steps = calls.into_iter().map(Call::into_step).collect();
    let results = dao.run_steps(plan, "reward fund", &format!("{poll} {amount}"), steps).await?;
    let Some(mined) = results.and_then(|mut results| results.pop()?.transaction) else { return Ok(()) };
    let sentence = to_sentence(&dao.read_state().await?, poll)?;
    let shown = json!({ "poll": poll, "transaction": mined.hash, "gas": mined.gas });
    session.output().print_result(&shown, || {
        format!("Added {amount} to the pool of poll {poll}. {sentence}\ntransaction {}", mined.hash)
    })
}

fn print_sent(session: &Session, poll: PollId, sent: &Sent, text: String) -> Result<(), Failure> {
    let shown = json!({ "poll": poll, "transaction": sent.hash, "gas": sent.gas });
    session.output().print_result(&shown, || format!("{text}\ntransaction {}", sent.hash))
}

async fn create_reward(session: &Session, file: &std::path::Path, export: ExportArgs) -> Result<(), Failure> {
    let new = file::read_reward_file(file)?;
    let dao = Dao::connect(session, export).await?;
    let sent = dao.execute_one(reward::create_reward_call(&dao.deployment, &new)?).await?;
    let Some(sent) = sent else { return Ok(()) };
    let state = dao.read_state().await?;
    for policy in &new.chambers {
        for warning in reward::policy_warnings(&state, new.poll, policy.chamber)? {
            session.output().print_warning(&format!("chamber {}: {warning}", policy.chamber));
        }
    }
    print_sent(
        session,
        new.poll,
        &sent,
        format!("The reward of poll {} is set. {}", new.poll, to_sentence(&state, new.poll)?),
    )
}

async fn seal_notes(session: &Session, poll: PollId, plan: PlanArgs) -> Result<(), Failure> {
    let (deployment, connection, state) = connect_sender(session).await?;
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| load_sealing_keys(&circuits, &progress))?;
    let seals = reward::prepare_seals(&connection, &state, &circuits, poll, &progress).await?;
    let steps = seals.iter().map(PreparedSeal::to_step).collect();
    let inputs = keccak256(format!("{} {poll}", deployment.id()).as_bytes());
    let Some(results) = run_steps(session, &connection, plan, "reward seal", inputs, steps).await? else {
        return Ok(());
    };
    let sealed: Vec<_> = seals.iter().zip(&results).collect();
    let entries: Vec<_> = sealed
        .iter()
        .map(|(seal, result)| {
            let (hash, gas) = result.transaction.as_ref().map(|mined| (mined.hash, mined.gas)).unzip();
            json!({ "chamber": seal.chamber, "batch": seal.batch, "notes": seal.notes, "transaction": hash, "gas": gas })
        })
        .collect();
    session.output().print_result(&json!({ "poll": poll, "batches": entries }), || match sealed.is_empty() {
        true => format!("Poll {poll}: all notes are sealed already"),
        false => {
            let line = |(seal, result): &(&PreparedSeal, &StepResult)| {
                let by =
                    result.transaction.as_ref().map_or("by someone else".into(), |mined| format!("in {}", mined.hash));
                format!("Chamber {}: {} notes sealed {by}", seal.chamber, seal.notes)
            };
            sealed.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    })
}
