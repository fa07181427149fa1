//! Witness generation of gadgets where circuits do not go: constants among the inputs, points that meet in the middle
//! of a chain, points on no curve. The values of both modes agree there, too.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::{Field, UniformRand};
use common::seeded_rng;
use psephos_circuits::gadgets::fixed_base::{PairTable, SignedTable};
use psephos_circuits::gadgets::ladder::{self, VariableBase};
use psephos_circuits::gadgets::montgomery::{ConstantPoint, Edwards, Montgomery};
use psephos_circuits::gadgets::poseidon;
use psephos_circuits::gadgets::scalar::{DigitPair, allocate_digit_pairs};
use psephos_circuits::{Builder, Num};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::{Fr, Scalar};

/// Checks that both modes compute the same values and outputs and meet the same number of divisions by zero, and
/// returns that number.
fn assert_modes_agree(gadget: impl Fn(&mut Builder) -> Vec<Num>) -> usize {
    let run = |mut b: Builder| {
        b.set_unconstrained_quotient(Fr::from(987_654_321u64));
        let outputs: Vec<(Fr, bool)> = gadget(&mut b).iter().map(|n| (n.value(), n.is_constant())).collect();
        (b.exceptional_divisions(), outputs, b.into_assignment())
    };
    let (expected, actual) = (run(Builder::for_setup()), run(Builder::for_witness()));
    assert!(expected == actual);
    expected.0
}

fn point_variables(p: Montgomery) -> Vec<Num> {
    vec![p.u, p.v]
}

fn test_offset() -> Point {
    hash_to_point("a test's offset")
}

/// Every number of inputs, each of them a constant or not.
#[test]
fn modes_agree_on_hashes_with_constant_inputs() {
    let mut rng = seeded_rng(31);
    for n in 1..=poseidon::MAX_INPUTS {
        for constants in [0, 1, 1 << (n - 1), 0b1010_1010_1010, (1 << n) - 2, (1 << n) - 1] {
            let inputs: Vec<Fr> = (0..n).map(|i| if i == 2 { Fr::from(0u64) } else { Fr::rand(&mut rng) }).collect();
            let allocated = |b: &mut Builder| -> Vec<Num> {
                let allocate = |(i, v): (usize, &Fr)| {
                    if constants >> i & 1 == 1 { Num::constant(*v) } else { b.allocate_free(*v) }
                };
                inputs.iter().enumerate().map(allocate).collect()
            };
            assert_modes_agree(|b| {
                let inputs = allocated(b);
                vec![poseidon::hash(b, &inputs)]
            });
            assert_modes_agree(|b| {
                let inputs = allocated(b);
                poseidon::squeeze(b, &inputs[..n.min(8)])
            });
        }
    }
}

/// `6·2^249 - l` meets the entry of the last window; a sum with the right start meets the entry of any window.
#[test]
fn modes_agree_on_exceptional_fixed_bases() {
    let known = Scalar::from(12_346u64);
    let open = SignedTable::new(Point::generator(), Point::generator().mul(&known));
    let k = Scalar::from(6u64) * Scalar::from(2u64).pow([249]) - known;
    assert!(assert_modes_agree(|b| point_variables(open.multiply(b, &k))) > 0);

    let k = Scalar::from(54_321u64);
    let digits = allocate_digit_pairs(&mut Builder::for_witness(), &k);
    let multiple = |number: usize| Point::generator().mul_u64(number as u64);
    let bases: Vec<(Point, Point)> = (0..digits.len()).map(|i| (multiple(i + 1), multiple(i * i + 500))).collect();
    let signed = |p: Point, digit: &Num| if digit.value() == Fr::from(1u64) { p } else { -p };
    let entry = |i: usize| signed(bases[i].0, &digits[i].low) + signed(bases[i].1, &digits[i].high);
    for window in [1, 2, 60, 125] {
        for meeting in [entry(window), -entry(window)] {
            let start = (0..window).fold(meeting, |start, i| start - entry(i));
            let table = PairTable::new(&bases, start, Point::identity());
            let exceptional = assert_modes_agree(|b| {
                let digits = allocate_digit_pairs(b, &k);
                point_variables(table.multiply(b, &digits))
            });
            assert!(exceptional > 0, "window {window}");
        }
    }
}

#[test]
fn modes_agree_on_exceptional_ladders() {
    let shift = Scalar::from(2u64).pow([126]);
    let rogue = test_offset().mul(&(Scalar::from(1u64) + shift).inverse().unwrap());
    let order_two = (Fr::from(0u64), Fr::from(0u64));
    let off_curve = (Fr::from(5u64), Fr::from(7u64));
    let mut exceptional = 0;
    for key in [rogue, test_offset(), -test_offset(), Point::generator()] {
        for shifted in [None, Some(order_two), Some(off_curve)] {
            exceptional += assert_modes_agree(|b| {
                let base = Edwards::allocate_free(b, &key).to_montgomery(b);
                let shifted = match shifted {
                    Some((u, v)) => Montgomery { u: Num::constant(u), v: Num::constant(v) },
                    None => Edwards::allocate_free(b, &key.mul(&shift)).to_montgomery(b),
                };
                let digits = allocate_digit_pairs(b, &(shift + Scalar::from(3u64)));
                point_variables(ladder::multiply_joint(b, &digits, &base, &shifted, ConstantPoint::from(test_offset())))
            });
        }
        exceptional += assert_modes_agree(|b| {
            let base = Edwards::allocate_free(b, &key).to_montgomery(b);
            let digits: Vec<Num> =
                allocate_digit_pairs(b, &shift).into_iter().map(|pair: DigitPair| pair.low).collect();
            point_variables(ladder::multiply_single(b, &digits, &base, ConstantPoint::from(test_offset())))
        });
    }
    assert!(exceptional > 0);
}

/// Coordinates that belong to no point: the formulas do not depend on the curve's equation.
#[test]
fn modes_agree_off_the_curve() {
    let mut rng = seeded_rng(32);
    for _ in 0..5 {
        let (x, y) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        assert_modes_agree(|b| {
            let point = Edwards { x: b.allocate_free(x), y: b.allocate_free(y) };
            let base = VariableBase::new(b, &point);
            let digits = allocate_digit_pairs(b, &Scalar::from(77u64));
            base.multiply(b, &digits).coordinates().to_vec()
        });
    }
    // Doubling the point of order two divides by zero.
    let exceptional = assert_modes_agree(|b| {
        let point = Montgomery { u: b.allocate_free(Fr::from(0u64)), v: b.allocate_free(Fr::from(0u64)) };
        point_variables(ladder::double_times(b, &point))
    });
    assert!(exceptional > 0);
}
