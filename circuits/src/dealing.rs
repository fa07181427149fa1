//! The statement `dealing` (specification, sections 5 and 8) as a circuit. Twin of `psephos_protocol::statement::dealing`.
//!
//! | clause | who would want it gone | constraints |
//! |---|---|---|
//! | commitments | a dealer who cancels the others' keys, or whose part of a key nobody can decrypt with | `coefficients`, `commitments` |
//! | threshold | a dealer whose polynomials are of a higher degree, so that no `T` shares fit together | `flags`, `commitments`, `parts` |
//! | agreement | a dealer who encrypts to a key of its own | `ephemeral`, `agreement` |
//! | pads, shares | a dealer who posts noise, to stop the election later | `pads`, `shares` |
//! | binding | a dealer who posts something else than it has proved | `binding` |
//!
//! What is *not* needed: that scalars have one vector of digits. An alias is the same multiple of `G`, and the recipient reduces.

use psephos_protocol::committee::{Polynomials, Recipients, TransportKey};
use psephos_protocol::constants::{COMMITTEE_KEYS, HIGH_PART_SHIFT, LOW_PART_BITS, MAX_TRUSTEES, SHARE_WORDS, tag};
use psephos_protocol::curve::Point;
use psephos_protocol::statement::dealing::{DealingError, Instance, Witness, check};
use psephos_protocol::{Fr, Scalar};

use crate::ballot::GENERATOR;
use crate::gadgets::bits::pack;
use crate::gadgets::ladder::Base;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::scalar::{self, Pair, split_pairs};
use crate::gadgets::{evaluate, poseidon, power_of_two};
use crate::{Builder, Circuit, Num};

/// One dealing to a committee of at most `N` trustees, `N` 5 or 16.
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

    const INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn blank() -> Self {
        let key = TransportKey::new(Point::generator()).expect("the generator is not the identity");
        let recipients = Recipients::new(vec![Some(key); N], 1).expect("a capacity is a number of trustees");
        let one = Scalar::from(1u64);
        let polynomials = Polynomials::from_coefficients(vec![vec![one]; COMMITTEE_KEYS]);
        let zero = Fr::from(0u64);
        DealingCircuit {
            instance: Instance { h: zero, z: zero, y: zero },
            witness: Witness { ctx: zero, recipients, ephemeral: one, polynomials },
        }
    }

    fn inputs(&self) -> Vec<Fr> {
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
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.input(value));
        let ctx = b.given(w.ctx);

        b.section("flags");
        let used: Vec<Num> = (0..N).map(|k| b.bit(k < w.recipients.threshold())).collect();
        let registered: Vec<Num> = (0..N).map(|i| b.bit(w.recipients.key(i).is_some())).collect();
        let flags = &pack(&used) + &pack(&registered).scale(power_of_two(MAX_TRUSTEES));

        b.section("ephemeral");
        let ephemeral = split_pairs(b, &w.ephemeral);
        let e = GENERATOR.multiply(b, &ephemeral).to_edwards(b);
        let polynomials: Vec<Vec<Coefficient>> = (0..COMMITTEE_KEYS).map(|j| self.coefficients(b, j, &used)).collect();

        let generator = Point::generator();
        let key = |index| w.recipients.key(index).map_or(generator, |key| *key.point());
        let keys: Vec<Edwards> = (0..N).map(|i| Edwards::given(b, &key(i))).collect();
        let shares: Vec<Num> =
            (0..N).flat_map(|i| share(b, &polynomials, &ctx, i, &keys[i], &ephemeral, &registered[i])).collect();

        b.section("binding");
        let coefficients = || polynomials.iter().flatten();
        let keys: Vec<Num> = keys.iter().flat_map(Edwards::coordinates).collect();
        let mut hashed = vec![Num::constant(tag::dealing()), ctx.clone(), flags.clone()];
        hashed.extend_from_slice(&keys);
        hashed.push(pack(&scalar::bits(&ephemeral)));
        hashed.extend(coefficients().map(|c| c.tau.clone()));
        let digest = poseidon::chain(b, &hashed);
        b.equal(&digest, &h);

        let mut elements = vec![ctx, flags];
        elements.extend(e.coordinates());
        elements.extend(keys);
        elements.extend(coefficients().flat_map(|c| c.commitment.clone()));
        elements.extend(shares);
        evaluate(b, &elements, &z, &y);
    }
}

/// A coefficient of a polynomial: the integer that stands for it, and what counts of it, which is nothing behind the threshold.
struct Coefficient {
    tau: Num,
    low: Num,
    high: Num,
    commitment: [Num; 2],
}

impl<const N: usize> DealingCircuit<N> {
    /// `a_{j,0}..a_{j,N-1}`. Where `used` is 0 parts and commitment are 0, whatever the digits: the identity has no Montgomery form.
    fn coefficients(&self, b: &mut Builder, j: usize, used: &[Num]) -> Vec<Coefficient> {
        let list = &self.witness.polynomials.expose()[j];
        let one = Scalar::from(1u64);
        used.iter()
            .enumerate()
            .map(|(k, used)| {
                b.section("coefficients");
                let digits = split_pairs(b, list.get(k).unwrap_or(&one));
                let bits = scalar::bits(&digits);
                b.section("commitments");
                let point = GENERATOR.multiply(b, &digits).to_edwards(b);
                let commitment = point.coordinates().map(|coordinate| b.mul(used, &coordinate));
                b.section("parts");
                let (low, high) = bits.split_at(LOW_PART_BITS);
                Coefficient {
                    tau: pack(&bits),
                    low: b.mul(used, &pack(low)),
                    high: b.mul(used, &pack(high)),
                    commitment,
                }
            })
            .collect()
    }
}

/// The 12 words for the trustee of this index, 0 if it is not registered.
///
/// The ladder of `e·tk` is sound because nobody knows a relation between `tk` and its offset, neither the trustee, who has shown to know the
/// logarithm of `tk`, nor a dealer who is the same person.
fn share(
    b: &mut Builder,
    polynomials: &[Vec<Coefficient>],
    ctx: &Num,
    index: usize,
    key: &Edwards,
    ephemeral: &[Pair],
    registered: &Num,
) -> Vec<Num> {
    b.section("agreement");
    let agreed = Base::new(b, key).multiply(b, ephemeral);
    let point = Num::constant(index as u64 + 1);
    b.section("pads");
    let [x, y] = agreed.coordinates();
    let pads = poseidon::squeeze(b, &[Num::constant(tag::share()), ctx.clone(), point.clone(), x, y]);
    b.section("shares");
    let words = plain_words(polynomials, point.value());
    words.iter().zip(&pads).map(|(word, pad)| b.mul(registered, &(word + pad))).collect()
}

/// Twin of `psephos_protocol::statement::dealing::plain_words`: free, since the parts are sums of bits and powers of the point are constants.
fn plain_words(polynomials: &[Vec<Coefficient>], point: Fr) -> Vec<Num> {
    let at = |coefficients: &[Coefficient], part: fn(&Coefficient) -> &Num| {
        coefficients.iter().rev().fold(Num::zero(), |sum, c| &sum.scale(point) + part(c))
    };
    let low = polynomials.iter().map(|c| at(c, |c| &c.low));
    let high: Vec<Num> = polynomials.iter().map(|c| at(c, |c| &c.high)).collect();
    let pairs = high.chunks(2).map(|pair| &pair[0] + &pair[1].scale(power_of_two(HIGH_PART_SHIFT)));
    let words: Vec<Num> = low.chain(pairs).collect();
    debug_assert_eq!(words.len(), SHARE_WORDS);
    words
}
