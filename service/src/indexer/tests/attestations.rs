//! What the service takes from trustees, and what it hands out.

use alloy::signers::{SignerSync, local::PrivateKeySigner};
use psephos_protocol::fingerprint::PollFingerprint;
use psephos_state::bindings::ICommittee::{CommitteeCreated, Lifetime};
use psephos_wire::{Attestation, attestation::AttestedChamber};
use serde_json::Value;

use super::*;

fn sign(attestation: Attestation, signer: &PrivateKeySigner) -> Attestation {
    attestation.sign(signer.address(), |hash| signer.sign_hash_sync(hash)).unwrap()
}

fn example(scene: &StubChain) -> Attestation {
    let deployment = &scene.stub.deployment;
    let chamber = ChamberId::new(0);
    Attestation {
        chain_id: deployment.chain_id,
        polls: deployment.polls,
        registry: deployment.registry,
        committee: deployment.committee,
        poll: PollId::new(1),
        fingerprint: PollFingerprint::from_bytes([5; 32]),
        keys_hash: B256::repeat_byte(6),
        chambers: vec![AttestedChamber { chamber, ctx: B256::ZERO, root: B256::ZERO, members: 6 }],
        block: 7,
        block_hash: B256::repeat_byte(8),
        trustee: Address::ZERO,
        signature: String::new(),
    }
}

/// Posts a body and returns the status and, of a refusal, the code.
async fn post(running: &RunningIndexer, body: String) -> (u16, Option<String>) {
    let response = reqwest::Client::new().post(format!("{}/v1/attestations", running.url)).body(body).send().await;
    let response = response.unwrap();
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap();
    (status, answer["code"].as_str().map(str::to_owned))
}

async fn post_attestation(running: &RunningIndexer, attestation: &Attestation) -> (u16, Option<String>) {
    post(running, serde_json::to_string(attestation).unwrap()).await
}

async fn list(running: &RunningIndexer) -> Vec<Attestation> {
    reqwest::get(format!("{}/v1/attestations", running.url)).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn attestations_of_trustees_are_kept_and_two_of_one_at_most() {
    psephos_chain::tls::install_provider();
    let scene = StubChain::new().await;
    let trustee = PrivateKeySigner::random();
    let created = CommitteeCreated {
        committee: U256::ZERO,
        trustees: vec![trustee.address()],
        threshold: U256::from(1),
        registrationDeadline: 1,
        dealingDeadline: 2,
        lifetime: Lifetime { expiresAt: 3, maxPolls: 1 },
    };
    scene.emit_event(scene.stub.deployment.committee, &created).await;
    let running = scene.start_indexer(1).await;
    scene.assert_in_sync(&running).await;

    let refused = |status: u16, code: &str| (status, Some(code.to_owned()));
    let honest = sign(example(&scene), &trustee);
    let with = |change: &dyn Fn(&mut Attestation)| {
        let mut changed = example(&scene);
        change(&mut changed);
        sign(changed, &trustee)
    };
    assert_eq!(post(&running, "{".into()).await, refused(400, "malformed"));
    assert_eq!(post(&running, " ".repeat(20_000)).await, refused(413, "too_large"));
    let other_chain = with(&|one| one.chain_id = ChainId::new(1));
    assert_eq!(post_attestation(&running, &other_chain).await, refused(422, "other_deployment"));
    let no_poll = with(&|one| one.poll = PollId::new(9));
    assert_eq!(post_attestation(&running, &no_poll).await, refused(404, "not_found"));
    let stranger = sign(example(&scene), &PrivateKeySigner::random());
    assert_eq!(post_attestation(&running, &stranger).await, refused(422, "not_a_trustee"));
    let forged = Attestation { trustee: trustee.address(), ..stranger };
    assert_eq!(post_attestation(&running, &forged).await, refused(422, "invalid_signature"));
    assert!(list(&running).await.is_empty());

    for again in [&honest, &honest, &with(&|one| one.block += 1)] {
        assert_eq!(post_attestation(&running, again).await, (202, None));
        assert_eq!(list(&running).await, std::slice::from_ref(&honest), "the same statement is kept once");
    }
    let lie = with(&|one| one.keys_hash = B256::ZERO);
    let third = with(&|one| one.keys_hash = B256::repeat_byte(1));
    for more in [&lie, &third] {
        assert_eq!(post_attestation(&running, more).await, (202, None));
        assert_eq!(list(&running).await, [honest.clone(), lie.clone()], "two prove the lie; no third is kept");
    }
    running.stop().await;
}
