//! The statement `dealing` (specification, sections 5 and 8) as a circuit. Twin of
//! `psephos_protocol::statement::dealing`.
//!
//! | clause | attacker who benefits without it | constraints |
//! |---|---|---|
//! | commitments | a dealer who cancels others' keys, or adds an unusable one | `coefficients`, `commitments` |
//! | threshold | a dealer with a higher degree, so that no `T` shares combine | `flags`, `commitments`, `masks` |
//! | values | a dealer whose shares are inconsistent | `values` |
//! | agreement | a dealer who encrypts to a key of its own | `ephemeral`, `agreement` |
//! | pads, shares | a dealer who posts noise, to stop the election later | `pads`, `shares` |
//! | binding | a dealer who posts other values than the proven ones | `binding` |
//!
//! Two conditions are *not* needed: that a scalar has only one vector of digits, and that remainders are below `l`.
//! An alias is the same multiple of `G`, the recipient reduces, and `h` fixes which of them was used.

#[cfg(test)]
mod tests;

use psephos_protocol::committee::{Polynomials, Recipients, TransportKey};
use psephos_protocol::constants::{COMMITTEE_KEYS, MAX_TRUSTEES, QUOTIENT_BITS, QUOTIENTS_PER_WORD, tag};
use psephos_protocol::curve::Point;
use psephos_protocol::elements::TrusteeContext;
use psephos_protocol::statement::dealing::{DealingError, Instance, Witness, check};
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::bits::pack_bits;
use crate::gadgets::elgamal::GENERATOR_TABLE;
use crate::gadgets::ladder::VariableBase;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::remainder::{self, Division, LOW_MODULUS_BITS, Remainder};
use crate::gadgets::scalar::{self, DigitPair, allocate_digit_pairs};
use crate::gadgets::{evaluate, poseidon, power_of_two};
use crate::{Builder, Circuit, Num};

/// A dealing to a committee of at most `N` trustees, where `N` is 5 or 16.
pub struct DealingCircuit<const N: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl<const N: usize> Circuit for DealingCircuit<N> {
    type Error = DealingError;

    const NAME: &'static str = match N {
        5 => "dealing-5",
        16 => "dealing-16",
        _ => panic!("dealings have circuits of capacity 5 and 16"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        let key = TransportKey::new(Point::generator()).expect("the generator is not the identity");
        let recipients = Recipients::new(vec![Some(key); N], 1).expect("a committee of this capacity is allowed");
        let one = Scalar::from(1u64);
        let polynomials = Polynomials::from_coefficients(vec![vec![one]; COMMITTEE_KEYS]);
        let zero = Fr::from(0u64);
        DealingCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness { ctx: TrusteeContext::from_fr(zero), recipients, ephemeral: one, polynomials },
        }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), DealingError> {
        let actual = self.witness.recipients.capacity();
        match actual == N {
            true => check(&self.instance, &self.witness),
            false => Err(DealingError::Capacity { expected: N, actual }),
        }
    }

    fn synthesize(&self, b: &mut Builder) {
        let divisions = |point| {
            let values = self.witness.evaluate_at(point);
            values.map(|value| Division { remainder: value.remainder, quotient: value.quotient })
        };
        self.synthesize_with(b, &divisions);
    }
}

