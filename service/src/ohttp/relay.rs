//! The relay: passes encapsulated requests on to the gateway of another relayer, and its responses back.
//!
//! Of a request it sends the body and its media type, and nothing else: no address, no header of the client. It holds
//! no key, and can read neither requests nor responses.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use psephos_chain::{Network, Purpose, host::host_of};
use psephos_wire::oblivious::{REQUEST_TYPE, RESPONSE_TYPE};
use reqwest::{Client, Url};
use utoipa::OpenApi;

use super::{OhttpError, RELAY_PATH, gateway::require_type};
use crate::http::{Problem, complete_body};

/// The maximum size of a message, in bytes: more than those of this program, so that others can be relayed too.
const MAX_MESSAGE: usize = 64 * 1024;
/// The time for a response, shorter than that of the relay's own.
const TIMEOUT: Duration = Duration::from_secs(40);

/// The OpenAPI description of the relay's endpoint.
#[derive(OpenApi)]
#[openapi(paths(post_forward), components(schemas(Problem)))]
pub struct RelayApi;

/// A relay to one gateway.
pub struct Relay {
    client: Client,
    gateway: Url,
}

impl Relay {
    /// Creates a relay to the gateway at a URL, without a request.
    ///
    /// # Errors
    /// Returns `InvalidUrl`, `InsecureTransport`, `Network` or `Client`.
    pub fn new(gateway: &str, network: &Network) -> Result<Self, OhttpError> {
        let gateway: Url = gateway.parse().map_err(|_| OhttpError::InvalidUrl)?;
        match gateway.scheme() {
            _ if gateway.host().is_none() => return Err(OhttpError::InvalidUrl),
            "https" => {}
            "http" if network.permits_plain_http(&gateway) => {}
            "http" => return Err(OhttpError::InsecureTransport { host: host_of(gateway.as_str()) }),
            _ => return Err(OhttpError::InvalidUrl),
        }
        let builder = network.client_builder(&gateway, Purpose::Forward)?;
        let builder = builder.connect_timeout(network.connect_timeout(&gateway)).timeout(TIMEOUT);
        let client = builder.build().map_err(|error| OhttpError::Client(error.to_string()))?;
        Ok(Self { client, gateway })
    }

    /// Returns the relay's route.
    pub fn router(self) -> Router {
        let forward = post(post_forward).layer(DefaultBodyLimit::max(MAX_MESSAGE));
        Router::new().route(RELAY_PATH, forward).with_state(Arc::new(self))
    }

    async fn forward(&self, body: Bytes) -> Result<(StatusCode, Vec<u8>), Problem> {
        let sent = self.client.post(self.gateway.clone()).header(header::CONTENT_TYPE, REQUEST_TYPE).body(body);
        // The cause is not shown: it would name the gateway's address.
        let mut response = sent.send().await.map_err(|_| gateway_problem("does not answer"))?;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let sealed = response.status().is_success() && kind == Some(RESPONSE_TYPE);
        let refused = !response.status().is_success() && kind == Some("application/problem+json");
        if !sealed && !refused {
            return Err(gateway_problem("returned something else than an encapsulated response"));
        }
        let (status, mut whole) = (response.status(), Vec::new());
        while let Some(part) = response.chunk().await.map_err(|_| gateway_problem("did not finish its response"))? {
            if whole.len() + part.len() > MAX_MESSAGE {
                return Err(gateway_problem("returned too much"));
            }
            whole.extend_from_slice(&part);
        }
        Ok((status, whole))
    }
}

fn gateway_problem(what: &str) -> Problem {
    let detail = format!(
        "the gateway behind this relay {what}: whether it has received the request is unknown; send it again later"
    );
    Problem::new(StatusCode::BAD_GATEWAY, "ohttp_gateway", detail)
}

/// Passes an encapsulated request on to the gateway, and its response back.
#[utoipa::path(
    post, path = "/v1/ohttp-relay", tag = "oblivious",
    request_body(
        content = String,
        description = "An encapsulated request (RFC 9458)",
        content_type = "message/ohttp-req",
    ),
    responses(
        (
            status = 200,
            description = "The gateway's encapsulated response",
            content_type = "message/ohttp-res",
            body = String,
        ),
        (status = 413, description = "Larger than what is passed on", body = Problem),
        (status = 415, description = "Not an encapsulated request", body = Problem),
        (status = 422, description = "The gateway's refusal, which says nothing about a ballot", body = Problem),
        (status = 502, description = "The gateway does not answer, or not as one", body = Problem),
    ),
)]
async fn post_forward(
    State(relay): State<Arc<Relay>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    require_type(&headers, REQUEST_TYPE)?;
    let (status, whole) = relay.forward(complete_body(body, MAX_MESSAGE)?).await?;
    let kind = if status.is_success() { RESPONSE_TYPE } else { "application/problem+json" };
    Ok((status, [(header::CONTENT_TYPE, kind)], whole).into_response())
}
