//! Benchmarks of the engine's parts: multi-scalar multiplication over fixed bases in both groups, compared with
//! arkworks', and the FFTs of the quotient polynomial.
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use ark_bn254::{Fr, g1, g2};
use ark_ec::CurveGroup;
use ark_ec::VariableBaseMSM;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ff::UniformRand;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use psephos_benches::seeded_rng;
use psephos_engine::{Backend, Bases, Digits, MsmCurve, MsmPlan, QuotientDomain, decompose_scalars};
use zeroize::Zeroizing;

fn random_scalars(count: usize) -> Vec<Fr> {
    let mut rng = seeded_rng(1);
    (0..count).map(|_| Fr::rand(&mut rng)).collect()
}

fn bench_msm<C: MsmCurve>(criterion: &mut Criterion, group: &str) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group(format!("MSM in {group}, one thread"));
    for log in [13, 14, 15] {
        let count = 1 << log;
        let mut rng = seeded_rng(2);
        let points: Vec<Projective<C>> = (0..count).map(|_| Projective::<C>::rand(&mut rng)).collect();
        let points: Vec<Affine<C>> = Projective::<C>::normalize_batch(&points);
        let scalars = random_scalars(count);
        for (name, backend, tables) in [
            ("portable", Backend::portable(), 1),
            ("SIMD", Backend::detect(), 1),
            ("SIMD, ten tables", Backend::detect(), 10),
        ] {
            let plan = MsmPlan::new(count, 2 * count * tables);
            let bases = Bases::new(backend, plan, &points);
            let msm = || bases.multiscalar_mul(&Digits::new(plan, &decompose_scalars(&scalars)));
            group.bench_function(BenchmarkId::new(name, count), |b| b.iter(|| one.install(msm)));
        }
        let msm = || Projective::<C>::msm(&points, &scalars).unwrap();
        group.bench_function(BenchmarkId::new("arkworks", count), |b| b.iter(|| one.install(msm)));
    }
    group.finish();
}

fn bench_quotient(criterion: &mut Criterion) {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut group = criterion.benchmark_group("quotient, one thread");
    for log in [13, 14, 15] {
        let size = 1 << log;
        let values = Zeroizing::new(random_scalars(size));
        for (name, backend) in [("portable", Backend::portable()), ("SIMD", Backend::detect())] {
            let domain = QuotientDomain::new(backend, size).unwrap();
            let quotient = || domain.evaluate_quotient(values.clone(), values.clone());
            group.bench_function(BenchmarkId::new(name, size), |b| b.iter(|| one.install(quotient)));
        }
    }
    group.finish();
}

fn bench_engine(criterion: &mut Criterion) {
    bench_msm::<g1::Config>(criterion, "G1");
    bench_msm::<g2::Config>(criterion, "G2");
    bench_quotient(criterion);
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_engine }
criterion_main!(benches);
