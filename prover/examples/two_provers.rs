//! Measures what is left for the client of two provers, against a whole proof on the same thread in the same run.
#![allow(clippy::unwrap_used, reason = "a measurement has no caller to report errors to")]

use std::hint::black_box;
use std::time::Instant;

use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::dealing::DealingCircuit;
use psephos_prover::examples::Example;
use psephos_prover::split::WitnessShare;
use psephos_prover::{Backend, Preparation, ProvingKey};
use rand::SeedableRng;
use rand::rngs::StdRng;

const ROUNDS: usize = 15;

/// Returns the median time of a step in milliseconds.
fn measure<T>(mut step: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(step());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn report<C: Example>(arithmetic: Backend) {
    let key = ProvingKey::<C>::generate_development().unwrap();
    let key = key.with_preparation(Preparation { arithmetic, tables: 0 });
    key.prepare().unwrap();
    let (circuit, mut rng) = (C::example(), StdRng::seed_from_u64(1));
    let assignment = circuit.generate_assignment();
    let proof = measure(|| key.prove_assignment(&assignment, &mut rng).unwrap());
    let extend = measure(|| key.extend_assignment(&assignment).unwrap());
    let witness = key.extend_assignment(&assignment).unwrap();
    let split = measure(|| witness.split(&mut rng));
    let shares = witness.split(&mut rng);
    let length = witness.share_length();
    let prover = |share: WitnessShare| key.sum_share(&share).unwrap().to_bytes();
    let first = measure(|| prover(WitnessShare::from_seed(&shares.seed, length)));
    let second = measure(|| prover(WitnessShare::from_bytes(&shares.rest, length).unwrap()));
    let answers =
        [WitnessShare::from_seed(&shares.seed, length), WitnessShare::from_bytes(&shares.rest, length).unwrap()]
            .map(prover);
    let combine = measure(|| key.combine_sums(&witness, [&answers[0], &answers[1]], &mut rng).unwrap());
    let check = measure(|| circuit.check().is_ok());
    let assign = measure(|| circuit.generate_assignment());
    let client = extend + split + combine;
    println!(
        "{} {}: matrices and quotient {extend:.1}, split {split:.1}, combine, blind and verify {combine:.1}; client \
         {client:.1} of {proof:.1} ms for a whole proof: {:.1} %; with check ({check:.1}) and assignment ({assign:.1}) on \
         both sides {:.1} %; first prover {first:.1}, second {second:.1}; {} bytes",
        C::NAME,
        arithmetic.name(),
        100.0 * client / proof,
        100.0 * (client + check + assign) / (proof + check + assign),
        shares.rest.len()
    );
}

fn main() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    one.install(|| {
        for arithmetic in [Backend::detect(), Backend::portable()] {
            report::<BallotCircuit<3>>(arithmetic);
            report::<BallotCircuit<8>>(arithmetic);
        }
        report::<DealingCircuit<5>>(Backend::detect());
    });
}
