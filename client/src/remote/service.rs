//! A service's endpoint: requests, responses and their errors.

use std::time::Duration;

use psephos_chain::{
    Network, NetworkError, Purpose,
    host::{failure_reason, host_of},
    operator::Operator,
};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url, header::HeaderMap};
use serde::{Deserialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use super::oblivious::ObliviousError;

/// Maximum length of a response, in bytes.
const MAX_RESPONSE: usize = 1024 * 1024;

/// The reason why a service returned no valid response.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The URL of the service does not parse. It is not repeated: it may hold a key.
    #[error("this is not the URL of a service: it should look like https://prover.example")]
    InvalidUrl,
    /// Plain HTTP to another machine.
    #[error("the connection to {host} would not be encrypted: use https, or a service on this machine")]
    InsecureTransport {
        /// The host.
        host: String,
    },
    /// The proxy cannot be used, or there is no connection through it: the service has received nothing.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The connection failed or timed out.
    #[error("no service answers at {host}: {reason}")]
    Unreachable {
        /// The host.
        host: String,
        /// The reason.
        reason: String,
        /// Whether the service may have received the request.
        sent: bool,
    },
    /// The service refused the request.
    #[error(
        "the service refused the request ({code}): {detail}{}",
        clause.as_deref().map_or(String::new(), |clause| format!(" ({clause})"))
    )]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The refusal's code, for programs.
        code: String,
        /// The refusal as text.
        detail: String,
        /// The clause of the statement that does not hold, by the service's account.
        clause: Option<String>,
        /// Number of seconds after which to try again.
        retry_after: Option<u64>,
    },
    /// The way through an Oblivious HTTP relay failed.
    #[error(transparent)]
    Oblivious(#[from] ObliviousError),
    /// The response is not one that a correct service returns.
    #[error("invalid response from the service: {0}")]
    InvalidResponse(String),
}

/// A service at a URL.
#[derive(Clone)]
pub struct Service {
    client: Client,
    network: Network,
    base: Url,
    token: Option<Zeroizing<String>>,
}

/// A refusal, in the format of RFC 9457. Its texts can be printed.
#[derive(Deserialize)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) detail: String,
    clause: Option<String>,
    pub(super) retry_after: Option<u64>,
}

impl Problem {
    /// Parses the body of a refusal; nothing if it is none.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let Self { status, code, detail, clause, retry_after } = serde_json::from_slice(body).ok()?;
        let [code, detail] = [code, detail].map(|text| to_plain(&text));
        Some(Self { status, code, detail, clause: clause.map(|text| to_plain(&text)), retry_after })
    }
}

impl Service {
    /// Creates a client of the service at a URL, which is used for one purpose. Plain HTTP is accepted for this machine
    /// and for onion services only.
    ///
    /// # Errors
    /// Returns `InvalidUrl`, `InsecureTransport` or `Network`.
    pub fn new(
        url: &str,
        network: &Network,
        purpose: Purpose,
        token: Option<Zeroizing<String>>,
    ) -> Result<Self, ServiceError> {
        let mut service = Self::new_exact(url, network, purpose)?;
        if !service.base.path().ends_with('/') {
            service.base.set_path(&format!("{}/", service.base.path()));
        }
        Ok(Self { token, ..service })
    }

    /// Creates a client of the one resource at a URL, as [`Service::new`] does of the routes below one.
    ///
    /// # Errors
    /// Returns `InvalidUrl`, `InsecureTransport` or `Network`.
    pub(super) fn new_exact(url: &str, network: &Network, purpose: Purpose) -> Result<Self, ServiceError> {
        let base: Url = url.parse().map_err(|_| ServiceError::InvalidUrl)?;
        if base.host().is_none() {
            return Err(ServiceError::InvalidUrl);
        }
        let builder = network.client_builder(&base, purpose)?;
        match base.scheme() {
            "https" => {}
            "http" if network.permits_plain_http(&base) => {}
            "http" => return Err(ServiceError::InsecureTransport { host: host_of(url) }),
            _ => return Err(ServiceError::InvalidUrl),
        }
        let client = builder
            .user_agent("psephos")
            .connect_timeout(network.connect_timeout(&base))
            .timeout(Duration::from_secs(60))
            .build()
            .map_err(|error| ServiceError::Unreachable {
                host: host_of(url),
                reason: failure_reason(&error),
                sent: false,
            })?;
        Ok(Self { client, network: network.clone(), base, token: None })
    }

