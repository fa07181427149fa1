//! A relayer without funds stores what it has accepted, accepts no more, and resumes when it is funded.

use psephos_chain::U256;
use psephos_wire::relay::SubmissionStage;

use crate::{
    desk::{Desk, quick},
    house::House,
};

#[tokio::test(flavor = "multi_thread")]
async fn pending_ballot_is_sent_once_the_account_is_funded() {
    let system = House::new(2).await;
    let poll = system.poll().await;
    system.fund(1).await;
    let folder = tempfile::tempdir().unwrap();
    let harness = Desk::open(&system, &folder.path().join("relayer"), quick()).await;
    let packages = system.ballots(poll, 0..2).await;
    let receipt = harness.submit(&packages[0]).await.unwrap();
    while harness.relayer.ready().is_ok() || harness.info().await.trouble.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let info = harness.info().await;
    assert!(info.trouble.unwrap().contains("wei") && !info.takes_ballots && info.balance < U256::from(2));
    let refused = harness.submit(&packages[1]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "unfunded"));
    assert_eq!(harness.standing(receipt.id).await.unwrap().stage, SubmissionStage::Waiting);

    system.fund(1_000_000_000_000_000_000).await;
    harness.reaches(receipt.id, SubmissionStage::Final).await;
    let receipt = harness.submit(&packages[1]).await.unwrap();
    harness.reaches(receipt.id, SubmissionStage::Final).await;
    system.assert_once(&packages).await;
    harness.close().await;
}

/// With a balance of zero nothing is accepted from the start: no attempt has to fail first.
#[tokio::test(flavor = "multi_thread")]
async fn relayer_with_zero_balance_rejects_ballots() {
    let system = House::new(1).await;
    let poll = system.poll().await;
    system.fund(0).await;
    let folder = tempfile::tempdir().unwrap();
    let harness = Desk::open(&system, &folder.path().join("relayer"), quick()).await;
    let packages = system.ballots(poll, 0..1).await;
    let refused = harness.submit(&packages[0]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "unfunded"));
    assert!(!harness.info().await.takes_ballots);
    harness.close().await;
}
