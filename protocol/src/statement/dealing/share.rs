//! Values of the polynomials as words, and their encryption.
//!
//! A value modulo `l` would take a reduction in the circuit, some four hundred constraints each. Instead the coefficients' integers `tau` are cut in
//! two, and each part's polynomial is evaluated over the integers, where nothing wraps around `r`: linear in the digits, so free. The recipient puts the
//! parts together and reduces. See decision 12.

use ark_ff::{BigInteger, PrimeField, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::{
    Fr, Point, Scalar,
    committee::{KeyShare, Polynomials, TransportSecret},
    constants::{COMMITTEE_KEYS, HIGH_PART_SHIFT, LOW_PART_BITS, SCALAR_DIGITS, SHARE_WORDS, tag},
    field, poseidon, scalar,
};

/// `w_1..w_12`: what a trustee is to learn, before it is hidden.
pub fn plain_words(polynomials: &Polynomials, point: u64) -> Zeroizing<[Fr; SHARE_WORDS]> {
    let mut words = Zeroizing::new([Fr::zero(); SHARE_WORDS]);
    let shift = shift();
    for (key, coefficients) in polynomials.expose().iter().enumerate() {
        let mut power = Fr::from(1u64);
        for coefficient in coefficients {
            let (low, high) = parts(coefficient);
            words[key] += low * power;
            let place = if key % 2 == 0 { high } else { high * shift };
            words[COMMITTEE_KEYS + key / 2] += place * power;
            power *= Fr::from(point);
        }
    }
    words
}

/// `m` and `q` of `tau = m + 2^192·q`.
fn parts(coefficient: &Scalar) -> (Fr, Fr) {
    let mut low = Zeroizing::new(scalar::odd_form(coefficient, SCALAR_DIGITS));
    let high = low.0[LOW_PART_BITS / 64];
    low.0[LOW_PART_BITS / 64] = 0;
    (Fr::from_bigint(*low).expect("192 bits are below r"), Fr::from(high))
}

fn shift() -> Fr {
    Fr::from_bigint(ark_ff::BigInt::<4>::one() << HIGH_PART_SHIFT as u32).expect("2^124 is below r")
}

/// The value of a polynomial from its two sums.
fn value(low: Fr, high: ark_ff::BigInt<4>, point: u64, threshold: usize) -> Scalar {
    let reduce = |number: ark_ff::BigInt<4>| Scalar::from_le_bytes_mod_order(&Zeroizing::new(number.to_bytes_le()));
    let tau = reduce(low.into_bigint()) + reduce(high) * scalar::power_of_two(LOW_PART_BITS);
    let i = Scalar::from(point);
    let powers = (0..threshold).fold(Scalar::zero(), |sum, _| sum * i + Scalar::from(1u64));
    tau + tau - (scalar::power_of_two(SCALAR_DIGITS) - Scalar::from(1u64)) * powers
}

/// The stream that hides the words for `point` in the dealing of `ctx`, from `S = e·tk_i`.
pub fn pads(ctx: Fr, point: u64, agreed: &Point) -> [Fr; SHARE_WORDS] {
    poseidon::squeeze(&[tag::share(), ctx, Fr::from(point), agreed.x(), agreed.y()])
}

/// One trustee's values, encrypted: 12 words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedShare([Fr; SHARE_WORDS]);

impl EncryptedShare {
    /// Words that were posted.
    pub fn new(words: [Fr; SHARE_WORDS]) -> EncryptedShare {
        EncryptedShare(words)
    }

    /// `c_{i,1}..c_{i,12}`.
    pub fn words(&self) -> &[Fr; SHARE_WORDS] {
        &self.0
    }

    /// Hides plain words.
    pub fn seal(words: &[Fr; SHARE_WORDS], ctx: Fr, point: u64, agreed: &Point) -> EncryptedShare {
        let pads = Zeroizing::new(pads(ctx, point, agreed));
        EncryptedShare(std::array::from_fn(|w| words[w] + pads[w]))
    }

    /// The values of a dealing's polynomials at the recipient's point. What a proved dealing holds agrees with its commitments; of any
    /// other words something comes out that does not.
    pub fn open(&self, secret: &TransportSecret, ctx: Fr, point: u64, ephemeral: &Point, threshold: usize) -> KeyShare {
        let pads = Zeroizing::new(pads(ctx, point, &secret.agree(ephemeral)));
        let words = Zeroizing::new(std::array::from_fn::<Fr, SHARE_WORDS, _>(|w| self.0[w] - pads[w]));
        KeyShare::new(std::array::from_fn(|key| {
            let high = halves(words[COMMITTEE_KEYS + key / 2])[key % 2];
            value(words[key], high, point, threshold)
        }))
    }
}

/// The two sums of a word: below `2^124`, and the rest.
fn halves(word: Fr) -> [ark_ff::BigInt<4>; 2] {
    let mut lower = word.into_bigint();
    let upper = lower >> HIGH_PART_SHIFT as u32;
    lower.sub_with_borrow(&(upper << HIGH_PART_SHIFT as u32));
    [lower, upper]
}

impl Serialize for EncryptedShare {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.each_ref().map(field::to_hex).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EncryptedShare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EncryptedShare, D::Error> {
        let texts = <[String; SHARE_WORDS]>::deserialize(deserializer)?;
        let mut words = [Fr::zero(); SHARE_WORDS];
        for (word, text) in words.iter_mut().zip(texts) {
            *word = field::from_hex(&text).map_err(de::Error::custom)?;
        }
        Ok(EncryptedShare(words))
    }
}
