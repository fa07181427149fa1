//! Accounts that can pay for gas.

use alloy::{network::EthereumWallet, primitives::U256, signers::local::PrivateKeySigner};
use psephos_chain::{Connection, local};

/// The balance of accounts that are made here, in wei: 100 ether of a local chain.
pub const FUNDS: u128 = 100_000_000_000_000_000_000;

/// Returns a connection that sends from a new account with [`FUNDS`]. Local chains only.
pub async fn create_funded_account(connection: &Connection) -> Connection {
    let signer = PrivateKeySigner::random();
    local::fund_account(connection, signer.address(), U256::from(FUNDS)).await.unwrap();
    connection.with_wallet(EthereumWallet::new(signer))
}
