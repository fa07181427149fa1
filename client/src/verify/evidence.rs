//! The evidence about a poll: state from its events, block times, and the contracts' views.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::collections::{BTreeMap, BTreeSet};

use psephos_chain::{B256, ChainError, Connection, U256, code::check_code};
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_protocol::{
    constants::capacity_for_trustees,
    statement::{ballot, claim, dealing},
};
use psephos_state::{
    ChainState, Poll,
    bindings::{
        ICommittee::{self, CommitteeView, committeeCall},
        IGroth16Verifier::circuitHashCall,
        IPolls::{self, ChamberView, PollView, chamberCall, immutableDependenciesCall, pollCall},
        IRewards::{self, chamberCall as rewardChamberCall, rewardCall},
    },
};
use psephos_submission::{
    SubmissionError,
    verifiers::{check_verifiers, verifier_address},
};

use super::{VerifyError, opened_chambers};
use crate::{KeyRing, reward::token_balance};

/// Everything that the verification of a poll depends on, besides our own verifying keys.
pub struct PollEvidence {
    /// The poll.
    pub poll: PollId,
    /// The state from the chain's events, with the proofs of the poll's ballots loaded.
    pub state: ChainState,
    /// Times of the blocks with the poll's ballots, shares and totals, in seconds since 1970.
    pub block_times: BTreeMap<u64, u64>,
    /// The contracts that the polls depend on.
    pub verifiers: VerifierEvidence,
    /// The reason why a contract is not the one that this program was built with; none if all are.
    pub other_code: Option<String>,
    /// The committee, as its contract answers; none if it does not exist or the poll was not opened.
    pub committee: Option<CommitteeView>,
    /// The opened chambers, as the contract answers.
    pub chambers: BTreeMap<ChamberId, ChamberView>,
    /// The poll, as the contract answers.
    pub view: PollView,
    /// The poll's reward; none if it has none.
    pub reward: Option<RewardEvidence>,
}

/// The dependencies of the deployed contracts, and the answers of the deployed verifiers.
pub struct VerifierEvidence {
    /// The dependencies of the polls contract.
    pub polls: IPolls::immutableDependenciesReturn,
    /// The dependencies of the committee contract.
    pub committee: ICommittee::immutableDependenciesReturn,
    /// The dependencies of the rewards contract.
    pub rewards: IRewards::immutableDependenciesReturn,
    /// For each circuit that the poll needs: the reason why the deployed verifier is not that of our key, and the
    /// circuit's hash as the verifier answers, or the reason why it does not answer.
    pub answers: Vec<(Name, Option<String>, Result<B256, String>)>,
}

/// The contract's views of a poll's reward.
pub struct RewardEvidence {
    /// The root of the sealed notes, the number of sealed ballots and of note batches, by chamber.
    pub chambers: BTreeMap<ChamberId, (U256, usize, U256)>,
    /// The balance of the pool, in the token's smallest unit.
    pub pool: U256,
    /// Whether the reward is owed, and the worst case of the frozen census.
    pub funding: IRewards::fundingReturn,
    /// The contract's balance of the token, for the pools of all polls.
    pub held: U256,
}

/// Gathers the evidence about a poll. `state` has the proofs of the poll's ballots loaded.
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
    let mut block_times = BTreeMap::new();
    for block in blocks_of(entry) {
        block_times.insert(block, connection.block_time(block).await?);
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
    let mut chambers = BTreeMap::new();
    for chamber in opened {
        let call = chamberCall { id: U256::from(poll.get()), chamberId: U256::from(chamber.get()) };
        chambers.insert(chamber, connection.call(state.deployment.polls, &call).await?);
    }
    let view = connection.call(state.deployment.polls, &pollCall { id: U256::from(poll.get()) }).await?;
    let reward = gather_reward(connection, &state, poll).await?;
    Ok(PollEvidence { poll, block_times, verifiers, other_code, committee, chambers, view, reward, state })
}

/// Returns the blocks with the poll's ballots, shares and totals.
fn blocks_of(poll: &Poll) -> BTreeSet<u64> {
    let mut blocks = BTreeSet::new();
    for chamber in poll.chambers.values() {
        blocks.extend(chamber.ballots.iter().map(|ballot| ballot.block));
        blocks.extend(chamber.shares.iter().map(|share| share.block));
        blocks.extend(chamber.tally.iter().map(|tally| tally.block));
    }
    blocks
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
            Err(SubmissionError::Chain(error @ ChainError::NodeUnreachable { .. })) => return Err(error.into()),
            Err(error) => Some(error.to_string()),
        };
        let hash = match connection.call(verifier_address(deployment, circuit)?, &circuitHashCall {}).await {
            Ok(hash) => Ok(hash),
            Err(error @ ChainError::NodeUnreachable { .. }) => return Err(error.into()),
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
        let view = connection.call(contract, &call).await?;
        chambers.insert(chamber, (view.notesRoot, view.sealedBallots as usize, view.noteBatches));
    }
    let pool = connection.call(contract, &rewardCall { poll: U256::from(poll.get()) }).await?.pool;
    let funding = connection.call(contract, &IRewards::fundingCall { poll: U256::from(poll.get()) }).await?;
    let held = token_balance(connection, reward.parameters.token, contract).await?;
    Ok(Some(RewardEvidence { chambers, pool, funding, held }))
}
