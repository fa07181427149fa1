//! Parts of the evidence that a poll and a sheet poll have in common.

use std::collections::{BTreeMap, BTreeSet};

use psephos_chain::{Address, ChainError, Connection, U256, code::check_code};
use psephos_circuits::catalogue::Name;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{
    ChainState, Deployment,
    bindings::{
        IGroth16Verifier::circuitHashCall,
        IStakeholderRegistry::{chamberNameCall, memberCall, policyCall},
    },
};
use psephos_submission::{
    SubmissionError,
    verifiers::{check_verifiers, verifier_address},
};

use super::{BlockEvidence, VerifierAnswer};
use crate::{
    KeyRing,
    verify::{VerifyError, views::Members},
};

/// The number of ballot slots requested at once: 2,100 gas each, of the tens of millions that nodes allow a call.
pub(in crate::verify) const SLOTS: usize = 1_000;

/// Reads blocks. Those that the chain does not have are left out, though events name them: a failed check says so.
pub(in crate::verify) async fn gather_blocks(
    connection: &Connection,
    numbers: BTreeSet<u64>,
) -> Result<BTreeMap<u64, BlockEvidence>, VerifyError> {
    let mut blocks = BTreeMap::new();
    for number in numbers {
        match connection.read_block(number).await {
            Ok((time, transactions)) => drop(blocks.insert(number, BlockEvidence { time, transactions })),
            Err(ChainError::State(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(blocks)
}

/// Returns why a contract is not the one that this program was built with; `None` if all are.
pub(in crate::verify) async fn find_other_code(
    connection: &Connection,
    state: &ChainState,
) -> Result<Option<String>, VerifyError> {
    match check_code(connection, &state.deployment).await {
        Ok(()) => Ok(None),
        Err(ChainError::Code(error)) => Ok(Some(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// Name and policy of chambers.
type Names = BTreeMap<ChamberId, (String, Address)>;

/// Asks the registry for name, policy and members of chambers.
pub(in crate::verify) async fn gather_chambers<'a>(
    connection: &Connection,
    state: &ChainState,
    ids: impl Iterator<Item = &'a ChamberId>,
) -> Result<(Names, Members), VerifyError> {
    let (mut names, mut members) = (BTreeMap::new(), BTreeMap::new());
    for &id in ids {
        members.insert(id, gather_members(connection, state, id).await?);
        let (registry, chamber) = (state.deployment.registry, U256::from(id.get()));
        let name = connection.call(registry, &chamberNameCall { chamber }).await?;
        names.insert(id, (name, connection.call(registry, &policyCall { chamber }).await?));
    }
    Ok((names, members))
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

/// Asks the deployed verifiers of some circuits for what they verify.
pub(in crate::verify) async fn gather_answers(
    connection: &Connection,
    deployment: &Deployment,
    circuits: &KeyRing,
    asked: Vec<Name>,
) -> Result<Vec<VerifierAnswer>, VerifyError> {
    let mut answers = Vec::new();
    for circuit in asked {
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
    Ok(answers)
}
