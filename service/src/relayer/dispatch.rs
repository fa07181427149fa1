//! What is due is chosen, shuffled, simulated, signed, written down, and only then sent.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::{BTreeMap, BTreeSet};

use psephos_chain::{Bytes, ChainError, U256, transaction::PreparedCall};
use psephos_exchange::{
    ballot::Contents,
    relay::{self, Candidate, Kind, Payee, RelayReport, Roots, Submission},
};
use psephos_state::ChainState;
use rand::{rngs::OsRng, seq::SliceRandom};

use super::{
    Halt, Relayer, Step, Trouble, calls,
    item::{State, Transaction, Work},
    judge::{Verdict, judge},
    now,
    store::{Changes, Held},
};

/// How long something that was not taken rests at first, in seconds; twice as long each time after.
const REST: u64 = 5;
const LONGEST_REST: u64 = 600;

/// What became of an attempt to send.
enum Attempt {
    /// It is on its way.
    Sent,
    /// Not now: no room, no money, or the chain moved.
    Later,
    /// The contract refuses it for something in it.
    Refused,
}

impl Relayer {
    /// Sends what is due.
    pub(super) async fn send(&self, replay: &ChainState) -> Result<(), Halt> {
        let all = self.store.items();
        let waiting: Vec<&Held> = all.iter().filter(|held| self.is_ready(replay, held, &all)).collect();
        for (poll, chamber) in groups(&waiting) {
            let mut batches = self.due(replay, &waiting, &all, poll, chamber);
            while let Some(batch) = batches.pop() {
                match self.send_ballots(replay, poll, chamber, &batch).await? {
                    Attempt::Sent => {}
                    Attempt::Later => return Ok(()),
                    Attempt::Refused => match &batch[..] {
                        [one] => self.rest(replay, one).await?,
                        // One of them is to blame: it is found by halves, and the others are sent.
                        many => {
                            let (left, right) = many.split_at(many.len() / 2);
                            batches.push(right.to_vec());
                            batches.push(left.to_vec());
                        }
                    },
                }
            }
        }
        for held in waiting.iter().filter(|held| held.item.receipt.kind == Kind::Claim) {
            match self.send_claim(replay, held).await? {
                Attempt::Sent => {}
                Attempt::Later => return Ok(()),
                Attempt::Refused => self.rest(replay, held).await?,
            }
        }
        Ok(())
    }

    fn is_ready(&self, replay: &ChainState, held: &Held, all: &[Held]) -> bool {
        let id = held.item.receipt.id;
        let resting = self.seen().resting.get(&id).is_some_and(|(_, until)| now() < *until);
        held.item.state == State::Waiting && !resting && judge(replay, &held.work, all) == Verdict::Applies
    }

