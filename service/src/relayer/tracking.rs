//! Tracking of sent transactions: inclusion in a block, reorganisation, and replacement with a higher fee.

use std::collections::BTreeMap;

use psephos_chain::{
    ChainError,
    transaction::{Broadcast, MinedTransaction, PreparedCall},
};
use psephos_state::ChainState;

use super::{
    CrashPoint, Relayer, RelayerError,
    item::{InclusionBlock, PendingTransaction},
    store::StoreChanges,
};

/// The number of observations of a foreign transaction with the same nonce before a transaction is given up: a node may
/// report the account's nonce before it reports the receipt.
const MAX_FOREIGN_SIGHTINGS: u32 = 3;

impl Relayer {
    /// Tracks every transaction that is not final.
    pub(super) async fn track_transactions(&self, chain_state: &ChainState) -> Result<(), RelayerError> {
        let transactions = self.store.transactions();
        if transactions.is_empty() {
            return Ok(());
        }
        let next = self.connection.nonces(self.address()).await?.latest;
        for transaction in transactions.into_values() {
            match (self.find_mined_version(&transaction).await?, transaction.mined) {
                (Some(mined), before) => self.handle_mined(chain_state, transaction, &mined, before).await?,
                (None, Some(_)) => {
                    tracing::info!(nonce = transaction.nonce, "reorganisation: a transaction is no longer in a block");
                    self.metrics.reorganisations.inc();
                    let again = PendingTransaction { mined: None, sent_at: self.clock.now_seconds(), ..transaction };
                    self.store_changes(StoreChanges { transactions: vec![again.clone()], ..StoreChanges::default() })
                        .await?;
                    self.send_to_node(&again).await?;
                }
                (None, None) if transaction.nonce < next => self.handle_foreign_nonce(transaction.nonce).await?,
                (None, None) => self.handle_pending(transaction, next).await?,
            }
        }
        Ok(())
    }

    async fn find_mined_version(
        &self,
        transaction: &PendingTransaction,
    ) -> Result<Option<MinedTransaction>, RelayerError> {
        for version in transaction.versions.iter().rev() {
            if let Some(mined) = self.connection.find_mined(version.hash).await? {
                return Ok(Some(mined));
            }
        }
        Ok(None)
    }

    /// Handles a transaction that is in a block.
    async fn handle_mined(
        &self,
        chain_state: &ChainState,
        transaction: PendingTransaction,
        mined: &MinedTransaction,
        before: Option<InclusionBlock>,
    ) -> Result<(), RelayerError> {
        let nonce = transaction.nonce;
        self.observed().foreign_nonce_sightings.remove(&nonce);
        let block = InclusionBlock { number: mined.block, hash: mined.block_hash, success: mined.success };
        if before != Some(block) {
            self.reach_crash_point(CrashPoint::InclusionSeen)?;
            if before.is_none() {
                self.metrics.gas.inc_by(mined.gas);
            }
            if !mined.success {
                // Its ballots wait again, with backoff, because each failure costs gas; the reason for the failure
                // shows in the next simulation.
                transaction.items.iter().for_each(|id| self.apply_backoff(*id));
                tracing::warn!(nonce, transaction = %mined.hash, "a transaction reverted on chain");
                self.metrics.count_failure("reverted");
            }
            let noted = PendingTransaction { mined: Some(block), ..transaction };
            self.store_changes(StoreChanges { transactions: vec![noted], ..StoreChanges::default() }).await?;
            self.reach_crash_point(CrashPoint::InclusionStored)?;
        }
        if self.is_final_block(chain_state, mined.block) && mined.block <= chain_state.block {
            self.store_changes(StoreChanges { finished: vec![nonce], ..StoreChanges::default() }).await?;
            self.observed().sent_nonces.remove(&nonce);
        }
        Ok(())
    }

