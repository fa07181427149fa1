//! The ceremony on small circuits, and against snarkjs.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod adversaries;
mod files;
mod peers;
mod poison;
mod refusals;
mod toy;

/// The hashes of a committee's keys: the smallest of the protocol's statements.
fn committee_keys() -> psephos_circuits::committee_keys::CommitteeKeysCircuit {
    use psephos_protocol::committee::{KeyShare, KeyVector};
    use rand::SeedableRng;
    let mut rng = rand::rngs::StdRng::seed_from_u64(9);
    let share = KeyShare::new(std::array::from_fn(|_| psephos_protocol::scalar::random(&mut rng)));
    let keys = KeyVector::new(share.public()).unwrap();
    let instance = psephos_protocol::statement::committee_keys::Instance::of(&keys);
    psephos_circuits::committee_keys::CommitteeKeysCircuit { instance, keys }
}
