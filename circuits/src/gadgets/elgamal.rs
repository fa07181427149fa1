//! Exponential ElGamal under a committee's keys. Twin of `psephos_protocol::encryption::encrypt_values`.

use std::sync::LazyLock;

use psephos_protocol::committee::KeyVector;
use psephos_protocol::constants::{KEY_SPLIT_BITS, VALUE_BITS, tag};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::bits::bit_to_digit;
use crate::gadgets::fixed_base::PairTable;
use crate::gadgets::montgomery::{ConstantPoint, Edwards, Montgomery, coefficient_a};
use crate::gadgets::scalar::{DigitPair, allocate_digit_pairs};
use crate::gadgets::{ladder, poseidon};
use crate::{Builder, Num};

/// The offset of the ladders for `r·PK_j`, a point of unknown discrete logarithm.
static KEY_LADDER_OFFSET: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.offset.key"));

/// What is left of the offset after the ladder for `r·PK_j`, negated.
static MINUS_RESIDUE: LazyLock<Point> = LazyLock::new(|| -ladder::offset_residue(*KEY_LADDER_OFFSET, KEY_SPLIT_BITS));

/// The table for `r·G`, also used for `sk·G` in decryption and for `e·G` and `a·G` in dealings.
pub(crate) static GENERATOR_TABLE: LazyLock<PairTable> =
    LazyLock::new(|| PairTable::for_digit_pairs(Point::generator(), hash_to_point("psephos.v1.offset.generator")));

/// The table for `u·G`, minus the offset that remains after the ladder for `r·PK_j`.
static VALUE_TABLE: LazyLock<PairTable> =
    LazyLock::new(|| PairTable::for_value_bits(Point::generator(), VALUE_BITS, *MINUS_RESIDUE));

/// The committee's keys `PK_j` and shifted keys `2^126·PK_j`, which `ctx` binds.
pub struct CommitteeKeys(Vec<(Edwards, Edwards)>);

impl CommitteeKeys {
    /// Allocates the first `M` keys, of which nothing is enforced.
    pub fn allocate_free<const M: usize>(b: &mut Builder, keys: &KeyVector) -> CommitteeKeys {
        let shifted = keys.shifted();
        let pairs = keys.keys().iter().zip(&shifted).take(M);
        CommitteeKeys(pairs.map(|(k, s)| (Edwards::allocate_free(b, k), Edwards::allocate_free(b, s))).collect())
    }

    /// Computes `K_M` of the specification, section 5.
    pub fn hash(&self, b: &mut Builder) -> Num {
        self.0.iter().fold(Num::constant(tag::keys()), |hash, (key, shifted)| {
            let [x, y] = key.coordinates();
            let [shifted_x, shifted_y] = shifted.coordinates();
            poseidon::hash(b, &[hash, x, y, shifted_x, shifted_y])
        })
    }
}

/// Computes `C = r·G`, `D_j = u_j·G + r·PK_j`, from the bits of the values; with a `mask` that is set, `D_j = r·PK_j`,
/// for two constraints a value.
///
/// `D_j` is the sum of `2^126·T + r·PK_j` and `u_j·G - 2^126·T` for the ladder's offset `T`. Equal operands would
/// reveal the discrete logarithm of `T`, as a known combination of `PK_j` and `G`. A mask takes `-2^126·T` itself for
/// the second one, so the same holds.
pub fn encrypt(
    b: &mut Builder,
    keys: &CommitteeKeys,
    r: &Scalar,
    values: &[Vec<Num>],
    mask: Option<&Num>,
) -> Vec<Edwards> {
    let zero = ConstantPoint::from(*MINUS_RESIDUE);
    encrypt_with(b, keys, r, values, |b, bits| {
        let digits: Vec<Num> = bits.iter().map(bit_to_digit).collect();
        let pairs: Vec<DigitPair> = digits.chunks(2).map(|d| DigitPair::new(b, &d[0], &d[1])).collect();
        let value = VALUE_TABLE.multiply(b, &pairs);
        match mask {
            Some(mask) => select_constant(b, mask, zero, &value),
            None => value,
        }
    })
}

/// A constant value `u` that can be encrypted: the point `u·G - 2^126·T`.
#[derive(Clone, Copy)]
pub struct ConstantValue(ConstantPoint);

impl ConstantValue {
    /// Returns the constant.
    pub fn new(value: u64) -> ConstantValue {
        ConstantValue(ConstantPoint::from(*MINUS_RESIDUE + Point::generator().mul_u64(value)))
    }
}

/// A value that is one of a few constants: `base`, or the constant beside the selector that is 1.
///
/// The caller has constrained every selector to 0 or 1, and at most one of them to 1: with two, or with another value,
/// the selected coordinates are those of no point of the curve.
pub struct Selection {
    /// The value if no selector is 1.
    pub base: ConstantValue,
    /// The other values with their selectors.
    pub options: Vec<(Num, ConstantValue)>,
}

impl Selection {
    /// Selects `u·G - 2^126·T`, a linear combination of constants: at no cost.
    fn select_point(&self) -> Montgomery {
        let select = |coordinate: fn(&ConstantPoint) -> Fr| {
            let own = coordinate(&self.base.0);
            let options = self.options.iter().map(|(selector, value)| (coordinate(&value.0) - own, selector));
            Num::linear_combination(options).add_constant(own)
        };
        Montgomery { u: select(|point| point.u), v: select(|point| point.v) }
    }
}

/// Computes `C = r·G`, `D_j = u_j·G + r·PK_j` of values that are selected from constants, for 905 constraints a value.
///
/// The operands of the last addition are those of [`encrypt`], and the same argument holds: `u_j` is one of a few known
/// numbers, so `2^126·T + r·PK_j = u_j·G - 2^126·T` would be a known combination of `PK_j` and `G` for `T`. In
/// particular `u_j = 0` selects `-2^126·T`, which is not the identity.
pub fn encrypt_selected(b: &mut Builder, keys: &CommitteeKeys, r: &Scalar, values: &[Selection]) -> Vec<Edwards> {
    encrypt_with(b, keys, r, values, |_, selection| selection.select_point())
}

/// Encrypts values of which `point` computes `u_j·G - 2^126·T`, under as many keys.
fn encrypt_with<V>(
    b: &mut Builder,
    keys: &CommitteeKeys,
    r: &Scalar,
    values: &[V],
    mut point: impl FnMut(&mut Builder, &V) -> Montgomery,
) -> Vec<Edwards> {
    b.enter_section("randomness");
    let r = allocate_digit_pairs(b, r);
    let c = GENERATOR_TABLE.multiply(b, &r);
    let mut ciphertext = vec![c.to_edwards(b)];
    b.enter_section("encryption");
    let a = Num::constant(coefficient_a());
    let offset = ConstantPoint::from(*KEY_LADDER_OFFSET);
    for ((key, shifted), value) in keys.0.iter().zip(values) {
        let (key, shifted) = (key.to_montgomery(b), shifted.to_montgomery(b));
        let blinding = ladder::multiply_joint(b, &r, &key, &shifted, offset);
        let value = point(b, value);
        let d = blinding.add(b, &value, &a);
        ciphertext.push(d.to_edwards(b));
    }
    ciphertext
}

/// Computes `constant` if the bit is set and `point` otherwise, for two constraints.
fn select_constant(b: &mut Builder, bit: &Num, constant: ConstantPoint, point: &Montgomery) -> Montgomery {
    let mut select = |constant, coordinate: &Num| coordinate + &b.mul(bit, &(&Num::constant(constant) - coordinate));
    Montgomery { u: select(constant.u, &point.u), v: select(constant.v, &point.v) }
}
