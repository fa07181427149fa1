//! A connection to one chain: calls of view functions and queries of blocks, accounts and transactions.

use std::{collections::BTreeMap, time::Duration};

use alloy::{
    network::{Ethereum, EthereumWallet, TransactionBuilder},
    primitives::{Address, B256, Bytes, U256},
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::{
        client::RpcClient,
        types::{Log, TransactionRequest},
    },
    sol_types::SolCall,
};

use futures_util::{StreamExt, stream};
use psephos_protocol::identifiers::ChainId;
use psephos_state::Deployment;

use crate::{
    error::{ChainError, classify_error},
    gas_price::FeeOptions,
    host::host_of,
    nonce::ChosenNonce,
    operator::Operator,
    options::{ConnectionOptions, SendObserver},
};

/// The number of concurrent calls.
pub(crate) const AT_ONCE: usize = 8;
/// How long to wait for a receipt by default.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection to a node, and perhaps an account to send from.
#[derive(Clone, Debug)]
pub struct Connection {
    provider: DynProvider<Ethereum>,
    options: ConnectionOptions,
    chain_id: ChainId,
    sender: Option<Address>,
    wallet: Option<EthereumWallet>,
    patience: Duration,
}

/// A mined transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its hash.
    pub hash: B256,
    /// The number of its block.
    pub block: u64,
    /// The gas it used.
    pub gas: u64,
    /// The contract it created, if it created one.
    pub contract: Option<Address>,
    /// Its logs.
    pub logs: Vec<Log>,
}

impl Connection {
    /// Connects for reading: with options, or to a URL with the default ones. All requests go one way, which limits
    /// their time and repeats those that a busy node refuses.
    ///
    /// # Errors
    /// `InvalidUrl` or `InvalidHeader`; `Network`, `NodeUnreachable`, `NoAnswer`, `NodeBusy` or `Provider` if the node
    /// does not return its chain id.
    pub async fn connect(options: impl Into<ConnectionOptions>) -> Result<Self, ChainError> {
        let options: ConnectionOptions = options.into();
        let client = RpcClient::new(options.build_transport()?, options.is_local());
        let provider = ProviderBuilder::new().disable_recommended_fillers().connect_client(client).erased();
        let answer = provider.get_chain_id().await;
        let chain_id = ChainId::new(answer.map_err(|error| classify_error(options.url(), "the chain id", error))?);
        Ok(Self { provider, options, chain_id, sender: None, wallet: None, patience: PATIENCE })
    }

    /// Connects for reading and checks the chain id.
    ///
    /// # Errors
    /// As [`Connection::connect`], and `WrongChain` if it is another chain.
    pub async fn connect_to_chain(
        options: impl Into<ConnectionOptions>,
        chain_id: ChainId,
    ) -> Result<Self, ChainError> {
        let connection = Self::connect(options).await?;
        if connection.chain_id == chain_id {
            Ok(connection)
        } else {
            Err(ChainError::WrongChain { expected: chain_id, actual: connection.chain_id })
        }
    }

    /// Returns a connection that sends from a wallet's default account. The wallet signs; this crate never sees its
    /// key.
    #[must_use]
    pub fn with_wallet(&self, wallet: EthereumWallet) -> Self {
        let sender = wallet.default_signer().address();
        Self { sender: Some(sender), wallet: Some(wallet), ..self.clone() }
    }

    /// Returns a connection that sends from an account whose key the node holds or impersonates: local chains only.
    pub(crate) fn with_unlocked(&self, account: Address) -> Self {
        Self { sender: Some(account), wallet: None, ..self.clone() }
    }

    /// Returns a connection that waits for receipts at most this long.
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    /// Returns how long to wait for receipts.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// Returns the URL of the node. It may hold a key: messages name the node by [`Connection::host`].
    pub fn url(&self) -> &str {
        self.options.url()
    }

    /// Returns the host of the node, by which messages name it.
    pub fn host(&self) -> String {
        host_of(self.url())
    }

    /// Returns the options of the connection.
    pub(crate) fn options(&self) -> &ConnectionOptions {
        &self.options
    }

    /// Returns the fees that were chosen.
    pub(crate) fn fee_options(&self) -> FeeOptions {
        self.options.fees()
    }

    /// Returns the nonce that was chosen for one transaction.
    pub(crate) fn chosen_nonce(&self) -> Option<&ChosenNonce> {
        self.options.nonce()
    }

    /// Returns who receives reports of transactions.
    pub(crate) fn send_observer(&self) -> Option<&dyn SendObserver> {
        self.options.observer()
    }

    /// Returns the wallet that signs.
    pub(crate) fn wallet(&self) -> Option<&EthereumWallet> {
        self.wallet.as_ref()
    }

    /// Returns who operates the node, as far as its URL says.
    pub fn operator(&self) -> Operator {
        self.url().parse().map_or_else(|_| Operator::Domain(self.host()), |url| Operator::of_url(&url))
    }

