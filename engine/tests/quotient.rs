//! The quotient's values, in every arithmetic that this processor has, against polynomials multiplied by hand.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fr, g1};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::{BigInt, BigInteger, FftField, Field, One, PrimeField, UniformRand, Zero};
use psephos_engine::{Arithmetic, Domain, Halves};
use rand::SeedableRng;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

/// Coefficients of the polynomial with these values on the domain, the slow way.
fn interpolate(values: &[Fr]) -> Vec<Fr> {
    let n = values.len() as u64;
    let root = Fr::get_root_of_unity(n).unwrap().inverse().unwrap();
    let scale = Fr::from(n).inverse().unwrap();
    let coefficient = |i: u64| (0..n).map(|j| values[j as usize] * root.pow([i * j])).sum::<Fr>() * scale;
    (0..n).map(coefficient).collect()
}

fn evaluate(coefficients: &[Fr], x: Fr) -> Fr {
    coefficients.iter().rev().fold(Fr::zero(), |sum, k| sum * x + k)
}

fn expected(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let n = a.len() as u64;
    let c: Vec<Fr> = a.iter().zip(b).map(|(a, b)| *a * b).collect();
    let [a, b, c] = [a, b, &c].map(interpolate);
    let (root, between) = (Fr::get_root_of_unity(n).unwrap(), Fr::get_root_of_unity(2 * n).unwrap());
    let at = |i: u64| {
        let x = between * root.pow([i]);
        evaluate(&a, x) * evaluate(&b, x) - evaluate(&c, x)
    };
    (0..n).map(at).collect()
}

/// The number whose halves these are.
fn whole([k1, k2]: &Halves) -> Fr {
    let signed = |half: &i128| {
        let magnitude = Fr::from(half.unsigned_abs());
        if *half < 0 { -magnitude } else { magnitude }
    };
    signed(k1) + g1::Config::LAMBDA * signed(k2)
}

fn check(a: Vec<Fr>, b: Vec<Fr>) {
    let expected = expected(&a, &b);
    for arithmetic in [Arithmetic::portable(), Arithmetic::detect()] {
        let domain = Domain::new(arithmetic, a.len()).unwrap();
        let values = domain.quotient(Zeroizing::new(a.clone()), Zeroizing::new(b.clone()));
        let values: Vec<Fr> = values.iter().map(whole).collect();
        assert!(values == expected, "{} points, {}", a.len(), arithmetic.name());
    }
}

#[test]
fn any_size() {
    let mut rng = StdRng::seed_from_u64(1);
    for log in 0..9 {
        let mut random = || (0..1 << log).map(|_| Fr::rand(&mut rng)).collect::<Vec<Fr>>();
        check(random(), random());
    }
}

#[test]
fn extreme_values() {
    for value in [Fr::zero(), Fr::one(), -Fr::one()] {
        check(vec![value; 128], vec![-Fr::one(); 128]);
        let mut single = vec![Fr::zero(); 256];
        single[200] = value;
        check(single.clone(), single);
    }
}

/// Words of stored numbers that are as small or as large as can be, on domains that fill several blocks.
#[test]
fn extreme_words() {
    let stored = |words: BigInt<4>| Fr::new_unchecked(words);
    let (mut largest, mut smaller) = (Fr::MODULUS, Fr::MODULUS);
    largest.sub_with_borrow(&BigInt::from(1u64));
    smaller.sub_with_borrow(&BigInt::from(0xdead_beefu64));
    let values = [stored(BigInt::from(1u64)), stored(largest), stored(smaller), Fr::zero()];
    for log in [6, 7, 10, 12] {
        for (a, b, zeros) in [(0, 1, 3), (1, 1, 3), (1, 2, 2), (2, 2, 2), (2, 3, 3), (0, 2, 2), (1, 1, 1 << log)] {
            let value = |k: usize, i: usize| values[if i % zeros == 1 { 3 } else { k }];
            let list = |k: usize| (0..1usize << log).map(|i| value(k, i)).collect::<Vec<_>>();
            let of = |arithmetic| {
                let domain = Domain::new(arithmetic, 1 << log).unwrap();
                let halves = domain.quotient(Zeroizing::new(list(a)), Zeroizing::new(list(b)));
                halves.iter().map(whole).collect::<Vec<Fr>>()
            };
            assert!(of(Arithmetic::portable()) == of(Arithmetic::detect()), "2^{log}, {a} and {b}, a zero in {zeros}");
        }
    }
}

#[test]
fn a_quotient_of_polynomials_that_are_equal_in_value_is_zero() {
    // Constants: their product has no other values between the points.
    let domain = Domain::new(Arithmetic::detect(), 64).unwrap();
    let (a, b) = (vec![Fr::from(3u64); 64], vec![-Fr::from(7u64); 64]);
    assert!(domain.quotient(Zeroizing::new(a), Zeroizing::new(b)).iter().all(|halves| whole(halves).is_zero()));
}

#[test]
fn sizes_are_rounded_up_and_have_an_end() {
    assert_eq!(Domain::new(Arithmetic::detect(), 65).unwrap().size(), 128);
    for arithmetic in [Arithmetic::portable(), Arithmetic::detect()] {
        assert!(Domain::new(arithmetic, 1 << 28).is_none(), "the field has no root of order 2^29");
    }
}