    /// The batches of a chamber that are due, in random order.
    fn due<'a>(
        &self,
        replay: &ChainState,
        waiting: &[&'a Held],
        all: &[Held],
        poll: PollId,
        chamber: ChamberId,
    ) -> Vec<Vec<&'a Held>> {
        let closes_at = replay.polls.get(&poll).map_or(0, |poll| poll.parameters.closesAt);
        let closing = replay.time.saturating_add(self.settings.closing) >= closes_at;
        let here = |held: &Held| {
            held.item.receipt.kind == Kind::Ballot
                && (held.item.receipt.poll, held.item.receipt.chamber) == (poll, chamber)
        };
        // The contract would skip the second ballot of a nullifier whose first is on its way.
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
            // Only whole batches: the rest waits for company.
            chosen.truncate(chosen.len() / self.settings.batch * self.settings.batch);
        }
        // The order of arrival decides which batch a ballot is in, and stays here.
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
        replay: &ChainState,
        poll: PollId,
        chamber: ChamberId,
        batch: &[&Held],
    ) -> Result<Attempt, Halt> {
        if self.unmined().len() >= self.settings.in_flight {
            return Ok(Attempt::Later);
        }
        let candidates = batch.iter().enumerate().filter_map(|(index, held)| match &*held.work {
            Work::Ballot { contents, .. } => Some(Candidate { index, poll, chamber, contents: (**contents).clone() }),
            Work::Claim { .. } => None,
        });
        // In an order in which all of them apply; what does not waits for the next look at the chain.
        let queues = relay::queues(replay, candidates.collect(), &mut RelayReport::default());
        let Some(queue) = queues.into_iter().next() else { return Ok(Attempt::Later) };
        let contents: Vec<&Contents> = queue.items.iter().map(|item| &item.contents).collect();
        let items = queue.items.iter().filter_map(|item| batch.get(item.index));
        let items: Vec<_> = items.map(|held| held.item.receipt.id).collect();
        let (relayer, pots) = (self.address(), self.settings.fee_pots);
        let place = (poll, chamber);
        let call = calls::ballots(&self.connection, relayer, &self.deployment, pots, place, &contents).await?;
        let prepared = match self.connection.prepare_call(self.address(), call.to, call.data).await {
            Ok(prepared) => prepared,
            Err(ChainError::Reverted(revert)) => {
                tracing::info!(revert = revert.name, ballots = items.len(), "a batch would fail");
                self.metrics.failed("simulation");
                // The chain is ahead of what was looked at: the next look says which ballots are there, or that the poll has closed.
                return Ok(match revert.name.as_str() {
                    "WrongState" | "NothingCast" => Attempt::Later,
                    _ => Attempt::Refused,
                });
            }
            // A node refuses what is too large for a block, each in its own words: halves may be taken.
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

    async fn send_claim(&self, replay: &ChainState, held: &Held) -> Result<Attempt, Halt> {
        let Work::Claim { package } = &*held.work else { return Ok(Attempt::Later) };
        if self.unmined().len() >= self.settings.in_flight {
            return Ok(Attempt::Later);
        }
        let refused = match relay::costs(&self.connection, self.address(), replay, package).await {
            Ok(Ok(_)) => None,
            Ok(Err((_, why))) => Some(why),
            Err(psephos_exchange::ExchangeError::Chain(ChainError::Reverted(revert))) => Some(revert.name),
            Err(error) => return Err(error.into()),
        };
        if let Some(why) = refused {
            tracing::info!(id = %held.item.receipt.id, why, "a claim is not sent");
            return Ok(Attempt::Refused);
        }
        let Ok(call) = relay::claim_call(package) else { return Ok(Attempt::Refused) };
        let data: Bytes = alloy::sol_types::SolCall::abi_encode(&call).into();
        match self.connection.prepare_call(self.address(), package.rewards, data).await {
            Ok(prepared) => self.dispatch(prepared, vec![held.item.receipt.id]).await,
            Err(ChainError::Reverted(_)) => Ok(Attempt::Refused),
            Err(error) => Err(error.into()),
        }
    }

    /// Signs, writes down, sends.
    async fn dispatch(&self, prepared: PreparedCall, items: Vec<psephos_chain::B256>) -> Result<Attempt, Halt> {
        if prepared.fees.max_fee > self.settings.most_fee() {
            self.seen().trouble = Some(Trouble::Dear);
            return Ok(Attempt::Later);
        }
        // What is on its way may cost all that it offers.
        let promised = self.unmined().values().fold(U256::ZERO, |sum, one| sum.saturating_add(one.prepared.max_cost()));
        let needed = promised.saturating_add(prepared.max_cost());
        let balance = self.connection.read_balance(self.address()).await?;
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
        tracing::info!(nonce, items = transaction.items.len(), "sending");
        self.announce(&transaction).await?;
        Ok(Attempt::Sent)
    }

    /// The contract refuses this one by itself. If its proof holds nevertheless it is tried again later: nothing that was accepted is given up for a
    /// reason that was not understood.
    async fn rest(&self, replay: &ChainState, held: &Held) -> Result<(), Halt> {
        let id = held.item.receipt.id;
        if !self.holds(replay, held).await? {
            let refused = State::Refused { reason: "invalid_proof".into(), block: replay.block };
            tracing::warn!(%id, "no proof of it holds any more");
            return self.write(Changes { states: vec![(id, refused)], ..Changes::default() }).await;
        }
        self.metrics.failed("refused");
        tracing::warn!(%id, "the contract refuses it although it holds: it is tried again");
        self.lay_by(id);
        Ok(())
    }

    /// Lets something rest, longer each time.
    pub(super) fn lay_by(&self, id: psephos_chain::B256) {
        let mut seen = self.seen();
        let (times, until) = seen.resting.entry(id).or_default();
        *until = now() + (REST << (*times).min(10)).min(LONGEST_REST);
        *times += 1;
    }

    async fn holds(&self, replay: &ChainState, held: &Held) -> Result<bool, Halt> {
        let Some(json) = held.item.json.clone() else { return Ok(false) };
        let (circuits, replay, kind) = (self.circuits.clone(), replay.clone(), held.item.receipt.kind);
        let payee = Payee { account: Some(self.address()), least_fee: U256::ZERO };
        let checked = tokio::task::spawn_blocking(move || -> Result<bool, Halt> {
            match kind {
                Kind::Claim => {
                    Ok(relay::claim(&replay, &circuits, json.as_bytes(), payee, &mut Roots::default())?.is_ok())
                }
                Kind::Ballot => {
                    let submissions = [Submission { name: String::new(), json: json.into_bytes() }];
                    let packages = submissions.iter().map(relay::pending).collect();
                    let mut report = RelayReport { packages, transactions: Vec::new() };
                    Ok(!relay::all(&replay, &circuits, &submissions, &mut report)?.is_empty())
                }
            }
        });
        checked.await.map_err(|_| Halt::Worker)?
    }

    pub(super) fn unfunded(&self, needed: U256) {
        tracing::warn!(%needed, "the relayer's account cannot pay");
        self.metrics.failed("unfunded");
        self.seen().trouble = Some(Trouble::Unfunded { needed });
    }
}

/// The chambers that have something to send.
fn groups(waiting: &[&Held]) -> Vec<(PollId, ChamberId)> {
    let ballots = waiting.iter().filter(|held| held.item.receipt.kind == Kind::Ballot);
    in_turn(ballots.map(|held| ((held.item.receipt.poll, held.item.receipt.chamber), held.item.arrived)))
}

/// Each group once, that of the longest wait first: many ballots of one poll do not hold up another's that came before them.
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

fn nullifier(held: &Held) -> Option<psephos_protocol::Fr> {
    match &*held.work {
        Work::Ballot { contents, .. } => Some(contents.record.posted.nullifier),
        Work::Claim { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{ChamberId, PollId, in_turn};

    #[test]
    fn the_longest_wait_is_over_first() {
        let group = |poll, chamber| (PollId::new(poll), ChamberId::new(chamber));
        let flood = (0..50).map(|index| (group(1, 0), 100 + index));
        let others = [(group(9, 2), 99), (group(5, 1), 120), (group(9, 2), 300)];
        assert_eq!(in_turn(flood.chain(others)), [group(9, 2), group(1, 0), group(5, 1)]);
    }
}
