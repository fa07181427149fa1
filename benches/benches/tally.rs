//! Benchmarks of the discrete logarithms that give totals up to 2^40, including the computation of the table.
#![allow(missing_docs, reason = "criterion's macros")]

use criterion::{Criterion, criterion_group, criterion_main};
use psephos_protocol::{Point, dlog};

const MAX: u64 = 1 << 40;

fn bench_totals(criterion: &mut Criterion) {
    // The largest total is the worst case: the search reaches it last.
    let points = [0, 1, 2, 3, 4, 5, 6, 7].map(|i| Point::generator().mul_u64(MAX - i * 12_345));
    let mut group = criterion.benchmark_group("tally");
    for (name, count) in [("one total", 1), ("three totals", 3), ("eight totals", 8)] {
        group.bench_function(name, |b| b.iter(|| dlog::solve_all(&points[..count], MAX, |_, _| ())));
    }
    group.bench_function("one total of a million", |b| {
        let point = Point::generator().mul_u64(1_000_000);
        b.iter(|| dlog::discrete_log(&point, 1_000_000));
    });
    group.finish();
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_totals }
criterion_main!(benches);
