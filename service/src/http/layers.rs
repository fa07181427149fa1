//! Middleware that every request passes: metrics, timeout, rate limit, and one format for all errors.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::{Problem, RateLimit, RateLimiter};

/// The maximum size of a request body, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// The timeout of a response, event streams excepted: a request that waits for a change waits for 30 s at most.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(45);

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabel {
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

/// The middleware stack and its state.
#[derive(Clone)]
pub struct HttpLayers {
    limiter: Arc<RateLimiter>,
    behind_proxy: bool,
    requests: Family<RequestLabel, Counter>,
    seconds: Family<RouteLabel, Histogram, fn() -> Histogram>,
    shutting_down: Arc<AtomicBool>,
}

impl HttpLayers {
    /// Creates the middleware with this rate limit per source. Behind a proxy the source is the last entry of
    /// `X-Forwarded-For`, which the proxy writes.
    pub fn new(rate: RateLimit, behind_proxy: bool, registry: &mut Registry) -> Self {
        let shell = Self {
            limiter: Arc::new(RateLimiter::new(rate)),
            behind_proxy,
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new([0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 30.0])),
            shutting_down: Arc::default(),
        };
        registry.register("http_requests", "HTTP requests by route, method and status", shell.requests.clone());
        registry.register("http_seconds", "Time until the response head, in seconds", shell.seconds.clone());
        shell
    }

    /// Starts the shutdown: from now on new work is rejected.
    pub fn start_shutdown(&self) {
        self.shutting_down.store(true, Ordering::Relaxed);
    }

    /// Returns whether the service is shutting down.
    pub fn is_shutting_down(&self) -> bool {
        self.shutting_down.load(Ordering::Relaxed)
    }

    /// Wraps the routes in the middleware.
    pub fn wrap_router(&self, routes: Router) -> Router {
        routes
            .fallback(|| async { Problem::not_found("no such endpoint: /docs lists all endpoints") })
            .layer(middleware::from_fn_with_state(self.clone(), apply_rate_limit))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, RESPONSE_TIMEOUT))
            .layer(CatchPanicLayer::custom(|_| {
                tracing::error!("a request handler panicked: this is a bug");
                Problem::internal_error().into_response()
            }))
            .layer(middleware::from_fn(unify_errors))
            .layer(middleware::from_fn_with_state(self.clone(), record_metrics))
    }

    fn source_address(&self, request: &Request) -> Option<IpAddr> {
        let connection = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        // Only a proxy on this machine is trusted: from anywhere else the header is under the attacker's control.
        if !self.behind_proxy || !connection.is_some_and(|address| address.to_canonical().is_loopback()) {
            return connection;
        }
        let last = request.headers().get_all("x-forwarded-for").iter().next_back();
        let last = last.and_then(|value| value.to_str().ok()).and_then(|text| text.rsplit(',').next());
        last.and_then(|text| text.trim().parse().ok()).or(connection)
    }
}

/// Applies the rate limit and rejects new work during a shutdown. Health and readiness are never limited, so that
/// monitors may poll them at any rate.
async fn apply_rate_limit(State(shell): State<HttpLayers>, request: Request, next: Next) -> Result<Response, Problem> {
    if request.uri().path().starts_with("/v1/") {
        if let Some(Err(seconds)) = shell.source_address(&request).map(|source| shell.limiter.take_token(source)) {
            return Err(Problem::too_many_requests(
                "rate_limited",
                "too many requests from your network: retry later",
                seconds,
            ));
        }
        let changes = !(request.method().is_safe() || request.method() == axum::http::Method::DELETE);
        if changes && shell.is_shutting_down() {
            return Err(Problem::unavailable("closing", "the service is shutting down: retry in a moment"));
        }
    }
    Ok(next.run(request).await)
}

/// Counts, times and logs a request. The route's template is recorded, never the path: job ids are secrets of their
/// owners.
async fn record_metrics(State(shell): State<HttpLayers>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "POST" | "DELETE" | "HEAD" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), start.elapsed());
    shell.requests.get_or_create(&RequestLabel { route: route.clone(), method: method.clone(), status }).inc();
    shell.seconds.get_or_create(&RouteLabel { route: route.clone() }).observe(took.as_secs_f64());
    tracing::debug!(%method, %route, status, milliseconds = took.as_millis() as u64, "request served");
    set_security_headers(response.headers_mut());
    response
}

fn set_security_headers(headers: &mut HeaderMap) {
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Gives errors of the layers below (a path that does not decode, a body that is too long, an unknown method) the same
/// format as all others.
async fn unify_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    // A JSON response was made by a handler on purpose: a problem, or a negative readiness.
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/"))
        || !(status.is_client_error() || status.is_server_error())
    {
        return response;
    }
    let (code, detail) = match status {
        StatusCode::BAD_REQUEST => ("malformed", "malformed path, query or body: /docs describes the endpoint"),
        StatusCode::NOT_FOUND => ("not_found", "no such endpoint: /docs lists all endpoints"),
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method", "method not allowed on this endpoint: /docs lists the allowed methods")
        }
        StatusCode::REQUEST_TIMEOUT => ("timeout", "the request timed out: retry later"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the body exceeds the maximum size of this endpoint"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("media_type", "the request must be JSON: send `Content-Type: application/json`")
        }
        StatusCode::UNPROCESSABLE_ENTITY => {
            ("malformed", "the body is JSON of the wrong form: /docs describes the endpoint")
        }
        status if status.is_server_error() => return Problem::internal_error().into_response(),
        _ => ("refused", "the request was rejected"),
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut refused = Problem::new(status, code, detail).into_response();
    if let Some(allow) = allow {
        refused.headers_mut().insert(header::ALLOW, allow);
    }
    refused
}
