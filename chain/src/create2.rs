//! Contracts at addresses that are known before they are deployed (EIP-1014).
//!
//! The address follows from the factory, a salt and the code, so whether a contract is deployed is seen by its address
//! alone, and deploying it again is impossible: a lost answer costs nothing. The factory is the [deterministic
//! deployment proxy](https://github.com/Arachnid/deterministic-deployment-proxy), which most chains have. Where it is
//! missing it is deployed by its transaction, which was signed once for all chains, or else its code is deployed by the
//! account.

use alloy::{
    consensus::{Transaction as _, TxEnvelope},
    eips::{BlockId, eip2718::Decodable2718},
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, b256, bytes, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    plan::{PlanError, Postcondition, Step},
    transaction::Broadcast,
};

/// The address of the proxy on all chains.
pub const PROXY: Address = address!("4e59b44847b379578588920ca78fbf26c0b4956c");
/// Keccak-256 of the proxy's code.
const CODE_HASH: B256 = b256!("2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989");
/// The transaction that deploys the proxy, without a chain id: it is valid on every chain whose nodes take such ones.
const PRESIGNED: Bytes = bytes!(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffff"
    "ffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba022222222222222222222"
    "22222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
);

/// How a chain gets its factory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factory {
    /// The proxy is there.
    Proxy,
    /// The proxy is deployed by its own transaction, for which its account needs funds.
    Presigned,
    /// The proxy's code is deployed by the sending account, at an address that depends on a nonce.
    Own,
}

/// Returns the calldata that makes the factory deploy a contract.
pub fn deployment_calldata(salt: B256, creation_code: &[u8]) -> Bytes {
    [salt.as_slice(), creation_code].concat().into()
}

/// The proxy's own transaction.
struct Presigned {
    account: Address,
    code: Bytes,
    gas: u64,
    gas_price: u128,
    cost: U256,
}

impl Presigned {
    fn decode() -> Result<Self, ChainError> {
        let refuse = |error: String| ChainError::unexpected(format!("the proxy's transaction: {error}"));
        let tx = TxEnvelope::decode_2718(&mut PRESIGNED.as_ref()).map_err(|error| refuse(error.to_string()))?;
        let account = tx.signature().recover_address_from_prehash(&tx.signature_hash());
        let account = account.map_err(|error| refuse(error.to_string()))?;
        let (gas, gas_price) = (tx.gas_limit(), tx.gas_price().unwrap_or_default());
        let cost = U256::from(gas) * U256::from(gas_price);
        Ok(Self { account, code: tx.input().clone(), gas, gas_price, cost })
    }
}

/// The proxy's account can pay for its transaction, or the proxy is there.
struct ProxyFunded(Address, U256);

#[async_trait]
impl Postcondition for ProxyFunded {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        Ok(has_factory(connection, PROXY).await? || connection.read_balance(self.0).await? >= self.1)
    }
}

/// Finds out how this chain gets its factory. Nothing is paid for it here.
///
/// # Errors
/// `Plan` with `NoFactory`; `NodeUnreachable`, `Provider`.
pub async fn choose_factory(connection: &Connection, account: Address) -> Result<Factory, ChainError> {
    if has_factory(connection, PROXY).await? {
        return Ok(Factory::Proxy);
    }
    let presigned = Presigned::decode()?;
    let request = TransactionRequest::default().with_from(account).with_deploy_code(presigned.code.clone());
    let gas = connection.provider().estimate_gas(request).block(BlockId::latest()).await;
    let gas = gas.map_err(|error| {
        let reason = classify_error(connection.url(), "the gas of a factory", error).to_string();
        ChainError::from(PlanError::NoFactory { chain_id: connection.chain_id(), reason })
    })?;
    let is_cheap = gas <= presigned.gas && connection.current_fees().await?.max_fee <= presigned.gas_price;
    let unused = connection.nonces(presigned.account).await?.latest == 0;
    // A node that takes transactions without a chain id says that this one has no funds; another refuses it. So this is
    // known before the funds are sent to an account whose key no one has.
    let is_taken = async || match connection.broadcast(&PRESIGNED).await {
        Ok(Broadcast::Accepted | Broadcast::AlreadyKnown | Broadcast::InsufficientFunds) => Ok(true),
        Ok(_) | Err(ChainError::Provider { .. }) => Ok(false),
        Err(error) => Err(error),
    };
    Ok(if is_cheap && unused && is_taken().await? { Factory::Presigned } else { Factory::Own })
}

/// Returns the step from the sending account that a factory needs, if it needs one.
///
/// # Errors
/// `State` if the proxy's transaction cannot be decoded.
pub fn factory_step(factory: Factory) -> Result<Option<Step>, ChainError> {
    let Presigned { account, code, cost, .. } = Presigned::decode()?;
    Ok(match factory {
        Factory::Proxy => None,
        Factory::Presigned => Some(Step {
            name: "funds of the deployment proxy's account".into(),
            to: Some(account),
            value: cost,
            data: Bytes::new(),
            done: Some(Box::new(ProxyFunded(account, cost))),
        }),
        Factory::Own => {
            Some(Step { name: "deployment proxy".into(), to: None, value: U256::ZERO, data: code, done: None })
        }
    })
}

/// Sends the proxy's own transaction, whose account has funds, until the proxy is there. It may be sent any number of
/// times.
///
/// # Errors
/// `Plan` with `NoFactory` if it does not appear; `NodeUnreachable`, `Provider`.
pub async fn deploy_proxy(connection: &Connection) -> Result<(), ChainError> {
    let started = tokio::time::Instant::now();
    loop {
        if has_factory(connection, PROXY).await? {
            return Ok(());
        }
        let answer = connection.broadcast(&PRESIGNED).await;
        if started.elapsed() >= connection.patience() {
            let reason = match answer {
                Err(error) => error.to_string(),
                Ok(_) => "its transaction is not mined yet: the same command tries again".to_owned(),
            };
            return Err(PlanError::NoFactory { chain_id: connection.chain_id(), reason }.into());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Returns whether the factory's code is at an address.
///
/// # Errors
/// `NodeUnreachable`, `Provider`.
pub async fn has_factory(connection: &Connection, address: Address) -> Result<bool, ChainError> {
    Ok(keccak256(connection.read_code(address).await?) == CODE_HASH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presigned_transaction_deploys_the_proxy() {
        let presigned = Presigned::decode().unwrap();
        assert_eq!(presigned.account.create(0), PROXY);
        assert_eq!(presigned.cost, U256::from(10_000_000_000_000_000_u64), "a hundredth of the coin");
        // The creation code is 14 bytes that return what follows them.
        assert_eq!(keccak256(&presigned.code[14..]), CODE_HASH);
    }
}
