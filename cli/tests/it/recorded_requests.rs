//! Every byte of every request of a voter's commands: no request names the voter's account, identity, ballot or leaf.
//!
//! Node, indexer, prover and relayer have names that only a recording proxy knows, so that the record is all that a
//! command sends. What a request must not have in it is searched for in every usual encoding. A leaf's index is too
//! short to be searched for: instead, two voters in one state must send the same requests.

use std::collections::{BTreeMap, BTreeSet};

use crate::organisation::{Organisation, prepare, trustee, wait_until_counted};
use crate::running_service::{RunningService, wait_until_ready};
use crate::support;
use psephos_chain::U256;
use psephos_client::Package;
use psephos_testkit::{RecordedRequest, RecordingProxy};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
const VOTERS: [&str; 3] = ["ada", "ben", "cem"];
const FRESH: &str = "0x1111111111111111111111111111111111111111";
const OTHER: &str = "0x2222222222222222222222222222222222222222";

/// What a voter's requests must not have in them, by voter.
#[derive(Default)]
struct Secrets(BTreeMap<&'static str, BTreeSet<U256>>);

impl Secrets {
    /// Returns how much of a voter's is in a request, in whichever encoding.
    fn count(&self, name: &str, request: &RecordedRequest) -> usize {
        let text = format!("{}\n{}", request.head, String::from_utf8_lossy(&request.body)).to_ascii_lowercase();
        let is_there = |secret: &&U256| encodings(**secret).iter().any(|form| text.contains(form));
        self.0[name].iter().filter(is_there).count()
    }

    #[track_caller]
    fn require_absent(&self, requests: &[RecordedRequest]) {
        assert!(!requests.is_empty());
        for (name, request) in VOTERS.iter().flat_map(|name| requests.iter().map(move |request| (name, request))) {
            let body = String::from_utf8_lossy(&request.body);
            assert_eq!(self.count(name, request), 0, "{name} is named to {}: {} {body}", request.host, request.head);
        }
    }
}

/// Returns a value as texts: hexadecimal and decimal, padded or not, and base64 of its bytes; from either end.
fn encodings(value: U256) -> BTreeSet<String> {
    let (big, little) = (value.to_be_bytes::<32>(), value.to_le_bytes::<32>());
    let texts = [big, little].into_iter().flat_map(|bytes| {
        let hex = psephos_chain::hex::encode(bytes);
        [hex.trim_start_matches('0').to_owned(), hex, base64(&bytes)]
    });
    // Without the padding of base64 and of hexadecimal, a form is found also where it is a part of a longer text.
    texts.chain([value.to_string()]).map(|text| text.to_ascii_lowercase()).collect()
}

/// Returns base64 without its last character, which depends on what follows.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit = |six: &[u8]| char::from(DIGITS[six.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit))]);
    bits.chunks_exact(6).map(digit).collect()
}

/// Returns requests as they are compared: without the order, and the number that JSON-RPC gives each call. Of those
/// whose bodies are the voter's own (a statement to prove, a package) the path is compared alone.
fn comparable(requests: &[RecordedRequest]) -> Vec<String> {
    let mut lines: Vec<String> = requests.iter().filter_map(comparable_request).collect();
    lines.sort();
    lines
}

fn comparable_request(request: &RecordedRequest) -> Option<String> {
    let line = request.head.lines().next().unwrap_or_default();
    if line.contains("/v1/proofs/") {
        // A client asks again and again whether its proof is made.
        return None;
    }
    let body = match request.host.as_str() {
        "node.onion" => {
            let mut call: Value = serde_json::from_slice(&request.body).expect("a call");
            call["id"] = Value::Null;
            // A set of contracts, which each process writes in an order of its own.
            if let Some(contracts) = call.pointer_mut("/params/0/address").and_then(Value::as_array_mut) {
                contracts.sort_by_key(Value::to_string);
            }
            call.to_string()
        }
        "prove.onion" | "relay.onion" => String::new(),
        _ => String::from_utf8_lossy(&request.body).into_owned(),
    };
    Some(format!("{} {line} {body}", request.host))
}

/// Runs commands through the proxy, and records what they send.
struct Recorder<'a> {
    organisation: &'a Organisation,
    proxy: RecordingProxy,
    url: String,
}

