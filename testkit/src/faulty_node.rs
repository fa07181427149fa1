//! A node whose connections fail: an HTTP server in front of another node that is busy, hangs, breaks connections or
//! loses answers, as a test says.

use std::sync::{Arc, Mutex, PoisonError};

use alloy::{providers::Provider, transports::RpcError};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use psephos_chain::Connection;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The server answers with an HTTP status and a text, and perhaps asks to wait for some seconds.
    Status(u16, &'static str, Option<u64>),
    /// Nothing is ever answered.
    Hang,
    /// The connection breaks, and the other node never has the request.
    Break,
    /// The other node has the request, and the connection breaks before its answer.
    BreakAfter,
    /// The other node has the request, and its answer never comes.
    HangAfter,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// The JSON-RPC method.
    pub method: String,
    /// The path and the query.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
}

type Choose = dyn Fn(&str, usize) -> Option<Fault> + Send + Sync;

/// A node whose connections fail. It stops when this is dropped.
pub struct FaultyNode {
    url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    upstream: Connection,
    received: Mutex<Vec<Received>>,
    choose: Box<Choose>,
}

impl FaultyNode {
    /// Starts a node on a free port in front of another one. `choose` is called with the method of a request and the
    /// number of earlier requests of this method.
    pub async fn start(
        upstream: &Connection,
        choose: impl Fn(&str, usize) -> Option<Fault> + Send + Sync + 'static,
    ) -> Self {
        let (upstream, received, choose) = (upstream.clone(), Mutex::default(), Box::new(choose));
        let shared = Arc::new(Shared { upstream, received, choose });
        let router = Router::new().fallback(answer_request).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, server }
    }

    /// Returns its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the requests of a method so far.
    pub fn received(&self, method: &str) -> Vec<Received> {
        let received = self.shared.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.iter().filter(|request| request.method == method).cloned().collect()
    }
}

impl Drop for FaultyNode {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer_request(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    let method = request["method"].as_str().unwrap_or_default().to_owned();
    let fault = {
        let mut received = shared.received.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = received.iter().filter(|earlier| earlier.method == method).count();
        received.push(Received { method: method.clone(), target: uri.to_string(), headers });
        (shared.choose)(&method, earlier)
    };
    match fault {
        Some(Fault::Status(status, text, retry_after)) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            response
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Break) => broken(),
        Some(Fault::BreakAfter) => {
            shared.ask_upstream(&request).await;
            broken()
        }
        Some(Fault::HangAfter) => {
            shared.ask_upstream(&request).await;
            std::future::pending().await
        }
        None => Json(shared.ask_upstream(&request).await).into_response(),
    }
}

/// Returns an answer that breaks off.
fn broken() -> Response {
    let parts = [Ok(Bytes::from_static(b"{")), Err(std::io::Error::other("broken off"))];
    Body::from_stream(stream::iter(parts)).into_response()
}

impl Shared {
    async fn ask_upstream(&self, request: &Value) -> Value {
        let (id, method) = (&request["id"], request["method"].as_str().unwrap_or_default().to_owned());
        let params = request["params"].clone();
        match self.upstream.provider().raw_request::<_, Value>(method.into(), params).await {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(RpcError::ErrorResp(error)) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
            Err(error) => panic!("no answer from upstream: {error}"),
        }
    }
}
