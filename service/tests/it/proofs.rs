//! Statements in, proofs out.

use psephos_circuits::{claim::ClaimCircuit, committee_keys::CommitteeKeysCircuit, notes::NotesCircuit};
use psephos_client::{
    Silent,
    remote::{RemoteProver, RemoteProverError, Service, ServiceError},
};
use psephos_prover::examples::Example;
use psephos_submission::proofs::circuit_of;
use psephos_wire::proof::{JobStatus, JobView, ProofRequest, Statement};
use reqwest::StatusCode;

use crate::support::{LOCAL, ballot_statement, circuits, is_proof_valid, request_body, start_service};

#[tokio::test(flavor = "multi_thread")]
async fn every_accepted_kind_is_proved() {
    let service = start_service(|_| {}).await;
    let claim = ClaimCircuit::<3>::example();
    let (notes, keys) = (NotesCircuit::example(), CommitteeKeysCircuit::example());
    for statement in [
        ballot_statement(1),
        Statement::Claim(claim.instance, claim.witness),
        Statement::Notes(notes.instance, notes.batch),
        Statement::CommitteeKeys(keys.instance, keys.keys),
    ] {
        let response = service.post_proof(request_body(statement.clone()), None).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        let view: JobView = response.json().await.unwrap_or_else(|_| panic!("the response is not a job"));
        assert_eq!(location, format!("/v1/proofs/{}", view.id));
        let view = service.wait_for_job(&view.id).await;
        assert_eq!(view.status, JobStatus::Done, "{:?}", view.failure);
        assert!(is_proof_valid(&circuits(), &statement, &view));
    }
    service.running.stop().await;
}

/// Concurrent jobs, each with its own statement: no proof belongs to another.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_jobs_are_not_mixed_up() {
    let service = start_service(|_| {}).await;
    let statements: Vec<Statement> = (1..=12).map(ballot_statement).collect();
    let mut jobs = Vec::new();
    for statement in &statements {
        let view: JobView = service.post_proof(request_body(statement.clone()), None).await.json().await.unwrap();
        jobs.push(view.id);
    }
    let circuits = circuits();
    for (statement, id) in statements.iter().zip(&jobs) {
        let view = service.wait_for_job(id).await;
        assert!(is_proof_valid(&circuits, statement, &view));
        assert!(!is_proof_valid(&circuits, &ballot_statement(99), &view));
    }
    assert_eq!(service.metric_sum("psephos_proofs_total").await, 12);
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn remote_prover_accepts_only_valid_proofs() {
    let service = start_service(|_| {}).await;
    let circuits = circuits();
    let statement = ballot_statement(1);
    let verifier = circuits.verifying_key(circuit_of(&statement).unwrap()).unwrap();
    let prover = RemoteProver::new(
        Service::new(&service.service_url(""), &psephos_chain::Network::direct(), psephos_chain::Purpose::Prove, None)
            .unwrap(),
    );
    let request = ProofRequest { chain_id: LOCAL, statement };
    let proof = prover.prove_statement(&request, verifier, &Silent).await.unwrap();
    verifier.verify(&proof, &request.statement.to_inputs()).unwrap();
    // With a key other than the service's, the returned proof is worthless.
    let other = circuits.verifying_key(psephos_circuits::catalogue::Name::Claim3).unwrap();
    let refused = prover.prove_statement(&request, other, &Silent).await.unwrap_err();
    assert!(matches!(refused, RemoteProverError::Service(ServiceError::InvalidResponse(_))), "{refused}");
    // A false statement is rejected with its clause.
    let Statement::Ballot(instance, mut witness) = request.statement else { unreachable!() };
    witness.x = vec![1, 1, 0];
    let request = ProofRequest { chain_id: LOCAL, statement: Statement::Ballot(instance, witness) };
    let refused = prover.prove_statement(&request, verifier, &Silent).await.unwrap_err();
    assert!(refused.to_string().contains("rule"), "{refused}");
    let unreachable = RemoteProver::new(
        Service::new("http://127.0.0.1:9", &psephos_chain::Network::direct(), psephos_chain::Purpose::Prove, None)
            .unwrap(),
    );
    let refused = unreachable.prove_statement(&request, verifier, &Silent).await.unwrap_err();
    assert!(matches!(refused, RemoteProverError::Service(ServiceError::Unreachable { .. })), "{refused}");
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disclosures_are_described_in_plain_language() {
    let service = start_service(|_| {}).await;
    let text = service.get_path("/v1/proofs").await.text().await.unwrap();
    assert!(text.contains("how you vote") && text.contains("cannot vote for you"), "{text}");
    assert!(!text.contains("dealing"), "only accepted kinds are listed");
    service.running.stop().await;
}