impl<const N: usize> DealingCircuit<N> {
    /// `divisions` gives remainders and quotients, which a malicious prover may choose beyond the protocol's types;
    /// tests do.
    fn synthesize_with(&self, b: &mut Builder, divisions: &dyn Fn(u64) -> [Division; COMMITTEE_KEYS]) {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));
        let ctx = b.allocate_free(w.ctx.to_fr());

        b.enter_section("flags");
        let used: Vec<Num> = (0..N).map(|k| b.allocate_bit(k < w.recipients.threshold())).collect();
        let registered: Vec<Num> = (0..N).map(|i| b.allocate_bit(w.recipients.key(i).is_some())).collect();
        let flags = &pack_bits(&used) + &pack_bits(&registered).scale(power_of_two(MAX_TRUSTEES));

        b.enter_section("ephemeral");
        let ephemeral = allocate_digit_pairs(b, &w.ephemeral);
        let e = GENERATOR_TABLE.multiply(b, &ephemeral).to_edwards(b);
        let polynomials: Vec<Vec<MaskedCoefficient>> =
            (0..COMMITTEE_KEYS).map(|j| self.allocate_coefficients(b, j, &used)).collect();

        let generator = Point::generator();
        let mut keys = Vec::new();
        let (mut shares, mut quotients) = (Vec::new(), Vec::new());
        for (index, registered) in registered.iter().enumerate() {
            let key = Edwards::allocate_free(b, w.recipients.key(index).map_or(&generator, |key| key.point()));
            let point = index as u64 + 1;
            b.enter_section("values");
            let divisions = divisions(point);
            let values: Vec<Remainder> =
                polynomials.iter().zip(&divisions).map(|(p, division)| value(b, p, point, division)).collect();
            let pads = pads(b, &ctx, point, &key, &ephemeral);
            b.enter_section("shares");
            shares.extend(values.iter().zip(&pads).map(|(v, pad)| b.mul(registered, &(&v.remainder + pad))));
            quotients.extend(values.chunks(QUOTIENTS_PER_WORD).map(pack_quotients));
            keys.extend(key.coordinates());
        }

        b.enter_section("binding");
        let coefficients = || polynomials.iter().flatten();
        let mut hashed = vec![Num::constant(tag::dealing()), ctx.clone(), flags.clone()];
        hashed.extend_from_slice(&keys);
        hashed.push(pack_bits(&scalar::tau_bits(&ephemeral)));
        hashed.extend(coefficients().map(|c| c.tau.clone()));
        hashed.extend(quotients);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);

        let mut elements = vec![ctx, flags];
        elements.extend(e.coordinates());
        elements.extend(keys);
        elements.extend(coefficients().flat_map(|c| c.commitment.clone()));
        elements.extend(shares);
        evaluate(b, &elements, &z, &y);
    }

    /// Allocates `a_{j,0}..a_{j,N-1}` and computes their commitments. A coefficient whose `used` is 0 is masked to
    /// zero, whichever digits it has; it is masked and not absent because the identity has no Montgomery form.
    fn allocate_coefficients(&self, b: &mut Builder, j: usize, used: &[Num]) -> Vec<MaskedCoefficient> {
        let list = &self.witness.polynomials.expose()[j];
        let one = Scalar::from(1u64);
        used.iter()
            .enumerate()
            .map(|(k, used)| {
                b.enter_section("coefficients");
                let digits = allocate_digit_pairs(b, list.get(k).unwrap_or(&one));
                let bits = scalar::tau_bits(&digits);
                b.enter_section("commitments");
                let point = GENERATOR_TABLE.multiply(b, &digits).to_edwards(b);
                let commitment = point.coordinates().map(|coordinate| b.mul(used, &coordinate));
                b.enter_section("masks");
                let tau = pack_bits(&bits);
                MaskedCoefficient {
                    whole: b.mul(used, &tau),
                    low: b.mul(used, &pack_bits(&bits[..LOW_MODULUS_BITS])),
                    tau,
                    commitment,
                }
            })
            .collect()
    }
}

/// A coefficient of a polynomial: the integer `tau` that represents it, and the masked values that are used, which
/// are zero from the threshold on.
struct MaskedCoefficient {
    tau: Num,
    whole: Num,
    low: Num,
    commitment: [Num; 2],
}

/// Computes a polynomial's value at a point. Twin of
/// `psephos_protocol::statement::dealing::ShareValue::from_coefficients`.
fn value(b: &mut Builder, polynomial: &[MaskedCoefficient], point: u64, division: &Division) -> Remainder {
    let coefficients: Vec<_> =
        polynomial.iter().map(|c| remainder::Coefficient { whole: &c.whole, low: &c.low }).collect();
    remainder::evaluate_modulo_l(b, &coefficients, point, division)
}

/// Computes the pads of `S = e·tk`. Twin of `psephos_protocol::statement::dealing::pads`.
///
/// The ladder is sound because no one knows a relation between `tk` and its offset: not the trustee, who has proved
/// to know the discrete logarithm of `tk`, and so not a dealer who is the same person either. For a point without a
/// trustee `tk` is `G`, as in the contract's list.
fn pads(b: &mut Builder, ctx: &Num, point: u64, key: &Edwards, ephemeral: &[DigitPair]) -> Vec<Num> {
    b.enter_section("agreement");
    let agreed = VariableBase::new(b, key).multiply(b, ephemeral);
    b.enter_section("pads");
    let [x, y] = agreed.coordinates();
    poseidon::squeeze(b, &[Num::constant(tag::share()), ctx.clone(), Num::constant(point), x, y])
}

/// Packs four quotients into a word, at no cost.
fn pack_quotients(values: &[Remainder]) -> Num {
    Num::linear_combination(
        values.iter().enumerate().map(|(place, v)| (power_of_two(QUOTIENT_BITS * place), &v.quotient)),
    )
}
