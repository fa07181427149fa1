//! Relays sheet packages: verifies them, sends them in batches, and says what became of each.
//!
//! Idempotent: a sheet that counts already is not sent again, so a run that was interrupted is simply repeated.

use std::collections::BTreeMap;

use alloy::sol_types::SolEvent;
use psephos_chain::{Address, B256, ChainError, NodeSet, Sent, StateSource, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr,
    elements::Nullifier,
    identifiers::{ChamberId, SheetId},
    statement::sheet,
};
use psephos_prover::Proof;
use psephos_state::{
    ChainState, SheetState,
    bindings::ISheets::{BallotCast, castBatchCall},
    sheet::SheetChamber,
    words,
};
use psephos_submission::{proofs::proof_from_words, verifiers::check_contracts};
use psephos_wire::{SheetPackage, sheet::SheetContents};
use rand::rngs::OsRng;

use super::{SheetsError, confirm::confirm_sheet_chamber};
use crate::{
    KeyRing,
    progress::{Observer, Phase},
    relayer::RelayConfig,
};

/// Most bytes of sheets in a transaction: transaction pools take at most 128 KiB.
const MAX_BATCH_BYTES: usize = 120_000;

/// What became of a relayed sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetRelay {
    /// It was cast in this transaction.
    Cast(B256),
    /// It, or a later one that replaced it, is on chain already.
    AlreadyCast,
    /// It was not sent, or not accepted: why.
    Refused(String),
}

/// A sheet that can be sent.
struct Candidate {
    index: usize,
    contents: SheetContents,
}

/// Relays sheets, sending from the account of the first node's connection. Returns the outcome of each package, in
/// their order, and the transactions.
///
/// # Errors
/// Returns `Chain` with `NodeUnreachable`, `NoSender`, or `Unfunded` if nothing could be sent at all; `Submission` if a
/// contract or a verifier is not ours; `SenderIsMember`; `Nodes` or `Refused` if the nodes or the contract say
/// something else than the events.
pub async fn relay_sheets(
    source: &dyn StateSource,
    nodes: &NodeSet,
    circuits: &KeyRing,
    packages: &[SheetPackage],
    config: RelayConfig,
    observer: &dyn Observer,
) -> Result<(Vec<SheetRelay>, Vec<Sent>), SheetsError> {
    let connection = nodes.primary();
    let state = source.read_state().await?;
    let verifiers: Vec<Name> = Name::all_for_statement::<sheet::Witness>().collect();
    check_contracts(circuits, connection, source.deployment(), &verifiers).await?;
    observer.begin(Phase::Relay, packages.len() as u64);
    let mut outcomes = vec![SheetRelay::Refused("it was not looked at".into()); packages.len()];
    let queues = check_packages(&state, circuits, packages, &mut outcomes)?;
    if !config.expose_sender {
        require_unrelated_sender(&state, &queues, connection.sender())?;
    }
    let queued: usize = queues.values().map(Vec::len).sum();
    observer.advance(Phase::Relay, packages.len().saturating_sub(queued) as u64);
    let mut transactions = Vec::new();
    for ((sheet, chamber), queue) in queues {
        let block = nodes.find_common_block(0).await?;
        confirm_sheet_chamber(nodes, block, &state, sheet, chamber).await?;
        for part in split_batches(&queue, config.batch.max(1)) {
            let call = build_batch(sheet, chamber, part);
            match connection.send_call(state.deployment.sheets.sheets, &call).await {
                Ok(sent) => {
                    confirm_batch(&state, part, &sent, &mut outcomes);
                    transactions.push(sent);
                }
                // Nothing has been spent: fail at once.
                Err(error @ (ChainError::Unfunded { .. } | ChainError::NoSender)) if transactions.is_empty() => {
                    return Err(error.into());
                }
                Err(error) => {
                    part.iter().for_each(|one| outcomes[one.index] = SheetRelay::Refused(error.to_string()));
                }
            }
            observer.advance(Phase::Relay, part.len() as u64);
        }
    }
    observer.end(Phase::Relay);
    Ok((outcomes, transactions))
}

