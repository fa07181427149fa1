//! Measures proofs in Psephos and in the other provers that a user could choose: arkworks, rapidsnark and snarkjs. All
//! prove with the same witness in turn, and all but arkworks with the same key. Medians and their ratios are reported,
//! with a chart.
//!
//! `cargo bench -p psephos-benches --bench peers` prints the tables; `-- --write docs/src` writes them into
//! `performance.md` there, between its markers, and the chart beside it. `npm ci` in `prover/tests/snarkjs` installs
//! snarkjs; `PSEPHOS_RAPIDSNARK` is the path of rapidsnark's `prover`; either is omitted if it is not installed.
//! `PSEPHOS_BENCH_ROUNDS` sets the number of rounds (default 7).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

mod chart;
mod memory;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

use psephos_benches::peers::{measure_milliseconds, median, time_rapidsnark, time_snarkjs};
use psephos_benches::{arkworks, seeded_rng};
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::with_circuit;
use psephos_formats::witness;
use psephos_prover::examples::{Example, ballot};
use psephos_prover::{Backend, KeyStore, Preparation, ProvingKey};
use rayon::ThreadPoolBuilder;

fn open_store() -> KeyStore {
    KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys"))
}

/// Returns the compared preparations of a key: the default, one with 256 MiB of tables, and the portable backend.
fn preparations() -> [(&'static str, Preparation); 3] {
    let tables = Preparation::within_memory(256 << 20).unwrap();
    let portable = Preparation { arithmetic: Backend::portable(), ..Preparation::default() };
    [("Psephos", Preparation::default()), ("Psephos, `--memory 256`", tables), ("Psephos, portable", portable)]
}

/// A row of a table: a prover's name, and its times in milliseconds on one thread and on all.
type Row = (String, Vec<f64>);

/// Measures all provers with the same witness, in turn.
fn compare_provers<C: Example>(rounds: usize, threads: &[usize]) -> Vec<Row> {
    let keys: Vec<(&str, ProvingKey<C>)> = preparations()
        .into_iter()
        .map(|(name, preparation)| {
            (name, open_store().load_development::<C>(|_| {}).unwrap().with_preparation(preparation))
        })
        .collect();
    keys.iter().for_each(|(_, key)| key.prepare().unwrap());
    let (circuit, arkworks) = (C::example(), arkworks::ArkworksProver::<C>::new());
    let assignment = circuit.generate_assignment();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("key.zkey"), keys[0].1.to_zkey().unwrap()).unwrap();
    witness::write_witness(&assignment, &mut File::create(directory.path().join("witness.wtns")).unwrap()).unwrap();
    let names = keys.iter().map(|(name, _)| (*name).to_owned());
    let names = names.chain(["arkworks 0.6", "rapidsnark", "snarkjs 0.7.6"].map(String::from));
    let mut rows: Vec<Row> = names.map(|name| (name, Vec::new())).collect();
    for threads in threads {
        let pool = ThreadPoolBuilder::new().num_threads(*threads).build().unwrap();
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); keys.len() + 1];
        let mut rng = seeded_rng(7);
        for _ in 0..rounds {
            for (times, (_, key)) in times.iter_mut().zip(&keys) {
                times.push(
                    pool.install(|| measure_milliseconds(|| key.prove_assignment(&assignment, &mut rng).unwrap())),
                );
            }
            times[keys.len()].push(pool.install(|| measure_milliseconds(|| arkworks.prove(&assignment, &mut rng))));
        }
        let dir = directory.path();
        let others = [time_rapidsnark(dir, rounds, *threads), time_snarkjs(dir, rounds.min(5), *threads)];
        let all = times.into_iter().map(Some).chain(others);
        for ((_, medians), times) in rows.iter_mut().zip(all) {
            medians.extend(times.map(median));
        }
    }
    rows.retain(|(_, medians)| !medians.is_empty());
    rows
}

/// Measures proofs from an identity and a Merkle path of the census, witness generation included.
fn compare_end_to_end<const M: usize>(rounds: usize, threads: &[usize]) -> Vec<Row>
where
    BallotCircuit<M>: Example,
{
    let key = open_store().load_development::<BallotCircuit<M>>(|_| {}).unwrap();
    let arkworks = arkworks::ArkworksProver::<BallotCircuit<M>>::new();
    key.prepare().unwrap();
    let mut rows = vec![("Psephos".to_owned(), Vec::new()), ("arkworks 0.6".to_owned(), Vec::new())];
    for threads in threads {
        let pool = ThreadPoolBuilder::new().num_threads(*threads).build().unwrap();
        let (mut ours, mut theirs, mut rng) = (Vec::new(), Vec::new(), seeded_rng(8));
        for _ in 0..rounds {
            ours.push(pool.install(|| measure_milliseconds(|| key.prove(&ballot::<M>(), &mut rng).unwrap())));
            theirs.push(pool.install(|| measure_milliseconds(|| arkworks.prove_circuit(&ballot::<M>(), &mut rng))));
        }
        rows[0].1.push(median(ours));
        rows[1].1.push(median(theirs));
    }
    rows
}

