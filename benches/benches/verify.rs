//! Benchmarks of verification: single proofs, batches, and finding the invalid proof of a batch.
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ff::{Field, UniformRand};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use psephos_benches::{ballot, seeded_rng};
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_prover::{Backend, KeyStore, Proof, ProvingKey, VerifyingKey, snarkjs};
use rand::Rng;
use rayon::prelude::*;

fn bench_verify(criterion: &mut Criterion) {
    let store = KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys"));
    let key: ProvingKey<BallotCircuit<3>> = store.load_development(|_| {}).unwrap();
    let (circuit, mut rng) = (ballot::<3>(), seeded_rng(3));
    let vk = key.verifying_key();
    // Different proofs of one statement, rerandomised from one: adding equal points would take longer.
    let (first, delta) = (key.prove(&circuit, &mut rng).unwrap(), delta_g2(vk));
    let proofs: Vec<(Proof, Vec<Fr>)> =
        (0..1000).map(|_| (rerandomise(&first, delta, &mut rng), circuit.public_inputs())).collect();

    let mut group = criterion.benchmark_group("verify");
    let (proof, inputs) = &proofs[0];
    group.throughput(Throughput::Elements(1));
    group.bench_function("single", |b| b.iter(|| vk.verify(proof, inputs)));
    let bytes = proof.to_bytes();
    group.bench_function("parse", |b| b.iter(|| Proof::from_bytes(&bytes)));
    for count in [1, 8, 32, 128, 1000] {
        let items = proofs[..count].to_vec();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("batch of {count}"), |b| b.iter(|| vk.verify_batch(&items, &mut rng)));
    }
    let items = &proofs;
    group.throughput(Throughput::Elements(1000));
    group.bench_function("1000 sequentially", |b| {
        b.iter(|| items.iter().all(|(proof, inputs)| vk.verify(proof, inputs).is_ok()));
    });
    // On all threads, as a batch is verified.
    group.bench_function("1000 singly, on all threads", |b| {
        b.iter(|| items.par_iter().all(|(proof, inputs)| vk.verify(proof, inputs).is_ok()));
    });
    group.bench_function("batch of 1000, portable", |b| {
        b.iter(|| vk.verify_batch_with(Backend::portable(), items, &mut rng));
    });
    let mut items = proofs[..128].to_vec();
    items[77].1[0] += Fr::from(1u64);
    group.bench_function("find the invalid one of 128", |b| b.iter(|| vk.find_invalid(&items, &mut rng)));
    group.finish();
}

/// Returns delta in G2, from the key's snarkjs format.
fn delta_g2(key: &VerifyingKey) -> G2Affine {
    let json: serde_json::Value = serde_json::from_str(&snarkjs::verification_key_to_json(key)).unwrap();
    let element = |i: usize, j: usize| json["vk_delta_2"][i][j].as_str().unwrap().parse::<Fq>().unwrap();
    let coordinate = |i| Fq2::new(element(i, 0), element(i, 1));
    G2Affine::new(coordinate(0), coordinate(1))
}

/// Returns another proof of the same statement: `A/s`, `sB + st·delta`, `C + tA`.
fn rerandomise(proof: &Proof, delta: G2Affine, rng: &mut impl Rng) -> Proof {
    let (a, b, c) = proof.points();
    let (s, t) = (Fr::rand(rng), Fr::rand(rng));
    let (a1, b1, c1) = (a * s.inverse().unwrap(), b * s + delta * (s * t), a * t + c);
    Proof::from_points(a1.into(), b1.into(), c1.into()).unwrap()
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_verify }
criterion_main!(benches);