/// Requires that the account that sends is a member of none of the chambers that the sheets are for: of the census that
/// the sheet poll has frozen, or of the present one.
fn require_unrelated_sender(state: &ChainState, queues: &Queues, sender: Option<Address>) -> Result<(), SheetsError> {
    let Some(account) = sender else { return Ok(()) };
    for (&(sheet, chamber), queue) in queues {
        let frozen = &state.opened_sheet_chamber(sheet, chamber)?.1.chamber;
        let mut both = [Some(frozen), state.chambers.get(&chamber)].into_iter().flatten();
        if both.any(|one| one.members.contains_key(&account)) {
            return Err(SheetsError::SenderIsMember { account, chamber, sheets: queue.len() });
        }
    }
    Ok(())
}

/// Splits a queue into batches of at most `most` sheets and [`MAX_BATCH_BYTES`].
fn split_batches(queue: &[Candidate], most: usize) -> Vec<&[Candidate]> {
    let (mut parts, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (place, candidate) in queue.iter().enumerate() {
        let length = candidate.contents.to_bytes().len();
        if place > begin && (place - begin == most || bytes + length > MAX_BATCH_BYTES) {
            parts.push(&queue[begin..place]);
            (begin, bytes) = (place, 0);
        }
        bytes += length;
    }
    if begin < queue.len() {
        parts.push(&queue[begin..]);
    }
    parts
}

/// A sheet that applies, its index among the packages, and its proof with the inputs that it is for.
type CheckedSheet = (usize, SheetContents, (Proof, Vec<Fr>));

type Queues = BTreeMap<(SheetId, ChamberId), Vec<Candidate>>;

/// Checks packages against the state, and orders those that apply: first sheets, then replacements. Proofs are verified
/// in one batch for each size; the sender pays for what the contract would revert.
fn check_packages(
    state: &ChainState,
    circuits: &KeyRing,
    packages: &[SheetPackage],
    outcomes: &mut [SheetRelay],
) -> Result<Queues, SheetsError> {
    let mut by_size: BTreeMap<usize, Vec<CheckedSheet>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        match check_package(state, package) {
            Ok((contents, proof)) => by_size.entry(package.cells).or_default().push((index, contents, proof)),
            Err(outcome) => outcomes[index] = outcome,
        }
    }
    let mut valid = Vec::new();
    for (size, checked) in by_size {
        let verifier = circuits.verifying_key_for::<sheet::Witness>(Some(size))?;
        verifier.check_chain(state.deployment.chain_id)?;
        let proofs: Vec<(Proof, Vec<Fr>)> = checked.iter().map(|(_, _, proof)| proof.clone()).collect();
        let invalid = match verifier.verify_batch(&proofs, &mut OsRng) {
            Ok(()) => Vec::new(),
            Err(_) => verifier.find_invalid(&proofs, &mut OsRng),
        };
        for (place, (index, contents, _)) in checked.into_iter().enumerate() {
            match invalid.contains(&place) {
                true => outcomes[index] = SheetRelay::Refused("its proof does not hold for this sheet poll".into()),
                false => valid.push(Candidate { index, contents }),
            }
        }
    }
    valid.sort_by_key(|one| (one.contents.old.is_some(), one.index));
    let mut queues: Queues = BTreeMap::new();
    let mut slots: BTreeMap<(SheetId, ChamberId, Nullifier), [u8; 32]> = BTreeMap::new();
    for candidate in valid {
        let package = &packages[candidate.index];
        let place = (package.sheet, package.chamber);
        let nullifier = candidate.contents.record.posted.nullifier;
        let (listed, _) = state.opened_sheet_chamber(package.sheet, package.chamber)?;
        let slot = slots.entry((place.0, place.1, nullifier)).or_insert_with(|| listed.counted_fingerprint(&nullifier));
        if *slot == candidate.contents.previous() {
            *slot = candidate.contents.fingerprint();
            queues.entry(place).or_default().push(candidate);
        } else {
            let reason = match candidate.contents.old {
                None => "this voter has another sheet here: make this one again as a replacement",
                Some(_) => "it replaces a sheet that is not the one that counts: make it again from the current state",
            };
            outcomes[candidate.index] = SheetRelay::Refused(reason.into());
        }
    }
    Ok(queues)
}

