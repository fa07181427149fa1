//! The relayer's main loop: read the chain state, track sent transactions, update the status of every item, send due
//! items.

use std::{sync::Arc, time::Duration};

use psephos_circuits::catalogue::Name;
use psephos_state::{ChainState, PollState, U256};
use psephos_submission::{SubmissionError, verifiers::check_verifiers};
use tokio_util::sync::CancellationToken;

use super::{
    Halt, Relayer, Step, Trouble, calls,
    item::{State, Transaction},
    judge::{Verdict, judge},
    now,
    store::Changes,
};

impl Relayer {
    /// Runs the relayer until `shutdown` is cancelled. It stops between two steps: pending requests are answered, and
    /// work in progress is stored.
    ///
    /// # Errors
    /// Returns `Submission` if the deployment uses other keys, before anything is accepted, and `Worker` if the relayer
    /// is running already.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) -> Result<(), Halt> {
        let incoming = self.incoming.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let incoming = incoming.ok_or(Halt::Worker)?;
        self.guard(&shutdown).await?;
        // Nothing may be accepted that is not sent afterwards: if one of the two stops, so does the other.
        let ends = shutdown.child_token();
        let (collected, rounds) =
            tokio::join!(async { self.collect(incoming, &ends).await.inspect_err(|_| ends.cancel()) }, async {
                self.rounds(&ends).await.inspect_err(|_| ends.cancel())
            },);
        collected.and(rounds)
    }

    /// Checks that the deployment uses these circuits' keys; waits for a chain that does not answer.
    async fn guard(&self, shutdown: &CancellationToken) -> Result<(), Halt> {
        let circuits = [Name::Ballot3, Name::Ballot8, Name::Claim3, Name::Claim8];
        loop {
            match check_verifiers(&self.circuits, &self.connection, &self.deployment, &circuits).await {
                Ok(()) => return Ok(()),
                Err(SubmissionError::Chain(error)) if !shutdown.is_cancelled() => {
                    self.failing("no_chain", &error);
                    self.pause(shutdown).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn rounds(&self, shutdown: &CancellationToken) -> Result<(), Halt> {
        while !shutdown.is_cancelled() {
            match self.round().await {
                Ok(()) => {}
                Err(error @ Halt::Stopped(_)) => return Err(error),
                Err(Halt::Chain(error)) if self.seen().replay.is_none() => {
                    tracing::info!(%error, "the relayer waits for the chain state");
                    self.seen().trouble = Some(Trouble::Failing("no_chain"));
                }
                Err(Halt::Chain(error)) => self.failing("no_chain", &error),
                Err(error) => self.failing("failing", &error),
            }
            self.metrics.queued(self.store.counts());
            self.pause(shutdown).await;
        }
        Ok(())
    }

    fn failing(&self, what: &'static str, error: &dyn std::error::Error) {
        tracing::warn!(%error, "an iteration of the relayer's main loop failed; it is retried");
        self.metrics.failed(what);
        self.seen().trouble = Some(Trouble::Failing(what));
    }

    async fn pause(&self, shutdown: &CancellationToken) {
        let interval = tokio::time::sleep(Duration::from_millis(self.settings.interval_ms));
        tokio::select! {
            () = interval => {}
            () = self.bell.notified() => {}
            () = shutdown.cancelled() => {}
        }
    }

    /// Performs one iteration of the main loop.
    async fn round(&self) -> Result<(), Halt> {
        let chain_state = self.view.newest().await?;
        let balance = self.connection.balance(self.address()).await?;
        let changed = {
            let mut seen = self.seen();
            let before = seen.replay.replace(chain_state.clone());
            let still_unfunded = matches!(seen.trouble, Some(Trouble::Unfunded { needed }) if balance < needed);
            if !still_unfunded {
                seen.trouble = None;
            }
            if balance.is_zero() {
                // An accepted item could not be sent.
                seen.trouble = Some(Trouble::Unfunded { needed: U256::from(1) });
            }
            seen.balance = balance;
            before.is_none_or(|before| !Arc::ptr_eq(&before, &chain_state))
        };
        self.follow(&chain_state).await?;
        self.settle(&chain_state).await?;
        self.send(&chain_state).await?;
        if changed && self.settings.fee_pots && self.deployment.fee_pot.is_some() {
            let open = chain_state.polls.iter().filter(|(_, poll)| poll.state_at(chain_state.time) == PollState::Open);
            let ids = open.map(|(id, _)| *id);
            let pots = calls::pots(&self.connection, self.address(), &self.deployment, ids).await?;
            self.seen().pots = pots;
        }
        Ok(())
    }

    /// Updates the status of every item from the chain's events.
    pub(super) async fn settle(&self, chain_state: &ChainState) -> Result<(), Halt> {
        let all = self.store.items();
        let transactions = self.store.transactions();
        let mut changes = Changes::default();
        for held in &all {
            let id = held.item.receipt.id;
            let state = match judge(chain_state, &held.work, &all) {
                Verdict::OnChain { transaction, block } => match self.is_deep(chain_state, block) {
                    true => State::Final { transaction, block },
                    false => State::Included { transaction, block },
                },
                Verdict::Never(reason) => {
                    let since = match &held.item.state {
                        State::Refused { reason: before, block } if before == reason => *block,
                        _ => chain_state.block,
                    };
                    match self.is_deep(chain_state, since) {
                        true => State::Dropped { reason: reason.into(), block: since },
                        false => State::Refused { reason: reason.into(), block: since },
                    }
                }
                Verdict::Applies | Verdict::Follows => carrier(chain_state, &transactions, &id),
            };
            if state == held.item.state {
                continue;
            }
            match (&held.item.state, &state) {
                (State::Included { .. }, State::Waiting | State::Sent { .. }) => {
                    tracing::info!(%id, "reorganisation: an included item is no longer on chain");
                }
                (before, State::Included { .. } | State::Final { .. }) if before.is_open() => {
                    let waited = now().saturating_sub(held.item.arrived);
                    self.metrics.inclusion.observe(waited as f64);
                }
                (_, State::Refused { reason, .. } | State::Dropped { reason, .. }) => {
                    tracing::info!(%id, reason, "an item was rejected: it can no longer be included on chain");
                }
                _ => {}
            }
            changes.states.push((id, state));
        }
        {
            let over = changes.states.iter().filter(|(_, state)| state.is_over());
            let mut seen = self.seen();
            for (id, _) in over {
                seen.resting.remove(id);
            }
        }
        let any = !changes.is_empty();
        self.write(changes).await?;
        if any { self.step(Step::Settled) } else { Ok(()) }
    }

    /// Returns whether a block has enough confirmations.
    pub(super) fn is_deep(&self, chain_state: &ChainState, block: u64) -> bool {
        chain_state.block.saturating_add(1) >= block.saturating_add(self.settings.confirmations)
    }
}

/// Returns the status of an item that is not on chain: `Sent` if a pending transaction may still include it. A
/// transaction in a block that was read already has not included it.
fn carrier(
    chain_state: &ChainState,
    transactions: &std::collections::BTreeMap<u64, Transaction>,
    id: &psephos_chain::B256,
) -> State {
    let mut carriers = transactions.values().filter(|transaction| transaction.items.contains(id));
    let awaited = carriers.find(|transaction| transaction.mined.is_none_or(|mined| mined.number > chain_state.block));
    awaited.map_or(State::Waiting, |transaction| State::Sent { nonce: transaction.nonce })
}
