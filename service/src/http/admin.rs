//! The operator's endpoints: metrics and the status page.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use prometheus_client::{encoding::text::encode, registry::Registry};

use super::page;
use crate::part::Part;

/// The timeout of a component's answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The data behind the operator's pages.
pub struct Admin {
    registry: Registry,
    parts: Vec<Arc<dyn Part>>,
    since: Instant,
    name: String,
}

impl Admin {
    /// Creates the operator's pages for these components.
    pub fn new(registry: Registry, parts: Vec<Arc<dyn Part>>, name: String) -> Arc<Self> {
        Arc::new(Self { registry, parts, since: Instant::now(), name })
    }

    /// Returns each component's readiness, or the reason why it is not ready.
    pub async fn readiness(&self) -> Vec<(&'static str, Result<(), String>)> {
        let mut readiness = Vec::new();
        for part in &self.parts {
            readiness.push((part.name(), ready(part.as_ref()).await));
        }
        readiness
    }

    /// Returns the operator's routes.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().route("/", get(status)).route("/metrics", get(metrics)).with_state(self.clone())
    }
}

/// Returns a component's readiness. A component that does not answer in time is not ready.
async fn ready(part: &dyn Part) -> Result<(), String> {
    let late = || Err(format!("no answer within {} s", PATIENCE.as_secs()));
    within(part.readiness()).await.unwrap_or_else(late)
}

/// Returns `None` on a timeout: a queue whose server is gone does not answer for a long time.
async fn within<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, answer).await.ok()
}

async fn status(State(admin): State<Arc<Admin>>) -> Response {
    let mut sections = Vec::new();
    for part in &admin.parts {
        let readiness = ready(part.as_ref()).await;
        sections.push((part.name(), readiness, within(part.section()).await.unwrap_or_default()));
    }
    let mut response = Html(page::render(&admin.name, admin.since.elapsed(), &sections)).into_response();
    // The page has no script and loads nothing.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

async fn metrics(State(admin): State<Arc<Admin>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &admin.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
