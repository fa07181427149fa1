//! The machine's clock is set back by hours.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prometheus_client::registry::Registry;
use psephos_service::{
    clock::Clock,
    relayer::{Relayer, RelayerResources, RelayerSettings},
    serve::ServiceResources,
};
use psephos_wire::{
    proof::{JobStatus, JobView},
    relay::{SubmissionKind, SubmissionStage},
};
use tokio_util::sync::CancellationToken;

use crate::{
    fixture::wait_until,
    harness::{quick_settings, relayer_resources},
    local_system::LocalSystem,
    support::{ballot_statement, request_body, start_service_with, test_resources},
};

const FOUR_HOURS_MS: u64 = 4 * 3_600 * 1_000;

/// A machine whose clock is behind the real one by this many milliseconds.
#[derive(Default)]
struct Machine(Arc<AtomicU64>);

impl Machine {
    /// Returns the clock of a process that starts now.
    fn start_clock(&self) -> Clock {
        let (real, behind) = (Clock::default(), self.0.clone());
        Clock::from_source(move || real.now_ms() - behind.load(Ordering::Relaxed))
    }

    fn set_back(&self) {
        self.0.fetch_add(FOUR_HOURS_MS, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn done_job_stays_done() {
    let machine = Machine::default();
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let start = async || {
        let resources = ServiceResources { clock: machine.start_clock(), ..test_resources() };
        start_service_with(folder.clone(), resources, |_| {}).await
    };
    let service = start().await;
    let view: JobView = service.post_proof(request_body(ballot_statement(1)), None).await.json().await.unwrap();
    let path = format!("/v1/proofs/{}", view.id);
    let done = service.wait_for_job(&view.id).await;
    assert_eq!(done.status, JobStatus::Done);

    machine.set_back();
    assert_eq!(service.get_path(&path).await.json::<JobView>().await.unwrap(), done);
    // A job that arrives now ends too.
    let next: JobView = service.post_proof(request_body(ballot_statement(2)), None).await.json().await.unwrap();
    assert_eq!(service.wait_for_job(&next.id).await.status, JobStatus::Done);
    service.running.stop().await;

    // A new process has nothing but the file.
    let again = start().await;
    assert_eq!(again.get_path(&path).await.json::<JobView>().await.unwrap(), done);
    again.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_are_sent_when_they_are_due() {
    let machine = Machine::default();
    let system = LocalSystem::new(1).await;
    let poll = system.open_poll().await;
    let package = system.prove_ballot(poll, 0, 1, false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relayer");
    // One ballot fills no batch: it waits for others, and is sent alone after two seconds.
    let settings = RelayerSettings { batch: 4, max_age: 2, ..quick_settings() };
    let resources = RelayerResources { clock: machine.start_clock(), ..relayer_resources(&system, settings) };
    let relayer = Arc::new(Relayer::open_or_create(resources, &file, &mut Registry::default()).unwrap());
    let stop = CancellationToken::new();
    let working = tokio::spawn(relayer.clone().run(stop.clone()));
    wait_until("the relayer is ready", async || relayer.check_ready().is_ok()).await;
    let receipt = relayer.accept_ballot(package.to_json().as_bytes()).await.unwrap();
    machine.set_back();
    wait_until("the ballot is included", async || {
        relayer.submission_status(SubmissionKind::Ballot, &receipt.id).unwrap().stage == SubmissionStage::Final
    })
    .await;
    system.assert_included_once(&[package]).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(60), working).await.unwrap().unwrap().unwrap();
}
