//! Sums of witness shares: this prover's half of a proof that two of them make without learning what is proved.
//!
//! A share is summed at once, and stored nowhere. It does not wait in the queue, for three reasons. Shares that lay
//! encrypted at two services for minutes could be taken from both later, and together are a vote. A share is worth
//! nothing after a crash, as the client draws new ones for every try. And those of large circuits exceed what a message
//! of the queue's server may hold. Nor is there a response interval: a share is uniform, so the time that its sums take
//! says nothing about the witness.
//!
//! What bounds memory and processors instead: a body has to be exactly as long as the circuit's share, places for
//! bodies are limited by their size, and as many sums are computed concurrently as there are workers.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt};
use psephos_circuits::catalogue::Name;
use psephos_prover::{
    KeyRing, KeyRingError, ProveError,
    split::{SEED_BYTES, SUMS_BYTES, WitnessShare},
};
use psephos_wire::{
    proof::StatementKind,
    sums::{ELEMENT_BYTES, SUMS_HEADER_BYTES, SharePart, SumsHeader},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use super::{Prover, ProverSettings, key_problem};
use crate::http::Problem;

/// Memory for the shares of all requests at once, in KiB: 64 ballots, or four dealings to sixteen trustees.
const SHARE_KIB: usize = 64 * 1024;
/// Bytes of a refused body that are read and forgotten.
const MAX_DISCARDED: usize = 16 << 20;
const BINARY: &str = "application/octet-stream";

/// The limits of what is summed at once.
pub(super) struct SumLimits {
    /// KiB of shares.
    memory: Arc<Semaphore>,
    /// Sums that are computed concurrently.
    slots: Arc<Semaphore>,
}

impl SumLimits {
    pub(super) fn new(settings: &ProverSettings, cores: usize) -> Self {
        let slots = if settings.workers == 0 { cores } else { settings.workers };
        Self { memory: Arc::new(Semaphore::new(SHARE_KIB)), slots: Arc::new(Semaphore::new(slots)) }
    }
}

#[utoipa::path(
    post, path = "/v1/sums", tag = "sums",
    request_body(
        content = String, content_type = "application/octet-stream",
        description = "A header of 64 bytes, then a seed of 32 bytes or the elements of a witness share: see the book, chapter \"Two provers\"",
    ),
    responses(
        (
            status = 200,
            description = "Three points: the sums of the share, 256 bytes",
            content_type = "application/octet-stream",
            body = String,
        ),
        (status = 400, description = "Malformed header, element or length", body = Problem),
        (status = 401, description = "Missing or invalid token", body = Problem),
        (status = 408, description = "Request timeout", body = Problem),
        (status = 413, description = "The body is longer than the circuit's share", body = Problem),
        (status = 415, description = "The body is not declared as binary", body = Problem),
        (status = 422, description = "Not a circuit of this service, or other keys than the client's", body = Problem),
        (status = 429, description = "No place for the share, or rate limit exceeded", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
pub(super) async fn compute_sums(
    State(prover): State<Arc<Prover>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if kind.map(str::trim) != Some(BINARY) {
        let detail = "the request must be binary: send `Content-Type: application/octet-stream`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail));
    }
    let mut reader = BodyReader { chunks: body.into_data_stream(), chunk: Bytes::new() };
    let summed = prover.sum_request(&mut reader).await;
    if summed.is_err() {
        // A connection that is closed while its client still sends may lose the answer on the way.
        reader.discard_rest().await;
    }
    let sums = summed?;
    Ok(([(header::CONTENT_TYPE, BINARY)], sums.to_vec()).into_response())
}

impl Prover {
    /// Reads a request for sums, and computes them.
    async fn sum_request(
        self: &Arc<Self>,
        reader: &mut BodyReader<impl Stream<Item = Result<Bytes, axum::Error>> + Unpin>,
    ) -> Result<[u8; SUMS_BYTES], Problem> {
        let mut bytes = [0; SUMS_HEADER_BYTES];
        reader.fill(&mut bytes).await?;
        let request =
            SumsHeader::parse(&bytes).map_err(|error| Problem::bad_request("malformed", error.to_string()))?;
        let (circuit, kind) = self.accepted_circuit(&request.circuit)?;
        let length = self.find_share_length(circuit, request.key_hash).await?;
        let memory = self.reserve_memory(length)?;
        let mut payload = Zeroizing::new(vec![0; request.payload_length(length)]);
        reader.fill(&mut payload).await?;
        reader.expect_end(SUMS_HEADER_BYTES + payload.len()).await?;
        let slot = self.sum_limits.slots.clone().acquire_owned().await.map_err(|_| Problem::internal_error())?;
        let circuits = self.circuits.clone();
        let summed = tokio::task::spawn_blocking(move || {
            // Until the sums are computed, even if the client is gone by then.
            let _held = (memory, slot);
            sum_payload(&circuits, circuit, request.part, &payload, length)
        });
        let sums = summed.await.map_err(|_| Problem::internal_error())??;
        self.metrics.count_sums(kind);
        Ok(sums)
    }

    fn accepted_circuit(&self, name: &str) -> Result<(Name, StatementKind), Problem> {
        let circuit: Option<Name> = name.parse().ok();
        let circuit = circuit.ok_or_else(|| Problem::unprocessable("circuit", "there is no circuit of this name"))?;
        let kind: Option<StatementKind> = circuit.statement().parse().ok();
        match kind.filter(|kind| self.settings.sums.contains(kind) && !self.settings.remote_workers) {
            Some(kind) => Ok((circuit, kind)),
            None => {
                let detail =
                    format!("this service computes no sums for `{circuit}`: use another one, or prove yourself");
                Err(Problem::unprocessable("not_taken", detail))
            }
        }
    }

    /// Returns the number of elements of a circuit's shares, once its key is loaded.
    async fn find_share_length(&self, circuit: Name, key_hash: [u8; 32]) -> Result<usize, Problem> {
        let _reading = self.request_checks.acquire().await.map_err(|_| Problem::internal_error())?;
        let circuits = self.circuits.clone();
        let found = tokio::task::spawn_blocking(move || circuits.share_length(circuit, &key_hash));
        found.await.map_err(|_| Problem::internal_error())?.map_err(sums_problem)
    }

    /// Reserves the memory of a share: also for a seed, which is expanded to as much.
    fn reserve_memory(&self, length: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let kib = u32::try_from((length * ELEMENT_BYTES).div_ceil(1024)).unwrap_or(u32::MAX);
        self.sum_limits.memory.clone().try_acquire_many_owned(kib).map_err(|_| {
            let detail = "there is no place for another share: retry later, or prove on your own machine";
            Problem::too_many_requests("queue_full", detail, 2)
        })
    }
}

/// Computes the sums of a share on this thread, and all threads that its sums are distributed to.
fn sum_payload(
    circuits: &KeyRing,
    circuit: Name,
    part: SharePart,
    payload: &[u8],
    length: usize,
) -> Result<[u8; SUMS_BYTES], Problem> {
    let share = match part {
        SharePart::Elements => WitnessShare::from_bytes(payload, length),
        SharePart::Seed => {
            let seed = payload.first_chunk::<SEED_BYTES>().ok_or_else(Problem::internal_error)?;
            Ok(WitnessShare::from_seed(seed, length))
        }
    };
    let share = share.map_err(|error| Problem::bad_request("malformed", error.to_string()))?;
    Ok(circuits.sum_share(circuit, &share).map_err(sums_problem)?.to_bytes())
}

fn sums_problem(error: KeyRingError) -> Problem {
    match error {
        KeyRingError::OtherKey { .. } => Problem::unprocessable("other_key", error.to_string()),
        KeyRingError::Prove(ProveError::Share(error)) => Problem::bad_request("malformed", error.to_string()),
        error => key_problem(error),
    }
}

/// Reads a body piece by piece.
struct BodyReader<S> {
    chunks: S,
    /// What has arrived and is not read.
    chunk: Bytes,
}

impl<S: Stream<Item = Result<Bytes, axum::Error>> + Unpin> BodyReader<S> {
    /// Makes sure that there is something to read, unless the body has ended.
    async fn wait_for_bytes(&mut self) -> Result<bool, Problem> {
        while self.chunk.is_empty() {
            match self.chunks.next().await {
                Some(Ok(chunk)) => self.chunk = chunk,
                Some(Err(_)) => return Err(Problem::bad_request("body", "the body ended early: send it again")),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Reads as many bytes as the buffer has.
    async fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Problem> {
        let (expected, mut filled) = (buffer.len(), 0);
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            if !self.wait_for_bytes().await? {
                let detail = format!("the body has {filled} bytes where {expected} are expected");
                return Err(Problem::bad_request("length", detail));
            }
            let read = self.chunk.split_to(rest.len().min(self.chunk.len()));
            rest.iter_mut().zip(&read).for_each(|(to, from)| *to = *from);
            filled += read.len();
        }
        Ok(())
    }

    /// Discards what is left of a body, up to the size of the largest share.
    async fn discard_rest(&mut self) {
        let mut left = MAX_DISCARDED;
        while left > 0 && matches!(self.wait_for_bytes().await, Ok(true)) {
            left = left.saturating_sub(self.chunk.len());
            self.chunk.clear();
        }
    }

    /// Requires that the body has ended.
    async fn expect_end(&mut self, length: usize) -> Result<(), Problem> {
        match self.wait_for_bytes().await? {
            false => Ok(()),
            true => {
                let detail = format!("a request for this circuit has {length} bytes, and this one more");
                Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail))
            }
        }
    }
}
