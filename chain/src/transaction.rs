//! Transactions that are signed first and sent later: a caller that stores one before sending it can send it again
//! after a crash, and since its nonce is used once, at most one is ever mined.

use alloy::{
    eips::eip2718::Encodable2718,
    network::{EthereumWallet, NetworkTransactionBuilder, TransactionBuilder},
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    rpc::types::{Log, TransactionRequest},
};
use serde::{Deserialize, Serialize};

use crate::{
    connection::Connection,
    error::{ChainError, classify},
    sending::{GAS_CAP, MARGIN},
};

/// The gas of a transfer without data.
const TRANSFER_GAS: u64 = 21_000;

/// The fees offered per gas, in wei (EIP-1559).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// The maximum fee per gas.
    pub most: u128,
    /// The maximum priority fee per gas, which goes to the block's proposer.
    pub tip: u128,
}

impl Fees {
    /// Returns the fees raised by a quarter: nodes accept a replacement only with an increase of an eighth, or a tenth.
    #[must_use]
    pub fn raised(self) -> Self {
        let more = |fee: u128| fee.saturating_add(fee / 4).saturating_add(1);
        Self { most: more(self.most), tip: more(self.tip) }
    }

    /// Returns the greater of each fee.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        Self { most: self.most.max(other.most), tip: self.tip.max(other.tip) }
    }
}

/// A call that was simulated: a transaction without nonce and signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// The contract that it calls.
    pub to: Address,
    /// Its calldata.
    pub data: Bytes,
    /// Its gas limit.
    pub gas: u64,
    /// Its fees.
    pub fees: Fees,
}

/// A signed transaction, which may be sent any number of times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Its hash.
    pub hash: B256,
    /// Its encoding (EIP-2718).
    pub raw: Bytes,
    /// Its fees.
    pub fees: Fees,
}

/// A node's response to a signed transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// The node accepted it.
    Taken,
    /// The node has it already.
    Known,
    /// Its nonce is used: it was mined, or another transaction was.
    NumberUsed,
    /// The node has another transaction with this nonce, and this one offers too little more.
    TooCheap,
    /// The account cannot pay its maximum cost.
    Unfunded,
}

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Mined {
    /// Its hash.
    pub hash: B256,
    /// The number of the block.
    pub block: u64,
    /// The hash of the block, which changes in a reorganisation.
    pub block_hash: B256,
    /// Whether it succeeded.
    pub success: bool,
    /// The gas it used.
    pub gas: u64,
    /// Its logs.
    pub logs: Vec<Log>,
}

/// The nonce of an account's next transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonces {
    /// By mined transactions.
    pub latest: u64,
    /// By the transactions that the node has seen.
    pub pending: u64,
}

impl Prepared {
    /// Creates a transaction that does nothing but use its nonce: a replacement for a call that would fail by now.
    pub fn nothing(account: Address, fees: Fees) -> Self {
        Self { to: account, data: Bytes::new(), gas: TRANSFER_GAS, fees }
    }

    /// Returns its maximum cost, in wei.
    pub fn most_wei(&self) -> U256 {
        U256::from(self.gas).saturating_mul(U256::from(self.fees.most))
    }

    /// Signs it with a nonce. Nothing is sent.
    ///
    /// # Errors
    /// `Unexpected` if the wallet does not sign.
    pub async fn sign(&self, wallet: &EthereumWallet, chain_id: u64, nonce: u64) -> Result<Signed, ChainError> {
        let request = TransactionRequest::default()
            .with_from(wallet.default_signer().address())
            .with_to(self.to)
            .with_input(self.data.clone())
            .with_value(U256::ZERO)
            .with_chain_id(chain_id)
            .with_nonce(nonce)
            .with_gas_limit(self.gas)
            .with_max_fee_per_gas(self.fees.most)
            .with_max_priority_fee_per_gas(self.fees.tip);
        let built = request.build(wallet).await;
        let envelope = built.map_err(|error| ChainError::Unexpected(format!("no transaction was signed: {error}")))?;
        Ok(Signed { hash: *envelope.tx_hash(), raw: envelope.encoded_2718().into(), fees: self.fees })
    }
}

impl Connection {
    /// Simulates a call with these bytes from an account and prepares its transaction: gas with a margin for changes
    /// until its block, and the present fees.
    ///
    /// # Errors
    /// `Reverted` if it would fail; `NoChain`, `Provider`.
    pub async fn prepare(&self, from: Address, to: Address, data: Bytes) -> Result<Prepared, ChainError> {
        let gas = self.simulated(from, to, &data).await?;
        let limit = (gas + gas / 4 + MARGIN).min(GAS_CAP.max(gas));
        Ok(Prepared { to, data, gas: limit, fees: self.fees().await? })
    }