/// Checks one package, but for its proof.
fn check_package(state: &ChainState, package: &SheetPackage) -> Result<(SheetContents, (Proof, Vec<Fr>)), SheetRelay> {
    let refuse = |reason: String| SheetRelay::Refused(reason);
    let deployment = &state.deployment;
    if (package.chain_id, package.sheets) != (deployment.chain_id, deployment.sheets.sheets) {
        return Err(refuse(format!("it is for the contract {} on chain {}", package.sheets, package.chain_id)));
    }
    let contents = package.contents().map_err(|error| refuse(error.to_string()))?;
    let entry = state.sheet(package.sheet).map_err(|error| refuse(error.to_string()))?;
    let opened = state.opened_sheet_chamber(package.sheet, package.chamber);
    let (listed, frozen) = opened.map_err(|error| refuse(error.to_string()))?;
    if is_on_chain(listed, &contents) {
        return Err(SheetRelay::AlreadyCast);
    }
    match entry.state_at(state.time) {
        SheetState::Open => {}
        other => return Err(refuse(format!("sheet poll {} is {other}", package.sheet))),
    }
    if entry.fingerprint != Some(package.fingerprint) {
        let actual = entry.fingerprint.map_or_else(|| "none".to_owned(), |fingerprint| fingerprint.to_string());
        return Err(refuse(format!("it is for the fingerprint {}, not for {actual}", package.fingerprint)));
    }
    if package.cells != entry.parameters.size {
        return Err(refuse(format!("it has {} cells, the sheet poll has {}", package.cells, entry.parameters.size)));
    }
    let proof = proof_from_words(&contents.record.proof).map_err(|error| refuse(error.to_string()))?;
    let inputs = sheet::Instance::from_posted(&contents.record.posted, frozen.ctx, contents.previous()).to_inputs();
    Ok((contents, (proof, inputs.to_vec())))
}

fn is_on_chain(listed: &SheetChamber, contents: &SheetContents) -> bool {
    let posted = &contents.record.posted;
    listed.sheets.iter().any(|cast| cast.posted == *posted && cast.previous == contents.previous())
}

fn build_batch(sheet: SheetId, chamber: ChamberId, part: &[Candidate]) -> castBatchCall {
    let bytes = |replacements: bool| {
        let chosen = part.iter().filter(|one| one.contents.old.is_some() == replacements);
        chosen.flat_map(|one| one.contents.to_bytes()).collect::<Vec<u8>>().into()
    };
    let (sheet, chamber) = (U256::from(sheet.get()), U256::from(chamber.get()));
    castBatchCall { sheet, chamber, records: bytes(false), replacements: bytes(true) }
}

/// A sheet was accepted only if an event contains it.
fn confirm_batch(state: &ChainState, part: &[Candidate], sent: &Sent, outcomes: &mut [SheetRelay]) {
    let logs = sent.logs.iter().filter(|log| log.address() == state.deployment.sheets.sheets);
    let cast: Vec<(U256, Vec<u8>)> = logs
        .filter_map(|log| BallotCast::decode_log(&log.inner).ok())
        .map(|event| (event.nullifier, event.record.to_vec()))
        .collect();
    for one in part {
        let posted = &one.contents.record.posted;
        outcomes[one.index] = match cast.contains(&(words::from_field(&posted.nullifier), posted.to_bytes())) {
            true => SheetRelay::Cast(sent.hash),
            false => SheetRelay::Refused("the contract skipped it: another sheet of this voter was cast first".into()),
        };
    }
}
