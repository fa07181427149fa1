//! The reward of the first poll: a policy and its pool, a later poll that ratifies an option, sealing of notes, and
//! claims to fresh addresses that nothing links to a voter.

use std::time::Instant;

use psephos_chain::{Address, ChainError, U256, local};
use psephos_protocol::reward::PolicyTerms;
use psephos_state::{ChainState, ChamberPolicy, StateError};
use rand::{RngCore, rngs::OsRng};
use rayon::prelude::*;

use super::{
    Clock, GasEntry, Outcome, RewardReport, plan,
    setup::{self, Actors, ElectionSetup, OpenPoll},
};
use crate::{DemoError, electorate::Electorate};
use psephos_client::{
    KeyRing,
    keys::{load_claim_keys, load_sealing_keys},
    operator,
    progress::{Observer, Phase},
    relayer::Submission,
    reward::{self, ClaimOutcome, NewReward, Payout},
};

const DAY: u64 = 86_400;
/// A millionth of an ether, in wei.
const UNIT: u64 = 1_000_000_000_000;
/// Base amount of every ballot, in units.
const BASE: u64 = 1_000;
/// Bonus of ballots for the ratified option, in units.
const BONUS: u64 = 500;
/// A relayer's fee per claim, in units.
const FEE: u64 = 100;

/// Creates the reward of a poll, with equal terms in all chambers, and funds the pool for its worst case: every
/// member claims with the bonus.
pub(super) async fn create_reward(
    actors: &Actors,
    election: &ElectionSetup,
    electorate: &Electorate,
    poll: &OpenPoll,
) -> Result<(), DemoError> {
    let terms = PolicyTerms { base: BASE, bonus: BONUS, ..PolicyTerms::default() };
    let new = NewReward {
        poll: poll.id,
        token: None,
        unit: UNIT.into(),
        ratification_deadline: Some(poll.tally_deadline + 30 * DAY),
        claim_deadline: poll.tally_deadline + 60 * DAY,
        chambers: poll.plan.chambers.iter().map(|rule| ChamberPolicy { chamber: rule.chamber, terms }).collect(),
    };
    reward::create_reward(&actors.dao, &election.deployment, &new).await?;
    let most = U256::from(electorate.voters.len()) * U256::from(BASE + BONUS) * U256::from(UNIT);
    local::fund_account(
        actors.chain.connection(),
        actors.dao.sender().ok_or(ChainError::NoSender)?,
        most * U256::from(2),
    )
    .await?;
    reward::fund_reward(&actors.dao, &election.deployment, None, poll.id, most).await?;
    Ok(())
}

