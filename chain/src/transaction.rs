//! Transactions that are signed first and sent later: a caller that stores one before sending it can send it again
//! after a crash, and since its nonce is used once, at most one is ever mined.

use alloy::{
    eips::eip2718::Encodable2718,
    network::{EthereumWallet, NetworkTransactionBuilder, TransactionBuilder, TransactionBuilderError},
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    rpc::types::{Log, TransactionRequest},
};
use psephos_protocol::identifiers::ChainId;
use serde::{Deserialize, Serialize};

pub use crate::broadcast::Broadcast;
use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    gas_price::Fees,
    signer::error::SignerError,
};

/// The limit on a transaction's gas of EIP-7825 (osaka).
pub const GAS_CAP: u64 = 16_777_216;
/// Gas added to five quarters of the estimate: what a call needs may grow between the estimate and its block, as a
/// census does.
pub(crate) const MARGIN: u64 = 50_000;
/// The gas of a transfer without data.
const TRANSFER_GAS: u64 = 21_000;

/// A call that was simulated: a transaction without nonce and signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedCall {
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
pub struct SignedTransaction {
    /// Its hash.
    pub hash: B256,
    /// Its encoding (EIP-2718).
    pub raw: Bytes,
    /// Its fees.
    pub fees: Fees,
}

/// A transaction in a block.
#[derive(Clone, Debug)]
pub struct MinedTransaction {
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

impl PreparedCall {
    /// Creates a transaction that does nothing but use its nonce: a replacement for a call that would fail by now.
    pub fn cancellation(account: Address, fees: Fees) -> Self {
        Self { to: account, data: Bytes::new(), gas: TRANSFER_GAS, fees }
    }

    /// Returns its maximum cost, in wei.
    pub fn max_cost(&self) -> U256 {
        U256::from(self.gas).saturating_mul(U256::from(self.fees.max_fee))
    }

    /// Signs it with a nonce. Nothing is sent.
    ///
    /// # Errors
    /// `Signer` or `State` with `Unexpected` if the wallet does not sign.
    pub async fn sign(
        &self,
        wallet: &EthereumWallet,
        chain_id: ChainId,
        nonce: u64,
    ) -> Result<SignedTransaction, ChainError> {
        let mut request = TransactionRequest::default()
            .with_from(wallet.default_signer().address())
            .with_to(self.to)
            .with_input(self.data.clone())
            .with_value(U256::ZERO)
            .with_chain_id(chain_id.get())
            .with_nonce(nonce)
            .with_gas_limit(self.gas);
        self.fees.set_on(&mut request);
        let (hash, raw) = sign_request(request, wallet).await?;
        Ok(SignedTransaction { hash, raw, fees: self.fees })
    }
}

/// Signs a complete request; returns the transaction's hash and its encoding (EIP-2718).
pub(crate) async fn sign_request(
    request: TransactionRequest,
    wallet: &EthereumWallet,
) -> Result<(B256, Bytes), ChainError> {
    let built = request.build(wallet).await;
    let envelope = built.map_err(|error| {
        let unexpected = |what: String| ChainError::unexpected(format!("no transaction was signed: {what}"));
        match error {
            TransactionBuilderError::Signer(alloy::signers::Error::Other(error)) => {
                match error.downcast::<SignerError>() {
                    Ok(error) => ChainError::Signer(error),
                    Err(other) => unexpected(other.to_string()),
                }
            }
            other => unexpected(other.to_string()),
        }
    })?;
    Ok((*envelope.tx_hash(), envelope.encoded_2718().into()))
}

impl Connection {
    /// Simulates a call with these bytes from an account and prepares its transaction: gas with a margin for changes
    /// until its block, and the present fees.
    ///
    /// # Errors
    /// `Reverted` if it would fail; `NodeUnreachable`, `Provider`.
    pub async fn prepare_call(&self, from: Address, to: Address, data: Bytes) -> Result<PreparedCall, ChainError> {
        let gas = self.estimate_gas_from(from, to, &data).await?;
        let limit = (gas + gas / 4 + MARGIN).min(GAS_CAP.max(gas));
        Ok(PreparedCall { to, data, gas: limit, fees: self.current_fees().await? })
    }

    /// Estimates the gas of a call with these bytes after the newest block. Pending transactions do not count: a
    /// version of the same call may be among them.
    ///
    /// # Errors
    /// `Reverted` if it would fail; `NodeUnreachable`, `Provider`.
    pub async fn estimate_gas_from(&self, from: Address, to: Address, data: &Bytes) -> Result<u64, ChainError> {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(data.clone());
        let gas = self.provider().estimate_gas(request).block(alloy::eips::BlockId::latest()).await;
        gas.map_err(|error| classify_error(self.url(), "the gas", error))
    }

