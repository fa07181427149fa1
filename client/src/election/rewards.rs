//! The circle of rewards: what the first poll's ballots are paid, a later poll that names the option that proved beneficial, sealing, and claims from addresses
//! that nothing links to anybody.

use std::time::Instant;

use psephos_chain::{Address, ChainError, U256, local};
use psephos_protocol::reward::Terms;
use psephos_state::ChainState;
use rand::{RngCore, rngs::OsRng};
use rayon::prelude::*;

use super::{
    Clock, GasEntry, Outcome, RewardReport, plan,
    setup::{self, House, OpenPoll, Stage},
};
use crate::{
    electorate::Electorate,
    error::ClientError,
    keys::Circuits,
    operator,
    progress::{Observer, Phase},
    relayer::Submission,
    reward::{self, ClaimOutcome, NewPolicy, NewReward, Payout},
};

const DAY: u64 = 86_400;
/// A millionth of an ether, in wei.
const UNIT: u64 = 1_000_000_000_000;
/// Of every ballot, in units.
const BASE: u64 = 1_000;
/// Besides, of those that chose what proved beneficial.
const BONUS: u64 = 500;
/// What a relayer gets of a claim.
const FEE: u64 = 100;

/// Sets what a poll's ballots are paid, the same to all, and fills the pool for as many as there are members.
pub(super) async fn set(
    stage: &Stage,
    house: &House,
    electorate: &Electorate,
    poll: &OpenPoll,
) -> Result<(), ClientError> {
    let terms = Terms { base: BASE, bonus: BONUS, ..Terms::default() };
    let new = NewReward {
        poll: poll.id,
        token: None,
        unit: UNIT.into(),
        ratification_deadline: Some(poll.tally_deadline + 30 * DAY),
        claim_deadline: poll.tally_deadline + 60 * DAY,
        chambers: poll.plan.chambers.iter().map(|rule| NewPolicy { chamber: rule.chamber, terms }).collect(),
    };
    reward::create(&stage.dao, &house.deployment, &new).await?;
    let most = U256::from(electorate.voters.len()) * U256::from(BASE + BONUS) * U256::from(UNIT);
    local::fund_account(
        stage.chain.connection(),
        stage.dao.sender().ok_or(ChainError::NoSender)?,
        most * U256::from(2),
    )
    .await?;
    reward::fund(&stage.dao, &house.deployment, None, poll.id, most).await?;
    Ok(())
}