impl Recorder<'_> {
    /// Runs a command of a voter, with the node that only the proxy knows.
    fn run(&self, name: &str, command: &[&str], more: &[&str]) -> (support::Run, Vec<RecordedRequest>) {
        let identity = format!("{name}.identity");
        let global = ["--json", "--proxy", &self.url, "--rpc", "http://node.onion"];
        let place = ["--poll", "1", "--chamber", "0", "--identity", &identity];
        let run = self.organisation.folder.run(&[&global[..], command, &place[..], more].concat());
        let requests = self.proxy.take_requests();
        self.check_users(&requests);
        (run, requests)
    }

    /// Each purpose has a user at the proxy: the one that reads is not the one that hands over, or has a proof made.
    fn check_users(&self, requests: &[RecordedRequest]) {
        let users = |host: &str| -> BTreeSet<&str> {
            requests.iter().filter(|request| request.host == host).map(|request| request.user.as_str()).collect()
        };
        let [mut read, index, relay, prove] = ["node.onion", "index.onion", "relay.onion", "prove.onion"].map(users);
        read.extend(index);
        for (one, other) in [(&read, &relay), (&read, &prove), (&relay, &prove)] {
            assert!(one.is_disjoint(other) && one.len() <= 1 && other.len() <= 1, "{one:?} {other:?}");
        }
    }

    /// Runs a command for two voters in one state, and requires that both send the same.
    #[track_caller]
    fn compare(&self, command: &[&str], of: impl Fn(&str) -> Vec<String>) -> Vec<RecordedRequest> {
        let run = |name: &str| {
            let more = of(name);
            let more: Vec<&str> = more.iter().map(String::as_str).collect();
            let (run, requests) = self.run(name, command, &more);
            run.succeeds("");
            requests
        };
        let (ada, cem) = (run("ada"), run("cem"));
        assert_eq!(comparable(&ada), comparable(&cem), "{command:?}: requests depend on the voter");
        [ada, cem].concat()
    }
}

const INDEX: [&str; 2] = ["--indexer", "http://index.onion"];
const RELAY: [&str; 2] = ["--relayer", "http://relay.onion"];
const PROVE: [&str; 2] = ["--prover", "http://prove.onion"];

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_request_names_a_voter_or_its_ballot() {
    psephos_chain::tls::install_provider();
    let organisation = Organisation::new().await;
    let closes = open_rewarded_poll(&organisation).await;
    let service = RunningService::start(&organisation);
    wait_until_ready(&service).await;
    let node = organisation.chain.connection().url();
    let hosts = [
        ("node.onion", node),
        ("index.onion", &service.url),
        ("relay.onion", &service.url),
        ("prove.onion", &service.url),
    ];
    let proxy = RecordingProxy::start(&hosts).await;
    let recorder = Recorder { organisation: &organisation, url: proxy.url(), proxy };
    let mut secrets = Secrets::default();
    for name in VOTERS {
        secrets.0.insert(name, account_and_identity(&organisation, name));
    }

    // A ballot is proved: read from the node alone, or from the indexer too, and proved here or elsewhere.
    let vote = |kind: &'static str, more: Vec<String>| {
        move |name: &str| [owned(&["--option", "1", "--out", &format!("{name}-{kind}.json")]), more.clone()].concat()
    };
    let mut voted = recorder.compare(&["vote"], vote("node", Vec::new()));
    voted.extend(recorder.compare(&["vote"], vote("index", owned(&INDEX))));
    voted.extend(recorder.compare(&["vote"], vote("proved", owned(&[&INDEX[..], &PROVE].concat()))));
    for name in ["ada", "cem"] {
        for kind in ["node", "index", "proved"] {
            let nullifier = nullifier_of(&organisation, &format!("{name}-{kind}.json"));
            secrets.0.entry(name).or_default().insert(nullifier);
        }
    }
    secrets.require_absent(&voted);

    // It is handed over: the package, and nothing else, has the nullifier in it.
    let all = [&INDEX[..], &RELAY].concat();
    let (handed, requests) =
        recorder.run("ben", &["vote"], &[&["--choice", "No", "--out", "ben.json"], &all[..]].concat());
    handed.succeeds("");
    secrets.0.entry("ben").or_default().insert(nullifier_of(&organisation, "ben.json"));
    let (packages, others): (Vec<_>, Vec<_>) =
        requests.into_iter().partition(|request| request.head.starts_with("POST /v1/ballots "));
    secrets.require_absent(&others);
    assert_eq!((packages.len(), secrets.count("ben", &packages[0]) > 0), (1, true), "the search finds what is there");
    assert_eq!(packages[0].host, "relay.onion");
    for name in ["ada", "cem"] {
        std::fs::rename(
            organisation.folder.path(&format!("{name}-node.json")),
            organisation.folder.path(&format!("{name}.json")),
        )
        .expect("renamed");
        organisation.folder.run(&["--json", "relay", &format!("{name}.json"), "--relayer", &service.url]).json();
    }
    for name in VOTERS {
        wait_until_counted(&organisation, name).await;
    }

    // Whether it counts. With an indexer, all of the chamber's ballots are compared with the node: none is singled out.
    secrets.require_absent(&recorder.compare(&["vote", "--check"], |_| Vec::new()));
    let package = |name: &str| owned(&["--package", &format!("{name}.json")]);
    secrets.require_absent(&recorder.compare(&["vote", "--check"], package));
    let compared = recorder.compare(&["vote", "--check"], |_| owned(&INDEX));
    let named = VOTERS.map(|name| compared.iter().map(|request| secrets.count(name, request)).sum::<usize>());
    assert!(named[0] > 0 && named.iter().all(|count| *count == named[0]), "{named:?}");

    // A reward is claimed.
    prepare_claims(&organisation, closes).await;
    let claim = |kind: &'static str, more: Vec<String>| {
        move |name: &str| {
            let recipient = if name == "ada" { FRESH } else { OTHER };
            let out = format!("{name}-{kind}-claim.json");
            [owned(&["--recipient", recipient, "--out", &out]), more.clone()].concat()
        }
    };
    let command = ["reward", "claim"];
    secrets.require_absent(&recorder.compare(&command, claim("node", Vec::new())));
    secrets.require_absent(&recorder.compare(&command, claim("proved", owned(&PROVE))));
    let relayed = ["--recipient", FRESH, "--out", "relayed.json", "--max-fee", "0"];
    let (claimed, requests) = recorder.run("ben", &command, &[&relayed[..], &RELAY].concat());
    claimed.succeeds("");
    secrets.require_absent(&requests);
    assert_eq!(requests.iter().filter(|request| request.head.starts_with("POST /v1/claims ")).count(), 1);
    service.stop();
}

