//! The voter's view: receipts, rejections, and a ballot that is included on chain once.

use psephos_chain::local;
use psephos_client::voter;
use psephos_protocol::identifiers::{ChainId, PollId};
use psephos_service::relayer::RelayerSettings;
use psephos_state::PollState;
use psephos_wire::{
    Package,
    ballot::MAX_BYTES,
    relay::{SubmissionKind, SubmissionStage},
};

use crate::{
    harness::{RelayerHarness, quick_settings, relayer_resources},
    local_system::{HOUR, LocalSystem},
};

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_promised_batched_and_included_once() {
    let system = LocalSystem::new(7).await;
    let poll = system.open_poll().await;
    let folder = tempfile::tempdir().unwrap();
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), quick_settings()).await;

    let packages = system.prove_ballots(poll, 0..6).await;
    let receipts = futures_util::future::join_all(packages.iter().map(|package| harness.submit_ballot(package))).await;
    let receipts: Vec<_> = receipts.into_iter().map(Result::unwrap).collect();
    for (receipt, package) in receipts.iter().zip(&packages) {
        receipt.verify().unwrap();
        assert_eq!(
            (receipt.relayer, receipt.kind, receipt.poll),
            (system.signer.address(), SubmissionKind::Ballot, poll)
        );
        assert_eq!(receipt.promised_by, receipt.accepted_at + 60);
        let status = harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
        let block = status.block.unwrap();
        let mined = system.chain.connection().find_mined(status.transaction.unwrap()).await.unwrap().unwrap();
        assert_eq!((mined.block, mined.success), (block, true));
        assert_eq!(harness.submit_ballot(package).await.unwrap(), *receipt, "the same receipt after inclusion");
    }
    system.assert_included_once(&packages).await;
    let info = harness.relayer_info().await;
    assert_eq!((info.waiting, info.sent, info.included), (0, 0, 0));
    assert!(info.takes_ballots && info.obstacle.is_none());
    harness.relayer.check_ready().unwrap();

    check_reproved_ballot(&system, &harness, poll).await;
    check_replacements(&system, &harness, poll, &packages[0]).await;
    check_rejections(&system, &harness, poll, &packages).await;
    check_poll_close(&system, &harness, poll).await;
    harness.shut_down().await;
}

/// A ballot has one id, however often it is proved.
async fn check_reproved_ballot(system: &LocalSystem, harness: &RelayerHarness, poll: PollId) {
    let chain_state = system.read_chain_state().await;
    let vote = || {
        voter::prepare_ballot(
            &chain_state,
            system.voters[6].voter(),
            poll,
            system.chamber,
            &voter::single_choice(3, 1),
            false,
        )
        .unwrap()
    };
    let first = voter::prove_ballot(&system.circuits, vote()).unwrap();
    let mut reproved = voter::prove_ballot(&system.circuits, vote()).unwrap();
    if reproved.contents().unwrap().record.posted != first.contents().unwrap().record.posted {
        // Fresh randomness makes a different ballot: it must be rejected while the first one is pending.
        harness.submit_ballot(&first).await.unwrap();
        let refused = harness.submit_ballot(&reproved).await.unwrap_err();
        assert_eq!(refused.code, "already_cast");
        reproved = first.clone();
        reproved.record = reproved.record.to_uppercase().replacen("0X", "0x", 1);
    }
    let receipts = futures_util::future::join(harness.submit_ballot(&first), harness.submit_ballot(&reproved)).await;
    let receipt = receipts.0.unwrap();
    assert_eq!(receipts.1.unwrap(), receipt);
    // An invalid proof changes nothing about an accepted ballot.
    let mut spoilt = first.clone();
    spoilt.record.replace_range(2..66, &"0".repeat(64));
    assert_eq!(harness.submit_ballot(&spoilt).await.unwrap(), receipt);
    harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    system.assert_included_once(&[first]).await;
}

async fn check_replacements(system: &LocalSystem, harness: &RelayerHarness, poll: PollId, first: &Package) {
    let second = system.prove_ballot(poll, 0, 2, true).await;
    let receipt = harness.submit_ballot(&second).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Final).await;
    system.assert_included_once(&[first.clone(), second.clone()]).await;
    // The older ballot cannot be restored, and its status is still known.
    let before = harness.submit_ballot(first).await.unwrap();
    assert_eq!(harness.ballot_status(before.id).await.unwrap().stage, SubmissionStage::Final);
    system.assert_included_once(&[first.clone(), second]).await;
}

