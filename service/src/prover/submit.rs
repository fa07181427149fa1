//! From the bytes of a request to a queued job.

use std::sync::Arc;

use axum::http::StatusCode;
use psephos_protocol::identifiers::ChainId;
use psephos_submission::proofs::circuit_of;
use psephos_wire::proof::{JobView, ProofRequest, RequestError};
use zeroize::Zeroizing;

use super::{Prover, key_problem, queue_problem, view_of_status};
use crate::{
    http::Problem,
    queue::{Enqueued, JobId, NewJob},
};

/// The client that sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// A keyed hash of the client's credentials; of zeros, if none are required.
    pub owner: [u8; 32],
}

/// An accepted request.
#[derive(Clone, Debug)]
pub struct AcceptedRequest {
    /// The request's job.
    pub view: JobView,
    /// Whether the request is new; false if the same request was accepted before under this idempotency key.
    pub new: bool,
}

impl Prover {
    /// Parses, checks and queues a request. Under an idempotency key, repetitions of a request are one job.
    ///
    /// # Errors
    /// Returns 400 for a malformed request, 413 if it is too long, 422 with the clause for a statement that does not
    /// hold or is not accepted here, 409 for another request under the same key, and 429 if the queue is full.
    pub async fn submit_request(
        self: &Arc<Self>,
        caller: Caller,
        idempotency_key: Option<&str>,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<AcceptedRequest, Problem> {
        let digest = self.cipher.keyed_hash("request", &[&body]);
        let id = match idempotency_key {
            None => JobId::generate(),
            Some(key) => {
                let tag = self.cipher.keyed_hash("idempotency", &[&caller.owner, key.as_bytes()]);
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&tag[..16]);
                JobId::from_bytes(bytes)
            }
        };
        if let Some(status) = self.queue.job_status(id).await.map_err(queue_problem)? {
            return self.repeated_request(id, status.digest == digest, caller).await;
        }
        // A job that cannot be stored is not worth checking.
        self.queue.check_ready().await.map_err(queue_problem)?;
        // At most as many concurrently as there are cores: more would only wait for each other, and take the cores from
        // the workers.
        let _reading = self.request_checks.acquire().await.map_err(|_| Problem::internal_error())?;
        let prover = self.clone();
        let (request, body) =
            tokio::task::spawn_blocking(move || prover.check_request(&body).map(|request| (request, body)))
                .await
                .map_err(|_| Problem::internal_error())??;
        let ciphertext = self.cipher.encrypt_request(id, &body).map_err(|_| Problem::internal_error())?;
        drop(body);
        let kind = request.kind;
        // Before the job is queued: a worker may be faster than this task. Without workers in this process a witness is
        // stored in encrypted form only.
        let request_key = (id, digest);
        if !self.settings.remote_workers {
            self.statements.put_statement(request_key, (request.checked, request.chain_id));
        }
        let job = NewJob { id, kind, owner: caller.owner, digest, ciphertext, accepted: self.clock.now_ms() };
        let status = job.initial_status();
        match self.queue.enqueue(job).await {
            Ok(Enqueued::New) => {
                self.metrics.count_accepted(kind);
                Ok(AcceptedRequest { view: view_of_status(id, status), new: true })
            }
            Ok(Enqueued::Known(status)) => {
                self.statements.remove_statement(request_key);
                self.repeated_request(id, status.digest == digest, caller).await
            }
            Err(error) => {
                self.statements.remove_statement(request_key);
                Err(queue_problem(error))
            }
        }
    }

    async fn repeated_request(&self, id: JobId, same: bool, caller: Caller) -> Result<AcceptedRequest, Problem> {
        if same {
            return Ok(AcceptedRequest { view: self.job_view(id, &caller).await?, new: false });
        }
        let detail = "this idempotency key was used for another request: use a new key for each request";
        Err(Problem::new(StatusCode::CONFLICT, "idempotency_conflict", detail))
    }

    /// Parses and checks a request: milliseconds of one core.
    fn check_request(&self, body: &[u8]) -> Result<CheckedRequest, Problem> {
        let request = ProofRequest::parse(body).map_err(|error| match error {
            RequestError::TooLarge(_) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", error.to_string()),
            error => Problem::bad_request("malformed", error.to_string()),
        })?;
        let kind = request.statement.kind();
        if !self.settings.statements.contains(&kind) {
            let detail = format!("this service does not prove `{kind}` statements: prove yours on your own machine");
            return Err(Problem::unprocessable("not_taken", detail));
        }
        let circuit =
            circuit_of(&request.statement).map_err(|error| Problem::unprocessable("statement", error.to_string()))?;
        let key = self.circuits.verifying_key(circuit).map_err(|error| key_problem(error.into()))?;
        key.check_chain(request.chain_id).map_err(|error| key_problem(error.into()))?;
        let checked = request.statement.check().map_err(|clause| {
            Problem::unprocessable("statement", "the statement does not hold, so it has no proof")
                .with_clause(clause.to_string())
        })?;
        Ok(CheckedRequest { kind, chain_id: request.chain_id, checked })
    }
}

/// A parsed and checked request.
struct CheckedRequest {
    kind: psephos_wire::proof::StatementKind,
    chain_id: ChainId,
    checked: psephos_wire::proof::CheckedStatement,
}
