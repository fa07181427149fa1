//! What circuits do not do, a gadget may: constants among its inputs, points that meet in the middle of a chain, points of
//! no curve. Its values without constraints are those with constraints, there too.
#![allow(clippy::unwrap_used)]

mod common;

use ark_ff::{Field, UniformRand};
use common::rng;
use psephos_circuits::gadgets::fixed_base::{PairTable, SignedTable};
use psephos_circuits::gadgets::ladder::{self, Base};
use psephos_circuits::gadgets::montgomery::{Constant, Edwards, Montgomery};
use psephos_circuits::gadgets::poseidon;
use psephos_circuits::gadgets::scalar::{Pair, split_pairs};
use psephos_circuits::{Builder, Num};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::{Fr, Scalar};

/// Values, outputs and divisions by zero, whichever way they are computed; returns the number of these.
fn agree(gadget: impl Fn(&mut Builder) -> Vec<Num>) -> usize {
    let run = |mut b: Builder| {
        b.set_free_quotient(Fr::from(987_654_321u64));
        let outputs: Vec<(Fr, bool)> = gadget(&mut b).iter().map(|n| (n.value(), n.is_constant())).collect();
        (b.exceptional(), outputs, b.into_assignment())
    };
    let (expected, actual) = (run(Builder::shape()), run(Builder::assignment()));
    assert!(expected == actual);
    expected.0
}

fn coordinates(p: Montgomery) -> Vec<Num> {
    vec![p.u, p.v]
}

fn offset() -> Point {
    hash_to_point("a test's offset")
}

/// Every number of inputs, each of them a constant or not.
#[test]
fn hashes_of_constants_and_others() {
    let mut rng = rng(31);
    for n in 1..=poseidon::MAX_INPUTS {
        for constants in [0, 1, 1 << (n - 1), 0b1010_1010_1010, (1 << n) - 2, (1 << n) - 1] {
            let inputs: Vec<Fr> = (0..n).map(|i| if i == 2 { Fr::from(0u64) } else { Fr::rand(&mut rng) }).collect();
            let allocated = |b: &mut Builder| -> Vec<Num> {
                let allocate =
                    |(i, v): (usize, &Fr)| if constants >> i & 1 == 1 { Num::constant(*v) } else { b.given(*v) };
                inputs.iter().enumerate().map(allocate).collect()
            };
            agree(|b| {
                let inputs = allocated(b);
                vec![poseidon::hash(b, &inputs)]
            });
            agree(|b| {
                let inputs = allocated(b);
                poseidon::squeeze(b, &inputs[..n.min(8)])
            });
        }
    }
}

/// `6·2^249 - l` meets the entry of the last window; a sum that starts at the right place meets that of any.
#[test]
fn fixed_bases_that_break_off() {
    let known = Scalar::from(12_346u64);
    let open = SignedTable::new(Point::generator(), Point::generator().mul(&known));
    let k = Scalar::from(6u64) * Scalar::from(2u64).pow([249]) - known;
    assert!(agree(|b| coordinates(open.multiply(b, &k))) > 0);

    let k = Scalar::from(54_321u64);
    let digits = split_pairs(&mut Builder::assignment(), &k);
    let multiple = |number: usize| Point::generator().mul_u64(number as u64);
    let bases: Vec<(Point, Point)> = (0..digits.len()).map(|i| (multiple(i + 1), multiple(i * i + 500))).collect();
    let signed = |p: Point, digit: &Num| if digit.value() == Fr::from(1u64) { p } else { -p };
    let entry = |i: usize| signed(bases[i].0, &digits[i].low) + signed(bases[i].1, &digits[i].high);
    for window in [1, 2, 60, 125] {
        for meeting in [entry(window), -entry(window)] {
            let start = (0..window).fold(meeting, |start, i| start - entry(i));
            let table = PairTable::new(&bases, start, Point::identity());
            let exceptional = agree(|b| {
                let digits = split_pairs(b, &k);
                coordinates(table.multiply(b, &digits))
            });
            assert!(exceptional > 0, "window {window}");
        }
    }
}

#[test]
fn ladders_that_break_off() {
    let shift = Scalar::from(2u64).pow([126]);
    let rogue = offset().mul(&(Scalar::from(1u64) + shift).inverse().unwrap());
    let order_two = (Fr::from(0u64), Fr::from(0u64));
    let off_curve = (Fr::from(5u64), Fr::from(7u64));
    let mut exceptional = 0;
    for key in [rogue, offset(), -offset(), Point::generator()] {
        for shifted in [None, Some(order_two), Some(off_curve)] {
            exceptional += agree(|b| {
                let base = Edwards::given(b, &key).to_montgomery(b);
                let shifted = match shifted {
                    Some((u, v)) => Montgomery { u: Num::constant(u), v: Num::constant(v) },
                    None => Edwards::given(b, &key.mul(&shift)).to_montgomery(b),
                };
                let digits = split_pairs(b, &(shift + Scalar::from(3u64)));
                coordinates(ladder::joint(b, &digits, &base, &shifted, Constant::from(offset())))
            });
        }
        exceptional += agree(|b| {
            let base = Edwards::given(b, &key).to_montgomery(b);
            let digits: Vec<Num> = split_pairs(b, &shift).into_iter().map(|pair: Pair| pair.low).collect();
            coordinates(ladder::single(b, &digits, &base, Constant::from(offset())))
        });
    }
    assert!(exceptional > 0);
}

/// Coordinates that are no point's: formulas do not ask.
#[test]
fn coordinates_of_no_curve() {
    let mut rng = rng(32);
    for _ in 0..5 {
        let (x, y) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        agree(|b| {
            let point = Edwards { x: b.given(x), y: b.given(y) };
            let base = Base::new(b, &point);
            let digits = split_pairs(b, &Scalar::from(77u64));
            base.multiply(b, &digits).coordinates().to_vec()
        });
    }
    // Of order two: doubling divides by zero.
    let exceptional = agree(|b| {
        let point = Montgomery { u: b.given(Fr::from(0u64)), v: b.given(Fr::from(0u64)) };
        coordinates(ladder::double_times(b, &point))
    });
    assert!(exceptional > 0);
}
