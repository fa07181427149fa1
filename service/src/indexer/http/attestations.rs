//! The endpoints of attestations: trustees publish them, and voters fetch all of them at once.

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use psephos_wire::Attestation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    response::{CACHE_BRIEFLY, json_response},
    run_blocking, unknown_poll,
};
use crate::{
    http::{Problem, complete_body},
    indexer::{IndexError, Indexer, IndexerStatus},
};

/// The largest attestation, in bytes.
pub(super) const MAX_BYTES: usize = 16 * 1024;

/// What became of an attestation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct AttestationTaken {
    /// The poll that it is about.
    pub(super) poll: u64,
}

/// Takes an attestation of an opened poll by a trustee of its committee. Two different ones of one trustee are both
/// kept: together they prove that it lied.
#[utoipa::path(
    post, path = "/v1/attestations", tag = "indexer",
    request_body(
        content = String,
        description = "An attestation, as `psephos trustee attest` writes it",
        content_type = "application/json",
    ),
    responses(
        (status = 202, description = "Kept, here or before", body = AttestationTaken),
        (status = 400, description = "Malformed", body = Problem),
        (status = 404, description = "No poll with this number", body = Problem),
        (status = 409, description = "The poll was not opened, as far as this indexer has read", body = Problem),
        (status = 413, description = "Too large", body = Problem),
        (status = 422, description = "Of another deployment, or not signed by a trustee of the committee", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
pub(super) async fn post_attestation(
    State(indexer): State<Indexer>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<AttestationTaken>), Problem> {
    let body = complete_body(body, MAX_BYTES)?;
    let attestation: Attestation = serde_json::from_slice(&body)
        .map_err(|error| Problem::bad_request("malformed", format!("this is no attestation: {error}")))?;
    let poll = attestation.poll.get();
    run_blocking(&indexer, move |indexer, status| {
        check_attestation(status, &attestation)?;
        indexer.store.add_attestation(&attestation).map_err(|error| store_problem(&error))
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(AttestationTaken { poll })))
}

/// Returns the attestations of all polls that have not ended: which of them a client is interested in, it does not say.
#[utoipa::path(
    get, path = "/v1/attestations", tag = "indexer",
    responses(
        (status = 200, description = "All attestations; each is to be verified", body = Vec<Attestation>),
        (status = 304, description = "Not modified since the `ETag` in `If-None-Match`"),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
pub(super) async fn list_attestations(State(indexer): State<Indexer>, headers: HeaderMap) -> Result<Response, Problem> {
    let list = run_blocking(&indexer, |indexer, status| {
        let all = indexer.store.read_attestations().map_err(|error| store_problem(&error))?;
        let current = |one: &Attestation| status.state.poll(one.poll).is_ok_and(|poll| poll.ended.is_none());
        Ok(all.into_iter().filter(current).collect::<Vec<_>>())
    });
    json_response(&headers, CACHE_BRIEFLY, &list.await?)
}

/// Checks that an attestation is worth keeping. Whether it is true, its readers find out.
fn check_attestation(status: &IndexerStatus, attestation: &Attestation) -> Result<(), Problem> {
    let state = &status.state;
    let deployment = &state.deployment;
    if (attestation.chain_id, attestation.polls) != (deployment.chain_id, deployment.polls) {
        return Err(Problem::unprocessable("other_deployment", "the attestation is for another deployment"));
    }
    let poll = state.poll(attestation.poll).map_err(|_| unknown_poll())?;
    if !poll.opened {
        return Err(Problem::new(StatusCode::CONFLICT, "not_opened", "the poll was not opened yet: try again later"));
    }
    let committee = state.committee(poll.committee());
    if !committee.is_ok_and(|committee| committee.trustees.contains(&attestation.trustee)) {
        return Err(Problem::unprocessable("not_a_trustee", "its signer is not a trustee of the poll's committee"));
    }
    attestation.verify().map_err(|error| Problem::unprocessable("invalid_signature", error.to_string()))
}

fn store_problem(error: &IndexError) -> Problem {
    tracing::error!(%error, "attestations cannot be stored or read");
    Problem::unavailable("store", "the service's store does not answer: retry later")
}