    /// Estimates the gas of a call with these bytes after the newest block. Pending transactions do not count: a
    /// version of the same call may be among them.
    ///
    /// # Errors
    /// `Reverted` if it would fail; `NoChain`, `Provider`.
    pub async fn simulated(&self, from: Address, to: Address, data: &Bytes) -> Result<u64, ChainError> {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(data.clone());
        let gas = self.provider().estimate_gas(request).block(alloy::eips::BlockId::latest()).await;
        gas.map_err(|error| classify(self.url(), "the gas", error))
    }

    /// Returns the present fees.
    ///
    /// # Errors
    /// `NoChain`, `Provider`.
    pub async fn fees(&self) -> Result<Fees, ChainError> {
        let fees = self.provider().estimate_eip1559_fees().await;
        let fees = fees.map_err(|error| classify(self.url(), "the fees", error))?;
        Ok(Fees { most: fees.max_fee_per_gas, tip: fees.max_priority_fee_per_gas })
    }

    /// Sends a signed transaction to the node. Sending it again does no harm.
    ///
    /// # Errors
    /// `NoChain`; `Provider` for a refusal that is not one of [`Broadcast`].
    pub async fn broadcast(&self, raw: &[u8]) -> Result<Broadcast, ChainError> {
        let error = match self.provider().send_raw_transaction(raw).await {
            Ok(_) => return Ok(Broadcast::Taken),
            Err(error) => classify(self.url(), "the transaction", error),
        };
        let ChainError::Provider { message, .. } = &error else { return Err(error) };
        known_refusal(message).ok_or(error)
    }

    /// Looks once whether a transaction is in a block.
    ///
    /// # Errors
    /// `NoChain`, `Provider`.
    pub async fn mined(&self, hash: B256) -> Result<Option<Mined>, ChainError> {
        let receipt = self.provider().get_transaction_receipt(hash).await;
        let receipt = receipt.map_err(|error| classify(self.url(), "a receipt", error))?;
        Ok(receipt.and_then(|receipt| {
            Some(Mined {
                hash: receipt.transaction_hash,
                block: receipt.block_number?,
                block_hash: receipt.block_hash?,
                success: receipt.status(),
                gas: receipt.gas_used,
                logs: receipt.logs().to_vec(),
            })
        }))
    }

    /// Returns the nonces of an account's next transaction.
    ///
    /// # Errors
    /// `NoChain`, `Provider`.
    pub async fn nonces(&self, account: Address) -> Result<Nonces, ChainError> {
        let failed = |error| classify(self.url(), "the nonce", error);
        let latest = self.provider().get_transaction_count(account).await.map_err(failed)?;
        let pending = self.provider().get_transaction_count(account).pending().await.map_err(failed)?;
        Ok(Nonces { latest, pending: pending.max(latest) })
    }

    /// Returns the hash of the newest block: if it differs, there is a new block, or a reorganisation.
    ///
    /// # Errors
    /// `NoChain`, `Provider`; `Unexpected` if there is no block.
    pub async fn head_hash(&self) -> Result<B256, ChainError> {
        let block = self.provider().get_block(alloy::eips::BlockId::latest()).await;
        let block = block.map_err(|error| classify(self.url(), "the newest block", error))?;
        block.map(|block| block.header.hash).ok_or_else(|| ChainError::Unexpected("there is no newest block".into()))
    }
}

/// Nodes agree on these refusals but not on error codes for them: only their messages tell.
fn known_refusal(message: &str) -> Option<Broadcast> {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    if says(&["already known", "already imported", "known transaction", "alreadyknown"]) {
        Some(Broadcast::Known)
    } else if says(&["nonce too low", "nonce is too low", "oldnonce", "nonce has already been used"]) {
        Some(Broadcast::NumberUsed)
    } else if says(&["underpriced", "fee too low", "gas price too low", "feetoolow"]) {
        Some(Broadcast::TooCheap)
    } else if says(&["insufficient funds", "insufficientfunds"]) {
        Some(Broadcast::Unfunded)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_recognised_by_the_messages_of_several_nodes() {
        for (words, expected) in [
            ("already known", Some(Broadcast::Known)),
            ("transaction already imported", Some(Broadcast::Known)),
            ("nonce too low: next nonce 5, tx nonce 4", Some(Broadcast::NumberUsed)),
            ("replacement transaction underpriced", Some(Broadcast::TooCheap)),
            ("Insufficient funds for gas * price + value", Some(Broadcast::Unfunded)),
            ("execution reverted", None),
        ] {
            assert_eq!(known_refusal(words), expected, "{words}");
        }
    }

    #[test]
    fn raised_fees_satisfy_replacement_rules() {
        let fees = Fees { most: 1_000, tip: 8 };
        let raised = fees.raised();
        assert!(raised.most * 8 >= fees.most * 9 && raised.tip * 8 >= fees.tip * 9);
        assert!(Fees { most: 0, tip: 0 }.raised().most > 0);
        assert_eq!(fees.at_least(Fees { most: 5, tip: 9 }), Fees { most: 1_000, tip: 9 });
    }
}
