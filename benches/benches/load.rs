//! Measures the loading of proving keys. In Psephos: from a `.zkey` file, including its hash, with and without building
//! the circuit that it belongs to. In arkworks: deserialisation of the same points from memory, with and without
//! validation. Medians are printed.
//!
//! `PSEPHOS_BENCH_ROUNDS` sets the number of rounds (default 5).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

use ark_bn254::Bn254;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use blake2::{Blake2b512, Digest};
use psephos_circuits::catalogue::Name;
use psephos_circuits::with_circuit;
use psephos_formats::zkey::{self, Zkey};
use psephos_prover::KeyStore;

type ArkworksKey = ark_groth16::ProvingKey<Bn254>;

fn median_milliseconds<T>(rounds: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort();
    times[rounds / 2].as_secs_f64() * 1e3
}

/// Reads a file, hashes it on one thread and decodes it on the others, as a key store does.
fn read_key(path: &Path) -> Zkey {
    let bytes = fs::read(path).unwrap();
    let (_, key) = rayon::join(
        || Blake2b512::digest(&bytes),
        || Zkey::read_points(&mut zkey::open_zkey(Cursor::new(&bytes)).unwrap()).unwrap(),
    );
    key
}

fn to_arkworks(key: Zkey) -> ArkworksKey {
    let header = key.header;
    let vk = ark_groth16::VerifyingKey {
        alpha_g1: header.alpha_g1,
        beta_g2: header.beta_g2,
        gamma_g2: header.gamma_g2,
        delta_g2: header.delta_g2,
        gamma_abc_g1: key.ic,
    };
    ArkworksKey {
        vk,
        beta_g1: header.beta_g1,
        delta_g1: header.delta_g1,
        a_query: key.a,
        b_g1_query: key.b_g1,
        b_g2_query: key.b_g2,
        h_query: key.h,
        l_query: key.l,
    }
}

fn main() {
    // `cargo test` also runs benchmarks, to check that they start.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let rounds = std::env::var("PSEPHOS_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let store = KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys"));
    println!("milliseconds, medians of {rounds}; ratio: ark validated / file");
    println!("circuit              MB    file  with circuit  ark validated  ark unchecked   ratio");
    for name in Name::ALL {
        let path = with_circuit!(name, C => {
            let key = store.load_key::<C>(|_| {}).unwrap();
            store.development_file::<C>(&key.info().circuit_hash)
        });
        let mut bytes = Vec::new();
        to_arkworks(read_key(&path)).serialize_uncompressed(&mut bytes).unwrap();
        let file = median_milliseconds(rounds, || read_key(&path));
        let with_circuit =
            with_circuit!(name, C => median_milliseconds(rounds, || store.load_key::<C>(|_| {}).unwrap()));
        let validated =
            median_milliseconds(rounds.min(3), || ArkworksKey::deserialize_uncompressed(&bytes[..]).unwrap());
        let unchecked =
            median_milliseconds(rounds, || ArkworksKey::deserialize_uncompressed_unchecked(&bytes[..]).unwrap());
        let megabytes = fs::metadata(&path).unwrap().len() as f64 / 1e6;
        println!(
            "{name:<16} {megabytes:>6.1} {file:>7.1} {with_circuit:>13.1} {validated:>14.1} {unchecked:>14.1} {:>7.1}",
            validated / file
        );
    }
}
