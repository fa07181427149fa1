//! How a node is reached, and what the transactions that are sent through it offer.

use std::{fmt, sync::Arc, time::Duration};

use alloy::primitives::B256;
use reqwest::{
    Url,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    error::ChainError,
    gas_price::FeeOptions,
    host::{failure_reason, host_of},
    network::{Network, Purpose},
    nonce::ChosenNonce,
    tls,
    transport::NodeTransport,
};

/// The time limit of one request by default.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// Receives reports of the transactions of a connection. Its methods must return quickly.
pub trait SendObserver: Send + Sync {
    /// A transaction is being sent: from now on it may be mined, whatever the node answers.
    fn sending(&self, hash: B256);
    /// A transaction is not mined yet, this long after it was sent. Called from time to time.
    fn waiting(&self, hash: B256, elapsed: Duration);
}

/// A node, and how it is used. URL and headers may hold keys: neither is shown.
#[derive(Clone)]
pub struct ConnectionOptions {
    url: String,
    timeout: Duration,
    network: Network,
    headers: Vec<String>,
    fees: FeeOptions,
    nonce: Option<ChosenNonce>,
    observer: Option<Arc<dyn SendObserver>>,
}

impl<T: AsRef<str> + ?Sized> From<&T> for ConnectionOptions {
    fn from(url: &T) -> Self {
        Self::new(url.as_ref())
    }
}

impl fmt::Debug for ConnectionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (node, timeout) = (host_of(&self.url), self.timeout);
        f.debug_struct("ConnectionOptions").field("node", &node).field("timeout", &timeout).finish_non_exhaustive()
    }
}

impl ConnectionOptions {
    /// Creates options for the node at a URL, reached without a proxy, with the default time limit, estimated fees and
    /// no headers.
    pub fn new(url: &str) -> Self {
        let (network, headers, fees) = (Network::direct(), Vec::new(), FeeOptions::default());
        Self { url: url.to_owned(), timeout: DEFAULT_TIMEOUT, network, headers, fees, nonce: None, observer: None }
    }

    /// Limits the time of every request, connecting included.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Reaches the node through this network.
    #[must_use]
    pub fn with_network(self, network: Network) -> Self {
        Self { network, ..self }
    }

    /// Sends these headers, each `NAME: VALUE`, with every request.
    #[must_use]
    pub fn with_headers(self, headers: Vec<String>) -> Self {
        Self { headers, ..self }
    }

    /// Offers these fees.
    #[must_use]
    pub fn with_fees(self, fees: FeeOptions) -> Self {
        Self { fees, ..self }
    }

    /// Sends one transaction with this nonce, and no other.
    #[must_use]
    pub fn with_nonce(self, nonce: Option<ChosenNonce>) -> Self {
        Self { nonce, ..self }
    }

    /// Tells an observer of the transactions that are sent.
    #[must_use]
    pub fn with_observer(self, observer: Arc<dyn SendObserver>) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Returns options for reading from another node, with the same time limit and network. The headers are left out:
    /// they authenticate to this node.
    #[must_use]
    pub fn for_other_node(&self, url: &str) -> Self {
        Self::new(url).with_timeout(self.timeout).with_network(self.network.clone())
    }

    /// Returns the URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns whether the node is on this machine, where it is asked for news more often.
    pub(crate) fn is_local(&self) -> bool {
        self.url.parse().is_ok_and(|url| tls::is_this_machine(&url))
    }

    /// Returns the chosen fees.
    pub(crate) fn fees(&self) -> FeeOptions {
        self.fees
    }

    /// Returns the chosen nonce.
    pub(crate) fn nonce(&self) -> Option<&ChosenNonce> {
        self.nonce.as_ref()
    }

    /// Returns who receives reports of transactions.
    pub(crate) fn observer(&self) -> Option<&dyn SendObserver> {
        self.observer.as_deref()
    }

    /// Creates the transport to the node; nothing is sent.
    ///
    /// # Errors
    /// `InvalidUrl`, `InvalidHeader`; `Network` if the URL needs a proxy.
    pub(crate) fn build_transport(&self) -> Result<NodeTransport, ChainError> {
        let invalid = |reason: String| ChainError::InvalidUrl { reason };
        let url: Url = self.url.parse().map_err(|error| invalid(format!("{error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("its scheme is neither http nor https".into()));
        }
        let headers = self.parse_headers()?;
        let client = self.network.client_builder(&url, Purpose::Read)?.default_headers(headers);
        let client = client.connect_timeout(self.network.connect_timeout(&url).min(self.timeout)).timeout(self.timeout);
        let client = client.build().map_err(|error| invalid(failure_reason(&error)))?;
        Ok(NodeTransport::new(client, url, &self.network, self.timeout, self.header_values()))
    }

    fn parse_headers(&self) -> Result<HeaderMap, ChainError> {
        let mut parsed = HeaderMap::new();
        for (index, header) in self.headers.iter().enumerate() {
            let bad = || ChainError::InvalidHeader { position: index + 1 };
            let (name, value) = header.split_once(':').ok_or_else(bad)?;
            let name: HeaderName = name.trim().parse().map_err(|_| bad())?;
            let mut value: HeaderValue = value.trim().parse().map_err(|_| bad())?;
            value.set_sensitive(true);
            parsed.append(name, value);
        }
        Ok(parsed)
    }

    /// Returns the values of the headers, whole and by words: `Bearer` is none of a key's.
    fn header_values(&self) -> Vec<String> {
        let values = self.headers.iter().filter_map(|header| header.split_once(':')).map(|(_, value)| value.trim());
        values.flat_map(|value| value.split_whitespace().chain([value])).map(str::to_owned).collect()
    }
}
