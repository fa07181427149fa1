//! Tracking of sent transactions: inclusion in a block, reorganisation, and replacement with a higher fee.

use std::collections::BTreeMap;

use psephos_chain::{
    ChainError,
    transaction::{Broadcast, Mined, Prepared},
};
use psephos_state::ChainState;

use super::{
    Halt, Relayer, Step,
    item::{Block, Transaction},
    now,
    store::Changes,
};

/// The number of observations of a foreign transaction with the same nonce before a transaction is given up: a node may
/// report the account's nonce before it reports the receipt.
const PATIENT_LOOKS: u32 = 3;

impl Relayer {
    /// Tracks every transaction that is not final.
    pub(super) async fn follow(&self, chain_state: &ChainState) -> Result<(), Halt> {
        let transactions = self.store.transactions();
        if transactions.is_empty() {
            return Ok(());
        }
        let next = self.connection.nonces(self.address()).await?.latest;
        for transaction in transactions.into_values() {
            match (self.look(&transaction).await?, transaction.mined) {
                (Some(mined), before) => self.mined(chain_state, transaction, &mined, before).await?,
                (None, Some(_)) => {
                    tracing::info!(nonce = transaction.nonce, "reorganisation: a transaction is no longer in a block");
                    self.metrics.reorganisations.inc();
                    let again = Transaction { mined: None, sent_at: now(), ..transaction };
                    self.write(Changes { transactions: vec![again.clone()], ..Changes::default() }).await?;
                    self.announce(&again).await?;
                }
                (None, None) if transaction.nonce < next => self.missed(transaction.nonce).await?,
                (None, None) => self.awaited(transaction, next).await?,
            }
        }
        Ok(())
    }

    async fn look(&self, transaction: &Transaction) -> Result<Option<Mined>, Halt> {
        for version in transaction.versions.iter().rev() {
            if let Some(mined) = self.connection.mined(version.hash).await? {
                return Ok(Some(mined));
            }
        }
        Ok(None)
    }

    /// Handles a transaction that is in a block.
    async fn mined(
        &self,
        chain_state: &ChainState,
        transaction: Transaction,
        mined: &Mined,
        before: Option<Block>,
    ) -> Result<(), Halt> {
        let nonce = transaction.nonce;
        self.seen().missing.remove(&nonce);
        let block = Block { number: mined.block, hash: mined.block_hash, success: mined.success };
        if before != Some(block) {
            self.step(Step::Seen)?;
            if before.is_none() {
                self.metrics.gas.inc_by(mined.gas);
            }
            if !mined.success {
                // Its ballots wait again, with backoff, because each failure costs gas; the reason for the failure
                // shows in the next simulation.
                transaction.items.iter().for_each(|id| self.lay_by(*id));
                tracing::warn!(nonce, transaction = %mined.hash, "a transaction reverted on chain");
                self.metrics.failed("reverted");
            }
            let noted = Transaction { mined: Some(block), ..transaction };
            self.write(Changes { transactions: vec![noted], ..Changes::default() }).await?;
            self.step(Step::Mined)?;
        }
        if self.is_deep(chain_state, mined.block) && mined.block <= chain_state.block {
            self.write(Changes { finished: vec![nonce], ..Changes::default() }).await?;
            self.seen().announced.remove(&nonce);
        }
        Ok(())
    }

    /// Handles a transaction whose nonce was used by none of its versions.
    async fn missed(&self, nonce: u64) -> Result<(), Halt> {
        let looks = {
            let mut seen = self.seen();
            let looks = seen.missing.entry(nonce).or_default();
            *looks += 1;
            *looks
        };
        if looks >= PATIENT_LOOKS {
            tracing::error!(
                nonce,
                "the nonce was used by a foreign transaction: the account must be used by this relayer only"
            );
            self.metrics.failed("nonce_used");
            self.seen().missing.remove(&nonce);
            self.write(Changes { finished: vec![nonce], ..Changes::default() }).await?;
        }
        Ok(())
    }

    /// Handles a transaction that is in no block yet.
    async fn awaited(&self, transaction: Transaction, next: u64) -> Result<(), Halt> {
        let nonce = transaction.nonce;
        let announced = self.seen().announced.contains(&nonce);
        if !announced {
            self.announce(&transaction).await?;
        }
        // Only the transaction with the lowest nonce is held up by its own fee.
        if nonce != next || now().saturating_sub(transaction.sent_at) < self.settings.patience {
            return Ok(());
        }
        let fees = transaction.versions.last().map_or(transaction.prepared.fees, |version| version.fees);
        let fees = fees.raised().at_least(self.connection.fees().await?);
        if fees.most > self.settings.most_fee() {
            let again = Transaction { sent_at: now(), ..transaction };
            self.write(Changes { transactions: vec![again.clone()], ..Changes::default() }).await?;
            return self.announce(&again).await;
        }
        let Prepared { to, data, .. } = &transaction.prepared;
        let replacement = match self.connection.simulated(self.address(), *to, data).await {
            Ok(_) => Prepared { fees, ..transaction.prepared.clone() },
            // It would fail by now, but its nonce must be used for the transactions after it to be mined.
            Err(ChainError::Reverted(revert)) => {
                tracing::info!(
                    nonce,
                    revert = revert.name,
                    "a pending transaction would revert now: it is replaced by an empty one"
                );
                Prepared::nothing(self.address(), fees)
            }
            Err(error) => return Err(error.into()),
        };
        let signed = replacement.sign(&self.wallet, self.deployment.chain_id, nonce).await?;
        self.step(Step::Raised)?;
        let mut updated = Transaction { sent_at: now(), ..transaction };
        updated.versions.push(signed);
        self.metrics.raised.inc();
        tracing::info!(nonce, versions = updated.versions.len(), "a replacement transaction with a higher fee is sent");
        self.write(Changes { transactions: vec![updated.clone()], ..Changes::default() }).await?;
        self.step(Step::Written)?;
        self.announce(&updated).await
    }

    /// Sends the version with the highest fee to the node. It is stored already: whether the node accepts it or not,
    /// sending is retried.
    pub(super) async fn announce(&self, transaction: &Transaction) -> Result<(), Halt> {
        let Some(version) = transaction.versions.last() else { return Ok(()) };
        let outcome = self.connection.broadcast(&version.raw).await;
        match outcome {
            Ok(Broadcast::Taken | Broadcast::Known | Broadcast::NumberUsed) => {
                self.seen().announced.insert(transaction.nonce);
            }
            Ok(Broadcast::TooCheap) => {
                // The node has another version; this one is accepted once the fee is raised further.
                self.seen().announced.insert(transaction.nonce);
            }
            Ok(Broadcast::Unfunded) => self.unfunded(transaction.prepared.most_wei()),
            Err(error) => return Err(error.into()),
        }
        self.step(Step::Sent)
    }

    /// Returns the transactions that are in no block, by nonce.
    pub(super) fn unmined(&self) -> BTreeMap<u64, Transaction> {
        let mut transactions = self.store.transactions();
        transactions.retain(|_, transaction| transaction.mined.is_none());
        transactions
    }
}
