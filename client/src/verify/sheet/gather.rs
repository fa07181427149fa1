//! Collecting the evidence from a source and a node.

use std::collections::{BTreeMap, BTreeSet};

use psephos_chain::{ChainError, Connection, StateSource, U256};
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_protocol::{
    constants::{capacity_for_trustees, sheet_blocks},
    identifiers::{ChamberId, SheetId},
    statement::{dealing, sheet},
};
use psephos_state::{
    ChainState, SheetPoll,
    bindings::{
        IBridging::{self, judgeCall},
        ICharters::{self, liveCall, versionCall, versionOfCall},
        ICommittee::{self, committeeCall},
        IPolls::ballotSlotsCall,
        ISheets::{
            chamberCall, chamberIdsCall, countersCall, encryptedTotalCall, immutableDependenciesCall, sheetCall,
        },
    },
    words,
};

use super::{
    CharterEvidence, SheetChamberEvidence, SheetEvidence, SheetVerifierEvidence, calls, charter, opened_chambers,
    positions,
};
use crate::{
    KeyRing,
    progress::{Observer, Phase},
    verify::{
        VerifyError,
        evidence::parts::{SLOTS, find_other_code, gather_answers, gather_blocks, gather_chambers},
    },
};

/// Reads a sheet poll's events from the source and the contracts' views from the connection: all that
/// [`super::check_sheet_evidence`] checks.
///
/// # Errors
/// Returns [`VerifyError`] only if the chain cannot be read or there is no such sheet poll.
pub async fn collect_sheet_evidence(
    source: &dyn StateSource,
    connection: &Connection,
    circuits: &KeyRing,
    sheet: SheetId,
    observer: &dyn Observer,
) -> Result<SheetEvidence, VerifyError> {
    let mut state = source.read_state().await?;
    let loaded = source.read_calls(&state.sheet_transactions_to_load(sheet)?).await?;
    state.load_sheet_calls(sheet, &loaded)?;
    let entry = state.sheet(sheet)?.clone();
    let opened = opened_chambers(&entry);
    // One step is the sheet poll, the others are its chambers.
    observer.begin(Phase::Verify, opened.len() as u64 + 1);
    let calls = source.read_calls(&calls::transactions_of(&entry)).await?;
    let blocks = gather_blocks(connection, positions::blocks_of(&state, sheet, &entry)).await?;
    let contract = state.deployment.sheets.sheets;
    let id = U256::from(sheet.get());
    let committee = match state.committees.contains_key(&entry.parameters.committee) {
        true if entry.opened || !opened.is_empty() || entry.ended.is_some() => {
            let call = committeeCall { id: U256::from(entry.parameters.committee.get()) };
            Some(connection.call(state.deployment.committee, &call).await?)
        }
        _ => None,
    };
    let mut chambers = BTreeMap::new();
    for chamber in opened {
        chambers.insert(chamber, gather_chamber(connection, &state, sheet, &entry, chamber).await?);
    }
    let (names, members) = gather_chambers(connection, &state, entry.chambers.keys()).await?;
    let judged = connection.call(state.deployment.sheets.bridging, &judgeCall { sheet: id }).await;
    Ok(SheetEvidence {
        sheet,
        calls,
        blocks,
        verifiers: gather_verifiers(connection, &state, circuits, &entry).await?,
        other_code: find_other_code(connection, &state).await?,
        committee,
        view: connection.call(contract, &sheetCall { id }).await?,
        chamber_ids: connection.call(contract, &chamberIdsCall { id }).await?,
        chambers,
        names,
        members,
        verdict: accept_revert(judged)?,
        charter: gather_charter(connection, &state, sheet).await?,
        state,
    })
}

/// Returns an answer; `None` if the contract has none.
fn accept_revert<T>(answer: Result<T, ChainError>) -> Result<Option<T>, ChainError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(ChainError::Reverted(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn gather_chamber(
    connection: &Connection,
    state: &ChainState,
    sheet: SheetId,
    entry: &SheetPoll,
    chamber: ChamberId,
) -> Result<SheetChamberEvidence, VerifyError> {
    let (contract, id, chamber_id) =
        (state.deployment.sheets.sheets, U256::from(sheet.get()), U256::from(chamber.get()));
    let mut totals = Vec::new();
    for block in 0..sheet_blocks(entry.parameters.size) {
        let call = encryptedTotalCall { id, chamberId: chamber_id, blockIndex: U256::from(block) };
        totals.push(connection.call(contract, &call).await?);
    }
    let listed = state.sheet(sheet)?.chamber(chamber)?;
    let counted: Vec<U256> = listed.latest.keys().map(words::from_field).collect();
    let mut slots = BTreeMap::new();
    for nullifiers in counted.chunks(SLOTS) {
        // The view of all sources of ballots, polls and sheet polls.
        let call = ballotSlotsCall { id, chamberId: chamber_id, nullifiers: nullifiers.to_vec() };
        slots.extend(nullifiers.iter().copied().zip(connection.call(contract, &call).await?));
    }
    Ok(SheetChamberEvidence {
        view: connection.call(contract, &chamberCall { id, chamberId: chamber_id }).await?,
        totals,
        slots,
        counters: accept_revert(connection.call(contract, &countersCall { id, chamberId: chamber_id }).await)?,
    })
}

async fn gather_verifiers(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    entry: &SheetPoll,
) -> Result<SheetVerifierEvidence, VerifyError> {
    let deployment = &state.deployment;
    let contracts = &deployment.sheets;
    Ok(SheetVerifierEvidence {
        sheets: connection.call(contracts.sheets, &immutableDependenciesCall {}).await?,
        committee: connection.call(deployment.committee, &ICommittee::immutableDependenciesCall {}).await?,
        bridging: connection.call(contracts.bridging, &IBridging::immutableDependenciesCall {}).await?,
        charters: connection.call(contracts.charters, &ICharters::immutableDependenciesCall {}).await?,
        answers: gather_answers(connection, deployment, circuits, circuits_of(state, entry)?).await?,
    })
}

/// Returns the circuits whose proofs a sheet poll depends on.
fn circuits_of(state: &ChainState, entry: &SheetPoll) -> Result<Vec<Name>, NoCircuit> {
    let committee = state.committees.get(&entry.parameters.committee);
    let capacity = committee.and_then(|committee| capacity_for_trustees(committee.trustees.len())).unwrap_or(5);
    Ok(vec![
        Name::for_statement::<sheet::Witness>(Some(entry.parameters.size))?,
        Name::Decryption,
        Name::for_statement::<dealing::Witness>(Some(capacity))?,
        Name::CommitteeKeys,
    ])
}

async fn gather_charter(
    connection: &Connection,
    state: &ChainState,
    sheet: SheetId,
) -> Result<CharterEvidence, VerifyError> {
    let contract = state.deployment.sheets.charters;
    let version_of = connection.call(contract, &versionOfCall { sheet: U256::from(sheet.get()) }).await?;
    let mut numbers: BTreeSet<u64> = charter::versions_of(state, sheet).into_iter().collect();
    numbers.extend(words::to_u64(version_of).ok().filter(|number| *number != 0));
    let mut versions = BTreeMap::new();
    for number in numbers {
        let answer = connection.call(contract, &versionCall { number: U256::from(number) }).await;
        versions.extend(accept_revert(answer)?.map(|version| (number, version)));
    }
    let live = connection.call(contract, &liveCall {}).await?;
    Ok(CharterEvidence { version_of, versions, live: (live.number, live.charterHash) })
}
