//! A transaction that nobody mines is sent again for more, and only once is anything done.

use std::time::Duration;

use alloy::{
    eips::BlockNumberOrTag,
    network::EthereumWallet,
    primitives::U256,
    providers::{Provider, ext::AnvilApi},
    signers::local::PrivateKeySigner,
};
use psephos_chain::{Bytes, ChainError, LocalChain, local};

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_transaction_is_replaced() {
    let chain = LocalChain::start().await.unwrap();
    let signer = PrivateKeySigner::random();
    let account = signer.address();
    local::fund(chain.connection(), account, U256::from(10).pow(U256::from(18))).await.unwrap();
    let sender = chain.connection().with_wallet(EthereumWallet::from(signer)).unwrap();
    let provider = chain.connection().provider();
    provider.anvil_set_auto_mine(false).await.unwrap();

    // STOP: a contract without code.
    let impatient = sender.with_patience(Duration::from_secs(3));
    let sending = tokio::spawn(async move { impatient.deploy(Bytes::from_static(&[0])).await });
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

    let error = sender.with_patience(Duration::from_millis(90)).deploy(Bytes::from_static(&[0])).await.unwrap_err();
    assert!(matches!(error, ChainError::NotMined { .. }), "{error}");
}
