//! How long does everything before the proof take: the native check, the assignment, all constraints, the shape?
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{Criterion, criterion_group, criterion_main};
use psephos_benches::{ballot, claim, committee_keys, dealing, notes, opening};
use psephos_circuits::Circuit;

fn steps<C: Circuit>(criterion: &mut Criterion, circuit: &C) {
    let mut group = criterion.benchmark_group(format!("witness/{}", C::NAME));
    let system = C::system();
    let assignment = circuit.assignment();
    group.bench_function("check", |b| b.iter(|| circuit.check().is_ok()));
    group.bench_function("assignment", |b| b.iter(|| circuit.assignment()));
    group.bench_function("satisfied", |b| b.iter(|| system.satisfied(&assignment).is_ok()));
    group.bench_function("system", |b| b.iter(C::system));
    group.bench_function("hash", |b| b.iter(|| system.hash()));
    group.finish();
}

fn witness(criterion: &mut Criterion) {
    steps(criterion, &ballot::<3>());
    steps(criterion, &ballot::<8>());
    steps(criterion, &opening());
    steps(criterion, &dealing::<5>());
    steps(criterion, &dealing::<16>());
    steps(criterion, &committee_keys());
    steps(criterion, &notes());
    steps(criterion, &claim::<3>());
    steps(criterion, &claim::<8>());
}

criterion_group! { name = benches; config = psephos_benches::criterion(); targets = witness }
criterion_main!(benches);
