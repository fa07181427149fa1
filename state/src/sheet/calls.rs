//! The proofs of sheets, which no event carries: the calldata of their transactions has them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use alloy_primitives::{B256, U256};
use psephos_protocol::identifiers::SheetId;

use crate::{
    chain_state::ChainState,
    error::StateError,
    poll::{BallotBatch, ProofData},
    proofs::BallotCall,
    transaction::TransactionCall,
};

impl ChainState {
    /// Returns the transactions whose calldata has proofs of a sheet poll's sheets that no event carries.
    ///
    /// # Errors
    /// `UnknownSheet` if there is no such sheet poll.
    pub fn sheet_transactions_to_load(&self, sheet: SheetId) -> Result<BTreeSet<B256>, StateError> {
        let sheets = self.sheet(sheet)?.chambers.values().flat_map(|chamber| &chamber.sheets);
        let unread = sheets.filter(|sheet| sheet.proof == ProofData::NotLoaded);
        Ok(unread.map(|sheet| sheet.position.transaction).collect())
    }

    /// Loads the proofs that the calls of a sheet poll's transactions have. If a call is absent, its own sheets stay
    /// without a proof, and no others.
    ///
    /// # Errors
    /// `UnknownSheet` if there is no such sheet poll.
    pub fn load_sheet_calls(
        &mut self,
        sheet: SheetId,
        calls: &BTreeMap<B256, TransactionCall>,
    ) -> Result<(), StateError> {
        let contract = self.deployment.sheets.sheets;
        let Some(entry) = self.sheets.get_mut(&sheet).map(Arc::make_mut) else { return self.sheet(sheet).map(drop) };
        let size = entry.parameters.size;
        for (&id, chamber) in &mut entry.chambers {
            let mut decoded: BTreeMap<B256, Option<BallotCall>> = BTreeMap::new();
            for cast in chamber.sheets.iter_mut().filter(|cast| cast.proof == ProofData::NotLoaded) {
                let transaction = cast.position.transaction;
                let call = decoded.entry(transaction).or_insert_with(|| {
                    let call = calls.get(&transaction).filter(|call| call.to == Some(contract))?;
                    let call = BallotCall::decode(&call.data);
                    call.filter(|call| call.is_about(U256::from(sheet.get()), U256::from(id.get())))
                });
                let found = call.as_ref().and_then(|call| call.sheets(size).find_proofs(&cast.posted.to_bytes()));
                let missing = || ProofData::Missing("neither its transaction nor an event contains it".into());
                cast.proof = found.unwrap_or_else(missing);
            }
            for (transaction, call) in decoded {
                let nullifiers = call.map_or_else(Vec::new, |call| call.sheets(size).nullifiers());
                chamber.batches.push(BallotBatch { transaction, nullifiers });
            }
        }
        Ok(())
    }
}
