//! What nodes must show alike before a key is destroyed.

use psephos_chain::{NodeSet, U256, nodes::CommonBlock};
use psephos_state::{
    ChainState,
    bindings::{ICommittee, IPolls, ISheets},
    compare::{
        Comparison, compare_committee, compare_poll, compare_poll_chamber, compare_sheet, compare_sheet_chamber,
    },
};

use super::Retirement;
use crate::{
    confirm::ConfirmError,
    trustee::{Refusal, TrusteeError},
};

impl Retirement {
    /// Requires that all nodes show the committee, its polls and its sheet polls as the events do: a key that was
    /// destroyed because one node hid a poll does not come back.
    ///
    /// # Errors
    /// `Refused` with `ViewsDiffer`, or `Confirm`.
    pub async fn confirm(&self, nodes: &NodeSet, state: &ChainState) -> Result<(), TrusteeError> {
        let committee = self.note.committee;
        let block = nodes.find_common_block(0).await.map_err(ConfirmError::from)?;
        let call = ICommittee::committeeCall { id: U256::from(committee.get()) };
        let view = nodes.call_at(block, state.deployment.committee, &call).await.map_err(ConfirmError::from)?;
        let entry = state.committee(committee)?;
        require_same(format!("committee {committee}"), compare_committee(state, committee, entry, &view))?;
        self.confirm_polls(nodes, state, block).await?;
        self.confirm_sheets(nodes, state, block).await
    }

    async fn confirm_polls(&self, nodes: &NodeSet, state: &ChainState, block: CommonBlock) -> Result<(), TrusteeError> {
        let (committee, contract) = (self.note.committee, state.deployment.polls);
        let call = IPolls::committeePollsCall { committee: U256::from(committee.get()) };
        let count = nodes.call_at(block, contract, &call).await.map_err(ConfirmError::from)?;
        let mut comparison = Comparison::default();
        comparison.compare("number of polls", count, U256::from(self.life.polls.len()));
        require_same(format!("committee {committee}"), comparison)?;
        for &id in &self.life.polls {
            let entry = state.poll(id)?;
            let poll = U256::from(id.get());
            let call = IPolls::pollCall { id: poll };
            let view = nodes.call_at(block, contract, &call).await.map_err(ConfirmError::from)?;
            require_same(format!("poll {id}"), compare_poll(entry, &view))?;
            // Later, no total is decrypted any more, whatever a chamber's is.
            if block.time > entry.parameters.tally_deadline {
                continue;
            }
            for (number, chamber) in &entry.chambers {
                let call = IPolls::chamberCall { id: poll, chamberId: U256::from(number.get()) };
                let view = nodes.call_at(block, contract, &call).await.map_err(ConfirmError::from)?;
                require_same(format!("chamber {number} of poll {id}"), compare_poll_chamber(entry, chamber, &view))?;
            }
        }
        Ok(())
    }

    async fn confirm_sheets(
        &self,
        nodes: &NodeSet,
        state: &ChainState,
        block: CommonBlock,
    ) -> Result<(), TrusteeError> {
        let (committee, contract) = (self.note.committee, state.deployment.sheets.sheets);
        let call = ISheets::committeeSheetsCall { committee: U256::from(committee.get()) };
        let count = nodes.call_at(block, contract, &call).await.map_err(ConfirmError::from)?;
        let mut comparison = Comparison::default();
        comparison.compare("number of sheet polls", count, U256::from(self.life.sheets.len()));
        require_same(format!("committee {committee}"), comparison)?;
        for &id in &self.life.sheets {
            let entry = state.sheet(id)?;
            let sheet = U256::from(id.get());
            let call = ISheets::sheetCall { id: sheet };
            let view = nodes.call_at(block, contract, &call).await.map_err(ConfirmError::from)?;
            require_same(format!("sheet poll {id}"), compare_sheet(entry, &view))?;
            if block.time > entry.parameters.tally_deadline {
                continue;
            }
            for (number, chamber) in &entry.chambers {
                let call = ISheets::chamberCall { id: sheet, chamberId: U256::from(number.get()) };
                let view = nodes.call_at(block, contract, &call).await.map_err(ConfirmError::from)?;
                let what = format!("chamber {number} of sheet poll {id}");
                require_same(what, compare_sheet_chamber(entry, chamber, &view))?;
            }
        }
        Ok(())
    }
}

fn require_same(what: String, comparison: Comparison) -> Result<(), Refusal> {
    match comparison.differences.into_iter().next() {
        None => Ok(()),
        Some(difference) => Err(Refusal::ViewsDiffer { what, difference: difference.to_string() }),
    }
}
