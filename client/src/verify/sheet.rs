//! Verification of a sheet poll, and of the versions of the charter that were enacted from it, from chain data alone.
//!
//! As that of polls: the evidence is collected first, and checking it is pure. What a sheet poll has and a poll has
//! not: blocks with shares of their own, the turnout before everything else, camps, and statements that are adopted.

mod blame;
mod calls;
mod casting;
mod charter;
mod content;
mod evidence;
mod gather;
mod outcome;
mod positions;
mod shares;
mod totals;
mod verifiers;
mod views;

pub use evidence::{CharterEvidence, SheetChamberEvidence, SheetEvidence, SheetVerifierEvidence};
pub use gather::collect_sheet_evidence;

use psephos_chain::{Connection, StateSource};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    identifiers::{ChamberId, SheetId},
    statement::sheet,
};
use psephos_state::SheetPoll;

use super::{BallotVerifier, Check, CheckName, SheetReport, VerifyError, committee, views::check_members};
use crate::{
    KeyRing,
    progress::{Observer, Phase},
};

/// The verifying keys of what is proved in a sheet poll, its committee's dealings apart.
struct SheetVerifiers<'a, V> {
    /// That of sheets.
    sheets: &'a V,
    /// That of decryption shares.
    shares: &'a V,
}

/// Verifies a sheet poll, in whatever state it is, and the charter that follows from it. Its events come from the
/// source, the contracts' views from the connection.
///
/// # Errors
/// Returns [`VerifyError`] only if the chain cannot be read or there is no such sheet poll: contradictions are in the
/// report.
pub async fn verify_sheet(
    source: &dyn StateSource,
    connection: &Connection,
    circuits: &KeyRing,
    sheet: SheetId,
    observer: &dyn Observer,
) -> Result<SheetReport, VerifyError> {
    let evidence = collect_sheet_evidence(source, connection, circuits, sheet, observer).await?;
    check_sheet_evidence(&evidence, circuits, observer)
}

/// Checks the evidence of a sheet poll, without input or output.
///
/// # Errors
/// Returns [`VerifyError`] only if there is no such sheet poll, or if a circuit's key cannot be used.
pub fn check_sheet_evidence(
    evidence: &SheetEvidence,
    circuits: &KeyRing,
    observer: &dyn Observer,
) -> Result<SheetReport, VerifyError> {
    let (state, sheet) = (&evidence.state, evidence.sheet);
    let entry = state.sheet(sheet)?;
    let size = Some(entry.parameters.size);
    let verifiers = SheetVerifiers {
        sheets: circuits.verifying_key_for::<sheet::Witness>(size)?,
        shares: circuits.verifying_key(Name::Decryption)?,
    };
    let mut checks = vec![
        Check::single(CheckName::Code, None, evidence.other_code.clone().map_or(Ok(()), Err)),
        verifiers::check_verifiers(&state.deployment, circuits, &evidence.verifiers)?,
    ];
    let number = entry.parameters.committee;
    if entry.opened || !opened_chambers(entry).is_empty() || entry.ended.is_some() {
        checks.extend(committee::check_committee(state, circuits, number, evidence.committee.as_ref())?);
    }
    checks.extend(check_contents(evidence, entry, &verifiers, observer));
    observer.end(Phase::Verify);
    let committee = state.committees.get(&number);
    Ok(SheetReport {
        chain_id: state.deployment.chain_id,
        sheets: state.deployment.sheets.sheets,
        sheet,
        state: entry.state_at(state.time).to_string(),
        retired_trustees: committee.map(|committee| committee.retired_trustees.clone()).unwrap_or_default(),
        versions: charter::versions_of(state, sheet),
        checks,
    })
}

/// Makes all checks but those of code, verifiers and committee, which take the circuits' own keys.
fn check_contents<V: BallotVerifier>(
    evidence: &SheetEvidence,
    entry: &SheetPoll,
    verifiers: &SheetVerifiers<'_, V>,
    observer: &dyn Observer,
) -> Vec<Check> {
    let (state, sheet) = (&evidence.state, evidence.sheet);
    let mut checks = vec![
        content::check_events(state, sheet, entry),
        content::check_fingerprint(entry, &evidence.view),
        content::check_text(sheet, entry),
        positions::check_schedule(entry, &evidence.blocks),
        positions::check_positions(state, sheet, entry, &evidence.blocks),
        calls::check_calls(sheet, entry, &state.deployment, &evidence.calls),
        views::check_views(entry, evidence),
        check_members(state, entry.chambers.keys(), &evidence.members),
    ];
    observer.advance(Phase::Verify, 1);
    for id in opened_chambers(entry) {
        if let Some(answers) = evidence.chambers.get(&id) {
            checks.extend(casting::check_casting(state, verifiers.sheets, sheet, id, answers));
        }
        checks.extend(shares::check_shares(state, verifiers.shares, entry, id));
        checks.extend(blame::check_refusals(evidence, verifiers.shares, entry, id));
        checks.push(shares::check_order(entry, id, &evidence.blocks));
        checks.extend(totals::check_turnout(state, entry, id));
        checks.push(totals::check_camps(entry, id));
        checks.extend(totals::check_totals(state, entry, id));
        observer.advance(Phase::Verify, 1);
    }
    checks.push(blame::check_missing(state, entry, &evidence.blocks));
    checks.extend(outcome::check_end(entry, &evidence.view, &evidence.blocks));
    checks.push(outcome::check_adoption(sheet, entry, evidence.verdict.as_ref()));
    checks.extend(charter::check_charter(evidence, entry));
    checks
}

/// Returns the chambers of a sheet poll whose censuses are frozen.
fn opened_chambers(entry: &SheetPoll) -> Vec<ChamberId> {
    entry.chambers.iter().filter(|(_, chamber)| chamber.frozen.is_some()).map(|(id, _)| *id).collect()
}

#[cfg(test)]
mod tests;
