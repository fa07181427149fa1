//! Sending transactions: simulated, funded, sent, and replaced with higher fees while they are not mined.

use std::time::Duration;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};

use crate::{
    connection::{Connection, Sent},
    error::{ChainError, classify_error},
};

/// The limit on a transaction's gas of EIP-7825 (osaka).
pub const GAS_CAP: u64 = 16_777_216;
/// Gas added to five quarters of the estimate: what a call needs may grow between the estimate and its block, as a
/// census does.
pub(crate) const MARGIN: u64 = 50_000;
/// How often a transaction is sent before giving up. Each attempt replaces the one before, so that only one is ever
/// mined.
const ATTEMPTS: u32 = 3;

impl Connection {
    /// Sends a call and waits for its receipt.
    ///
    /// # Errors
    /// `Reverted` and `Unfunded` before anything is sent; `NotMined`; `NoSender`, `NodeUnreachable`, `Provider`.
    pub async fn send_call<C: SolCall>(&self, to: Address, call: &C) -> Result<Sent, ChainError> {
        self.send_request(Some(to), call.abi_encode().into(), U256::ZERO).await
    }

    /// Sends a call with an amount of the native token, in wei, and waits for its receipt.
    ///
    /// # Errors
    /// As [`Connection::send_call`].
    pub async fn send_with_value<C: SolCall>(&self, to: Address, call: &C, wei: U256) -> Result<Sent, ChainError> {
        self.send_request(Some(to), call.abi_encode().into(), wei).await
    }

    /// Sends a call with these bytes and an amount of the native token, in wei, and waits for its receipt.
    ///
    /// # Errors
    /// As [`Connection::send_call`].
    pub async fn send_bytes(&self, to: Address, data: Bytes, wei: U256) -> Result<Sent, ChainError> {
        self.send_request(Some(to), data, wei).await
    }

    /// Deploys a contract.
    ///
    /// # Errors
    /// As [`Connection::send_call`].
    pub async fn deploy_code(&self, code: Bytes) -> Result<Sent, ChainError> {
        self.send_request(None, code, U256::ZERO).await
    }

    async fn send_request(&self, to: Option<Address>, data: Bytes, wei: U256) -> Result<Sent, ChainError> {
        let mut request = self.build_request(to, data)?.with_value(wei);
        let sender = self.sender().ok_or(ChainError::NoSender)?;
        let classify = |action| move |error| classify_error(self.url(), action, error);
        let gas = self.estimate_gas(&request).await?;
        let limit = (gas + gas / 4 + MARGIN).min(GAS_CAP.max(gas));
        let fees = self.provider().estimate_eip1559_fees().await.map_err(classify("the fees"))?;
        let needed = U256::from(limit) * U256::from(fees.max_fee_per_gas) + wei;
        let balance = self.read_balance(sender).await?;
        if balance < needed {
            return Err(ChainError::Unfunded { account: sender, balance, needed });
        }
        let nonce = self.provider().get_transaction_count(sender).pending().await.map_err(classify("the nonce"))?;
        request.set_nonce(nonce);
        request.set_chain_id(self.chain_id().get());
        request.set_gas_limit(limit);
        request.set_max_fee_per_gas(fees.max_fee_per_gas);
        request.set_max_priority_fee_per_gas(fees.max_priority_fee_per_gas);
        let receipt = self.send_until_mined(request.clone()).await?;
        if !receipt.status() {
            // The simulation succeeded, so another transaction came between. The same call on the present state names
            // the error.
            return Err(match self.estimate_gas(&request).await {
                Err(error @ ChainError::Reverted(_)) => error,
                _ => {
                    ChainError::unexpected(format!("transaction {} failed when it was mined", receipt.transaction_hash))
                }
            });
        }
        Ok(Sent {
            hash: receipt.transaction_hash,
            block: receipt.block_number.unwrap_or_default(),
            gas: receipt.gas_used,
            contract: receipt.contract_address,
            logs: receipt.logs().to_vec(),
        })
    }

    fn build_request(&self, to: Option<Address>, data: Bytes) -> Result<TransactionRequest, ChainError> {
        let request = TransactionRequest::default().with_from(self.sender().ok_or(ChainError::NoSender)?);
        Ok(match to {
            Some(to) => request.with_to(to).with_input(data),
            None => request.with_deploy_code(data),
        })
    }

    async fn estimate_gas(&self, request: &TransactionRequest) -> Result<u64, ChainError> {
        self.provider()
            .estimate_gas(request.clone())
            .await
            .map_err(|error| classify_error(self.url(), "the gas", error))
    }

    /// Sends the request, and replaces it with higher fees while it is not mined within its part of the time.
    async fn send_until_mined(&self, mut request: TransactionRequest) -> Result<TransactionReceipt, ChainError> {
        let mut hashes: Vec<B256> = Vec::new();
        for _ in 0..ATTEMPTS {
            match self.provider().send_transaction(request.clone()).await {
                Ok(pending) => hashes.push(*pending.tx_hash()),
                Err(error) if hashes.is_empty() => return Err(classify_error(self.url(), "the transaction", error)),
                // It was just mined, or the account cannot pay the higher fee: the earlier versions are still waited
                // for.
                Err(_) => {}
            }
            if let Some(receipt) = self.await_receipt(&hashes, self.patience() / ATTEMPTS).await {
                return Ok(receipt);
            }
            raise_fees(&mut request);
        }
        let hash = hashes.last().copied().unwrap_or_default();
        Err(ChainError::NotMined { hash, seconds: self.patience().as_secs() })
    }

    /// Returns the receipt of the one among these that is mined.
    async fn await_receipt(&self, hashes: &[B256], patience: Duration) -> Option<TransactionReceipt> {
        let start = tokio::time::Instant::now();
        let mut pause = Duration::from_millis(4);
        loop {
            for hash in hashes.iter().rev() {
                // The transaction is sent already: a node that fails to answer is asked again until the time is over.
                if let Ok(Some(receipt)) = self.provider().get_transaction_receipt(*hash).await {
                    return Some(receipt);
                }
            }
            if start.elapsed() >= patience {
                return None;
            }
            tokio::time::sleep(pause.min(patience)).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }
}

/// Raises both fees by a quarter: nodes accept a replacement only with an increase of an eighth, or a tenth.
fn raise_fees(request: &mut TransactionRequest) {
    let more = |fee: Option<u128>| fee.map(|fee| fee + fee / 4 + 1);
    request.max_fee_per_gas = more(request.max_fee_per_gas);
    request.max_priority_fee_per_gas = more(request.max_priority_fee_per_gas);
}