    /// Handles a transaction whose nonce was used by none of its versions.
    async fn handle_foreign_nonce(&self, nonce: u64) -> Result<(), RelayerError> {
        let looks = {
            let mut seen = self.observed();
            let looks = seen.foreign_nonce_sightings.entry(nonce).or_default();
            *looks += 1;
            *looks
        };
        if looks >= MAX_FOREIGN_SIGHTINGS {
            tracing::error!(
                nonce,
                "the nonce was used by a foreign transaction: the account must be used by this relayer only"
            );
            self.metrics.count_failure("nonce_used");
            self.observed().foreign_nonce_sightings.remove(&nonce);
            self.store_changes(StoreChanges { finished: vec![nonce], ..StoreChanges::default() }).await?;
        }
        Ok(())
    }

    /// Handles a transaction that is in no block yet.
    async fn handle_pending(&self, transaction: PendingTransaction, next: u64) -> Result<(), RelayerError> {
        let nonce = transaction.nonce;
        let announced = self.observed().sent_nonces.contains(&nonce);
        if !announced {
            self.send_to_node(&transaction).await?;
        }
        // Only the transaction with the lowest nonce is held up by its own fee.
        if nonce != next || self.clock.now_seconds().saturating_sub(transaction.sent_at) < self.settings.patience {
            return Ok(());
        }
        let fees = transaction.versions.last().map_or(transaction.prepared.fees, |version| version.fees);
        let fees = fees.raised().at_least(self.connection.current_fees().await?);
        if fees.max_fee > self.settings.max_fee_per_gas() {
            let again = PendingTransaction { sent_at: self.clock.now_seconds(), ..transaction };
            self.store_changes(StoreChanges { transactions: vec![again.clone()], ..StoreChanges::default() }).await?;
            return self.send_to_node(&again).await;
        }
        let PreparedCall { to, data, .. } = &transaction.prepared;
        let replacement = match self.connection.estimate_gas_from(self.address(), *to, data).await {
            Ok(_) => PreparedCall { fees, ..transaction.prepared.clone() },
            // It would fail by now, but its nonce must be used for the transactions after it to be mined.
            Err(ChainError::Reverted(revert)) => {
                tracing::info!(
                    nonce,
                    revert = revert.name,
                    "a pending transaction would revert now: it is replaced by an empty one"
                );
                PreparedCall::cancellation(self.address(), fees)
            }
            Err(error) => return Err(error.into()),
        };
        let signed = replacement.sign(&self.wallet, self.deployment.chain_id, nonce).await?;
        self.reach_crash_point(CrashPoint::ReplacementSigned)?;
        let mut updated = PendingTransaction { sent_at: self.clock.now_seconds(), ..transaction };
        updated.versions.push(signed);
        self.metrics.raised.inc();
        tracing::info!(nonce, versions = updated.versions.len(), "a replacement transaction with a higher fee is sent");
        self.store_changes(StoreChanges { transactions: vec![updated.clone()], ..StoreChanges::default() }).await?;
        self.reach_crash_point(CrashPoint::TransactionStored)?;
        self.send_to_node(&updated).await
    }

    /// Sends the version with the highest fee to the node. It is stored already: whether the node accepts it or not,
    /// sending is retried.
    pub(super) async fn send_to_node(&self, transaction: &PendingTransaction) -> Result<(), RelayerError> {
        let Some(version) = transaction.versions.last() else { return Ok(()) };
        let outcome = self.connection.broadcast(&version.raw).await;
        match outcome {
            Ok(Broadcast::Accepted | Broadcast::AlreadyKnown | Broadcast::NonceTooLow) => {
                self.observed().sent_nonces.insert(transaction.nonce);
            }
            Ok(Broadcast::ReplacementUnderpriced) => {
                // The node has another version; this one is accepted once the fee is raised further.
                self.observed().sent_nonces.insert(transaction.nonce);
            }
            Ok(Broadcast::InsufficientFunds) => self.record_unfunded(transaction.prepared.max_cost()),
            Err(error) => return Err(error.into()),
        }
        self.reach_crash_point(CrashPoint::TransactionSent)
    }

    /// Returns the transactions that are in no block, by nonce.
    pub(super) fn pending_transactions(&self) -> BTreeMap<u64, PendingTransaction> {
        let mut transactions = self.store.transactions();
        transactions.retain(|_, transaction| transaction.mined.is_none());
        transactions
    }
}
