//! The routes. Everything is whole, or a range of blocks: no request names a member, a leaf, an address or a nullifier.

mod answer;

use axum::{Router, extract::State, http::HeaderMap, response::Response, routing::get};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{PollChamber, census};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, NotForContentType, Predicate},
};
use utoipa::{IntoParams, OpenApi};

use self::answer::{Asked, BRIEF, LASTING, Named, bytes, json};
use super::{IndexError, Indexer, PollInfo, Status, cache, notes, views};
use crate::http::Problem;

/// Bytes of logs in a page, but for a block that has more.
const PAGE_BYTES: usize = 2 << 20;

/// The description of the routes.
#[derive(Debug, OpenApi)]
#[openapi(
    paths(index, polls, poll, chamber_census, frozen_census, poll_notes, events),
    tags((name = "index", description = "What the chain holds, whole; verified against the chain by whoever fetches it"))
)]
pub struct IndexerApi;

/// The routes of an index. JSON is compressed for who asks for it; the rest is hashes and identities, which do not compress.
pub fn routes(indexer: Indexer) -> Router {
    let predicate = DefaultPredicate::new().and(NotForContentType::const_new(answer::BINARY));
    Router::new()
        .route("/v1/index", get(index))
        .route("/v1/polls", get(polls))
        .route("/v1/polls/{poll}", get(poll))
        .route("/v1/polls/{poll}/chambers/{chamber}/census", get(frozen_census))
        .route("/v1/polls/{poll}/chambers/{chamber}/notes", get(poll_notes))
        .route("/v1/chambers/{chamber}/census", get(chamber_census))
        .route("/v1/events", get(events))
        .layer(CompressionLayer::new().compress_when(predicate))
        .with_state(indexer)
}

/// From which place of a census.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FromPlace {
    /// The first place that is told; 0 if none is said. Earlier places may have changed since: the root tells.
    #[serde(default)]
    from: u64,
}

/// From which block.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct FromBlock {
    /// The first block whose logs are told; the deployment's first if none is said.
    #[serde(default)]
    from: u64,
}

/// Work of up to a second, away from the threads that answer.
async fn work<T: Send + 'static>(
    indexer: &Indexer,
    task: impl FnOnce(&Indexer, &Status) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let indexer = indexer.clone();
    let done = spawn_blocking(move || {
        let status = indexer.status.borrow().clone();
        task(&indexer, &status)
    });
    done.await.map_err(|_| Problem::internal())?
}

/// How far the index is, and what it has.
#[utoipa::path(get, path = "/v1/index", tag = "index", responses(
    (status = 200, description = "The last block read, how far behind it is, chambers and polls with the checksums of their censuses", body = views::IndexInfo),
    (status = 304, description = "What `If-None-Match` names is still it")
))]
async fn index(State(indexer): State<Indexer>, headers: HeaderMap) -> Result<Response, Problem> {
    let info = work(&indexer, |indexer, status| Ok(views::index(status, &indexer.cache))).await?;
    json(&headers, BRIEF, &info)
}

/// All polls, in short.
#[utoipa::path(get, path = "/v1/polls", tag = "index", responses(
    (status = 200, description = "All polls", body = Vec<PollInfo>)
))]
async fn polls(State(indexer): State<Indexer>, headers: HeaderMap) -> Result<Response, Problem> {
    let list = work(&indexer, |indexer, status| {
        let polls = status.state.polls.iter();
        Ok(polls.map(|(&id, poll)| views::info(status, &indexer.cache, id, poll)).collect::<Vec<_>>())
    });
    json(&headers, BRIEF, &list.await?)
}

/// A poll: parameters, encrypted totals, shares, results.
#[utoipa::path(get, path = "/v1/polls/{poll}", tag = "index", params(("poll" = u64, Path, description = "Its number, from 1")), responses(
    (status = 200, description = "The poll", body = views::PollDetail),
    (status = 404, description = "There is none of this number", body = Problem)
))]
async fn poll(State(indexer): State<Indexer>, Named(id): Named<u64>, headers: HeaderMap) -> Result<Response, Problem> {
    let detail = work(&indexer, move |indexer, status| {
        let poll = status.state.polls.get(&PollId::new(id)).ok_or_else(no_poll)?;
        Ok(views::detail(status, &indexer.cache, PollId::new(id), poll))
    });
    json(&headers, BRIEF, &detail.await?)
}

