//! What has become of a step, as the chain and the journal show it.

use serde::Serialize;

use super::{
    error::PlanError,
    execute::Executor,
    journal::Entry,
    state::State,
    step::{Mined, Step},
    trace::find_spender,
};
use crate::error::ChainError;

impl<F: Serialize> Executor<'_, F> {
    /// Looks what has become of a step.
    pub(super) async fn look(&mut self, step: &Step) -> Result<State, ChainError> {
        let holds = match &step.done {
            Some(done) => done.holds(self.connection).await?,
            None => false,
        };
        let Some(entry) = self.journal.entry(step).cloned() else {
            return Ok(if holds { State::Done(None) } else { State::New });
        };
        if !step.is_version(entry.to, entry.value, entry.data_hash) {
            return Err(PlanError::OtherRun { path: self.journal.path(), what: "transaction of a step" }.into());
        }
        if let Some(state) = self.find_receipt(step, &entry, holds).await? {
            return Ok(state);
        }
        let latest = self.connection.nonces(self.account).await?.latest;
        if latest <= entry.nonce {
            return Ok(if holds { State::Done(None) } else { State::Open { latest } });
        }
        // The nonce is used: by a version whose hash is unknown, or by another transaction?
        let spender = find_spender(self.connection, self.account, entry.nonce, entry.after_block).await?;
        match spender {
            Some(tx) if step.is_version(tx.to, tx.value, tx.data_hash) => {
                self.journal.add_transaction(step, tx.hash)?;
                let known = Entry { transactions: vec![tx.hash], ..entry };
                Ok(self.find_receipt(step, &known, holds).await?.unwrap_or(State::Unexplained))
            }
            _ if holds => Ok(State::Done(None)),
            Some(tx) => Ok(State::SpentElsewhere(tx.hash)),
            None => Ok(State::Unexplained),
        }
    }

    /// Looks for the receipt of a version of a step.
    async fn find_receipt(&self, step: &Step, entry: &Entry, holds: bool) -> Result<Option<State>, ChainError> {
        for hash in entry.transactions.iter().rev() {
            let Some(found) = self.connection.find_mined(*hash).await? else { continue };
            // Only the creation of a contract by its own transaction has an address that depends on the nonce.
            let contract = step.to.is_none().then(|| self.account.create(entry.nonce));
            let mined = Mined { hash: found.hash, block: found.block, gas: found.gas, contract };
            return Ok(Some(match found.success {
                true if holds || step.done.is_none() => State::Done(Some(mined)),
                true => State::NoEffect(mined),
                false if holds => State::Done(None),
                false => State::Failed(found.hash),
            }));
        }
        Ok(None)
    }
}
