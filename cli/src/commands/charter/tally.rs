//! `psephos charter open`, `tally` and `cancel`: what anyone, or the canceller, does about a sheet poll.

use clap::Args;
use psephos_client::ChainState;
use psephos_client::sheets::{SheetsError, cancel_sheet_call, finalise_sheet, open_sheet_call, tally_sheet};
use psephos_protocol::identifiers::SheetId;
use psephos_state::SheetState;
use psephos_state::sheet::SheetChamber;
use serde_json::{Value, json};

use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::format::{plural, thousands};
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `charter open` and `charter tally`.
#[derive(Debug, Args)]
pub(crate) struct SheetArgs {
    /// Sheet poll number
    #[arg(value_name = "N")]
    sheet: SheetId,
}

/// Arguments of `charter cancel`.
#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// Sheet poll number
    #[arg(value_name = "N")]
    sheet: SheetId,
    #[command(flatten)]
    export: ExportArgs,
}

/// Runs `charter open`.
pub(super) async fn open_sheet(session: &Session, args: &SheetArgs) -> Result<u8, Failure> {
    let sheet = args.sheet;
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let sent = open_sheet_call(&deployment, sheet).send(&connection).await?;
    session.output().print_result(&json!({ "sheet": sheet, "transaction": sent.hash, "gas": sent.gas }), || {
        format!("Sheet poll {sheet} is open\ntransaction {}", sent.hash)
    })?;
    Ok(OK)
}

/// Runs `charter cancel`.
pub(super) async fn cancel_sheet(session: &Session, args: &CancelArgs) -> Result<u8, Failure> {
    let sheet = args.sheet;
    let dao = Dao::connect(session, args.export.clone()).await?;
    let canceller = dao.read_state().await?.sheet(sheet)?.parameters.cancellation.map(|by| by.canceller);
    let call = cancel_sheet_call(&dao.deployment, sheet);
    let sent = dao.execute_as(canceller, &[call]).await?.and_then(|mut sent| sent.pop());
    let Some(sent) = sent else { return Ok(OK) };
    session.output().print_result(&json!({ "sheet": sheet, "transaction": sent.hash, "gas": sent.gas }), || {
        format!("Sheet poll {sheet} is cancelled\ntransaction {}", sent.hash)
    })?;
    Ok(OK)
}

/// Runs `charter tally`: tallies what has enough decryption shares, and ends the sheet poll once every chamber is
/// settled, or once its tally deadline has passed.
pub(super) async fn tally(session: &Session, args: &SheetArgs) -> Result<u8, Failure> {
    let sheet = args.sheet;
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let progress = Progress::new(session.output());
    let source = session.source(&connection, &deployment)?;
    let state = source.read_state().await?;
    let entry = state.sheet(sheet)?;
    let sent = match entry.ended.is_some() || is_late(&state, sheet)? {
        true => Vec::new(),
        false => tally_sheet(&*source, &connection, sheet, &progress).await?,
    };
    let state = source.read_state().await?;
    let entry = state.sheet(sheet)?;
    let is_settled = entry.chambers.values().all(|chamber| chamber.pending_blocks(entry.used_blocks()).is_empty());
    let finalised = match entry.ended.is_none() && (is_settled || is_late(&state, sheet)?) {
        true => Some(finalise_sheet(&connection, &deployment, sheet).await?.hash),
        false => None,
    };
    if sent.is_empty() && finalised.is_none() && entry.ended.is_none() {
        find_missing_shares(&state, sheet)?;
    }
    let state = source.read_state().await?;
    let entry = state.sheet(sheet)?;
    let (reached, used) = (entry.state_at(state.time), entry.used_blocks());
    let chambers: Vec<Value> = entry
        .chambers
        .iter()
        .map(|(id, chamber)| {
            json!({
                "chamber": id, "sheets": chamber.latest.len(), "turnout": turnout_of(chamber),
                "too_small": chamber.turnout.is_some_and(|turnout| turnout.too_small),
                "pending_blocks": chamber.pending_blocks(used),
            })
        })
        .collect();
    let transactions: Vec<_> = sent.iter().map(|one| json!({ "transaction": one.hash, "gas": one.gas })).collect();
    let shown = json!({
        "sheet": sheet, "state": reached, "transactions": transactions, "finalised": finalised, "chambers": chambers,
    });
    session.output().print_result(&shown, || {
        let mut text: String = entry
            .chambers
            .iter()
            .map(|(id, chamber)| format!("Chamber {id}: {}\n", describe_chamber(entry.has_camps(), chamber, used)))
            .collect();
        text.push_str(&format!("Sheet poll {sheet}: {reached}"));
        if reached == SheetState::Closed {
            text.push_str("; trustees run `psephos trustee decrypt --sheet ");
            text.push_str(&format!("{sheet}` for what is left, and then this command is run again"));
        }
        text
    })?;
    Ok(OK)
}

/// Whether a closed sheet poll is past its tally deadline.
fn is_late(state: &ChainState, sheet: SheetId) -> Result<bool, Failure> {
    let entry = state.sheet(sheet)?;
    Ok(entry.state_at(state.time) == SheetState::Closed && state.time > entry.parameters.tally_deadline)
}

/// Returns the turnout of both camps, lower first.
pub(super) fn turnout_of(chamber: &SheetChamber) -> Option<[u64; 2]> {
    chamber.turnout.map(|tally| [tally.turnout.lower, tally.turnout.upper])
}

/// Says in words how far a chamber of a closed sheet poll is.
pub(super) fn describe_chamber(has_camps: bool, chamber: &SheetChamber, used_blocks: usize) -> String {
    let sheets = chamber.latest.len() as u64;
    if !chamber.has_enough_sheets() {
        let minimum = chamber.rule.min_ballots;
        return format!("{}, the minimum is {minimum}: never decrypted", plural(sheets, "sheet"));
    }
    let Some([lower, upper]) = turnout_of(chamber) else {
        return format!("{}, the turnout is not tallied", plural(sheets, "sheet"));
    };
    let turnout = match has_camps {
        true => format!("{} voters in camp A, {} in camp B", thousands(lower), thousands(upper)),
        false => format!("{} voters", thousands(lower + upper)),
    };
    match (chamber.turnout.is_some_and(|tally| tally.too_small), chamber.pending_blocks(used_blocks).len() as u64) {
        (true, _) => format!("{turnout}: a camp is below {}, so no answers are decrypted", chamber.rule.least_camp),
        (false, 0) => format!("{turnout}, all statements are tallied"),
        (false, pending) => format!("{turnout}, {} of statements not tallied", plural(pending, "block")),
    }
}

/// Fails with the first block that has too few decryption shares.
fn find_missing_shares(state: &ChainState, sheet: SheetId) -> Result<(), SheetsError> {
    let entry = state.sheet(sheet)?;
    let needed = state.committee(entry.parameters.committee)?.threshold as usize;
    for (&chamber, listed) in &entry.chambers {
        for block in listed.pending_blocks(entry.used_blocks()) {
            let posted = listed.shares_of(block).count();
            if posted < needed {
                return Err(SheetsError::SharesMissing { chamber, block, posted, needed });
            }
        }
    }
    Ok(())
}
