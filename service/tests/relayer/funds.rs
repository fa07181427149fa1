//! A relayer without funds stores what it has accepted, accepts no more, and resumes when it is funded.

use psephos_chain::U256;
use psephos_wire::relay::SubmissionStage;

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

#[tokio::test(flavor = "multi_thread")]
async fn pending_ballot_is_sent_once_the_account_is_funded() {
    let system = LocalSystem::new(2).await;
    let poll = system.open_poll().await;
    system.fund_relayer(1).await;
    let folder = tempfile::tempdir().unwrap();
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), quick_settings()).await;
    let packages = system.prove_ballots(poll, 0..2).await;
    let receipt = harness.submit_ballot(&packages[0]).await.unwrap();
    while harness.relayer.check_ready().is_ok() || harness.relayer_info().await.obstacle.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let info = harness.relayer_info().await;
    assert!(info.obstacle.unwrap().contains("wei") && !info.takes_ballots && info.balance < U256::from(2));
    let refused = harness.submit_ballot(&packages[1]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "unfunded"));
    assert_eq!(harness.ballot_status(receipt.id).await.unwrap().stage, SubmissionStage::Waiting);

    system.fund_relayer(1_000_000_000_000_000_000).await;
    harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    let receipt = harness.submit_ballot(&packages[1]).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    system.assert_included_once(&packages).await;
    harness.shut_down().await;
}

/// With a balance of zero nothing is accepted from the start: no attempt has to fail first.
#[tokio::test(flavor = "multi_thread")]
async fn relayer_with_zero_balance_rejects_ballots() {
    let system = LocalSystem::new(1).await;
    let poll = system.open_poll().await;
    system.fund_relayer(0).await;
    let folder = tempfile::tempdir().unwrap();
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), quick_settings()).await;
    let packages = system.prove_ballots(poll, 0..1).await;
    let refused = harness.submit_ballot(&packages[0]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "unfunded"));
    assert!(!harness.relayer_info().await.takes_ballots);
    harness.shut_down().await;
}
