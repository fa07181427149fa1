//! What a voter sees: receipts, refusals, and a ballot that is on the chain once.

use psephos_chain::local;
use psephos_client::voter;
use psephos_exchange::{
    Package,
    ballot::MAX_BYTES,
    relay::{Kind, Stage},
};
use psephos_protocol::identifiers::PollId;
use psephos_service::relayer::Settings;
use psephos_state::PollState;

use crate::{
    desk::{Desk, parts, quick},
    house::{HOUR, House},
};

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_promised_batched_and_on_the_chain_once() {
    let house = House::new(7).await;
    let poll = house.poll().await;
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(&house, &folder.path().join("relayer"), quick()).await;

    let packages = house.ballots(poll, 0..6).await;
    let receipts = futures_util::future::join_all(packages.iter().map(|package| desk.submit(package))).await;
    let receipts: Vec<_> = receipts.into_iter().map(Result::unwrap).collect();
    for (receipt, package) in receipts.iter().zip(&packages) {
        receipt.verify().unwrap();
        assert_eq!((receipt.relayer, receipt.kind, receipt.poll), (house.signer.address(), Kind::Ballot, poll));
        assert_eq!(receipt.promised_by, receipt.accepted_at + 60);
        let standing = desk.reaches(receipt.id, Stage::Final).await;
        let block = standing.block.unwrap();
        let mined = house.chain.connection().find_mined(standing.transaction.unwrap()).await.unwrap().unwrap();
        assert_eq!((mined.block, mined.success), (block, true));
        assert_eq!(desk.submit(package).await.unwrap(), *receipt, "the same receipt, once it is there");
    }
    house.assert_once(&packages).await;
    let info = desk.info().await;
    assert_eq!((info.waiting, info.sent, info.included), (0, 0, 0));
    assert!(info.takes_ballots && info.trouble.is_none());
    desk.relayer.ready().unwrap();

    same_ballot_another_proof(&house, &desk, poll).await;
    replacements(&house, &desk, poll, &packages[0]).await;
    refusals(&house, &desk, poll, &packages).await;
    closing(&house, &desk, poll).await;
    desk.close().await;
}

/// A ballot has one name, however often it is proved.
async fn same_ballot_another_proof(house: &House, desk: &Desk, poll: PollId) {
    let replay = house.replay().await;
    let vote = || voter::prepare(&replay, &house.voters[6], poll, house.chamber, &voter::single(3, 1), false).unwrap();
    let first = voter::prove(&house.circuits, vote()).unwrap();
    let mut twin = voter::prove(&house.circuits, vote()).unwrap();
    if twin.contents().unwrap().record.posted != first.contents().unwrap().record.posted {
        // Randomness of its own makes another ballot: then it must be refused while the first waits.
        desk.submit(&first).await.unwrap();
        let refused = desk.submit(&twin).await.unwrap_err();
        assert_eq!(refused.code, "already_cast");
        twin = first.clone();
        twin.record = twin.record.to_uppercase().replacen("0X", "0x", 1);
    }
    let receipts = futures_util::future::join(desk.submit(&first), desk.submit(&twin)).await;
    let receipt = receipts.0.unwrap();
    assert_eq!(receipts.1.unwrap(), receipt);
    // A proof that does not hold changes nothing about a ballot that was accepted.
    let mut spoilt = first.clone();
    spoilt.record.replace_range(2..66, &"0".repeat(64));
    assert_eq!(desk.submit(&spoilt).await.unwrap(), receipt);
    desk.reaches(receipt.id, Stage::Final).await;
    house.assert_once(&[first]).await;
}

async fn replacements(house: &House, desk: &Desk, poll: PollId, first: &Package) {
    let second = house.ballot(poll, 0, 2, true).await;
    let receipt = desk.submit(&second).await.unwrap();
    desk.reaches(receipt.id, Stage::Final).await;
    house.assert_once(&[first.clone(), second.clone()]).await;
    // The older one cannot be put back, and is still known for what it was.
    let before = desk.submit(first).await.unwrap();
    assert_eq!(desk.standing(before.id).await.unwrap().stage, Stage::Final);
    house.assert_once(&[first.clone(), second]).await;
}

