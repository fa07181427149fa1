//! The relayer's endpoints.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State, rejection::BytesRejection},
    http::StatusCode,
    routing::{get, post},
};
use psephos_chain::B256;
use psephos_wire::{
    ballot::MAX_BYTES,
    claim::MAX_CLAIM_BYTES,
    relay::{FeePot, Receipt, RelayInfo, SubmissionKind, SubmissionStage, SubmissionStatus},
};
use utoipa::OpenApi;

use super::Relayer;
use crate::http::{Problem, complete_body};

/// The OpenAPI description of the relayer's endpoints.
#[derive(OpenApi)]
#[openapi(
    paths(get_relayer, post_ballot, post_claim, get_ballot, get_claim),
    components(schemas(RelayInfo, FeePot, Receipt, SubmissionKind, SubmissionStatus, SubmissionStage, Problem)),
    tags((name = "relayer", description = "Sends ballots and claims from an address other than the voter's"))
)]
pub struct RelayerApi;

/// Returns the relayer's routes. The rate limit is up to the server that includes them.
pub fn relayer_router(relayer: Arc<Relayer>) -> Router {
    let ballots = post(post_ballot).layer(DefaultBodyLimit::max(MAX_BYTES));
    let claims = post(post_claim).layer(DefaultBodyLimit::max(MAX_CLAIM_BYTES));
    Router::new()
        .route("/v1/relay", get(get_relayer))
        .route("/v1/ballots", ballots)
        .route("/v1/ballots/{id}", get(get_ballot))
        .route("/v1/claims", claims)
        .route("/v1/claims/{id}", get(get_claim))
        .with_state(relayer)
}

/// Returns the relayer's account, fee, and queue length.
#[utoipa::path(
    get, path = "/v1/relay", tag = "relayer",
    responses(
        (status = 200, description = "The relayer's account, fee, queue and settings", body = RelayInfo),
    ),
)]
async fn get_relayer(State(relayer): State<Arc<Relayer>>) -> Json<RelayInfo> {
    Json(relayer.info())
}

/// Accepts a ballot package and promises its inclusion on chain. The same ballot gets the same receipt, whatever its
/// proof.
#[utoipa::path(
    post, path = "/v1/ballots", tag = "relayer",
    request_body(
        content = String,
        description = "A ballot package, as `psephos vote` writes it",
        content_type = "application/json",
    ),
    responses(
        (status = 202, description = "Accepted and stored; the receipt promises inclusion", body = Receipt),
        (status = 400, description = "Malformed package", body = Problem),
        (status = 409, description = "The poll is not open, or the voter has another ballot", body = Problem),
        (status = 413, description = "Package too large", body = Problem),
        (status = 422, description = "Invalid proof, or a package for another deployment", body = Problem),
        (status = 429, description = "Queue full", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
async fn post_ballot(
    State(relayer): State<Arc<Relayer>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let receipt = relayer.accept_ballot(&complete_body(body, MAX_BYTES)?).await?;
    Ok((StatusCode::ACCEPTED, Json(receipt)))
}

/// Accepts a claim that pays this relayer's fee.
#[utoipa::path(
    post, path = "/v1/claims", tag = "relayer",
    request_body(
        content = String,
        description = "A claim, as `psephos reward claim --out` writes it",
        content_type = "application/json",
    ),
    responses(
        (status = 202, description = "Accepted and stored; the receipt promises inclusion", body = Receipt),
        (status = 400, description = "Malformed claim", body = Problem),
        (status = 409, description = "Already paid, or claims are not open", body = Problem),
        (status = 413, description = "Claim too large", body = Problem),
        (
            status = 422,
            description = "Invalid proof, a claim for another deployment, or a fee below this relayer's minimum",
            body = Problem,
        ),
        (status = 429, description = "Queue full", body = Problem),
        (status = 503, description = "Service unavailable", body = Problem),
    ),
)]
async fn post_claim(
    State(relayer): State<Arc<Relayer>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Receipt>), Problem> {
    let receipt = relayer.accept_claim(&complete_body(body, MAX_CLAIM_BYTES)?).await?;
    Ok((StatusCode::ACCEPTED, Json(receipt)))
}

/// Returns the status of a ballot.
#[utoipa::path(
    get, path = "/v1/ballots/{id}", tag = "relayer",
    params(("id" = String, Path, description = "The receipt's `id`")),
    responses(
        (status = 200, description = "The status", body = SubmissionStatus),
        (status = 404, description = "Not accepted by this relayer", body = Problem),
    ),
)]
async fn get_ballot(
    State(relayer): State<Arc<Relayer>>,
    Path(id): Path<String>,
) -> Result<Json<SubmissionStatus>, Problem> {
    relayer.submission_status(SubmissionKind::Ballot, &parse_id(&id)?).map(Json)
}

/// Returns the status of a claim.
#[utoipa::path(
    get, path = "/v1/claims/{id}", tag = "relayer",
    params(("id" = String, Path, description = "The receipt's `id`")),
    responses(
        (status = 200, description = "The status", body = SubmissionStatus),
        (status = 404, description = "Not accepted by this relayer", body = Problem),
    ),
)]
async fn get_claim(
    State(relayer): State<Arc<Relayer>>,
    Path(id): Path<String>,
) -> Result<Json<SubmissionStatus>, Problem> {
    relayer.submission_status(SubmissionKind::Claim, &parse_id(&id)?).map(Json)
}

fn parse_id(text: &str) -> Result<B256, Problem> {
    text.parse().map_err(|_| Problem::not_found("an id must be 0x and 64 hexadecimal digits"))
}
