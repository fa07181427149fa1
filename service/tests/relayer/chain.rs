//! A chain with reorganisations, slow blocks, and other senders.

use std::time::Duration;

use alloy::{
    consensus::Transaction as _,
    network::EthereumWallet,
    providers::{Provider, ext::AnvilApi},
    rpc::types::anvil::ReorgOptions,
};
use psephos_chain::transaction::{Broadcast, PreparedCall};
use psephos_client::voter;
use psephos_service::relayer::RelayerSettings;
use psephos_wire::relay::SubmissionStage;

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::{LocalSystem, actor},
};

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_resent_after_a_reorganisation() {
    let system = LocalSystem::new(4).await;
    let poll = system.open_poll().await;
    let folder = tempfile::tempdir().unwrap();
    // More confirmations than the ballots can take blocks: on a slow machine each is sent alone, in a block of its own,
    // and none of them may be final before the reorganisation.
    let confirmations = 10;
    let settings = RelayerSettings { confirmations, ..quick_settings() };
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), settings).await;
    let provider = system.chain.connection().provider();
    let packages = system.prove_ballots(poll, 0..3).await;
    let mut receipts = Vec::new();
    for package in &packages {
        receipts.push(harness.submit_ballot(package).await.unwrap());
    }
    for receipt in &receipts {
        harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;
    }
    // Revert their blocks.
    let depth = system.chain.connection().newest_block().await.unwrap();
    let first = system.read_chain_state().await.polls[&poll].chambers[&system.chamber].ballots[0].block;
    provider.anvil_set_auto_mine(false).await.unwrap();
    provider.anvil_reorg(ReorgOptions { depth: depth - first + 1, tx_block_pairs: Vec::new() }).await.unwrap();
    assert_eq!(system.times(&packages[0]).await.0, 0, "the reorganisation removed it");
    for receipt in &receipts {
        harness.wait_for_stage(receipt.id, SubmissionStage::Sent).await;
    }
    provider.anvil_set_auto_mine(true).await.unwrap();
    provider.anvil_mine(Some(1), None).await.unwrap();
    for receipt in &receipts {
        harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;
    }
    provider.anvil_mine(Some(confirmations), None).await.unwrap();
    for receipt in &receipts {
        harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    }
    system.assert_included_once(&packages).await;
    harness.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_transaction_is_replaced_with_a_higher_fee() {
    let system = LocalSystem::new(4).await;
    let poll = system.open_poll().await;
    let folder = tempfile::tempdir().unwrap();
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), quick_settings()).await;
    let provider = system.chain.connection().provider();
    let account = system.signer.address();
    let packages = system.prove_ballots(poll, 0..4).await;

    provider.anvil_set_auto_mine(false).await.unwrap();
    let receipt = harness.submit_ballot(&packages[0]).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Sent).await;
    let offered = provider.estimate_eip1559_fees().await.unwrap().max_fee_per_gas;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    provider.anvil_mine(Some(1), None).await.unwrap();
    let status = harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    let mined = provider.get_transaction_by_hash(status.transaction.unwrap()).await.unwrap().unwrap();
    assert!(mined.max_fee_per_gas() > offered);
    assert_eq!(provider.get_transaction_count(account).await.unwrap(), 1, "exactly one version was mined");

    // The node drops the next transaction, and its nonce is used by a transaction that the relayer does not know.
    let receipt = harness.submit_ballot(&packages[1]).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Sent).await;
    provider.anvil_drop_all_transactions().await.unwrap();
    let wallet = EthereumWallet::from(system.signer.clone());
    let fees = system.chain.connection().current_fees().await.unwrap().raised().raised();
    let foreign = PreparedCall::cancellation(account, fees).sign(&wallet, system.deployment.chain_id, 1).await.unwrap();
    assert_eq!(system.chain.connection().broadcast(&foreign.raw).await.unwrap(), Broadcast::Accepted);
    provider.anvil_mine(Some(1), None).await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;

    // Another sender casts a ballot that waits here: it counts, and nothing is sent twice.
    provider.anvil_set_auto_mine(false).await.unwrap();
    let receipts =
        [harness.submit_ballot(&packages[2]).await.unwrap(), harness.submit_ballot(&packages[3]).await.unwrap()];
    harness.wait_for_stage(receipts[0].id, SubmissionStage::Sent).await;
    provider.anvil_drop_all_transactions().await.unwrap();
    provider.anvil_set_auto_mine(true).await.unwrap();
    let other_sender = actor(system.chain.connection()).await;
    // On a slow machine the relayer resends its own transaction before the other sender does.
    if let Err(error) = voter::submit_ballot(&other_sender, &packages[2]).await {
        assert_eq!(error.revert_name(), Some("AlreadyCast"));
    }
    for receipt in &receipts {
        harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    }
    let chain_state = system.read_chain_state().await;
    for package in &packages {
        assert_eq!(crate::local_system::count_inclusions_in(&chain_state, package).0, 1);
    }
    harness.shut_down().await;
}
