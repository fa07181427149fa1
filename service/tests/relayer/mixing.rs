//! A relayer that mixes: ballots wait for each other, and the last call sends the rest.

use std::{collections::BTreeSet, time::Duration};

use psephos_chain::local;
use psephos_service::relayer::RelayerSettings;
use psephos_wire::relay::{Receipt, SubmissionStage};

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::LocalSystem,
};

/// The time before the close from which the relayer of this test sends without waiting, in seconds.
const CLOSING: u64 = 600;

#[tokio::test(flavor = "multi_thread")]
async fn ballots_wait_for_each_other_until_the_last_call() {
    let system = LocalSystem::new(6).await;
    let poll = system.open_poll().await;
    let (opens_at, closes_at) = {
        let state = system.read_chain_state().await;
        let parameters = &state.poll(poll).unwrap().parameters;
        (parameters.opens_at, parameters.closes_at)
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    let settings = RelayerSettings { mix: 3, closing: CLOSING, ..quick_settings() };
    let mut harness = RelayerHarness::start_relayer(&system, &file, settings.clone()).await;
    let packages = system.prove_ballots(poll, 0..6).await;
    let info = harness.relayer_info().await;
    assert_eq!((info.mix, info.closing), (3, CLOSING));

    // Two of three wait for the third, however long; also after a crash.
    let mut receipts: Vec<Receipt> = Vec::new();
    for package in &packages[..2] {
        receipts.push(harness.submit_ballot(package).await.unwrap());
        require_waiting(&harness, &receipts).await;
    }
    harness.cut_power().await;
    harness = RelayerHarness::start_relayer(&system, &file, settings).await;
    require_waiting(&harness, &receipts).await;
    receipts.push(harness.submit_ballot(&packages[2]).await.unwrap());
    assert_eq!(transactions(&harness, &receipts).await.len(), 1, "three are one batch");

    // A fourth and a fifth find no sixth one, and are sent when the poll is about to close.
    for package in &packages[3..5] {
        receipts.push(harness.submit_ballot(package).await.unwrap());
    }
    require_waiting(&harness, &receipts[3..]).await;
    local::advance_time(system.chain.connection(), closes_at - CLOSING + 1).await.unwrap();
    assert_eq!(transactions(&harness, &receipts[3..]).await.len(), 1);
    // From then on nothing waits.
    receipts.push(harness.submit_ballot(&packages[5]).await.unwrap());
    assert_eq!(transactions(&harness, &receipts[5..]).await.len(), 1);
    system.assert_included_once(&packages).await;

    // No receipt says when its ballot came: they can be requested by anyone, for ballots that are on the chain.
    for receipt in &receipts {
        receipt.verify().unwrap();
        assert_eq!((receipt.accepted_at, receipt.promised_by), (opens_at, closes_at));
    }
    harness.shut_down().await;
}

/// Requires that ballots still wait after many iterations of the main loop.
async fn require_waiting(harness: &RelayerHarness, receipts: &[Receipt]) {
    tokio::time::sleep(Duration::from_millis(600)).await;
    for receipt in receipts {
        assert_eq!(harness.ballot_status(receipt.id).await.unwrap().stage, SubmissionStage::Waiting);
    }
}

/// Returns the transactions of ballots, once all of them are included.
async fn transactions(harness: &RelayerHarness, receipts: &[Receipt]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for receipt in receipts {
        let status = harness.wait_for_stage(receipt.id, SubmissionStage::Included).await;
        found.insert(status.transaction.unwrap().to_string());
    }
    found
}
