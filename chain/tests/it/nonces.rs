//! A chosen nonce is used for one transaction, and refused where it cannot be had.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::{
    network::EthereumWallet,
    primitives::{Address, Bytes, U256},
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use psephos_chain::{
    ChainError, ChosenNonce, Connection, ConnectionOptions, LocalChain, NonceError, gas_price::FeeOptions, local,
};
use psephos_testkit::FUNDS;

/// STOP: a contract without code.
const CODE: Bytes = Bytes::from_static(&[0]);

struct Fixture {
    chain: LocalChain,
    key: PrivateKeySigner,
}

impl Fixture {
    async fn new() -> Self {
        let (chain, key) = (LocalChain::start().await.unwrap(), PrivateKeySigner::random());
        local::fund_account(chain.connection(), key.address(), U256::from(FUNDS)).await.unwrap();
        Self { chain, key }
    }

    async fn connect(&self, nonce: Option<ChosenNonce>, gas_price: Option<u128>) -> Connection {
        let fees = FeeOptions { gas_price, ..FeeOptions::default() };
        let options = ConnectionOptions::new(self.chain.connection().url()).with_nonce(nonce).with_fees(fees);
        Connection::connect(options).await.unwrap().with_wallet(EthereumWallet::from(self.key.clone()))
    }

    async fn send(&self, nonce: u64, allow_gap: bool) -> Result<u64, ChainError> {
        let sender = self.connect(Some(ChosenNonce::new(nonce, allow_gap)), None).await;
        let sent = sender.deploy_code(CODE).await?;
        let mined = self.chain.connection().provider().get_transaction_by_hash(sent.hash).await.unwrap().unwrap();
        Ok(alloy::consensus::Transaction::nonce(&mined))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonce_that_cannot_be_had_is_refused_before_sending() {
    let fixture = Fixture::new().await;
    let account = fixture.key.address();
    assert_eq!(fixture.send(0, false).await.unwrap(), 0);
    for (nonce, allow_gap, expected) in [
        (0, false, NonceError::Used { account, nonce: 0, next: 1 }),
        (0, true, NonceError::Used { account, nonce: 0, next: 1 }),
        (3, false, NonceError::Gap { account, nonce: 3, next: 1 }),
    ] {
        let refused = fixture.send(nonce, allow_gap).await.unwrap_err();
        assert!(matches!(refused, ChainError::Nonce(error) if error == expected), "{refused}");
    }
    assert_eq!(fixture.send(1, false).await.unwrap(), 1);
    let nonces = fixture.chain.connection().nonces(account).await.unwrap();
    assert_eq!((nonces.latest, nonces.pending), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonce_is_for_one_transaction_only() {
    let fixture = Fixture::new().await;
    let sender = fixture.connect(Some(ChosenNonce::new(0, false)), None).await;
    sender.deploy_code(CODE).await.unwrap();
    let refused = sender.clone().deploy_code(CODE).await.unwrap_err();
    assert!(matches!(refused, ChainError::Nonce(NonceError::Used { nonce: 0, .. })), "{refused}");
    // Where the first one is not mined, its own nonce would look free.
    fixture.chain.connection().provider().anvil_set_auto_mine(false).await.unwrap();
    let sender = fixture.connect(Some(ChosenNonce::new(1, false)), None).await;
    let impatient = sender.with_patience(std::time::Duration::from_millis(90));
    assert!(matches!(impatient.deploy_code(CODE).await.unwrap_err(), ChainError::NotMined { .. }));
    let refused = sender.deploy_code(CODE).await.unwrap_err();
    assert!(matches!(refused, ChainError::Nonce(NonceError::Taken { nonce: 1 })), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn transaction_that_is_not_mined_is_replaced_by_its_nonce() {
    let fixture = Fixture::new().await;
    let provider = fixture.chain.connection().provider();
    provider.anvil_set_auto_mine(false).await.unwrap();
    let gwei = 1_000_000_000;
    let stuck = fixture.connect(None, Some(2 * gwei)).await.with_patience(std::time::Duration::from_millis(90));
    assert!(matches!(stuck.deploy_code(CODE).await.unwrap_err(), ChainError::NotMined { .. }));
    let replacing = fixture.connect(Some(ChosenNonce::new(0, false)), Some(50 * gwei)).await;
    let to = Address::repeat_byte(0x11);
    let sending = tokio::spawn(async move { replacing.send_bytes(to, Bytes::new(), U256::from(1)).await });
    let sent = loop {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        if sending.is_finished() {
            break sending.await.unwrap().unwrap();
        }
        provider.anvil_mine(Some(1), None).await.unwrap();
    };
    assert_eq!(fixture.chain.connection().read_transaction(sent.hash).await.unwrap().to, Some(to));
    let nonces = fixture.chain.connection().nonces(fixture.key.address()).await.unwrap();
    assert_eq!((nonces.latest, nonces.pending), (1, 1), "only one of the two is ever mined");
}
