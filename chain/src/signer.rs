//! Remote signers: programs that hold the keys of accounts and sign over JSON-RPC, such as Clef, web3signer, or a node
//! with unlocked accounts.
//!
//! Architecture invariant: a signer is asked, never trusted. What is sent is the transaction that was asked for, with
//! the signer's signature, and only if that signature is the account's for exactly this transaction. A request is made
//! once: a person may have to approve it.

mod answer;
mod endpoint;
pub mod error;

use std::time::Duration;

use alloy::{
    consensus::{SignableTransaction, Transaction},
    network::TxSigner,
    primitives::{Address, B256, Signature, TxKind, U64, U128},
};
use async_trait::async_trait;
use serde_json::{Value, json};

use self::{
    answer::{check_transaction, check_typed_data, read_accounts},
    endpoint::Endpoint,
    error::SignerError,
};
use crate::network::Network;

/// The time limit of one request by default: a person may have to look at it.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// The names that signers give to the same methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// `eth_accounts`, `eth_signTransaction`: web3signer and nodes.
    Node,
    /// `account_list`, `account_signTransaction`: Clef.
    Clef,
}

/// An account whose key a remote signer holds. Without `Debug`: the URL may hold a key.
#[derive(Clone)]
pub struct RemoteSigner {
    endpoint: Endpoint,
    dialect: Dialect,
    account: Address,
}

impl RemoteSigner {
    /// Connects to the signer at a URL and finds the account among those that it holds. Plain HTTP is accepted for
    /// this machine and for onion services only. Each request ends after `timeout`.
    ///
    /// # Errors
    /// `InvalidUrl`, `InsecureTransport`, `Network`; `NotHeld`, or `SeveralAccounts` if none is named and there is not
    /// exactly one; `Unreachable`, `TimedOut`, `Refused`, `InvalidAnswer`.
    pub async fn connect(
        url: &str,
        network: &Network,
        account: Option<Address>,
        timeout: Duration,
    ) -> Result<Self, SignerError> {
        let endpoint = Endpoint::new(url, network, timeout)?;
        let (dialect, answer) = match endpoint.call("eth_accounts", json!([])).await {
            Err(error) if error.is_unknown_method() => (Dialect::Clef, endpoint.call("account_list", json!([])).await?),
            other => (Dialect::Node, other?),
        };
        let host = endpoint.host();
        let held = read_accounts(&host, &answer)?;
        let account = match (account, held.as_slice()) {
            (Some(account), held) if held.contains(&account) => account,
            (Some(account), _) => return Err(SignerError::NotHeld { host, account }),
            (None, [only]) => *only,
            (None, held) => return Err(SignerError::SeveralAccounts { host, accounts: held.len() }),
        };
        Ok(Self { endpoint, dialect, account })
    }

    /// Returns the account.
    pub fn address(&self) -> Address {
        self.account
    }

    /// Returns the host of the signer, by which messages name it.
    pub fn host(&self) -> String {
        self.endpoint.host()
    }

    /// Signs EIP-712 data, as `eth_signTypedData_v4` takes it, whose hash the caller has computed itself.
    ///
    /// # Errors
    /// `OtherAccount` if the signature is not the account's for this hash; `Unreachable`, `TimedOut`, `Refused`,
    /// `InvalidAnswer`.
    pub async fn sign_typed_data(&self, data: &Value, hash: &B256) -> Result<Signature, SignerError> {
        let account = self.account.to_checksum(None);
        let answer = match self.dialect {
            Dialect::Clef => self.endpoint.call("account_signTypedData", json!([account, data])).await?,
            Dialect::Node => match self.endpoint.call("eth_signTypedData_v4", json!([account, data])).await {
                // web3signer's name for it; it takes the data as text.
                Err(error) if error.is_unknown_method() => {
                    self.endpoint.call("eth_signTypedData", json!([account, data.to_string()])).await?
                }
                other => other?,
            },
        };
        check_typed_data(&self.host(), self.account, hash, &answer)
    }

    async fn sign(&self, transaction: &dyn SignableTransaction<Signature>) -> Result<Signature, SignerError> {
        let method = match self.dialect {
            Dialect::Node => "eth_signTransaction",
            Dialect::Clef => "account_signTransaction",
        };
        let answer = self.endpoint.call(method, json!([build_request(self.account, transaction)?])).await?;
        check_transaction(&self.host(), self.account, transaction, &answer)
    }
}

#[async_trait]
impl TxSigner<Signature> for RemoteSigner {
    fn address(&self) -> Address {
        self.account
    }

    async fn sign_transaction(
        &self,
        transaction: &mut dyn SignableTransaction<Signature>,
    ) -> alloy::signers::Result<Signature> {
        self.sign(transaction).await.map_err(alloy::signers::Error::other)
    }
}

/// Returns the request for a transaction. Nothing is left for the signer to fill in.
fn build_request<T: Transaction + ?Sized>(from: Address, transaction: &T) -> Result<Value, SignerError> {
    let mut request = json!({
        "from": from.to_checksum(None),
        "nonce": U64::from(transaction.nonce()),
        "gas": U64::from(transaction.gas_limit()),
        "value": transaction.value(),
        "data": transaction.input(),
    });
    if let Some(chain_id) = transaction.chain_id() {
        request["chainId"] = json!(U64::from(chain_id));
    }
    if let TxKind::Call(to) = transaction.kind() {
        request["to"] = json!(to.to_checksum(None));
    }
    match (transaction.ty(), transaction.gas_price(), transaction.max_priority_fee_per_gas()) {
        (0, Some(price), _) => request["gasPrice"] = json!(U128::from(price)),
        (2, _, Some(priority_fee)) => {
            request["maxFeePerGas"] = json!(U128::from(transaction.max_fee_per_gas()));
            request["maxPriorityFeePerGas"] = json!(U128::from(priority_fee));
        }
        (kind, ..) => return Err(SignerError::UnsupportedTransaction { kind }),
    }
    Ok(request)
}
