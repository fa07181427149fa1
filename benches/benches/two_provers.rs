//! What is left for a client whose proof is made by two provers, against a whole proof on the same thread: matrices and
//! quotient, splitting, and what it does with the answers. And the sums of one prover.
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use criterion::{Criterion, criterion_group, criterion_main};
use psephos_benches::{ballot, claim, dealing, seeded_rng};
use psephos_circuits::Circuit;
use psephos_prover::split::WitnessShare;
use psephos_prover::{KeyStore, ProvingKey};

fn bench_circuit<C: Circuit>(criterion: &mut Criterion, circuit: &C) {
    let store = KeyStore::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/keys"));
    let key: ProvingKey<C> = store.load_development(|_| {}).unwrap();
    key.prepare().unwrap();
    let (assignment, mut rng) = (circuit.generate_assignment(), seeded_rng(2));
    let witness = key.extend_assignment(&assignment).unwrap();
    let shares = witness.split(&mut rng);
    let length = witness.share_length();
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group(format!("two provers/{}", C::NAME));
    let prover = |share: WitnessShare| key.sum_share(&share).unwrap().to_bytes();
    let first = || prover(WitnessShare::from_seed(&shares.seed, length));
    let second = || prover(WitnessShare::from_bytes(&shares.rest, length).unwrap());
    let answers = [first(), second()];
    group.bench_function("whole proof", |b| {
        b.iter(|| one.install(|| key.prove_assignment(&assignment, &mut rng).unwrap()));
    });
    group.bench_function("client: quotient", |b| {
        b.iter(|| one.install(|| key.extend_assignment(&assignment).unwrap()));
    });
    group.bench_function("client: split", |b| b.iter(|| witness.split(&mut rng)));
    group.bench_function("client: combine", |b| {
        b.iter(|| one.install(|| key.combine_sums(&witness, [&answers[0], &answers[1]], &mut rng).unwrap()));
    });
    group.bench_function("first prover", |b| b.iter(|| one.install(first)));
    group.bench_function("second prover", |b| b.iter(|| one.install(second)));
    group.finish();
}

fn bench_two_provers(criterion: &mut Criterion) {
    bench_circuit(criterion, &ballot::<3>());
    bench_circuit(criterion, &ballot::<8>());
    bench_circuit(criterion, &claim::<3>());
    bench_circuit(criterion, &dealing::<5>());
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_two_provers }
criterion_main!(benches);
