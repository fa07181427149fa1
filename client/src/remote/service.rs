//! A service's address, and how it is asked.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, Url};
use serde::{Deserialize, de::DeserializeOwned};
use zeroize::Zeroizing;

/// No answer is longer than this, in bytes.
const MOST: usize = 1024 * 1024;

/// Why a service gave no answer that is worth something.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The address.
    #[error("`{url}` is not the address of a service: it should look like https://prover.example")]
    BadUrl {
        /// What was given.
        url: String,
    },
    /// In the clear over a network.
    #[error("{url} would be asked in the clear: take https, or a service on this machine")]
    InTheClear {
        /// What was given.
        url: String,
    },
    /// Nobody answers.
    #[error("no service answers at {url}: {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        reason: String,
        /// Whether it may have got the request.
        sent: bool,
    },
    /// It refuses.
    #[error("the service refuses: {detail}{}", clause.as_deref().map_or(String::new(), |clause| format!(" ({clause})")))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its name of the refusal.
        code: String,
        /// In words.
        detail: String,
        /// The clause of the statement that it says does not hold.
        clause: Option<String>,
        /// Seconds after which to try again.
        retry_after: Option<u64>,
    },
    /// It answers something else than it should.
    #[error("the service answers what it should not: {0}")]
    Nonsense(String),
    /// It has given up.
    #[error("the service made no proof: {0}")]
    Failed(String),
    /// It took too long.
    #[error("the service made no proof in {0} s: prove on this machine, or try again")]
    TooSlow(u64),
}

/// A service at an address.
#[derive(Clone)]
pub struct Service {
    client: Client,
    base: Url,
    token: Option<Zeroizing<String>>,
}

#[derive(Deserialize)]
struct Refusal {
    status: u16,
    code: String,
    detail: String,
    clause: Option<String>,
    retry_after: Option<u64>,
}

impl Service {
    /// The service at an address. Over http only on this machine.
    ///
    /// # Errors
    /// `BadUrl`, `InTheClear`.
    pub fn new(url: &str, token: Option<Zeroizing<String>>) -> Result<Self, RemoteError> {
        let bad = || RemoteError::BadUrl { url: url.chars().take(200).collect() };
        let mut base: Url = url.parse().map_err(|_| bad())?;
        let local = match base.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => return Err(bad()),
        };
        match base.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(RemoteError::InTheClear { url: url.to_owned() }),
            _ => return Err(bad()),
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        psephos_chain::tls::install_provider();
        let builder = Client::builder();
        // What is asked in the clear goes to this machine itself, whatever proxy the environment names.
        let builder = if base.scheme() == "http" { builder.no_proxy() } else { builder };
        let client = builder
            .user_agent("psephos")
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| RemoteError::Unreachable {
                url: url.to_owned(),
                reason: error.to_string(),
                sent: false,
            })?;
        Ok(Self { client, base, token })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.base.as_str()
    }

    /// A request to one of its routes, `v1/..`.
    pub(super) fn request(&self, method: Method, route: &str) -> Result<RequestBuilder, RemoteError> {
        let url = self.base.join(route).map_err(|_| RemoteError::BadUrl { url: self.base.to_string() })?;
        let request = self.client.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token.as_str()),
            None => request,
        })
    }

    /// Sends a request and reads its answer as JSON.
    ///
    /// # Errors
    /// `Unreachable`, `Refused`, `Nonsense`.
    pub(super) async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, RemoteError> {
        let bytes = self.bytes(request, MOST).await?;
        serde_json::from_slice(&bytes).map_err(|error| RemoteError::Nonsense(error.to_string()))
    }

    /// Sends a request and reads its answer, up to `most` bytes.
    ///
    /// # Errors
    /// `Unreachable`, `Refused`, `Nonsense`.
    pub(super) async fn bytes(&self, request: RequestBuilder, most: usize) -> Result<Vec<u8>, RemoteError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let body = self.read(response, most).await?;
        if status.is_success() {
            return Ok(body);
        }
        let known: Option<Refusal> = serde_json::from_slice(&body).ok();
        Err(match known {
            Some(Refusal { status, code, detail, clause, retry_after }) => {
                RemoteError::Refused { status, code, detail, clause, retry_after }
            }
            None => RemoteError::Nonsense(format!("status {status} without an explanation")),
        })
    }

    async fn read(&self, mut response: Response, most: usize) -> Result<Vec<u8>, RemoteError> {
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if body.len() + part.len() > most {
                return Err(RemoteError::Nonsense(format!("more than {most} bytes")));
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    fn unreachable(&self, error: &reqwest::Error) -> RemoteError {
        // The error's own text has the address, and at its end what is the matter.
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        let sent = !error.is_connect() && !error.is_builder();
        RemoteError::Unreachable { url: self.base.to_string(), reason: cause.to_string(), sent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_in_the_clear_to_this_machine_alone() {
        for taken in ["https://prover.example", "http://127.0.0.1:8640", "http://localhost:1/below", "http://[::1]:2"] {
            assert!(Service::new(taken, None).is_ok(), "{taken}");
        }
        for (url, clear) in [
            ("http://prover.example", true),
            ("http://10.0.0.1", true),
            ("http://localhost.example", true),
            ("ftp://127.0.0.1", false),
            ("prover.example", false),
            ("", false),
        ] {
            let error = Service::new(url, None).err().unwrap();
            assert_eq!(matches!(error, RemoteError::InTheClear { .. }), clear, "{error}");
        }
    }
}