/// Opens the poll that ratifies an option of the first one: what that one decided has proved beneficial.
pub(super) async fn retrospective(
    stage: &Stage,
    house: &House,
    electorate: &Electorate,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<OpenPoll>, ClientError> {
    let Some(first) = polls.first() else { return Ok(Vec::new()) };
    observer.begin(Phase::Open, 1);
    let replay = psephos_chain::read_state(stage.chain.connection(), &house.deployment).await?;
    let decided = match super::results::outcome(replay.poll(first.id)?.ended) {
        Outcome::Decided(option) => option,
        _ => 0,
    };
    local::advance_time(stage.chain.connection(), first.tally_deadline + DAY).await?;
    let plan = plan::retrospective(electorate, &first.plan.options, decided);
    let poll = setup::create(stage, house, electorate, plan, Some(first.id)).await?;
    operator::open_poll(&stage.dao, &house.deployment, poll.id).await?;
    observer.advance(Phase::Open, 1);
    observer.end(Phase::Open);
    clock.lap(Phase::Open);
    Ok(vec![poll])
}

/// Ratification, sealing, claims, and what is left goes back to the DAO.
pub(super) async fn pay(
    stage: &Stage,
    house: &House,
    circuits: &Circuits,
    electorate: &Electorate,
    polls: &[OpenPoll],
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<RewardReport, ClientError> {
    let (Some(first), Some(later)) = (polls.first(), polls.last()) else {
        return Err(ClientError::Inconsistent("an election without a poll".into()));
    };
    let (connection, deployment) = (stage.chain.connection(), &house.deployment);
    let mut gas = Vec::new();
    clock.time(Phase::Keys, || {
        circuits.prepare_sealing(observer)?;
        circuits.prepare_claims(first.plan.size, observer)
    })?;
    let sent = reward::ratify(&stage.relayer, deployment, first.id, later.id.get()).await?;
    GasEntry::record(&mut gas, "ratify", sent.hash, sent.gas, 1);
    let replay = psephos_chain::read_state(connection, deployment).await?;
    for list in reward::seal(&stage.relayer, &replay, circuits, first.id, observer).await? {
        GasEntry::record(&mut gas, "sealNotes", list.sent.hash, list.sent.gas, list.notes);
    }
    let sent = reward::open_claims(&stage.relayer, deployment, first.id).await?;
    GasEntry::record(&mut gas, "openClaims", sent.hash, sent.gas, 1);
    clock.lap(Phase::Seal);

    let replay = psephos_chain::read_state(connection, deployment).await?;
    let start = Instant::now();
    let claims = claims(&replay, stage, house, circuits, electorate, first, observer)?;
    let seconds_per_proof = start.elapsed().as_secs_f64() / claims.len().max(1) as f64;
    let submissions: Vec<Submission> = claims.iter().map(|(_, submission)| submission.clone()).collect();
    let least = U256::from(FEE) * U256::from(UNIT);
    for relayed in reward::relay(&stage.relayer, &replay, circuits, &submissions, least, observer).await? {
        match relayed.outcome {
            ClaimOutcome::Paid { transaction, gas: used } => GasEntry::record(&mut gas, "claim", transaction, used, 1),
            other => return Err(ClientError::Inconsistent(format!("a claim was not paid: {other:?}"))),
        }
    }
    clock.lap(Phase::Claim);

    let mut received = true;
    for (payout, _) in &claims {
        let balance = connection.read_balance(payout.recipient).await?;
        received &= [BASE, BASE + BONUS].iter().any(|due| balance == U256::from(due - FEE) * U256::from(UNIT));
    }
    local::advance_time(connection, first.tally_deadline + 61 * DAY).await?;
    let dao = stage.dao.sender().ok_or(ChainError::NoSender)?;
    let sent = reward::sweep(&stage.dao, deployment, first.id, dao).await?;
    GasEntry::record(&mut gas, "sweep", sent.hash, sent.gas, 1);
    let replay = psephos_chain::read_state(connection, deployment).await?;
    report(&replay, electorate, first, later, received, seconds_per_proof, gas)
}

/// A claim of every voter, to an address of its own, on all cores.
fn claims(
    replay: &ChainState,
    stage: &Stage,
    house: &House,
    circuits: &Circuits,
    electorate: &Electorate,
    poll: &OpenPoll,
    observer: &dyn Observer,
) -> Result<Vec<(Payout, Submission)>, ClientError> {
    let relayer = stage.relayer.sender();
    observer.begin(Phase::Claim, poll.plan.votes.len() as u64);
    let claim = |vote: &plan::PlannedVote| -> Result<(Payout, Submission), ClientError> {
        let mut fresh = [0; 20];
        OsRng.fill_bytes(&mut fresh);
        let payout = Payout { recipient: Address::from(fresh), relayer, fee: U256::from(FEE) * U256::from(UNIT) };
        let chamber = house.chambers[electorate.voters[vote.voter].chamber];
        let identity = &house.identities[vote.voter];
        let claiming = reward::prepare(replay, identity, poll.id, chamber, payout, &|_, _| ())?;
        let package = reward::prove(replay, circuits, claiming)?;
        observer.advance(Phase::Claim, 1);
        let json = package.to_json().into_bytes();
        Ok((payout, Submission { name: format!("claim {}", &package.proof[2..18]), json }))
    };
    let mut claims = poll.plan.votes.par_iter().map(claim).collect::<Result<Vec<_>, _>>()?;
    observer.end(Phase::Claim);
    // In an order that says nothing of the voters.
    claims.sort_by_key(|(payout, _)| payout.recipient);
    Ok(claims)
}

fn report(
    replay: &ChainState,
    electorate: &Electorate,
    first: &OpenPoll,
    later: &OpenPoll,
    received: bool,
    seconds_per_proof: f64,
    gas: Vec<GasEntry>,
) -> Result<RewardReport, ClientError> {
    let reward = replay.reward(first.id)?;
    let ratified = reward.ratified.and_then(|ratified| ratified.option).map(usize::from);
    let counted = |chamber: usize| {
        let number = first.plan.chambers.get(chamber).map(|rule| rule.chamber).unwrap_or_default();
        replay.polls.get(&first.id).and_then(|poll| poll.chambers.get(&number)).is_some_and(|one| one.tally.is_some())
    };
    // What each vote was due, from the votes themselves.
    let due = |vote: &plan::PlannedVote| {
        let earns = psephos_protocol::reward::chosen(&vote.last) == ratified && ratified.is_some();
        BASE + if earns && counted(electorate.voters[vote.voter].chamber) { BONUS } else { 0 }
    };
    let units = |wei: U256| u64::try_from(wei / U256::from(UNIT)).unwrap_or(u64::MAX);
    let lists: Vec<_> = reward.batches.values().flatten().collect();
    Ok(RewardReport {
        poll: first.id,
        base: BASE,
        bonus: BONUS,
        unit: UNIT,
        ratified_by: later.id.get(),
        ratified,
        sealed: lists.iter().map(|list| list.count).sum(),
        lists: lists.len(),
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
