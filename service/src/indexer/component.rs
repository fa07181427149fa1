//! The indexer as a component for the operator, and as a source of chain state for the relayer.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use psephos_chain::ChainError;
use psephos_state::{ChainState, StateError};

use super::Indexer;
use crate::{
    component::{Component, StatusSection},
    relayer::StateSource,
};

/// The maximum lag, in blocks, at which the chain state is recent enough to work with: polled every two seconds, fast
/// chains are never closer.
const MAX_LAG: u64 = 20;

impl Indexer {
    /// Checks that the chain state is up to date.
    ///
    /// # Errors
    /// Returns the reason why it is not.
    pub fn check_ready(&self) -> Result<(), String> {
        let status = self.status.borrow();
        match (&status.block, status.node_failure) {
            (None, _) => Err("no block was read from the chain yet".into()),
            (_, Some(failure)) if status.failures > 3 => Err(format!("the node does not answer: {failure}")),
            _ if status.lag() > MAX_LAG => Err(format!("the indexer is {} blocks behind the chain", status.lag())),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Component for Indexer {
    fn name(&self) -> &'static str {
        "indexer"
    }

    async fn readiness(&self) -> Result<(), String> {
        self.check_ready()
    }

    async fn status_section(&self) -> StatusSection {
        let status = self.status.borrow().clone();
        let state = &status.state;
        let members: usize = state.chambers.values().map(|chamber| chamber.members.len()).sum();
        let ballots: usize =
            state.polls.values().flat_map(|poll| poll.chambers.values()).map(|chamber| chamber.ballots.len()).sum();
        let block = status.block.map_or_else(|| "none".into(), |block| block.number.to_string());
        StatusSection::default()
            .with_fact("newest block read", block)
            .with_fact("lag, in blocks", status.lag())
            .with_fact("final block", status.confirmed)
            .with_fact("chambers", state.chambers.len())
            .with_fact("members", members)
            .with_fact("polls", state.polls.len())
            .with_fact("ballots, including replaced ones", ballots)
            .with_fact("findings (inconsistent events)", state.findings.len())
    }
}

/// The chain state that a relayer works with. A state that is not up to date is withheld: with an empty one every
/// ballot would be for an unknown poll.
impl StateSource for Indexer {
    fn newest_state(&self) -> BoxFuture<'_, Result<Arc<ChainState>, ChainError>> {
        let newest = match self.check_ready() {
            Ok(()) => Ok(self.states.borrow().clone()),
            Err(why) => Err(StateError::Unexpected(format!("the indexer is not ready: {why}")).into()),
        };
        Box::pin(async { newest })
    }
}
