//! The contexts that all of the relayer's nodes have shown: each is asked for once.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use psephos_chain::NodeSet;
use psephos_protocol::{
    elements::Context,
    identifiers::{ChamberId, PollId},
};
use psephos_state::ChainState;
use psephos_submission::contexts::{ContextError, confirm_chamber};

/// Contexts of chambers, confirmed by several nodes.
pub(super) struct ConfirmedContexts {
    nodes: NodeSet,
    /// After a reorganisation a chamber can have another context, which is confirmed anew.
    confirmed: Mutex<BTreeSet<(PollId, ChamberId, Context)>>,
}

impl ConfirmedContexts {
    pub(super) fn new(nodes: NodeSet) -> Self {
        Self { nodes, confirmed: Mutex::default() }
    }

    /// Confirms the context of a chamber that was opened, if there are other nodes to ask.
    ///
    /// # Errors
    /// Returns [`ContextError`] if the nodes do not agree, or if one does not answer.
    pub(super) async fn confirm(
        &self,
        state: &ChainState,
        poll: PollId,
        chamber: ChamberId,
    ) -> Result<(), ContextError> {
        if self.nodes.is_single() {
            return Ok(());
        }
        let (_, frozen) = state.opened_chamber(poll, chamber)?;
        let key = (poll, chamber, frozen.ctx);
        let confirmed = || self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        if confirmed().contains(&key) {
            return Ok(());
        }
        let block = self.nodes.find_common_block(0).await?;
        confirm_chamber(&self.nodes, block, state, poll, chamber).await?;
        confirmed().insert(key);
        Ok(())
    }
}
