//! Attacks on incomplete additions: a malicious prover tries their exceptional cases. Each test shows where a forgery
//! works, and why it does not work here.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::{AdditiveGroup, BigInteger, BigInteger256, Field, One, PrimeField, Zero};
use psephos_circuits::gadgets::bits::bit_to_digit;
use psephos_circuits::gadgets::fixed_base::{PairTable, SignedTable};
use psephos_circuits::gadgets::ladder;
use psephos_circuits::gadgets::montgomery::{ConstantPoint, Edwards, Montgomery};
use psephos_circuits::gadgets::scalar::{DigitPair, allocate_digit_pairs};
use psephos_circuits::{Builder, Num};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::{Fr, Scalar};

/// Returns whether a gadget can be forged: runs it twice with different unconstrained quotients; a forgery is a
/// satisfying witness with two results.
fn is_forgeable(gadget: impl Fn(&mut Builder) -> Montgomery) -> bool {
    let run = |quotient: u64| {
        let mut b = Builder::for_setup();
        b.set_unconstrained_quotient(Fr::from(quotient));
        let p = gadget(&mut b);
        let (exceptional, result) = (b.exceptional_divisions(), (p.u.value(), p.v.value()));
        let (system, assignment) = b.into_system();
        (system.check_satisfied(&assignment).is_ok(), exceptional, result)
    };
    let ((satisfied, exceptional, one), (again, _, other)) = (run(5), run(6));
    satisfied && again && exceptional > 0 && one != other
}

fn test_offset() -> Point {
    hash_to_point("a test's offset")
}

/// `6·2^249 - l` meets the entry of the last window. The offset must have a discrete logarithm that no one knows.
#[test]
fn fixed_base_without_hidden_offset_is_forgeable() {
    // With a known discrete logarithm (or no offset, which has the logarithm 0), the sum before the last window is
    // `3·2^249 - l` and the entry is `3·2^249`, which are the same point.
    let known = Scalar::from(12_346u64);
    let k = Scalar::from(6u64) * Scalar::from(2u64).pow([249]) - known;
    let open = SignedTable::new(Point::generator(), Point::generator().mul(&known));
    assert!(is_forgeable(|b| open.multiply(b, &k)), "the attack itself must work, or this test shows nothing");
    let hidden = SignedTable::new(Point::generator(), test_offset());
    assert!(!is_forgeable(|b| hidden.multiply(b, &k)));
}

/// With a key chosen as the ladder's offset, the slope of the first step is unconstrained: hence proofs of
/// possession.
#[test]
fn rogue_key_breaks_the_single_ladder() {
    let digits: Vec<bool> = (0..252).map(|i| i == 251 || i % 3 == 0).collect();
    let run = |key: Point| {
        is_forgeable(|b| {
            let p = Edwards::allocate_free(b, &key).to_montgomery(b);
            let d: Vec<Num> = digits.iter().map(|d| bit_to_digit(&b.allocate_bit(*d))).collect();
            ladder::multiply_single(b, &d, &p, ConstantPoint::from(test_offset()))
        })
    };
    assert!(run(test_offset()), "a rogue key");
    assert!(!run(Point::generator().mul(&Scalar::from(987_654_321u64))), "a key with a known logarithm");
}

/// A rogue key also breaks the joint ladder, whose first step adds `±base ± shifted`.
#[test]
fn rogue_key_breaks_the_joint_ladder() {
    let shift = Scalar::from(2u64).pow([126]);
    // `(1 + 2^126)·P = T` makes the first selected point the offset.
    let rogue = test_offset().mul(&(Scalar::one() + shift).inverse().unwrap());
    let run = |key: Point| {
        is_forgeable(|b| {
            let p = Edwards::allocate_free(b, &key).to_montgomery(b);
            let q = Edwards::allocate_free(b, &key.mul(&shift)).to_montgomery(b);
            let digits = allocate_digit_pairs(b, &scalar_with_agreeing_digits());
            ladder::multiply_joint(b, &digits, &p, &q, ConstantPoint::from(test_offset()))
        })
    };
    assert!(run(rogue), "a rogue key");
    assert!(!run(Point::generator().mul(&Scalar::from(987_654_321u64))), "a key with a known logarithm");
}

/// Returns a scalar whose digits 125 and 251 are both `+1`: odd, and just above `2^126`.
fn scalar_with_agreeing_digits() -> Scalar {
    Scalar::from(2u64).pow([126]) + Scalar::from(3u64)
}

