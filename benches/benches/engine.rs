//! What do the engine's parts take, against arkworks' same parts: sums of fixed points in both groups, and the quotient's transforms?
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use ark_bn254::{Fr, g1, g2};
use ark_ec::CurveGroup;
use ark_ec::VariableBaseMSM;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ff::UniformRand;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use psephos_benches::rng;
use psephos_engine::{Arithmetic, Bases, Digits, Domain, Plan, Summed, split_all};
use zeroize::Zeroizing;

fn scalars(count: usize) -> Vec<Fr> {
    let mut rng = rng(1);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

fn sums<C: Summed>(criterion: &mut Criterion, group: &str) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group(format!("sum in {group}, one thread"));
    for log in [13, 14, 15] {
        let count = 1 << log;
        let mut rng = rng(2);
        let points: Vec<Projective<C>> = (0..count).map(|_| Projective::<C>::rand(&mut rng)).collect();
        let points: Vec<Affine<C>> = Projective::<C>::normalize_batch(&points);
        let scalars = scalars(count);
        for (name, arithmetic, tables) in [
            ("portable", Arithmetic::portable(), 1),
            ("vectors", Arithmetic::detect(), 1),
            ("vectors, ten tables", Arithmetic::detect(), 10),
        ] {
            let plan = Plan::new(count, 2 * count * tables);
            let bases = Bases::new(arithmetic, plan, &points);
            let sum = || bases.sum(&Digits::new(plan, &split_all(&scalars)));
            group.bench_function(BenchmarkId::new(name, count), |b| b.iter(|| one.install(sum)));
        }
        let sum = || Projective::<C>::msm(&points, &scalars).unwrap();
        group.bench_function(BenchmarkId::new("arkworks", count), |b| b.iter(|| one.install(sum)));
    }
    group.finish();
}

fn quotient(criterion: &mut Criterion) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("quotient, one thread");
    for log in [13, 14, 15] {
        let size = 1 << log;
        let values = Zeroizing::new(scalars(size));
        for (name, arithmetic) in [("portable", Arithmetic::portable()), ("vectors", Arithmetic::detect())] {
            let domain = Domain::new(arithmetic, size).unwrap();
            let quotient = || domain.quotient(values.clone(), values.clone());
            group.bench_function(BenchmarkId::new(name, size), |b| b.iter(|| one.install(quotient)));
        }
    }
    group.finish();
}

fn engine(criterion: &mut Criterion) {
    sums::<g1::Config>(criterion, "G1");
    sums::<g2::Config>(criterion, "G2");
    quotient(criterion);
}

criterion_group! { name = benches; config = psephos_benches::criterion(); targets = engine }
criterion_main!(benches);
