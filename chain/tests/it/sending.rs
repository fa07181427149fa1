//! A stuck transaction is replaced with higher fees, and only one version takes effect.

use std::time::Duration;

use alloy::{
    eips::BlockNumberOrTag,
    network::EthereumWallet,
    primitives::U256,
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use psephos_chain::{
    Bytes, ChainError, LocalChain, local,
    transaction::{Broadcast, Nonces, PreparedCall},
};

#[tokio::test(flavor = "multi_thread")]
async fn stuck_transaction_is_replaced() {
    let chain = LocalChain::start().await.unwrap();
    let signer = PrivateKeySigner::random();
    let account = signer.address();
    local::fund_account(chain.connection(), account, U256::from(10).pow(U256::from(18))).await.unwrap();
    let sender = chain.connection().with_wallet(EthereumWallet::from(signer));
    let provider = chain.connection().provider();
    provider.anvil_set_auto_mine(false).await.unwrap();

    // STOP: a contract without code.
    let impatient = sender.with_patience(Duration::from_secs(3));
    let sending = tokio::spawn(async move { impatient.deploy_code(Bytes::from_static(&[0])).await });
    tokio::time::sleep(Duration::from_millis(1_700)).await;
    let first = provider.estimate_eip1559_fees().await.unwrap().max_fee_per_gas;
    provider.anvil_mine(Some(1), None).await.unwrap();
    let sent = sending.await.unwrap().unwrap();
    assert_eq!(provider.get_transaction_count(account).await.unwrap(), 1);
    let block = provider.get_block_by_number(BlockNumberOrTag::Latest).await.unwrap().unwrap();
    assert_eq!(block.transactions.hashes().collect::<Vec<_>>(), [sent.hash]);

    let mined = provider.get_transaction_by_hash(sent.hash).await.unwrap().unwrap();
    let offered = alloy::consensus::Transaction::max_fee_per_gas(&mined);
    assert!(offered > first, "{offered} is no more than at first");

    let error =
        sender.with_patience(Duration::from_millis(90)).deploy_code(Bytes::from_static(&[0])).await.unwrap_err();
    assert!(matches!(error, ChainError::NotMined { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_transaction_is_mined_once_however_often_it_is_sent() {
    let chain = LocalChain::start().await.unwrap();
    let connection = chain.connection();
    let signer = PrivateKeySigner::random();
    let (account, wallet) = (signer.address(), EthereumWallet::from(signer));
    let fees = connection.current_fees().await.unwrap();
    let nothing = PreparedCall::cancellation(account, fees);
    let signed = nothing.sign(&wallet, connection.chain_id(), 0).await.unwrap();
    assert_eq!(connection.broadcast(&signed.raw).await.unwrap(), Broadcast::InsufficientFunds);
    local::fund_account(connection, account, U256::from(10).pow(U256::from(18))).await.unwrap();
    connection.provider().anvil_set_auto_mine(false).await.unwrap();

    assert_eq!(connection.broadcast(&signed.raw).await.unwrap(), Broadcast::Accepted);
    assert_eq!(connection.broadcast(&signed.raw).await.unwrap(), Broadcast::AlreadyKnown);
    assert_eq!(connection.nonces(account).await.unwrap(), Nonces { latest: 0, pending: 1 });
    let same = PreparedCall { data: Bytes::from_static(&[1]), gas: 30_000, ..nothing.clone() };
    let same = same.sign(&wallet, connection.chain_id(), 0).await.unwrap();
    assert_eq!(connection.broadcast(&same.raw).await.unwrap(), Broadcast::ReplacementUnderpriced);
    let dearer = PreparedCall { fees: fees.raised(), ..nothing }.sign(&wallet, connection.chain_id(), 0).await.unwrap();
    assert_eq!(connection.broadcast(&dearer.raw).await.unwrap(), Broadcast::Accepted);

    assert!(connection.find_mined(dearer.hash).await.unwrap().is_none());
    let before = connection.newest_hash().await.unwrap();
    connection.provider().anvil_mine(Some(1), None).await.unwrap();
    assert_ne!(connection.newest_hash().await.unwrap(), before);
    let mined = connection.find_mined(dearer.hash).await.unwrap().unwrap();
    assert!(mined.success && mined.gas == 21_000);
    assert!(connection.find_mined(signed.hash).await.unwrap().is_none());
    assert_eq!(connection.broadcast(&signed.raw).await.unwrap(), Broadcast::NonceTooLow);
}
