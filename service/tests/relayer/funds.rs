//! A relayer without funds stores what it has accepted, accepts no more, and resumes when it is funded.

use psephos_chain::U256;
use psephos_exchange::relay::Stage;

use crate::{
    desk::{Desk, quick},
    house::House,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_money_is_sent_when_there_is_some() {
    let house = House::new(2).await;
    let poll = house.poll().await;
    house.fund(1).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(&house, &folder.path().join("relayer"), quick()).await;
    let packages = house.ballots(poll, 0..2).await;
    let receipt = desk.submit(&packages[0]).await.unwrap();
    while desk.relayer.ready().is_ok() || desk.info().await.trouble.is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let info = desk.info().await;
    assert!(info.trouble.unwrap().contains("wei") && !info.takes_ballots && info.balance < U256::from(2));
    let refused = desk.submit(&packages[1]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "unfunded"));
    assert_eq!(desk.standing(receipt.id).await.unwrap().stage, Stage::Waiting);

    house.fund(1_000_000_000_000_000_000).await;
    desk.reaches(receipt.id, Stage::Final).await;
    let receipt = desk.submit(&packages[1]).await.unwrap();
    desk.reaches(receipt.id, Stage::Final).await;
    house.assert_once(&packages).await;
    desk.close().await;
}

/// With a balance of zero nothing is accepted from the start: no attempt has to fail first.
#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_nothing_is_taken() {
    let house = House::new(1).await;
    let poll = house.poll().await;
    house.fund(0).await;
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(&house, &folder.path().join("relayer"), quick()).await;
    let packages = house.ballots(poll, 0..1).await;
    let refused = desk.submit(&packages[0]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (503, "unfunded"));
    assert!(!desk.info().await.takes_ballots);
    desk.close().await;
}
