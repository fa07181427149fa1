//! The context that ballots are proved under, as the contracts say: compared on several nodes before a ballot is
//! proved or relayed, or a total decrypted.

use std::fmt;

use psephos_chain::{NodeSet, NodesError, U256, nodes::CommonBlock};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{ChainState, StateError, bindings::IPolls::chamberCall, words};

/// What the contracts and the events say differently of a poll's chamber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChamberField {
    /// The context.
    Context,
    /// The root of the frozen census.
    CensusRoot,
    /// The number of members in the frozen census.
    Members,
}

impl fmt::Display for ChamberField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Context => "context",
            Self::CensusRoot => "census root",
            Self::Members => "number of members",
        })
    }
}

/// A context that nodes do not confirm.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The state does not contain what was asked for.
    #[error(transparent)]
    State(#[from] StateError),
    /// The nodes do not agree, or one cannot be asked.
    #[error(transparent)]
    Nodes(Box<NodesError>),
    /// The contract says something else than the events that were read.
    #[error(
        "the {field} of chamber {chamber} in poll {poll} is {contract} by the contract, and {events} by the events that \
         were read; nothing was proved or sent"
    )]
    Differs {
        /// The poll.
        poll: PollId,
        /// The chamber.
        chamber: ChamberId,
        /// What differs.
        field: ChamberField,
        /// What the contract says; zeros before the poll was opened.
        contract: U256,
        /// What follows from the events.
        events: U256,
    },
}

impl From<NodesError> for ContextError {
    fn from(error: NodesError) -> Self {
        Self::Nodes(Box::new(error))
    }
}

/// Confirms that at this block all nodes have the context, the census root and the number of members that the state
/// has.
///
/// # Errors
/// [`ContextError`].
pub async fn confirm_chamber(
    nodes: &NodeSet,
    block: CommonBlock,
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> Result<(), ContextError> {
    let (_, frozen) = state.opened_chamber(poll, chamber)?;
    let call = chamberCall { id: U256::from(poll.get()), chamberId: U256::from(chamber.get()) };
    let view = nodes.call_at(block, state.deployment.polls, &call).await?;
    let compared = [
        (ChamberField::Context, view.ctx, words::from_field(&frozen.ctx)),
        (ChamberField::CensusRoot, view.root, words::from_field(&frozen.chamber.census.root())),
        (ChamberField::Members, U256::from(view.members), U256::from(frozen.chamber.members.len())),
    ];
    match compared.into_iter().find(|(_, contract, events)| contract != events) {
        None => Ok(()),
        Some((field, contract, events)) => Err(ContextError::Differs { poll, chamber, field, contract, events }),
    }
}
