//! Schnorr signatures on Baby Jubjub (specification, section 2). Twin of
//! `psephos_protocol::signature::Signature::verify`.

use std::sync::LazyLock;

use ark_ff::{BigInteger, BigInteger256, PrimeField};
use psephos_protocol::Fr;
use psephos_protocol::constants::{CHALLENGE_BITS, tag};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::signature::Signature;

use crate::gadgets::bits::{allocate_bits, assert_at_most_constant, bit_to_digit, pack_bits};
use crate::gadgets::fixed_base::SignedTable;
use crate::gadgets::montgomery::{ConstantPoint, Edwards, coefficient_a};
use crate::gadgets::{ladder, poseidon, power_of_two};
use crate::{Builder, Num};

/// The offset of the ladder for `e'·ak`, a point of unknown discrete logarithm.
static AK_LADDER_OFFSET: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.offset.signature"));

/// The table for `s·G`, minus the offset that remains after the ladder for `e'·ak`.
static RESPONSE_TABLE: LazyLock<SignedTable> =
    LazyLock::new(|| SignedTable::new(Point::generator(), -ladder::offset_residue(*AK_LADDER_OFFSET, CHALLENGE_BITS)));

/// The number of bits of the challenge hash above the challenge.
pub const HIGH_BITS: usize = Fr::MODULUS_BIT_SIZE as usize - CHALLENGE_BITS;

/// Asserts that `signature` is a signature by `ak` of `message`: computes `R = s·G - e'·ak` and asserts that its
/// challenge is `e`.
///
/// The caller must have constrained `ak` to be on the curve: for some points that are not (`(x, -1)`, which has the
/// Montgomery form of the point of order two) any signature verifies. Its subgroup is not checked: a component of
/// small order is its owner's choice, and a forger of signatures for such a key still needs the discrete logarithm of
/// the remaining component.
///
/// The challenge is the low 128 bits of a field element. Its 254 bits must be those of the canonical integer:
/// otherwise, elements below `2^254 - r` would have a second challenge to choose from. It is enough to compare the
/// `compared` highest bits: if they are below those of `r`, so is the integer. For an honest challenge they equal
/// those of `r` with a probability of about `2^-compared`, and its signature is then refused.
///
/// `challenge` is the integer that a malicious prover assigns instead of the canonical one.
pub fn verify(
    b: &mut Builder,
    signature: &Signature,
    ak: &Edwards,
    message: &Num,
    challenge: Option<BigInteger256>,
    compared: usize,
) {
    let a = Num::constant(coefficient_a());
    let nonce = &signature.nonce_point;
    let inputs = [tag::signature(), nonce.x(), nonce.y(), ak.x.value(), ak.y.value(), message.value()];
    let value = challenge.unwrap_or_else(|| psephos_protocol::poseidon::hash(&inputs).into_bigint());
    let low = allocate_bits(b, value, CHALLENGE_BITS);
    let high = allocate_bits(b, value >> CHALLENGE_BITS as u32, HIGH_BITS);

    let digits: Vec<Num> = low.iter().map(bit_to_digit).collect();
    let base = ak.to_montgomery(b).negate();
    // `-(e'·ak) + 2^128·T` and `s·G - 2^128·T`: equal operands would reveal the discrete logarithm of `T`, as a known
    // combination of `ak` and `G`.
    let product = ladder::multiply_single(b, &digits, &base, ConstantPoint::from(*AK_LADDER_OFFSET));
    let response = RESPONSE_TABLE.multiply(b, &signature.response);
    let nonce = response.add(b, &product, &a).to_edwards(b);
    let inputs = [Num::constant(tag::signature()), nonce.x, nonce.y, ak.x.clone(), ak.y.clone(), message.clone()];
    let hash = poseidon::hash(b, &inputs);
    let sum = &pack_bits(&low) + &pack_bits(&high).scale(power_of_two(CHALLENGE_BITS));
    b.assert_zero("the signed challenge", &(&sum - &hash));
    assert_at_most_constant(b, &high[HIGH_BITS - compared..], high_bound(compared));
}

/// Returns `floor(r / 2^(254 - compared)) - 1`: if the high bits are at most this, the integer is below `r`.
fn high_bound(compared: usize) -> BigInteger256 {
    let mut bound = Fr::MODULUS >> (Fr::MODULUS_BIT_SIZE - compared as u32);
    bound.sub_with_borrow(&BigInteger256::from(1u64));
    bound
}
