//! Benchmarks of a trustee's computations, proofs excluded: verifying a proof of possession, making a dealing,
//! decrypting a share of one, deriving a trustee's public keys, and combining decryption shares.
#![allow(missing_docs, reason = "criterion's macros")]
#![allow(clippy::unwrap_used, reason = "a benchmark has no caller to report errors to")]

use criterion::{Criterion, criterion_group, criterion_main};
use psephos_benches::rng;
use psephos_protocol::committee::{Coefficients, Possession, Recipients, TransportSecret};
use psephos_protocol::elements::TrusteeContext;
use psephos_protocol::identity::Seed;
use psephos_protocol::statement::dealing;
use psephos_protocol::{Fr, Point};

fn bench_committee(criterion: &mut Criterion) {
    let ctx = TrusteeContext::from_fr(Fr::from(6u64));
    let secret = |number: u8| TransportSecret::from_seed(&Seed::from_bytes([number; 32])).unwrap();
    let mut rng = rng(5);
    let proof: Possession = secret(1).prove_possession(ctx, &mut rng);
    let mut group = criterion.benchmark_group("committee");
    group.bench_function("verify proof of possession", |b| b.iter(|| proof.verify(&secret(1).public(), ctx)));
    for (trustees, threshold) in [(5u8, 3), (16, 9)] {
        let name = |what: &str| format!("{what}, {threshold} of {trustees}");
        let keys = (1..=trustees).map(|number| Some(secret(number).public())).collect();
        let recipients = Recipients::new(keys, threshold).unwrap();
        group.bench_function(name("deal"), |b| b.iter(|| dealing::build(ctx, recipients.clone(), &mut rng)));
        let (_, _, posted) = dealing::build(ctx, recipients.clone(), &mut rng);
        let point = u64::from(trustees);
        let own = secret(trustees);
        let share = posted.shares.last().unwrap();
        group.bench_function(name("decrypt a share"), |b| {
            b.iter(|| share.open(&own, ctx, point, &posted.ephemeral, threshold))
        });
        group.bench_function(name("public keys of a trustee"), |b| b.iter(|| posted.commitments.at(point)));
        let points: Vec<u64> = (point - threshold as u64 + 1..=point).collect();
        let shares = vec![Point::generator(); threshold];
        group.bench_function(name("combine shares"), |b| {
            b.iter(|| Coefficients::at_zero(&points).unwrap().combine(&shares))
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = psephos_benches::criterion_config(); targets = bench_committee }
criterion_main!(benches);
