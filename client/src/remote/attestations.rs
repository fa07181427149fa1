//! Publishing and fetching attestations. The service that keeps them is not believed: it can withhold them, and nothing
//! else, because each is signed by its trustee.

use psephos_chain::{Network, Purpose};
use psephos_wire::Attestation;
use reqwest::Method;

use super::{Service, ServiceError};

/// A client of a service that keeps attestations: `psephos serve` with an indexer.
#[derive(Clone)]
pub struct AttestationService(Service);

impl AttestationService {
    /// Creates a client of the service at a URL, without a request.
    ///
    /// # Errors
    /// Returns `InvalidUrl`, `InsecureTransport` or `Network`.
    pub fn new(url: &str, network: &Network) -> Result<Self, ServiceError> {
        Ok(Self(Service::new(url, network, Purpose::Read, None)?))
    }

    /// Publishes an attestation. Publishing it again changes nothing.
    ///
    /// # Errors
    /// Returns [`ServiceError`].
    pub async fn publish(&self, attestation: &Attestation) -> Result<(), ServiceError> {
        // A struct of numbers and strings always has a JSON form.
        let body = serde_json::to_string(attestation).unwrap_or_default();
        let request = self.0.build_request(Method::POST, "v1/attestations")?;
        let request = request.header("content-type", "application/json").body(body);
        let _: serde_json::Value = self.0.send_for_json(request).await?;
        Ok(())
    }

    /// Fetches the attestations of all polls that have not ended, so that the service does not learn which one its
    /// client is about to vote in. None of them is verified.
    ///
    /// # Errors
    /// Returns [`ServiceError`].
    pub async fn fetch(&self) -> Result<Vec<Attestation>, ServiceError> {
        let request = self.0.build_request(Method::GET, "v1/attestations")?;
        self.0.send_for_json(request).await
    }
}
