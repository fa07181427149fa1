//! The one way of every request to a node: with a time limit, repeated while the node is busy or out of reach.
//!
//! alloy's own retry layer waits the same time after each failure, leaves out failed connections, and turns the last
//! failure into a text that repeats the URL.

mod failure;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use alloy::{
    rpc::json_rpc::{RequestPacket, ResponsePacket},
    transports::{TransportError, TransportErrorKind, TransportFut},
};
use reqwest::{Client, StatusCode, Url, header::RETRY_AFTER};
use tower_service::Service;

pub(crate) use self::failure::TransportFailure;
use crate::{
    backoff::Backoff,
    host::{hide_secrets, hide_url_secrets},
    network::Network,
};

/// How often a request is repeated.
const REPETITIONS: u32 = 5;
/// The first and the longest pause before a repetition, if the node asks for none.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// The longest pause that a node can ask for with `Retry-After`.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);
/// The largest answer, in bytes: several times what logs of the widest range need.
const MAX_RESPONSE_BYTES: usize = 256 << 20;
/// How much of an error page is shown, in characters.
const SHOWN: usize = 300;
/// Phrases in the messages of nodes that limit the rate of requests.
const BUSY: [&str; 6] = ["rate limit", "rate-limit", "too many requests", "per second", "compute units", "throttle"];

/// The transport to one node. Clones share what they know of it.
#[derive(Clone)]
pub(crate) struct NodeTransport(Arc<Node>);

struct Node {
    client: Client,
    url: Url,
    network: Network,
    timeout: Duration,
    /// What of the headers is hidden in messages.
    secrets: Vec<String>,
    /// Whether it has answered before. One that never did is more likely at another URL than out of reach for a moment.
    answered: AtomicBool,
}

impl NodeTransport {
    /// Creates a transport with a client of this network that has this time limit.
    pub(crate) fn new(client: Client, url: Url, network: &Network, timeout: Duration, secrets: Vec<String>) -> Self {
        let network = network.clone();
        Self(Arc::new(Node { client, url, network, timeout, secrets, answered: AtomicBool::new(false) }))
    }
}

impl Service<RequestPacket> for NodeTransport {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: RequestPacket) -> Self::Future {
        let node = self.0.clone();
        Box::pin(async move { node.ask(&request).await.map_err(TransportErrorKind::custom) })
    }
}

impl Node {
    /// Sends a request and returns the answer; repeats it as often as it is safe and may help.
    async fn ask(&self, request: &RequestPacket) -> Result<ResponsePacket, TransportFailure> {
        let repeatable = request.method_names().all(is_repeatable);
        let mut backoff = Backoff::new(PAUSES.0, PAUSES.1);
        loop {
            let failure = match self.ask_once(request).await {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            let may_pass = failure.may_pass(self.answered.load(Ordering::Relaxed));
            if !repeatable || !may_pass || backoff.failures() >= REPETITIONS {
                return Err(failure);
            }
            tokio::time::sleep(choose_pause(backoff.next_pause(), failure.retry_after())).await;
        }
    }

    async fn ask_once(&self, request: &RequestPacket) -> Result<ResponsePacket, TransportFailure> {
        let failed = |error: reqwest::Error| match self.network.proxy_failure(&self.url, &error) {
            Some(failure) => TransportFailure::Proxy(failure),
            None => TransportFailure::from_request(&error, self.timeout),
        };
        let sent = self.client.post(self.url.clone()).headers(request.headers()).json(request).send().await;
        let mut response = sent.map_err(failed)?;
        self.answered.store(true, Ordering::Relaxed);
        let status = response.status();
        // In seconds; a date, which the header may also have, is left to the ordinary pause.
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let retry_after = retry_after.map(Duration::from_secs);
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(failed)? {
            if body.len() + part.len() > MAX_RESPONSE_BYTES {
                return Err(TransportFailure::TooLarge { bytes: MAX_RESPONSE_BYTES });
            }
            body.extend_from_slice(&part);
        }
        let answer = format!("HTTP status {}", status.as_u16());
        match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                return Err(TransportFailure::Busy { answer, retry_after });
            }
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
                return Err(TransportFailure::Broken { reason: answer, retry_after });
            }
            _ => {}
        }
        // Some nodes send an error object with a status that is one too.
        match serde_json::from_slice::<ResponsePacket>(&body) {
            Ok(parsed) if status.is_success() || parsed.is_error() => match find_rate_limit(&parsed) {
                Some(message) => Err(TransportFailure::Busy { answer: self.hide(&message), retry_after }),
                None => Ok(parsed),
            },
            _ => Err(TransportFailure::Refused { answer: format!("{answer}, {}", self.show(&body)) }),
        }
    }

    /// Returns the begin of an answer without what may be a key.
    fn show(&self, body: &[u8]) -> String {
        let text = self.hide(&String::from_utf8_lossy(body));
        match text.trim() {
            "" => "empty".into(),
            text => text.chars().take(SHOWN).collect(),
        }
    }

    fn hide(&self, text: &str) -> String {
        hide_secrets(&hide_url_secrets(text, self.url.as_str()), self.secrets.iter().map(String::as_str))
    }
}

/// Whether it does no harm to send a request twice. A signed transaction (`eth_sendRawTransaction`) is mined once,
/// however often it is sent; one that the node signs is not the same the second time, and methods of development chains
/// change them.
fn is_repeatable(method: &str) -> bool {
    method.starts_with("eth_") && method != "eth_sendTransaction"
}

/// Returns the longer of the ordinary pause and the one that the node asks for, within bounds.
fn choose_pause(ordinary: Duration, asked: Option<Duration>) -> Duration {
    ordinary.max(asked.unwrap_or_default().min(LONGEST_RETRY_AFTER))
}

/// Returns the message of a node that refuses a request because there were too many.
fn find_rate_limit(response: &ResponsePacket) -> Option<String> {
    let busy = response.iter_errors().find(|error| {
        let message = error.message.to_lowercase();
        let says = BUSY.iter().any(|words| message.contains(words));
        // A contract's own words may be among them.
        error.as_revert_data().is_none() && (error.code == 429 || says)
    });
    busy.map(|error| error.message.to_string())
}

#[cfg(test)]
mod tests;