    /// Returns the fees of a transaction that is sent now: those that were chosen, and the node's estimates of the
    /// others. Where the node cannot estimate (no `eth_feeHistory`, or no base fee), its gas price, as a legacy
    /// transaction.
    ///
    /// # Errors
    /// `NoFeeEstimate` if a priority fee is chosen, no maximum, and the node cannot estimate one; `NodeUnreachable`,
    /// `NoAnswer`, `NodeBusy`, `Provider`.
    pub async fn current_fees(&self) -> Result<Fees, ChainError> {
        let options = self.fee_options();
        if let Some(fees) = options.chosen() {
            return Ok(fees);
        }
        if options.legacy {
            return Ok(Fees { max_fee: self.read_gas_price().await?, priority_fee: None });
        }
        let error = match self.provider().estimate_eip1559_fees().await {
            Ok(fees) => return Ok(options.override_estimate(fees.max_fee_per_gas, fees.max_priority_fee_per_gas)),
            Err(error) => classify_error(self.url(), "the fees", error),
        };
        if error.is_node_silent() {
            return Err(error);
        }
        match (options.priority_fee, options.gas_price) {
            (Some(_), _) => Err(ChainError::NoFeeEstimate { reason: error.to_string() }),
            (None, Some(max_fee)) => Ok(Fees { max_fee, priority_fee: None }),
            (None, None) => Ok(Fees { max_fee: self.read_gas_price().await?, priority_fee: None }),
        }
    }

    async fn read_gas_price(&self) -> Result<u128, ChainError> {
        self.provider().get_gas_price().await.map_err(|error| classify_error(self.url(), "the gas price", error))
    }

    /// Sends a signed transaction to the node. Sending it again does no harm.
    ///
    /// # Errors
    /// `NodeUnreachable`, `NoAnswer`, `NodeBusy`; `Provider` for a refusal that is not one of [`Broadcast`].
    pub async fn broadcast(&self, raw: &[u8]) -> Result<Broadcast, ChainError> {
        match self.send_raw(raw).await {
            Ok(()) => Ok(Broadcast::Accepted),
            Err(error) => Broadcast::of_refusal(&error).ok_or(error),
        }
    }

    /// As [`Connection::broadcast`], with every refusal as the error that holds the node's own words.
    pub(crate) async fn send_raw(&self, raw: &[u8]) -> Result<(), ChainError> {
        let answer = self.provider().send_raw_transaction(raw).await;
        answer.map(drop).map_err(|error| classify_error(self.url(), "the transaction", error))
    }

    /// Looks once whether a transaction is in a block.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`.
    pub async fn find_mined(&self, hash: B256) -> Result<Option<MinedTransaction>, ChainError> {
        let receipt = self.provider().get_transaction_receipt(hash).await;
        let receipt = receipt.map_err(|error| classify_error(self.url(), "a receipt", error))?;
        Ok(receipt.and_then(|receipt| {
            Some(MinedTransaction {
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
    /// `NodeUnreachable`, `Provider`.
    pub async fn nonces(&self, account: Address) -> Result<Nonces, ChainError> {
        let failed = |error| classify_error(self.url(), "the nonce", error);
        let latest = self.provider().get_transaction_count(account).await.map_err(failed)?;
        let pending = self.provider().get_transaction_count(account).pending().await.map_err(failed)?;
        Ok(Nonces { latest, pending: pending.max(latest) })
    }

    /// Returns the hash of the newest block: if it differs, there is a new block, or a reorganisation.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`; `State` with `Unexpected` if there is no block.
    pub async fn newest_hash(&self) -> Result<B256, ChainError> {
        let block = self.provider().get_block(alloy::eips::BlockId::latest()).await;
        let block = block.map_err(|error| classify_error(self.url(), "the newest block", error))?;
        block.map(|block| block.header.hash).ok_or_else(|| ChainError::unexpected("there is no newest block"))
    }

    /// Returns the hash of the block of a number; `None` if the node has no such block.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`.
    pub async fn block_hash(&self, number: u64) -> Result<Option<B256>, ChainError> {
        let block = self.provider().get_block(alloy::eips::BlockId::number(number)).await;
        let block = block.map_err(|error| classify_error(self.url(), "a block", error))?;
        Ok(block.map(|block| block.header.hash))
    }
}
