//! How long do a contribution to a key and its verification take, here and in snarkjs? Both work on the same files in turn; medians
//! and their ratio are printed.
//!
//! `npm ci` in `prover/tests/snarkjs` installs snarkjs. `PSEPHOS_BENCH_ROUNDS` says how often (3).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use psephos_ceremony::{contribute, first_key, generator, powers, rehearsal, verify};
use psephos_circuits::R1cs;
use psephos_circuits::catalogue::Name;
use psephos_formats::ptau::Ptau;
use psephos_formats::r1cs;
use psephos_formats::zkey::{self, Order, Shape};
use psephos_prover::circuit_files::constraint_system;

fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn open(path: &Path) -> BufReader<File> {
    BufReader::new(File::open(path).unwrap())
}

fn ours(before: &Path, after: &Path) {
    let mut out = BufWriter::new(File::create(after).unwrap());
    contribute(open(before), &mut out, "bench", &mut generator(b"")).unwrap();
}

fn check(system: &R1cs, dir: &Path, key: &str, first: Option<&str>) {
    let mut ptau = Ptau::open(open(&dir.join("powers.ptau"))).unwrap();
    verify(system, &mut ptau, open(&dir.join(key)), first.map(|first| open(&dir.join(first)))).unwrap();
}

fn snarkjs(dir: &Path, arguments: &[&str]) {
    let cli = concat!(env!("CARGO_MANIFEST_DIR"), "/../prover/tests/snarkjs/node_modules/snarkjs/build/cli.cjs");
    let mut command = Command::new("node");
    command.arg(cli).args(arguments).current_dir(dir).stdout(Stdio::null());
    assert!(command.status().unwrap().success(), "is snarkjs installed?");
}

fn main() {
    // `cargo test` runs benches too, to see that they start.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let rounds = std::env::var("PSEPHOS_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let (folder, system) = (tempfile::tempdir().unwrap(), Name::Ballot8.system());
    let dir = folder.path();
    let domain = Shape::of(&constraint_system(&system)).domain;
    rehearsal::write(domain.ilog2(), &mut BufWriter::new(File::create(dir.join("powers.ptau")).unwrap())).unwrap();
    r1cs::write(&constraint_system(&system), &mut File::create(dir.join("circuit.r1cs")).unwrap()).unwrap();
    let mut ptau = Ptau::open(open(&dir.join("powers.ptau"))).unwrap();
    let (took, ()) = time(|| powers::check(&mut ptau, &[domain]).unwrap());
    println!("powers of tau checked                      {:>8.2} s", took.as_secs_f64());
    let (took, (key, transcript)) = time(|| first_key(&system, &mut ptau).unwrap());
    println!("first key                                  {:>8.2} s", took.as_secs_f64());
    let coefficients = zkey::encode_coefficients(zkey::coefficients(&constraint_system(&system)));
    key.write(&coefficients, &transcript, Order::New, &mut File::create(dir.join("0.zkey")).unwrap()).unwrap();
    ours(&dir.join("0.zkey"), &dir.join("1.zkey"));
    ours(&dir.join("1.zkey"), &dir.join("2.zkey"));

    let mut times: [Vec<Duration>; 5] = Default::default();
    for _ in 0..rounds {
        times[0].push(time(|| ours(&dir.join("1.zkey"), &dir.join("ours.zkey"))).0);
        times[1]
            .push(time(|| snarkjs(dir, &["zkey", "contribute", "1.zkey", "theirs.zkey", "--name=bench", "-e=x"])).0);
        times[2].push(time(|| check(&system, dir, "2.zkey", None)).0);
        times[3].push(time(|| check(&system, dir, "2.zkey", Some("0.zkey"))).0);
        times[4].push(time(|| snarkjs(dir, &["zkey", "verify", "circuit.r1cs", "powers.ptau", "2.zkey"])).0);
        check(&system, dir, "theirs.zkey", Some("0.zkey"));
    }
    assert!(fs::metadata(dir.join("ours.zkey")).unwrap().len() > 0);
    let [ours, theirs, alone, with_first, verified] = times.map(median);
    println!("ballot-8, medians of {rounds}                  here    snarkjs    ratio");
    println!("contribute                             {ours:>8.2} s {theirs:>8.2} s {:>7.1}", theirs / ours);
    println!("verify, from circuit and powers        {alone:>8.2} s {verified:>8.2} s {:>7.1}", verified / alone);
    println!(
        "verify, with the first key at hand     {with_first:>8.2} s {verified:>8.2} s {:>7.1}",
        verified / with_first
    );
}
