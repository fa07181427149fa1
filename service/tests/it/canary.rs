//! A canary: recognisable secrets are sent in all ways and searched for in every place that is written to.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use psephos_protocol::field;
use psephos_protocol::identifiers::ChainId;
use psephos_wire::proof::{JobView, Statement};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{ballot_statement, request_body, request_body_for, start_service};

/// Captures everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Returns every form in which a secret could be written: as in the request, as bytes in either order, as a decimal
/// number.
pub(crate) fn secret_forms(statement: &Statement) -> Vec<Vec<u8>> {
    let Statement::Ballot(_, witness) = statement else { unreachable!() };
    let scalar = psephos_protocol::scalar::to_bytes(witness.randomness.expose());
    let secrets =
        [field::to_bytes(witness.nk.expose()), field::to_bytes(witness.randomness.blinder().expose()), scalar];
    let mut traces = Vec::new();
    for secret in secrets {
        let mut reversed = secret;
        reversed.reverse();
        for bytes in [secret, reversed] {
            traces.push(bytes.to_vec());
            traces.push(hex::encode(bytes).into_bytes());
        }
    }
    traces.push(field::to_decimal(witness.nk.expose()).into_bytes());
    traces
}

fn assert_absent(place: &str, bytes: &[u8], traces: &[Vec<u8>]) {
    for trace in traces {
        assert!(!bytes.windows(trace.len()).any(|window| window == trace), "a secret is in {place}");
    }
}

pub(crate) fn assert_absent_in_files(folder: &Path, traces: &[Vec<u8>]) -> usize {
    let mut searched = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            searched += assert_absent_in_files(&path, traces);
        } else {
            assert_absent(&path.display().to_string(), &std::fs::read(&path).unwrap(), traces);
            searched += 1;
        }
    }
    searched
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_in_no_log_error_metric_page_or_file() {
    let log = Log::default();
    // The logger is global: other tests write into it too, which only adds to the searched text.
    let _ = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::TRACE).try_init();
    let statement = ballot_statement(200);
    let traces = secret_forms(&statement);
    let text = request_body(statement.clone());
    // The search must find the secrets where they are known to be.
    assert!(traces.iter().filter(|trace| text.as_bytes().windows(trace.len()).any(|w| w == *trace)).count() >= 3);

    let service = start_service(|_| {}).await;
    let view: JobView = service.post_proof(text.clone(), Some("canary")).await.json().await.unwrap();
    let done = service.wait_for_job(&view.id).await;
    assert_absent("a response", serde_json::to_string(&done).unwrap().as_bytes(), &traces);
    // Secrets in wrong places, and in requests that are rejected for all sorts of reasons.
    let Statement::Ballot(instance, mut witness) = statement.clone() else { unreachable!() };
    witness.x = vec![3, 0, 0];
    let nk = field::to_hex(witness.nk.expose());
    for bad in [
        request_body(Statement::Ballot(instance, witness)),
        request_body_for(ChainId::new(1), statement.clone()),
        text.replacen("\"weight\":1000", &format!("\"weight\":\"{nk}\""), 1),
        text.replacen("\"size\"", &format!("\"{nk}\""), 1),
        text.replacen("\"ballot\"", &format!("\"{nk}\""), 1),
        text[..text.len() - 2].to_owned(),
        format!("\"{nk}\""),
        nk.clone(),
    ] {
        let response = service.post_proof(bad, None).await;
        assert!(response.status().is_client_error());
        assert_absent("an error response", &response.bytes().await.unwrap(), &traces);
    }
    for path in [format!("/v1/proofs/{nk}"), format!("/{nk}"), format!("/v1/proofs/{}?seen={nk}", view.id)] {
        assert_absent("an error response", &service.get_path(&path).await.bytes().await.unwrap(), &traces);
    }
    // The pages are searched too; then a request is left in the queue's file when the service stops.
    for page in ["/", "/metrics"] {
        assert_absent(page, service.get_admin_page(page).await.as_bytes(), &traces);
    }
    let folder = service.folder.clone();
    service.running.stop().await;
    let waiting = crate::support::start_service_in(folder.clone(), |config| config.prover.remote_workers = true).await;
    waiting.post_proof(text, Some("canary that waits")).await;
    waiting.running.stop().await;
    assert!(assert_absent_in_files(folder.path(), &traces) >= 2, "the queue and its key");
    assert_absent("the log", &log.0.lock().unwrap(), &traces);
    assert!(!log.0.lock().unwrap().is_empty());
}
