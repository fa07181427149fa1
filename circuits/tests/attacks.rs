//! The exceptional cases of incomplete additions, tried by a cheating prover: where each forgery works, and why not here.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::{BigInteger, BigInteger256, Field, One, PrimeField, Zero};
use psephos_circuits::gadgets::bits::digit;
use psephos_circuits::gadgets::fixed_base::{PairTable, SignedTable};
use psephos_circuits::gadgets::ladder;
use psephos_circuits::gadgets::montgomery::{Constant, Edwards, Montgomery};
use psephos_circuits::gadgets::scalar::{Pair, split_pairs};
use psephos_circuits::{Builder, Num};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::{Fr, Scalar};

/// Runs a gadget twice with different free quotients; a forgery is a satisfied witness with two results.
fn forgeable(gadget: impl Fn(&mut Builder) -> Montgomery) -> bool {
    let run = |free: u64| {
        let mut b = Builder::shape();
        b.set_free_quotient(Fr::from(free));
        let p = gadget(&mut b);
        let (exceptional, result) = (b.exceptional(), (p.u.value(), p.v.value()));
        let (system, assignment) = b.finish();
        (system.satisfied(&assignment).is_ok(), exceptional, result)
    };
    let ((satisfied, exceptional, one), (again, _, other)) = (run(5), run(6));
    satisfied && again && exceptional > 0 && one != other
}

fn offset() -> Point {
    hash_to_point("a test's offset")
}

/// `6·2^249 - l` meets the entry of the last window. The offset must be one whose logarithm nobody knows.
#[test]
fn a_fixed_base_needs_an_offset() {
    // Known logarithm (or none, which is 0): before the last window the sum is `3·2^249 - l`, the entry `3·2^249`, one point.
    let known = Scalar::from(12_346u64);
    let k = Scalar::from(6u64) * Scalar::from(2u64).pow([249]) - known;
    let open = SignedTable::new(Point::generator(), Point::generator().mul(&known));
    assert!(forgeable(|b| open.multiply(b, &k)), "the attack itself must work, or this test shows nothing");
    let hidden = SignedTable::new(Point::generator(), offset());
    assert!(!forgeable(|b| hidden.multiply(b, &k)));
}

/// A key chosen as the ladder's offset frees the slope at the first step: hence proofs of possession.
#[test]
fn a_rogue_key_frees_the_ladder() {
    let digits: Vec<bool> = (0..252).map(|i| i == 251 || i % 3 == 0).collect();
    let run = |key: Point| {
        forgeable(|b| {
            let p = Edwards::given(b, &key).to_montgomery(b);
            let d: Vec<Num> = digits.iter().map(|d| digit(&b.bit(*d))).collect();
            ladder::single(b, &d, &p, Constant::from(offset()))
        })
    };
    assert!(run(offset()), "a rogue key");
    assert!(!run(Point::generator().mul(&Scalar::from(987_654_321u64))), "a key with a known logarithm");
}

/// The same for the joint ladder, whose first step adds `±base ± shifted`.
#[test]
fn a_rogue_key_frees_the_joint_ladder() {
    let shift = Scalar::from(2u64).pow([126]);
    // `(1 + 2^126)·P = T` makes the first selected point the offset.
    let rogue = offset().mul(&(Scalar::one() + shift).inverse().unwrap());
    let run = |key: Point| {
        forgeable(|b| {
            let p = Edwards::given(b, &key).to_montgomery(b);
            let q = Edwards::given(b, &key.mul(&shift)).to_montgomery(b);
            let digits = split_pairs(b, &agreeing());
            ladder::joint(b, &digits, &p, &q, Constant::from(offset()))
        })
    };
    assert!(run(rogue), "a rogue key");
    assert!(!run(Point::generator().mul(&Scalar::from(987_654_321u64))), "a key with a known logarithm");
}

/// A scalar whose digits 125 and 251 are both `+1`: odd, and just above `2^126`.
fn agreeing() -> Scalar {
    Scalar::from(2u64).pow([126]) + Scalar::from(3u64)
}

/// A shifted key of order two makes the rescaling factor zero and every point equal: the subgroup rules it out.
#[test]
fn a_shifted_key_of_order_two_collapses_the_ladder() {
    let key = Point::generator().mul(&Scalar::from(5u64));
    let run = |order_two: bool| {
        let mut b = Builder::shape();
        let p = Edwards::given(&mut b, &key).to_montgomery(&mut b);
        let zero = Montgomery { u: Num::zero(), v: Num::zero() };
        let shifted = Edwards::given(&mut b, &key.mul(&Scalar::from(2u64).pow([126]))).to_montgomery(&mut b);
        let digits = split_pairs(&mut b, &Scalar::from(77u64));
        let shifted = if order_two { zero } else { shifted };
        ladder::joint(&mut b, &digits, &p, &shifted, Constant::from(offset()));
        b.exceptional()
    };
    assert!(run(true) > 0);
    assert_eq!(run(false), 0);
}

/// The identity has no Montgomery form; the point of order two has a free one.
#[test]
fn low_order_points() {
    let run = |x: Fr, y: Fr, free: u64| {
        let mut b = Builder::shape();
        b.set_free_quotient(Fr::from(free));
        let point = Edwards { x: b.given(x), y: b.given(y) };
        let p = point.to_montgomery(&mut b);
        let v = p.v.value();
        let (system, assignment) = b.finish();
        (system.satisfied(&assignment).is_ok(), v)
    };
    assert!(!run(Fr::zero(), Fr::one(), 5).0, "the identity");
    let ((holds, v), (again, w)) = (run(Fr::zero(), -Fr::one(), 5), run(Fr::zero(), -Fr::one(), 6));
    assert!(holds && again && v != w, "order two: its callers exclude it");
}

/// `k` and `k + 2l` are two vectors of digits for one point. It matters nowhere: wherever a scalar is meant, one vector serves every base,
/// all bases have order `l`, and neither a signature's response nor a ballot's randomness is published.
#[test]
fn scalars_have_aliases() {
    let table = PairTable::split(Point::generator(), offset());
    let run = |k: BigInteger256| {
        // `t = (k + 2^252 - 1)/2` for odd `k`.
        let mut t = BigInteger256::from(1u64) << 252;
        t.sub_with_borrow(&BigInteger256::from(1u64));
        t.add_with_carry(&k);
        t.div2();
        let mut b = Builder::shape();
        let d: Vec<Num> = (0..252).map(|i| digit(&b.bit(t.get_bit(i)))).collect();
        let pairs: Vec<Pair> = (0..126).map(|i| Pair::new(&mut b, &d[i], &d[i + 126])).collect();
        let p = table.multiply(&mut b, &pairs);
        let (system, assignment) = b.finish();
        system.satisfied(&assignment).unwrap();
        (p.u.value(), p.v.value(), assignment)
    };
    let k = BigInteger256::from(41u64);
    let mut alias = k;
    alias.add_with_carry(&Scalar::MODULUS);
    alias.add_with_carry(&Scalar::MODULUS);
    let (one, other) = (run(k), run(alias));
    assert!((one.0, one.1) == (other.0, other.1) && one.2 != other.2);
}