/// Measures proofs a second, sequential and concurrent, and the latency of each.
fn measure_throughput(threads: usize) -> String {
    let key = open_store().load_development::<BallotCircuit<3>>(|_| {}).unwrap();
    let key = key.with_preparation(Preparation::within_memory(256 << 20).unwrap());
    key.prepare().unwrap();
    let circuits: Vec<_> = (0..16 * threads).map(|_| ballot::<3>()).collect();
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let mut rng = seeded_rng(9);
    let single =
        median((0..9).map(|_| measure_milliseconds(|| pool.install(|| key.prove(&circuits[0], &mut rng)))).collect());
    let all =
        median((0..3).map(|_| measure_milliseconds(|| pool.install(|| key.prove_all(&circuits, &mut rng)))).collect());
    let each = all / circuits.len() as f64;
    format!(
        "| sequential, {threads} threads each | {:.1} | {single:.1} |\n\
         | {threads} concurrent, one thread each | {:.1} | {:.1} |\n",
        1e3 / single,
        1e3 / each,
        each * threads as f64
    )
}

/// Formats a table of times, with ratios to the first row.
fn format_table(rows: &[Row], threads: &[usize]) -> String {
    let mut out = String::from("| |");
    threads.iter().for_each(|n| write!(out, " {n} thread{} | ratio |", if *n == 1 { "" } else { "s" }).unwrap());
    out.push_str("\n|---|");
    threads.iter().for_each(|_| out.push_str("---|---|"));
    for (name, medians) in rows {
        write!(out, "\n| {name} |").unwrap();
        for (time, first) in medians.iter().zip(&rows[0].1) {
            write!(out, " {time:.1} | {:.2} |", time / first).unwrap();
        }
    }
    out + "\n"
}

fn build_report(rounds: usize) -> (String, Vec<chart::Bar>) {
    let all = rayon::current_num_threads();
    let threads: Vec<usize> = if all == 1 { vec![1] } else { vec![1, all] };
    let mut out = String::new();
    let features = Backend::detect().name();
    writeln!(out, "Backend: {features}; {all} processors. Times in milliseconds, medians of {rounds}.\n").unwrap();
    for name in [psephos_circuits::catalogue::Name::Ballot3, psephos_circuits::catalogue::Name::Ballot8] {
        let rows = with_circuit!(name, C => compare_provers::<C>(rounds, &threads));
        writeln!(out, "**{name}, proof from a precomputed witness**; only Psephos' times include verification:\n")
            .unwrap();
        writeln!(out, "{}", format_table(&rows, &threads)).unwrap();
    }
    writeln!(out, "**ballot-3, end to end**: from identity and Merkle path to the verified proof:\n").unwrap();
    writeln!(out, "{}", format_table(&compare_end_to_end::<3>(rounds, &threads), &threads)).unwrap();
    writeln!(out, "**Throughput** (ballot-3, `--memory 256`):\n").unwrap();
    writeln!(out, "| | proofs a second | latency, ms |\n|---|---|---|\n{}", measure_throughput(all)).unwrap();
    writeln!(out, "**Peak memory** of a process that loads the key and proves three times:\n").unwrap();
    writeln!(out, "{}", memory::measure_peaks()).unwrap();
    let (stages, bars) = chart::measure_stages(rounds);
    writeln!(out, "**Time by stage** (ballot-3, one thread):\n\n{stages}").unwrap();
    (out, bars)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // `cargo test` also runs benchmarks, to check that they start.
    if arguments.iter().any(|argument| argument == "--test") {
        return;
    }
    if memory::run_as_child() {
        return;
    }
    let rounds = std::env::var("PSEPHOS_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(7);
    let (text, bars) = build_report(rounds);
    println!("{text}");
    let Some(option) = arguments.iter().position(|argument| argument == "--write") else { return };
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(&arguments[option + 1]);
    fs::write(directory.join("performance.svg"), chart::draw_svg(&bars)).unwrap();
    let page = fs::read_to_string(directory.join("performance.md")).unwrap();
    let (before, rest) = page.split_once("<!-- measured -->").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    fs::write(directory.join("performance.md"), format!("{before}<!-- measured -->\n{text}<!-- end -->{after}"))
        .unwrap();
}
