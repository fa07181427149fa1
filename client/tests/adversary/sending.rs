//! Attempts to send a ballot twice, spoilt, out of turn, or by a detour.

use alloy::{
    hex,
    primitives::{Bytes, U256},
};
use psephos_client::{
    ClientError, Package, Silent,
    relayer::{PackageOutcome, Refusal},
    verify, voter,
};
use psephos_state::{ProofData, bindings::IPolls::castCall};

use crate::{
    house::{accepted, actor, refusal, submission},
    scene::{FOR, Scene, revert},
};

/// Replays, spoilt proofs and copies in one batch; then the same again.
pub(crate) async fn batches(scene: &Scene, alice: &Package, bob: &Package) {
    let house = &scene.house;
    let mut spoilt = bob.clone();
    spoilt.record.replace_range(2..514, &alice.record[2..514]);
    let error = house.relayer.send_call(house.deployment.polls, &scene.batch(&[alice, &spoilt])).await.unwrap_err();
    assert_eq!(revert(&error), "InvalidProof");
    assert_eq!(scene.ballots().await, 0, "the whole batch is reverted");

    let packages = [submission("alice", alice), submission("copy", alice), submission("spoilt", &spoilt)];
    let report = house.relay(&packages).await;
    assert!(accepted(&report, 0));
    assert_eq!(report.packages[1].outcome, PackageOutcome::Duplicate { of: "alice".into() });
    assert_eq!(refusal(&report, 2), Refusal::InvalidProof);
    assert_eq!(scene.ballots().await, 1);

    // Somebody sends Bob's ballot twice in one batch, with Alice's that counts already: it counts once.
    let stranger = actor(house.chain.connection()).await;
    stranger.send_call(house.deployment.polls, &scene.batch(&[alice, bob, bob])).await.unwrap();
    assert_eq!(scene.ballots().await, 2);

    let report = house.relay(&[submission("alice", alice), submission("bob", bob)]).await;
    assert!(report.transactions.is_empty());
    assert!(report.packages.iter().all(|package| package.outcome == PackageOutcome::AlreadyCounted));
    let error = voter::submit(&stranger, bob).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("AlreadyCast"));
    let replay = scene.replay().await;
    assert!(voter::is_counted(&replay, &scene.members[1].identity, scene.polls[0], scene.chambers[0], None).unwrap());
}

pub(crate) async fn replacements(scene: &Scene, bob: &Package) {
    let house = &scene.house;
    assert!(matches!(scene.refuses(1, scene.polls[0], &FOR, false).await, ClientError::AlreadyVoted { .. }));
    assert!(matches!(scene.refuses(2, scene.polls[0], &FOR, true).await, ClientError::NothingToReplace { .. }));

    let second = scene.ballot(1, scene.polls[0], &FOR, true).await;
    let mut wrong = second.clone();
    wrong.replaces = Some(hex::encode_prefixed(
        psephos_state::record::ReplacedBallot::from_posted(&second.contents().unwrap().record.posted).to_bytes(),
    ));
    assert_eq!(refusal(&house.relay(&[submission("wrong", &wrong)]).await, 0), Refusal::InvalidProof);
    let error = voter::submit(&house.relayer, &wrong).await.unwrap_err();
    assert_eq!(error.revert_name(), Some("WrongPrevious"));

    assert!(accepted(&house.relay(&[submission("second", &second)]).await, 0));
    assert_eq!(scene.ballots().await, 2, "a replacement is not another ballot");
    // The older ballot cannot be put back.
    let report = house.relay(&[submission("bob", bob), submission("second", &second)]).await;
    assert_eq!(report.packages[0].outcome, PackageOutcome::Superseded);
    assert_eq!(report.packages[1].outcome, PackageOutcome::AlreadyCounted);
}

/// A ballot that a contract forwards counts, and its proof is found in what was forwarded.
pub(crate) async fn through_another_contract(scene: &Scene, ballot: &Package) {
    let house = &scene.house;
    let mut code = hex!("6029600a5f3960295ff3" "365f5f375f5f365f5f73").to_vec();
    code.extend(house.deployment.polls);
    code.extend(hex!("5af115602557005b5f5ffd"));
    let forwarder = house.relayer.deploy_code(code.into()).await.unwrap().contract.unwrap();
    let record: Bytes = hex::decode(&ballot.record).unwrap().into();
    let call = castCall { poll: U256::from(ballot.poll.get()), chamber: U256::from(ballot.chamber.get()), record };
    house.relayer.send_call(forwarder, &call).await.unwrap();

    let mut replay = scene.replay().await;
    psephos_chain::load_proofs(house.chain.connection(), &mut replay, ballot.poll).await.unwrap();
    let cast = &replay.poll(ballot.poll).unwrap().chambers[&ballot.chamber].ballots[0];
    assert!(matches!(&cast.proof, ProofData::Found(found) if found.len() == 1));
    let connection = house.chain.connection();
    let report = verify::verify(&house.source(), connection, &house.circuits, ballot.poll, &Silent).await.unwrap();
    assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
}
