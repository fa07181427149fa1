//! Measures an indexer with 100,000 members and 10,000 ballots: building it from a local chain, restarting it, and
//! fetching everything with a client.
//!
//! ```text
//! cargo run --release -p psephos-service --example index_scale
//! ```
//!
//! The events are those of the contracts, emitted by a contract that logs whatever it is called with
//! (`psephos_testkit::emitter`): this makes the chain in a minute instead of hours. `PSEPHOS_BENCH_MEMBERS` and
//! `PSEPHOS_BENCH_BALLOTS` set the numbers of members and ballots; `PSEPHOS_BENCH_BLOCKS` sets the number of enrolments
//! per block (40), and a quarter as many ballots.
#![allow(clippy::unwrap_used, reason = "a measurement may panic")]

use std::{
    fs,
    time::{Duration, Instant},
};

use alloy::{
    primitives::{Address, B256, LogData, U256},
    providers::{Provider, ext::AnvilApi},
    sol_types::SolEvent,
};
use psephos_chain::{LocalChain, logs, source::indexer::client::IndexerClient};
use psephos_protocol::{
    Fr, Point,
    elements::{NoteCommitment, Nullifier, StatementHash},
    encryption::Ciphertext,
    identifiers::{ChamberId, PollId},
    statement::ballot::PostedBallot,
};
use psephos_service::indexer::{Indexer, Options, router};
use psephos_state::{
    ChainState, Deployment,
    bindings::{
        IPolls::{BallotCast, ChamberOpened, PollCreated, PollOpened},
        IStakeholderRegistry::{ChamberCreated, Enrolled},
    },
    events, words,
};
use psephos_testkit::{emitter, poll_parameters, stub_addresses};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio_util::sync::CancellationToken;

fn read_env_number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn resident_mebibytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() / 1024
}

fn print_duration(what: &str, start: Instant) {
    println!("{what:<60} {:>8.3} s   {:>5} MiB", start.elapsed().as_secs_f64(), resident_mebibytes());
}

async fn send_logs(chain: &LocalChain, contract: Address, logs: &[LogData]) {
    let provider = chain.connection().provider();
    let _ = provider.send_transaction(emitter::build_request(contract, logs)).await.unwrap();
}