/// Opens the poll that ratifies an option of the first poll: the one that was decided there.
pub(super) async fn open_ratification_poll(
    actors: &Actors,
    election: &ElectionSetup,
    electorate: &Electorate,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<OpenPoll>, DemoError> {
    let Some(first) = polls.first() else { return Ok(Vec::new()) };
    observer.begin(Phase::Open, 1);
    let state = psephos_chain::read_state(actors.chain.connection(), &election.deployment).await?;
    let decided = match Outcome::new(state.poll(first.id)?.ended) {
        Outcome::Decided(option) => option,
        _ => 0,
    };
    local::advance_time(actors.chain.connection(), first.tally_deadline + DAY).await?;
    let plan = plan::plan_ratification(electorate, &first.plan, decided);
    let poll = setup::create_poll(actors, election, electorate, plan, Some(first.id)).await?;
    operator::open_poll(&actors.dao, &election.deployment, poll.id).await?;
    observer.advance(Phase::Open, 1);
    observer.end(Phase::Open);
    clock.record_lap(Phase::Open);
    Ok(vec![poll])
}

/// Ratifies, seals the notes, pays all claims, and returns the rest of the pool to the DAO.
pub(super) async fn pay_claims(
    actors: &Actors,
    election: &ElectionSetup,
    circuits: &KeyRing,
    electorate: &Electorate,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<RewardReport, DemoError> {
    let (Some(first), Some(later)) = (polls.first(), polls.last()) else {
        return Err(StateError::Inconsistent("an election without a poll".into()).into());
    };
    let (connection, deployment) = (actors.chain.connection(), &election.deployment);
    let mut gas = Vec::new();
    clock.measure(Phase::Keys, || {
        load_sealing_keys(circuits, observer)?;
        load_claim_keys(circuits, first.plan.size, observer)
    })?;
    let sent = reward::ratify_option(&actors.relayer, deployment, first.id, later.id.get()).await?;
    GasEntry::record(&mut gas, "ratify", sent.hash, sent.gas, 1);
    let state = psephos_chain::read_state(connection, deployment).await?;
    for batch in reward::seal_notes(&actors.relayer, &state, circuits, first.id, observer).await? {
        GasEntry::record(&mut gas, "sealNotes", batch.sent.hash, batch.sent.gas, batch.notes);
    }
    let sent = reward::open_claims(&actors.relayer, deployment, first.id).await?;
    GasEntry::record(&mut gas, "openClaims", sent.hash, sent.gas, 1);
    clock.record_lap(Phase::Seal);

    let state = psephos_chain::read_state(connection, deployment).await?;
    let start = Instant::now();
    let claims = prove_claims(&state, actors, election, circuits, electorate, first, observer)?;
    let seconds_per_proof = start.elapsed().as_secs_f64() / claims.len().max(1) as f64;
    let submissions: Vec<Submission> = claims.iter().map(|(_, submission)| submission.clone()).collect();
    let least = U256::from(FEE) * U256::from(UNIT);
    for relayed in reward::relay_claims(&actors.relayer, &state, circuits, &submissions, least, observer).await? {
        match relayed.outcome {
            ClaimOutcome::Paid { transaction, gas: used } => GasEntry::record(&mut gas, "claim", transaction, used, 1),
            other => return Err(DemoError::ClaimRefused(format!("{other:?}"))),
        }
    }
    clock.record_lap(Phase::Claim);

    let mut received = true;
    for (payout, _) in &claims {
        let balance = connection.read_balance(payout.recipient).await?;
        received &= [BASE, BASE + BONUS].iter().any(|due| balance == U256::from(due - FEE) * U256::from(UNIT));
    }
    local::advance_time(connection, first.tally_deadline + 61 * DAY).await?;
    let dao = actors.dao.sender().ok_or(ChainError::NoSender)?;
    let sent = reward::sweep_pool(&actors.dao, deployment, first.id, dao).await?;
    GasEntry::record(&mut gas, "sweep", sent.hash, sent.gas, 1);
    let state = psephos_chain::read_state(connection, deployment).await?;
    build_report(&state, electorate, first, later, received, seconds_per_proof, gas)
}

/// Proves a claim of every voter, each to a fresh address, on all cores.
fn prove_claims(
    state: &ChainState,
    actors: &Actors,
    election: &ElectionSetup,
    circuits: &KeyRing,
    electorate: &Electorate,
    poll: &OpenPoll,
    observer: &dyn Observer,
) -> Result<Vec<(Payout, Submission)>, DemoError> {
    let relayer = actors.relayer.sender();
    observer.begin(Phase::Claim, poll.plan.votes.len() as u64);
    let claim = |vote: &plan::PlannedVote| -> Result<(Payout, Submission), DemoError> {
        let mut fresh = [0; 20];
        OsRng.fill_bytes(&mut fresh);
        let payout = Payout { recipient: Address::from(fresh), relayer, fee: U256::from(FEE) * U256::from(UNIT) };
        let chamber = election.chambers[electorate.voters[vote.voter].chamber];
        let voter = election.voter(electorate, vote.voter);
        let claiming = reward::prepare_claim(state, voter, poll.id, chamber, payout, &|_, _| ())?;
        let package = reward::prove_claim(state, circuits, claiming)?;
        observer.advance(Phase::Claim, 1);
        let json = package.to_json().into_bytes();
        Ok((payout, Submission { name: format!("claim {}", &package.proof[2..18]), json }))
    };
    let mut claims = poll.plan.votes.par_iter().map(claim).collect::<Result<Vec<_>, _>>()?;
    observer.end(Phase::Claim);
    // Sorted by random addresses: the order reveals nothing about voters.
    claims.sort_by_key(|(payout, _)| payout.recipient);
    Ok(claims)
}

fn build_report(
    state: &ChainState,
    electorate: &Electorate,
    first: &OpenPoll,
    later: &OpenPoll,
    received: bool,
    seconds_per_proof: f64,
    gas: Vec<GasEntry>,
) -> Result<RewardReport, DemoError> {
    let reward = state.reward(first.id)?;
    let ratified = reward.ratified.and_then(|ratified| ratified.option).map(usize::from);
    let is_tallied = |chamber: usize| {
        let number = first.plan.chambers.get(chamber).map(|rule| rule.chamber).unwrap_or_default();
        state.polls.get(&first.id).and_then(|poll| poll.chambers.get(&number)).is_some_and(|one| one.tally.is_some())
    };
    // The amount due, from the plaintext votes.
    let due = |vote: &plan::PlannedVote| {
        let earns = psephos_protocol::reward::chosen_option(&vote.final_choice) == ratified && ratified.is_some();
        BASE + if earns && is_tallied(electorate.voters[vote.voter].chamber) { BONUS } else { 0 }
    };
    let units = |wei: U256| u64::try_from(wei / U256::from(UNIT)).unwrap_or(u64::MAX);
    let batches: Vec<_> = reward.batches.values().flatten().collect();
    Ok(RewardReport {
        poll: first.id,
        base: BASE,
        bonus: BONUS,
        unit: UNIT,
        ratified_by: later.id.get(),
        ratified,
        sealed: batches.iter().map(|batch| batch.count).sum(),
        batches: batches.len(),
        claims: reward.claims.len(),
        bonuses: reward.claims.iter().filter(|claimed| claimed.claim.amount == U256::from(BASE + BONUS)).count(),
        funded: units(reward.funded),
        paid: units(reward.paid_out()),
        plaintext: first.plan.votes.iter().map(due).sum(),
        withdrawn: units(reward.withdrawn),
        left: units(reward.pool()),
        received,
        seconds_per_proof,
        gas,
    })
}
