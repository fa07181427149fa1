//! Sending transactions: simulated, funded, sent, and replaced with higher fees while they are not mined.

use std::time::Duration;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolCall,
};

use tokio::time::Instant;

use crate::{
    broadcast::Broadcast,
    connection::{Connection, Sent},
    error::{ChainError, classify_error},
    gas_price::Fees,
    options::SendObserver,
    transaction::{GAS_CAP, MARGIN, Nonces, sign_request},
};

/// How often a transaction is sent before giving up. Each attempt replaces the one before, so that only one is ever
/// mined.
pub(crate) const ATTEMPTS: u32 = 3;
/// How often an observer is given the news that a transaction is still waited for.
const REPORT_EVERY: Duration = Duration::from_secs(10);

impl Connection {
    /// Sends a call and waits for its receipt.
    ///
    /// # Errors
    /// `Reverted`, `Unfunded`, `Signer` and `Nonce` before anything is sent; `NotMined`; `NoSender`, `NodeUnreachable`,
    /// `Provider`.
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
        let nonce = self.take_nonce(sender).await?;
        let gas = self.estimate_gas(&request).await?;
        let limit = (gas + gas / 4 + MARGIN).min(GAS_CAP.max(gas));
        let fees = self.current_fees().await?;
        let needed = U256::from(limit).saturating_mul(U256::from(fees.max_fee)).saturating_add(wei);
        let balance = self.read_balance(sender).await?;
        if balance < needed {
            return Err(ChainError::Unfunded { account: sender, balance, needed });
        }
        request.set_nonce(nonce);
        request.set_chain_id(self.chain_id().get());
        request.set_gas_limit(limit);
        let receipt = self.send_until_mined(&request, fees).await?;
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

    /// Returns the nonce of the next transaction of an account: the chosen one, once, or the account's next one.
    async fn take_nonce(&self, account: Address) -> Result<u64, ChainError> {
        let Nonces { latest, pending } = self.nonces(account).await?;
        match self.chosen_nonce() {
            Some(chosen) => Ok(chosen.take(account, (latest, pending))?),
            None => Ok(pending),
        }
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
    async fn send_until_mined(
        &self,
        request: &TransactionRequest,
        mut fees: Fees,
    ) -> Result<TransactionReceipt, ChainError> {
        let start = Instant::now();
        let mut hashes: Vec<B256> = Vec::new();
        for _ in 0..ATTEMPTS {
            let mut request = request.clone();
            fees.set_on(&mut request);
            match self.send_once(request).await {
                Ok(hash) => hashes.push(hash),
                Err(error) if hashes.is_empty() => return Err(error),
                // It was just mined, or the account cannot pay the higher fee: the earlier versions are still waited
                // for.
                Err(_) => {}
            }
            let waiting = self.await_receipt(&hashes, start);
            if let Ok(receipt) = tokio::time::timeout(self.patience() / ATTEMPTS, waiting).await {
                return Ok(receipt);
            }
            fees = fees.raised();
        }
        let hash = hashes.last().copied().unwrap_or_default();
        Err(ChainError::NotMined { hash, seconds: self.patience().as_secs() })
    }

    /// Sends the request to the node and returns the hash of the transaction, which the node has or, if its answer was
    /// lost, may have.
    pub(crate) async fn send_once(&self, request: TransactionRequest) -> Result<B256, ChainError> {
        let Some(wallet) = self.wallet() else {
            // The node signs, as only local chains do.
            let sent = self.provider().send_transaction(request).await;
            let hash = *sent.map_err(|error| classify_error(self.url(), "the transaction", error))?.tx_hash();
            self.tell(|observer| observer.sending(hash));
            return Ok(hash);
        };
        let (hash, raw) = sign_request(request, wallet).await?;
        self.tell(|observer| observer.sending(hash));
        let Err(error) = self.send_raw(&raw).await else { return Ok(hash) };
        let may_have_it = match Broadcast::of_refusal(&error) {
            Some(Broadcast::AlreadyKnown) => true,
            // Sent twice because the first answer was lost, and mined in between.
            Some(Broadcast::NonceTooLow) => self.find_mined(hash).await?.is_some(),
            _ => matches!(error, ChainError::NoAnswer { .. }),
        };
        if may_have_it { Ok(hash) } else { Err(error) }
    }

    /// Waits for the receipt of the one among these that is mined.
    async fn await_receipt(&self, hashes: &[B256], start: Instant) -> TransactionReceipt {
        let (mut pause, mut told) = (Duration::from_millis(4), Instant::now());
        loop {
            for hash in hashes.iter().rev() {
                // The transaction is sent already: a node that fails to answer is asked again until the time is over.
                if let Ok(Some(receipt)) = self.provider().get_transaction_receipt(*hash).await {
                    return receipt;
                }
            }
            if let Some(&hash) = hashes.last().filter(|_| told.elapsed() >= REPORT_EVERY) {
                self.tell(|observer| observer.waiting(hash, start.elapsed()));
                told = Instant::now();
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    fn tell(&self, tell: impl FnOnce(&dyn SendObserver)) {
        if let Some(observer) = self.send_observer() {
            tell(observer);
        }
    }
}
