//! The prover service's endpoints, `/v1/proofs` and `/v1/sums`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::{get, post},
};
use futures_util::{Stream, StreamExt, stream};
use psephos_wire::proof::{JobStatus, JobView, MAX_REQUEST_BYTES};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use zeroize::Zeroizing;

use super::{Caller, Prover};
use crate::{http::Problem, queue::JobId};

/// The maximum time that a request waits for a change, in seconds.
const MAX_WAIT_SECONDS: u64 = 30;
/// When a client whose event stream was ended by a shutdown should connect again.
const RETRY_HINT: Duration = Duration::from_secs(2);
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The OpenAPI description of the prover service's endpoints.
#[derive(OpenApi)]
#[openapi(
    paths(submit_proof, get_proof, stream_events, cancel_proof, list_statements, super::sums::compute_sums),
    components(schemas(ProofBody, StatementDisclosure, JobView, JobStatus, psephos_wire::proof::StatementKind, Problem)),
    tags(
        (name = "proofs", description = "Proves statements. The prover learns the witness: `GET /v1/proofs` describes what each kind reveals."),
        (name = "sums", description = "Computes one of two provers' sums of a proof. A prover alone learns nothing about the witness."),
    )
)]
pub struct ProverApi;

/// A request for a proof. Its format is described in the book, chapter "The service".
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `ProofRequest` reads")]
struct ProofBody {
    /// The id of the chain on which the proof will be used.
    #[schema(example = 31337)]
    chain_id: u64,
    /// One statement under its kind, with `instance` and `witness`.
    #[schema(value_type = Object)]
    statement: (),
}

/// The information that a prover learns from a statement.
#[derive(Serialize, ToSchema)]
struct StatementDisclosure {
    /// The kind of statement.
    statement: psephos_wire::proof::StatementKind,
    /// A plain-language description of what the prover learns.
    learns: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ViewQuery {
    /// Waits up to this many seconds, 30 at most, for the job's status to differ from `seen`.
    #[param(minimum = 0, maximum = 30)]
    wait: Option<u64>,
    /// The status that the caller knows; by default the status at the time of the call.
    seen: Option<JobStatus>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    /// Whether the job is cancelled if this connection closes before the job has ended.
    #[serde(default)]
    cancel_on_disconnect: bool,
}

/// Returns the prover service's routes. Each request must have a [`Caller`] in its extensions.
pub fn prover_router(prover: Arc<Prover>) -> Router {
    Router::new()
        .route("/v1/proofs", post(submit_proof).get(list_statements))
        .route("/v1/proofs/{id}", get(get_proof).delete(cancel_proof))
        .route("/v1/proofs/{id}/events", get(stream_events))
        .route("/v1/sums", post(super::sums::compute_sums))
        .with_state(prover)
}

#[utoipa::path(
    get, path = "/v1/proofs", tag = "proofs",
    responses(
        (
            status = 200,
            description = "The kinds of statements proved here, and what the prover learns from each",
            body = [StatementDisclosure],
        ),
    ),
)]
async fn list_statements(State(prover): State<Arc<Prover>>) -> Json<Vec<StatementDisclosure>> {
    let kinds = prover.settings().statements.iter();
    Json(kinds.map(|kind| StatementDisclosure { statement: *kind, learns: kind.reveals().into() }).collect())
}

