//! A relayer over HTTP. What it says is checked or not used: its receipt by its signature, and whether it kept its word on the chain alone.

mod inclusion;

pub use inclusion::{Inclusion, ballot_inclusion, claim_inclusion};

use std::time::Duration;

use psephos_chain::{Address, B256, Deployment, connection::choose_cryptography};
use psephos_exchange::{
    ClaimPackage, Package,
    relay::{Kind, Receipt, ReceiptError, RelayInfo, Standing, ballot_id, claim_id},
};
use reqwest::{Client, Method, StatusCode, Url, redirect::Policy};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// No answer is longer, in bytes.
const MOST: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a relayer is of no use. In each case the package is as good as before: another relayer may take it, or its voter sends it directly.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The address is not one.
    #[error("`{0}` is not the address of a relayer: it should look like https://relayer.example")]
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

/// A relayer at an address.
#[derive(Clone, Debug)]
pub struct RemoteRelayer {
    client: Client,
    url: Url,
}

/// The body of a refusal.
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

impl RemoteRelayer {
    /// A relayer at an address. Nothing is asked yet.
    ///
    /// # Errors
    /// `BadUrl`.
    pub fn new(url: &str) -> Result<Self, RelayError> {
        let bad = || RelayError::BadUrl(url.to_owned());
        let mut parsed: Url = url.parse().map_err(|_| bad())?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.cannot_be_a_base() {
            return Err(bad());
        }
        if !parsed.path().ends_with('/') {
            parsed.set_path(&format!("{}/", parsed.path()));
        }
        choose_cryptography();
        // Nothing that tells clients apart, and nobody is followed elsewhere with a ballot.
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        Ok(Self { client: client.map_err(|error| RelayError::Down(error.to_string()))?, url: parsed })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.url.as_str()
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
            (Kind::Ballot, id, package.chain_id, package.polls, package.poll, package.chamber),
        )?;
        if receipt.promised_by > closes_at {
            return Err(RelayError::Lies("it promises the ballot for a time when the poll is closed".into()));
        }
        Ok(Promise { url: self.url.to_string(), receipt })
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
        let about = (Kind::Claim, id, package.chain_id, package.rewards, package.poll, package.chamber);
        check(&receipt, info.relayer, about)?;
        if receipt.promised_by > deadline {
            return Err(RelayError::Lies("it promises the claim for a time when claims are over".into()));
        }
        Ok(Promise { url: self.url.to_string(), receipt })
    }

    /// Where it says that something is. Only a reason to look at the chain sooner or later: never whether it is there.
    ///
    /// # Errors
    /// [`RelayError`]; `Refused` with 404 if it denies what it has signed.
    pub async fn standing(&self, receipt: &Receipt) -> Result<Standing, RelayError> {
        let path = format!("v1/{}s/{}", receipt.kind.as_str(), receipt.id);
        let standing: Standing = self.ask(Method::GET, &path, None).await?;
        if standing.id != receipt.id || standing.kind != receipt.kind {
            return Err(RelayError::Lies("it answers for something else".into()));
        }
        Ok(standing)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<T, RelayError> {
        let url = self.url.join(path).map_err(|_| RelayError::BadUrl(self.url.to_string()))?;
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let down = |error: reqwest::Error| RelayError::Down(error.without_url().to_string());
        let mut answer = request.send().await.map_err(down)?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(down)? {
            if bytes.len() + chunk.len() > MOST {
                return Err(RelayError::Lies("its answer does not end".into()));
            }
            bytes.extend_from_slice(&chunk);
        }
        if matches!(status, StatusCode::OK | StatusCode::ACCEPTED) {
            return serde_json::from_slice(&bytes).map_err(|error| RelayError::Lies(format!("its answer: {error}")));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Problem { code, detail }) => {
                // What ends up in a terminal is short, and text.
                let plain = |text: String| text.chars().filter(|char| !char.is_control()).take(400).collect();
                Err(RelayError::Refused { status: status.as_u16(), code: plain(code), detail: plain(detail) })
            }
            Err(_) => Err(RelayError::Down(format!("it answers {status}"))),
        }
    }
}

type About = (Kind, B256, u64, Address, u64, u64);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_relayers() {
        for url in ["", "relayer.example", "ftp://relayer.example", "file:///etc/passwd"] {
            assert!(matches!(RemoteRelayer::new(url), Err(RelayError::BadUrl(_))), "{url}");
        }
        for (url, whole) in [
            ("https://relayer.example", "https://relayer.example/"),
            ("http://127.0.0.1:8080/psephos", "http://127.0.0.1:8080/psephos/"),
        ] {
            assert_eq!(RemoteRelayer::new(url).unwrap().url(), whole);
        }
    }
}
