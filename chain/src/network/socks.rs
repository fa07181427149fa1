//! A SOCKS proxy that resolves names, with one user name per purpose.
//!
//! Tor builds separate circuits for connections with different SOCKS user names (`IsolateSOCKSAuth`, its default), so
//! that the exits, and the services behind them, do not see one client. The names are drawn anew by every process: two
//! runs of a command have no circuit in common either.

use std::fmt;

use alloy::hex;
use rand::{RngCore, rngs::OsRng};
use reqwest::{Proxy, Url};

use super::{error::NetworkError, purpose::Purpose};
use crate::host::host_of;

/// The password beside each drawn user name. SOCKS wants one that is not empty; it protects nothing.
const PASSWORD: &str = "psephos";

/// A SOCKS proxy. Its URL may hold a password: neither `Debug` nor an error shows it.
pub(super) struct SocksProxy {
    url: Url,
    host: String,
    /// The user names that keep purposes apart, by [`Purpose`].
    users: [String; 7],
}

impl fmt::Debug for SocksProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SocksProxy({})", self.host)
    }
}

impl SocksProxy {
    /// Parses `socks5h://HOST:PORT`, perhaps with a user name and a password.
    pub(super) fn parse(text: &str, origin: &str) -> Result<Self, NetworkError> {
        let origin = || origin.to_owned();
        let invalid = || NetworkError::InvalidProxy { origin: origin() };
        let url: Url = text.trim().parse().map_err(|_| invalid())?;
        match url.scheme() {
            "socks5h" => {}
            scheme @ ("socks4" | "socks5" | "socks") => {
                return Err(NetworkError::NamesLeak { origin: origin(), scheme: scheme.to_owned() });
            }
            // `localhost:9050` parses with the scheme `localhost`: without `//` it is no URL of a proxy.
            _ if !text.contains("://") => return Err(invalid()),
            // Also `socks4a`: it hands names over, but has no passwords, and so none of Tor's isolation.
            scheme => {
                let (scheme, supported) = (scheme.to_owned(), "use socks5h, such as socks5h://127.0.0.1:9050 for Tor");
                return Err(NetworkError::UnsupportedProxy { origin: origin(), scheme, supported });
            }
        }
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let has_port = url.port().is_some_and(|port| port != 0);
        if !is_bare || !has_port || url.host_str().is_none_or(str::is_empty) {
            return Err(invalid());
        }
        let host = host_of(url.as_str());
        Ok(Self { url, host, users: std::array::from_fn(|_| draw_user()) })
    }

    /// Returns the host and the port.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Returns whether its URL names a user, who is then the same for all purposes.
    pub(super) fn has_own_user(&self) -> bool {
        !self.url.username().is_empty() || self.url.password().is_some()
    }

    /// Returns the proxy with the user name of a purpose.
    pub(super) fn to_proxy(&self, purpose: Purpose) -> Result<Proxy, NetworkError> {
        let invalid = || NetworkError::InvalidProxy { origin: self.host.clone() };
        let mut url = self.url.clone();
        if !self.has_own_user() {
            url.set_username(self.user(purpose)).map_err(|()| invalid())?;
            url.set_password(Some(PASSWORD)).map_err(|()| invalid())?;
        }
        Proxy::all(url).map_err(|_| invalid())
    }

    pub(super) fn user(&self, purpose: Purpose) -> &str {
        let [read, hand_over, prove, prove_too, sign, fetch_key, forward] = &self.users;
        match purpose {
            Purpose::Read => read,
            Purpose::HandOver => hand_over,
            Purpose::Prove => prove,
            Purpose::ProveToo => prove_too,
            Purpose::Sign => sign,
            Purpose::FetchKey => fetch_key,
            Purpose::Forward => forward,
        }
    }
}

fn draw_user() -> String {
    let mut bytes = [0; 16];
    OsRng.fill_bytes(&mut bytes);
    hex::encode(bytes)
}
