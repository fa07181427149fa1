//! `psephos trustee watch`: does all tasks that are due, periodically.
//!
//! Its only state is the journal of decrypted totals, which lies beside the key file. It can be stopped and started
//! again at any time, and on another machine if the journal is moved there too.

use psephos_chain::StateSource;
use psephos_protocol::identifiers::CommitteeId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use clap::Args;
use psephos_client::trustee::{self, Precautions, Task, TaskOutcome, TrusteeError};
use psephos_client::{Connection, KeyRing};
use psephos_protocol::committee::TransportSecret;
use serde_json::{Value, json};

use super::attest::{Attester, PublishArgs};
use super::{CautionArgs, KeyFileArgs};
use crate::client_failure::trustee_hint;
use crate::failure::Failure;
use crate::format::plural;
use crate::session::Session;

/// The time that a trustee leaves to each of those before it to do a task that only one of them need do.
const POSITION_DELAY: Duration = Duration::from_secs(60);

/// The maximum backoff after failures, in seconds.
const MAX_BACKOFF_SECONDS: u64 = 600;

/// Arguments of `trustee watch`.
#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    keys: KeyFileArgs,
    #[command(flatten)]
    care: CautionArgs,
    #[command(flatten)]
    publish: PublishArgs,
    /// Number of a committee to serve (default: all committees of the account)
    #[arg(long, value_name = "N")]
    committee: Option<CommitteeId>,
    /// Seconds between two reads of the chain, 1 to 86400
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    interval: u64,
    /// Do the tasks that are due now, then exit; a failed task makes the command fail
    #[arg(long)]
    once: bool,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: WatchArgs) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let secret = args.keys.open_secret(session)?;
    let signer = session.open_account().await?;
    let account = signer.address();
    let connection = session.connect_node(&deployment).await?.with_wallet(signer.wallet());
    let nodes = args.care.connect_nodes(connection.clone()).await?;
    let journal = args.keys.journal();
    let source = session.source(&connection, &deployment)?;
    let caution = args.care.to_caution(&journal, &*source, &nodes);
    let circuits = session.open_circuits()?;
    let only = args.committee;
    let attester = Attester {
        session,
        nodes: &nodes,
        account: &signer,
        book: args.keys.attestation_book(),
        confirmations: args.care.confirmations(deployment.chain_id),
        services: args.publish.services(session)?,
    };
    let watcher = Watcher { session, source: &*source, connection: &connection, circuits, secret, only, attester };
    if args.once {
        let mut done = Vec::new();
        watcher.do_due_tasks(caution, None, |entry| done.push(entry)).await?;
        return session.output().print_result(&json!({ "account": account, "done": done }), || match done.len() {
            0 => "Nothing is due.".into(),
            tasks => format!("Done: {}", plural(tasks as u64, "task")),
        });
    }
    session.output().print_remark(&format!("Watching for {account} every {} s; stop with Ctrl-C.", args.interval));
    let mut pause = args.interval;
    let mut seen = BTreeMap::new();
    loop {
        // Stopping in between loses nothing: a task that was not done is due again.
        tokio::select! {
            outcome = watcher.do_due_tasks(caution, Some(&mut seen), |_| ()) => pause = match outcome {
                Ok(()) => args.interval,
                Err(error) => {
                    let failure = Failure::from(error);
                    session.output().print_warning(&format!("{}; trying again later", failure.message()));
                    (pause * 2).min(MAX_BACKOFF_SECONDS.max(args.interval))
                }
            },
            _ = tokio::signal::ctrl_c() => break,
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(pause)) => {}
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    session.output().print_result(&json!({ "account": account, "stopped": true }), || "Stopped.".into())
}

struct Watcher<'a> {
    session: &'a Session,
    source: &'a dyn StateSource,
    connection: &'a Connection,
    circuits: KeyRing,
    secret: TransportSecret,
    only: Option<CommitteeId>,
    attester: Attester<'a>,
}

impl Watcher<'_> {
    /// Does due tasks until none is left. A failed task does not prevent the others from being done; the first failure
    /// is returned at the end.
    ///
    /// With `seen`, which holds since when each task has been due, tasks that only one trustee need do are delayed by
    /// this trustee's position, so that not all of them pay for the same transaction.
    async fn do_due_tasks(
        &self,
        caution: Precautions<'_>,
        mut seen: Option<&mut BTreeMap<Task, Instant>>,
        mut done: impl FnMut(Value),
    ) -> Result<(), TrusteeError> {
        let account = self.connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
        let mut tried: BTreeSet<Task> = BTreeSet::new();
        let mut first = None;
        loop {
            // Read again before each task: other trustees act as well, and shares beyond the threshold are not needed.
            let state = self.source.read_state().await?;
            let due = trustee::due_tasks(&state, account, &self.secret.transport_key(), self.only);
            if let Some(seen) = &mut seen {
                seen.retain(|task, _| due.contains(task));
            }
            let mut is_ready = |task: Task| {
                let Some(seen) = &mut seen else { return true };
                let position = u32::try_from(trustee::queue_position(&state, account, task)).unwrap_or(u32::MAX);
                seen.entry(task).or_insert_with(Instant::now).elapsed() >= POSITION_DELAY.saturating_mul(position)
            };
            let Some(task) = due.into_iter().find(|task| !tried.contains(task) && is_ready(*task)) else { break };
            tried.insert(task);
            match trustee::perform_task(self.connection, &state, &self.circuits, &self.secret, task, caution).await {
                Ok(TaskOutcome::Sent(sent)) => {
                    self.session.output().print_remark(&format!("✓ {task} ({})", sent.hash));
                    done(json!({ "task": task, "transaction": sent.hash }));
                }
                Ok(TaskOutcome::NoOp) => {}
                Err(error) => {
                    let hint = trustee_hint(&error).map(|hint| format!(" ({hint})")).unwrap_or_default();
                    self.session.output().print_warning(&format!("{task}: {error}{hint}"));
                    first.get_or_insert(error);
                }
            }
        }
        let attested = self.attester.attest_due_polls(&self.source.read_state().await?).await;
        let attested = attested.map(|polls| {
            polls.into_iter().for_each(|poll| done(json!({ "task": { "task": "attest", "poll": poll } })));
        });
        first.map_or(attested, Err)
    }
}
