//! Oblivious HTTP (RFC 9458): requests to a relayer that it cannot trace to the one who makes them.
//!
//! The relay sees from where a request comes, and the relayer's gateway what is in it. They must be two parties: what
//! both know together is what one relayer would know. Nothing here asks the relayer directly, but for its key, and for
//! that only through a SOCKS proxy: a request for the key shows who is about to hand a ballot over.

mod error;
mod key;

pub use error::ObliviousError;
pub use key::{GatewayKey, MAX_KEY_BYTES};

use psephos_chain::{Network, Purpose};
use psephos_wire::oblivious::{
    ObliviousRequest, ObliviousResponse, REQUEST_TYPE, RESPONSE_BYTES, RESPONSE_OVERHEAD, RESPONSE_TYPE, UNKNOWN_KEY,
};
use reqwest::{
    Method,
    header::{self, HeaderMap},
};

use super::{Service, ServiceError, service::Problem};

/// A relay, and the key of the gateway behind it.
#[derive(Clone)]
pub struct ObliviousRelay {
    service: Service,
    key: GatewayKey,
}

impl ObliviousRelay {
    /// Creates a client of the relay at a URL, without a request.
    ///
    /// # Errors
    /// Returns `InvalidUrl`, `InsecureTransport` or `Network`.
    pub fn new(url: &str, network: &Network, key: GatewayKey) -> Result<Self, ServiceError> {
        Ok(Self { service: Service::new_exact(url, network, Purpose::HandOver)?, key })
    }

    /// Returns the relay's host, by which messages name it.
    pub fn host(&self) -> String {
        self.service.host()
    }

    /// Sends a request through the relay and returns the response of the relayer behind it.
    ///
    /// # Errors
    /// Returns `Network`, `Unreachable` (of the relay) or `Oblivious`.
    pub(super) async fn exchange(
        &self,
        method: &str,
        authority: &str,
        path: String,
        body: Option<&str>,
    ) -> Result<ObliviousResponse, ServiceError> {
        let request = ObliviousRequest {
            method: method.to_owned(),
            authority: authority.to_owned(),
            path,
            body: body.unwrap_or_default().into(),
        };
        let encoded = request.encode().map_err(ObliviousError::from)?;
        let sealing = self.key.to_request()?.encapsulate(&encoded);
        let (sealed, opening) = sealing.map_err(|error| ObliviousError::Encapsulation(error.to_string()))?;
        let sent = self.service.build_request(Method::POST, "")?.header(header::CONTENT_TYPE, REQUEST_TYPE);
        let max = RESPONSE_BYTES + RESPONSE_OVERHEAD;
        let (status, headers, body) = self.service.send_for_response(sent.body(sealed), max).await?;
        if !status.is_success() || !has_type(&headers, RESPONSE_TYPE) {
            return Err(self.refusal(status.as_u16(), &body).into());
        }
        let opened = opening.decapsulate(&body).map_err(|_| ObliviousError::Damaged { host: self.host() })?;
        Ok(ObliviousResponse::decode(&opened).map_err(ObliviousError::from)?)
    }

    /// Returns the error of a response that is not encapsulated. Anyone on the way could have made it: it says why
    /// there is no response, and nothing about a ballot.
    fn refusal(&self, status: u16, body: &[u8]) -> ObliviousError {
        let host = self.host();
        match Problem::parse(body) {
            Some(problem) if problem.code == UNKNOWN_KEY => ObliviousError::UnknownKey { host },
            Some(Problem { status, code, detail, retry_after, .. }) => {
                ObliviousError::Refused { host, status, code, detail, retry_after }
            }
            None => ObliviousError::NotRelay { host, status },
        }
    }
}

fn has_type(headers: &HeaderMap, expected: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected))
}
