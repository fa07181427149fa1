//! A chain that forgets, that is slow, and on which somebody else is at work.

use std::time::Duration;

use alloy::{
    consensus::Transaction as _,
    network::EthereumWallet,
    providers::{Provider, ext::AnvilApi},
    rpc::types::anvil::ReorgOptions,
};
use psephos_chain::transaction::{Broadcast, PreparedCall};
use psephos_client::voter;
use psephos_exchange::relay::Stage;
use psephos_service::relayer::Settings;

use crate::{
    desk::{Desk, quick},
    house::{House, actor},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_the_chain_is_sent_again() {
    let house = House::new(4).await;
    let poll = house.poll().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { confirmations: 3, ..quick() };
    let desk = Desk::open(&house, &folder.path().join("relayer"), settings).await;
    let provider = house.chain.connection().provider();
    let packages = house.ballots(poll, 0..3).await;
    let mut receipts = Vec::new();
    for package in &packages {
        receipts.push(desk.submit(package).await.unwrap());
    }
    for receipt in &receipts {
        desk.reaches(receipt.id, Stage::Included).await;
    }
    // Their blocks never were.
    let depth = house.chain.connection().newest_block().await.unwrap();
    let first = house.replay().await.polls[&poll].chambers[&house.chamber].ballots[0].block;
    provider.anvil_set_auto_mine(false).await.unwrap();
    provider.anvil_reorg(ReorgOptions { depth: depth - first + 1, tx_block_pairs: Vec::new() }).await.unwrap();
    assert_eq!(house.times(&packages[0]).await.0, 0, "the chain has forgotten it");
    for receipt in &receipts {
        desk.reaches(receipt.id, Stage::Sent).await;
    }
    provider.anvil_set_auto_mine(true).await.unwrap();
    provider.anvil_mine(Some(1), None).await.unwrap();
    for receipt in &receipts {
        desk.reaches(receipt.id, Stage::Included).await;
    }
    provider.anvil_mine(Some(3), None).await.unwrap();
    for receipt in &receipts {
        desk.reaches(receipt.id, Stage::Final).await;
    }
    house.assert_once(&packages).await;
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_nobody_mines_is_sent_again_for_more() {
    let house = House::new(4).await;
    let poll = house.poll().await;
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(&house, &folder.path().join("relayer"), quick()).await;
    let provider = house.chain.connection().provider();
    let account = house.signer.address();
    let packages = house.ballots(poll, 0..4).await;

    provider.anvil_set_auto_mine(false).await.unwrap();
    let receipt = desk.submit(&packages[0]).await.unwrap();
    desk.reaches(receipt.id, Stage::Sent).await;
    let offered = provider.estimate_eip1559_fees().await.unwrap().max_fee_per_gas;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    provider.anvil_mine(Some(1), None).await.unwrap();
    let standing = desk.reaches(receipt.id, Stage::Final).await;
    let mined = provider.get_transaction_by_hash(standing.transaction.unwrap()).await.unwrap().unwrap();
    assert!(mined.max_fee_per_gas() > offered);
    assert_eq!(provider.get_transaction_count(account).await.unwrap(), 1, "one of its versions");

    // The node forgets the next one, and the account's number goes to a transaction that the relayer does not know.
    let receipt = desk.submit(&packages[1]).await.unwrap();
    desk.reaches(receipt.id, Stage::Sent).await;
    provider.anvil_drop_all_transactions().await.unwrap();
    let wallet = EthereumWallet::from(house.signer.clone());
    let fees = house.chain.connection().current_fees().await.unwrap().raised().raised();
    let foreign = PreparedCall::cancellation(account, fees).sign(&wallet, house.deployment.chain_id, 1).await.unwrap();
    assert_eq!(house.chain.connection().broadcast(&foreign.raw).await.unwrap(), Broadcast::Accepted);
    provider.anvil_mine(Some(1), None).await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    desk.reaches(receipt.id, Stage::Final).await;

    // Somebody else sends a ballot that waits here: it counts, and nothing is sent twice.
    provider.anvil_set_auto_mine(false).await.unwrap();
    let receipts = [desk.submit(&packages[2]).await.unwrap(), desk.submit(&packages[3]).await.unwrap()];
    desk.reaches(receipts[0].id, Stage::Sent).await;
    provider.anvil_drop_all_transactions().await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    let stranger = actor(house.chain.connection()).await;
    // On a slow machine the relayer sends its own once more before the stranger does.
    if let Err(error) = voter::submit(&stranger, &packages[2]).await {
        assert_eq!(error.revert_name(), Some("AlreadyCast"));
    }
    for receipt in &receipts {
        desk.reaches(receipt.id, Stage::Final).await;
    }
    let replay = house.replay().await;
    for package in &packages {
        assert_eq!(crate::house::times(&replay, package).0, 1);
    }
    desk.close().await;
}
