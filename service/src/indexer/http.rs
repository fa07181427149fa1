//! The indexer's endpoints. They serve complete data or ranges of blocks: no request names a member, a leaf, an address
//! or a nullifier.

mod attestations;
mod response;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{PollChamber, census};
use psephos_wire::attestation::{Attestation, AttestedChamber};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate},
};
use utoipa::{IntoParams, OpenApi};

use self::response::{CACHE_BRIEFLY, CACHE_LONG, PathParams, QueryParams, binary_response, json_response};
use super::{IndexError, Indexer, IndexerStatus, PollInfo, cache, notes, responses};
use crate::http::Problem;

/// The maximum size of the logs in a page, in bytes, unless a single block has more.
const PAGE_BYTES: usize = 2 << 20;

/// The OpenAPI description of the indexer's endpoints.
#[derive(Debug, OpenApi)]
#[openapi(
    paths(
        get_indexer, list_polls, get_poll, get_chamber_census, get_frozen_census, get_poll_notes, get_events,
        attestations::list_attestations, attestations::post_attestation
    ),
    components(schemas(Attestation, AttestedChamber, attestations::AttestationTaken)),
    tags((name = "indexer", description = "Chain state and events, complete; clients verify them against the chain"))
)]
pub struct IndexerApi;

/// Returns the indexer's routes. JSON is compressed on request; the rest is hashes and identity commitments, which do
/// not compress.
pub fn router(indexer: Indexer) -> Router {
    let predicate = DefaultPredicate::new().and(NotForContentType::const_new(response::BINARY));
    let publishing = post(attestations::post_attestation).layer(DefaultBodyLimit::max(attestations::MAX_BYTES));
    Router::new()
        .route("/v1/indexer", get(get_indexer))
        .route("/v1/polls", get(list_polls))
        .route("/v1/polls/{poll}", get(get_poll))
        .route("/v1/polls/{poll}/chambers/{chamber}/census", get(get_frozen_census))
        .route("/v1/polls/{poll}/chambers/{chamber}/notes", get(get_poll_notes))
        .route("/v1/chambers/{chamber}/census", get(get_chamber_census))
        .route("/v1/events", get(get_events))
        .route("/v1/attestations", get(attestations::list_attestations).merge(publishing))
        .layer(CompressionLayer::new().compress_when(predicate))
        .with_state(indexer)
}

/// The query of a census.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct CensusQuery {
    /// The first leaf index to return; 0 by default. Earlier leaves may have changed since they were fetched: the root
    /// shows that.
    #[serde(default)]
    from: u64,
}

/// The query of the events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    /// The first block whose logs are returned; by default the deployment's first block.
    #[serde(default)]
    from: u64,
}

/// Runs up to a second of work on a blocking thread, away from the threads that serve requests.
async fn run_blocking<T: Send + 'static>(
    indexer: &Indexer,
    task: impl FnOnce(&Indexer, &IndexerStatus) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let indexer = indexer.clone();
    let done = spawn_blocking(move || {
        let status = indexer.status.borrow().clone();
        task(&indexer, &status)
    });
    done.await.map_err(|_| Problem::internal_error())?
}

/// Returns the indexer's progress and contents.
#[utoipa::path(
    get, path = "/v1/indexer", tag = "indexer",
    responses(
        (
            status = 200,
            description = "The last block read, the lag behind the chain, chambers and polls with the checksums of their censuses",
            body = responses::IndexerInfo,
        ),
        (status = 304, description = "Not modified since the `ETag` in `If-None-Match`"),
    ),
)]
async fn get_indexer(State(indexer): State<Indexer>, headers: HeaderMap) -> Result<Response, Problem> {
    let info = run_blocking(&indexer, |indexer, status| {
        let obstacle = indexer.parts().into_iter().find_map(|part| part.obstacle);
        Ok(responses::index_info(status, obstacle, &indexer.cache))
    });
    json_response(&headers, CACHE_BRIEFLY, &info.await?)
}

/// Returns a summary of all polls.
#[utoipa::path(
    get, path = "/v1/polls", tag = "indexer",
    responses(
        (status = 200, description = "All polls", body = Vec<PollInfo>),
    ),
)]
async fn list_polls(State(indexer): State<Indexer>, headers: HeaderMap) -> Result<Response, Problem> {
    let list = run_blocking(&indexer, |indexer, status| {
        let polls = status.state.polls.iter();
        Ok(polls.map(|(&id, poll)| responses::poll_info(status, &indexer.cache, id, poll)).collect::<Vec<_>>())
    });
    json_response(&headers, CACHE_BRIEFLY, &list.await?)
}

/// Returns a poll: parameters, encrypted totals, decryption shares, results.
#[utoipa::path(
    get, path = "/v1/polls/{poll}", tag = "indexer",
    params(("poll" = u64, Path, description = "The poll's number, from 1")),
    responses(
        (status = 200, description = "The poll", body = responses::PollDetail),
        (status = 404, description = "No poll or chamber with this number", body = Problem),
    ),
)]
async fn get_poll(
    State(indexer): State<Indexer>,
    PathParams(id): PathParams<u64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let detail = run_blocking(&indexer, move |indexer, status| {
        let poll = status.state.polls.get(&PollId::new(id)).ok_or_else(unknown_poll)?;
        Ok(responses::poll_detail(status, &indexer.cache, PollId::new(id), poll))
    });
    json_response(&headers, CACHE_BRIEFLY, &detail.await?)
}

