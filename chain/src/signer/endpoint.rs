//! Requests to a signer: encrypted off this machine, limited in time and in length, and made once.

use std::time::Duration;

use reqwest::{Client, Response, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::SignerError;
use crate::{
    host::{failure_reason, hide_url_secrets, host_of},
    network::{Network, Purpose},
};

/// The maximum length of an answer, in bytes: a signed transaction with the code of a contract is a quarter of it.
const MAX_ANSWER: usize = 1024 * 1024;
/// The maximum length of a signer's message, in characters.
const MAX_MESSAGE: usize = 400;

/// Where a signer answers.
#[derive(Clone)]
pub(super) struct Endpoint {
    client: Client,
    network: Network,
    url: Url,
    timeout: Duration,
}

#[derive(Deserialize)]
struct Envelope {
    result: Option<Value>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: i64,
    message: String,
}

impl Endpoint {
    /// Creates it; nothing is sent.
    ///
    /// # Errors
    /// `InvalidUrl`, `InsecureTransport`, `Network`.
    pub(super) fn new(url: &str, network: &Network, timeout: Duration) -> Result<Self, SignerError> {
        let host = host_of(url);
        let url: Url = url.parse().map_err(|_| SignerError::InvalidUrl)?;
        let builder = network.client_builder(&url, Purpose::Sign)?;
        match url.scheme() {
            "https" => {}
            "http" if network.permits_plain_http(&url) => {}
            "http" => return Err(SignerError::InsecureTransport { host }),
            _ => return Err(SignerError::InvalidUrl),
        }
        let built = builder.connect_timeout(network.connect_timeout(&url).min(timeout)).timeout(timeout).build();
        let client = built.map_err(|error| SignerError::Unreachable { host, reason: failure_reason(&error) })?;
        Ok(Self { client, network: network.clone(), url, timeout })
    }

    /// Returns the host, by which messages name the signer.
    pub(super) fn host(&self) -> String {
        host_of(self.url.as_str())
    }

    /// Calls a method and returns its result.
    ///
    /// # Errors
    /// `Network`, `Unreachable`, `TimedOut`, `Refused`, `InvalidAnswer`.
    pub(super) async fn call(&self, method: &'static str, parameters: Value) -> Result<Value, SignerError> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let response = self.client.post(self.url.clone()).json(&request).send().await;
        let response = response.map_err(|error| self.classify(&error))?;
        let status = response.status();
        let body = self.read_body(response).await?;
        let invalid = |reason: String| SignerError::InvalidAnswer { host: self.host(), reason };
        // Some signers answer a refusal with an HTTP status as well: what they say counts, if they say it.
        match serde_json::from_slice::<Envelope>(&body) {
            Ok(Envelope { error: Some(Refusal { code, message }), .. }) => {
                let message = self.to_plain(&message);
                Err(SignerError::Refused { host: self.host(), method, code, message })
            }
            Ok(Envelope { result: Some(result), .. }) if status.is_success() => Ok(result),
            _ if !status.is_success() => Err(invalid(format!("HTTP status {status}"))),
            _ => Err(invalid("it is no JSON-RPC response".into())),
        }
    }

    async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, SignerError> {
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|error| self.classify(&error))? {
            if body.len() + part.len() > MAX_ANSWER {
                let reason = format!("it has more than {MAX_ANSWER} bytes");
                return Err(SignerError::InvalidAnswer { host: self.host(), reason });
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }

    fn classify(&self, error: &reqwest::Error) -> SignerError {
        if let Some(failure) = self.network.proxy_failure(&self.url, error) {
            return failure.into();
        }
        let host = self.host();
        match error.is_timeout() {
            true => SignerError::TimedOut { host, seconds: self.timeout.as_secs() },
            false => SignerError::Unreachable { host, reason: failure_reason(error) },
        }
    }

    /// Returns a signer's text as it may be printed: short, without control characters and without the URL's secrets.
    fn to_plain(&self, text: &str) -> String {
        let text: String = text.chars().filter(|char| !char.is_control()).take(MAX_MESSAGE).collect();
        hide_url_secrets(&text, self.url.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_accepted_for_this_machine_only() {
        let timeout = Duration::from_secs(1);
        for accepted in ["https://signer.example", "http://127.0.0.1:8550", "http://localhost:9000", "http://[::1]:2"] {
            assert!(Endpoint::new(accepted, &Network::direct(), timeout).is_ok(), "{accepted}");
        }
        for (url, clear) in [
            ("http://signer.example/canary", true),
            ("http://10.0.0.1", true),
            ("http://localhost.example", true),
            ("ftp://127.0.0.1", false),
            ("signer.example", false),
            ("", false),
        ] {
            let error = Endpoint::new(url, &Network::direct(), timeout).err().unwrap();
            assert_eq!(matches!(error, SignerError::InsecureTransport { .. }), clear, "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
