//! The statement `blinded` (specification, section 8) as a circuit. Twin of `psephos_protocol::statement::blinded`.
//!
//! | clause | attacker who benefits without it | constraints |
//! |---|---|---|
//! | share | a trustee who chooses the result by posting another share | `secrets`, `keys`, `shares` |
//! | blinding | the same, with an opening that gives the share which it likes | `blinding` |
//! | opening | a trustee who hides its factors from the teller, and so blocks the tally | `opening` |
//! | binding | a trustee who posts other values than the proven ones | `binding` |
//!
//! One vector of digits serves both `sk_j·G` and `sk_j·C`, one both `b_j·H` and the encrypted `tau_j`, one both `e·G`
//! and `e·K`. *Not needed*: that a scalar has only one vector of digits. An alias of `b_j` is another `tau_j` of the
//! same scalar, which the teller decrypts to the same factor.

use std::sync::LazyLock;

use psephos_protocol::committee::TransportKey;
use psephos_protocol::constants::tag;
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::elements::Context;
use psephos_protocol::rounding::{BLINDING_BASE, BlindingFactors};
use psephos_protocol::statement::blinded::{BlindedError, Instance, Witness, check};
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::bits::pack_bits;
use crate::gadgets::complete_addition::add;
use crate::gadgets::elgamal::GENERATOR_TABLE;
use crate::gadgets::fixed_base::PairTable;
use crate::gadgets::ladder::VariableBase;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::scalar::{allocate_digit_pairs, tau_bits};
use crate::gadgets::{evaluate, poseidon};
use crate::{Builder, Circuit, Num};

/// The table for `b·H`. Its offset is a point of unknown discrete logarithm, also as a combination of `G` and `H`.
static BLINDING_TABLE: LazyLock<PairTable> =
    LazyLock::new(|| PairTable::for_digit_pairs(*BLINDING_BASE, hash_to_point("psephos.v1.offset.blinding")));

/// One trustee's blinded share of one encrypted total of up to `M` options, where `M` is 3 or 8.
pub struct BlindedCircuit<const M: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl<const M: usize> Circuit for BlindedCircuit<M> {
    type Error = BlindedError;

    const NAME: &'static str = match M {
        3 => "blinded-3",
        8 => "blinded-8",
        _ => panic!("blinded shares have circuits of 3 and of 8 options"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        let (zero, one) = (Fr::from(0u64), Scalar::from(1u64));
        BlindedCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                ctx: Context::from_fr(zero),
                c: Point::generator(),
                teller: TransportKey::new(Point::generator()).expect("the generator is not the identity"),
                ephemeral: one,
                secrets: vec![one; M],
                factors: BlindingFactors::new(vec![one; M]),
            },
        }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), BlindedError> {
        let factors = self.witness.factors.expose().len();
        match self.witness.size() == M {
            true => check(&self.instance, &self.witness),
            false => Err(BlindedError::Size { size: M, secrets: self.witness.size(), factors }),
        }
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
        b.enter_section("opening");
        // A transport key has the order `l` as well: the contract registers eight times a point, not the identity,
        // whose secret was proved to be known.
        let teller = Edwards::allocate_free(b, w.teller.point());
        let ephemeral = allocate_digit_pairs(b, &w.ephemeral);
        let e = GENERATOR_TABLE.multiply(b, &ephemeral).to_edwards(b);
        let [x, y_agreed] = VariableBase::new(b, &teller).multiply(b, &ephemeral).coordinates();
        let pads = poseidon::squeeze(b, &[Num::constant(tag::blinding()), ctx.clone(), x, y_agreed]);

        let mut elements = vec![ctx];
        elements.extend([&c, &teller, &e].into_iter().flat_map(Edwards::coordinates));
        for (j, pad) in pads.iter().take(M).enumerate() {
            // Exactly `M` of each: a witness of another length must not change the constraint structure.
            let at = |list: &[Scalar]| list.get(j).copied().unwrap_or_default();
            b.enter_section("secrets");
            let digits = allocate_digit_pairs(b, &at(&w.secrets));
            b.enter_section("keys");
            let key = GENERATOR_TABLE.multiply(b, &digits).to_edwards(b);
            b.enter_section("shares");
            let share = base.multiply(b, &digits);
            b.enter_section("blinding");
            let digits = allocate_digit_pairs(b, &at(w.factors.expose()));
            let blinding = BLINDING_TABLE.multiply(b, &digits).to_edwards(b);
            let blinded = add(b, &share, &blinding);
            elements.extend(key.coordinates());
            elements.extend(blinded.coordinates());
            elements.push(&pack_bits(&tau_bits(&digits)) + pad);
        }

        b.enter_section("binding");
        let mut hashed = vec![Num::constant(tag::blinded())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);
    }
}
