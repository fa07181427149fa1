//! How long does an index of 100,000 members and 10,000 ballots take: to be made from a local chain, to start again, to be fetched by a client?
//!
//! ```text
//! cargo run --release -p psephos-service --example index_scale
//! ```
//!
//! The events are those of the contracts, logged by a contract that logs what it is told (`psephos_chain::local::stub`): making the chain takes a minute instead of hours.
//! `PSEPHOS_BENCH_MEMBERS` and `PSEPHOS_BENCH_BALLOTS` say how many; `PSEPHOS_BENCH_BLOCKS` how many of them a block has (40 enrolments, a quarter as many ballots).
#![allow(clippy::unwrap_used, reason = "a measurement has nobody to report to")]

use std::{
    fs,
    time::{Duration, Instant},
};

use alloy::{
    primitives::{Address, B256, LogData, U256},
    providers::{Provider, ext::AnvilApi},
    sol_types::SolEvent,
};
use psephos_chain::{LocalChain, local::stub, logs, source::indexer::client::IndexerClient};
use psephos_protocol::{
    Fr, Point,
    encryption::Ciphertext,
    identifiers::{ChamberId, PollId},
    statement::ballot::Posted,
};
use psephos_service::indexer::{Indexer, Options, routes};
use psephos_state::{
    ChainState, Deployment, Verifiers,
    bindings::{
        IPolls::{BallotCast, ChamberOpened, ChamberRule, Kind, PollCreated, PollOpened, PollParameters, Rule},
        IStakeholderRegistry::{ChamberCreated, Enrolled},
    },
    events, words,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn told(what: &str, start: Instant) {
    println!("{what:<60} {:>8.3} s   {:>5} MiB", start.elapsed().as_secs_f64(), memory());
}

fn deployment() -> Deployment {
    let at = |place: u8| Address::with_last_byte(place).create(9);
    let verifiers = Verifiers {
        ballot3: at(5),
        ballot8: at(6),
        decryption: at(7),
        dealing5: at(8),
        dealing16: at(9),
        committee_keys: at(10),
        notes: at(11),
        claim3: at(12),
        claim8: at(13),
    };
    let (registry, policy, committee, polls, rewards) = (at(1), at(2), at(3), at(4), at(14));
    let fee_pot = None;
    Deployment {
        chain_id: 31_337,
        from_block: 0,
        registry,
        policy,
        committee,
        polls,
        rewards,
        fee_pot,
        verifiers,
        keys: None,
    }
}

async fn send(chain: &LocalChain, contract: Address, logs: &[LogData]) {
    let from = Address::repeat_byte(0xee);
    let provider = chain.connection().provider();
    let _ = provider.send_transaction(stub::log_request(from, contract, logs)).await.unwrap();
}

async fn scene(chain: &LocalChain, deployment: &Deployment, members: u64, ballots: u64, each: usize) {
    let connection = chain.connection();
    for contract in [deployment.registry, deployment.committee, deployment.polls, deployment.rewards] {
        stub::install_stub(connection, contract).await.unwrap();
    }
    let chamber = U256::ZERO;
    let created = ChamberCreated { chamber, name: "Everybody".into(), policy: deployment.policy };
    stub::emit_logs(connection, deployment.registry, &[stub::encode_event(&created)]).await.unwrap();
    let mut rng = StdRng::seed_from_u64(1);
    let mut word = || words::from_field(&Fr::from(rng.r#gen::<u128>())).wrapping_mul(U256::from(1));
    let enrolled: Vec<LogData> = (0..members)
        .map(|index| {
            let mut subject = [0; 20];
            subject[..16].copy_from_slice(&word().to_be_bytes::<32>()[16..]);
            let (subject, index, id) = (Address::new(subject), U256::from(index), word() << 120);
            Enrolled { chamber, subject, index, id, weight: U256::from(1 + index.to::<u64>() % 1000) }.encode_log_data()
        })
        .collect();
    for logs in enrolled.chunks(each) {
        send(chain, deployment.registry, logs).await;
    }
    let poll = U256::from(1);
    let parameters = PollParameters {
        proposal: B256::ZERO,
        options: 3,
        rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
        opensAt: 10,
        closesAt: u64::MAX,
        tallyDeadline: u64::MAX,
        committee: 0,
        chambersRequired: 1,
        chambers: vec![ChamberRule { chamber: 0, weighted: true, minBallots: 1, thresholdBps: 0, quorum: 0 }],
        metadata: String::new(),
    };
    let opened = [
        stub::encode_event(&PollCreated { poll, proposal: B256::ZERO, parameters }),
        stub::encode_event(&ChamberOpened {
            poll,
            chamber,
            root: U256::from(1),
            ctx: U256::from(7),
            packedRule: U256::ZERO,
        }),
        stub::encode_event(&PollOpened { poll }),
    ];
    send(chain, deployment.polls, &opened).await;
    let points: Vec<Point> = (1..500).map(|value| Point::generator().mul_u64(value * 7919)).collect();
    let mut rng = StdRng::seed_from_u64(2);
    let cast: Vec<LogData> = (0..ballots)
        .map(|number| {
            let mut point = || points[rng.gen_range(0..points.len())];
            let ciphertext = Ciphertext { c: point(), d: vec![point(), point(), point()] };
            let nullifier = Fr::from(u128::from(number) << 64 | u128::from(rng.r#gen::<u64>()));
            let posted = Posted { h: Fr::from(1), nullifier, note: Fr::from(rng.r#gen::<u128>()), ciphertext };
            let (record, nullifier) = (posted.to_bytes().into(), words::from_field(&nullifier));
            BallotCast { poll, chamber, nullifier, previous: B256::ZERO, record }.encode_log_data()
        })
        .collect();
    for logs in cast.chunks((each / 4).max(1)) {
        send(chain, deployment.polls, logs).await;
    }
    connection.provider().anvil_mine(Some(100), None).await.unwrap();
}

/// Starts an index and waits until it has the newest block.
async fn index(chain: &LocalChain, deployment: &Deployment, path: &std::path::Path, what: &str) -> Running {
    let head = chain.connection().newest_block().await.unwrap();
    let start = Instant::now();
    let stop = CancellationToken::new();
    let options = Options { pause: Duration::from_millis(200), ..Options::new(path.to_owned()) };
    let started = Indexer::start(chain.connection().clone(), deployment.clone(), options, stop.clone()).await;
    let (indexer, task) = started.unwrap();
    told(&format!("{what}: what was kept is served"), start);
    let mut status = indexer.status();
    status.wait_for(|status| status.head >= head && status.lag() == 0 && status.block.is_some()).await.unwrap();
    told(&format!("{what}: it has the newest block"), start);
    Running { indexer, stop, task }
}

struct Running {
    indexer: Indexer,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<Result<(), psephos_service::indexer::IndexError>>,
}

#[tokio::main]
async fn main() {
    let (members, ballots) = (number("PSEPHOS_BENCH_MEMBERS", 100_000), number("PSEPHOS_BENCH_BALLOTS", 10_000));
    let each = number("PSEPHOS_BENCH_BLOCKS", 40) as usize;
    let (chain, deployment) = (LocalChain::start().await.unwrap(), deployment());
    let start = Instant::now();
    scene(&chain, &deployment, members, ballots, each).await;
    told(&format!("a chain of {} blocks", chain.connection().newest_block().await.unwrap()), start);

    let start = Instant::now();
    let head = chain.connection().newest_block().await.unwrap();
    let logs = logs::read_logs(chain.connection(), &events::event_contracts(&deployment), 0, head).await.unwrap();
    told(&format!("{} logs from the node", logs.len()), start);
    let start = Instant::now();
    let mut replay = ChainState::empty(deployment.clone());
    replay.apply_logs(&logs);
    told("they are replayed together", start);
    let enrolments = logs.iter().position(|log| log.address == deployment.polls).unwrap_or(logs.len());
    let start = Instant::now();
    let mut again = ChainState::empty(deployment.clone());
    again.apply_logs(&logs[..enrolments]);
    told("  of which enrolments", start);
    let some = enrolments.min(10_000);
    let start = Instant::now();
    let mut single = ChainState::empty(deployment.clone());
    logs[..some].iter().for_each(|log| single.apply_log(log));
    told(&format!("  {some} of these one by one"), start);
    drop(single);
    assert!(replay.findings.is_empty(), "{:?}", &replay.findings[..1]);
    let start = Instant::now();
    let total = replay.polls[&PollId::new(1)].chambers[&ChamberId::new(0)].encrypted_total(3);
    told("the encrypted total", start);
    drop((logs, again, total));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.redb");
    let first = index(&chain, &deployment, &path, "made from the chain").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (router, stopped) = (routes(first.indexer.clone()), first.stop.clone().cancelled_owned());
    let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await });
    {
        let client = IndexerClient::new(&url).unwrap();
        let start = Instant::now();
        let fetched = client.fetch_snapshot(&deployment).await.unwrap();
        told("a client fetches all events and replays them", start);
        assert_eq!(fetched.state.chambers[&ChamberId::new(0)].census, replay.chambers[&ChamberId::new(0)].census);
        let start = Instant::now();
        let places = client.fetch_census(&deployment, ChamberId::new(0)).await.unwrap();
        told("a client fetches the census and hashes it", start);
        println!("census: {} bytes", psephos_state::census::encoded_length(places.len));
    }
    let mut bytes = 0;
    let (mut from, mut pages) = (0, 0);
    loop {
        let get = alloy::transports::http::reqwest::get(format!("{url}/v1/events?from={from}")).await.unwrap();
        let page = get.bytes().await.unwrap();
        (bytes, pages) = (bytes + page.len(), pages + 1);
        let header = events::EventPage::from_bytes(&page).unwrap().header;
        if header.to == header.head {
            break;
        }
        from = header.to + 1;
    }
    println!("events: {bytes} bytes in {pages} pages");
    let start = Instant::now();
    first.stop.cancel();
    first.task.await.unwrap().unwrap();
    server.await.unwrap().unwrap();
    drop(first.indexer);
    told("it stops, with a checkpoint", start);
    println!("store: {} bytes", fs::metadata(&path).unwrap().len());

    let second = index(&chain, &deployment, &path, "started again").await;
    let state = second.indexer.states().borrow().clone();
    assert_eq!(state.chambers[&ChamberId::new(0)].census, replay.chambers[&ChamberId::new(0)].census);
    assert_eq!(format!("{:?}", state.polls[&PollId::new(1)]), format!("{:?}", replay.polls[&PollId::new(1)]));
    second.stop.cancel();
    second.task.await.unwrap().unwrap();
}
