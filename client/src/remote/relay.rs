//! A relayer over HTTP. Its answers are verified or not used: its receipt by the signature, and whether it kept its
//! promise by the chain alone.

mod inclusion;

pub use inclusion::{Inclusion, InclusionError, find_ballot, find_claim};

use std::time::Duration;

use psephos_chain::{Network, Purpose};
use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{Address, B256, Deployment};
use psephos_wire::{
    ClaimPackage, Package, PackageError,
    relay::{Receipt, ReceiptError, RelayInfo, SubmissionKind, SubmissionStatus, ballot_id, claim_id},
};
use reqwest::Method;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    Service, ServiceError,
    oblivious::{ObliviousError, ObliviousRelay},
    service::require_success,
};

/// The reason why a relayer did not accept a package. The package remains valid in each case: another relayer may take
/// it, or its voter sends it directly.
#[derive(Debug, thiserror::Error)]
pub enum RemoteRelayerError {
    /// The relayer returned no valid response.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The package does not decode.
    #[error("the package cannot be read: {0}")]
    Package(#[from] PackageError),
}

impl RemoteRelayerError {
    fn invalid_response(what: impl Into<String>) -> Self {
        ServiceError::InvalidResponse(what.into()).into()
    }
}

impl From<ReceiptError> for RemoteRelayerError {
    fn from(error: ReceiptError) -> Self {
        Self::invalid_response(error.to_string())
    }
}

/// A receipt and the relayer that issued it, which a voter stores beside the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The relayer's URL. It may hold a key: messages name the relayer by its host.
    pub url: String,
    /// The signed receipt.
    pub receipt: Receipt,
}

/// A client of a relayer. Its requests contain nothing by which the relayer could tell its voters apart, and it never
/// follows a redirect with a ballot.
#[derive(Clone)]
pub struct RemoteRelayer {
    service: Service,
    /// The relay through which all requests go, if there is one: then none goes to the relayer itself.
    relay: Option<ObliviousRelay>,
}

impl RemoteRelayer {
    /// Creates a client of the relayer at a URL, without a request. Plain HTTP is accepted for this machine and for
    /// onion services only: an eavesdropper would learn which ballot comes from where.
    ///
    /// # Errors
    /// Returns `Service` with `InvalidUrl`, `InsecureTransport` or `Network`.
    pub fn new(url: &str, network: &Network) -> Result<Self, RemoteRelayerError> {
        Ok(Self { service: Service::new(url, network, Purpose::HandOver, None)?, relay: None })
    }

    /// Has all requests go through an Oblivious HTTP relay: the relayer does not learn from where they come, and
    /// nothing goes to it around the relay, whatever fails.
    #[must_use]
    pub fn through_relay(self, relay: ObliviousRelay) -> Self {
        Self { relay: Some(relay), ..self }
    }

    /// Requests the relayer's description of itself.
    ///
    /// # Errors
    /// Returns `Service`, with `InvalidResponse` also if the relayer serves another deployment.
    pub async fn fetch_info(&self, deployment: &Deployment) -> Result<RelayInfo, RemoteRelayerError> {
        let info: RelayInfo = self.request_json(Method::GET, "v1/relay", None).await?;
        if (info.chain_id, info.polls, info.rewards) != (deployment.chain_id, deployment.polls, deployment.rewards) {
            return Err(RemoteRelayerError::invalid_response(format!(
                "it serves the polls contract {} on chain {}, not this deployment",
                info.polls, info.chain_id
            )));
        }
        Ok(info)
    }

    /// Submits a ballot. The receipt is verified: it is for this very ballot, and signed by the account that `info`
    /// names.
    /// `closes_at` is the time at which the poll closes, in seconds since 1970.
    ///
    /// # Errors
    /// Returns [`RemoteRelayerError`].
    pub async fn submit_ballot(
        &self,
        info: &RelayInfo,
        package: &Package,
        closes_at: u64,
    ) -> Result<Promise, RemoteRelayerError> {
        let contents = package.contents()?;
        let receipt: Receipt = self.request_json(Method::POST, "v1/ballots", Some(package.to_json())).await?;
        let id = ballot_id(package, &contents);
        verify_receipt(
            &receipt,
            info.relayer,
            (SubmissionKind::Ballot, id, package.chain_id, package.polls),
            (package.poll, package.fingerprint, package.chamber),
        )?;
        if receipt.promised_by > closes_at {
            return Err(RemoteRelayerError::invalid_response(
                "it promises the ballot for a time after the poll's close",
            ));
        }
        Ok(Promise { url: self.service.url().to_owned(), receipt })
    }

