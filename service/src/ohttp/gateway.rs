//! The gateway: opens requests that came through a relay, has the relayer answer them, and seals the answers.
//!
//! A request inside has the relayer's routes alone, with their own limits and errors; everything else is refused as an
//! unknown path is, inside. What fails before a request is open is refused outside, where the relay can read why: that
//! says something about keys and load, and nothing about a ballot.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use psephos_wire::oblivious::{
    KEYS_PATH, KEYS_TYPE, MessageError, ObliviousRequest, ObliviousResponse, REQUEST_TYPE, RESPONSE_BYTES,
    RESPONSE_TYPE,
};
use serde::Serialize;
use tower_service::Service;
use utoipa::OpenApi;

use super::{
    GATEWAY_PATH, GatewayKeys,
    keys::{ENCAPSULATED_BYTES, Unopened},
};
use crate::http::{Problem, RateLimit, RateLimiter, complete_body};

/// The well-known path of a gateway (RFC 9540, section 4).
const WELL_KNOWN_PATH: &str = "/.well-known/ohttp-gateway";
/// The type of the problem with which RFC 9458 (section 5.2) lets a gateway refuse a key.
const KEY_PROBLEM: &str = "https://iana.org/assignments/http-problem-types#ohttp-key";
/// The one source of the rate limit.
const ANYONE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The OpenAPI description of the gateway's endpoints.
#[derive(OpenApi)]
#[openapi(
    paths(post_request, get_keys),
    components(schemas(Problem)),
    tags((name = "oblivious", description = "Oblivious HTTP (RFC 9458): the relayer, without addresses"))
)]
pub struct GatewayApi;

/// A gateway in front of a relayer.
pub struct Gateway {
    keys: GatewayKeys,
    limiter: RateLimiter,
    inner: Router,
}

#[derive(Serialize)]
struct KeyProblem {
    r#type: &'static str,
    #[serde(flatten)]
    problem: Problem,
}

impl Gateway {
    /// Creates a gateway in front of these routes, with its rate limit as a whole.
    pub fn new(keys: GatewayKeys, rate: RateLimit, inner: Router) -> Self {
        Self { keys, limiter: RateLimiter::new(rate), inner }
    }

    /// Returns the gateway's routes.
    pub fn router(self) -> Router {
        let requests = || post(post_request).layer(DefaultBodyLimit::max(ENCAPSULATED_BYTES));
        Router::new()
            .route(GATEWAY_PATH, requests())
            .route(&format!("/{KEYS_PATH}"), get(get_keys))
            .route(WELL_KNOWN_PATH, requests().get(get_keys))
            .with_state(Arc::new(self))
    }

    /// Answers a request that is open.
    async fn answer(&self, request: &[u8]) -> ObliviousResponse {
        let answered = match ObliviousRequest::decode(request) {
            Err(error) => message_problem(error).into_response(),
            Ok(request) => match to_http(request) {
                None => Problem::not_found("no such endpoint").into_response(),
                Some(request) => match self.inner.clone().call(request).await {
                    Ok(response) => response,
                    Err(never) => match never {},
                },
            },
        };
        let (parts, body) = answered.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        // A body that cannot be read, or is too long, is refused by its size when it is encoded.
        let body = to_bytes(body, RESPONSE_BYTES).await.map_or_else(|_| vec![b' '; RESPONSE_BYTES], Vec::from);
        ObliviousResponse { status: parts.status.as_u16(), content_type, body }
    }
}

/// Converts a request to one for the router. It has neither address nor header of its client: there is none.
fn to_http(request: ObliviousRequest) -> Option<Request<Body>> {
    let ObliviousRequest { method, path, body, .. } = request;
    if !path.starts_with('/') {
        return None;
    }
    let request = Request::builder().method(method.as_str()).uri(path);
    request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body)).ok()
}

fn message_problem(error: MessageError) -> Problem {
    Problem::bad_request("malformed", error.to_string())
}

/// Seals a response. One that does not fit is replaced: its size would tell which it is.
fn encode_response(response: &ObliviousResponse) -> Result<Vec<u8>, MessageError> {
    response.encode().or_else(|error| {
        tracing::error!(%error, "a response does not fit into the size of all oblivious ones");
        let problem = Problem::internal_error();
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let content_type = "application/problem+json".into();
        ObliviousResponse { status: problem.status, content_type, body }.encode()
    })
}

/// Requires a media type, which may have parameters.
pub(super) fn require_type(headers: &HeaderMap, expected: &'static str) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected)) {
        true => Ok(()),
        false => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            format!("send an encapsulated request, with `Content-Type: {expected}`"),
        )),
    }
}

/// Opens an encapsulated request, and returns the relayer's response to it, encapsulated.
#[utoipa::path(
    post, path = "/ohttp", tag = "oblivious",
    request_body(
        content = String,
        description = "An encapsulated request of 17,463 bytes (RFC 9458)",
        content_type = "message/ohttp-req",
    ),
    responses(
        (
            status = 200,
            description = "The encapsulated response: of the relayer, or its refusal",
            content_type = "message/ohttp-res",
            body = String,
        ),
        (status = 400, description = "A request for a key that this gateway does not have", body = Problem),
        (status = 413, description = "Larger than any encapsulated request", body = Problem),
        (status = 415, description = "Not an encapsulated request", body = Problem),
        (status = 422, description = "The request does not open", body = Problem),
        (status = 429, description = "The rate limit of the gateway as a whole", body = Problem),
    ),
)]
async fn post_request(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    require_type(&headers, REQUEST_TYPE)?;
    if let Err(seconds) = gateway.limiter.take_token(ANYONE) {
        let detail = "this gateway receives too many requests: retry later";
        return Err(Problem::too_many_requests("rate_limited", detail, seconds));
    }
    let body = complete_body(body, ENCAPSULATED_BYTES)?;
    let (request, sealing) = match gateway.keys.open(&body) {
        Ok(opened) => opened,
        Err(unopened @ Unopened::UnknownKey) => {
            let problem = unopened.to_problem();
            let mut refused =
                (StatusCode::BAD_REQUEST, Json(KeyProblem { r#type: KEY_PROBLEM, problem })).into_response();
            let kind = HeaderValue::from_static("application/problem+json");
            refused.headers_mut().insert(header::CONTENT_TYPE, kind);
            return Ok(refused);
        }
        Err(unopened @ Unopened::Damaged) => return Err(unopened.to_problem()),
    };
    let response = gateway.answer(&request).await;
    let encoded = encode_response(&response).map_err(|_| Problem::internal_error())?;
    let sealed = sealing.encapsulate(&encoded).map_err(|_| Problem::internal_error())?;
    Ok(([(header::CONTENT_TYPE, RESPONSE_TYPE)], sealed).into_response())
}

/// Returns the gateway's key configuration.
#[utoipa::path(
    get, path = "/ohttp-keys", tag = "oblivious",
    responses(
        (
            status = 200,
            description = "The key configurations (RFC 9458, section 3); also at `/.well-known/ohttp-gateway`",
            content_type = "application/ohttp-keys",
            body = String,
        ),
        (status = 404, description = "This service has no gateway", body = Problem),
    ),
)]
async fn get_keys(State(gateway): State<Arc<Gateway>>) -> Response {
    ([(header::CONTENT_TYPE, KEYS_TYPE)], gateway.keys.configurations().to_vec()).into_response()
}
