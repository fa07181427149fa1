//! What the calldata of a poll's transactions says: the proofs of ballots, which no event carries, and whether shares,
//! refusals, tallies and claims are what someone sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolInterface};
use psephos_protocol::identifiers::{ChamberId, PollId};

use crate::{
    bindings::{IFeePot::createCall, IPolls::IPollsCalls, IRewards::claimCall},
    chain_state::ChainState,
    error::StateError,
    fees::FeePot,
    poll::{Ballot, BallotBatch, Poll, PollChamber, PostedWords, ProofData, RefusedShare, Tally, TallyResult},
    proofs::BallotCall,
    reward::{Claim, PaidClaim},
    transaction::{CallEvidence, TransactionCall},
};

impl ChainState {
    /// Returns the transactions of a poll whose calldata is to be loaded: those of its ballots, as far as no event
    /// carries their proofs, and of its shares, refusals, tallies and claims.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn transactions_to_load(&self, poll: PollId) -> Result<BTreeSet<B256>, StateError> {
        let mut transactions = BTreeSet::new();
        for chamber in self.poll(poll)?.chambers.values() {
            let unread = chamber.ballots.iter().filter(|ballot| ballot.proof == ProofData::NotLoaded);
            transactions.extend(unread.map(|ballot| ballot.transaction));
            let shares = chamber.shares.iter().filter(|share| share.call.is_missing());
            transactions.extend(shares.map(|share| share.transaction));
            let refusals = chamber.refusals.iter().filter(|refusal| refusal.call.is_missing());
            transactions.extend(refusals.map(|refusal| refusal.position.transaction));
            transactions
                .extend(chamber.tally.iter().filter(|tally| tally.call.is_missing()).map(|tally| tally.transaction));
        }
        let claims = self.rewards.get(&poll).into_iter().flat_map(|reward| &reward.claims);
        transactions.extend(claims.filter(|claim| claim.call.is_missing()).map(|claim| claim.transaction));
        Ok(transactions)
    }

    /// Loads what the calls of a poll's transactions say. If the call of a transaction is absent, its own events stay
    /// without what it has, and no others.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn load_calls(&mut self, poll: PollId, calls: &BTreeMap<B256, TransactionCall>) -> Result<(), StateError> {
        let (polls, rewards) = (self.deployment.polls, self.deployment.rewards);
        let Some(entry) = self.polls.get_mut(&poll).map(Arc::make_mut) else { return self.poll(poll).map(drop) };
        let size = entry.circuit_size();
        for (&id, chamber) in &mut entry.chambers {
            load_ballots(chamber, (poll, id), polls, calls, size);
            for share in chamber.shares.iter_mut().filter(|share| share.call.is_missing()) {
                let contains = |call: &TransactionCall| {
                    find_shares(call, (poll, id), share.index).contains(&PostedWords::from_share(share))
                };
                share.call = CallEvidence::judge(calls.get(&share.transaction), polls, contains);
            }
            for refusal in chamber.refusals.iter_mut().filter(|refusal| refusal.call.is_missing()) {
                load_refusal(refusal, (poll, id), polls, calls);
            }
            if let Some(tally) = chamber.tally.as_mut().filter(|tally| tally.call.is_missing()) {
                tally.call =
                    CallEvidence::judge(calls.get(&tally.transaction), polls, |call| is_tally(call, (poll, id), tally));
            }
        }
        contradict_other_shares(entry, poll, polls, calls);
        let Some(reward) = self.rewards.get_mut(&poll).map(Arc::make_mut) else { return Ok(()) };
        for claim in reward.claims.iter_mut().filter(|claim| claim.call.is_missing()) {
            claim.call =
                CallEvidence::judge(calls.get(&claim.transaction), rewards, |call| is_claim(call, poll, claim));
        }
        Ok(())
    }
}

/// Loads the proofs of a chamber's ballots, and the order in which each call brought its ballots.
fn load_ballots(
    chamber: &mut PollChamber,
    (poll, id): (PollId, ChamberId),
    contract: Address,
    calls: &BTreeMap<B256, TransactionCall>,
    size: usize,
) {
    let mut decoded: BTreeMap<B256, Option<BallotCall>> = BTreeMap::new();
    for ballot in chamber.ballots.iter_mut().filter(|ballot| ballot.proof == ProofData::NotLoaded) {
        let call = decoded.entry(ballot.transaction).or_insert_with(|| {
            let call = calls.get(&ballot.transaction).filter(|call| call.to == Some(contract))?;
            let call = BallotCall::decode(&call.data);
            call.filter(|call| call.is_about(U256::from(poll.get()), U256::from(id.get())))
        });
        load_proof(ballot, call.as_ref(), size);
    }
    for (transaction, call) in decoded {
        let nullifiers = call.map_or_else(Vec::new, |call| call.ballots(size).nullifiers());
        chamber.batches.push(BallotBatch { transaction, nullifiers });
    }
}

/// Loads the proof of a ballot from the call that its transaction makes.
pub(crate) fn load_proof(ballot: &mut Ballot, call: Option<&BallotCall>, size: usize) {
    if let Some(call) = call {
        call.ballots(size).collect_proofs(ballot);
    }
    if ballot.proof == ProofData::NotLoaded {
        ballot.proof = ProofData::Missing("neither its transaction nor an event contains it".into());
    }
}

