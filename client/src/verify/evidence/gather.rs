//! Gathering the evidence from a node.

use std::collections::BTreeMap;

use psephos_chain::{Address, ChainError, Connection, U256, code::check_code, fees, source::node::read_calls};
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_protocol::{
    constants::capacity_for_trustees,
    identifiers::{ChamberId, PollId},
    statement::{ballot, claim, dealing},
};
use psephos_state::{
    ChainState, Poll,
    bindings::{
        ICommittee::{self, committeeCall},
        IFeePot::{creditOfCall, mayEarnCall, potCall},
        IGroth16Verifier::circuitHashCall,
        IPolls::{ballotSlotsCall, chamberCall, immutableDependenciesCall, pollCall},
        IRewards::{self, chamberCall as rewardChamberCall, rewardCall},
        IStakeholderRegistry::{chamberNameCall, memberCall, policyCall},
    },
    words,
};
use psephos_submission::{
    SubmissionError,
    verifiers::{check_verifiers, verifier_address},
};

use super::{BlockEvidence, PollEvidence, PotEvidence, RewardEvidence, VerifierEvidence};
use crate::verify::{VerifyError, opened_chambers, positions, pot};
use crate::{KeyRing, reward::token_balance};

/// The number of ballot slots requested at once: 2,100 gas each, of the tens of millions that nodes allow a call.
const SLOTS: usize = 1_000;

