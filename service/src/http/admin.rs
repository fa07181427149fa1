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

use super::status_page;
use crate::component::{Component, PartReadiness};

/// The timeout of a component's answer.
const COMPONENT_TIMEOUT: Duration = Duration::from_secs(3);

/// The data behind the operator's pages.
pub struct Admin {
    registry: Registry,
    components: Vec<Arc<dyn Component>>,
    since: Instant,
    name: String,
}

impl Admin {
    /// Creates the operator's pages for these components.
    pub fn new(registry: Registry, components: Vec<Arc<dyn Component>>, name: String) -> Arc<Self> {
        Arc::new(Self { registry, components, since: Instant::now(), name })
    }

    /// Returns the readiness of each component's parts.
    pub async fn all_readiness(&self) -> Vec<(&'static str, Vec<PartReadiness>)> {
        let mut readiness = Vec::new();
        for part in &self.components {
            readiness.push((part.name(), component_readiness(part.as_ref()).await));
        }
        readiness
    }

    /// Returns the operator's routes.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().route("/", get(serve_status_page)).route("/metrics", get(serve_metrics)).with_state(self.clone())
    }
}

/// Returns the readiness of a component's parts. A component that does not answer in time is not ready.
async fn component_readiness(part: &dyn Component) -> Vec<PartReadiness> {
    let late = || format!("no answer within {} s", COMPONENT_TIMEOUT.as_secs());
    let answer = with_timeout(part.readiness()).await;
    answer.unwrap_or_else(|| vec![PartReadiness::new("answer", Some(late()))])
}

/// Returns `None` on a timeout: a queue whose server is gone does not answer for a long time.
async fn with_timeout<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(COMPONENT_TIMEOUT, answer).await.ok()
}

async fn serve_status_page(State(admin): State<Arc<Admin>>) -> Response {
    let mut sections = Vec::new();
    for part in &admin.components {
        let readiness = component_readiness(part.as_ref()).await;
        sections.push((part.name(), readiness, with_timeout(part.status_section()).await.unwrap_or_default()));
    }
    let mut response = Html(status_page::render_page(&admin.name, admin.since.elapsed(), &sections)).into_response();
    // The page has no script and loads nothing.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

async fn serve_metrics(State(admin): State<Arc<Admin>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &admin.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