/// Each share of a call leads to one event, accepted or refused: events of a call that posts more shares or fewer are
/// not all, or not its own.
fn contradict_other_shares(entry: &mut Poll, poll: PollId, contract: Address, calls: &BTreeMap<B256, TransactionCall>) {
    let mut events: BTreeMap<B256, Vec<&mut CallEvidence>> = BTreeMap::new();
    for chamber in entry.chambers.values_mut() {
        let shares = chamber.shares.iter_mut().map(|share| (share.transaction, &mut share.call));
        let refusals = chamber.refusals.iter_mut().map(|refusal| (refusal.position.transaction, &mut refusal.call));
        shares.chain(refusals).for_each(|(transaction, call)| events.entry(transaction).or_default().push(call));
    }
    for (transaction, events) in events {
        let Some(call) = calls.get(&transaction).filter(|call| call.to == Some(contract)) else { continue };
        let (about, posted) = match IPollsCalls::abi_decode(&call.data) {
            Ok(IPollsCalls::postShares(call)) => (call.poll, call.shares.len()),
            Ok(IPollsCalls::postBlindedShares(call)) => (call.poll, call.shares.len()),
            _ => continue,
        };
        if about != U256::from(poll.get()) || posted == events.len() {
            continue;
        }
        let reason = format!("its transaction posts {posted} shares, which {} events are about", events.len());
        events.into_iter().for_each(|event| *event = CallEvidence::Contradicted(reason.clone()));
    }
}

/// A refusal blames its trustee: the trustee itself must have sent the share.
fn load_refusal(
    refusal: &mut RefusedShare,
    place: (PollId, ChamberId),
    contract: Address,
    calls: &BTreeMap<B256, TransactionCall>,
) {
    let call = calls.get(&refusal.position.transaction);
    let shares = call.map(|call| find_shares(call, place, refusal.index)).unwrap_or_default();
    let contains = |call: &TransactionCall| call.from == refusal.trustee && !shares.is_empty();
    refusal.call = CallEvidence::judge(call, contract, contains);
    if refusal.call == CallEvidence::Confirmed {
        refusal.shares = shares;
    }
}

/// Returns the shares that a call posts for a chamber as the trustee of this index.
fn find_shares(call: &TransactionCall, (poll, chamber): (PollId, ChamberId), index: u64) -> Vec<PostedWords> {
    match IPollsCalls::abi_decode(&call.data) {
        Ok(IPollsCalls::postShares(call)) if call.poll == U256::from(poll.get()) && call.index == U256::from(index) => {
            let ours = call.shares.into_iter().filter(|share| share.chamber == U256::from(chamber.get()));
            ours.map(PostedWords::from).collect()
        }
        Ok(IPollsCalls::postBlindedShares(call))
            if call.poll == U256::from(poll.get()) && call.index == U256::from(index) =>
        {
            let ours = call.shares.into_iter().filter(|share| share.chamber == U256::from(chamber.get()));
            ours.map(|share| PostedWords::from_blinded(call.teller, share)).collect()
        }
        _ => Vec::new(),
    }
}

impl FeePot {
    /// Returns whether the call that created the pot says what its event says: no view answers who is listed.
    pub fn judge_creation(&self, contract: Address, poll: PollId, call: Option<&TransactionCall>) -> CallEvidence {
        CallEvidence::judge(call, contract, |call| {
            createCall::abi_decode(&call.data).is_ok_and(|call| {
                (call.poll, U256::from(call.fee)) == (U256::from(poll.get()), self.fee)
                    && call.relayers == self.relayers
            })
        })
    }
}

fn is_tally(call: &TransactionCall, (poll, chamber): (PollId, ChamberId), tally: &Tally) -> bool {
    let (about, trustees, agrees) = match (IPollsCalls::abi_decode(&call.data), &tally.result) {
        (Ok(IPollsCalls::tally(call)), TallyResult::Exact(totals)) => {
            ((call.poll, call.chamber), call.combination.trustees, call.totals == *totals)
        }
        (Ok(IPollsCalls::tallyRounded(call)), TallyResult::Rounded(rounded)) => {
            let said = call.rounded;
            let agrees = u64::from(said.teller) == rounded.teller
                && said.buckets == rounded.buckets
                && said.greatest == rounded.greatest
                && said.hasChoice.then_some(said.choice) == tally.choice
                && said.proof == rounded.proof;
            ((call.poll, call.chamber), call.combination.trustees, agrees)
        }
        _ => return false,
    };
    agrees && about == (U256::from(poll.get()), U256::from(chamber.get())) && trustees == U256::from(tally.trustees)
}

fn is_claim(call: &TransactionCall, poll: PollId, paid: &PaidClaim) -> bool {
    let Ok(call) = claimCall::abi_decode(&call.data) else { return false };
    (call.poll, call.chamber) == (U256::from(poll.get()), U256::from(paid.chamber.get()))
        && Claim::try_from(call.claim_).is_ok_and(|claim| claim == paid.claim)
}
