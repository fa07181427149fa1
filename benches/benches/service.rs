//! What does the service add to a proof? Its latency against the engine's, one ballot after another; its throughput against the engine's; and the latencies
//! of ballots that come at random moments, at half and at four fifths of what it can do. The service runs in a process of its own, the load in this one, over
//! loopback; both share the machine's cores.
//!
//! `PSEPHOS_BENCH_ROUNDS` is how many ballots each part sends (60).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use psephos_benches::rng;
use psephos_circuits::ballot::BallotCircuit;
use psephos_exchange::Circuits;
use psephos_exchange::proof::{JobView, ProofRequest, Statement};
use psephos_prover::{KeyStore, examples};
use psephos_service::{config::Config, serve};
use rand::Rng;
use reqwest::Client;
use tokio::task::JoinSet;

/// In whose environment this program is the service, with answers in steps of so many milliseconds.
const SERVER: &str = "PSEPHOS_BENCH_SERVER_STEP";
const VOTERS: u8 = 16;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match std::env::var(SERVER) {
        Ok(step) => runtime.block_on(service(step.parse().unwrap())),
        Err(_) => runtime.block_on(load()),
    }
}

async fn service(step: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config { data: folder.path().to_owned(), ..Config::default() };
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.http.admin = "127.0.0.1:0".parse().unwrap();
    config.http.rate.per_minute = 0;
    config.prover.answer_step = step;
    (config.relayer.enabled, config.index.enabled) = (false, false);
    let resources = serve::Resources { circuits: Arc::new(Circuits::default()), chain: None, account: None };
    let running = serve::start(&config, resources).await.unwrap();
    println!("{}", running.address());
    // Until the other process ends.
    let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = end.await;
    running.stop().await;
}

struct Server {
    child: Child,
    url: String,
    client: Client,
}

impl Server {
    async fn start(step: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(SERVER, step.to_string())
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

    /// From the request to the proof.
    async fn prove(client: Client, url: String, body: String) -> Duration {
        let start = Instant::now();
        let request = client.post(format!("{url}/v1/proofs")).header("content-type", "application/json").body(body);
        let job: JobView = request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        let mut view = job;
        let mut seen = "queued";
        while !view.state.is_final() {
            let asked = client.get(format!("{url}/v1/proofs/{}?wait=30&seen={seen}", view.id)).send().await.unwrap();
            view = asked.error_for_status().unwrap().json().await.unwrap();
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

fn milliseconds(mut times: Vec<Duration>, percent: usize) -> f64 {
    times.sort();
    times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3
}

async fn load() {
    let rounds: usize = std::env::var("PSEPHOS_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let key = KeyStore::new(KeyStore::default_dir()).load::<BallotCircuit<3>>(|_| {}).unwrap();
    key.prepare().unwrap();
    let ballots: Vec<BallotCircuit<3>> =
        (0..VOTERS).map(|voter| examples::ballot_of([voter; 32], usize::from(voter) % 3)).collect();
    let bodies: Vec<String> = (0..VOTERS)
        .map(|voter| {
            let BallotCircuit { instance, witness } = examples::ballot_of::<3>([voter; 32], usize::from(voter) % 3);
            let request = ProofRequest { chain_id: 31_337, statement: Statement::Ballot(instance, witness) };
            String::from_utf8(request.to_json().unwrap().to_vec()).unwrap()
        })
        .collect();
    let body = |number: usize| bodies[number % bodies.len()].clone();

    let engine: Vec<Duration> = (0..rounds)
        .map(|number| {
            let start = Instant::now();
            black_box(key.prove(&ballots[number % ballots.len()], &mut rng(number as u64)).unwrap());
            start.elapsed()
        })
        .collect();
    let alone = milliseconds(engine, 50);
    let many: Vec<BallotCircuit<3>> = (0..rounds)
        .map(|number| examples::ballot_of([number as u8 % VOTERS; 32], number % VOTERS as usize % 3))
        .collect();
    let start = Instant::now();
    assert!(key.prove_all(&many, &mut rng(1)).iter().all(Result::is_ok));
    let most = rounds as f64 / start.elapsed().as_secs_f64();
    println!(
        "engine: {alone:.1} ms a ballot (median, check and verification included), {most:.1} a second in its throughput mode"
    );

    for step in [0, 50] {
        let server = Server::start(step).await;
        let ask = |number: usize| Server::prove(server.client.clone(), server.url.clone(), body(number));
        for number in 0..4 {
            ask(number).await;
        }
        let mut times = Vec::new();
        for number in 0..rounds {
            times.push(ask(number).await);
        }
        let median = milliseconds(times, 50);
        println!(
            "answers in steps of {step} ms: {median:.1} ms a ballot, one after another (median): {:+.1} ms",
            median - alone
        );

        let start = Instant::now();
        let mut set = JoinSet::new();
        (0..rounds).for_each(|number| drop(set.spawn(ask(number))));
        set.join_all().await;
        let rate = rounds as f64 / start.elapsed().as_secs_f64();
        println!("  all at once: {rate:.1} a second, {:.0} % of the engine's", 100.0 * rate / most);

        for share in [0.5, 0.8] {
            // Poisson arrivals.
            let (mut random, mut set) = (rng(2), JoinSet::new());
            for number in 0..rounds * 2 {
                let pause = -random.gen_range(f64::EPSILON..1.0f64).ln() / (most * share);
                tokio::time::sleep(Duration::from_secs_f64(pause)).await;
                set.spawn(ask(number));
            }
            let times = set.join_all().await;
            let [p50, p99] = [50, 99].map(|percent| milliseconds(times.clone(), percent));
            println!("  at {:.0} % of that, at random moments: p50 {p50:.1} ms, p99 {p99:.1} ms", share * 100.0);
        }
    }
}
