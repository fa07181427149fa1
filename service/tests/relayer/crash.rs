//! The power fails at every crash point: afterwards nothing is lost and nothing is duplicated.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use alloy::providers::ext::AnvilApi;
use psephos_service::relayer::{CrashPoint, CrashProbe, RelayerError, RelayerSettings};
use psephos_wire::relay::SubmissionStage;

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

/// Returns a probe that stops at the `nth` time that a step is reached.
fn stop_at(step: CrashPoint, nth: usize) -> CrashProbe {
    let times = AtomicUsize::new(0);
    Arc::new(move |reached| reached == step && times.fetch_add(1, Ordering::SeqCst) + 1 >= nth)
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_at_any_point_loses_and_duplicates_nothing() {
    let system = LocalSystem::new(4).await;
    let folder = tempfile::tempdir().unwrap();
    for step in CrashPoint::ALL {
        for nth in [1, 2] {
            let file = folder.path().join(format!("{step:?}-{nth}"));
            crash_and_restart(&system, &file, step, nth).await;
        }
    }
}

async fn crash_and_restart(system: &LocalSystem, file: &std::path::Path, step: CrashPoint, nth: usize) {
    let poll = system.open_poll().await;
    let packages = system.prove_ballots(poll, 0..4).await;
    // Two ballots per transaction, so that every step is reached a second time.
    let settings = RelayerSettings { batch: 2, confirmations: 2, ..quick_settings() };
    let provider = system.chain.connection().provider();
    let slow = step == CrashPoint::ReplacementSigned;
    provider.anvil_set_auto_mine(!slow).await.unwrap();
    let mut harness = RelayerHarness::start_with_probe(system, file, settings.clone(), Some(stop_at(step, nth))).await;
    let mut promised = Vec::new();
    for pair in packages.chunks(2) {
        let answers = futures_util::future::join_all(pair.iter().map(|package| harness.submit_ballot(package))).await;
        promised.extend(answers.into_iter().flatten());
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    // Blocks are mined meanwhile, so that inclusions become final; none where a transaction must stay pending. As long
    // as it takes: a relayer on a slow machine that gets no more blocks never comes to its step.
    for _ in 0..1_200 {
        if slow || harness.is_stopped() {
            break;
        }
        provider.anvil_mine(Some(1), None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ended = harness.wait_until_stopped().await;
    assert!(matches!(ended, Err(RelayerError::StoppedAt(stopped)) if stopped == step), "{step:?} {nth}: {ended:?}");
    harness.cut_power().await;
    provider.anvil_set_auto_mine(true).await.unwrap();

    let harness = RelayerHarness::start_relayer(system, file, settings).await;
    // Promised ballots are included without being submitted again.
    for receipt in &promised {
        harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;
    }
    for package in &packages {
        let receipt = harness.submit_ballot(package).await.unwrap();
        let before = promised.iter().find(|before| before.id == receipt.id);
        assert!(before.is_none_or(|before| *before == receipt), "the same receipt");
        harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;
    }
    provider.anvil_mine(Some(2), None).await.unwrap();
    for package in &packages {
        let receipt = harness.submit_ballot(package).await.unwrap();
        harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    }
    system.assert_included_once(&packages).await;
    harness.shut_down().await;
}
