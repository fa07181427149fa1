//! Proxies by commands: what goes through one, what is refused, and that nothing leaves around it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::organisation::{self, Organisation, vote};
use crate::support::{CommandFolder, DEPLOYMENT};
use psephos_testkit::RecordingProxy;

/// Where no proxy is.
const DOWN: &str = "socks5h://canary-user:canary-password@127.0.0.1:9";

/// A listener that counts connections. Its address reaches this machine and does not say so, as one on a network.
struct Target {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Target {
    fn start() -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").expect("a port");
        let (port, connections) = (listener.local_addr().expect("an address").port(), Arc::new(AtomicUsize::new(0)));
        let counter = connections.clone();
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, connections }
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://0.0.0.0:{}", self.port)
    }

    /// Returns the number of connections, once those that are under way have arrived.
    fn count(&self) -> usize {
        std::thread::sleep(Duration::from_millis(100));
        self.connections.load(Ordering::SeqCst)
    }
}

/// Starts a server that redirects every request, and returns its URL.
fn redirect_to(url: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {url}/\r\ncontent-length: 0\r\n\r\n");
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            // A request of these clients is one write.
            let _ = client.read(&mut [0; 4_096]);
            let _ = client.write_all(answer.as_bytes());
        }
    });
    own
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_around_a_proxy_that_is_down() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let (folder, target) = (&organisation.folder, Target::start());
    let (plain, encrypted) = (target.url("http"), target.url("https"));
    let down = |arguments: &[&str]| folder.run(&[&["--proxy", DOWN], arguments].concat());
    let vote = ["vote", "--poll", "1", "--chamber", "0", "--identity", "ada.identity", "--option", "1"];
    for arguments in [
        &["--rpc", &plain, "poll", "show", "1"][..],
        &["--rpc", &encrypted, "poll", "show", "1"],
        &["--rpc", &encrypted, "deploy", "--sender", "dao.key", "--out", "d.json"],
        &["--indexer", &encrypted, "poll", "show", "1"],
        &["--signer-url", &encrypted, "sender", "show"],
        &[&vote[..], &["--prover", &encrypted, "--out", "a.json"]].concat(),
        &[&vote[..], &["--relayer", &encrypted, "--out", "b.json"]].concat(),
        &[&vote[..], &["--also-rpc", &plain, "--out", "c.json"]].concat(),
    ] {
        let run = down(arguments);
        run.fails(3, "through the proxy at 127.0.0.1:9: the proxy does not answer");
        assert!(!run.stderr.contains("canary-password") && !run.stderr.contains("canary-user"), "{run:#?}");
        assert_eq!(target.count(), 0, "{arguments:?}");
    }
    assert!(folder.path("b.json").exists(), "a proof that was made is kept");
    // The attestations of an indexer that is asked for nothing else, and the environment's proxy.
    let down = CommandFolder::new().with("ALL_PROXY", "socks5h://127.0.0.1:9");
    std::fs::copy(folder.path("deployment.json"), down.path("deployment.json")).expect("copied");
    down.run(&["--rpc", &plain, "poll", "show", "1"]).fails(3, "through the proxy at 127.0.0.1:9");
    assert_eq!(target.count(), 0);
    // A service on this machine, which is reached directly, leads nowhere else.
    let misleading = redirect_to(&plain);
    let through = ["--proxy", DOWN, "--rpc", &misleading, "--indexer", &misleading, "poll", "show", "1"];
    folder.run(&through).fails(3, "");
    folder.run(&["--proxy", DOWN, "--indexer", &misleading, "poll", "show", "1"]).fails(3, "status 307");
    assert_eq!(target.count(), 0);
    // Without a proxy it is the same target that would have been reached.
    folder.run(&["--rpc", &plain, "--rpc-timeout", "2", "poll", "show", "1"]).fails(3, "");
    assert!(target.count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn onion_services_are_reached_through_the_proxy_alone() {
    let organisation = Organisation::new().await;
    organisation::open_poll(&organisation).await;
    let folder = &organisation.folder;
    let proxy = RecordingProxy::start(&[("node.onion", organisation.chain.connection().url())]).await;
    let url = proxy.url();
    let show = |arguments: &[&str]| folder.run(&[arguments, &["poll", "show", "1"]].concat());

    show(&["--rpc", "http://node.onion", "--proxy", &url]).succeeds("");
    let connections = proxy.take_connections();
    assert!(connections.iter().all(|one| one.host == "node.onion" && one.port == 80 && one.user.len() == 32));
    let first = connections.first().expect("a connection").user.clone();
    show(&["--rpc", "http://node.onion", "--proxy", &url]).succeeds("");
    assert_ne!(proxy.take_connections()[0].user, first, "two runs have no circuit in common");

    // This machine is reached directly, by address and by name.
    show(&["--proxy", &url]).succeeds("");
    let by_name = organisation.chain.connection().url().replace("127.0.0.1", "localhost");
    show(&["--rpc", &by_name, "--proxy", &url]).succeeds("");
    assert!(proxy.take_connections().is_empty());

    // A host that the proxy does not reach, and a proxy that goes down midway.
    show(&["--rpc", "http://other.onion", "--proxy", &url]).fails(3, "no connection to other.onion through the proxy");
    assert_eq!(proxy.take_connections().len(), 1);
    let vote =
        |arguments: &[&str]| vote(&organisation, "ada", &[&["--option", "1", "--proxy", &url], arguments].concat());
    proxy.stop_after(0);
    vote(&["--relayer", "http://node.onion", "--out", "ada.json"])
        .fails(3, "through the proxy")
        .fails(3, "another relayer");
    assert!(folder.path("ada.json").exists() && !folder.path("ada.json.receipt").exists());

    // Without a proxy an onion's name is not even looked up.
    let onion = "http://node.onion";
    let cast = ["vote", "--poll", "1", "--chamber", "0", "--identity", "ben.identity", "--option", "1"];
    for arguments in [
        &["--rpc", onion, "poll", "show", "1"][..],
        &["--rpc", "https://NODE.ONION.", "poll", "show", "1"],
        &["--indexer", onion, "poll", "show", "1"],
        &["--signer-url", onion, "sender", "show"],
        &[&cast[..], &["--out", "prover.json", "--prover", onion]].concat(),
        &[&cast[..], &["--out", "relayer.json", "--relayer", onion]].concat(),
    ] {
        folder.run(arguments).fails(2, "is an onion service");
    }
}

#[test]
fn invalid_proxies_are_refused_without_their_passwords() {
    let folder = CommandFolder::new();
    folder.put("deployment.json", DEPLOYMENT);
    for (proxy, says) in [
        ("socks5://canary:canary@127.0.0.1:9050", "use socks5h, with which the proxy looks them up"),
        ("socks4://canary@127.0.0.1:9050", "learns which services you use"),
        ("http://canary:canary@127.0.0.1:3128", "use socks5h"),
        ("socks5h://canary@127.0.0.1:0", "--proxy (PSEPHOS_PROXY) is not the URL of a proxy"),
        ("canary", "is not the URL of a proxy"),
    ] {
        let by_option = folder.run(&["--proxy", proxy, "poll", "list"]);
        let by_variable = CommandFolder::new().with("PSEPHOS_PROXY", proxy);
        by_variable.put("deployment.json", DEPLOYMENT);
        for run in [by_option, by_variable.run(&["poll", "list"])] {
            run.fails(2, says);
            assert!(!run.stderr.contains("canary"), "{run:#?}");
        }
    }
    let environment = CommandFolder::new().with("all_proxy", "socks5://canary@127.0.0.1:9050");
    environment.put("deployment.json", DEPLOYMENT);
    environment.run(&["poll", "list"]).fails(2, "all_proxy names a socks5 proxy");
    // The option overrides the environment; a command that connects to nothing needs neither.
    environment.run(&["--proxy", "socks5h://127.0.0.1:9", "poll", "list"]).fails(3, "");
    environment.run(&["keys", "list"]).succeeds("");
    let user = folder.run(&["--proxy", "socks5h://canary@127.0.0.1:9", "keys", "list"]);
    user.succeeds("the proxy's URL names a user");
    // The queue of a service cannot use one.
    folder.put("queue.toml", "[queue.nats]\nurl = \"tls://nats.example\"\n");
    let through = ["--proxy", "socks5h://127.0.0.1:9"];
    folder.run(&[&through[..], &["worker", "--config", "queue.toml"]].concat()).fails(2, "cannot go through the proxy");
    folder.run(&[&through[..], &["serve", "--config", "queue.toml"]].concat()).fails(2, "cannot go through the proxy");
}
