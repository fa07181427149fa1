//! Values of the polynomials as words, and their encryption (specification, section 5).
//!
//! A recipient must learn its values modulo `l` and nothing else: evaluated over the integers, even in parts, a few of
//! them would narrow the coefficients down to a search (decision 12). So the dealer reduces, and the circuit verifies
//! the reduction with the quotient.

use ark_ff::{BigInt, PrimeField, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use crate::{
    Fr, Point, Scalar,
    committee::{KeyShare, TransportSecret},
    constants::{COMMITTEE_KEYS, SCALAR_DIGITS, tag},
    elements::TrusteeContext,
    field, poseidon, scalar,
};

/// The value of a polynomial at a point, divided by `l`: `sum_k tau_k·i^k = s + l·kappa`, `0 <= s < l`. Both `s` and
/// `kappa` are secret.
#[derive(Clone, Copy)]
pub struct Value {
    /// The remainder `s`, which the recipient learns.
    pub remainder: BigInt<4>,
    /// The quotient `kappa`, below `2^62`.
    pub quotient: u64,
}

impl Value {
    /// Evaluates the polynomial with these `tau` at a point from 1 to 16, and divides the value by `l`.
    pub fn of(tau: &[BigInt<4>], point: u64) -> Value {
        let i = Scalar::from(point);
        // Reduced on purpose: `tau` is an integer that may be above `l`, and the remainder follows from its residue.
        let reduced = |tau: &BigInt<4>| Scalar::from_le_bytes_mod_order(&bytes(tau));
        let remainder = tau.iter().rev().fold(Scalar::zero(), |sum, tau| sum * i + reduced(tau)).into_bigint();
        // The division is exact, so its lowest 64 bits are enough: modulo `2^64`, dividing by the odd `l` is
        // multiplying by its inverse.
        let low = tau.iter().rev().fold(0u64, |sum, tau| sum.wrapping_mul(point).wrapping_add(tau.0[0]));
        let quotient = low.wrapping_sub(remainder.0[0]).wrapping_mul(inverse(Scalar::MODULUS.0[0]));
        Value { remainder, quotient }
    }
}

fn bytes(number: &BigInt<4>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(number.0.iter().flat_map(|limb| limb.to_le_bytes()).collect())
}

/// Returns `1/a` modulo `2^64` for an odd `a`, by Newton's iteration: each step doubles the number of correct bits, of
/// which there are 3 at first.
fn inverse(a: u64) -> u64 {
    (0..5).fold(a, |x, _| x.wrapping_mul(2u64.wrapping_sub(a.wrapping_mul(x))))
}

/// Returns the value of the polynomial itself from the remainder: `a = 2·tau - (2^252 - 1)` for each coefficient.
fn value(remainder: Fr, point: u64, threshold: usize) -> Scalar {
    // Reduced on purpose: a word that a malicious dealer made up may be above `l`; callers compare the value with the
    // commitments.
    let s = Scalar::from_le_bytes_mod_order(&bytes(&remainder.into_bigint()));
    let i = Scalar::from(point);
    let powers = (0..threshold).fold(Scalar::zero(), |sum, _| sum * i + Scalar::from(1u64));
    s + s - (scalar::power_of_two(SCALAR_DIGITS) - Scalar::from(1u64)) * powers
}

/// Derives the pads that hide the values for `point` in the dealing of `ctx`, from the agreed point `S = e·tk_i`.
pub fn pads(ctx: TrusteeContext, point: u64, agreed: &Point) -> [Fr; COMMITTEE_KEYS] {
    poseidon::squeeze(&[tag::share(), ctx.to_fr(), Fr::from(point), agreed.x(), agreed.y()])
}

/// One trustee's values, encrypted: 8 words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedShare([Fr; COMMITTEE_KEYS]);

impl EncryptedShare {
    /// Returns the encrypted share of posted words.
    pub fn new(words: [Fr; COMMITTEE_KEYS]) -> EncryptedShare {
        EncryptedShare(words)
    }

    /// Returns the posted words `c_{i,1}..c_{i,8}`.
    pub fn words(&self) -> &[Fr; COMMITTEE_KEYS] {
        &self.0
    }

    /// Encrypts values by adding pads to their remainders.
    pub fn seal(values: &[Value; COMMITTEE_KEYS], ctx: TrusteeContext, point: u64, agreed: &Point) -> EncryptedShare {
        let pads = Zeroizing::new(pads(ctx, point, agreed));
        let word = |j: usize| Fr::from_bigint(values[j].remainder).expect("a remainder is below l, which is below r");
        EncryptedShare(std::array::from_fn(|j| word(j) + pads[j]))
    }

    /// Decrypts the values of a dealing's polynomials at the recipient's point.
    ///
    /// The values of a proven dealing agree with its commitments; any other words give values that do not.
    pub fn open(
        &self,
        secret: &TransportSecret,
        ctx: TrusteeContext,
        point: u64,
        ephemeral: &Point,
        threshold: usize,
    ) -> KeyShare {
        let pads = Zeroizing::new(pads(ctx, point, &secret.agree(ephemeral)));
        KeyShare::new(std::array::from_fn(|j| value(self.0[j] - pads[j], point, threshold)))
    }
}

impl Serialize for EncryptedShare {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.each_ref().map(field::to_hex).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EncryptedShare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<EncryptedShare, D::Error> {
        let texts = <[String; COMMITTEE_KEYS]>::deserialize(deserializer)?;
        let mut words = [Fr::zero(); COMMITTEE_KEYS];
        for (word, text) in words.iter_mut().zip(texts) {
            *word = field::from_hex(&text).map_err(de::Error::custom)?;
        }
        Ok(EncryptedShare(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with plain integers for extreme values: `t = s + l·kappa`.
    #[test]
    fn quotients_are_exact() {
        let largest = BigInt::<4>([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 4]);
        for tau in [BigInt::zero(), BigInt::one(), largest] {
            for (count, point) in [(1, 1), (1, 16), (5, 5), (16, 15), (16, 16)] {
                let value = Value::of(&vec![tau; count], point);
                let power = (0..count).fold(0u128, |sum, _| sum * u128::from(point) + 1);
                let wide = |number: &BigInt<4>, by: u128, add: [u64; 6]| -> [u64; 6] {
                    let mut out = add;
                    for (limb, value) in [by as u64, (by >> 64) as u64].into_iter().enumerate() {
                        let mut carry = 0u128;
                        for at in 0..6 - limb {
                            let digit = number.0.get(at).copied().unwrap_or_default();
                            let sum = u128::from(digit) * u128::from(value) + u128::from(out[at + limb]) + carry;
                            (out[at + limb], carry) = (sum as u64, sum >> 64);
                        }
                    }
                    out
                };
                let s = value.remainder.0;
                let right = wide(&Scalar::MODULUS, u128::from(value.quotient), [s[0], s[1], s[2], s[3], 0, 0]);
                assert_eq!(wide(&tau, power, [0; 6]), right, "{count} coefficients at {point}");
                assert!(value.quotient >> 62 == 0 && value.remainder < Scalar::MODULUS);
            }
        }
    }
}
