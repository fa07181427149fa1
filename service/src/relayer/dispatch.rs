//! Sending of batches: due items are selected, shuffled, simulated, signed, stored, and only then sent.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::{BTreeMap, BTreeSet};

use psephos_chain::{Bytes, ChainError, U256, transaction::Prepared};
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
    Halt, Relayer, Step, Trouble, calls,
    item::{State, Transaction, Work},
    judge::{Verdict, judge},
    now,
    store::{Changes, Held},
};

/// The initial backoff of an item that the contract refused, in seconds; it doubles with every attempt.
const REST: u64 = 5;
const LONGEST_REST: u64 = 600;

/// The outcome of an attempt to send.
enum Attempt {
    /// The transaction was sent.
    Sent,
    /// Not possible now: too many transactions in flight, no funds, or the chain has moved on.
    Later,
    /// The contract refuses the call because of its content.
    Refused,
}

impl Relayer {
    /// Sends all items that are due.
    pub(super) async fn send(&self, chain_state: &ChainState) -> Result<(), Halt> {
        let all = self.store.items();
        let waiting: Vec<&Held> = all.iter().filter(|held| self.is_ready(chain_state, held, &all)).collect();
        for (poll, chamber) in groups(&waiting) {
            let mut batches = self.due(chain_state, &waiting, &all, poll, chamber);
            while let Some(batch) = batches.pop() {
                match self.send_ballots(chain_state, poll, chamber, &batch).await? {
                    Attempt::Sent => {}
                    Attempt::Later => return Ok(()),
                    Attempt::Refused => match &batch[..] {
                        [one] => self.rest(chain_state, one).await?,
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
                Attempt::Sent => {}
                Attempt::Later => return Ok(()),
                Attempt::Refused => self.rest(chain_state, held).await?,
            }
        }
        Ok(())
    }

    fn is_ready(&self, chain_state: &ChainState, held: &Held, all: &[Held]) -> bool {
        let id = held.item.receipt.id;
        let resting = self.seen().resting.get(&id).is_some_and(|(_, until)| now() < *until);
        held.item.state == State::Waiting && !resting && judge(chain_state, &held.work, all) == Verdict::Applies
    }

    /// Returns the batches of a chamber that are due, each in random order.
    fn due<'a>(
        &self,
        chain_state: &ChainState,
        waiting: &[&'a Held],
        all: &[Held],
        poll: PollId,
        chamber: ChamberId,
    ) -> Vec<Vec<&'a Held>> {
        let closes_at = chain_state.polls.get(&poll).map_or(0, |poll| poll.parameters.closesAt);
        let closing = chain_state.time.saturating_add(self.settings.closing) >= closes_at;
        let here = |held: &Held| {
            held.item.receipt.kind == SubmissionKind::Ballot
                && (held.item.receipt.poll, held.item.receipt.chamber) == (poll, chamber)
        };
        // The contract would skip a second ballot of a nullifier whose first ballot is pending.
        let sent = all.iter().filter(|held| matches!(held.item.state, State::Sent { .. }) && here(held));
        let mut taken: BTreeSet<_> = sent.filter_map(nullifier).collect();
        let mut chosen: Vec<&Held> = Vec::new();
        let mut by_age: Vec<&Held> = waiting.iter().copied().filter(|held| here(held)).collect();
        by_age.sort_by_key(|held| held.item.arrived);
        let oldest = by_age.first().map_or(u64::MAX, |held| held.item.arrived);
        for held in by_age {
            if nullifier(held).is_some_and(|nullifier| taken.insert(nullifier)) {
                chosen.push(held);
            }
        }
        let old = now().saturating_sub(oldest) >= self.settings.max_age;
        if !(closing || old) {
            // Only full batches are sent: the remaining ballots wait for others to be mixed with.
            chosen.truncate(chosen.len() / self.settings.batch * self.settings.batch);
        }
        // The order of arrival determines the batch of a ballot, and is not visible outside.
        chosen
            .chunks(self.settings.batch)
            .map(|batch| {
                let mut batch = batch.to_vec();
                batch.shuffle(&mut OsRng);
                batch
            })
            .rev()
            .collect()
    }

    async fn send_ballots(
        &self,
        chain_state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
        batch: &[&Held],
    ) -> Result<Attempt, Halt> {
        if self.unmined().len() >= self.settings.in_flight {
            return Ok(Attempt::Later);
        }
        let candidates = batch.iter().enumerate().filter_map(|(index, held)| match &*held.work {
            Work::Ballot { contents, .. } => Some(ValidBallot { index, poll, chamber, contents: (**contents).clone() }),
            Work::Claim { .. } => None,
        });
        // In an order in which all of them apply; the others wait for the next chain state.
        let queues = schedule_ballots(chain_state, candidates.collect(), &mut RelayReport::default());
        let Some(queue) = queues.into_iter().next() else { return Ok(Attempt::Later) };
        let contents: Vec<&Contents> = queue.ballots.iter().map(|item| &item.contents).collect();
        let items = queue.ballots.iter().filter_map(|item| batch.get(item.index));
        let items: Vec<_> = items.map(|held| held.item.receipt.id).collect();
        let (relayer, pots) = (self.address(), self.settings.fee_pots);
        let chamber_of_poll = (poll, chamber);
        let call =
            calls::ballots(&self.connection, relayer, &self.deployment, pots, chamber_of_poll, &contents).await?;
        let prepared = match self.connection.prepare(self.address(), call.to, call.data).await {
            Ok(prepared) => prepared,
            Err(ChainError::Reverted(revert)) => {
                tracing::info!(revert = revert.name, ballots = items.len(), "the simulation of a batch reverted");
                self.metrics.failed("simulation");
                // The chain is ahead of the chain state: the next state shows which ballots are included, or that the
                // poll has closed.
                return Ok(match revert.name.as_str() {
                    "WrongState" | "NothingCast" => Attempt::Later,
                    _ => Attempt::Refused,
                });
            }
            // A node rejects a call that is too large for a block, with a message of its own kind: halves may be
            // accepted.
            Err(error @ ChainError::Provider { .. }) => {
                tracing::warn!(%error, ballots = items.len(), "a batch cannot be simulated");
                self.metrics.failed("simulation");
                return Ok(Attempt::Refused);
            }
            Err(error) => return Err(error.into()),
        };
        let sent = self.dispatch(prepared, items.clone()).await?;
        if matches!(sent, Attempt::Sent) {
            self.metrics.batches.inc();
            self.metrics.batch_size.observe(items.len() as f64);
        }
        Ok(sent)
    }

    async fn send_claim(&self, chain_state: &ChainState, held: &Held) -> Result<Attempt, Halt> {
        let Work::Claim { package } = &*held.work else { return Ok(Attempt::Later) };
        if self.unmined().len() >= self.settings.in_flight {
            return Ok(Attempt::Later);
        }
        let refused = match simulate_claim(&self.connection, self.address(), chain_state, package).await {
            Ok(Ok(_)) => None,
            Ok(Err((_, why))) => Some(why),
            Err(SubmissionError::Chain(ChainError::Reverted(revert))) => Some(revert.name),
            Err(error) => return Err(error.into()),
        };
        if let Some(why) = refused {
            tracing::info!(id = %held.item.receipt.id, why, "a claim is not sent: its simulation failed");
            return Ok(Attempt::Refused);
        }
        let Ok(call) = build_claim_call(package) else { return Ok(Attempt::Refused) };
        let data: Bytes = alloy::sol_types::SolCall::abi_encode(&call).into();
        match self.connection.prepare(self.address(), package.rewards, data).await {
            Ok(prepared) => self.dispatch(prepared, vec![held.item.receipt.id]).await,
            Err(ChainError::Reverted(_)) => Ok(Attempt::Refused),
            Err(error) => Err(error.into()),
        }
    }

    /// Signs, stores, sends.
    async fn dispatch(&self, prepared: Prepared, items: Vec<psephos_chain::B256>) -> Result<Attempt, Halt> {
        if prepared.fees.most > self.settings.most_fee() {
            self.seen().trouble = Some(Trouble::Dear);
            return Ok(Attempt::Later);
        }
        // Pending transactions may cost as much as their max fees allow.
        let reserved = self.unmined().values().fold(U256::ZERO, |sum, one| sum.saturating_add(one.prepared.most_wei()));
        let needed = reserved.saturating_add(prepared.most_wei());
        let balance = self.connection.balance(self.address()).await?;
        if balance < needed {
            self.unfunded(needed);
            return Ok(Attempt::Later);
        }
        let nonces = self.connection.nonces(self.address()).await?;
        let own = self.store.transactions().keys().next_back().map_or(0, |last| last + 1);
        let nonce = nonces.pending.max(own);
        let signed = prepared.sign(&self.wallet, self.deployment.chain_id, nonce).await?;
        self.step(Step::Signed)?;
        let transaction =
            Transaction { nonce, items: items.clone(), prepared, versions: vec![signed], sent_at: now(), mined: None };
        let states = items.into_iter().map(|id| (id, State::Sent { nonce })).collect();
        self.write(Changes { states, transactions: vec![transaction.clone()], ..Changes::default() }).await?;
        self.step(Step::Written)?;
        tracing::info!(nonce, items = transaction.items.len(), "sending a transaction");
        self.announce(&transaction).await?;
        Ok(Attempt::Sent)
    }

    /// Handles an item that the contract refuses on its own. If its proof still holds, it is retried later: an accepted
    /// item is never given up for a reason that is not understood.
    async fn rest(&self, chain_state: &ChainState, held: &Held) -> Result<(), Halt> {
        let id = held.item.receipt.id;
        if !self.holds(chain_state, held).await? {
            let refused = State::Refused { reason: "invalid_proof".into(), block: chain_state.block };
            tracing::warn!(%id, "the contract refuses the item and its proof no longer holds: rejected");
            return self.write(Changes { states: vec![(id, refused)], ..Changes::default() }).await;
        }
        self.metrics.failed("refused");
        tracing::warn!(%id, "the contract refuses the item although its proof holds: it is retried later");
        self.lay_by(id);
        Ok(())
    }

    /// Applies exponential backoff to an item.
    pub(super) fn lay_by(&self, id: psephos_chain::B256) {
        let mut seen = self.seen();
        let (times, until) = seen.resting.entry(id).or_default();
        *until = now() + (REST << (*times).min(10)).min(LONGEST_REST);
        *times += 1;
    }

    async fn holds(&self, chain_state: &ChainState, held: &Held) -> Result<bool, Halt> {
        let Some(json) = held.item.json.clone() else { return Ok(false) };
        let (circuits, chain_state, kind) = (self.circuits.clone(), chain_state.clone(), held.item.receipt.kind);
        let fee_policy = FeePolicy { account: Some(self.address()), min_fee: U256::ZERO };
        let checked = tokio::task::spawn_blocking(move || -> Result<bool, Halt> {
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
        checked.await.map_err(|_| Halt::Worker)?
    }

    pub(super) fn unfunded(&self, needed: U256) {
        tracing::warn!(%needed, "the balance of the relayer's account is too low");
        self.metrics.failed("unfunded");
        self.seen().trouble = Some(Trouble::Unfunded { needed });
    }
}

/// Returns the chambers that have ballots to send.
fn groups(waiting: &[&Held]) -> Vec<(PollId, ChamberId)> {
    let ballots = waiting.iter().filter(|held| held.item.receipt.kind == SubmissionKind::Ballot);
    in_turn(ballots.map(|held| ((held.item.receipt.poll, held.item.receipt.chamber), held.item.arrived)))
}

/// Returns each group once, the one with the longest-waiting item first: many ballots of one poll do not delay another
/// poll's ballots that arrived before them.
fn in_turn(waiting: impl Iterator<Item = ((PollId, ChamberId), u64)>) -> Vec<(PollId, ChamberId)> {
    let mut oldest: BTreeMap<(PollId, ChamberId), u64> = BTreeMap::new();
    for (group, arrived) in waiting {
        let first = oldest.entry(group).or_insert(arrived);
        *first = arrived.min(*first);
    }
    let mut groups: Vec<_> = oldest.into_iter().collect();
    groups.sort_by_key(|(_, arrived)| *arrived);
    groups.into_iter().map(|(group, _)| group).collect()
}

fn nullifier(held: &Held) -> Option<psephos_protocol::elements::Nullifier> {
    match &*held.work {
        Work::Ballot { contents, .. } => Some(contents.record.posted.nullifier),
        Work::Claim { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ChamberId, PollId, in_turn};

    #[test]
    fn group_with_the_longest_wait_is_first() {
        let group = |poll, chamber| (PollId::new(poll), ChamberId::new(chamber));
        let flood = (0..50).map(|index| (group(1, 0), 100 + index));
        let others = [(group(9, 2), 99), (group(5, 1), 120), (group(9, 2), 300)];
        assert_eq!(in_turn(flood.chain(others)), [group(9, 2), group(1, 0), group(5, 1)]);
    }
}
