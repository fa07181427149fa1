//! The operator's side: metrics, health, and a page to look at.

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

/// How long a part is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the operator's pages are made of.
pub struct Admin {
    registry: Registry,
    parts: Vec<Arc<dyn Part>>,
    since: Instant,
    name: String,
}

impl Admin {
    /// Pages of these parts.
    pub fn new(registry: Registry, parts: Vec<Arc<dyn Part>>, name: String) -> Arc<Self> {
        Arc::new(Self { registry, parts, since: Instant::now(), name })
    }

    /// Each part, and why it is not ready.
    pub async fn readiness(&self) -> Vec<(&'static str, Result<(), String>)> {
        let mut states = Vec::new();
        for part in &self.parts {
            states.push((part.name(), ready(part.as_ref()).await));
        }
        states
    }

    /// The operator's routes.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().route("/", get(status)).route("/metrics", get(metrics)).with_state(self.clone())
    }
}

/// Whether a part is ready; one that does not say so in time is not.
async fn ready(part: &dyn Part) -> Result<(), String> {
    let late = || Err(format!("it has not answered for {} s", PATIENCE.as_secs()));
    within(part.readiness()).await.unwrap_or_else(late)
}

/// `None` if it takes too long: a queue whose server is gone answers nothing for a long time.
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
    // The page has no script and asks nobody for anything.
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
