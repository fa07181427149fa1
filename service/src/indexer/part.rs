//! The indexer as a component for the operator, and as a source of chain state for the relayer.

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

/// The maximum lag, in blocks, at which the chain state is recent enough to work with: polled every two seconds, fast
/// chains are never closer.
const BEHIND: u64 = 20;

impl Indexer {
    /// Checks that the chain state is up to date.
    ///
    /// # Errors
    /// Returns the reason why it is not.
    pub fn ready(&self) -> Result<(), String> {
        let status = self.status.borrow();
        match (&status.block, status.trouble) {
            (None, _) => Err("no block was read from the chain yet".into()),
            (_, Some(trouble)) if status.failures > 3 => Err(format!("the node does not answer: {trouble}")),
            _ if status.lag() > BEHIND => Err(format!("the indexer is {} blocks behind the chain", status.lag())),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Part for Indexer {
    fn name(&self) -> &'static str {
        "indexer"
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
            .with("lag, in blocks", status.lag())
            .with("final block", status.confirmed)
            .with("chambers", state.chambers.len())
            .with("members", members)
            .with("polls", state.polls.len())
            .with("ballots, including replaced ones", ballots)
            .with("findings (inconsistent events)", state.findings.len())
    }
}

/// The chain state that a relayer works with. A state that is not up to date is withheld: with an empty one every
/// ballot would be for an unknown poll.
impl View for Indexer {
    fn newest(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        let newest = match self.ready() {
            Ok(()) => Ok(self.states.borrow().clone()),
            Err(why) => Err(ChainError::Unexpected(format!("the indexer is not ready: {why}"))),
        };
        Box::pin(async { newest })
    }
}
