//! Who operates a node, as far as its URL says.

use std::net::IpAddr;

use reqwest::Url;

use crate::tls;

/// What is known of a node's operator: two nodes with the same one are one source.
///
/// It is the registrable domain of the host: `a.nodes.example` and `b.nodes.example` are one. Resellers of one
/// company's nodes have domains of their own and cannot be told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// This machine.
    ThisMachine,
    /// The machine at an address.
    Address(IpAddr),
    /// The owner of a registrable domain; or the whole name of a host that is not below a public suffix.
    Domain(String),
}

impl Operator {
    /// Returns the operator of the node at a URL.
    pub fn of_url(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        if tls::is_this_machine(url) {
            return Self::ThisMachine;
        }
        if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse() {
            return Self::Address(address);
        }
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        Self::Domain(psl::domain_str(&host).map_or_else(|| host.clone(), str::to_owned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_registrable_domain_are_one_operator() {
        let operator = |url: &str| Operator::of_url(&url.parse().unwrap());
        for (a, b) in [
            ("https://a.nodes.example.com", "https://b.nodes.example.com/v3/key"),
            ("https://rpc.example.co.uk", "https://example.co.uk:8545"),
            ("https://EXAMPLE.org", "https://example.org."),
            ("http://localhost:1", "http://127.0.0.1:2"),
            ("http://10.0.0.1:1", "http://10.0.0.1:2"),
        ] {
            assert_eq!(operator(a), operator(b), "{a} {b}");
        }
        for (a, b) in [
            ("https://one.co.uk", "https://two.co.uk"),
            ("https://one.github.io", "https://two.github.io"),
            ("https://one.example", "https://two.example"),
            ("http://10.0.0.1", "http://10.0.0.2"),
            ("http://127.0.0.1", "http://10.0.0.2"),
        ] {
            assert_ne!(operator(a), operator(b), "{a} {b}");
        }
    }
}
