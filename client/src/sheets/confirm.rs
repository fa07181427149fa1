//! What the contract of sheet polls says of a chamber: the same on all nodes, and the same as the events.

use psephos_chain::{NodeSet, U256, nodes::CommonBlock};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{
    ChainState,
    bindings::ISheets::{ChamberView, chamberCall},
    words,
};

use super::SheetsError;

/// Confirms that at this block all nodes have the context, the census root and the number of members that the state
/// has, and returns the contract's view. Gas is not spent, and nothing decrypted, for a sheet poll that one node invents.
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
