//! Cacheable responses: each has the SHA-256 hash of its content as its `ETag`.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequestParts, Path, Query},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use psephos_state::{bytes::sha256, hex};
use serde::{Serialize, de::DeserializeOwned};

use crate::{http::Problem, indexer::cache::CachedContent};

/// A path parameter; rejects with 400.
pub(super) struct PathParams<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::from_request_parts(parts, state).await;
        let Path(named) = read
            .map_err(|_| Problem::bad_request("bad_path", "the path must name polls and chambers by their numbers"))?;
        Ok(Self(named))
    }
}

/// Query parameters; rejects with 400.
pub(super) struct QueryParams<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryParams<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Query::from_request_parts(parts, state).await;
        let Query(asked) =
            read.map_err(|_| Problem::bad_request("bad_query", "the only query parameter is `from`, a number"))?;
        Ok(Self(asked))
    }
}

pub(super) const BINARY: &str = "application/octet-stream";
/// Cache for two seconds, then revalidate.
pub(super) const CACHE_BRIEFLY: &str = "public, max-age=2, must-revalidate";
/// Cache for five minutes: the content changes only in a deep reorganisation.
pub(super) const CACHE_LONG: &str = "public, max-age=300, must-revalidate";

pub(super) fn json_response(
    headers: &HeaderMap,
    caching: &'static str,
    content: &impl Serialize,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(content).map_err(|_| Problem::internal_error())?;
    let tag = hex::encode(sha256(&body));
    cacheable_response(headers, caching, "application/json", &tag, body.into())
}

pub(super) fn binary_response(
    headers: &HeaderMap,
    caching: &'static str,
    content: CachedContent,
) -> Result<Response, Problem> {
    cacheable_response(headers, caching, BINARY, &content.sha256, content.bytes)
}

fn cacheable_response(
    headers: &HeaderMap,
    caching: &'static str,
    kind: &'static str,
    tag: &str,
    body: Bytes,
) -> Result<Response, Problem> {
    let tag = format!("\"{tag}\"");
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let not_modified = tags.flat_map(|value| value.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag
    });
    let mut response = Response::new(if not_modified { Body::empty() } else { Body::from(body) });
    if not_modified {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let tag = HeaderValue::from_str(&tag).map_err(|_| Problem::internal_error())?;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}