#[utoipa::path(
    post, path = "/v1/proofs", tag = "proofs", request_body = ProofBody,
    params(
        (
            "Idempotency-Key" = Option<String>,
            Header,
            description = "1 to 128 printable characters: repetitions of a request under one key are one job",
        ),
    ),
    responses(
        (status = 200, description = "The same request was accepted before", body = JobView),
        (status = 202, description = "Checked and queued; `Location` is the path of the job", body = JobView),
        (status = 400, description = "Malformed request", body = Problem),
        (status = 409, description = "Another request was sent under this idempotency key", body = Problem),
        (status = 401, description = "Missing or invalid token", body = Problem),
        (status = 408, description = "Request timeout", body = Problem),
        (status = 413, description = "Request too large", body = Problem),
        (
            status = 422,
            description = "The statement does not hold, or is not accepted here; `clause` names the clause that fails",
            body = Problem,
        ),
        (status = 429, description = "Queue full, or rate limit exceeded", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
async fn submit_proof(
    State(prover): State<Arc<Prover>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let key = match headers.get(IDEMPOTENCY_KEY) {
        None => None,
        Some(value) => {
            let text = value.to_str().ok().filter(|text| (1..=128).contains(&text.len()));
            Some(text.ok_or_else(|| {
                Problem::bad_request("idempotency_key", "an idempotency key must have 1 to 128 printable characters")
            })?)
        }
    };
    let json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = |kind: &str| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json");
    if !json.is_some_and(is_json) {
        let detail = "the request must be JSON: send `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail));
    }
    let body = read_body(body).await?;
    let accepted = prover.submit_request(caller, key, body).await?;
    let status = if accepted.new { StatusCode::ACCEPTED } else { StatusCode::OK };
    let location = format!("/v1/proofs/{}", accepted.view.id);
    let mut response = (status, Json(accepted.view)).into_response();
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Reads the body into one zeroizing buffer that is never reallocated.
async fn read_body(body: Body) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_REQUEST_BYTES));
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|_| Problem::bad_request("body", "the body ended early, or exceeds the maximum size"))?;
        if bytes.len() + chunk.len() > MAX_REQUEST_BYTES {
            let detail = format!("the request exceeds the maximum of {MAX_REQUEST_BYTES} bytes");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse_job_id(id: &str) -> Result<JobId, Problem> {
    id.parse().map_err(|()| Problem::not_found("a job id must have 32 hexadecimal digits"))
}

#[utoipa::path(
    get, path = "/v1/proofs/{id}", tag = "proofs",
    params(("id" = String, Path, description = "The job id"), ViewQuery),
    responses(
        (status = 200, description = "The job", body = JobView),
        (status = 400, description = "Malformed path or query", body = Problem),
        (status = 401, description = "Missing or invalid token", body = Problem),
        (status = 404, description = "Unknown, another client's, or expired", body = Problem),
        (status = 429, description = "Rate limit exceeded", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
async fn get_proof(
    State(prover): State<Arc<Prover>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(query): Query<ViewQuery>,
) -> Result<Json<JobView>, Problem> {
    let id = parse_job_id(&id)?;
    let seen = match query.seen {
        Some(seen) => seen,
        None => prover.job_view(id, &caller).await?.status,
    };
    let wait = Duration::from_secs(query.wait.unwrap_or(0).min(MAX_WAIT_SECONDS));
    let view = match wait.is_zero() || seen.is_final() {
        true => prover.job_view(id, &caller).await?,
        false => prover.wait_for_job(id, &caller, seen, wait).await?,
    };
    Ok(Json(view))
}

#[utoipa::path(
    delete, path = "/v1/proofs/{id}", tag = "proofs",
    params(("id" = String, Path, description = "The job id")),
    responses(
        (status = 200, description = "The job, cancelled unless it had already ended", body = JobView),
        (status = 401, description = "Missing or invalid token", body = Problem),
        (status = 404, description = "Unknown, another client's, or expired", body = Problem),
        (status = 429, description = "Rate limit exceeded", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
async fn cancel_proof(
    State(prover): State<Arc<Prover>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<JobView>, Problem> {
    Ok(Json(prover.cancel_job(parse_job_id(&id)?, &caller).await?))
}

/// An event stream whose job is cancelled when the client disconnects, if it asked for that.
struct EventStream {
    prover: Arc<Prover>,
    caller: Caller,
    id: JobId,
    cancel: bool,
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if self.cancel {
            let (prover, caller, id) = (self.prover.clone(), self.caller, self.id);
            tokio::spawn(async move { prover.cancel_job(id, &caller).await });
        }
    }
}

#[utoipa::path(
    get, path = "/v1/proofs/{id}/events", tag = "proofs",
    params(("id" = String, Path, description = "The job id"), EventsQuery),
    responses(
        (
            status = 200,
            description = "Server-sent events: a `status` event with the job at every change; the last one has its end. When the service stops, the stream ends with a `retry` time",
            content_type = "text/event-stream",
            body = String,
        ),
        (status = 400, description = "Malformed path or query", body = Problem),
        (status = 401, description = "Missing or invalid token", body = Problem),
        (status = 404, description = "Unknown, another client's, or expired", body = Problem),
        (status = 429, description = "Rate limit exceeded", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
async fn stream_events(
    State(prover): State<Arc<Prover>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(query): Query<EventsQuery>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let id = parse_job_id(&id)?;
    let first = prover.job_view(id, &caller).await?;
    let listening = EventStream { prover, caller, id, cancel: query.cancel_on_disconnect };
    let states = stream::unfold(Some((listening, Some(first), None)), |state| async move {
        let (mut listening, first, seen) = state?;
        let next = match (first, seen) {
            (Some(view), _) => Next::View(view),
            (None, Some(JobStatus::Done | JobStatus::Failed | JobStatus::Cancelled)) => return None,
            (None, seen) => next_state(&listening, seen.unwrap_or(JobStatus::Queued)).await?,
        };
        let view = match next {
            Next::View(view) => view,
            Next::Shutdown => {
                // The job was not abandoned: it stays for the next process.
                listening.cancel = false;
                let hint = Event::default().retry(RETRY_HINT).comment("the service is stopping: connect again");
                return Some((Ok(hint), None));
            }
        };
        listening.cancel &= !view.status.is_final();
        let event = Event::default().event("status").json_data(&view).unwrap_or_default();
        Some((Ok(event), Some((listening, None, Some(view.status)))))
    });
    Ok(Sse::new(states).keep_alive(KeepAlive::default()))
}

/// What an event stream sends next.
enum Next {
    View(JobView),
    /// The service is stopping.
    Shutdown,
}

/// Returns the job at its next state that differs from `seen`, or `None` if the job is no longer stored.
async fn next_state(listening: &EventStream, seen: JobStatus) -> Option<Next> {
    let EventStream { prover, caller, id, .. } = listening;
    loop {
        let view = tokio::select! {
            view = prover.wait_for_job(*id, caller, seen, Duration::from_secs(MAX_WAIT_SECONDS)) => view.ok()?,
            () = prover.streams_end.cancelled() => return Some(Next::Shutdown),
        };
        if view.status != seen {
            return Some(Next::View(view));
        }
    }
}