    /// Returns the URL. It may hold a key: messages name the service by [`Service::host`].
    pub(super) fn url(&self) -> &str {
        self.base.as_str()
    }

    /// Returns the host, by which messages name the service.
    pub fn host(&self) -> String {
        host_of(self.url())
    }

    /// Returns whether another service has the same scheme, host and port.
    pub(super) fn has_origin_of(&self, other: &Self) -> bool {
        let origin = |url: &Url| {
            // A dot at the end of a host changes nothing about which one it is.
            let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
            (url.scheme().to_owned(), host, url.port_or_known_default())
        };
        origin(&self.base) == origin(&other.base)
    }

    /// Returns who operates it, as far as its URL says.
    pub(super) fn operator(&self) -> Operator {
        Operator::of_url(&self.base)
    }

    /// Builds a request to one of the routes, `v1/..`.
    pub(super) fn build_request(&self, method: Method, route: &str) -> Result<RequestBuilder, ServiceError> {
        let url = self.base.join(route).map_err(|_| ServiceError::InvalidUrl)?;
        let request = self.client.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token.as_str()),
            None => request,
        })
    }

    /// Sends a request and decodes its response from JSON.
    ///
    /// # Errors
    /// Returns `Network`, `Unreachable`, `Refused` or `InvalidResponse`.
    pub(super) async fn send_for_json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ServiceError> {
        let bytes = self.send_for_bytes(request, MAX_RESPONSE).await?;
        serde_json::from_slice(&bytes).map_err(|error| ServiceError::InvalidResponse(error.to_string()))
    }

    /// Sends a request and reads its response of at most `max` bytes.
    ///
    /// # Errors
    /// Returns `Network`, `Unreachable`, `Refused` or `InvalidResponse`.
    pub(super) async fn send_for_bytes(&self, request: RequestBuilder, max: usize) -> Result<Vec<u8>, ServiceError> {
        let response = request.send().await.map_err(|error| self.to_unreachable(&error))?;
        let status = response.status().as_u16();
        require_success(status, self.read_body(response, max).await?)
    }

    /// Sends a request and returns the response with its body of at most `max` bytes, whatever its status.
    ///
    /// # Errors
    /// Returns `Network`, `Unreachable` or `InvalidResponse`.
    pub(super) async fn send_for_response(
        &self,
        request: RequestBuilder,
        max: usize,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), ServiceError> {
        let response = request.send().await.map_err(|error| self.to_unreachable(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok((status, headers, self.read_body(response, max).await?))
    }

    async fn read_body(&self, mut response: Response, max: usize) -> Result<Vec<u8>, ServiceError> {
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.to_unreachable(&error))? {
            if body.len() + part.len() > max {
                return Err(ServiceError::InvalidResponse(format!("it has more than {max} bytes")));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    fn to_unreachable(&self, error: &reqwest::Error) -> ServiceError {
        if let Some(failure) = self.network.proxy_failure(&self.base, error) {
            return failure.into();
        }
        let sent = !error.is_connect() && !error.is_builder();
        ServiceError::Unreachable { host: self.host(), reason: failure_reason(error), sent }
    }
}

/// Returns the body of a response whose status says success.
///
/// # Errors
/// Returns `Refused` or `InvalidResponse`.
pub(super) fn require_success(status: u16, body: Vec<u8>) -> Result<Vec<u8>, ServiceError> {
    if (200..300).contains(&status) {
        return Ok(body);
    }
    Err(match Problem::parse(&body) {
        Some(Problem { status, code, detail, clause, retry_after }) => {
            ServiceError::Refused { status, code, detail, clause, retry_after }
        }
        None => ServiceError::InvalidResponse(format!("HTTP status {status} without a problem description")),
    })
}

/// Returns a service's text as it may be printed on a terminal: short, and without control characters.
fn to_plain(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_accepted_for_this_machine_only() {
        for accepted in
            ["https://prover.example", "http://127.0.0.1:8640", "http://localhost:1/below", "http://[::1]:2"]
        {
            assert!(Service::new(accepted, &Network::direct(), Purpose::Read, None).is_ok(), "{accepted}");
        }
        for (url, clear) in [
            ("http://prover.example", true),
            ("http://10.0.0.1", true),
            ("http://localhost.example", true),
            ("ftp://127.0.0.1", false),
            ("prover.example", false),
            ("", false),
        ] {
            let error = Service::new(url, &Network::direct(), Purpose::Read, None).err().unwrap();
            assert_eq!(matches!(error, ServiceError::InsecureTransport { .. }), clear, "{error}");
        }
    }
}
