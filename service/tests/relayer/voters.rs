//! A voter and its relayer, which may be honest, unreachable, or lying: the voter relies on signatures and on the
//! chain.

use alloy::signers::{SignerSync, local::PrivateKeySigner};
use axum::{Json, Router, http::StatusCode, routing::get};
use psephos_chain::local;
use psephos_client::{
    remote::{
        ServiceError,
        relay::{Inclusion, Promise, RemoteRelayer, RemoteRelayerError, find_ballot},
    },
    voter,
};
use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, PollId},
};
use psephos_wire::{
    Package,
    relay::{Receipt, RelayInfo, SubmissionKind, SubmissionStage, ballot_id},
};

use crate::{
    harness::{RelayerHarness, quick_settings},
    local_system::{HOUR, LocalSystem, actor},
};

#[tokio::test(flavor = "multi_thread")]
async fn voter_relies_on_signatures_and_the_chain() {
    let system = LocalSystem::new(3).await;
    let poll = system.open_poll().await;
    let packages = system.prove_ballots(poll, 0..3).await;
    let closes_at = system.read_chain_state().await.polls[&poll].parameters.closes_at;

    // An honest relayer.
    let folder = tempfile::tempdir().unwrap();
    let harness = RelayerHarness::start_relayer(&system, &folder.path().join("relayer"), quick_settings()).await;
    let relayer = RemoteRelayer::new(&harness.url, &psephos_chain::Network::direct()).unwrap();
    let info = relayer.fetch_info(&system.deployment).await.unwrap();
    let promise = relayer.submit_ballot(&info, &packages[0], closes_at).await.unwrap();
    assert_eq!(promise.receipt.relayer, system.signer.address());
    harness.wait_for_stage(promise.receipt.id, SubmissionStage::Final).await;
    assert_eq!(relayer.fetch_submission_status(&promise.receipt).await.unwrap().stage, SubmissionStage::Final);
    let chain_state = system.read_chain_state().await;
    let inclusion = find_ballot(&chain_state, &packages[0], Some(&promise), promise.receipt.promised_by + 1).unwrap();
    assert!(matches!(inclusion, Inclusion::Included { .. }));
    harness.shut_down().await;
    let error = relayer.fetch_info(&system.deployment).await.unwrap_err();
    assert!(matches!(error, RemoteRelayerError::Service(ServiceError::Unreachable { .. })), "{error}");

    check_dishonest_relayers(&system, info, &packages[1], closes_at).await;
    check_idle_relayer(&system, &packages[1]).await;
}

