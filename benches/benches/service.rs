//! Measures the cost that the prover service adds to a proof.
//!
//! Latency and throughput are compared with the engine's; then the latencies of ballots are measured with Poisson
//! arrivals at 50 % and 80 % of the engine's throughput. The service runs in a process of its own, the load in this
//! one, over loopback; both share the machine's cores.
//!
//! `PSEPHOS_BENCH_ROUNDS` sets the number of ballots that each part sends (default 60).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use psephos_benches::seeded_rng;
use psephos_circuits::ballot::BallotCircuit;
use psephos_protocol::identifiers::ChainId;
use psephos_prover::KeyRing;
use psephos_prover::{KeyStore, examples};
use psephos_service::clock::Clock;
use psephos_service::{config::Config, serve};
use psephos_wire::proof::{JobView, ProofRequest, Statement};
use rand::Rng;
use reqwest::Client;
use tokio::task::JoinSet;

/// The environment variable that makes this program the service, with its value as response interval in milliseconds.
const SERVER: &str = "PSEPHOS_BENCH_SERVER_STEP";
const VOTERS: u8 = 16;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match std::env::var(SERVER) {
        Ok(interval) => runtime.block_on(run_service(interval.parse().unwrap())),
        Err(_) => runtime.block_on(run_load()),
    }
}

async fn run_service(interval: u64) {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data: directory.path().to_owned(), ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.http.admin = "127.0.0.1:0".parse().unwrap();
    config.http.rate.per_minute = 0;
    config.prover.response_interval_ms = interval;
    (config.relayer.enabled, config.indexer.enabled) = (false, false);
    let resources = serve::ServiceResources {
        circuits: Arc::new(KeyRing::default()),
        chain: None,
        account: None,
        clock: Clock::default(),
        network: psephos_chain::Network::direct(),
    };
    let running = serve::start_service(&config, resources).await.unwrap();
    println!("{}", running.public_address());
    // Runs until the load's process closes the pipe.
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = end.await;
    running.stop().await;
}

/// The service's process and a client of it.
struct Server {
    child: Child,
    url: String,
    client: Client,
}

impl Server {
    async fn start(interval: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(SERVER, interval.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        psephos_chain::tls::install_provider();
        let server = Self { child, url: format!("http://{}", line.trim()), client: Client::new() };
        while !server.client.get(format!("{}/readyz", server.url)).send().await.unwrap().status().is_success() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    /// Requests a proof and returns the time until it is there.
    async fn request_proof(client: Client, url: String, body: String) -> Duration {
        let start = Instant::now();
        let request = client.post(format!("{url}/v1/proofs")).header("content-type", "application/json").body(body);
        let job: JobView = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        let mut view = job;
        let mut seen = "queued";
        while !view.status.is_final() {
            let response = client.get(format!("{url}/v1/proofs/{}?wait=30&seen={seen}", view.id)).send().await.unwrap();
            view = response.error_for_status().unwrap().json().await.unwrap();
            seen = "proving";
        }
        assert!(view.proof.is_some(), "{:?}", view.failure);
        start.elapsed()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn percentile_milliseconds(mut times: Vec<Duration>, percent: usize) -> f64 {
    times.sort();
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3
}

async fn run_load() {
    let rounds: usize = std::env::var("PSEPHOS_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let key = KeyStore::new(KeyStore::default_dir()).load_key::<BallotCircuit<3>>(|_| {}).unwrap();
    key.prepare().unwrap();
    let ballots: Vec<BallotCircuit<3>> =
        (0..VOTERS).map(|voter| examples::ballot_with([voter; 32], usize::from(voter) % 3)).collect();
    let bodies: Vec<String> = (0..VOTERS)
        .map(|voter| {
            let BallotCircuit { instance, witness } = examples::ballot_with::<3>([voter; 32], usize::from(voter) % 3);
            let request =
                ProofRequest { chain_id: ChainId::new(31_337), statement: Statement::Ballot(instance, witness) };
            String::from_utf8(request.to_json().unwrap().to_vec()).unwrap()
        })
        .collect();
    let body = |number: usize| bodies[number % bodies.len()].clone();

    let engine: Vec<Duration> = (0..rounds)
        .map(|number| {
            let start = Instant::now();
            black_box(key.prove(&ballots[number % ballots.len()], &mut seeded_rng(number as u64)).unwrap());
            start.elapsed()
        })
        .collect();
    let engine_median = percentile_milliseconds(engine, 50);
    let many: Vec<BallotCircuit<3>> = (0..rounds)
        .map(|number| examples::ballot_with([number as u8 % VOTERS; 32], number % VOTERS as usize % 3))
        .collect();
    let start = Instant::now();
    assert!(key.prove_all(&many, &mut seeded_rng(1)).iter().all(Result::is_ok));
    let engine_rate = rounds as f64 / start.elapsed().as_secs_f64();
    println!(
        "engine: {engine_median:.1} ms a ballot (median, check and verification included), \
         {engine_rate:.1} ballots/s in throughput mode"
    );

    for interval in [0, 50] {
        let server = Server::start(interval).await;
        let request = |number: usize| Server::request_proof(server.client.clone(), server.url.clone(), body(number));
        // Warm-up.
        for number in 0..4 {
            request(number).await;
        }
        let mut times = Vec::new();
        for number in 0..rounds {
            times.push(request(number).await);
        }
        let median = percentile_milliseconds(times, 50);
        println!(
            "response interval {interval} ms: {median:.1} ms a ballot, sequential requests (median), \
             {:+.1} ms compared with the engine",
            median - engine_median
        );

        let start = Instant::now();
        let mut set = JoinSet::new();
        (0..rounds).for_each(|number| drop(set.spawn(request(number))));
        set.join_all().await;
        let rate = rounds as f64 / start.elapsed().as_secs_f64();
        println!(
            "  concurrent requests: {rate:.1} ballots/s, {:.0} % of the engine's rate",
            100.0 * rate / engine_rate
        );

        for load in [0.5, 0.8] {
            // Exponentially distributed pauses make Poisson arrivals.
            let (mut random, mut set) = (seeded_rng(2), JoinSet::new());
            for number in 0..rounds * 2 {
                let pause = -random.gen_range(f64::EPSILON..1.0f64).ln() / (engine_rate * load);
                tokio::time::sleep(Duration::from_secs_f64(pause)).await;
                set.spawn(request(number));
            }
            let times = set.join_all().await;
            let [p50, p99] = [50, 99].map(|percent| percentile_milliseconds(times.clone(), percent));
            println!("  Poisson arrivals at {:.0} % of it: p50 {p50:.1} ms, p99 {p99:.1} ms", load * 100.0);
        }
    }
}
