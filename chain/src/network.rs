//! The network: how requests leave this machine, and which of them may go without TLS.
//!
//! Architecture invariant: every HTTP client of this program is built by [`Network::client_builder`]. A proxy that was
//! named is used for all of them, or the request fails: nothing leaves around it. Only this machine itself is reached
//! directly, where a proxy would look for a service on *its* machine, and where nothing leaves.
//!
//! Host names are resolved by the proxy (`socks5h`). The resolver of this machine would be asked for them otherwise,
//! and with it everyone who watches its network would see which services a voter uses.

pub mod error;
mod http_proxy;
mod purpose;
mod socks;

use std::{sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, Url, redirect};

pub use self::{error::NetworkError, purpose::Purpose};
use self::{http_proxy::HttpProxies, socks::SocksProxy};
use crate::{
    host::{failure_reason, host_of},
    tls,
};

/// The option that names a proxy, with its variable: how messages call it.
pub const PROXY_OPTION: &str = "--proxy (PSEPHOS_PROXY)";
/// The longest time to wait for a direct connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest time to wait for a connection through a SOCKS proxy: Tor builds a circuit first.
const PROXY_CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// How requests leave this machine. Clones share the user names by which a proxy keeps purposes apart.
#[derive(Clone, Debug, Default)]
pub struct Network(Route);

#[derive(Clone, Debug, Default)]
enum Route {
    #[default]
    Direct,
    Socks(Arc<SocksProxy>),
    Http(Arc<HttpProxies>),
}

impl Network {
    /// Returns the network without a proxy, whatever the environment names.
    pub fn direct() -> Self {
        Self::default()
    }

    /// Returns the network through the SOCKS proxy at a URL, `socks5h://HOST:PORT`. `origin` is how messages call the
    /// option or variable that it comes from.
    ///
    /// # Errors
    /// `InvalidProxy`, `NamesLeak`, `UnsupportedProxy`. None of them repeats the URL, which may hold a password.
    pub fn through(url: &str, origin: &str) -> Result<Self, NetworkError> {
        Ok(Self(Route::Socks(Arc::new(SocksProxy::parse(url, origin)?))))
    }

    /// Returns the network that an environment describes by `ALL_PROXY`, `HTTPS_PROXY` and `HTTP_PROXY`, also in lower
    /// case. A SOCKS proxy is used for everything. HTTP proxies are used as other programs do, each for its scheme,
    /// with the exceptions of `NO_PROXY`.
    ///
    /// # Errors
    /// As [`Network::through`], and `SeveralProxies`: a proxy that cannot be used is an error, never ignored.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, NetworkError> {
        let find = |names: [&'static str; 2]| {
            let mut values = names.into_iter().filter_map(|name| Some((name, variable(name)?)));
            values.find(|(_, value)| !value.trim().is_empty())
        };
        let all = find(["ALL_PROXY", "all_proxy"]);
        let https = find(["HTTPS_PROXY", "https_proxy"]).or_else(|| all.clone());
        let http = find(["HTTP_PROXY", "http_proxy"]).or(all);
        let named: Vec<_> = [&https, &http].into_iter().flatten().collect();
        let is_socks = |url: &str| url.trim().to_ascii_lowercase().starts_with("socks");
        match (named.iter().find(|(_, url)| is_socks(url)), named.first()) {
            (None, None) => Ok(Self::direct()),
            (None, Some(_)) => {
                let exceptions = find(["NO_PROXY", "no_proxy"]).map(|(_, value)| value);
                Ok(Self(Route::Http(Arc::new(HttpProxies::parse(https, http, exceptions)?))))
            }
            (Some((name, url)), _) => match named.iter().find(|(_, other)| other != url) {
                Some((other, _)) => Err(NetworkError::SeveralProxies { one: name, other }),
                None => Self::through(url, name),
            },
        }
    }

    /// Returns whether each purpose has a user name of its own at the proxy: not if the proxy's URL has one.
    pub fn is_isolated(&self) -> bool {
        !matches!(&self.0, Route::Socks(proxy) if proxy.has_own_user())
    }

    /// Returns the host of the SOCKS proxy, if there is one: all that messages show of it.
    pub fn socks_proxy(&self) -> Option<&str> {
        match &self.0 {
            Route::Socks(proxy) => Some(proxy.host()),
            Route::Direct | Route::Http(_) => None,
        }
    }

    /// Returns whether a request to this URL may go over plain HTTP: to this machine itself; and to an onion service,
    /// which Tor reaches encrypted and authenticated by the service's name.
    pub fn permits_plain_http(&self, url: &Url) -> bool {
        tls::is_this_machine(url) || (is_onion(url) && self.socks_proxy().is_some())
    }

    /// Returns how long to wait for a connection to this URL at most.
    pub fn connect_timeout(&self, url: &Url) -> Duration {
        match self.socks_proxy_to(url) {
            Some(_) => PROXY_CONNECT_TIMEOUT,
            None => CONNECT_TIMEOUT,
        }
    }

    /// Returns a builder of clients for this URL. Redirections are not followed: they could lead from this machine, or
    /// from an encrypted connection, anywhere.
    ///
    /// # Errors
    /// `OnionWithoutProxy`, before the name is resolved.
    pub fn client_builder(&self, url: &Url, purpose: Purpose) -> Result<ClientBuilder, NetworkError> {
        if is_onion(url) && self.socks_proxy().is_none() {
            return Err(NetworkError::OnionWithoutProxy { host: host_of(url.as_str()) });
        }
        tls::install_provider();
        // The client's own reading of the environment is switched off: it follows other rules than these.
        let builder = Client::builder().no_proxy().redirect(redirect::Policy::none());
        match &self.0 {
            _ if tls::is_this_machine(url) => Ok(builder),
            Route::Direct => Ok(builder),
            Route::Socks(proxy) => Ok(builder.proxy(proxy.to_proxy(purpose)?)),
            Route::Http(proxies) => {
                proxies.to_proxies()?.into_iter().try_fold(builder, |builder, proxy| Ok(builder.proxy(proxy)))
            }
        }
    }

    /// Returns the error of a request for which no connection was made through the SOCKS proxy; nothing if the request
    /// goes directly, or failed for another reason.
    pub fn proxy_failure(&self, url: &Url, error: &reqwest::Error) -> Option<NetworkError> {
        let proxy = self.socks_proxy_to(url).filter(|_| error.is_connect())?;
        let reason = match failure_reason(error) {
            _ if error.is_timeout() => "no connection in time".into(),
            // hyper-util keeps the reason to itself.
            reason if reason.contains("failed to create underlying connection") => "the proxy does not answer".into(),
            reason => reason.trim_start_matches("SOCKS error: ").to_owned(),
        };
        Some(NetworkError::ProxyFailed { host: host_of(url.as_str()), proxy: proxy.to_owned(), reason })
    }

    fn socks_proxy_to(&self, url: &Url) -> Option<&str> {
        self.socks_proxy().filter(|_| !tls::is_this_machine(url))
    }
}

/// Returns whether a URL's host is an onion service: a name that only Tor can resolve, and that no resolver may see.
fn is_onion(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    host.ends_with(".onion") || host == "onion"
}

#[cfg(test)]
mod tests;
