//! Transactions that are signed here and sent later: whoever writes one down before it is sent can send it again after a crash, and
//! with its number used once, at most one is ever mined.

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

/// What a transfer without data uses.
const TRANSFER_GAS: u64 = 21_000;

/// What is offered for a unit of gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// At most.
    pub most: u128,
    /// Of it to whoever makes the block.
    pub tip: u128,
}

impl Fees {
    /// A quarter more: nodes take another transaction of the same number only for an eighth more, or a tenth.
    #[must_use]
    pub fn raised(self) -> Self {
        let more = |fee: u128| fee.saturating_add(fee / 4).saturating_add(1);
        Self { most: more(self.most), tip: more(self.tip) }
    }

    /// The greater of each.
    #[must_use]
    pub fn at_least(self, other: Self) -> Self {
        Self { most: self.most.max(other.most), tip: self.tip.max(other.tip) }
    }
}

/// A call that was simulated: all of a transaction but its number and signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Whom it calls.
    pub to: Address,
    /// With what.
    pub data: Bytes,
    /// The most gas that it may use.
    pub gas: u64,
    /// What it offers.
    pub fees: Fees,
}

/// A signed transaction, ready to be sent as often as it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Its hash.
    pub hash: B256,
    /// Its bytes.
    pub raw: Bytes,
    /// What it offers.
    pub fees: Fees,
}

/// How a node took a signed transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// It is new there.
    Taken,
    /// It was there.
    Known,
    /// Its number is used: it was mined, or another one was.
    NumberUsed,
    /// Another one of its number is there, and this one offers too little more.
    TooCheap,
    /// The account cannot pay what it may cost.
    Unfunded,
}

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct Mined {
    /// Its hash.
    pub hash: B256,
    /// The block's number.
    pub block: u64,
    /// The block's hash, which a reorganisation changes.
    pub block_hash: B256,
    /// Whether it succeeded.
    pub success: bool,
    /// What it used.
    pub gas: u64,
    /// What it logged.
    pub logs: Vec<Log>,
}

/// The number of an account's next transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonces {
    /// By what is mined.
    pub latest: u64,
    /// By what the node has seen.
    pub pending: u64,
}

impl Prepared {
    /// Does nothing but use a number: what takes the place of a call that would fail by now.
    pub fn nothing(account: Address, fees: Fees) -> Self {
        Self { to: account, data: Bytes::new(), gas: TRANSFER_GAS, fees }
    }

    /// What it costs at most, in wei.
    pub fn most_wei(&self) -> U256 {
        U256::from(self.gas).saturating_mul(U256::from(self.fees.most))
    }

    /// Signs it under a number. Nothing is sent.
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
    /// Simulates a call with these bytes from an account, and says what it takes to send it: gas with room for what changes until its block, and today's fees.
    ///
    /// # Errors
    /// `Reverted` if it would fail; `NoChain`, `Provider`.
    pub async fn prepare(&self, from: Address, to: Address, data: Bytes) -> Result<Prepared, ChainError> {
        let gas = self.simulated(from, to, &data).await?;
        let limit = (gas + gas / 4 + MARGIN).min(GAS_CAP.max(gas));
        Ok(Prepared { to, data, gas: limit, fees: self.fees().await? })
    }

    /// What a call with these bytes would use after the newest block. What is pending does not count: a version of the same call may be.
    ///
    /// # Errors
    /// `Reverted` if it would fail; `NoChain`, `Provider`.
    pub async fn simulated(&self, from: Address, to: Address, data: &Bytes) -> Result<u64, ChainError> {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(data.clone());
        let gas = self.provider().estimate_gas(request).block(alloy::eips::BlockId::latest()).await;
        gas.map_err(|error| classify(self.url(), "the gas", error))
    }

    /// Today's fees.
    ///
    /// # Errors
    /// `NoChain`, `Provider`.
    pub async fn fees(&self) -> Result<Fees, ChainError> {
        let fees = self.provider().estimate_eip1559_fees().await;
        let fees = fees.map_err(|error| classify(self.url(), "the fees", error))?;
        Ok(Fees { most: fees.max_fee_per_gas, tip: fees.max_priority_fee_per_gas })
    }

    /// Gives a signed transaction to the node. Giving it again does no harm.
    ///
    /// # Errors
    /// `NoChain`; `Provider` for a refusal that is none of [`Broadcast`]'s.
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

    /// The numbers of an account's next transaction.
    ///
    /// # Errors
    /// `NoChain`, `Provider`.
    pub async fn nonces(&self, account: Address) -> Result<Nonces, ChainError> {
        let failed = |error| classify(self.url(), "the nonce", error);
        let latest = self.provider().get_transaction_count(account).await.map_err(failed)?;
        let pending = self.provider().get_transaction_count(account).pending().await.map_err(failed)?;
        Ok(Nonces { latest, pending: pending.max(latest) })
    }

    /// The hash of the newest block: another one means that there is something new, or that something is gone.
    ///
    /// # Errors
    /// `NoChain`, `Provider`; `Unexpected` if there is no block.
    pub async fn head_hash(&self) -> Result<B256, ChainError> {
        let block = self.provider().get_block(alloy::eips::BlockId::latest()).await;
        let block = block.map_err(|error| classify(self.url(), "the newest block", error))?;
        block.map(|block| block.header.hash).ok_or_else(|| ChainError::Unexpected("there is no newest block".into()))
    }
}

/// Nodes agree on these refusals, but not on a number for them: only their words tell.
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
    fn refusals_are_known_by_the_words_of_several_nodes() {
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
    fn a_raised_fee_is_more_than_nodes_ask_for() {
        let fees = Fees { most: 1_000, tip: 8 };
        let raised = fees.raised();
        assert!(raised.most * 8 >= fees.most * 9 && raised.tip * 8 >= fees.tip * 9);
        assert!(Fees { most: 0, tip: 0 }.raised().most > 0);
        assert_eq!(fees.at_least(Fees { most: 5, tip: 9 }), Fees { most: 1_000, tip: 9 });
    }
}
