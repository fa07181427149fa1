//! Comparing the contracts' views with the events. Views determine the leaves of every census, every ballot that
//! counts, every total and every key.

mod polls;
mod sheets;

use alloy::primitives::{B256, U256};
use futures_util::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};

use super::{
    error::Part,
    view::{Views, ensure_equal, ensure_same},
};
use psephos_state::{
    ChainState, Chamber, Committee, Reward,
    bindings::{ICharters, ICommittee, IPolls, IRewards, ISheets, IStakeholderRegistry},
    compare, words,
};

use crate::{connection::Connection, error::ChainError};

/// The number of concurrent calls.
const AT_ONCE: usize = 8;

/// Returns the first difference as an error.
pub(super) async fn compare_views(connection: &Connection, state: &ChainState, block: B256) -> Result<(), ChainError> {
    let views = Views { connection, block };
    compare_counts(views, state).await?;
    // Boxed one by one: closures that create them would not hold for every lifetime, and this may run on any thread.
    let mut calls: Vec<BoxFuture<'_, Result<(), ChainError>>> = Vec::new();
    for (&id, entry) in &state.chambers {
        calls.push(compare_chamber(views, state, id, entry).boxed());
    }
    for (&id, entry) in &state.committees {
        calls.push(compare_committee(views, state, id, entry).boxed());
    }
    for (&id, entry) in &state.polls {
        calls.push(polls::compare_poll(views, state, id, entry).boxed());
    }
    for (&id, entry) in &state.rewards {
        calls.push(compare_reward(views, state, id, entry).boxed());
    }
    for (&id, entry) in &state.sheets {
        calls.push(sheets::compare_sheet(views, state, id, entry).boxed());
    }
    for (&number, entry) in &state.charters {
        calls.push(sheets::compare_charter(views, state, number, entry).boxed());
    }
    stream::iter(calls).buffer_unordered(AT_ONCE).try_collect::<()>().await
}

async fn compare_counts(views: Views<'_>, state: &ChainState) -> Result<(), ChainError> {
    let deployment = &state.deployment;
    let chambers = views.call(deployment.registry, IStakeholderRegistry::chambersCall {}).await?;
    ensure_equal(Part::Deployment("number of chambers"), chambers, U256::from(state.chambers.len()))?;
    let committees = views.call(deployment.committee, ICommittee::committeesCall {}).await?;
    ensure_equal(Part::Deployment("number of committees"), committees, U256::from(state.committees.len()))?;
    let polls = views.call(deployment.polls, IPolls::pollsCall {}).await?;
    ensure_equal(Part::Deployment("number of polls"), polls, U256::from(state.polls.len()))?;
    let sheets = views.call(deployment.sheets.sheets, ISheets::sheetsCall {}).await?;
    ensure_equal(Part::Deployment("number of sheet polls"), sheets, U256::from(state.sheets.len()))?;
    let versions = views.call(deployment.sheets.charters, ICharters::versionsCall {}).await?;
    ensure_equal(Part::Deployment("number of charter versions"), versions, U256::from(state.charters.len()))
}

async fn compare_chamber(
    views: Views<'_>,
    state: &ChainState,
    id: ChamberId,
    entry: &Chamber,
) -> Result<(), ChainError> {
    let registry = state.deployment.registry;
    let chamber = U256::from(id.get());
    let part = |what| Part::Chamber(id, what);
    let census = views.call(registry, IStakeholderRegistry::currentCensusCall { chamber }).await?;
    ensure_equal(part("number of members"), census.members, U256::from(entry.members.len()))?;
    ensure_equal(part("total weight"), census.totalWeight, U256::from(entry.total_weight().get()))?;
    ensure_equal(part("number of marked members"), census.marks, U256::from(entry.marked.len()))?;
    ensure_equal(part("census root"), census.root, words::from_field(&entry.census.root()))?;
    let name = views.call(registry, IStakeholderRegistry::chamberNameCall { chamber }).await?;
    let policy = views.call(registry, IStakeholderRegistry::policyCall { chamber }).await?;
    ensure_same(part, compare::compare_chamber(entry, &name, policy))
}

async fn compare_committee(
    views: Views<'_>,
    state: &ChainState,
    id: CommitteeId,
    entry: &Committee,
) -> Result<(), ChainError> {
    let contract = state.deployment.committee;
    let part = |what| Part::Committee(id, what);
    let seen = views.call(contract, ICommittee::committeeCall { id: U256::from(id.get()) }).await?;
    ensure_same(part, compare::compare_committee(state, id, entry, &seen))?;
    for registration in &entry.registrations {
        let call =
            ICommittee::transportKeyCall { committee: U256::from(id.get()), index: U256::from(registration.index) };
        let [x, y] = views.call(contract, call).await?;
        let key = registration.key.point();
        let index = (words::from_field(&key.x()), words::from_field(&key.y()));
        ensure_equal(part("transport keys"), format!("{:?}", (x, y)), format!("{index:?}"))?;
    }
    Ok(())
}

async fn compare_reward(views: Views<'_>, state: &ChainState, poll: PollId, entry: &Reward) -> Result<(), ChainError> {
    let contract = state.deployment.rewards;
    let part = |what| Part::Reward(poll, what);
    let seen = views.call(contract, IRewards::rewardCall { poll: U256::from(poll.get()) }).await?;
    ensure_same(part, compare::compare_reward(entry, &seen))?;
    for &id in entry.batches.keys() {
        let call = IRewards::chamberCall { poll: U256::from(poll.get()), chamberId: U256::from(id.get()) };
        let chamber = views.call(contract, call).await?;
        ensure_same(part, compare::compare_reward_chamber(entry, id, &chamber))?;
    }
    Ok(())
}
