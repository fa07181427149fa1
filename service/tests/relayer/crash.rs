//! The power fails at every crash point: afterwards nothing is lost and nothing is duplicated.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use alloy::providers::ext::AnvilApi;
use psephos_service::relayer::{Halt, Probe, Settings, Step};
use psephos_wire::relay::SubmissionStage;

use crate::{
    desk::{Desk, quick},
    house::House,
};

/// Returns a probe that stops at the `nth` time that a step is reached.
fn at(step: Step, nth: usize) -> Probe {
    let times = AtomicUsize::new(0);
    Arc::new(move |reached| reached == step && times.fetch_add(1, Ordering::SeqCst) + 1 >= nth)
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_at_any_point_loses_and_duplicates_nothing() {
    let system = House::new(4).await;
    let folder = tempfile::tempdir().unwrap();
    for step in Step::ALL {
        for nth in [1, 2] {
            let file = folder.path().join(format!("{step:?}-{nth}"));
            crash(&system, &file, step, nth).await;
        }
    }
}

async fn crash(system: &House, file: &std::path::Path, step: Step, nth: usize) {
    let poll = system.poll().await;
    let packages = system.ballots(poll, 0..4).await;
    // Two ballots per transaction, so that every step is reached a second time.
    let settings = Settings { batch: 2, confirmations: 2, ..quick() };
    let provider = system.chain.connection().provider();
    let slow = step == Step::Raised;
    provider.anvil_set_auto_mine(!slow).await.unwrap();
    let mut harness = Desk::probed(system, file, settings.clone(), Some(at(step, nth))).await;
    let mut promised = Vec::new();
    for pair in packages.chunks(2) {
        let answers = futures_util::future::join_all(pair.iter().map(|package| harness.submit(package))).await;
        promised.extend(answers.into_iter().flatten());
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    // Blocks are mined meanwhile, so that inclusions become final; none where a transaction must stay pending.
    for _ in 0..200 {
        if slow || harness.is_over() {
            break;
        }
        provider.anvil_mine(Some(1), None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ended = harness.ended().await;
    assert!(matches!(ended, Err(Halt::Stopped(stopped)) if stopped == step), "{step:?} {nth}: {ended:?}");
    harness.cut().await;
    provider.anvil_set_auto_mine(true).await.unwrap();

    let harness = Desk::open(system, file, settings).await;
    // Promised ballots are included without being submitted again.
    for receipt in &promised {
        harness.reaches(receipt.id, SubmissionStage::Included).await;
    }
    for package in &packages {
        let receipt = harness.submit(package).await.unwrap();
        let before = promised.iter().find(|before| before.id == receipt.id);
        assert!(before.is_none_or(|before| *before == receipt), "the same receipt");
        harness.reaches(receipt.id, SubmissionStage::Included).await;
    }
    provider.anvil_mine(Some(2), None).await.unwrap();
    for package in &packages {
        let receipt = harness.submit(package).await.unwrap();
        harness.reaches(receipt.id, SubmissionStage::Final).await;
    }
    system.assert_once(&packages).await;
    harness.close().await;
}