/// The census of a chamber, whole or from a place on.
#[utoipa::path(get, path = "/v1/chambers/{chamber}/census", tag = "index", params(("chamber" = u64, Path, description = "Its number, from 0"), FromPlace), responses(
    (status = 200, description = "`PSCENSUS`: identities and weights by place", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 404, description = "There is none of this number", body = Problem)
))]
async fn chamber_census(
    State(indexer): State<Indexer>,
    Named(id): Named<u64>,
    Asked(FromPlace { from }): Asked<FromPlace>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = work(&indexer, move |indexer, status| {
        let chamber = status.state.chambers.get(&ChamberId::new(id)).ok_or_else(no_chamber)?;
        Ok(match from {
            0 => indexer.cache.census(status, ChamberId::new(id), chamber),
            from => {
                cache::Content::new(census::encode_census(&cache::header(status, ChamberId::new(id)), chamber, from))
            }
        })
    });
    bytes(&headers, BRIEF, content.await?)
}

/// The census of a chamber as a poll froze it.
#[utoipa::path(get, path = "/v1/polls/{poll}/chambers/{chamber}/census", tag = "index", params(("poll" = u64, Path), ("chamber" = u64, Path)), responses(
    (status = 200, description = "`PSCENSUS`: identities and weights by place", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 404, description = "There is no such poll or chamber, or it was not opened", body = Problem)
))]
async fn frozen_census(
    State(indexer): State<Indexer>,
    Named((poll, chamber)): Named<(PollId, ChamberId)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = work(&indexer, move |indexer, status| {
        let frozen = listed(status, poll, chamber)?.frozen.as_ref();
        let frozen = frozen.ok_or_else(|| Problem::not_found("the poll was not opened, so no census is frozen"))?;
        Ok(indexer.cache.census(status, chamber, &frozen.chamber))
    });
    bytes(&headers, LASTING, content.await?)
}

/// The notes of the ballots that count.
#[utoipa::path(get, path = "/v1/polls/{poll}/chambers/{chamber}/notes", tag = "index", params(("poll" = u64, Path), ("chamber" = u64, Path)), responses(
    (status = 200, description = "`PSNOTES`: notes by their nullifiers' numbers", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 404, description = "There is no such poll or chamber", body = Problem)
))]
async fn poll_notes(
    State(indexer): State<Indexer>,
    Named((poll, chamber)): Named<(PollId, ChamberId)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let content = work(&indexer, move |indexer, status| {
        let listed = listed(status, poll, chamber)?;
        Ok(cache::Content::new(notes::encode(&indexer.deployment, poll, chamber, listed)))
    });
    bytes(&headers, BRIEF, content.await?)
}

/// The deployment's logs from a block on, a page of them.
#[utoipa::path(get, path = "/v1/events", tag = "index", params(FromBlock), responses(
    (status = 200, description = "`PSEVENT1`: logs by block; the next page begins after the block that this one ends with", body = Vec<u8>, content_type = "application/octet-stream")
))]
async fn events(
    State(indexer): State<Indexer>,
    Asked(FromBlock { from }): Asked<FromBlock>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (content, lasting) = work(&indexer, move |indexer, status| {
        let nothing = || Problem::unavailable("nothing_read", "the index has read no block yet: come back later");
        let head = status.block.ok_or_else(nothing)?;
        let from = from.max(indexer.deployment.from_block);
        let page = indexer.store.page(from, head, PAGE_BYTES).map_err(|error: IndexError| {
            tracing::error!("a page of events: {error}");
            Problem::internal()
        })?;
        Ok((cache::Content::new(page.to_bytes()), page.header.to < status.confirmed.min(head.number)))
    })
    .await?;
    bytes(&headers, if lasting { LASTING } else { BRIEF }, content)
}

fn listed(status: &Status, poll: PollId, chamber: ChamberId) -> Result<&PollChamber, Problem> {
    status.state.polls.get(&poll).ok_or_else(no_poll)?.chambers.get(&chamber).ok_or_else(no_chamber)
}

fn no_poll() -> Problem {
    Problem::not_found("there is no poll of this number")
}

fn no_chamber() -> Problem {
    Problem::not_found("there is no chamber of this number")
}
