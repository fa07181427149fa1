//! `psephos poll`: polls, and the fee pots that pay their relayers.

use psephos_protocol::identifiers::PollId;
use std::path::PathBuf;

use clap::Subcommand;
use psephos_client::operator;
use psephos_state::fingerprint::ContentWords;
use serde_json::json;

use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::session::Session;
use crate::table::{Table, to_printable};

mod exposure;
pub(crate) mod feasibility;
pub(crate) mod fees;
mod file;
mod rounding;
mod show;
pub(crate) mod text;

use text::{decided_option, identify, read_text};

/// Subcommands of `poll`.
#[derive(Debug, Subcommand)]
pub(crate) enum PollCommand {
    /// List the polls
    List,
    /// Show a poll: options, ballot rule, schedule, chambers, results
    Show {
        /// Poll number
        #[arg(value_name = "N")]
        poll: PollId,
    },
    /// Create a poll from a JSON file; the guide for DAOs describes its fields
    Create {
        /// JSON file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Create the poll although a chamber is red: although totals, which everyone sees, or a ballot that trustees
        /// decrypt together, would tell how members voted
        ///
        /// A chamber is red if most of its members have a weight that fewer than five share, or if one of ten members
        /// of a minority of 5 % would be named by the totals alone. `psephos chamber show` says which it is. Then
        /// anonymity is not promised: anyone with a laptop can work out who voted how. Members who enrol before the
        /// opening can change this; the flag says that you know it.
        #[arg(long)]
        expose_votes: bool,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Open a poll: freeze the census roots of its chambers
    Open {
        /// Poll number
        #[arg(value_name = "N")]
        poll: PollId,
    },
    /// Cancel a poll, from the account that it names for this, before its cancel deadline
    Cancel {
        /// Poll number
        #[arg(value_name = "N")]
        poll: PollId,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Manage fee pots, which pay relayers for first ballots
    #[command(subcommand)]
    Fees(fees::FeePotCommand),
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: PollCommand) -> Result<u8, Failure> {
    match command {
        PollCommand::List => list_polls(session).await?,
        PollCommand::Show { poll } => show::run(session, poll.get()).await?,
        PollCommand::Create { file, expose_votes, export } => {
            let (mut poll, metadata) = file::read_poll_file(&file)?;
            let dao = Dao::connect(session, export).await?;
            let state = dao.read_state().await?;
            rounding::complete(session, &state, &mut poll)?;
            feasibility::check(session, &state, &poll, dao.is_export())?;
            exposure::check(session, &state, &poll, expose_votes)?;
            if poll.rule.choice_in_note {
                session.output().print_warning(text::RECEIPTS);
            }
            if poll.rule.masked {
                session.output().print_warning(text::MASKS_WANTED);
            }
            let call = operator::create_poll_call(&dao.deployment, &poll);
            let Some(sent) = dao.execute_one(call).await? else { return Ok(OK) };
            let number = operator::created_poll(&dao.deployment, &sent)?;
            // Read back, so that what is announced is computed from the chain's own parameters.
            let state = dao.read_state().await?;
            let created = state.poll(number)?;
            let identified = identify(created);
            let shown = json!({
                "poll": number, "title": metadata.title, "words": identified["words"],
                "fingerprint": identified["fingerprint"],
            });
            session.output().print_result(&shown, || {
                format!(
                    "Poll {number}: {}\n  {}\n  fingerprint {}",
                    to_printable(&metadata.title),
                    ContentWords::new(created.content),
                    created.fingerprint.map_or_else(|| "unknown".into(), |fingerprint| fingerprint.to_string())
                )
            })?;
            session.output().print_remark(
                "Announce the eight words, or better the fingerprint, where members trust that it is from you: they \
                 compare it with `psephos vote --fingerprint`.",
            );
        }
        PollCommand::Open { poll } => {
            let deployment = session.read_deployment()?;
            let connection = session.connect_sender(&deployment).await?;
            let sent = operator::open_poll(&connection, &deployment, poll).await?;
            session
                .output()
                .print_result(&json!({ "poll": poll, "transaction": sent.hash, "gas": sent.gas }), || {
                    format!("Poll {poll} is open\ntransaction {}", sent.hash)
                })?;
        }
        PollCommand::Cancel { poll, export } => {
            let dao = Dao::connect(session, export).await?;
            let canceller = dao.read_state().await?.poll(poll)?.parameters.cancellation.map(|by| by.canceller);
            let call = operator::cancel_poll_call(&dao.deployment, poll);
            let sent = dao.execute_as(canceller, &[call]).await?.and_then(|mut sent| sent.pop());
            let Some(sent) = sent else { return Ok(OK) };
            session
                .output()
                .print_result(&json!({ "poll": poll, "transaction": sent.hash, "gas": sent.gas }), || {
                    format!("Poll {poll} is cancelled\ntransaction {}", sent.hash)
                })?;
        }
        PollCommand::Fees(command) => fees::run(session, command).await?,
    }
    Ok(OK)
}

async fn list_polls(session: &Session) -> Result<(), Failure> {
    let chain = session.read_state().await?;
    let mut table = Table::new(&[">poll", "title", "state", ">ballots", "outcome"]);
    let mut entries = Vec::new();
    for (number, poll) in &chain.polls {
        let (state, title) = (poll.state_at(chain.time), read_text(poll).title);
        let ballots: usize = poll.chambers.values().map(|chamber| chamber.latest.len()).sum();
        let chosen = decided_option(poll);
        let cells = [number.to_string(), title.clone(), state.to_string(), ballots.to_string()];
        table.add_row(cells.into_iter().chain([chosen.clone().unwrap_or_default()]));
        entries.push(json!({ "poll": number, "title": title, "state": state, "ballots": ballots, "outcome": chosen }));
    }
    session.output().print_result(&json!({ "polls": entries }), || match table.is_empty() {
        true => "There are no polls yet.".into(),
        false => table.render(),
    })
}
