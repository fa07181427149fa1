//! From a request's bytes to a queued job.

use std::sync::Arc;

use axum::http::StatusCode;
use psephos_exchange::proof::{JobView, ProofRequest, RequestError};
use zeroize::Zeroizing;

use super::{Prover, key_problem, problem, view};
use crate::{
    http::Problem,
    queue::{Enqueued, JobId, NewJob, now_ms},
};

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// A keyed hash of its credentials; of nothing, if none are asked for.
    pub owner: [u8; 32],
}

/// A request that was accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Its job.
    pub view: JobView,
    /// Whether it was accepted just now, and not before under the same idempotency key.
    pub new: bool,
}

impl Prover {
    /// Reads, checks and queues a request. Under an idempotency key the same request is the same job, however often it is sent.
    ///
    /// # Errors
    /// 400 for what is no request, 413 if it is too long, 422 with the clause for a statement that does not hold or is not taken here, 409 for another
    /// request under the same key, 429 if the queue is full.
    pub async fn submit(
        self: &Arc<Self>,
        caller: Caller,
        idempotency_key: Option<&str>,
        body: Zeroizing<Vec<u8>>,
    ) -> Result<Accepted, Problem> {
        let digest = self.sealer.tag("request", &[&body]);
        let id = match idempotency_key {
            None => JobId::random(),
            Some(key) => {
                let tag = self.sealer.tag("idempotency", &[&caller.owner, key.as_bytes()]);
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&tag[..16]);
                JobId::from_bytes(bytes)
            }
        };
        if let Some(status) = self.queue.status(id).await.map_err(problem)? {
            return self.known(id, status.digest == digest, caller).await;
        }
        // As many at once as there are cores: more would only wait for each other, and keep the workers from theirs.
        let _reading = self.reading.acquire().await.map_err(|_| Problem::internal())?;
        let prover = self.clone();
        let (request, body) = tokio::task::spawn_blocking(move || prover.read(&body).map(|request| (request, body)))
            .await
            .map_err(|_| Problem::internal())??;
        let sealed = self.sealer.seal(id, &body).map_err(|_| Problem::internal())?;
        drop(body);
        let kind = request.kind;
        // Before it is queued: a worker may be faster than this. Where nobody works a witness is kept under seal alone.
        let whose = (id, digest);
        if !self.settings.remote_workers {
            self.ready.put(whose, (request.checked, request.chain_id));
        }
        let job = NewJob { id, kind, owner: caller.owner, digest, sealed, accepted: now_ms() };
        let status = job.status();
        match self.queue.enqueue(job).await {
            Ok(Enqueued::New) => {
                self.metrics.accepted(kind);
                Ok(Accepted { view: view(id, status), new: true })
            }
            Ok(Enqueued::Known(status)) => {
                self.ready.forget(whose);
                self.known(id, status.digest == digest, caller).await
            }
            Err(error) => {
                self.ready.forget(whose);
                Err(problem(error))
            }
        }
    }

    async fn known(&self, id: JobId, same: bool, caller: Caller) -> Result<Accepted, Problem> {
        if same {
            return Ok(Accepted { view: self.view(id, &caller).await?, new: false });
        }
        let detail = "this idempotency key was used for another request: take a new one for each request";
        Err(Problem::new(StatusCode::CONFLICT, "idempotency_conflict", detail))
    }

    /// Reads and checks: milliseconds of one core.
    fn read(&self, body: &[u8]) -> Result<Read, Problem> {
        let request = ProofRequest::parse(body).map_err(|error| match error {
            RequestError::TooLarge(_) => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", error.to_string()),
            error => Problem::bad("malformed", error.to_string()),
        })?;
        let kind = request.statement.kind();
        if !self.settings.statements.contains(&kind) {
            let detail = format!("this service proves no {kind}: prove it on your own machine");
            return Err(Problem::unprocessable("not_taken", detail));
        }
        let key = self.circuits.verifying_key(request.statement.circuit()).map_err(key_problem)?;
        key.refuse_chain(request.chain_id).map_err(|error| key_problem(error.into()))?;
        let checked = request.statement.check().map_err(|clause| {
            Problem::unprocessable("statement", "the statement does not hold: there is no proof of it")
                .with_clause(clause.0)
        })?;
        Ok(Read { kind, chain_id: request.chain_id, checked })
    }
}

/// What was read.
struct Read {
    kind: psephos_exchange::proof::Kind,
    chain_id: u64,
    checked: psephos_exchange::proof::Checked,
}
