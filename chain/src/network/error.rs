//! Errors of proxies. None of them shows more of a URL than its host: it may hold a password.

/// Why a request is not sent, or not through its proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// The proxy's URL does not parse, or has no port, port 0, or a path.
    #[error("{origin} is not the URL of a proxy: it should look like socks5h://127.0.0.1:9050")]
    InvalidProxy {
        /// The option or variable.
        origin: String,
    },
    /// A kind of proxy that is given addresses, not names.
    #[error(
        "{origin} names a {scheme} proxy, for which this machine looks up the names of hosts itself: everyone who sees \
         its DNS requests learns which services you use; use socks5h, with which the proxy looks them up"
    )]
    NamesLeak {
        /// The option or variable.
        origin: String,
        /// The scheme: `socks`, `socks4` or `socks5`.
        scheme: String,
    },
    /// A scheme that is not one of a proxy for this.
    #[error("{origin} names a proxy of the kind {scheme:?}, which cannot be used here: {supported}")]
    UnsupportedProxy {
        /// The option or variable.
        origin: String,
        /// The scheme.
        scheme: String,
        /// What can be used.
        supported: &'static str,
    },
    /// The environment names different proxies, one of them a SOCKS proxy.
    #[error(
        "{one} and {other} name different proxies, and one of them is a SOCKS proxy: name one for all with --proxy"
    )]
    SeveralProxies {
        /// A variable.
        one: &'static str,
        /// Another one.
        other: &'static str,
    },
    /// An onion service without a proxy that reaches it.
    #[error(
        "{host} is an onion service, which only Tor reaches: name Tor's proxy with --proxy socks5h://127.0.0.1:9050; \
         nothing was looked up or sent"
    )]
    OnionWithoutProxy {
        /// The host.
        host: String,
    },
    /// No connection was made through the proxy.
    #[error("no connection to {host} through the proxy at {proxy}: {reason}; nothing was sent, and nothing around it")]
    ProxyFailed {
        /// The host that was meant.
        host: String,
        /// The host of the proxy.
        proxy: String,
        /// The reason.
        reason: String,
    },
}

impl NetworkError {
    /// Returns whether the proxy's description is wrong, not the network: trying again does not help.
    pub fn is_invalid_input(&self) -> bool {
        !matches!(self, Self::ProxyFailed { .. })
    }
}
