//! The relayer's main loop: read the chain state, track sent transactions, update the status of every item, send due
//! items.

use std::{sync::Arc, time::Duration};

use psephos_chain::ChainError;
use psephos_circuits::catalogue::Name;
use psephos_protocol::statement::{ballot, claim, update};
use psephos_state::{ChainState, PollState, U256};
use psephos_submission::{SubmissionError, verifiers::check_contracts};
use tokio_util::sync::CancellationToken;

use super::{
    CrashPoint, Obstacle, Relayer, RelayerError, calls,
    evaluation::{Verdict, evaluate_item},
    item::{ItemStatus, PendingTransaction},
    store::StoreChanges,
};

impl Relayer {
    /// Runs the relayer until `shutdown` is cancelled. It stops between two steps: pending requests are answered, and
    /// work in progress is stored.
    ///
    /// # Errors
    /// Returns `Submission` if the deployment uses other keys or other contracts, before anything is accepted, and
    /// `WorkerLost` if the relayer is running already.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) -> Result<(), RelayerError> {
        let incoming = self.incoming.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let incoming = incoming.ok_or(RelayerError::WorkerLost)?;
        self.ensure_matching_keys(&shutdown).await?;
        // Nothing may be accepted that is not sent afterwards: if one of the two stops, so does the other.
        let ends = shutdown.child_token();
        let (collected, rounds) = tokio::join!(
            async { self.collect_requests(incoming, &ends).await.inspect_err(|_| ends.cancel()) },
            async { self.run_loop(&ends).await.inspect_err(|_| ends.cancel()) },
        );
        collected.and(rounds)
    }

    /// Checks that the deployment uses these circuits' keys and our contracts; waits for a chain that does not answer.
    async fn ensure_matching_keys(&self, shutdown: &CancellationToken) -> Result<(), RelayerError> {
        let ballots = Name::all_for_statement::<ballot::Witness>();
        let updates = Name::all_for_statement::<update::Witness>();
        let claims = Name::all_for_statement::<claim::Witness>();
        let circuits: Vec<Name> = ballots.chain(updates).chain(claims).collect();
        loop {
            match check_contracts(&self.circuits, &self.connection, &self.deployment, &circuits).await {
                Ok(()) => return Ok(()),
                // Other code does not become ours by waiting.
                Err(error @ SubmissionError::Chain(ChainError::Code(_))) => return Err(error.into()),
                Err(SubmissionError::Chain(error)) if !shutdown.is_cancelled() => {
                    self.record_failure("no_chain", &error);
                    self.wait_for_iteration(shutdown).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn run_loop(&self, shutdown: &CancellationToken) -> Result<(), RelayerError> {
        while !shutdown.is_cancelled() {
            match self.run_iteration().await {
                Ok(()) => {}
                Err(error @ RelayerError::StoppedAt(_)) => return Err(error),
                Err(RelayerError::Chain(error)) if self.observed().chain_state.is_none() => {
                    tracing::info!(%error, "the relayer waits for the chain state");
                    self.observed().obstacle = Some(Obstacle::Failing("no_chain"));
                }
                Err(RelayerError::Chain(error)) => self.record_failure("no_chain", &error),
                Err(RelayerError::Store(error)) => self.record_failure("store", &error),
                Err(error @ RelayerError::Mask(_)) => self.record_failure("masking", &error),
                Err(error) => self.record_failure("failing", &error),
            }
            self.metrics.set_queue_gauges(self.store.status_counts());
            self.wait_for_iteration(shutdown).await;
        }
        Ok(())
    }

    fn record_failure(&self, what: &'static str, error: &dyn std::error::Error) {
        tracing::warn!(%error, "an iteration of the relayer's main loop failed; it is retried");
        self.metrics.count_failure(what);
        self.observed().obstacle = Some(Obstacle::Failing(what));
    }

    async fn wait_for_iteration(&self, shutdown: &CancellationToken) {
        let interval = tokio::time::sleep(Duration::from_millis(self.settings.interval_ms));
        tokio::select! {
            () = interval => {}
            () = self.send_wakeup.notified() => {}
            () = shutdown.cancelled() => {}
        }
    }

    /// Performs one iteration of the main loop.
    async fn run_iteration(&self) -> Result<(), RelayerError> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.recover()).await.map_err(|_| RelayerError::WorkerLost)??;
        let chain_state = self.view.newest_state().await?;
        let balance = self.connection.read_balance(self.address()).await?;
        let changed = {
            let mut seen = self.observed();
            let before = seen.chain_state.replace(chain_state.clone());
            let still_unfunded = matches!(seen.obstacle, Some(Obstacle::Unfunded { needed }) if balance < needed);
            if !still_unfunded {
                seen.obstacle = None;
            }
            if balance.is_zero() {
                // An accepted item could not be sent.
                seen.obstacle = Some(Obstacle::Unfunded { needed: U256::from(1) });
            }
            seen.balance = balance;
            before.is_none_or(|before| !Arc::ptr_eq(&before, &chain_state))
        };
        self.track_transactions(&chain_state).await?;
        self.update_statuses(&chain_state).await?;
        self.send_due_items(&chain_state).await?;
        self.send_due_updates(&chain_state).await?;
        if changed && self.settings.fee_pots && self.deployment.fee_pot.is_some() {
            let open = chain_state.polls.iter().filter(|(_, poll)| poll.state_at(chain_state.time) == PollState::Open);
            let ids = open.map(|(id, _)| *id);
            let pots = calls::find_earning_pots(&self.connection, self.address(), &self.deployment, ids).await?;
            self.observed().pots = pots;
        }
        Ok(())
    }

    /// Updates the status of every item from the chain's events.
    pub(super) async fn update_statuses(&self, chain_state: &ChainState) -> Result<(), RelayerError> {
        let all = self.store.pending_items();
        let transactions = self.store.transactions();
        let mut changes = StoreChanges::default();
        for held in &all {
            let id = held.item.receipt.id;
            let state = match evaluate_item(chain_state, &held.work, &all) {
                Verdict::OnChain { transaction, block } => match self.is_final_block(chain_state, block) {
                    true => ItemStatus::Final { transaction, block },
                    false => ItemStatus::Included { transaction, block },
                },
                Verdict::Rejected(reason) => {
                    let since = match &held.item.state {
                        ItemStatus::Refused { reason: before, block } if before == reason => *block,
                        _ => chain_state.block,
                    };
                    match self.is_final_block(chain_state, since) {
                        true => ItemStatus::Dropped { reason: reason.into(), block: since },
                        false => ItemStatus::Refused { reason: reason.into(), block: since },
                    }
                }
                Verdict::Sendable | Verdict::WaitsForOther => pending_status(chain_state, &transactions, &id),
            };
            if state == held.item.state {
                continue;
            }
            match (&held.item.state, &state) {
                // One that was not sent would be known for a voter's.
                _ if held.item.update.is_some() => {}
                (ItemStatus::Included { .. }, ItemStatus::Waiting | ItemStatus::Sent { .. }) => {
                    tracing::info!(%id, "reorganisation: an included item is no longer on chain");
                }
                (before, ItemStatus::Included { .. } | ItemStatus::Final { .. }) if before.is_pending() => {
                    let waited = self.clock.now_seconds().saturating_sub(held.item.arrived);
                    self.metrics.inclusion.observe(waited as f64);
                }
                (_, ItemStatus::Refused { reason, .. } | ItemStatus::Dropped { reason, .. }) => {
                    tracing::info!(%id, reason, "an item was rejected: it can no longer be included on chain");
                }
                _ => {}
            }
            changes.states.push((id, state));
        }
        {
            let over = changes.states.iter().filter(|(_, state)| state.is_final());
            let mut seen = self.observed();
            for (id, _) in over {
                seen.backoff.remove(id);
            }
        }
        let any = !changes.is_empty();
        self.store_changes(changes).await?;
        if any { self.reach_crash_point(CrashPoint::StatusesStored) } else { Ok(()) }
    }

    /// Returns whether a block has enough confirmations.
    pub(super) fn is_final_block(&self, chain_state: &ChainState, block: u64) -> bool {
        chain_state.block.saturating_add(1) >= block.saturating_add(self.settings.confirmations)
    }
}

/// Returns the status of an item that is not on chain: `Sent` if a pending transaction may still include it. A
/// transaction in a block that was read already has not included it.
fn pending_status(
    chain_state: &ChainState,
    transactions: &std::collections::BTreeMap<u64, PendingTransaction>,
    id: &psephos_chain::B256,
) -> ItemStatus {
    let mut carriers = transactions.values().filter(|transaction| transaction.items.contains(id));
    let awaited = carriers.find(|transaction| transaction.mined.is_none_or(|mined| mined.number > chain_state.block));
    awaited.map_or(ItemStatus::Waiting, |transaction| ItemStatus::Sent { nonce: transaction.nonce })
}
