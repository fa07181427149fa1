//! The statement `decryption` (specification, section 8) as a circuit. Twin of
//! `psephos_protocol::statement::decryption`.
//!
//! The attacker who benefits without it is a trustee, who could choose the result by posting another decryption
//! share. Hence one vector of digits serves both `sk_j·G` and `sk_j·C`.

use psephos_protocol::constants::{COMMITTEE_KEYS, tag};
use psephos_protocol::curve::Point;
use psephos_protocol::elements::Context;
use psephos_protocol::statement::decryption::{DecryptionError, Instance, Witness, check};
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::elgamal::GENERATOR_TABLE;
use crate::gadgets::ladder::VariableBase;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::scalar::allocate_digit_pairs;
use crate::gadgets::{evaluate, poseidon};
use crate::{Builder, Circuit, Num};

/// One trustee's decryption share of one encrypted total.
pub struct DecryptionCircuit {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl Circuit for DecryptionCircuit {
    type Error = DecryptionError;

    const NAME: &'static str = "decryption";

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        let zero = Fr::from(0u64);
        DecryptionCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                ctx: Context::from_fr(zero),
                c: Point::generator(),
                secrets: [Scalar::from(1u64); COMMITTEE_KEYS],
            },
        }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), DecryptionError> {
        check(&self.instance, &self.witness)
    }

    fn synthesize(&self, b: &mut Builder) {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));
        let ctx = b.allocate_free(w.ctx.to_fr());
        b.enter_section("total");
        // `C` is a sum of points `r·G`, so its order is `l`; the contract takes no shares of a total whose `C` is the
        // identity.
        let c = Edwards::allocate_free(b, &w.c);
        let base = VariableBase::new(b, &c);

        let mut elements = vec![ctx];
        elements.extend(c.coordinates());
        for secret in &w.secrets {
            b.enter_section("secrets");
            let digits = allocate_digit_pairs(b, secret);
            b.enter_section("keys");
            let key = GENERATOR_TABLE.multiply(b, &digits).to_edwards(b);
            b.enter_section("shares");
            let share = base.multiply(b, &digits);
            elements.extend(key.coordinates());
            elements.extend(share.coordinates());
        }

        b.enter_section("binding");
        let mut hashed = vec![Num::constant(tag::decryption())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);
    }
}
