//! The indexer as a component for the operator, and as a source of chain state for the relayer.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use psephos_chain::ChainError;
use psephos_state::{ChainState, StateError};

use super::{Indexer, IndexerStatus};
use crate::{
    component::{Component, PartReadiness, StatusSection},
    relayer::StateSource,
};

/// The maximum lag, in blocks, at which the chain state is recent enough to work with: polled every two seconds, fast
/// chains are never closer.
const MAX_LAG: u64 = 20;
/// The number of consecutive failures after which a node is taken as gone: one may be restarting.
const MAX_FAILURES: u32 = 3;

impl Indexer {
    /// Returns whether each part works: the store, the node, following, and the deployment on the node's chain.
    pub fn parts(&self) -> Vec<PartReadiness> {
        let status = self.status.borrow();
        let node = status.node_failure.filter(|_| status.failures > MAX_FAILURES || status.block.is_none());
        vec![
            PartReadiness::new("store", self.store.failure()),
            PartReadiness::new("node", node.map(|failure| format!("the node does not answer: {failure}"))),
            PartReadiness::new("follower", follower_obstacle(&status)),
            PartReadiness::new("deployment", status.deployment_failure.clone()),
        ]
    }

    /// Checks that the chain state is up to date.
    ///
    /// # Errors
    /// Returns the reason why it is not.
    pub fn check_ready(&self) -> Result<(), String> {
        match self.parts().into_iter().find_map(|part| part.obstacle) {
            Some(obstacle) => Err(obstacle),
            None => Ok(()),
        }
    }
}

fn follower_obstacle(status: &IndexerStatus) -> Option<String> {
    match &status.lost_block {
        Some(lost) => Some(lost.clone()),
        None if status.block.is_none() => Some("no block was read from the chain yet".into()),
        None if status.lag() > MAX_LAG => Some(format!("the indexer is {} blocks behind the chain", status.lag())),
        None => None,
    }
}

#[async_trait]
impl Component for Indexer {
    fn name(&self) -> &'static str {
        "indexer"
    }

    async fn readiness(&self) -> Vec<PartReadiness> {
        self.parts()
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
