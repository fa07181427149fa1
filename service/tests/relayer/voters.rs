//! A voter and its relayer, who may be honest, away, or lying: what the voter believes is what is signed and what is on the chain.

use alloy::signers::local::PrivateKeySigner;
use axum::{Json, Router, http::StatusCode, routing::get};
use psephos_chain::local;
use psephos_client::{
    remote::relay::{Inclusion, Promise, RelayError, RemoteRelayer, ballot_inclusion},
    voter,
};
use psephos_exchange::{
    Package,
    relay::{Kind, Receipt, RelayInfo, Stage, ballot_id},
};
use psephos_protocol::identifiers::PollId;

use crate::{
    desk::{Desk, quick},
    house::{HOUR, House, actor},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_voter_believes_signatures_and_the_chain() {
    let house = House::new(3).await;
    let poll = house.poll().await;
    let packages = house.ballots(poll, 0..3).await;
    let closes_at = house.replay().await.polls[&poll].parameters.closesAt;

    // An honest one.
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(&house, &folder.path().join("relayer"), quick()).await;
    let relayer = RemoteRelayer::new(&desk.url).unwrap();
    let info = relayer.info(&house.deployment).await.unwrap();
    let promise = relayer.submit(&info, &packages[0], closes_at).await.unwrap();
    assert_eq!(promise.receipt.relayer, house.signer.address());
    desk.reaches(promise.receipt.id, Stage::Final).await;
    assert_eq!(relayer.standing(&promise.receipt).await.unwrap().stage, Stage::Final);
    let replay = house.replay().await;
    let inclusion = ballot_inclusion(&replay, &packages[0], Some(&promise), promise.receipt.promised_by + 1).unwrap();
    assert!(matches!(inclusion, Inclusion::Included { .. }));
    desk.close().await;
    let error = relayer.info(&house.deployment).await.unwrap_err();
    assert!(matches!(error, RelayError::Down(_)), "{error}");

    liars(&house, info, &packages[1], closes_at).await;
    idler(&house, &packages[1]).await;
}

/// A relayer that answers this receipt to everything.
async fn answering(info: RelayInfo, status: StatusCode, answer: String) -> RemoteRelayer {
    let app = Router::new()
        .route("/v1/relay", get(move || async move { Json(info) }))
        .fallback(move || async move { (status, answer) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    RemoteRelayer::new(&url).unwrap()
}

fn receipt(house: &House, package: &Package, promised_by: u64) -> Receipt {
    Receipt {
        id: ballot_id(package, &package.contents().unwrap()),
        kind: Kind::Ballot,
        chain_id: house.deployment.chain_id,
        contract: house.deployment.polls,
        poll: package.poll,
        chamber: package.chamber,
        accepted_at: 1,
        promised_by,
        relayer: house.signer.address(),
        signature: String::new(),
    }
}

async fn liars(house: &House, info: RelayInfo, package: &Package, closes_at: u64) {
    let honest = receipt(house, package, closes_at);
    let stranger = PrivateKeySigner::random();
    let signed = |receipt: Receipt| receipt.signed(&house.signer).unwrap();
    let lies = [
        ("signed by a stranger", honest.clone().signed(&stranger).unwrap()),
        ("not signed", honest.clone()),
        ("of another ballot", signed(Receipt { id: psephos_chain::B256::ZERO, ..honest.clone() })),
        ("of another poll", signed(Receipt { poll: PollId::new(7), ..honest.clone() })),
        ("of another contract", signed(Receipt { contract: house.deployment.rewards, ..honest.clone() })),
        ("of a claim", signed(Receipt { kind: Kind::Claim, ..honest.clone() })),
        ("after the close", signed(Receipt { promised_by: closes_at + 1, ..honest.clone() })),
        ("changed", Receipt { promised_by: closes_at - 1, ..signed(honest.clone()) }),
        ("before it was taken", signed(Receipt { promised_by: 0, ..honest.clone() })),
    ];
    for (what, lie) in lies {
        let relayer = answering(info.clone(), StatusCode::ACCEPTED, serde_json::to_string(&lie).unwrap()).await;
        let error = relayer.submit(&info, package, closes_at).await.unwrap_err();
        assert!(matches!(error, RelayError::Lies(_)), "{what}: {error}");
    }
    let relayer = answering(info.clone(), StatusCode::ACCEPTED, "x".repeat(1 << 20)).await;
    assert!(matches!(relayer.submit(&info, package, closes_at).await, Err(RelayError::Lies(_))));
    let relayer = answering(info.clone(), StatusCode::FOUND, String::new()).await;
    assert!(matches!(relayer.submit(&info, package, closes_at).await, Err(RelayError::Lies(_))), "nobody is followed");
    let refusal = r#"{"status":409,"code":"closed","detail":"\u001b[31mno"}"#;
    let relayer = answering(info.clone(), StatusCode::CONFLICT, refusal.into()).await;
    match relayer.submit(&info, package, closes_at).await {
        Err(RelayError::Refused { status: 409, code, detail }) => assert_eq!((&*code, &*detail), ("closed", "[31mno")),
        other => panic!("{other:?}"),
    }
    let mut other = info.clone();
    other.chain_id = 1;
    let relayer = answering(other, StatusCode::OK, String::new()).await;
    assert!(matches!(relayer.info(&house.deployment).await, Err(RelayError::Lies(_))), "of another chain");
    let relayer = answering(info.clone(), StatusCode::ACCEPTED, serde_json::to_string(&signed(honest)).unwrap()).await;
    relayer.submit(&info, package, closes_at).await.expect("what it should be");
}

/// It takes the ballot and does nothing: the voter finds out on the chain, and sends it directly.
async fn idler(house: &House, package: &Package) {
    let receipt = receipt(house, package, 1_000).signed(&house.signer).unwrap();
    let promise = Promise { url: "http://idler.example/".into(), receipt };
    let look = async |now: u64| ballot_inclusion(&house.replay().await, package, Some(&promise), now).unwrap();
    assert_eq!(look(1_000).await, Inclusion::Awaited { until: Some(1_000) });
    assert_eq!(look(1_001).await, Inclusion::Broken { promised_by: 1_000 });
    let direct = actor(house.chain.connection()).await;
    voter::submit(&direct, package).await.unwrap();
    assert!(matches!(look(1_001).await, Inclusion::Included { .. }));

    let late = house.ballot(package.poll, 2, 0, false).await;
    let now = house.dao.newest_time().await.unwrap();
    local::advance_time(house.chain.connection(), now + HOUR + 1).await.unwrap();
    let inclusion = ballot_inclusion(&house.replay().await, &late, None, 0).unwrap();
    assert_eq!(inclusion, Inclusion::TooLate { promised: false });
}
