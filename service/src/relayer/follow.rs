//! What was sent is followed: into a block, out of it again, or nowhere until more is offered.

use std::collections::BTreeMap;

use psephos_chain::{
    ChainError,
    transaction::{Broadcast, MinedTransaction, PreparedCall},
};
use psephos_state::ChainState;

use super::{
    Halt, Relayer, Step,
    item::{Block, Transaction},
    now,
    store::Changes,
};

/// So often a transaction's number is seen used by another before it is given up: a node may know a number before it knows a receipt.
const PATIENT_LOOKS: u32 = 3;

impl Relayer {
    /// Follows every transaction that is not over.
    pub(super) async fn follow(&self, replay: &ChainState) -> Result<(), Halt> {
        let transactions = self.store.transactions();
        if transactions.is_empty() {
            return Ok(());
        }
        let next = self.connection.nonces(self.address()).await?.latest;
        for transaction in transactions.into_values() {
            match (self.look(&transaction).await?, transaction.mined) {
                (Some(mined), before) => self.mined(replay, transaction, &mined, before).await?,
                (None, Some(_)) => {
                    tracing::info!(nonce = transaction.nonce, "a transaction left the chain");
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

    async fn look(&self, transaction: &Transaction) -> Result<Option<MinedTransaction>, Halt> {
        for version in transaction.versions.iter().rev() {
            if let Some(mined) = self.connection.find_mined(version.hash).await? {
                return Ok(Some(mined));
            }
        }
        Ok(None)
    }

    /// It is in a block.
    async fn mined(
        &self,
        replay: &ChainState,
        transaction: Transaction,
        mined: &MinedTransaction,
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
                // Its ballots wait again, and a while, for each failure was paid for; why it failed shows when they are simulated next.
                transaction.items.iter().for_each(|id| self.lay_by(*id));
                tracing::warn!(nonce, transaction = %mined.hash, "a transaction failed in its block");
                self.metrics.failed("reverted");
            }
            let noted = Transaction { mined: Some(block), ..transaction };
            self.write(Changes { transactions: vec![noted], ..Changes::default() }).await?;
            self.step(Step::Mined)?;
        }
        if self.is_deep(replay, mined.block) && mined.block <= replay.block {
            self.write(Changes { finished: vec![nonce], ..Changes::default() }).await?;
            self.seen().announced.remove(&nonce);
        }
        Ok(())
    }

    /// Its number is used, and by none of its versions.
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
                "the account's number was used by another transaction: the account must be the relayer's alone"
            );
            self.metrics.failed("number_used");
            self.seen().missing.remove(&nonce);
            self.write(Changes { finished: vec![nonce], ..Changes::default() }).await?;
        }
        Ok(())
    }

    /// It is in no block yet.
    async fn awaited(&self, transaction: Transaction, next: u64) -> Result<(), Halt> {
        let nonce = transaction.nonce;
        let announced = self.seen().announced.contains(&nonce);
        if !announced {
            self.announce(&transaction).await?;
        }
        // Only the first in line is held up by its price.
        if nonce != next || now().saturating_sub(transaction.sent_at) < self.settings.patience {
            return Ok(());
        }
        let fees = transaction.versions.last().map_or(transaction.prepared.fees, |version| version.fees);
        let fees = fees.raised().at_least(self.connection.current_fees().await?);
        if fees.max_fee > self.settings.most_fee() {
            let again = Transaction { sent_at: now(), ..transaction };
            self.write(Changes { transactions: vec![again.clone()], ..Changes::default() }).await?;
            return self.announce(&again).await;
        }
        let PreparedCall { to, data, .. } = &transaction.prepared;
        let dearer = match self.connection.estimate_gas_from(self.address(), *to, data).await {
            Ok(_) => PreparedCall { fees, ..transaction.prepared.clone() },
            // It would fail by now, and must still make room for those behind it.
            Err(ChainError::Reverted(revert)) => {
                tracing::info!(nonce, revert = revert.name, "it would fail by now: nothing takes its place");
                PreparedCall::cancellation(self.address(), fees)
            }
            Err(error) => return Err(error.into()),
        };
        let signed = dearer.sign(&self.wallet, self.deployment.chain_id, nonce).await?;
        self.step(Step::Raised)?;
        let mut raised = Transaction { sent_at: now(), ..transaction };
        raised.versions.push(signed);
        self.metrics.raised.inc();
        tracing::info!(nonce, versions = raised.versions.len(), "a transaction is sent again for more");
        self.write(Changes { transactions: vec![raised.clone()], ..Changes::default() }).await?;
        self.step(Step::Written)?;
        self.announce(&raised).await
    }

    /// Gives the dearest version to the node. It is written down already: whether the node takes it or not, it is tried again.
    pub(super) async fn announce(&self, transaction: &Transaction) -> Result<(), Halt> {
        let Some(version) = transaction.versions.last() else { return Ok(()) };
        let taken = self.connection.broadcast(&version.raw).await;
        match taken {
            Ok(Broadcast::Accepted | Broadcast::AlreadyKnown | Broadcast::NonceTooLow) => {
                self.seen().announced.insert(transaction.nonce);
            }
            Ok(Broadcast::ReplacementUnderpriced) => {
                // Another version is there; this one's turn comes when more is offered.
                self.seen().announced.insert(transaction.nonce);
            }
            Ok(Broadcast::InsufficientFunds) => self.unfunded(transaction.prepared.max_cost()),
            Err(error) => return Err(error.into()),
        }
        self.step(Step::Sent)
    }

    /// Transactions that no block has, by number.
    pub(super) fn unmined(&self) -> BTreeMap<u64, Transaction> {
        let mut transactions = self.store.transactions();
        transactions.retain(|_, transaction| transaction.mined.is_none());
        transactions
    }
}
