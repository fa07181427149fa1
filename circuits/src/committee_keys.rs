//! The statement `committee-keys` (specification, section 8) as a circuit. Twin of
//! `psephos_protocol::statement::committee_keys`.
//!
//! The attacker who benefits without it finalises a committee with another hash, so that polls bind keys that no one
//! dealt, for instance the attacker's own. `h` is `K_8` itself, which fixes all keys and shifted keys; `y` shows that
//! they are the ones that the contract has added up.

use psephos_protocol::Fr;
use psephos_protocol::committee::KeyVector;
use psephos_protocol::constants::{CIRCUIT_SIZES, tag};
use psephos_protocol::curve::Point;
use psephos_protocol::statement::committee_keys::{CommitteeKeysError, Instance, check};

use crate::gadgets::ladder::double_times;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::{evaluate, poseidon};
use crate::{Builder, Circuit, Num};

/// The hashes of a committee's keys.
pub struct CommitteeKeysCircuit {
    /// The public inputs.
    pub instance: Instance,
    /// The keys. They are not secret.
    pub keys: KeyVector,
}

impl Circuit for CommitteeKeysCircuit {
    type Error = CommitteeKeysError;

    const NAME: &'static str = "committee-keys";

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        let keys = KeyVector::new(std::array::from_fn(|j| Point::generator().mul_u64(j as u64 + 1)))
            .expect("small multiples of the generator differ");
        CommitteeKeysCircuit { instance: Instance::from_keys(&keys), keys }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), CommitteeKeysError> {
        check(&self.instance, &self.keys)
    }

    fn synthesize(&self, b: &mut Builder) {
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));
        let mut hash = Num::constant(tag::keys());
        let mut elements = vec![Num::zero()];
        for (j, key) in self.keys.keys().iter().enumerate() {
            b.enter_section("shifted keys");
            // A sum of multiples of `G` that is not the identity, as the contract has checked: its order is `l`.
            let key = Edwards::allocate_free(b, key);
            let point = key.to_montgomery(b);
            let shifted = double_times(b, &point).to_edwards(b);
            b.enter_section("hash");
            let [x, y] = key.coordinates();
            let [shifted_x, shifted_y] = shifted.coordinates();
            elements.extend([x.clone(), y.clone()]);
            hash = poseidon::hash(b, &[hash, x, y, shifted_x, shifted_y]);
            if j + 1 == CIRCUIT_SIZES[0] {
                elements[0] = hash.clone();
            }
        }
        b.enter_section("binding");
        b.enforce_equal(&hash, &h);
        evaluate(b, &elements, &z, &y);
    }
}
