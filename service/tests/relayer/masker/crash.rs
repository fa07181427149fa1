//! The power fails at every crash point of a masker: every slot is updated as often as it would have been.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use psephos_service::relayer::{CrashPoint, CrashProbe, RelayerError};
use psephos_wire::relay::SubmissionStage;

use super::scene::{MaskedScene, is_among};

/// Returns a probe that stops once at a step, and only when it is armed.
fn stop_at(step: CrashPoint, armed: Arc<AtomicBool>) -> CrashProbe {
    Arc::new(move |reached| reached == step && armed.swap(false, Ordering::SeqCst))
}

#[tokio::test(flavor = "multi_thread")]
async fn crash_at_any_point_of_masking_loses_and_doubles_nothing() {
    let mut scene = MaskedScene::open(3).await;
    for step in CrashPoint::MASKING {
        scene.open_another_poll().await;
        let armed = Arc::new(AtomicBool::new(false));
        let mut harness = scene.start(Some(stop_at(step, armed.clone()))).await;
        scene.cast_first_ballots(&harness).await;
        let replacement = scene.replace(1, 2).await;
        let receipt = harness.submit_ballot(&replacement).await.unwrap();
        armed.store(true, Ordering::SeqCst);
        scene.advance_to_turn().await;
        let ended = harness.wait_until_stopped().await;
        assert!(matches!(ended, Err(RelayerError::StoppedAt(stopped)) if stopped == step), "{step:?}: {ended:?}");
        harness.cut_power().await;

        let harness = scene.start(None).await;
        let ballots = scene.wait_for_updates(|ballots| ballots.len() >= 6).await;
        assert!(is_among(&ballots, &replacement), "{step:?}");
        assert_eq!(harness.submit_ballot(&replacement).await.unwrap(), receipt);
        harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;
        scene.advance_to_end().await;
        scene.wait_for_updates(|ballots| ballots.len() >= 9).await;
        harness.shut_down().await;
        assert_eq!(scene.updates().await, [2, 2, 2], "{step:?}: twice each, also after the crash");
        assert_eq!(scene.system.close_and_tally(scene.poll).await, [1, 0, 2], "{step:?}");
    }
}
