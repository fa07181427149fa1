//! The relayer's rounds: look at the chain, follow what was sent, say what became of each ballot, send what is due.

use std::{sync::Arc, time::Duration};

use psephos_circuits::catalogue::Name;
use psephos_state::{ChainState, PollState, U256};
use tokio_util::sync::CancellationToken;

use super::{
    Halt, Relayer, Step, Trouble, calls,
    item::{State, Transaction},
    judge::{Verdict, judge},
    now,
    store::Changes,
};

impl Relayer {
    /// Works until it is told to stop, and ends between two steps: what came in is answered, what was begun is written down.
    ///
    /// # Errors
    /// `Exchange` if the deployment is not for these keys: nothing is taken then; `Worker` if it runs already.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) -> Result<(), Halt> {
        let incoming = self.incoming.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let incoming = incoming.ok_or(Halt::Worker)?;
        self.guard(&shutdown).await?;
        // Nothing is accepted that nobody sends: neither goes on without the other.
        let ends = shutdown.child_token();
        let (collected, rounds) =
            tokio::join!(async { self.collect(incoming, &ends).await.inspect_err(|_| ends.cancel()) }, async {
                self.rounds(&ends).await.inspect_err(|_| ends.cancel())
            },);
        collected.and(rounds)
    }

    /// Refuses to work for a deployment of other keys; waits for a chain that does not answer.
    async fn guard(&self, shutdown: &CancellationToken) -> Result<(), Halt> {
        let circuits = [Name::Ballot3, Name::Ballot8, Name::Claim3, Name::Claim8];
        loop {
            match self.circuits.guard(&self.connection, &self.deployment, &circuits).await {
                Ok(()) => return Ok(()),
                Err(psephos_exchange::ExchangeError::Chain(error)) if !shutdown.is_cancelled() => {
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
                    tracing::info!(%error, "the relayer waits for the chain's state");
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
        tracing::warn!(%error, "a round of the relayer failed; it goes on");
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

    /// One round.
    async fn round(&self) -> Result<(), Halt> {
        let replay = self.view.newest().await?;
        let balance = self.connection.read_balance(self.address()).await?;
        let fresh = {
            let mut seen = self.seen();
            let before = seen.replay.replace(replay.clone());
            let funded = matches!(seen.trouble, Some(Trouble::Unfunded { needed }) if balance < needed);
            if !funded {
                seen.trouble = None;
            }
            if balance.is_zero() {
                // Nothing that is accepted could be sent.
                seen.trouble = Some(Trouble::Unfunded { needed: U256::from(1) });
            }
            seen.balance = balance;
            before.is_none_or(|before| !Arc::ptr_eq(&before, &replay))
        };
        self.follow(&replay).await?;
        self.settle(&replay).await?;
        self.send(&replay).await?;
        if fresh && self.settings.fee_pots && self.deployment.fee_pot.is_some() {
            let open = replay.polls.iter().filter(|(_, poll)| poll.state_at(replay.time) == PollState::Open);
            let ids = open.map(|(id, _)| *id);
            let pots = calls::pots(&self.connection, self.address(), &self.deployment, ids).await?;
            self.seen().pots = pots;
        }
        Ok(())
    }

    /// Says what became of everything, by the chain's events.
    pub(super) async fn settle(&self, replay: &ChainState) -> Result<(), Halt> {
        let all = self.store.items();
        let transactions = self.store.transactions();
        let mut changes = Changes::default();
        for held in &all {
            let id = held.item.receipt.id;
            let state = match judge(replay, &held.work, &all) {
                Verdict::OnChain { transaction, block } => match self.is_deep(replay, block) {
                    true => State::Final { transaction, block },
                    false => State::Included { transaction, block },
                },
                Verdict::Never(reason) => {
                    let since = match &held.item.state {
                        State::Refused { reason: before, block } if before == reason => *block,
                        _ => replay.block,
                    };
                    match self.is_deep(replay, since) {
                        true => State::Dropped { reason: reason.into(), block: since },
                        false => State::Refused { reason: reason.into(), block: since },
                    }
                }
                Verdict::Applies | Verdict::Follows => carrier(replay, &transactions, &id),
            };
            if state == held.item.state {
                continue;
            }
            match (&held.item.state, &state) {
                (State::Included { .. }, State::Waiting | State::Sent { .. }) => {
                    tracing::info!(%id, "left the chain");
                }
                (before, State::Included { .. } | State::Final { .. }) if before.is_open() => {
                    let waited = now().saturating_sub(held.item.arrived);
                    self.metrics.inclusion.observe(waited as f64);
                }
                (_, State::Refused { reason, .. } | State::Dropped { reason, .. }) => {
                    tracing::info!(%id, reason, "cannot come to the chain");
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

    /// Whether a block has enough others above it.
    pub(super) fn is_deep(&self, replay: &ChainState, block: u64) -> bool {
        replay.block.saturating_add(1) >= block.saturating_add(self.settings.confirmations)
    }
}

/// The transaction that may still bring an item to the chain. One that is in a block that was looked at has not brought it.
fn carrier(
    replay: &ChainState,
    transactions: &std::collections::BTreeMap<u64, Transaction>,
    id: &psephos_chain::B256,
) -> State {
    let mut carriers = transactions.values().filter(|transaction| transaction.items.contains(id));
    let awaited = carriers.find(|transaction| transaction.mined.is_none_or(|mined| mined.number > replay.block));
    awaited.map_or(State::Waiting, |transaction| State::Sent { nonce: transaction.nonce })
}
