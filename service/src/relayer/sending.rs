//! Sending of batches: due items are selected, shuffled, simulated, signed, stored, and only then sent.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::{BTreeMap, BTreeSet};

use psephos_chain::{Bytes, ChainError, U256, transaction::PreparedCall};
use psephos_state::ChainState;
use psephos_submission::{
    RelayReport, Submission, SubmissionError,
    ballots::{ValidBallot, check_ballots},
    claims::{FeePolicy, NotesRoots, build_claim_call, check_claim, simulate_claim},
    schedule::schedule_ballots,
};
use psephos_wire::{ballot::Contents, relay::SubmissionKind};
use rand::{rngs::OsRng, seq::SliceRandom};

use super::{
    CrashPoint, Obstacle, Relayer, RelayerError, calls,
    evaluation::{Verdict, evaluate_item},
    item::{DecodedPackage, ItemStatus, PendingTransaction},
    store::{PendingItem, StoreChanges},
};

/// The initial backoff of an item that the contract refused, in seconds; it doubles with every attempt.
const INITIAL_BACKOFF: u64 = 5;
const MAX_BACKOFF: u64 = 600;

/// The outcome of an attempt to send.
pub(super) enum SendOutcome {
    /// The transaction was sent.
    Sent,
    /// Not possible now: too many transactions in flight, no funds, or the chain has moved on.
    Later,
    /// The contract refuses the call because of its content.
    Refused,
}

impl Relayer {
    /// Sends all items that are due.
    pub(super) async fn send_due_items(&self, chain_state: &ChainState) -> Result<(), RelayerError> {
        let all = self.store.pending_items();
        let waiting: Vec<&PendingItem> = all.iter().filter(|held| self.is_sendable(chain_state, held, &all)).collect();
        for (poll, chamber) in group_by_chamber(&waiting) {
            let mut batches = self.select_due_batches(chain_state, &waiting, &all, poll, chamber);
            while let Some(batch) = batches.pop() {
                match self.send_ballot_batch(chain_state, poll, chamber, &batch).await? {
                    SendOutcome::Sent => {}
                    SendOutcome::Later => return Ok(()),
                    SendOutcome::Refused => match &batch[..] {
                        [one] => self.retry_or_reject(chain_state, one).await?,
                        // At least one of them is at fault: bisection finds it, and the others are sent.
                        many => {
                            let (left, right) = many.split_at(many.len() / 2);
                            batches.push(right.to_vec());
                            batches.push(left.to_vec());
                        }
                    },
                }
            }
        }
        for held in waiting.iter().filter(|held| held.item.receipt.kind == SubmissionKind::Claim) {
            match self.send_claim(chain_state, held).await? {
                SendOutcome::Sent => {}
                SendOutcome::Later => return Ok(()),
                SendOutcome::Refused => self.retry_or_reject(chain_state, held).await?,
            }
        }
        Ok(())
    }

    /// Returns whether an item that was refused waits before it is tried again.
    pub(super) fn is_resting(&self, id: &psephos_chain::B256) -> bool {
        self.observed().backoff.get(id).is_some_and(|(_, until)| self.clock.now_seconds() < *until)
    }

    fn is_sendable(&self, chain_state: &ChainState, held: &PendingItem, all: &[PendingItem]) -> bool {
        // Updates of masked polls wait for the times of their slots.
        held.item.update.is_none()
            && held.item.state == ItemStatus::Waiting
            && !self.is_resting(&held.item.receipt.id)
            && evaluate_item(chain_state, &held.work, all) == Verdict::Sendable
    }

