//! What does a proof cost to verify, alone and in batches; and what does it cost to find the one that spoils a batch?
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use psephos_benches::{ballot, rng};
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_protocol::Fr;
use psephos_prover::{Arithmetic, KeyStore, Proof, ProvingKey};
use rayon::prelude::*;

fn verify(criterion: &mut Criterion) {
    let store = KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys"));
    let key: ProvingKey<BallotCircuit<3>> = store.development(|_| {}).unwrap();
    let (circuit, mut rng) = (ballot::<3>(), rng(3));
    // Different proofs; that some are repeated makes no batch cheaper.
    let proofs: Vec<(Proof, Vec<Fr>)> =
        (0..8).map(|_| (key.prove(&circuit, &mut rng).unwrap(), circuit.inputs())).collect();
    let vk = key.verifying_key();

    let mut group = criterion.benchmark_group("verify");
    let (proof, inputs) = &proofs[0];
    group.throughput(Throughput::Elements(1));
    group.bench_function("single", |b| b.iter(|| vk.verify(proof, inputs)));
    let bytes = proof.to_bytes();
    group.bench_function("parse", |b| b.iter(|| Proof::from_bytes(&bytes)));
    for count in [1, 8, 32, 128, 1000] {
        let items: Vec<_> = proofs.iter().cycle().take(count).cloned().collect();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("batch of {count}"), |b| b.iter(|| vk.verify_batch(&items, &mut rng)));
    }
    let items: Vec<_> = proofs.iter().cycle().take(1000).cloned().collect();
    group.throughput(Throughput::Elements(1000));
    group.bench_function("1000 one by one", |b| {
        b.iter(|| items.iter().all(|(proof, inputs)| vk.verify(proof, inputs).is_ok()));
    });
    // On the threads that a batch has.
    group.bench_function("1000 one by one, on all threads", |b| {
        b.iter(|| items.par_iter().all(|(proof, inputs)| vk.verify(proof, inputs).is_ok()));
    });
    group.bench_function("batch of 1000, portable", |b| {
        b.iter(|| vk.verify_batch_with(Arithmetic::portable(), &items, &mut rng));
    });
    let mut items: Vec<_> = proofs.iter().cycle().take(128).cloned().collect();
    items[77].1[0] += Fr::from(1u64);
    group.bench_function("find one of 128", |b| b.iter(|| vk.find_invalid(&items, &mut rng)));
    group.finish();
}

criterion_group! { name = benches; config = psephos_benches::criterion(); targets = verify }
criterion_main!(benches);
