//! Fetching pages of events. Requests name blocks only: an indexer learns that a client reads, but not for which poll
//! or member.

use psephos_protocol::identifiers::ChamberId;
use std::time::Duration;

use reqwest::{Client, Url};

use super::{error::IndexerError, snapshot::Snapshot};
use crate::{
    host::{failure_reason, host_of},
    network::{Network, Purpose},
};
use psephos_state::{
    ChainState, Deployment,
    census::{self, CensusPage},
    events::{EventPage, EventPageHeader},
};

/// The largest accepted response, in bytes.
const MAX_RESPONSE_BYTES: usize = 64 << 20;
/// More pages than a deployment can have.
const MAX_PAGES: usize = 1 << 16;
/// The time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A client of an indexer.
#[derive(Clone, Debug)]
pub struct IndexerClient {
    client: Client,
    network: Network,
    url: Url,
}

impl IndexerClient {
    /// Creates a client of the indexer at this URL, without any request yet. Plain HTTP is accepted for this machine
    /// and for onion services only: otherwise anyone on the way could change the census and the poll that a voter is
    /// shown.
    ///
    /// # Errors
    /// [`IndexerError::InvalidUrl`] if the URL is invalid, [`IndexerError::InsecureTransport`] and
    /// [`IndexerError::Network`].
    pub fn new(url: &str, network: &Network) -> Result<Self, IndexerError> {
        let parsed: Url = url.parse().map_err(|_| IndexerError::InvalidUrl)?;
        let client = network.client_builder(&parsed, Purpose::Read)?;
        match parsed.scheme() {
            "https" => {}
            "http" if network.permits_plain_http(&parsed) => {}
            "http" => return Err(IndexerError::InsecureTransport(host_of(url))),
            _ => return Err(IndexerError::InvalidUrl),
        }
        let client = client.connect_timeout(network.connect_timeout(&parsed)).timeout(TIMEOUT);
        let client = client.build().map_err(|_| IndexerError::InvalidUrl)?;
        Ok(Self { client, network: network.clone(), url: parsed })
    }

    /// Fetches all events and returns the state that they lead to.
    ///
    /// # Errors
    /// [`IndexerError`] if the indexer does not answer, or not with this deployment's events.
    pub async fn fetch_snapshot(&self, deployment: &Deployment) -> Result<Snapshot, IndexerError> {
        let mut state = ChainState::empty(deployment.clone());
        let mut from = deployment.from_block;
        for _ in 0..MAX_PAGES {
            let page = EventPage::from_bytes(&self.get_bytes(&format!("v1/events?from={from}")).await?)?;
            let EventPageHeader { chain_id, polls, to, head, hash, time, .. } = page.header;
            if (chain_id, polls) != (deployment.chain_id, deployment.polls) {
                let (found, expected) = (format!("{chain_id}:{polls}"), deployment.id());
                return Err(IndexerError::OtherDeployment { found, expected });
            }
            if page.header.from != from || to < from || to > head {
                return Err(IndexerError::UnexpectedPage { asked: from, from: page.header.from, to });
            }
            state.apply_logs(&page.decode_logs(deployment)?);
            if to == head {
                (state.block, state.time) = (head, time);
                return Ok(Snapshot { state, hash });
            }
            from = to + 1;
        }
        Err(IndexerError::ResponseTooLarge(MAX_PAGES * MAX_RESPONSE_BYTES))
    }

    /// Fetches the whole census of a chamber. Its root is the one that it states; whether it is the chain's, only the
    /// registry can say.
    ///
    /// # Errors
    /// [`IndexerError`] if the indexer does not answer, or not with this census.
    pub async fn fetch_census(&self, deployment: &Deployment, chamber: ChamberId) -> Result<CensusPage, IndexerError> {
        let places = census::decode_census(&self.get_bytes(&format!("v1/chambers/{chamber}/census")).await?)?;
        let header = places.header;
        if (header.chain_id, header.registry, header.chamber) != (deployment.chain_id, deployment.registry, chamber) {
            let found = format!("{}:{}, chamber {}", header.chain_id, header.registry, header.chamber);
            let expected = format!("{}:{}, chamber {chamber}", deployment.chain_id, deployment.registry);
            return Err(IndexerError::OtherDeployment { found, expected });
        }
        places.rebuild_census()?;
        Ok(places)
    }

    async fn get_bytes(&self, path: &str) -> Result<Vec<u8>, IndexerError> {
        let url = format!("{}/{path}", self.url.as_str().trim_end_matches('/'));
        let unreachable = |reason: String| IndexerError::Unreachable { host: host_of(self.url.as_str()), reason };
        let failed = |error: reqwest::Error| match self.network.proxy_failure(&self.url, &error) {
            Some(failure) => failure.into(),
            None => unreachable(failure_reason(&error)),
        };
        let mut response = self.client.get(url).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(unreachable(format!("it answers with status {}", response.status())));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > MAX_RESPONSE_BYTES {
                return Err(IndexerError::ResponseTooLarge(MAX_RESPONSE_BYTES));
            }
            bytes.extend(chunk);
        }
        Ok(bytes)
    }
}
