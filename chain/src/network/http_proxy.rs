//! HTTP proxies of the environment. They hide no address from the services behind them, and are used where a network
//! demands them: `https` is tunnelled, so that such a proxy sees the names of hosts and nothing else.

use std::fmt;

use reqwest::{NoProxy, Proxy, Url};

use super::error::NetworkError;

/// The proxies by the scheme of the request. Their URLs may hold passwords.
pub(super) struct HttpProxies {
    https: Option<Url>,
    http: Option<Url>,
    /// Hosts that are reached without a proxy, as in `NO_PROXY`.
    exceptions: Option<String>,
}

impl fmt::Debug for HttpProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpProxies")
    }
}

impl HttpProxies {
    /// Parses the values of variables, each with its name.
    pub(super) fn parse(
        https: Option<(&'static str, String)>,
        http: Option<(&'static str, String)>,
        exceptions: Option<String>,
    ) -> Result<Self, NetworkError> {
        let parse = |named: Option<(&'static str, String)>| named.map(|(name, url)| parse_url(name, &url)).transpose();
        Ok(Self { https: parse(https)?, http: parse(http)?, exceptions })
    }

    /// Returns the proxies of a client.
    pub(super) fn to_proxies(&self) -> Result<Vec<Proxy>, NetworkError> {
        let exceptions = || self.exceptions.as_deref().and_then(NoProxy::from_string);
        let https = self.https.clone().map(Proxy::https);
        let http = self.http.clone().map(Proxy::http);
        let proxies = https.into_iter().chain(http).map(|proxy| proxy.map(|proxy| proxy.no_proxy(exceptions())));
        let proxies: Result<Vec<_>, _> = proxies.collect();
        proxies.map_err(|_| NetworkError::InvalidProxy { origin: "HTTPS_PROXY or HTTP_PROXY".into() })
    }
}

fn parse_url(name: &str, text: &str) -> Result<Url, NetworkError> {
    let text = text.trim();
    // Other programs take `HOST:PORT` as well.
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let invalid = || NetworkError::InvalidProxy { origin: name.to_owned() };
    let url: Url = text.parse().map_err(|_| invalid())?;
    match url.scheme() {
        "http" | "https" if url.port() != Some(0) => Ok(url),
        "http" | "https" => Err(invalid()),
        scheme => {
            let supported = "use an http, an https or a socks5h proxy, or unset the variable";
            Err(NetworkError::UnsupportedProxy { origin: name.to_owned(), scheme: scheme.to_owned(), supported })
        }
    }
}
