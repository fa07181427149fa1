//! What the contract of sheet polls says of a chamber: the same on all nodes, and the same as the events.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use psephos_chain::{NodeSet, U256, nodes::CommonBlock};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{
    B256, ChainState, SheetState,
    bindings::{
        ICharters::liveCall,
        ISheets::{ChamberView, chamberCall},
    },
    words,
};

use super::{SheetsError, recompute_sheet_context};
use crate::confirm::{ConfirmError, Confirmation, Mismatch, SourceKind, Sources};

/// Confirms the context of an opened sheet poll's chamber before a sheet is proved under it: that it follows from the
/// state's events, that all nodes have the same, and that it is the one of the announcement if there is one. There are
/// no attestations of sheet polls yet, nor proofs against the hash of a block: these sources are not looked at.
///
/// # Errors
/// Returns `Confirm`, `Nodes` or `Refused` if two sources say different things, and `Chain` if the sheet poll has not
/// been opened.
pub async fn confirm_sheet_context(
    sources: &Sources,
    state: &ChainState,
    sheet: SheetId,
    chamber: ChamberId,
) -> Result<Confirmation, SheetsError> {
    let entry = state.sheet(sheet)?;
    let (_, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let ctx = recompute_sheet_context(state, sheet, chamber)?;
    let differs = |kind, what, said, shown| Err(ConfirmError::differs(kind, what, said, shown).into());
    if ctx != frozen.ctx {
        return differs(SourceKind::Nodes, Mismatch::Context, frozen.ctx.to_hex(), ctx.to_hex());
    }
    let block = sources.nodes.find_common_block(0).await?;
    // Of all open ones: the nodes do not learn in which a sheet is about to be cast.
    let open = state.sheets.iter().filter(|(_, entry)| entry.state_at(state.time) == SheetState::Open);
    let chambers = open.flat_map(|(&id, entry)| entry.chambers.keys().map(move |&chamber| (id, chamber)));
    let asked: BTreeSet<(SheetId, ChamberId)> = chambers.chain([(sheet, chamber)]).collect();
    let asking = asked.into_iter().map(|(id, one)| confirm_sheet_chamber(&sources.nodes, block, state, id, one));
    try_join_all(asking).await?;
    let mut kinds = BTreeSet::from([SourceKind::Nodes]);
    if let Some(announced) = sources.announcement {
        let (kind, fingerprint) = (SourceKind::Announcement, entry.require_fingerprint()?);
        if announced.fingerprint != fingerprint {
            return differs(kind, Mismatch::Fingerprint, announced.fingerprint.to_string(), fingerprint.to_string());
        }
        let root = frozen.chamber.census.root();
        if announced.root != root {
            return differs(kind, Mismatch::CensusRoot, announced.root.to_hex(), root.to_hex());
        }
        kinds.insert(kind);
    }
    Ok(Confirmation::new(state.deployment.chain_id, kinds, sources.nodes.operators()))
}

/// Confirms that all nodes name the same charter in force as the events, or none if these have none.
///
/// # Errors
/// Returns `Nodes` if nodes do not agree, and `OtherLive` if they say something else than the events.
pub async fn confirm_live_charter(nodes: &NodeSet, state: &ChainState) -> Result<(), SheetsError> {
    let block = nodes.find_common_block(0).await?;
    let answer = nodes.call_at(block, state.deployment.sheets.charters, &liveCall {}).await?;
    let events = state.live_charter().map_or(B256::ZERO, |(_, version)| version.charter_hash);
    match answer.charterHash == events {
        true => Ok(()),
        false => Err(SheetsError::OtherLive { events, nodes: answer.charterHash }),
    }
}

/// Confirms that at this block all nodes have the context, the census root and the number of members that the state
/// has, and returns the contract's view. Gas is not spent, and nothing decrypted, for a sheet poll that one node
/// invents.
///
/// # Errors
/// Returns `Nodes` if nodes do not agree, and `Refused` if the contract says something else than the events.
pub(super) async fn confirm_sheet_chamber(
    nodes: &NodeSet,
    block: CommonBlock,
    state: &ChainState,
    sheet: SheetId,
    chamber: ChamberId,
) -> Result<ChamberView, SheetsError> {
    let (_, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let call = chamberCall { id: U256::from(sheet.get()), chamberId: U256::from(chamber.get()) };
    let view = nodes.call_at(block, state.deployment.sheets.sheets, &call).await?;
    let compared = [
        ("context", view.ctx, words::from_field(&frozen.ctx)),
        ("census root", view.root, words::from_field(&frozen.chamber.census.root())),
        ("number of members", U256::from(view.members), U256::from(frozen.chamber.members.len())),
    ];
    match compared.into_iter().find(|(_, contract, events)| contract != events) {
        None => Ok(view),
        Some((field, contract, events)) => {
            let reason =
                format!("its {field} is {contract} by the contract, and {events} by the events that were read");
            Err(SheetsError::Refused { chamber, reason })
        }
    }
}
