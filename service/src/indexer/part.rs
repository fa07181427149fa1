//! The index as the operator and the relayer see it.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use psephos_chain::ChainError;
use psephos_state::ChainState;

use super::Indexer;
use crate::{
    part::{Part, Section},
    relayer::View,
};

/// So many blocks behind the chain's newest one the state is good enough to work with: at two seconds a look, fast chains are never less.
const BEHIND: u64 = 20;

impl Indexer {
    /// Whether its state is the chain's.
    ///
    /// # Errors
    /// Why not.
    pub fn ready(&self) -> Result<(), String> {
        let status = self.status.borrow();
        match (&status.block, status.trouble) {
            (None, _) => Err("nothing was read from the chain yet".into()),
            (_, Some(trouble)) if status.failures > 3 => Err(format!("the node does not answer: {trouble}")),
            _ if status.lag() > BEHIND => Err(format!("{} blocks are still to be read", status.lag())),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Part for Indexer {
    fn name(&self) -> &'static str {
        "index"
    }

    async fn readiness(&self) -> Result<(), String> {
        self.ready()
    }

    async fn section(&self) -> Section {
        let status = self.status.borrow().clone();
        let state = &status.state;
        let members: usize = state.chambers.values().map(|chamber| chamber.members.len()).sum();
        let ballots: usize =
            state.polls.values().flat_map(|poll| poll.chambers.values()).map(|chamber| chamber.ballots.len()).sum();
        let block = status.block.map_or_else(|| "none".into(), |block| block.number.to_string());
        Section::default()
            .with("newest block read", block)
            .with("blocks still to be read", status.lag())
            .with("final up to block", status.confirmed)
            .with("chambers", state.chambers.len())
            .with("members", members)
            .with("polls", state.polls.len())
            .with("ballots, replaced ones included", ballots)
            .with("events that do not fit", state.findings.len())
    }
}

/// What a relayer decides by. A state that is not the chain's is none: on an empty one every ballot would be for a poll that is not there.
impl View for Indexer {
    fn newest(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        let newest = match self.ready() {
            Ok(()) => Ok(self.states.borrow().clone()),
            Err(why) => Err(ChainError::Unexpected(format!("the index is not ready: {why}"))),
        };
        Box::pin(async { newest })
    }
}
