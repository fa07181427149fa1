//! A verified poll: all that its page shows.

use std::collections::BTreeMap;

use psephos_client::verify::VerifyReport;
use psephos_protocol::identifiers::PollId;
use psephos_state::{B256, ChainState, Deployment, StateError};
use serde::{Deserialize, Serialize};

use crate::{
    committee::CommitteeReport,
    gas::GasEntry,
    poll::PollReport,
    reward::RewardReport,
    transactions::{TransactionReport, list_transactions, sum_gas},
    warnings::list_warnings,
};

/// A poll and its verification.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VerifiedPoll {
    /// The contracts.
    pub deployment: Deployment,
    /// The number of the last block whose events are in it.
    pub block: u64,
    /// The time of that block, in seconds since 1970.
    pub time: u64,
    /// The poll.
    pub poll: PollReport,
    /// Its committee; none if no event created it.
    pub committee: Option<CommitteeReport>,
    /// Its reward; none if it has none.
    pub reward: Option<RewardReport>,
    /// Its transactions, by their blocks.
    pub transactions: Vec<TransactionReport>,
    /// What a reader should know besides the checks, one sentence each.
    pub warnings: Vec<String>,
    /// The checks.
    pub verify: VerifyReport,
}

impl VerifiedPoll {
    /// Reports on a poll from the state that was verified.
    ///
    /// # Errors
    /// `UnknownPoll` if there is no such poll.
    pub fn new(state: &ChainState, id: PollId, verify: VerifyReport) -> Result<Self, StateError> {
        let entry = state.poll(id)?;
        let poll = PollReport::new(state, id)?;
        let reward = RewardReport::new(state, id)?;
        Ok(Self {
            deployment: state.deployment.clone(),
            block: state.block,
            time: state.time,
            committee: CommitteeReport::new(state, entry.committee(), std::iter::once(entry)).ok(),
            transactions: list_transactions(state, id)?,
            warnings: list_warnings(&state.deployment, entry, &poll),
            poll,
            reward,
            verify,
        })
    }

    /// Returns the hashes of its transactions.
    pub fn transaction_hashes(&self) -> Vec<B256> {
        self.transactions.iter().map(|transaction| transaction.hash).collect()
    }

    /// Adds the gas of those transactions for which it is known.
    pub fn add_gas(&mut self, known: &BTreeMap<B256, u64>) {
        for transaction in &mut self.transactions {
            transaction.gas = known.get(&transaction.hash).copied().or(transaction.gas);
        }
    }

    /// Returns the known gas by what the transactions did.
    pub fn gas(&self) -> Vec<GasEntry> {
        sum_gas(&self.transactions)
    }
}