/// Starts a relayer that returns this answer to every request.
async fn start_fixed_relayer(info: RelayInfo, status: StatusCode, answer: String) -> RemoteRelayer {
    let app = Router::new()
        .route("/v1/relay", get(move || async move { Json(info) }))
        .fallback(move || async move { (status, answer) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    RemoteRelayer::new(&url, &psephos_chain::Network::direct()).unwrap()
}

fn unsigned_receipt(system: &LocalSystem, package: &Package, promised_by: u64) -> Receipt {
    Receipt {
        id: ballot_id(package, &package.contents().unwrap()),
        kind: SubmissionKind::Ballot,
        chain_id: system.deployment.chain_id,
        contract: system.deployment.polls,
        poll: package.poll,
        fingerprint: package.fingerprint,
        chamber: package.chamber,
        accepted_at: 1,
        promised_by,
        relayer: system.signer.address(),
        signature: String::new(),
    }
}

async fn check_dishonest_relayers(system: &LocalSystem, info: RelayInfo, package: &Package, closes_at: u64) {
    let honest = unsigned_receipt(system, package, closes_at);
    let other_signer = PrivateKeySigner::random();
    let other_fingerprint = PollFingerprint::from_bytes([1; 32]);
    let signed =
        |receipt: Receipt| receipt.sign(system.signer.address(), |hash| system.signer.sign_hash_sync(hash)).unwrap();
    let invalid_receipts = [
        (
            "signed by another account",
            honest.clone().sign(other_signer.address(), |hash| other_signer.sign_hash_sync(hash)).unwrap(),
        ),
        ("not signed", honest.clone()),
        ("of another ballot", signed(Receipt { id: psephos_chain::B256::ZERO, ..honest.clone() })),
        ("of another poll", signed(Receipt { poll: PollId::new(7), ..honest.clone() })),
        ("of a poll with other content", signed(Receipt { fingerprint: other_fingerprint, ..honest.clone() })),
        ("of another contract", signed(Receipt { contract: system.deployment.rewards, ..honest.clone() })),
        ("of a claim", signed(Receipt { kind: SubmissionKind::Claim, ..honest.clone() })),
        ("after the close", signed(Receipt { promised_by: closes_at + 1, ..honest.clone() })),
        ("changed", Receipt { promised_by: closes_at - 1, ..signed(honest.clone()) }),
        ("before it was accepted", signed(Receipt { promised_by: 0, ..honest.clone() })),
    ];
    for (what, receipt) in invalid_receipts {
        let relayer =
            start_fixed_relayer(info.clone(), StatusCode::ACCEPTED, serde_json::to_string(&receipt).unwrap()).await;
        let error = relayer.submit_ballot(&info, package, closes_at).await.unwrap_err();
        assert!(matches!(error, RemoteRelayerError::Service(ServiceError::InvalidResponse(_))), "{what}: {error}");
    }
    let relayer = start_fixed_relayer(info.clone(), StatusCode::ACCEPTED, "x".repeat(1 << 20)).await;
    assert!(matches!(
        relayer.submit_ballot(&info, package, closes_at).await,
        Err(RemoteRelayerError::Service(ServiceError::InvalidResponse(_)))
    ));
    let relayer = start_fixed_relayer(info.clone(), StatusCode::FOUND, String::new()).await;
    assert!(
        matches!(
            relayer.submit_ballot(&info, package, closes_at).await,
            Err(RemoteRelayerError::Service(ServiceError::InvalidResponse(_)))
        ),
        "redirects are not followed"
    );
    let refusal = r#"{"status":409,"code":"closed","detail":"\u001b[31mno"}"#;
    let relayer = start_fixed_relayer(info.clone(), StatusCode::CONFLICT, refusal.into()).await;
    match relayer.submit_ballot(&info, package, closes_at).await {
        Err(RemoteRelayerError::Service(ServiceError::Refused { status: 409, code, detail, .. })) => {
            assert_eq!((&*code, &*detail), ("closed", "[31mno"))
        }
        other => panic!("{other:?}"),
    }
    let mut other = info.clone();
    other.chain_id = ChainId::new(1);
    let relayer = start_fixed_relayer(other, StatusCode::OK, String::new()).await;
    assert!(
        matches!(
            relayer.fetch_info(&system.deployment).await,
            Err(RemoteRelayerError::Service(ServiceError::InvalidResponse(_)))
        ),
        "of another chain"
    );
    let relayer =
        start_fixed_relayer(info.clone(), StatusCode::ACCEPTED, serde_json::to_string(&signed(honest)).unwrap()).await;
    relayer.submit_ballot(&info, package, closes_at).await.expect("the honest receipt is accepted");
}

/// The relayer accepts the ballot and does nothing: the voter finds out from the chain, and sends the ballot directly.
async fn check_idle_relayer(system: &LocalSystem, package: &Package) {
    let receipt = unsigned_receipt(system, package, 1_000)
        .sign(system.signer.address(), |hash| system.signer.sign_hash_sync(hash))
        .unwrap();
    let promise = Promise { url: "http://idler.example/".into(), receipt };
    let look = async |now: u64| find_ballot(&system.read_chain_state().await, package, Some(&promise), now).unwrap();
    assert_eq!(look(1_000).await, Inclusion::Awaited { until: Some(1_000) });
    assert_eq!(look(1_001).await, Inclusion::Broken { promised_by: 1_000 });
    let direct = actor(system.chain.connection()).await;
    voter::submit_ballot(&direct, package).await.unwrap();
    assert!(matches!(look(1_001).await, Inclusion::Included { .. }));

    let late = system.prove_ballot(package.poll, 2, 0, false).await;
    let now = system.dao.newest_time().await.unwrap();
    local::advance_time(system.chain.connection(), now + HOUR + 1).await.unwrap();
    let inclusion = find_ballot(&system.read_chain_state().await, &late, None, 0).unwrap();
    assert_eq!(inclusion, Inclusion::TooLate { promised: false });
}