    /// Returns the batches of a chamber that are due, each in random order.
    fn select_due_batches<'a>(
        &self,
        chain_state: &ChainState,
        waiting: &[&'a PendingItem],
        all: &[PendingItem],
        poll: PollId,
        chamber: ChamberId,
    ) -> Vec<Vec<&'a PendingItem>> {
        let closes_at = chain_state.polls.get(&poll).map_or(0, |poll| poll.parameters.closes_at);
        let closing = chain_state.time.saturating_add(self.settings.closing) >= closes_at;
        let here = |held: &PendingItem| {
            held.item.receipt.kind == SubmissionKind::Ballot
                && (held.item.receipt.poll, held.item.receipt.chamber) == (poll, chamber)
        };
        // The contract would skip a second ballot of a nullifier whose first ballot is pending.
        let sent = all.iter().filter(|held| matches!(held.item.state, ItemStatus::Sent { .. }) && here(held));
        let mut taken: BTreeSet<_> = sent.filter_map(ballot_nullifier).collect();
        let mut chosen: Vec<&PendingItem> = Vec::new();
        let mut by_age: Vec<&PendingItem> = waiting.iter().copied().filter(|held| here(held)).collect();
        by_age.sort_by_key(|held| held.item.arrived);
        let oldest = by_age.first().map_or(u64::MAX, |held| held.item.arrived);
        for held in by_age {
            if ballot_nullifier(held).is_some_and(|nullifier| taken.insert(nullifier)) {
                chosen.push(held);
            }
        }
        let old = self.clock.now_seconds().saturating_sub(oldest) >= self.settings.max_age;
        // The remaining ballots wait for others to be mixed with.
        chosen.truncate(self.settings.count_due(chosen.len(), old, closing));
        // The order of arrival determines the batch of a ballot, and is not visible outside.
        shuffle_batches(&chosen, self.settings.batch)
    }

    async fn send_ballot_batch(
        &self,
        chain_state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
        batch: &[&PendingItem],
    ) -> Result<SendOutcome, RelayerError> {
        if self.pending_transactions().len() >= self.settings.in_flight {
            return Ok(SendOutcome::Later);
        }
        let candidates = batch.iter().enumerate().filter_map(|(index, held)| match &*held.work {
            DecodedPackage::Ballot { contents, .. } => {
                Some(ValidBallot { index, poll, chamber, contents: (**contents).clone() })
            }
            DecodedPackage::Claim { .. } => None,
        });
        // In an order in which all of them apply; the others wait for the next chain state.
        let queues = schedule_ballots(chain_state, candidates.collect(), &mut RelayReport::default());
        let Some(queue) = queues.into_iter().next() else { return Ok(SendOutcome::Later) };
        let contents: Vec<&Contents> = queue.ballots.iter().map(|item| &item.contents).collect();
        let items = queue.ballots.iter().filter_map(|item| batch.get(item.index));
        let items: Vec<_> = items.map(|held| held.item.receipt.id).collect();
        let (relayer, pots) = (self.address(), self.settings.fee_pots);
        let chamber_of_poll = (poll, chamber);
        let call =
            calls::build_batch_call(&self.connection, relayer, &self.deployment, pots, chamber_of_poll, &contents)
                .await?;
        let prepared = match self.prepare_batch(call, items.len()).await? {
            Ok(prepared) => prepared,
            Err(outcome) => return Ok(outcome),
        };
        let sent = self.sign_and_send(prepared, items.clone(), StoreChanges::default()).await?;
        if matches!(sent, SendOutcome::Sent) {
            self.metrics.batches.inc();
            self.metrics.batch_size.observe(items.len() as f64);
        }
        Ok(sent)
    }

    /// Simulates the call of a batch. Returns the outcome instead if it cannot be sent.
    pub(super) async fn prepare_batch(
        &self,
        call: calls::BatchCall,
        ballots: usize,
    ) -> Result<Result<PreparedCall, SendOutcome>, RelayerError> {
        match self.connection.prepare_call(self.address(), call.to, call.data).await {
            Ok(prepared) => Ok(Ok(prepared)),
            Err(ChainError::Reverted(revert)) => {
                tracing::info!(revert = revert.name, ballots, "the simulation of a batch reverted");
                self.metrics.count_failure("simulation");
                // The chain is ahead of the chain state: the next state shows which ballots are included, or that the
                // poll has closed.
                Ok(Err(match revert.name.as_str() {
                    "WrongState" | "NothingCast" => SendOutcome::Later,
                    _ => SendOutcome::Refused,
                }))
            }
            // A node rejects a call that is too large for a block, with a message of its own kind: halves may be
            // accepted.
            Err(error @ ChainError::Provider { .. }) => {
                tracing::warn!(%error, ballots, "a batch cannot be simulated");
                self.metrics.count_failure("simulation");
                Ok(Err(SendOutcome::Refused))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn send_claim(&self, chain_state: &ChainState, held: &PendingItem) -> Result<SendOutcome, RelayerError> {
        let DecodedPackage::Claim { package } = &*held.work else { return Ok(SendOutcome::Later) };
        if self.pending_transactions().len() >= self.settings.in_flight {
            return Ok(SendOutcome::Later);
        }
        let refused = match simulate_claim(&self.connection, self.address(), chain_state, package).await {
            Ok(Ok(_)) => None,
            Ok(Err((_, why))) => Some(why),
            Err(SubmissionError::Chain(ChainError::Reverted(revert))) => Some(revert.name),
            Err(error) => return Err(error.into()),
        };
        if let Some(why) = refused {
            tracing::info!(id = %held.item.receipt.id, why, "a claim is not sent: its simulation failed");
            return Ok(SendOutcome::Refused);
        }
        let Ok(call) = build_claim_call(package) else { return Ok(SendOutcome::Refused) };
        let data: Bytes = alloy::sol_types::SolCall::abi_encode(&call).into();
        match self.connection.prepare_call(self.address(), package.rewards, data).await {
            Ok(prepared) => self.sign_and_send(prepared, vec![held.item.receipt.id], StoreChanges::default()).await,
            Err(ChainError::Reverted(_)) => Ok(SendOutcome::Refused),
            Err(error) => Err(error.into()),
        }
    }

    /// Signs, stores, sends. `changes` are stored with the transaction; the items that they accept are in it.
    pub(super) async fn sign_and_send(
        &self,
        prepared: PreparedCall,
        items: Vec<psephos_chain::B256>,
        mut changes: StoreChanges,
    ) -> Result<SendOutcome, RelayerError> {
        if prepared.fees.max_fee > self.settings.max_fee_per_gas() {
            self.observed().obstacle = Some(Obstacle::MaxFeeExceeded);
            return Ok(SendOutcome::Later);
        }
        // Pending transactions may cost as much as their max fees allow.
        let reserved = self
            .pending_transactions()
            .values()
            .fold(U256::ZERO, |sum, one| sum.saturating_add(one.prepared.max_cost()));
        let needed = reserved.saturating_add(prepared.max_cost());
        let balance = self.connection.read_balance(self.address()).await?;
        if balance < needed {
            self.record_unfunded(needed);
            return Ok(SendOutcome::Later);
        }
        let nonces = self.connection.nonces(self.address()).await?;
        let own = self.store.transactions().keys().next_back().map_or(0, |last| last + 1);
        let nonce = nonces.pending.max(own);
        let signed = prepared.sign(&self.wallet, self.deployment.chain_id, nonce).await?;
        self.reach_crash_point(CrashPoint::TransactionSigned)?;
        let transaction = PendingTransaction {
            nonce,
            items: items.clone(),
            prepared,
            versions: vec![signed],
            sent_at: self.clock.now_seconds(),
            mined: None,
        };
        for held in &mut changes.accepted {
            held.item.state = ItemStatus::Sent { nonce };
        }
        changes.states.extend(items.into_iter().map(|id| (id, ItemStatus::Sent { nonce })));
        changes.transactions.push(transaction.clone());
        self.store_changes(changes).await?;
        self.reach_crash_point(CrashPoint::TransactionStored)?;
        tracing::info!(nonce, items = transaction.items.len(), "sending a transaction");
        self.send_to_node(&transaction).await?;
        Ok(SendOutcome::Sent)
    }

    /// Handles an item that the contract refuses on its own. If its proof still holds, it is retried later: an accepted
    /// item is never given up for a reason that is not understood.
    pub(super) async fn retry_or_reject(
        &self,
        chain_state: &ChainState,
        held: &PendingItem,
    ) -> Result<(), RelayerError> {
        let id = held.item.receipt.id;
        if !self.verify_again(chain_state, held).await? {
            let refused = ItemStatus::Refused { reason: "invalid_proof".into(), block: chain_state.block };
            tracing::warn!("the contract refuses an item and its proof no longer holds: rejected");
            return self.store_changes(StoreChanges { states: vec![(id, refused)], ..StoreChanges::default() }).await;
        }
        self.metrics.count_failure("refused");
        tracing::warn!("the contract refuses an item although its proof holds: it is retried later");
        self.apply_backoff(id);
        Ok(())
    }

    /// Applies exponential backoff to an item.
    pub(super) fn apply_backoff(&self, id: psephos_chain::B256) {
        let mut seen = self.observed();
        let (times, until) = seen.backoff.entry(id).or_default();
        *until = self.clock.now_seconds() + (INITIAL_BACKOFF << (*times).min(10)).min(MAX_BACKOFF);
        *times += 1;
    }

    async fn verify_again(&self, chain_state: &ChainState, held: &PendingItem) -> Result<bool, RelayerError> {
        let Some(json) = held.item.json.clone() else { return Ok(false) };
        let (circuits, chain_state, kind) = (self.circuits.clone(), chain_state.clone(), held.item.receipt.kind);
        let fee_policy = FeePolicy { account: Some(self.address()), min_fee: U256::ZERO };
        let checked = tokio::task::spawn_blocking(move || -> Result<bool, RelayerError> {
            match kind {
                SubmissionKind::Claim => {
                    Ok(check_claim(&chain_state, &circuits, json.as_bytes(), fee_policy, &mut NotesRoots::default())?
                        .is_ok())
                }
                SubmissionKind::Ballot => {
                    let submissions = [Submission { name: String::new(), json: json.into_bytes() }];
                    let mut report = RelayReport::pending(&submissions);
                    Ok(!check_ballots(&chain_state, &circuits, &submissions, &mut report)?.is_empty())
                }
            }
        });
        checked.await.map_err(|_| RelayerError::WorkerLost)?
    }

    pub(super) fn record_unfunded(&self, needed: U256) {
        tracing::warn!(%needed, "the balance of the relayer's account is too low");
        self.metrics.count_failure("unfunded");
        self.observed().obstacle = Some(Obstacle::Unfunded { needed });
    }
}

/// Splits ballots into batches, the first one last, and shuffles each, so that every order is as likely as any other
/// and no one can predict it.
pub(super) fn shuffle_batches<T: Copy>(ballots: &[T], batch: usize) -> Vec<Vec<T>> {
    let shuffle = |batch: &[T]| {
        let mut batch = batch.to_vec();
        batch.shuffle(&mut OsRng);
        batch
    };
    ballots.chunks(batch.max(1)).map(shuffle).rev().collect()
}

/// Returns the chambers that have ballots to send.
fn group_by_chamber(waiting: &[&PendingItem]) -> Vec<(PollId, ChamberId)> {
    let ballots = waiting.iter().filter(|held| held.item.receipt.kind == SubmissionKind::Ballot);
    order_by_wait(ballots.map(|held| ((held.item.receipt.poll, held.item.receipt.chamber), held.item.arrived)))
}

/// Returns each group once, the one with the longest-waiting item first: many ballots of one poll do not delay another
/// poll's ballots that arrived before them.
fn order_by_wait(waiting: impl Iterator<Item = ((PollId, ChamberId), u64)>) -> Vec<(PollId, ChamberId)> {
    let mut oldest: BTreeMap<(PollId, ChamberId), u64> = BTreeMap::new();
    for (group, arrived) in waiting {
        let first = oldest.entry(group).or_insert(arrived);
        *first = arrived.min(*first);
    }
    let mut groups: Vec<_> = oldest.into_iter().collect();
    groups.sort_by_key(|(_, arrived)| *arrived);
    groups.into_iter().map(|(group, _)| group).collect()
}

fn ballot_nullifier(held: &PendingItem) -> Option<psephos_protocol::elements::Nullifier> {
    match &*held.work {
        DecodedPackage::Ballot { contents, .. } => Some(contents.record.posted.nullifier),
        DecodedPackage::Claim { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{ChamberId, PollId, order_by_wait, shuffle_batches};

    #[test]
    fn every_order_of_a_batch_is_as_likely_as_any_other() {
        let mut orders: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
        for _ in 0..2_400 {
            let batches = shuffle_batches(&[1, 2, 3, 4, 5], 4);
            assert_eq!(batches[0], [5], "batches are in the order of arrival, the first one last");
            *orders.entry(batches[1].clone()).or_default() += 1;
        }
        // Each of 24 orders is expected 100 times, with a deviation of 10: six of these are exceeded in one of a
        // hundred million runs.
        assert_eq!(orders.len(), 24);
        assert!(orders.values().all(|count| (40..=160).contains(count)), "{orders:?}");
    }

    #[test]
    fn group_with_the_longest_wait_is_first() {
        let group = |poll, chamber| (PollId::new(poll), ChamberId::new(chamber));
        let flood = (0..50).map(|index| (group(1, 0), 100 + index));
        let others = [(group(9, 2), 99), (group(5, 1), 120), (group(9, 2), 300)];
        assert_eq!(order_by_wait(flood.chain(others)), [group(9, 2), group(1, 0), group(5, 1)]);
    }
}
