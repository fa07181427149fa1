//! Public endpoints: liveness, readiness and the API description.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use serde::Serialize;
use utoipa::{
    OpenApi, ToSchema,
    openapi::{Content, Ref, RefOr, ResponseBuilder},
};
use utoipa_swagger_ui::SwaggerUi;

use super::{HttpLayers, Problem, admin::Admin};
use crate::component::PartReadiness;

/// The OpenAPI description of the whole service.
#[derive(OpenApi)]
#[openapi(
    info(title = "Psephos service", description = "Prover service for weak devices, relayer that sends ballots and claims from an address other than the voter's, and indexer that serves chain state without learning who asked for what."),
    paths(get_health, get_readiness),
    components(schemas(Readiness, ComponentReadiness, PartView, Problem)),
    tags((name = "service", description = "Liveness and readiness."))
)]
struct PublicApi;

/// Returns the OpenAPI description of all endpoints.
pub fn openapi_description() -> utoipa::openapi::OpenApi {
    let mut description = PublicApi::openapi();
    description.merge(crate::prover::ProverApi::openapi());
    description.merge(crate::relayer::RelayerApi::openapi());
    description.merge(crate::indexer::IndexerApi::openapi());
    description.merge(crate::ohttp::GatewayApi::openapi());
    description.merge(crate::ohttp::RelayApi::openapi());
    add_layer_errors(&mut description);
    set_problem_media_type(&mut description);
    description
}

/// Adds the errors that any endpoint may return because of the middleware, so that they are described once.
fn add_layer_errors(description: &mut utoipa::openapi::OpenApi) {
    const REFUSALS: [(&str, &str); 4] = [
        ("400", "Malformed path, query or body"),
        ("408", "Request timeout"),
        ("429", "Rate limit exceeded for this network"),
        ("503", "Service unavailable"),
    ];
    for (_, path) in description.paths.paths.iter_mut().filter(|(path, _)| path.starts_with("/v1/")) {
        for operation in [&mut path.get, &mut path.post, &mut path.delete].into_iter().flatten() {
            for (status, text) in REFUSALS {
                let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
                let response = ResponseBuilder::new().description(text).content("application/json", problem).build();
                operation.responses.responses.entry(status.into()).or_insert(RefOr::T(response));
            }
        }
    }
}

/// Sets the media type of problems to `application/problem+json` (RFC 9457), so that endpoints need not repeat it.
fn set_problem_media_type(description: &mut utoipa::openapi::OpenApi) {
    let is_problem = |content: &RefOr<Content>| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. }) => schema.ref_location.ends_with("/Problem"),
        _ => false,
    };
    for path in description.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.post, &mut path.delete, &mut path.put, &mut path.patch];
        for operation in operations.into_iter().flatten() {
            for response in operation.responses.responses.values_mut() {
                let RefOr::T(response) = response else { continue };
                if response.content.get("application/json").is_some_and(is_problem)
                    && let Some(content) = response.content.swap_remove("application/json")
                {
                    response.content.insert("application/problem+json".into(), content);
                }
            }
        }
    }
}

/// The readiness of the service.
#[derive(Serialize, ToSchema)]
struct Readiness {
    /// Whether all components are ready and the service is not shutting down.
    ready: bool,
    /// The readiness of each component.
    components: Vec<ComponentReadiness>,
}

/// The readiness of one component.
#[derive(Serialize, ToSchema)]
struct ComponentReadiness {
    /// The component's name.
    name: &'static str,
    /// Whether all its parts can work.
    ready: bool,
    /// Its parts.
    parts: Vec<PartView>,
}

/// The readiness of a part of a component.
#[derive(Serialize, ToSchema)]
struct PartView {
    /// The part's name.
    #[schema(example = "store")]
    name: &'static str,
    /// Whether it can work.
    ready: bool,
    /// Why it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<String>,
}

impl ComponentReadiness {
    fn new(name: &'static str, parts: Vec<PartReadiness>) -> Self {
        let view = |PartReadiness { name, obstacle }| PartView { name, ready: obstacle.is_none(), obstacle };
        let parts: Vec<PartView> = parts.into_iter().map(view).collect();
        Self { name, ready: parts.iter().all(|part| part.ready), parts }
    }
}

/// Returns the public routes.
pub fn public_router(admin: Arc<Admin>, shell: HttpLayers) -> Router {
    Router::new()
        .route("/healthz", get(get_health))
        .route("/readyz", get(get_readiness))
        .route("/", get(|| async { Redirect::temporary("/docs") }))
        .with_state((admin, shell))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", openapi_description()))
}

#[utoipa::path(
    get, path = "/healthz", tag = "service",
    responses(
        (status = 200, description = "The process is alive", content_type = "text/plain", body = String),
    ),
)]
async fn get_health() -> &'static str {
    "ok"
}

#[utoipa::path(
    get, path = "/readyz", tag = "service",
    responses(
        (status = 200, description = "All components are ready", body = Readiness),
        (status = 503, description = "A component is not ready, or the service is shutting down", body = Readiness),
    ),
)]
async fn get_readiness(State((admin, shell)): State<(Arc<Admin>, HttpLayers)>) -> Response {
    let components: Vec<ComponentReadiness> =
        admin.all_readiness().await.into_iter().map(|(name, parts)| ComponentReadiness::new(name, parts)).collect();
    let ready = !shell.is_shutting_down() && components.iter().all(|part| part.ready);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, components })).into_response()
}
