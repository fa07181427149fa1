//! Decryption in two steps, tally, and the comparison with the plain computation.

use psephos_chain::{NodeSource, U256, local};
use psephos_charter::outcome::{ChamberTotals, Outcome};
use psephos_client::{
    KeyRing,
    progress::{Observer, Phase},
    sheets,
};
use psephos_protocol::identifiers::SheetId;
use psephos_state::{Deployment, StateError, bindings::IBridging::judgeCall};

use super::conversation::Conversation;
use crate::{
    DemoError,
    election::{GasEntry, clock::Clock, committee::Committee, setup::Actors},
};

/// What the chain counted, beside what the plain computation gives.
pub(super) struct Counted {
    /// Whether the turnouts of both camps and the totals of all statements are the same.
    pub(super) same_totals: bool,
    /// Whether statements are adopted, contested and unheard alike: on chain, recomputed from its totals, and plainly.
    pub(super) same_outcomes: bool,
    /// The totals of both camps, as the chain counted.
    pub(super) totals: ChamberTotals,
    /// The transactions of the tally.
    pub(super) transactions: usize,
}

/// Closes the sheet poll, and has its turnout decrypted and tallied, then its statements.
#[expect(clippy::too_many_arguments, reason = "the parts of a count")]
pub(super) async fn decrypt_and_tally(
    actors: &Actors,
    deployment: &Deployment,
    circuits: &KeyRing,
    committee: &Committee,
    sheet: SheetId,
    observer: &dyn Observer,
    clock: &mut Clock,
    gas: &mut Vec<GasEntry>,
) -> Result<(), DemoError> {
    let connection = actors.chain.connection();
    let state = psephos_chain::read_state(connection, deployment).await?;
    local::advance_time(connection, state.sheet(sheet)?.parameters.closes_at + 1).await?;
    let source = NodeSource::new(connection.clone(), deployment.clone());
    for step in ["tallyTurnout", "tallyBlock"] {
        observer.begin(Phase::Share, 1);
        committee.post_sheet_shares(deployment, circuits, sheet, gas).await?;
        observer.advance(Phase::Share, 1);
        observer.end(Phase::Share);
        clock.record_lap(Phase::Share);
        for sent in sheets::tally_sheet(&source, &actors.relayer, sheet, observer).await? {
            GasEntry::record(gas, step, sent.hash, sent.gas, 1);
        }
        clock.record_lap(Phase::Tally);
    }
    let sent = sheets::finalise_sheet(&actors.relayer, deployment, sheet).await?;
    GasEntry::record(gas, "finalise", sent.hash, sent.gas, 1);
    Ok(())
}

/// Compares what the chain counted and judges with the plain computation.
pub(super) async fn compare_totals(
    actors: &Actors,
    deployment: &Deployment,
    conversation: &Conversation,
    sheet: SheetId,
) -> Result<Counted, DemoError> {
    let connection = actors.chain.connection();
    let state = psephos_chain::read_state(connection, deployment).await?;
    let decided = sheets::decide_sheet(sheet, state.sheet(sheet)?)?;
    let same_totals = decided.totals.values().eq([&conversation.totals]);
    let judge = judgeCall { sheet: U256::from(sheet.get()) };
    let verdict = connection.call(deployment.sheets.bridging, &judge).await?;
    let [adopted, contested, unheard] = masks_of(&conversation.outcomes);
    let same_outcomes = decided.outcomes.as_ref() == Some(&conversation.outcomes)
        && (verdict.adopted, verdict.contested, verdict.unheard) == (adopted, contested, unheard);
    let transactions = state.sheet(sheet)?.chambers.values().map(|chamber| 1 + chamber.blocks.len()).sum();
    let missing = || StateError::Inconsistent("the chamber of the sheet poll is not tallied".into());
    let totals = decided.totals.into_values().next().ok_or_else(missing)?;
    Ok(Counted { same_totals, same_outcomes, totals, transactions })
}

/// Returns which statements are adopted, contested and unheard: bit `j` for statement `j`.
fn masks_of(outcomes: &[Outcome]) -> [u64; 3] {
    [Outcome::Adopted, Outcome::Contested, Outcome::Unheard].map(|wanted| {
        let places = outcomes.iter().enumerate().filter(|(_, outcome)| **outcome == wanted);
        places.fold(0, |mask, (place, _)| mask | 1 << place)
    })
}
