//! Measures a contribution to a key and its verification, in Psephos and in snarkjs. Both work on the same files,
//! alternately; medians and their ratios are printed.
//!
//! `npm ci` in `prover/tests/snarkjs` installs snarkjs. `PSEPHOS_BENCH_ROUNDS` sets the number of rounds (default 3).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use psephos_ceremony::{compute_initial_zkey, contribute, powers, rehearsal, seed_generator, verify::verify_ceremony};
use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_formats::ptau::Ptau;
use psephos_formats::r1cs;
use psephos_formats::zkey::{self, SectionOrder, Shape};
use psephos_prover::circuit_files::constraint_system;

fn measure_time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn median_seconds(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn open_file(path: &Path) -> BufReader<File> {
    BufReader::new(File::open(path).unwrap())
}

fn contribute_here(before: &Path, after: &Path) {
    let mut out = BufWriter::new(File::create(after).unwrap());
    contribute(open_file(before), &mut out, "bench", &mut seed_generator(b"")).unwrap();
}

fn verify_here(system: &R1cs, dir: &Path, key: &str, initial: Option<&str>) {
    let mut ptau = Ptau::open(open_file(&dir.join("powers.ptau"))).unwrap();
    let initial = initial.map(|initial| open_file(&dir.join(initial)));
    verify_ceremony(system, &mut ptau, open_file(&dir.join(key)), initial).unwrap();
}

fn run_snarkjs(dir: &Path, arguments: &[&str]) {
    let cli = concat!(env!("CARGO_MANIFEST_DIR"), "/../prover/tests/snarkjs/node_modules/snarkjs/build/cli.cjs");
    let mut command = Command::new("node");
    command.arg(cli).args(arguments).current_dir(dir).stdout(Stdio::null());
    assert!(command.status().unwrap().success(), "snarkjs failed: `npm ci` in prover/tests/snarkjs installs it");
}

fn main() {
    // `cargo test` also runs benchmarks, to check that they start.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let rounds = std::env::var("PSEPHOS_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let (directory, system) = (tempfile::tempdir().unwrap(), Name::Ballot8.constraint_system());
    let dir = directory.path();
    let domain = Shape::from_system(&constraint_system(&system)).domain;
    rehearsal::write_powers(domain.ilog2(), &mut BufWriter::new(File::create(dir.join("powers.ptau")).unwrap()))
        .unwrap();
    r1cs::write_r1cs(&constraint_system(&system), &mut File::create(dir.join("circuit.r1cs")).unwrap()).unwrap();
    let mut ptau = Ptau::open(open_file(&dir.join("powers.ptau"))).unwrap();
    let (elapsed, ()) = measure_time(|| powers::check_powers(&mut ptau, &[domain]).unwrap());
    println!("check powers of tau                        {:>8.2} s", elapsed.as_secs_f64());
    let (elapsed, (key, transcript)) = measure_time(|| compute_initial_zkey(&system, &mut ptau).unwrap());
    println!("compute initial zkey                       {:>8.2} s", elapsed.as_secs_f64());
    let coefficients = zkey::encode_coefficients(zkey::key_coefficients(&constraint_system(&system)));
    key.write_file(&coefficients, &transcript, SectionOrder::Initial, &mut File::create(dir.join("0.zkey")).unwrap())
        .unwrap();
    contribute_here(&dir.join("0.zkey"), &dir.join("1.zkey"));
    contribute_here(&dir.join("1.zkey"), &dir.join("2.zkey"));

    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..rounds {
        times[0].push(measure_time(|| contribute_here(&dir.join("1.zkey"), &dir.join("ours.zkey"))).0);
        let arguments = ["zkey", "contribute", "1.zkey", "theirs.zkey", "--name=bench", "-e=x"];
        times[1].push(measure_time(|| run_snarkjs(dir, &arguments)).0);
        times[2].push(measure_time(|| verify_here(&system, dir, "2.zkey", None)).0);
        times[3].push(measure_time(|| verify_here(&system, dir, "2.zkey", Some("0.zkey"))).0);
        let arguments = ["zkey", "verify", "circuit.r1cs", "powers.ptau", "2.zkey"];
        times[4].push(measure_time(|| run_snarkjs(dir, &arguments)).0);
        verify_here(&system, dir, "theirs.zkey", Some("0.zkey"));
    }
    assert!(fs::metadata(dir.join("ours.zkey")).unwrap().len() > 0);
    let [ours, theirs, from_circuit, from_initial, verified] = times.map(median_seconds);
    println!("ballot-8, medians of {rounds}               Psephos    snarkjs    ratio");
    println!("contribute                             {ours:>8.2} s {theirs:>8.2} s {:>7.1}", theirs / ours);
    println!(
        "verify, from circuit and powers        {from_circuit:>8.2} s {verified:>8.2} s {:>7.1}",
        verified / from_circuit
    );
    println!(
        "verify, from the initial zkey          {from_initial:>8.2} s {verified:>8.2} s {:>7.1}",
        verified / from_initial
    );
}