    /// Returns the chain id.
    pub fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    /// Returns the sending account.
    pub fn sender(&self) -> Option<Address> {
        self.sender
    }

    /// Returns the provider, for what this type does not offer.
    pub fn provider(&self) -> &DynProvider<Ethereum> {
        &self.provider
    }

    /// Returns the number of the newest block.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`.
    pub async fn newest_block(&self) -> Result<u64, ChainError> {
        self.provider.get_block_number().await.map_err(|error| classify_error(self.url(), "the newest block", error))
    }

    /// Returns the time of the newest block, in seconds since 1970.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`.
    pub async fn newest_time(&self) -> Result<u64, ChainError> {
        let block = self.provider.get_block(alloy::eips::BlockId::latest()).await;
        let block = block.map_err(|error| classify_error(self.url(), "the newest block", error))?;
        block.map(|block| block.header.timestamp).ok_or_else(|| ChainError::unexpected("there is no newest block"))
    }

    /// Returns the time of a block, in seconds since 1970.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`; `State` with `Unexpected` if there is no such block.
    pub async fn block_time(&self, number: u64) -> Result<u64, ChainError> {
        Ok(self.read_block(number).await?.0)
    }

    /// Returns the time of a block, in seconds since 1970, and the hashes of its transactions, in order.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`; `State` with `Unexpected` if there is no such block.
    pub async fn read_block(&self, number: u64) -> Result<(u64, Vec<B256>), ChainError> {
        let block = self.provider.get_block(alloy::eips::BlockId::number(number)).await;
        let block = block.map_err(|error| classify_error(self.url(), "a block", error))?;
        let block = block.ok_or_else(|| ChainError::unexpected(format!("there is no block {number}")))?;
        Ok((block.header.timestamp, block.transactions.hashes().collect()))
    }

    /// Returns an account's balance in wei.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`.
    pub async fn read_balance(&self, account: Address) -> Result<U256, ChainError> {
        self.provider.get_balance(account).await.map_err(|error| classify_error(self.url(), "a balance", error))
    }

    /// Returns the code at an address; empty if there is none.
    ///
    /// # Errors
    /// `NodeUnreachable`, `Provider`.
    pub async fn read_code(&self, address: Address) -> Result<Bytes, ChainError> {
        self.provider.get_code_at(address).await.map_err(|error| classify_error(self.url(), "code", error))
    }

    /// Calls a view function.
    ///
    /// # Errors
    /// `Reverted` with the contract's own error, `NotDeployed` if there is no code, `NodeUnreachable`, `Provider`.
    pub async fn call<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, ChainError> {
        let mut request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        if let Some(sender) = self.sender {
            request = request.with_from(sender);
        }
        let answer =
            self.provider.call(request).await.map_err(|error| classify_error(self.url(), C::SIGNATURE, error))?;
        if answer.is_empty() && self.read_code(to).await?.is_empty() {
            return Err(ChainError::NotDeployed { contract: C::SIGNATURE, address: to });
        }
        C::abi_decode_returns(&answer).map_err(|error| ChainError::unexpected(format!("{}: {error}", C::SIGNATURE)))
    }

    /// Calls a view function several times, a few calls at once, and returns the answers in order.
    pub async fn call_each<C: SolCall + Sync>(&self, to: Address, calls: &[C]) -> Vec<Result<C::Return, ChainError>> {
        stream::iter(calls).map(|call| self.call(to, call)).buffered(AT_ONCE).collect().await
    }

    /// Returns the gas that transactions used, a few requests at once. Those whose receipts the node does not show are
    /// left out, and all that follow once it no longer answers.
    pub async fn read_gas(&self, transactions: &[B256]) -> BTreeMap<B256, u64> {
        let receipts = stream::iter(transactions).map(|hash| self.find_mined(*hash)).buffered(AT_ONCE);
        let answered = receipts.take_while(|answer| {
            let silent = answer.as_ref().is_err_and(ChainError::is_node_silent);
            async move { !silent }
        });
        let mined = answered.filter_map(|answer| async move { answer.ok().flatten() });
        mined.map(|mined| (mined.hash, mined.gas)).collect().await
    }

    /// Checks that a deployment's contracts are on this chain.
    ///
    /// # Errors
    /// `WrongChain`, `NotDeployed`, `NodeUnreachable`, `Provider`.
    pub async fn check_deployment(&self, deployment: &Deployment) -> Result<(), ChainError> {
        if self.chain_id != deployment.chain_id {
            return Err(ChainError::WrongChain { expected: deployment.chain_id, actual: self.chain_id });
        }
        let contracts = [
            ("registry of stakeholders", deployment.registry),
            ("committee contract", deployment.committee),
            ("polls contract", deployment.polls),
            ("rewards contract", deployment.rewards),
        ];
        for (contract, address) in contracts {
            if self.read_code(address).await?.is_empty() {
                return Err(ChainError::NotDeployed { contract, address });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
