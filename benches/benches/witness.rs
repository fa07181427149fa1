//! Benchmarks of everything before the proof: the native check, witness generation, checking and building the
//! constraint system, and its hash.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{Criterion, criterion_group, criterion_main};
use psephos_benches::{ballot, claim, committee_keys, dealing, decryption_share, note_batch, sheet};
use psephos_circuits::Circuit;

fn bench_steps<C: Circuit>(criterion: &mut Criterion, circuit: &C) {
    let mut group = criterion.benchmark_group(format!("witness/{}", C::NAME));
    let system = C::constraint_system();
    let assignment = circuit.generate_assignment();
    group.bench_function("check", |b| b.iter(|| circuit.check().is_ok()));
    group.bench_function("assignment", |b| b.iter(|| circuit.generate_assignment()));
    group.bench_function("satisfied", |b| b.iter(|| system.check_satisfied(&assignment).is_ok()));
    group.bench_function("system", |b| b.iter(C::constraint_system));
    group.bench_function("hash", |b| b.iter(|| system.circuit_hash()));
    group.finish();
}

fn bench_witness(criterion: &mut Criterion) {
    bench_steps(criterion, &ballot::<3>());
    bench_steps(criterion, &ballot::<8>());
    bench_steps(criterion, &decryption_share());
    bench_steps(criterion, &dealing::<5>());
    bench_steps(criterion, &dealing::<16>());
    bench_steps(criterion, &committee_keys());
    bench_steps(criterion, &note_batch());
    bench_steps(criterion, &claim::<3>());
    bench_steps(criterion, &claim::<8>());
    bench_steps(criterion, &sheet::<16>());
    bench_steps(criterion, &sheet::<40>());
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_witness }
criterion_main!(benches);