async fn emit_chain(chain: &LocalChain, deployment: &Deployment, members: u64, ballots: u64, each: usize) {
    let connection = chain.connection();
    for contract in [deployment.registry, deployment.committee, deployment.polls, deployment.rewards] {
        emitter::install(connection, contract).await;
    }
    let chamber = U256::ZERO;
    let created = ChamberCreated { chamber, name: "All members".into(), policy: deployment.policy };
    emitter::emit(connection, deployment.registry, &[created.encode_log_data()]).await;
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
        send_logs(chain, deployment.registry, logs).await;
    }
    let poll = U256::from(1);
    let opened = [
        PollCreated {
            poll,
            proposal: B256::ZERO,
            creator: Address::ZERO,
            fingerprint: B256::ZERO,
            parameters: poll_parameters(),
        }
        .encode_log_data(),
        ChamberOpened { poll, chamber, root: U256::from(1), ctx: U256::from(7), packedRule: U256::ZERO }
            .encode_log_data(),
        PollOpened { poll }.encode_log_data(),
    ];
    send_logs(chain, deployment.polls, &opened).await;
    let points: Vec<Point> = (1..500).map(|value| Point::generator().mul_u64(value * 7919)).collect();
    let mut rng = StdRng::seed_from_u64(2);
    let cast: Vec<LogData> = (0..ballots)
        .map(|number| {
            let mut point = || points[rng.gen_range(0..points.len())];
            let ciphertext = Ciphertext { c: point(), d: vec![point(), point(), point()] };
            let nullifier = Nullifier::from_fr(Fr::from(u128::from(number) << 64 | u128::from(rng.r#gen::<u64>())));
            let note = NoteCommitment::from_fr(Fr::from(rng.r#gen::<u128>()));
            let posted = PostedBallot { h: StatementHash::from_fr(Fr::from(1)), nullifier, note, ciphertext };
            let (record, nullifier) = (posted.to_bytes().into(), words::from_field(&nullifier));
            BallotCast { poll, chamber, nullifier, previous: B256::ZERO, record }.encode_log_data()
        })
        .collect();
    for logs in cast.chunks((each / 4).max(1)) {
        send_logs(chain, deployment.polls, logs).await;
    }
    connection.provider().anvil_mine(Some(100), None).await.unwrap();
}

/// Starts an indexer and waits until it has read the newest block.
async fn start_indexer(
    chain: &LocalChain,
    deployment: &Deployment,
    path: &std::path::Path,
    what: &str,
) -> RunningIndexer {
    let head = chain.connection().newest_block().await.unwrap();
    let start = Instant::now();
    let stop = CancellationToken::new();
    let options = Options { pause: Duration::from_millis(200), ..Options::new(path.to_owned()) };
    let started = Indexer::start_following(chain.connection().clone(), deployment.clone(), options, stop.clone()).await;
    let (indexer, task) = started.unwrap();
    print_duration(&format!("{what}: the stored state is served"), start);
    let mut status = indexer.status();
    status.wait_for(|status| status.head >= head && status.lag() == 0 && status.block.is_some()).await.unwrap();
    print_duration(&format!("{what}: the newest block is read"), start);
    RunningIndexer { indexer, stop, task }
}

struct RunningIndexer {
    indexer: Indexer,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<Result<(), psephos_service::indexer::IndexError>>,
}

#[tokio::main]
async fn main() {
    let (members, ballots) =
        (read_env_number("PSEPHOS_BENCH_MEMBERS", 100_000), read_env_number("PSEPHOS_BENCH_BALLOTS", 10_000));
    let each = read_env_number("PSEPHOS_BENCH_BLOCKS", 40) as usize;
    let (chain, deployment) = (LocalChain::start().await.unwrap(), stub_addresses());
    let start = Instant::now();
    emit_chain(&chain, &deployment, members, ballots, each).await;
    print_duration(&format!("a chain of {} blocks", chain.connection().newest_block().await.unwrap()), start);

    let start = Instant::now();
    let head = chain.connection().newest_block().await.unwrap();
    let logs = logs::read_logs(chain.connection(), &events::event_contracts(&deployment), 0, head).await.unwrap();
    print_duration(&format!("{} logs from the node", logs.len()), start);
    let start = Instant::now();
    let mut chain_state = ChainState::empty(deployment.clone());
    chain_state.apply_logs(&logs);
    print_duration("the logs replayed in one batch", start);
    let enrolments = logs.iter().position(|log| log.address == deployment.polls).unwrap_or(logs.len());
    let start = Instant::now();
    let mut again = ChainState::empty(deployment.clone());
    again.apply_logs(&logs[..enrolments]);
    print_duration("  of which enrolments", start);
    let some = enrolments.min(10_000);
    let start = Instant::now();
    let mut single = ChainState::empty(deployment.clone());
    logs[..some].iter().for_each(|log| single.apply_log(log));
    print_duration(&format!("  {some} enrolments one by one"), start);
    drop(single);
    assert!(chain_state.findings.is_empty(), "{:?}", &chain_state.findings[..1]);
    let start = Instant::now();
    let total = chain_state.polls[&PollId::new(1)].chambers[&ChamberId::new(0)].encrypted_total(3);
    print_duration("the encrypted total", start);
    drop((logs, again, total));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("indexer.redb");
    let first = start_indexer(&chain, &deployment, &path, "built from the chain").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (router, stopped) = (router(first.indexer.clone()), first.stop.clone().cancelled_owned());
    let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await });
    {
        let client = IndexerClient::new(&url, &psephos_chain::Network::direct()).unwrap();
        let start = Instant::now();
        let fetched = client.fetch_snapshot(&deployment).await.unwrap();
        print_duration("a client fetches all events and replays them", start);
        assert_eq!(fetched.state.chambers[&ChamberId::new(0)].census, chain_state.chambers[&ChamberId::new(0)].census);
        let start = Instant::now();
        let census = client.fetch_census(&deployment, ChamberId::new(0)).await.unwrap();
        print_duration("a client fetches the census and hashes it", start);
        println!("census: {} bytes", psephos_state::census::encoded_length(census.len));
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
    print_duration("shutdown with a checkpoint", start);
    println!("store: {} bytes", fs::metadata(&path).unwrap().len());

    let second = start_indexer(&chain, &deployment, &path, "restarted").await;
    let state = second.indexer.chain_states().borrow().clone();
    assert_eq!(state.chambers[&ChamberId::new(0)].census, chain_state.chambers[&ChamberId::new(0)].census);
    assert_eq!(format!("{:?}", state.polls[&PollId::new(1)]), format!("{:?}", chain_state.polls[&PollId::new(1)]));
    second.stop.cancel();
    second.task.await.unwrap().unwrap();
}
