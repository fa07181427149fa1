//! TLS to nodes and services: one cryptographic provider for the whole process, and where TLS may be left out.

use std::{net::IpAddr, sync::Once};

use reqwest::Url;

/// Installs the provider, once; one that another part of the program has installed before stays.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error means that another provider is installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Returns whether a URL's host is this machine itself, by a loopback address or the name `localhost`: only there may
/// a request go without TLS.
pub fn is_this_machine(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_are_this_machine() {
        for (url, expected) in [
            ("http://127.0.0.1:8640", true),
            ("http://127.9.9.9", true),
            ("http://localhost:1/below", true),
            ("http://[::1]:2", true),
            ("http://10.0.0.1", false),
            ("http://[fe80::1]", false),
            ("http://localhost.example", false),
            ("http://127.0.0.1.example", false),
            ("http://index.example", false),
            ("data:text", false),
        ] {
            assert_eq!(is_this_machine(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
