//! A relayer over HTTP. What it says is checked or not used: its receipt by its signature, and whether it kept its word on the chain alone.

mod inclusion;

pub use inclusion::{Inclusion, ballot_inclusion, claim_inclusion};

use std::time::Duration;

use psephos_state::{Address, B256, Deployment};
use psephos_wire::{
    ClaimPackage, Package,
    relay::{Receipt, ReceiptError, RelayInfo, SubmissionKind, SubmissionStatus, ballot_id, claim_id},
};
use reqwest::Method;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{RemoteError, Service};

/// Why a relayer is of no use. In each case the package is as good as before: another relayer may take it, or its voter sends it directly.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The address is not one.
    #[error("{0}")]
    BadUrl(String),
    /// Nobody answers, or not in time.
    #[error("the relayer does not answer: {0}")]
    Down(String),
    /// It refuses.
    #[error("the relayer refuses it ({code}): {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Why, for programs.
        code: String,
        /// Why, in words.
        detail: String,
    },
    /// It answers something else than what it should.
    #[error("the relayer is not to be believed: {0}")]
    Lies(String),
    /// The package cannot be read.
    #[error("the package cannot be read: {0}")]
    Package(String),
}

impl From<RemoteError> for RelayError {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::BadUrl { .. } | RemoteError::InTheClear { .. } => Self::BadUrl(error.to_string()),
            RemoteError::Refused { status, code, detail, .. } => {
                // What ends up in a terminal is short, and text.
                let plain = |text: String| text.chars().filter(|char| !char.is_control()).take(400).collect();
                Self::Refused { status, code: plain(code), detail: plain(detail) }
            }
            RemoteError::Nonsense(what) => Self::Lies(what),
            other => Self::Down(other.to_string()),
        }
    }
}

impl From<ReceiptError> for RelayError {
    fn from(error: ReceiptError) -> Self {
        Self::Lies(error.to_string())
    }
}

/// A receipt and whom it is from: what is kept beside a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The relayer's address.
    pub url: String,
    /// What it has signed.
    pub receipt: Receipt,
}

/// A relayer at an address. It is told nothing that tells its voters apart, and never follows one elsewhere with a ballot.
#[derive(Clone)]
pub struct RemoteRelayer(Service);

impl RemoteRelayer {
    /// A relayer at an address. Nothing is asked yet. Over http only on this machine: who listens would learn which ballot comes from where.
    ///
    /// # Errors
    /// `BadUrl`.
    pub fn new(url: &str) -> Result<Self, RelayError> {
        Ok(Self(Service::new(url, None)?))
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// `Down`, `Lies`: also if it works for another deployment.
    pub async fn info(&self, deployment: &Deployment) -> Result<RelayInfo, RelayError> {
        let info: RelayInfo = self.ask(Method::GET, "v1/relay", None).await?;
        if (info.chain_id, info.polls, info.rewards) != (deployment.chain_id, deployment.polls, deployment.rewards) {
            return Err(RelayError::Lies(format!("it works for {} on chain {}", info.polls, info.chain_id)));
        }
        Ok(info)
    }

    /// Gives it a ballot. The receipt is for this very ballot, and signed by the account that `info` names; `closes_at` is when the poll closes.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn submit(&self, info: &RelayInfo, package: &Package, closes_at: u64) -> Result<Promise, RelayError> {
        let contents = package.contents().map_err(|error| RelayError::Package(error.to_string()))?;
        let receipt: Receipt = self.ask(Method::POST, "v1/ballots", Some(package.to_json())).await?;
        let id = ballot_id(package, &contents);
        check(
            &receipt,
            info.relayer,
            (SubmissionKind::Ballot, id, package.chain_id, package.polls, package.poll, package.chamber),
        )?;
        if receipt.promised_by > closes_at {
            return Err(RelayError::Lies("it promises the ballot for a time when the poll is closed".into()));
        }
        Ok(Promise { url: self.url().to_owned(), receipt })
    }

    /// Gives it a claim; `deadline` is when claims end.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn submit_claim(
        &self,
        info: &RelayInfo,
        package: &ClaimPackage,
        deadline: u64,
    ) -> Result<Promise, RelayError> {
        let id = claim_id(package).map_err(|error| RelayError::Package(error.to_string()))?;
        let receipt: Receipt = self.ask(Method::POST, "v1/claims", Some(package.to_json())).await?;
        let about = (SubmissionKind::Claim, id, package.chain_id, package.rewards, package.poll, package.chamber);
        check(&receipt, info.relayer, about)?;
        if receipt.promised_by > deadline {
            return Err(RelayError::Lies("it promises the claim for a time when claims are over".into()));
        }
        Ok(Promise { url: self.url().to_owned(), receipt })
    }

    /// Where it says that something is. Only a reason to look at the chain sooner or later: never whether it is there.
    ///
    /// # Errors
    /// [`RelayError`]; `Refused` with 404 if it denies what it has signed.
    pub async fn submission_status(&self, receipt: &Receipt) -> Result<SubmissionStatus, RelayError> {
        let path = format!("v1/{}s/{}", receipt.kind.as_str(), receipt.id);
        let status: SubmissionStatus = self.ask(Method::GET, &path, None).await?;
        if status.id != receipt.id || status.kind != receipt.kind {
            return Err(RelayError::Lies("it answers for something else".into()));
        }
        Ok(status)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<T, RelayError> {
        let mut tries = 0;
        loop {
            let request = self.0.request(method.clone(), path)?;
            let request = match &body {
                Some(body) => request.header("content-type", "application/json").body(body.clone()),
                None => request,
            };
            match self.0.send(request).await {
                // Many packages of one sender: it says itself when to come back.
                Err(RemoteError::Refused { status: 429, retry_after: Some(seconds), .. }) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_secs(seconds.clamp(1, 20))).await;
                }
                answer => return Ok(answer?),
            }
        }
    }
}

/// How often a relayer that is busy is asked again.
const TRIES: u32 = 5;

type About = (SubmissionKind, B256, u64, Address, u64, u64);

/// Whether a receipt is the relayer's, and for this.
fn check(receipt: &Receipt, relayer: Address, about: About) -> Result<(), RelayError> {
    receipt.verify()?;
    if receipt.relayer != relayer {
        return Err(RelayError::Lies(format!(
            "its receipt is signed by {}, and it calls itself {relayer}",
            receipt.relayer
        )));
    }
    let Receipt { kind, id, chain_id, contract, poll, chamber, .. } = receipt;
    if (*kind, *id, *chain_id, *contract, *poll, *chamber) != about {
        return Err(RelayError::Lies("its receipt is for something else".into()));
    }
    if receipt.promised_by < receipt.accepted_at {
        return Err(RelayError::Lies("its receipt promises nothing".into()));
    }
    Ok(())
}
