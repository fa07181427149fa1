//! Benchmarks of proofs, from statement to verified proof, on one thread and on all, in Psephos and in arkworks, and of
//! loading and generating a key.
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use criterion::{Criterion, criterion_group, criterion_main};
use psephos_benches::arkworks::ArkworksProver;
use psephos_benches::{ballot, claim, committee_keys, dealing, decryption_share, note_batch, seeded_rng, sheet};
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_prover::{KeyStore, ProvingKey};

fn bench_proofs<C: Circuit>(criterion: &mut Criterion, circuit: &C) {
    let store = KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys"));
    let key: ProvingKey<C> = store.load_development(|_| {}).unwrap();
    let mut group = criterion.benchmark_group(format!("prove/{}", C::NAME));
    let mut rng = seeded_rng(2);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    group.bench_function("one thread", |b| b.iter(|| one.install(|| key.prove(circuit, &mut rng).unwrap())));
    let all = format!("{} threads", rayon::current_num_threads());
    group.bench_function(&all, |b| b.iter(|| key.prove(circuit, &mut rng).unwrap()));
    let arkworks = ArkworksProver::<C>::new();
    group.bench_function("arkworks, one thread", |b| {
        b.iter(|| one.install(|| arkworks.prove_circuit(circuit, &mut rng)));
    });
    group.bench_function(format!("arkworks, {all}"), |b| b.iter(|| arkworks.prove_circuit(circuit, &mut rng)));
    group.bench_function("load key", |b| b.iter(|| store.load_development::<C>(|_| {}).unwrap()));
    group.finish();
}

fn bench_prove(criterion: &mut Criterion) {
    bench_proofs(criterion, &ballot::<3>());
    bench_proofs(criterion, &ballot::<8>());
    bench_proofs(criterion, &decryption_share());
    bench_proofs(criterion, &dealing::<5>());
    bench_proofs(criterion, &dealing::<16>());
    bench_proofs(criterion, &committee_keys());
    bench_proofs(criterion, &note_batch());
    bench_proofs(criterion, &claim::<3>());
    bench_proofs(criterion, &claim::<8>());
    bench_proofs(criterion, &sheet::<16>());
    bench_proofs(criterion, &sheet::<40>());
    let mut group = criterion.benchmark_group("prove/ballot-3");
    group.bench_function("generate key", |b| b.iter(ProvingKey::<BallotCircuit<3>>::generate_development));
    group.finish();
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_prove }
criterion_main!(benches);