/// Gathers the evidence about a poll. `state` has the calls of the poll's transactions loaded.
///
/// # Errors
/// Returns [`VerifyError`] only if the chain cannot be read or there is no such poll.
pub async fn gather_evidence(
    connection: &Connection,
    state: ChainState,
    circuits: &KeyRing,
    poll: PollId,
) -> Result<PollEvidence, VerifyError> {
    let entry = state.poll(poll)?;
    let mut blocks = BTreeMap::new();
    for number in positions::blocks_of(&state, poll)? {
        match connection.read_block(number).await {
            Ok((time, transactions)) => drop(blocks.insert(number, BlockEvidence { time, transactions })),
            // The events name a block that the chain does not have: a failed check says so.
            Err(ChainError::State(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let verifiers = gather_verifiers(connection, &state, circuits, poll).await?;
    let other_code = match check_code(connection, &state.deployment).await {
        Ok(()) => None,
        Err(ChainError::Code(error)) => Some(error.to_string()),
        Err(error) => return Err(error.into()),
    };
    let opened = opened_chambers(entry);
    let id = entry.committee();
    let committee = match state.committees.contains_key(&id) {
        true if entry.opened || !opened.is_empty() || entry.ended.is_some() => {
            Some(connection.call(state.deployment.committee, &committeeCall { id: U256::from(id.get()) }).await?)
        }
        _ => None,
    };
    let (mut chambers, mut slots) = (BTreeMap::new(), BTreeMap::new());
    for chamber in opened {
        let call = chamberCall { id: U256::from(poll.get()), chamberId: U256::from(chamber.get()) };
        chambers.insert(chamber, connection.call(state.deployment.polls, &call).await?);
        slots.insert(chamber, gather_slots(connection, &state, poll, chamber).await?);
    }
    let (mut names, mut members) = (BTreeMap::new(), BTreeMap::new());
    for &id in entry.chambers.keys() {
        members.insert(id, gather_members(connection, &state, id).await?);
        let (registry, chamber) = (state.deployment.registry, U256::from(id.get()));
        let name = connection.call(registry, &chamberNameCall { chamber }).await?;
        names.insert(id, (name, connection.call(registry, &policyCall { chamber }).await?));
    }
    let view = connection.call(state.deployment.polls, &pollCall { id: U256::from(poll.get()) }).await?;
    let reward = gather_reward(connection, &state, poll).await?;
    let pot = gather_pot(connection, &state, poll).await?;
    Ok(PollEvidence {
        poll,
        blocks,
        verifiers,
        other_code,
        committee,
        chambers,
        slots,
        names,
        members,
        view,
        reward,
        pot,
        state,
    })
}

async fn gather_members(
    connection: &Connection,
    state: &ChainState,
    id: ChamberId,
) -> Result<BTreeMap<Address, (U256, U256, U256)>, VerifyError> {
    let Some(chamber) = state.chambers.get(&id) else { return Ok(BTreeMap::new()) };
    let accounts: Vec<Address> = chamber.members.keys().copied().collect();
    let calls: Vec<memberCall> =
        accounts.iter().map(|&subject| memberCall { chamber: U256::from(id.get()), subject }).collect();
    let mut members = BTreeMap::new();
    for (account, answer) in accounts.into_iter().zip(connection.call_each(state.deployment.registry, &calls).await) {
        match answer {
            Ok(member) => drop(members.insert(account, (member.id, member.weight, member.index))),
            // The registry does not know it: a failed check says so.
            Err(ChainError::Reverted(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(members)
}

async fn gather_slots(
    connection: &Connection,
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<BTreeMap<U256, U256>, VerifyError> {
    let counted: Vec<U256> = state.find_poll_chamber(poll, chamber)?.latest.keys().map(words::from_field).collect();
    let mut slots = BTreeMap::new();
    for nullifiers in counted.chunks(SLOTS) {
        let (id, chamber_id) = (U256::from(poll.get()), U256::from(chamber.get()));
        let call = ballotSlotsCall { id, chamberId: chamber_id, nullifiers: nullifiers.to_vec() };
        slots.extend(nullifiers.iter().copied().zip(connection.call(state.deployment.polls, &call).await?));
    }
    Ok(slots)
}

async fn gather_verifiers(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
) -> Result<VerifierEvidence, VerifyError> {
    let (deployment, entry) = (&state.deployment, state.poll(poll)?);
    let polls = connection.call(deployment.polls, &immutableDependenciesCall {}).await?;
    let committee = connection.call(deployment.committee, &ICommittee::immutableDependenciesCall {}).await?;
    let rewards = connection.call(deployment.rewards, &IRewards::immutableDependenciesCall {}).await?;
    let mut answers = Vec::new();
    for circuit in circuits_of(state, poll, entry)? {
        let difference = match check_verifiers(circuits, connection, deployment, &[circuit]).await {
            Ok(()) => None,
            Err(SubmissionError::Chain(error)) if error.is_node_silent() => return Err(error.into()),
            Err(error) => Some(error.to_string()),
        };
        let hash = match connection.call(verifier_address(deployment, circuit)?, &circuitHashCall {}).await {
            Ok(hash) => Ok(hash),
            Err(error) if error.is_node_silent() => return Err(error.into()),
            Err(error) => Err(error.to_string()),
        };
        answers.push((circuit, difference, hash));
    }
    Ok(VerifierEvidence { polls, committee, rewards, answers })
}

/// Returns the circuits whose proofs a poll depends on.
fn circuits_of(state: &ChainState, poll: PollId, entry: &Poll) -> Result<Vec<Name>, NoCircuit> {
    let committee = state.committees.get(&entry.committee());
    let capacity = committee.and_then(|committee| capacity_for_trustees(committee.trustees.len())).unwrap_or(5);
    let size = entry.circuit_size();
    let mut circuits = vec![
        Name::for_statement::<ballot::Witness>(Some(size))?,
        Name::Decryption,
        Name::for_statement::<dealing::Witness>(Some(capacity))?,
        Name::CommitteeKeys,
    ];
    if state.rewards.contains_key(&poll) {
        circuits.extend([Name::Notes, Name::for_statement::<claim::Witness>(Some(size))?]);
    }
    Ok(circuits)
}

async fn gather_reward(
    connection: &Connection,
    state: &ChainState,
    poll: PollId,
) -> Result<Option<RewardEvidence>, VerifyError> {
    let Some(reward) = state.rewards.get(&poll) else { return Ok(None) };
    let contract = state.deployment.rewards;
    let mut chambers = BTreeMap::new();
    for &chamber in reward.batches.keys() {
        let call = rewardChamberCall { poll: U256::from(poll.get()), chamberId: U256::from(chamber.get()) };
        chambers.insert(chamber, connection.call(contract, &call).await?);
    }
    let view = connection.call(contract, &rewardCall { poll: U256::from(poll.get()) }).await?;
    let funding = connection.call(contract, &IRewards::fundingCall { poll: U256::from(poll.get()) }).await?;
    let held = token_balance(connection, reward.parameters.token, contract).await?;
    Ok(Some(RewardEvidence { chambers, view, funding, held }))
}

async fn gather_pot(
    connection: &Connection,
    state: &ChainState,
    poll: PollId,
) -> Result<Option<PotEvidence>, VerifyError> {
    let Some(contract) = state.deployment.fee_pot else { return Ok(None) };
    let books = match fees::read_books(connection, &state.deployment).await {
        Ok(books) => Ok(books),
        Err(error @ (ChainError::State(_) | ChainError::OtherPolls { .. })) => Err(error.to_string()),
        Err(error) => return Err(error.into()),
    };
    let poll_word = U256::from(poll.get());
    let view = connection.call(contract, &potCall { poll: poll_word }).await?;
    let mut relayers = BTreeMap::new();
    for relayer in books.as_ref().map(|books| pot::relayers_of(books, poll)).unwrap_or_default() {
        let may_earn = connection.call(contract, &mayEarnCall { poll: poll_word, relayer }).await?;
        relayers.insert(relayer, (may_earn, connection.call(contract, &creditOfCall { relayer }).await?));
    }
    let creation = match books.as_ref().ok().and_then(|books| books.pots.get(&poll)) {
        Some(pot) => {
            let calls = read_calls(connection, &[pot.created_in].into()).await?;
            Some(pot.judge_creation(contract, poll, calls.get(&pot.created_in)))
        }
        None => None,
    };
    Ok(Some(PotEvidence { books, view, creation, relayers }))
}