/// Returns the census of a chamber, complete or from a leaf index onwards.
#[utoipa::path(
    get, path = "/v1/chambers/{chamber}/census", tag = "indexer",
    params(("chamber" = u64, Path, description = "The chamber's number, from 0"), CensusQuery),
    responses(
        (
            status = 200,
            description = "`PSCENSUS`: identity commitments and weights by leaf index",
            body = Vec<u8>,
            content_type = "application/octet-stream",
        ),
        (status = 404, description = "No poll or chamber with this number", body = Problem),
    ),
)]
async fn get_chamber_census(
    State(indexer): State<Indexer>,
    PathParams(id): PathParams<u64>,
    QueryParams(CensusQuery { from }): QueryParams<CensusQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = run_blocking(&indexer, move |indexer, status| {
        let chamber = status.state.chambers.get(&ChamberId::new(id)).ok_or_else(unknown_chamber)?;
        Ok(match from {
            0 => indexer.cache.encoded_census(status, ChamberId::new(id), chamber),
            from => cache::CachedContent::new(census::encode_census(
                &cache::census_header(status, ChamberId::new(id)),
                chamber,
                from,
            )),
        })
    });
    binary_response(&headers, CACHE_BRIEFLY, content.await?)
}

/// Returns the census of a chamber as it was frozen when the poll opened.
#[utoipa::path(
    get, path = "/v1/polls/{poll}/chambers/{chamber}/census", tag = "indexer",
    params(("poll" = u64, Path), ("chamber" = u64, Path)),
    responses(
        (
            status = 200,
            description = "`PSCENSUS`: identity commitments and weights by leaf index",
            body = Vec<u8>,
            content_type = "application/octet-stream",
        ),
        (status = 404, description = "No such poll or chamber, or the poll was not opened", body = Problem),
    ),
)]
async fn get_frozen_census(
    State(indexer): State<Indexer>,
    PathParams((poll, chamber)): PathParams<(PollId, ChamberId)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = run_blocking(&indexer, move |indexer, status| {
        let frozen = find_chamber(status, poll, chamber)?.frozen.as_ref();
        let frozen =
            frozen.ok_or_else(|| Problem::not_found("the poll was never opened, so it has no frozen census"))?;
        Ok(indexer.cache.encoded_census(status, chamber, &frozen.chamber))
    });
    binary_response(&headers, CACHE_LONG, content.await?)
}

/// Returns the note commitments of the ballots that count.
#[utoipa::path(
    get, path = "/v1/polls/{poll}/chambers/{chamber}/notes", tag = "indexer",
    params(("poll" = u64, Path), ("chamber" = u64, Path)),
    responses(
        (
            status = 200,
            description = "`PSNOTES`: note commitments by the ordinals of their nullifiers",
            body = Vec<u8>,
            content_type = "application/octet-stream",
        ),
        (status = 404, description = "No such poll or chamber", body = Problem),
    ),
)]
async fn get_poll_notes(
    State(indexer): State<Indexer>,
    PathParams((poll, chamber)): PathParams<(PollId, ChamberId)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = run_blocking(&indexer, move |indexer, status| {
        let listed = find_chamber(status, poll, chamber)?;
        Ok(cache::CachedContent::new(notes::encode_notes(&indexer.deployment, poll, chamber, listed)))
    });
    binary_response(&headers, CACHE_BRIEFLY, content.await?)
}

/// Returns a page of the deployment's logs from a block onwards.
#[utoipa::path(
    get, path = "/v1/events", tag = "indexer",
    params(EventsQuery),
    responses(
        (
            status = 200,
            description = "`PSEVENT1`: logs by block; the next page begins after this page's last block",
            body = Vec<u8>,
            content_type = "application/octet-stream",
        ),
    ),
)]
async fn get_events(
    State(indexer): State<Indexer>,
    QueryParams(EventsQuery { from }): QueryParams<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (content, lasting) = run_blocking(&indexer, move |indexer, status| {
        let nothing = || Problem::unavailable("nothing_read", "the indexer has read no block yet: retry later");
        let head = status.block.ok_or_else(nothing)?;
        let from = from.max(indexer.deployment.from_block);
        let page = indexer.store.read_page(from, head, PAGE_BYTES).map_err(|error: IndexError| {
            tracing::error!(%error, "a page of events cannot be read");
            match indexer.store.failure() {
                Some(_) => Problem::unavailable("store", "the indexer's store cannot be read at present: retry later"),
                None => Problem::internal_error(),
            }
        })?;
        Ok((cache::CachedContent::new(page.to_bytes()), page.header.to < status.confirmed.min(head.number)))
    })
    .await?;
    binary_response(&headers, if lasting { CACHE_LONG } else { CACHE_BRIEFLY }, content)
}

fn find_chamber(status: &IndexerStatus, poll: PollId, chamber: ChamberId) -> Result<&PollChamber, Problem> {
    status.state.polls.get(&poll).ok_or_else(unknown_poll)?.chambers.get(&chamber).ok_or_else(unknown_chamber)
}

fn unknown_poll() -> Problem {
    Problem::not_found("there is no poll with this number")
}

fn unknown_chamber() -> Problem {
    Problem::not_found("there is no chamber with this number")
}