async fn refusals(house: &House, desk: &Desk, poll: PollId, packages: &[Package]) {
    let refused = async |body: String| {
        let problem = desk.post(body).await.unwrap_err();
        (problem.status, problem.code)
    };
    assert_eq!(refused("{".into()).await, (400, "malformed".into()));
    assert_eq!(refused(" ".repeat(MAX_BYTES + 1)).await, (413, "too_large".into()));
    let fresh = Package { chain_id: 1, ..packages[1].clone() };
    assert_eq!(refused(fresh.to_json()).await, (422, "wrong_chain".into()));
    let fresh = Package { poll: PollId::new(99), ..packages[1].clone() };
    assert_eq!(refused(fresh.to_json()).await, (422, "unknown_poll".into()));
    let mut fresh = packages[1].clone();
    fresh.record.truncate(100);
    assert_eq!(refused(fresh.to_json()).await, (400, "encoding".into()));
    // The proof of another ballot.
    let another = house.poll().await;
    let mut fresh = house.ballot(another, 1, 0, false).await;
    fresh.record.replace_range(2..514, &packages[1].record[2..514]);
    assert_eq!(refused(fresh.to_json()).await, (422, "invalid_proof".into()));
    // A ballot of one poll in another one.
    let fresh = Package { poll: another, ..packages[1].clone() };
    assert_eq!(refused(fresh.to_json()).await, (422, "invalid_proof".into()));
    assert!(desk.standing(psephos_chain::B256::ZERO).await.is_none());
    assert_eq!(house.times(&packages[1]).await, (1, 0));
    assert_eq!(house.replay().await.poll_state(poll).unwrap(), PollState::Open);
}

/// What waits when a poll closes is refused, and said to be.
async fn closing(house: &House, desk: &Desk, poll: PollId) {
    let last = house.poll().await;
    let package = house.ballot(last, 1, 0, false).await;
    let provider = house.chain.connection().provider();
    alloy::providers::ext::AnvilApi::anvil_set_auto_mine(provider, false).await.unwrap();
    let receipt = desk.submit(&package).await.unwrap();
    desk.reaches(receipt.id, Stage::Sent).await;
    let late = house.ballot(last, 2, 0, false).await;
    let now = house.dao.newest_time().await.unwrap();
    // The transaction is dropped rather than mined in the last block before the close.
    alloy::providers::ext::AnvilApi::anvil_drop_all_transactions(provider).await.unwrap();
    local::advance_time(house.chain.connection(), now + HOUR + 1).await.unwrap();
    alloy::providers::ext::AnvilApi::anvil_set_auto_mine(provider, true).await.unwrap();
    let standing = desk.reaches(receipt.id, Stage::Refused).await;
    assert_eq!(standing.reason.as_deref(), Some("closed"));
    let refused = desk.submit(&late).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (409, "closed"));
    assert_ne!(poll, last);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relayer_takes_no_more_than_it_keeps() {
    let house = House::new(3).await;
    let poll = house.poll().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    let patient = Settings { capacity: 2, max_age: 600, ..quick() };
    let desk = Desk::open(&house, &file, patient.clone()).await;
    let packages = house.ballots(poll, 0..3).await;
    let first = desk.submit(&packages[0]).await.unwrap();
    desk.submit(&packages[1]).await.unwrap();
    let refused = desk.submit(&packages[2]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (429, "queue_full"));
    assert!(refused.retry_after.is_some());
    assert!(!desk.info().await.takes_ballots);
    assert_eq!(desk.submit(&packages[0]).await.unwrap(), first, "what it has is no more");
    // Stopped in good order; everything is there afterwards, and is sent.
    desk.close().await;
    assert_eq!(house.times(&packages[0]).await, (0, 0));
    let desk = Desk::open(&house, &file, quick()).await;
    assert_eq!(desk.submit(&packages[0]).await.unwrap(), first);
    desk.reaches(first.id, Stage::Final).await;
    house.assert_once(&packages[..2]).await;
    desk.close().await;

    // The file is this account's, on this chain.
    let other = House { signer: alloy::signers::local::PrivateKeySigner::random(), ..house };
    let parts = parts(&other, quick());
    let opened = psephos_service::relayer::Relayer::open(parts, &file, &mut Default::default());
    assert!(matches!(opened, Err(psephos_service::relayer::StoreError::Another { .. })));
}
