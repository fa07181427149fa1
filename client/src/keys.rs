//! Loading of the circuits' keys with progress reports.

use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_protocol::statement::{ballot, blinded, claim, dealing, decision, sheet, update};
use psephos_prover::{KeyRing, KeyRingError, LoadStage};

use crate::progress::{Observer, Phase};

/// Loads (or, for development keys, makes the first time) the keys of polls of these sizes: of ballots and of
/// decryption.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_poll_keys(keys: &KeyRing, sizes: &[usize], observer: &dyn Observer) -> Result<(), KeyRingError> {
    let ballots = sizes.iter().map(|size| Name::for_statement::<ballot::Witness>(Some(*size)));
    load_keys(keys, ballots.chain([Ok(Name::Decryption)]), observer)
}

/// Loads (or makes) the key of updates of this size, for masked polls.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_update_key(keys: &KeyRing, size: usize, observer: &dyn Observer) -> Result<(), KeyRingError> {
    load_keys(keys, [Name::for_statement::<update::Witness>(Some(size))], observer)
}

/// Loads (or makes) the key of sheets of this size.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_sheet_key(keys: &KeyRing, size: usize, observer: &dyn Observer) -> Result<(), KeyRingError> {
    load_keys(keys, [Name::for_statement::<sheet::Witness>(Some(size))], observer)
}

/// Loads (or makes) the key of the shares of a poll: blinded ones of this size, if it is rounded.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_share_key(keys: &KeyRing, rounded: Option<usize>, observer: &dyn Observer) -> Result<(), KeyRingError> {
    let name = rounded.map_or(Ok(Name::Decryption), |size| Name::for_statement::<blinded::Witness>(Some(size)));
    load_keys(keys, [name], observer)
}

/// Loads (or makes) the key of decisions of this size, which the teller of a rounded poll proves.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_decision_key(keys: &KeyRing, size: usize, observer: &dyn Observer) -> Result<(), KeyRingError> {
    load_keys(keys, [Name::for_statement::<decision::Witness>(Some(size))], observer)
}

/// Loads (or makes) the keys with which a committee of this capacity is formed.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_committee_keys(keys: &KeyRing, capacity: usize, observer: &dyn Observer) -> Result<(), KeyRingError> {
    load_keys(keys, [Name::for_statement::<dealing::Witness>(Some(capacity)), Ok(Name::CommitteeKeys)], observer)
}

/// Loads (or makes) the key of note batches.
///
/// # Errors
/// Returns `Key`.
pub fn load_sealing_keys(keys: &KeyRing, observer: &dyn Observer) -> Result<(), KeyRingError> {
    load_keys(keys, [Ok(Name::Notes)], observer)
}

/// Loads (or makes) the key of claims for ballots of this size.
///
/// # Errors
/// Returns `Key` or `NoCircuit`.
pub fn load_claim_keys(keys: &KeyRing, size: usize, observer: &dyn Observer) -> Result<(), KeyRingError> {
    load_keys(keys, [Name::for_statement::<claim::Witness>(Some(size))], observer)
}

fn load_keys(
    keys: &KeyRing,
    circuits: impl IntoIterator<Item = Result<Name, NoCircuit>>,
    observer: &dyn Observer,
) -> Result<(), KeyRingError> {
    let circuits = circuits.into_iter().collect::<Result<Vec<_>, _>>()?;
    observer.begin(Phase::Keys, circuits.len() as u64);
    for circuit in circuits {
        keys.load(circuit, |stage| {
            // Making a key takes seconds.
            if stage == LoadStage::Generating {
                observer.note(Phase::Keys, &format!("making the development key of {circuit}, once"));
            }
        })?;
        observer.advance(Phase::Keys, 1);
    }
    observer.end(Phase::Keys);
    Ok(())
}
