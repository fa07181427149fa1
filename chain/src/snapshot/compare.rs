//! The contracts' views against what the events say. Views fix the leaves of every census, every ballot that counts, every total and every key.

mod polls;

use std::fmt::Display;

use alloy::primitives::{B256, U256};
use futures_util::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};

use super::{Difference, Part, SnapshotError, view};
use psephos_state::{
    Chamber, Committee, Replay, Reward,
    bindings::{ICommittee, IPolls, IRewards, IStakeholderRegistry},
    words,
};

use crate::connection::Connection;

/// How many calls are under way at once.
const AT_ONCE: usize = 8;

/// A node at one block.
#[derive(Clone, Copy)]
struct Chain<'a> {
    connection: &'a Connection,
    at: B256,
}

/// Finds the first difference.
pub(super) async fn compare(connection: &Connection, replay: &Replay, at: B256) -> Result<(), SnapshotError> {
    let chain = Chain { connection, at };
    counts(chain, replay).await?;
    // Boxed, one by one: closures that make them would not be good for every lifetime, and this may run on any thread.
    let mut calls: Vec<BoxFuture<'_, Result<(), SnapshotError>>> = Vec::new();
    for (&id, entry) in &replay.chambers {
        calls.push(chamber(chain, replay, id, entry).boxed());
    }
    for (&id, entry) in &replay.committees {
        calls.push(committee(chain, replay, id, entry).boxed());
    }
    for (&id, entry) in &replay.polls {
        calls.push(polls::poll(chain, replay, id, entry).boxed());
    }
    for (&id, entry) in &replay.rewards {
        calls.push(reward(chain, replay, id, entry).boxed());
    }
    stream::iter(calls).buffer_unordered(AT_ONCE).try_collect::<()>().await
}

/// Fails unless both are the same.
fn same<T: PartialEq + Display>(part: Part, chain: T, index: T) -> Result<(), SnapshotError> {
    if chain == index {
        return Ok(());
    }
    Err(Difference { part, chain: chain.to_string(), index: index.to_string() }.into())
}

async fn counts(chain: Chain<'_>, replay: &Replay) -> Result<(), SnapshotError> {
    let Chain { connection, at } = chain;
    let deployment = &replay.deployment;
    let chambers = view(connection, at, deployment.registry, IStakeholderRegistry::chambersCall {}).await?;
    same(Part::Deployment("number of chambers"), chambers, U256::from(replay.chambers.len()))?;
    let committees = view(connection, at, deployment.committee, ICommittee::committeesCall {}).await?;
    same(Part::Deployment("number of committees"), committees, U256::from(replay.committees.len()))?;
    let polls = view(connection, at, deployment.polls, IPolls::pollsCall {}).await?;
    same(Part::Deployment("number of polls"), polls, U256::from(replay.polls.len()))
}

async fn chamber(chain: Chain<'_>, replay: &Replay, id: u64, entry: &Chamber) -> Result<(), SnapshotError> {
    let Chain { connection, at } = chain;
    let registry = replay.deployment.registry;
    let chamber = U256::from(id);
    let part = |what| Part::Chamber(id, what);
    let census = view(connection, at, registry, IStakeholderRegistry::censusCall { chamber }).await?;
    same(part("number of members"), census.members, U256::from(entry.members.len()))?;
    same(part("total weight"), census.totalWeight, U256::from(entry.total_weight()))?;
    same(part("census root"), census.root, words::from_field(&entry.census.root()))?;
    let name = view(connection, at, registry, IStakeholderRegistry::chamberNameCall { chamber }).await?;
    same(part("name"), &name, &entry.name)?;
    let policy = view(connection, at, registry, IStakeholderRegistry::policyCall { chamber }).await?;
    same(part("policy"), policy, entry.policy)
}

async fn committee(chain: Chain<'_>, replay: &Replay, id: u64, entry: &Committee) -> Result<(), SnapshotError> {
    let contract = replay.deployment.committee;
    let part = |what| Part::Committee(id, what);
    let seen = view(chain.connection, chain.at, contract, ICommittee::committeeCall { id: U256::from(id) }).await?;
    let list = |trustees: &[_]| format!("{trustees:?}");
    same(part("trustees"), list(&seen.trustees), list(&entry.trustees))?;
    same(part("threshold"), seen.threshold, U256::from(entry.threshold))?;
    same(part("registration deadline"), seen.registrationDeadline, entry.registration_deadline)?;
    same(part("dealing deadline"), seen.dealingDeadline, entry.dealing_deadline)?;
    let bits = |indices: &mut dyn Iterator<Item = u64>| {
        indices.fold(U256::ZERO, |bits, index| bits | U256::from(1).checked_shl(index as usize).unwrap_or_default())
    };
    let registered = bits(&mut entry.registered.iter().map(|registration| registration.index));
    same(part("registrations"), seen.registered, registered)?;
    same(part("dealings"), seen.dealt, bits(&mut entry.dealings.iter().map(|dealing| dealing.index)))?;
    for registration in &entry.registered {
        let call = ICommittee::transportKeyCall { committee: U256::from(id), index: U256::from(registration.index) };
        let [x, y] = view(chain.connection, chain.at, contract, call).await?;
        let key = registration.key.point();
        let index = (words::from_field(&key.x()), words::from_field(&key.y()));
        same(part("transport keys"), format!("{:?}", (x, y)), format!("{index:?}"))?;
    }
    let hash = |size| entry.keys.as_ref().map_or(U256::ZERO, |keys| words::from_field(&keys.hash(size)));
    same(part("keys of size 3"), seen.hash3, hash(3))?;
    same(part("keys of size 8"), seen.hash8, hash(8))?;
    same(part("retirement"), seen.status == ICommittee::Status::Retired, entry.retired)
}

async fn reward(chain: Chain<'_>, replay: &Replay, poll: u64, entry: &Reward) -> Result<(), SnapshotError> {
    let Chain { connection, at } = chain;
    let contract = replay.deployment.rewards;
    let part = |what| Part::Reward(poll, what);
    let seen = view(connection, at, contract, IRewards::rewardCall { poll: U256::from(poll) }).await?;
    let parameters = &entry.parameters;
    same(part("token"), seen.token, parameters.token)?;
    same(part("unit"), seen.unit, parameters.unit)?;
    same(part("ratification deadline"), seen.ratificationDeadline, parameters.ratificationDeadline)?;
    same(part("claim deadline"), seen.claimDeadline, parameters.claimDeadline)?;
    same(part("pool"), seen.pool, entry.pool())?;
    let option = entry.ratified.and_then(|ratified| ratified.option);
    same(part("ratification"), seen.ratified, entry.ratified.is_some())?;
    let named = seen.hasOption.then_some(seen.option);
    same(part("ratified option"), format!("{named:?}"), format!("{option:?}"))?;
    for (&id, lists) in &entry.lists {
        let call = IRewards::chamberCall { poll: U256::from(poll), chamberId: U256::from(id) };
        let chamber = view(connection, at, contract, call).await?;
        same(part("number of sealed lists"), chamber.lists, U256::from(lists.len()))?;
        same(part("number of sealed notes"), u64::from(chamber.sealedBallots), entry.sealed(id) as u64)?;
        let policy = parameters.chambers.iter().find(|policy| policy.chamber == id);
        same(part("policy"), format!("{:?}", Some(&chamber.policy)), format!("{policy:?}"))?;
    }
    Ok(())
}
