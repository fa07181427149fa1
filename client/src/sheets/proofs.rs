//! The checks of a chamber's sheets: trustees make them before they decrypt, and anyone when verifying.

use std::collections::{BTreeMap, BTreeSet};

use psephos_protocol::{
    Fr,
    constants::COMMITTEE_KEYS,
    context,
    elements::{Context, Nullifier},
    identifiers::{ChamberId, SheetId},
    statement::sheet,
};
use psephos_prover::Proof;
use psephos_state::{
    ChainState, ProofData, StateError, U256,
    sheet::{CastSheet, FrozenSheetChamber, SheetChamber},
};
use psephos_submission::proofs::proof_from_words;

use super::SheetsError;
use crate::{KeyRing, parameters::inconsistent, verify::BallotVerifier};

/// Recomputes the context of a chamber from the sheet poll's parameters and the events alone.
///
/// # Errors
/// Returns [`StateError`] if the sheet poll has not been opened, or its committee has no keys.
pub fn recompute_sheet_context(state: &ChainState, sheet: SheetId, chamber: ChamberId) -> Result<Context, StateError> {
    let entry = state.sheet(sheet)?;
    let (_, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let keys = state.committee(entry.parameters.committee)?.keys.as_ref();
    let keys = keys.ok_or_else(|| inconsistent("the sheet poll was opened, but its committee has no keys"))?;
    let scope = context::derive_scope(entry.require_fingerprint()?, chamber);
    let (root, form) = (frozen.chamber.census.root(), entry.form()?.hash());
    Ok(context::derive_sheet_context(scope, root, keys.hash_keys(COMMITTEE_KEYS), form))
}

/// Returns what is wrong with a chamber's sheets: proofs that are missing or invalid, sheets that do not replace the
/// one before them, more sheets than members.
///
/// # Errors
/// Returns `Keys` if the verifying key cannot be used, and `Chain` if there is no such chamber.
pub fn check_sheet_chamber(
    state: &ChainState,
    circuits: &KeyRing,
    sheet: SheetId,
    chamber: ChamberId,
) -> Result<Vec<String>, SheetsError> {
    let size = state.sheet(sheet)?.parameters.size;
    let (listed, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let verifier = circuits.verifying_key_for::<sheet::Witness>(Some(size))?;
    let mut found = find_unproved_sheets(verifier, listed, frozen);
    found.extend(find_invalid_sheet_replacements(listed));
    found.extend(check_sheet_count(listed, frozen).err());
    Ok(found)
}

/// Checks that there are no more sheets than members: a nullifier counts once.
pub(crate) fn check_sheet_count(listed: &SheetChamber, frozen: &FrozenSheetChamber) -> Result<(), String> {
    let (sheets, members) = (listed.latest.len(), frozen.chamber.members.len());
    match sheets <= members {
        true => Ok(()),
        false => Err(format!("{sheets} sheets count, but the chamber has {members} members")),
    }
}

/// A sheet with the candidates of its proof and the inputs that the proof is for.
type Candidate<'a> = (&'a CastSheet, &'a [[U256; 8]], Vec<Fr>);

/// Returns every sheet without a valid proof, replaced ones included: each was accepted when it was cast.
pub(crate) fn find_unproved_sheets<V: BallotVerifier>(
    verifier: &V,
    chamber: &SheetChamber,
    frozen: &FrozenSheetChamber,
) -> Vec<String> {
    let (mut found, mut candidates): (Vec<String>, Vec<Candidate<'_>>) = (Vec::new(), Vec::new());
    for cast in &chamber.sheets {
        match &cast.proof {
            ProofData::Found(proofs) => {
                let inputs = sheet::Instance::from_posted(&cast.posted, frozen.ctx, cast.previous).to_inputs();
                candidates.push((cast, proofs, inputs.to_vec()));
            }
            ProofData::Missing(reason) => found.push(describe_unproved(cast, reason)),
            ProofData::NotLoaded => found.push(describe_unproved(cast, "its proof was not loaded")),
        }
    }
    let (mut items, mut places, mut unproved) = (Vec::<(Proof, Vec<Fr>)>::new(), Vec::new(), BTreeSet::new());
    for (place, (_, proofs, inputs)) in candidates.iter().enumerate() {
        match proofs.first().map(proof_from_words) {
            Some(Ok(proof)) => {
                items.push((proof, inputs.clone()));
                places.push(place);
            }
            _ => {
                unproved.insert(place);
            }
        }
    }
    if !items.is_empty() && !verifier.are_valid(&items) {
        unproved.extend(verifier.find_invalid(&items).into_iter().map(|item| places[item]));
    }
    for (cast, proofs, inputs) in unproved.into_iter().map(|place| &candidates[place]) {
        let is_valid = |words| proof_from_words(words).is_ok_and(|proof| verifier.is_valid(&proof, inputs));
        if !proofs.iter().skip(1).any(is_valid) {
            found.push(describe_unproved(cast, "its proof is invalid"));
        }
    }
    found
}

/// Returns every sheet whose `previous` is not the fingerprint that the nullifier's slot held.
pub(crate) fn find_invalid_sheet_replacements(chamber: &SheetChamber) -> Vec<String> {
    let mut slots: BTreeMap<Nullifier, &CastSheet> = BTreeMap::new();
    let mut failures = Vec::new();
    for cast in &chamber.sheets {
        let before = slots.insert(cast.posted.nullifier, cast);
        if before.map_or([0; 32], CastSheet::fingerprint) != cast.previous {
            failures.push(describe_unproved(cast, "it does not replace the one before it"));
        }
    }
    failures
}

fn describe_unproved(cast: &CastSheet, reason: &str) -> String {
    format!("sheet {} in {}: {reason}", cast.posted.nullifier.to_hex(), cast.position.transaction)
}
