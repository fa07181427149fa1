use super::*;

const TOR: &str = "socks5h://127.0.0.1:9050";

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

/// Returns the network of an environment with these variables.
fn from_variables(variables: &[(&str, &str)]) -> Result<Network, NetworkError> {
    let find = |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
    Network::from_environment(find)
}

#[test]
fn only_proxies_that_resolve_names_are_accepted() {
    for accepted in [TOR, "socks5h://proxy.example:1", " socks5h://[::1]:9050/ ", "SOCKS5H://u:p@127.0.0.1:9050"] {
        assert!(Network::through(accepted, "here").is_ok(), "{accepted}");
    }
    for (refused, says) in [
        ("socks5://canary:canary@127.0.0.1:9050", "DNS"),
        ("socks4://canary@127.0.0.1:9050", "DNS"),
        ("socks://127.0.0.1:9050", "DNS"),
        ("socks4a://canary@127.0.0.1:9050", "use socks5h"),
        ("http://canary:canary@127.0.0.1:3128", "use socks5h"),
        ("socks5h://canary:canary@127.0.0.1:0", "is not the URL of a proxy"),
        ("socks5h://canary@127.0.0.1", "is not the URL of a proxy"),
        ("socks5h://canary@127.0.0.1:66000", "is not the URL of a proxy"),
        ("socks5h://127.0.0.1:9050/canary", "is not the URL of a proxy"),
        ("socks5h://127.0.0.1:9050?canary", "is not the URL of a proxy"),
        ("socks5h:canary", "is not the URL of a proxy"),
        ("localhost:9050", "is not the URL of a proxy"),
        ("canary", "is not the URL of a proxy"),
        ("", "is not the URL of a proxy"),
    ] {
        let error = Network::through(refused, "here").unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(says) && text.contains("here") && !text.contains("canary"), "{refused}: {text}");
    }
    let shown = format!("{:?}", Network::through("socks5h://canary:canary@127.0.0.1:9050", "here").unwrap());
    assert!(shown.contains("127.0.0.1:9050") && !shown.contains("canary"), "{shown}");
}

#[test]
fn proxies_of_the_environment_are_used_or_refused() {
    for (variables, socks) in [
        (&[][..], None),
        (&[("ALL_PROXY", TOR)][..], Some("127.0.0.1:9050")),
        (&[("all_proxy", TOR), ("ALL_PROXY", " ")], Some("127.0.0.1:9050")),
        (&[("HTTPS_PROXY", TOR)], Some("127.0.0.1:9050")),
        (&[("HTTPS_PROXY", TOR), ("http_proxy", TOR)], Some("127.0.0.1:9050")),
        (&[("HTTPS_PROXY", "http://proxy.example:3128"), ("NO_PROXY", "example.org")], None),
        (&[("https_proxy", "proxy.example:3128")], None),
    ] {
        let network = from_variables(variables).unwrap();
        assert_eq!(network.socks_proxy(), socks, "{variables:?}");
        assert_eq!(matches!(network.0, Route::Direct), variables.is_empty(), "{variables:?}");
        assert!(network.client_builder(&url("https://node.example"), Purpose::Read).unwrap().build().is_ok());
    }
    for (variables, says) in [
        (&[("ALL_PROXY", "socks5://canary@127.0.0.1:9050")][..], "ALL_PROXY names a socks5 proxy"),
        (&[("https_proxy", "socks4://127.0.0.1:9050")], "https_proxy names a socks4 proxy"),
        (&[("HTTPS_PROXY", TOR), ("HTTP_PROXY", "http://canary@proxy.example")], "HTTPS_PROXY and HTTP_PROXY"),
        (&[("HTTPS_PROXY", "ftp://canary@proxy.example")], "ftp"),
        (&[("HTTP_PROXY", "http://canary@:0")], "HTTP_PROXY is not the URL"),
        (&[("HTTP_PROXY", "http://canary@proxy.example:0")], "HTTP_PROXY is not the URL"),
    ] {
        let error = from_variables(variables).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("canary"), "{variables:?}: {error}");
    }
}

#[test]
fn onion_services_need_a_proxy() {
    let through_http = from_variables(&[("ALL_PROXY", "http://127.0.0.1:3128")]).unwrap();
    for onion in ["http://a.onion", "https://A.ONION", "https://a.b.onion./x", "http://onion:80", "http://a。onion"] {
        for network in [Network::direct(), through_http.clone()] {
            let error = network.client_builder(&url(onion), Purpose::HandOver).err().unwrap();
            assert!(matches!(error, NetworkError::OnionWithoutProxy { .. }), "{onion}: {error}");
        }
        let tor = Network::through(TOR, "here").unwrap();
        assert!(tor.client_builder(&url(onion), Purpose::HandOver).is_ok(), "{onion}");
        assert!(tor.permits_plain_http(&url(onion)), "{onion}");
        assert!(!Network::direct().permits_plain_http(&url(onion)), "{onion}");
    }
    let tor = Network::through(TOR, "here").unwrap();
    for other in ["http://onion.example", "http://a.onion.example", "http://aonion", "http://10.0.0.1"] {
        assert!(!tor.permits_plain_http(&url(other)), "{other}");
        assert!(Network::direct().client_builder(&url(other), Purpose::Read).is_ok(), "{other}");
    }
    assert!(
        tor.permits_plain_http(&url("http://127.0.0.1:1"))
            && Network::direct().permits_plain_http(&url("http://[::1]"))
    );
}

#[test]
fn each_purpose_of_each_process_has_a_user_of_its_own() {
    let purposes = [
        Purpose::Read,
        Purpose::HandOver,
        Purpose::Prove,
        Purpose::ProveToo,
        Purpose::Sign,
        Purpose::FetchKey,
        Purpose::Forward,
    ];
    let proxies = [TOR, TOR].map(|text| SocksProxy::parse(text, "here").unwrap());
    let users = proxies.iter().flat_map(|proxy| purposes.map(|purpose| proxy.user(purpose).to_owned()));
    let users: std::collections::BTreeSet<_> = users.collect();
    assert_eq!(users.len(), 14, "{users:?}");
    assert!(users.iter().all(|user| user.len() == 32), "{users:?}");
    assert!(Network::through(TOR, "here").unwrap().is_isolated());
    assert!(!Network::through("socks5h://me@127.0.0.1:1", "here").unwrap().is_isolated());
}