/// Returns a voter's account and its identity commitment, as words.
fn account_and_identity(organisation: &Organisation, name: &str) -> BTreeSet<U256> {
    let account = organisation.run(name, &["sender", "show"]).json()["address"].as_str().expect("one").to_owned();
    let show = ["--json", "identity", "show", &format!("{name}.identity"), "--account", &account];
    let id = organisation.folder.run(&show).json()["id"].as_str().expect("a commitment").to_owned();
    [account, id].into_iter().map(|text| text.parse().expect("hexadecimal")).collect()
}

fn nullifier_of(organisation: &Organisation, package: &str) -> U256 {
    let json = std::fs::read(organisation.folder.path(package)).expect("a package");
    let contents = Package::parse(&json).and_then(|package| package.contents()).expect("a ballot");
    psephos_state::words::from_field(&contents.record.posted.nullifier)
}

/// A poll of the three members that pays each ballot 10 units of 1,000 wei, open; returns when it closes.
async fn open_rewarded_poll(organisation: &Organisation) -> u64 {
    let now = prepare(organisation).await;
    let poll = json!({
        "title": "Which?", "options": ["Yes", "No"], "rule": { "kind": "plurality" }, "opens_at": now + 5,
        "closes_at": now + DAY, "tally_deadline": now + 2 * DAY, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": false, "min_ballots": 2, "quorum": 1, "threshold_bps": 5_000, "totals": "exact" }],
    });
    organisation.folder.put("poll.json", &poll.to_string());
    organisation.run("dao", &["poll", "create", "poll.json", "--expose-votes"]).json();
    let reward = json!({
        "poll": 1, "unit": 1_000, "claim_deadline": now + 20 * DAY,
        "chambers": [{ "chamber": 0, "base": 10, "bonus": 0 }],
    });
    organisation.folder.put("reward.json", &reward.to_string());
    organisation.run("dao", &["reward", "create", "reward.json"]).json();
    organisation.run("dao", &["reward", "fund", "--poll", "1", "--amount", "30000"]).json();
    organisation.later(now + 10).await;
    organisation.run("dao", &["poll", "open", "1"]).json();
    now + DAY
}

/// The poll is tallied, and its notes are sealed.
async fn prepare_claims(organisation: &Organisation, closes: u64) {
    organisation.later(closes + 1).await;
    trustee(organisation, "tia", &["watch", "--once"]).json();
    // The account of the relayer's service is its own.
    for arguments in [&["reward", "seal", "--poll", "1"][..], &["reward", "open-claims", "--poll", "1"]] {
        organisation.run("dao", arguments).json();
    }
}
