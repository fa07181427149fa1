//! The disk is full for a while, and has space again afterwards.

use std::time::Duration;

use psephos_chain::follow::FollowOptions;
use psephos_service::{
    clock::Clock,
    indexer::{Indexer, Options},
    queue::{EmbeddedQueue, JobId, NewJob, Queue, QueueError, QueueLimits},
    relayer::RelayerSettings,
    serve::ServiceResources,
};
use psephos_testkit::SmallDisk;
use psephos_testkit::StubDeployment;
use psephos_wire::{
    proof::{JobStatus, JobView, StatementKind},
    relay::{Receipt, RelayInfo, SubmissionStage, SubmissionStatus},
};
use reqwest::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::{
    fixture::{report_recovery, wait_until},
    harness::quick_settings,
    local_system::LocalSystem,
    support::{ballot_statement, parse_problem, request_body, start_service_in, start_service_with, test_resources},
};

/// More than enough requests to fill what is left in a file on a full disk.
const MANY: usize = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn queue_accepts_jobs_again_and_loses_none() {
    let Some(disk) = SmallDisk::mount() else { return };
    let service = start_service_in(disk.folder(), |config| config.prover.remote_workers = true).await;
    let body = request_body(ballot_statement(1));
    let first: JobView = service.post_proof(body.clone(), None).await.json().await.unwrap();
    disk.fill();
    let mut accepted = vec![first];
    let refused = loop {
        let response = service.post_proof(body.clone(), None).await;
        if response.status() != StatusCode::ACCEPTED {
            break response;
        }
        accepted.push(response.json().await.unwrap());
        assert!(accepted.len() < MANY, "the disk is not full");
    };
    let (status, code, _) = parse_problem(refused).await;
    assert_eq!((status, code.as_str()), (503, "queue"));
    let obstacle = service.wait_for_obstacle("prover", "queue").await;
    assert!(!obstacle.contains(disk.folder().path().to_str().unwrap()), "the path is not public: {obstacle}");

    disk.free();
    report_recovery("a full disk under the queue", service.wait_until_ready().await);
    accepted.push(service.post_proof(body, None).await.json().await.unwrap());
    service.running.stop().await;
    let again = start_service_in(disk.folder(), |config| config.prover.remote_workers = true).await;
    for job in &accepted {
        let stored = again.get_path(&format!("/v1/proofs/{}", job.id)).await;
        assert_eq!(stored.json::<JobView>().await.unwrap().status, JobStatus::Queued);
    }
    let page = again.get_admin_page("/").await;
    assert!(page.contains(&format!("<dt>waiting</dt><dd>{}<", accepted.len())), "no refused job is stored: {page}");
    again.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn end_of_a_job_is_stored_once_there_is_space() {
    let Some(disk) = SmallDisk::mount() else { return };
    let file = disk.path("queue.redb");
    let open = || EmbeddedQueue::open_or_create(&file, QueueLimits::default(), Clock::default()).unwrap();
    let queue = open();
    let new_job = |bytes: usize| NewJob {
        id: JobId::generate(),
        kind: StatementKind::Ballot,
        owner: [1; 32],
        digest: [2; 32],
        ciphertext: vec![3; bytes],
        accepted: Clock::default().now_ms(),
    };
    queue.enqueue(new_job(5_000)).await.unwrap();
    let lease = queue.lease_job(Duration::from_secs(60)).await.unwrap().unwrap();
    disk.fill();
    while queue.enqueue(new_job(30_000)).await.is_ok() {}
    let stored = queue.complete_job(&lease, "0xaa".into()).await;
    assert!(matches!(stored, Err(QueueError::Storage(_))), "{stored:?}");
    assert_eq!(queue.job_status(lease.id).await.unwrap().unwrap().state, JobStatus::Proving, "it is not on disk yet");

    disk.free();
    let took = wait_until("the end of the job is published", async || {
        queue.job_status(lease.id).await.unwrap().unwrap().state == JobStatus::Done
    });
    report_recovery("a full disk while a job ends", took.await);
    drop(queue);
    let status = open().job_status(lease.id).await.unwrap().unwrap();
    assert_eq!((status.state, status.proof.as_deref()), (JobStatus::Done, Some("0xaa")));
}

#[tokio::test(flavor = "multi_thread")]
async fn relayer_takes_ballots_again_and_loses_none() {
    const VOTERS: usize = 8;
    let Some(disk) = SmallDisk::mount() else { return };
    let system = LocalSystem::new(VOTERS).await;
    let poll = system.open_poll().await;
    let packages = system.prove_ballots(poll, 0..VOTERS).await;
    let resources = ServiceResources {
        chain: Some((system.chain.connection().clone(), system.deployment.clone())),
        account: Some(system.signer.clone()),
        ..test_resources()
    };
    let service = start_service_with(disk.folder(), resources, |config| {
        (config.prover.enabled, config.relayer, config.indexer.interval_ms) = (
            false,
            // What is accepted waits while the disk is full: it is to be in the file and nowhere else.
            RelayerSettings { batch: 64, max_age: 20, ..quick_settings() },
            50,
        );
    })
    .await;
    let post = async |number: usize| {
        let request = service.client.post(service.service_url("/v1/ballots")).body(packages[number].to_json());
        request.send().await.unwrap()
    };
    let mut receipts: Vec<Receipt> = vec![post(0).await.json().await.unwrap()];
    disk.fill();
    let refused = loop {
        let number = receipts.len();
        assert!(number < VOTERS, "the disk is not full");
        let response = post(number).await;
        if response.status() != StatusCode::ACCEPTED {
            break response;
        }
        receipts.push(response.json().await.unwrap());
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    service.wait_for_obstacle("relayer", "store").await;
    let info: RelayInfo = service.get_path("/v1/relay").await.json().await.unwrap();
    assert!(!info.takes_ballots && info.obstacle.is_some(), "{info:?}");
    let (status, code, _) = parse_problem(post(VOTERS - 1).await).await;
    assert_eq!((status, code.as_str()), (503, "store"));

    disk.free();
    report_recovery("a full disk under the relayer", service.wait_until_ready().await);
    for number in receipts.len()..VOTERS {
        receipts.push(post(number).await.json().await.unwrap());
    }
    for receipt in &receipts {
        wait_until("the ballot is included", async || {
            let status = service.get_path(&format!("/v1/ballots/{}", receipt.id)).await;
            status.json::<SubmissionStatus>().await.unwrap().stage == SubmissionStage::Final
        })
        .await;
    }
    system.assert_included_once(&packages).await;
    service.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn indexer_follows_again_without_a_gap() {
    let Some(disk) = SmallDisk::mount() else { return };
    let stub = StubDeployment::start().await;
    let options = Options {
        pause: Duration::from_millis(20),
        follow: FollowOptions { confirmations: 2, ..FollowOptions::default() },
        ..Options::new(disk.path("indexer.redb"))
    };
    let start = async |stop: &CancellationToken| {
        let (connection, deployment) = (stub.chain.connection().clone(), stub.deployment.clone());
        Indexer::start_following(connection, deployment, options.clone(), stop.clone()).await.unwrap()
    };
    let stop = CancellationToken::new();
    let (indexer, task) = start(&stop).await;
    wait_until("the indexer is ready", async || indexer.check_ready().is_ok()).await;
    disk.fill();
    let mut events = 0;
    while indexer.check_ready().is_ok() {
        // A long name, so that the store grows.
        stub.create_chamber(&"x".repeat(50_000)).await;
        events += 1;
        assert!(events < MANY, "the disk is not full");
    }
    let store = indexer.parts().into_iter().find(|part| part.name == "store").unwrap();
    assert!(store.obstacle.is_some());
    stub.enrol_member(0, 1).await;

    disk.free();
    let took = wait_until("the indexer is ready", async || indexer.check_ready().is_ok()).await;
    report_recovery("a full disk under the indexer", took);
    let expected = stub.read_state().await;
    let has_all = async || indexer.chain_states().borrow().block == expected.block;
    wait_until("the indexer has all blocks", has_all).await;
    assert_eq!(format!("{:?}", *indexer.chain_states().borrow()), format!("{expected:?}"));
    stop.cancel();
    task.await.unwrap().unwrap();
    drop(indexer);
    // The file alone has everything too.
    let stop = CancellationToken::new();
    let (indexer, task) = start(&stop).await;
    assert_eq!(format!("{:?}", *indexer.chain_states().borrow()), format!("{expected:?}"));
    stop.cancel();
    task.await.unwrap().unwrap();
}