async fn check_rejections(system: &LocalSystem, harness: &RelayerHarness, poll: PollId, packages: &[Package]) {
    let refused = async |body: String| {
        let problem = harness.post_ballot(body).await.unwrap_err();
        (problem.status, problem.code)
    };
    assert_eq!(refused("{".into()).await, (400, "malformed".into()));
    assert_eq!(refused(" ".repeat(MAX_BYTES + 1)).await, (413, "too_large".into()));
    let fresh = Package { chain_id: ChainId::new(1), ..packages[1].clone() };
    assert_eq!(refused(fresh.to_json()).await, (422, "wrong_chain".into()));
    let fresh = Package { poll: PollId::new(99), ..packages[1].clone() };
    assert_eq!(refused(fresh.to_json()).await, (422, "unknown_poll".into()));
    let mut fresh = packages[1].clone();
    fresh.record.truncate(100);
    assert_eq!(refused(fresh.to_json()).await, (400, "encoding".into()));
    // The proof of another ballot.
    let another = system.open_poll().await;
    let mut fresh = system.prove_ballot(another, 1, 0, false).await;
    fresh.record.replace_range(2..514, &packages[1].record[2..514]);
    assert_eq!(refused(fresh.to_json()).await, (422, "invalid_proof".into()));
    // A ballot of one poll in another one.
    let readdressed = Package { poll: another, ..packages[1].clone() };
    assert_eq!(refused(readdressed.to_json()).await, (422, "other_poll".into()));
    let readdressed = Package { fingerprint: fresh.fingerprint, ..readdressed };
    assert_eq!(refused(readdressed.to_json()).await, (422, "invalid_proof".into()));
    assert!(harness.ballot_status(psephos_chain::B256::ZERO).await.is_none());
    assert_eq!(system.times(&packages[1]).await, (1, 0));
    assert_eq!(system.read_chain_state().await.poll_state(poll).unwrap(), PollState::Open);
}

/// A ballot that is still waiting when the poll closes is rejected, and reported as such.
async fn check_poll_close(system: &LocalSystem, harness: &RelayerHarness, poll: PollId) {
    let last = system.open_poll().await;
    let package = system.prove_ballot(last, 1, 0, false).await;
    let provider = system.chain.connection().provider();
    alloy::providers::ext::AnvilApi::anvil_set_auto_mine(provider, false).await.unwrap();
    let receipt = harness.submit_ballot(&package).await.unwrap();
    harness.wait_for_stage(receipt.id, SubmissionStage::Sent).await;
    let late = system.prove_ballot(last, 2, 0, false).await;
    let now = system.dao.newest_time().await.unwrap();
    // The transaction is dropped rather than mined in the last block before the close.
    alloy::providers::ext::AnvilApi::anvil_drop_all_transactions(provider).await.unwrap();
    local::advance_time(system.chain.connection(), now + HOUR + 1).await.unwrap();
    alloy::providers::ext::AnvilApi::anvil_set_auto_mine(provider, true).await.unwrap();
    let status = harness.wait_for_stage(receipt.id, SubmissionStage::Refused).await;
    assert_eq!(status.reason.as_deref(), Some("closed"));
    let refused = harness.submit_ballot(&late).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (409, "closed"));
    assert_ne!(poll, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn full_relayer_rejects_further_ballots() {
    let system = LocalSystem::new(3).await;
    let poll = system.open_poll().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    let patient = RelayerSettings { capacity: 2, max_age: 600, ..quick_settings() };
    let harness = RelayerHarness::start_relayer(&system, &file, patient.clone()).await;
    let packages = system.prove_ballots(poll, 0..3).await;
    let first = harness.submit_ballot(&packages[0]).await.unwrap();
    harness.submit_ballot(&packages[1]).await.unwrap();
    let refused = harness.submit_ballot(&packages[2]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (429, "queue_full"));
    assert!(refused.retry_after.is_some());
    assert!(!harness.relayer_info().await.takes_ballots);
    assert_eq!(harness.submit_ballot(&packages[0]).await.unwrap(), first, "a known ballot takes no capacity");
    // After an orderly shutdown everything is still there, and is sent.
    harness.shut_down().await;
    assert_eq!(system.times(&packages[0]).await, (0, 0));
    let harness = RelayerHarness::start_relayer(&system, &file, quick_settings()).await;
    assert_eq!(harness.submit_ballot(&packages[0]).await.unwrap(), first);
    harness.wait_for_stage(first.id, SubmissionStage::Final).await;
    system.assert_included_once(&packages[..2]).await;
    harness.shut_down().await;

    // The file belongs to this account on this chain.
    let other = LocalSystem { signer: alloy::signers::local::PrivateKeySigner::random(), ..system };
    let parts = relayer_resources(&other, quick_settings());
    let opened = psephos_service::relayer::Relayer::open_or_create(parts, &file, &mut Default::default());
    assert!(matches!(opened, Err(psephos_service::relayer::StoreError::OtherRelayer { .. })));
}
