//! The statement `decryption` (specification, section 8) as a circuit. Twin of `psephos_protocol::statement::decryption`.
//!
//! A trustee who could post another share would choose the result; a registrant who could prove possession of a key that it does not
//! know could choose that key in relation to the ballots' offsets. Both come down to one vector of digits for `sk_j·G` and `sk_j·C`.

use std::sync::LazyLock;

use psephos_protocol::constants::{COMMITTEE_KEYS, KEY_SPLIT_BITS, tag};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::statement::decryption::{DecryptionError, Instance, Witness, check};
use psephos_protocol::{Fr, Scalar};

use crate::ballot::GENERATOR;
use crate::gadgets::montgomery::{Constant, Edwards, Montgomery, coefficient_a};
use crate::gadgets::scalar::split_pairs;
use crate::gadgets::{evaluate, ladder, poseidon};
use crate::{Builder, Circuit, Num};

/// The shares of one trustee for one total, or its possession of eight keys.
pub struct DecryptionCircuit {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

/// Offset of `sk_j·C`, of unknown logarithm.
static SHARE_OFFSET: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.offset.share"));

impl Circuit for DecryptionCircuit {
    type Error = DecryptionError;

    const NAME: &'static str = "decryption";

    const INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn blank() -> Self {
        let zero = Fr::from(0u64);
        DecryptionCircuit {
            instance: Instance { h: zero, z: zero, y: zero },
            witness: Witness { ctx: zero, c: Point::generator(), secrets: [Scalar::from(1u64); COMMITTEE_KEYS] },
        }
    }

    fn inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), DecryptionError> {
        check(&self.instance, &self.witness)
    }

    fn synthesize(&self, b: &mut Builder) {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.input(value));
        let ctx = b.given(w.ctx);
        b.section("total");
        // `C` is a sum of points `r·G` (or `G`), so of order `l`; the contract opens no total whose `C` is the identity.
        let c = Edwards::given(b, &w.c);
        let base = c.to_montgomery(b);
        let shifted = shift(b, &base);

        let mut elements = vec![ctx];
        elements.extend(c.coordinates());
        for secret in &w.secrets {
            b.section("secrets");
            let digits = split_pairs(b, secret);
            b.section("keys");
            let key = GENERATOR.multiply(b, &digits).to_edwards(b);
            b.section("shares");
            let multiple = ladder::joint(b, &digits, &base, &shifted, Constant::from(*SHARE_OFFSET));
            let share = remove_offset(b, &multiple).to_edwards(b);
            elements.extend(key.coordinates());
            elements.extend(share.coordinates());
        }

        b.section("binding");
        let mut hashed = vec![Num::constant(tag::decryption())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.equal(&digest, &h);
        evaluate(b, &elements, &z, &y);
    }
}

/// `2^126·C`: doublings of a point of odd order, so never of a point with `v = 0`.
fn shift(b: &mut Builder, base: &Montgomery) -> Montgomery {
    let a = Num::constant(coefficient_a());
    (0..KEY_SPLIT_BITS).fold(base.clone(), |p, _| p.double(b, &a))
}

/// Takes away what the ladder leaves. `2^126·T + E` equals `-2^126·T` only if `E` is a known multiple of `T`, and `E` is `sk·C`.
fn remove_offset(b: &mut Builder, p: &Montgomery) -> Montgomery {
    static RESIDUE: LazyLock<Constant> =
        LazyLock::new(|| Constant::from(-ladder::residue(*SHARE_OFFSET, KEY_SPLIT_BITS)));
    p.add(b, &Montgomery::constant(*RESIDUE), &Num::constant(coefficient_a()))
}