/// A selected value that the blinding meets: the last addition of an encryption has equal operands if the ladder's
/// offset has a known discrete logarithm, and its slope is unconstrained.
#[test]
fn selected_value_without_hidden_offset_is_forgeable() {
    let (key, known, value) = (Scalar::from(987_654_321u64), Scalar::from(12_346u64), Scalar::from(1u64 << 20));
    let shift = Scalar::from(2u64).pow([126]);
    // `2^126·T + r·PK = u·G - 2^126·T` for `T = known·G`.
    let r = (value - known * shift.double()) * key.inverse().unwrap();
    let run = |offset: Point| {
        is_forgeable(|b| {
            let key = Point::generator().mul(&key);
            let p = Edwards::allocate_free(b, &key).to_montgomery(b);
            let q = Edwards::allocate_free(b, &key.mul(&shift)).to_montgomery(b);
            let digits = allocate_digit_pairs(b, &r);
            let blinding = ladder::multiply_joint(b, &digits, &p, &q, ConstantPoint::from(offset));
            let selected = Point::generator().mul(&value) + -offset.mul(&shift);
            let selected = Montgomery::constant(ConstantPoint::from(selected));
            blinding.add(b, &selected, &Num::constant(Fr::from(168_698u64)))
        })
    };
    assert!(run(Point::generator().mul(&known)), "the attack itself must work, or this test shows nothing");
    assert!(!run(test_offset()));
}

/// A shifted key of order two makes the rescaling factor zero and every point equal: the subgroup excludes it.
#[test]
fn shifted_key_of_order_two_collapses_the_ladder() {
    let key = Point::generator().mul(&Scalar::from(5u64));
    let run = |order_two: bool| {
        let mut b = Builder::for_setup();
        let p = Edwards::allocate_free(&mut b, &key).to_montgomery(&mut b);
        let zero = Montgomery { u: Num::zero(), v: Num::zero() };
        let shifted = Edwards::allocate_free(&mut b, &key.mul(&Scalar::from(2u64).pow([126]))).to_montgomery(&mut b);
        let digits = allocate_digit_pairs(&mut b, &Scalar::from(77u64));
        let shifted = if order_two { zero } else { shifted };
        ladder::multiply_joint(&mut b, &digits, &p, &shifted, ConstantPoint::from(test_offset()));
        b.exceptional_divisions()
    };
    assert!(run(true) > 0);
    assert_eq!(run(false), 0);
}

/// The identity has no Montgomery form; that of the point of order two is unconstrained.
#[test]
fn low_order_points_have_no_unique_montgomery_form() {
    let run = |x: Fr, y: Fr, quotient: u64| {
        let mut b = Builder::for_setup();
        b.set_unconstrained_quotient(Fr::from(quotient));
        let point = Edwards { x: b.allocate_free(x), y: b.allocate_free(y) };
        let p = point.to_montgomery(&mut b);
        let v = p.v.value();
        let (system, assignment) = b.into_system();
        (system.check_satisfied(&assignment).is_ok(), v)
    };
    assert!(!run(Fr::zero(), Fr::one(), 5).0, "the identity");
    let ((holds, v), (again, w)) = (run(Fr::zero(), -Fr::one(), 5), run(Fr::zero(), -Fr::one(), 6));
    assert!(holds && again && v != w, "order two: its callers exclude it");
}

/// `k` and `k + 2l` are two vectors of digits for one point. This makes no difference: wherever a scalar occurs, one
/// vector serves every base, all bases have order `l`, and neither a signature's response nor a ballot's randomness
/// is published.
#[test]
fn scalar_aliases_give_the_same_point() {
    let table = PairTable::for_digit_pairs(Point::generator(), test_offset());
    let run = |k: BigInteger256| {
        // `t = (k + 2^252 - 1)/2` for odd `k`.
        let mut t = BigInteger256::from(1u64) << 252;
        t.sub_with_borrow(&BigInteger256::from(1u64));
        t.add_with_carry(&k);
        t.div2();
        let mut b = Builder::for_setup();
        let d: Vec<Num> = (0..252).map(|i| bit_to_digit(&b.allocate_bit(t.get_bit(i)))).collect();
        let pairs: Vec<DigitPair> = (0..126).map(|i| DigitPair::new(&mut b, &d[i], &d[i + 126])).collect();
        let p = table.multiply(&mut b, &pairs);
        let (system, assignment) = b.into_system();
        system.check_satisfied(&assignment).unwrap();
        (p.u.value(), p.v.value(), assignment)
    };
    let k = BigInteger256::from(41u64);
    let mut alias = k;
    alias.add_with_carry(&Scalar::MODULUS);
    alias.add_with_carry(&Scalar::MODULUS);
    let (one, other) = (run(k), run(alias));
    assert!((one.0, one.1) == (other.0, other.1) && one.2 != other.2);
}
