//! Gathering the evidence from a node.

use std::collections::BTreeMap;

use psephos_chain::{ChainError, Connection, U256, fees, source::node::read_calls};
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
        IPolls::{ballotSlotsCall, chamberCall, immutableDependenciesCall, pollCall},
        IRewards::{self, chamberCall as rewardChamberCall, rewardCall},
    },
    words,
};

use super::{
    PollEvidence, PotEvidence, RewardEvidence, VerifierEvidence,
    parts::{SLOTS, find_other_code, gather_answers, gather_blocks, gather_chambers},
};
use crate::verify::{VerifyError, opened_chambers, positions, pot};
use crate::{KeyRing, reward::token_balance};

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
    let blocks = gather_blocks(connection, positions::blocks_of(&state, poll)?).await?;
    let verifiers = gather_verifiers(connection, &state, circuits, poll).await?;
    let other_code = find_other_code(connection, &state).await?;
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
    let (names, members) = gather_chambers(connection, &state, entry.chambers.keys()).await?;
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
    let answers = gather_answers(connection, deployment, circuits, circuits_of(state, poll, entry)?).await?;
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
