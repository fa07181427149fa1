//! `psephos trustee watch`: does whatever is due, again and again.
//!
//! It keeps nothing but the note of what was opened, which is beside the keys: it can be stopped and started at any time, on another machine too if that
//! note goes along.

use psephos_chain::StateSource;
use psephos_protocol::identifiers::CommitteeId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use clap::Args;
use psephos_client::trustee::{self, Caution, Done, Task};
use psephos_client::{Circuits, ClientError, Connection};
use psephos_protocol::committee::TransportSecret;
use serde_json::{Value, json};

use super::{Care, Keys};
use crate::failure::Failure;
use crate::hints;
use crate::session::Session;

/// How long a trustee gives the one before it to do what one of them need do.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest pause after failures, in seconds.
const LONGEST_PAUSE: u64 = 600;

/// Arguments of `trustee watch`.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    care: Care,
    /// Only what concerns this committee (default: every committee that the account is in)
    #[arg(long, value_name = "N")]
    committee: Option<CommitteeId>,
    /// Seconds between two looks at the chain
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    /// Do what is due now, then stop; a task that fails makes the command fail
    #[arg(long)]
    once: bool,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: Watch) -> Result<(), Failure> {
    let deployment = session.deployment()?;
    let secret = args.keys.open(session)?;
    let connection = session.sending(&deployment).await?;
    let account = connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
    let journal = args.keys.journal();
    let source = session.source(&connection, &deployment)?;
    let caution = args.care.caution(&journal, &*source);
    let circuits = session.circuits()?;
    let only = args.committee;
    let watcher = Watcher { session, source: &*source, connection: &connection, circuits, secret, only };
    if args.once {
        let mut done = Vec::new();
        watcher.pass(caution, None, |entry| done.push(entry)).await?;
        return session.output().result(&json!({ "account": account, "done": done }), || match done.len() {
            0 => "Nothing is due.".into(),
            n => format!("Done: {n}"),
        });
    }
    session.output().remark(&format!("Watching for {account}, every {} s; stop with Ctrl-C.", args.interval));
    let mut pause = args.interval;
    let mut seen = BTreeMap::new();
    loop {
        // Nothing is lost by stopping in between: what was not done is due again.
        tokio::select! {
            outcome = watcher.pass(caution, Some(&mut seen), |_| ()) => pause = match outcome {
                Ok(()) => args.interval,
                Err(error) => {
                    let failure = Failure::from(error);
                    session.output().warn(&format!("{}; looking again later", failure.what()));
                    (pause * 2).min(LONGEST_PAUSE.max(args.interval))
                }
            },
            _ = tokio::signal::ctrl_c() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(pause)) => {}
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    session.output().result(&json!({ "account": account, "stopped": true }), || "Stopped.".into())
}

struct Watcher<'a> {
    session: &'a Session,
    source: &'a dyn StateSource,
    connection: &'a Connection,
    circuits: Circuits,
    secret: TransportSecret,
    only: Option<CommitteeId>,
}

impl Watcher<'_> {
    /// Does what is due until nothing is. A task that fails does not keep the others from being done; the first failure is told at the end.
    ///
    /// With `seen`, which remembers since when a task has been due, it waits for its turn with what not all trustees need do.
    async fn pass(
        &self,
        caution: Caution<'_>,
        mut seen: Option<&mut BTreeMap<Task, Instant>>,
        mut done: impl FnMut(Value),
    ) -> Result<(), ClientError> {
        let account = self.connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
        let mut tried: BTreeSet<Task> = BTreeSet::new();
        let mut first = None;
        loop {
            // Read anew before each task: others act as well, and enough shares are enough.
            let replay = self.source.read_state().await?;
            let due = trustee::due(&replay, account, &self.secret.public(), self.only);
            if let Some(seen) = &mut seen {
                seen.retain(|task, _| due.contains(task));
            }
            let mut its_turn = |task: Task| {
                let Some(seen) = &mut seen else { return true };
                let turns = u32::try_from(trustee::turn(&replay, account, task)).unwrap_or(u32::MAX);
                seen.entry(task).or_insert_with(Instant::now).elapsed() >= PATIENCE.saturating_mul(turns)
            };
            let Some(task) = due.into_iter().find(|task| !tried.contains(task) && its_turn(*task)) else { break };
            tried.insert(task);
            match trustee::perform(self.connection, &replay, &self.circuits, &self.secret, task, caution).await {
                Ok(Done::Sent(sent)) => {
                    self.session.output().remark(&format!("✓ {task} ({})", sent.hash));
                    done(json!({ "task": task, "transaction": sent.hash }));
                }
                Ok(Done::Needless) => {}
                Err(error) => {
                    let advice = hints::client(&error).map(|hint| format!(" ({hint})")).unwrap_or_default();
                    self.session.output().warn(&format!("{task}: {error}{advice}"));
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(()), Err)
    }
}
