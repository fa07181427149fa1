//! Confirmation by nodes: the view of a poll's chamber, at one block, by all of them.

use psephos_chain::{NodeSet, U256, nodes::CommonBlock};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{ChainState, bindings::IPolls::chamberCall, words};

use super::{ConfirmError, Mismatch, SourceKind};

/// Confirms that at this block all nodes have the context, the census root and the number of members that the state
/// has.
///
/// # Errors
/// `Differs`; `Chain` with `Nodes` if the nodes do not agree or cannot be asked.
pub async fn confirm_with_nodes(
    nodes: &NodeSet,
    block: CommonBlock,
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<(), ConfirmError> {
    let (_, frozen) = state.opened_chamber(poll, chamber)?;
    let call = chamberCall { id: U256::from(poll.get()), chamberId: U256::from(chamber.get()) };
    let view = nodes.call_at(block, state.deployment.polls, &call).await?;
    let members = frozen.chamber.members.len();
    for (what, said, shown) in [
        (Mismatch::Context, view.ctx, words::from_field(&frozen.ctx)),
        (Mismatch::CensusRoot, view.root, words::from_field(&frozen.chamber.census.root())),
        (Mismatch::Members, U256::from(view.members), U256::from(members)),
    ] {
        if said != shown {
            let [said, shown] = [said, shown].map(|word| format!("{word:#x}"));
            return Err(ConfirmError::differs(SourceKind::Nodes, what, said, shown));
        }
    }
    Ok(())
}