    /// Submits a claim, as [`submit_ballot`](Self::submit_ballot) submits a ballot. `fingerprint` is that of its poll,
    /// and `deadline` the claim deadline, in seconds since 1970.
    ///
    /// # Errors
    /// Returns [`RemoteRelayerError`].
    pub async fn submit_claim(
        &self,
        info: &RelayInfo,
        package: &ClaimPackage,
        fingerprint: PollFingerprint,
        deadline: u64,
    ) -> Result<Promise, RemoteRelayerError> {
        let id = claim_id(package)?;
        let receipt: Receipt = self.request_json(Method::POST, "v1/claims", Some(package.to_json())).await?;
        let subject = (SubmissionKind::Claim, id, package.chain_id, package.rewards);
        verify_receipt(&receipt, info.relayer, subject, (package.poll, fingerprint, package.chamber))?;
        if receipt.promised_by > deadline {
            return Err(RemoteRelayerError::invalid_response(
                "it promises the claim for a time after the claim deadline",
            ));
        }
        Ok(Promise { url: self.service.url().to_owned(), receipt })
    }

    /// Requests the status of a ballot or claim by its receipt. It only hints when to look at the chain, and never
    /// proves that something is there.
    ///
    /// # Errors
    /// Returns [`RemoteRelayerError`]: `Service` with `Refused` and status 404 if the relayer denies what it has
    /// signed.
    pub async fn fetch_submission_status(&self, receipt: &Receipt) -> Result<SubmissionStatus, RemoteRelayerError> {
        let path = format!("v1/{}s/{}", receipt.kind.as_str(), receipt.id);
        let status: SubmissionStatus = self.request_json(Method::GET, &path, None).await?;
        if status.id != receipt.id || status.kind != receipt.kind {
            return Err(RemoteRelayerError::invalid_response("its response is about another submission"));
        }
        Ok(status)
    }

    async fn request_json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<T, RemoteRelayerError> {
        let mut retries = 0;
        loop {
            match self.send_for_json(method.clone(), path, body.as_deref()).await {
                // The rate limit of one sender, or of a gateway: the response says when to try again.
                Err(
                    ServiceError::Refused { status: 429, retry_after: Some(seconds), .. }
                    | ServiceError::Oblivious(ObliviousError::Refused {
                        status: 429, retry_after: Some(seconds), ..
                    }),
                ) if retries < MAX_RETRIES => {
                    retries += 1;
                    tokio::time::sleep(Duration::from_secs(seconds.clamp(1, 20))).await;
                }
                answer => return Ok(answer?),
            }
        }
    }

    async fn send_for_json<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&str>,
    ) -> Result<T, ServiceError> {
        if let Some(relay) = &self.relay {
            // The gateway has the relayer's routes at its root, whatever lies before them at the relayer's URL.
            let response = relay.exchange(method.as_str(), &self.service.host(), format!("/{path}"), body).await?;
            let body = require_success(response.status, response.body)?;
            return serde_json::from_slice(&body).map_err(|error| ServiceError::InvalidResponse(error.to_string()));
        }
        let request = self.service.build_request(method, path)?;
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_owned()),
            None => request,
        };
        self.service.send_for_json(request).await
    }
}

/// Number of retries if the relayer is busy.
const MAX_RETRIES: u32 = 5;

type Subject = (SubmissionKind, B256, ChainId, Address);
/// A poll, its fingerprint, and a chamber.
type Place = (PollId, PollFingerprint, ChamberId);

/// Requires that a receipt was signed by the relayer, for this submission.
fn verify_receipt(
    receipt: &Receipt,
    relayer: Address,
    subject: Subject,
    place: Place,
) -> Result<(), RemoteRelayerError> {
    receipt.verify()?;
    if receipt.relayer != relayer {
        return Err(RemoteRelayerError::invalid_response(format!(
            "its receipt is signed by {}, but its account is {relayer}",
            receipt.relayer
        )));
    }
    let Receipt { kind, id, chain_id, contract, poll, fingerprint, chamber, .. } = receipt;
    if (*kind, *id, *chain_id, *contract) != subject || (*poll, *chamber) != (place.0, place.2) {
        return Err(RemoteRelayerError::invalid_response("its receipt is for another submission"));
    }
    if *fingerprint != place.1 {
        let what = format!("it knows poll {poll} as {fingerprint}, not as {}: its node shows another poll", place.1);
        return Err(RemoteRelayerError::invalid_response(what));
    }
    if receipt.promised_by < receipt.accepted_at {
        return Err(RemoteRelayerError::invalid_response("its receipt promises a time before it was issued"));
    }
    Ok(())
}
