//! The quotient polynomial's values, in every backend that this processor supports, compared with schoolbook polynomial
//! arithmetic.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Fr, g1};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::{BigInt, BigInteger, FftField, Field, One, PrimeField, UniformRand, Zero};
use psephos_engine::{Backend, HalfScalars, QuotientDomain};
use rand::SeedableRng;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

/// Returns the coefficients of the polynomial with these values on the domain, in quadratic time.
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

fn expected_values(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let n = a.len() as u64;
    let c: Vec<Fr> = a.iter().zip(b).map(|(a, b)| *a * b).collect();
    let [a, b, c] = [a, b, &c].map(interpolate);
    let (root, shift) = (Fr::get_root_of_unity(n).unwrap(), Fr::get_root_of_unity(2 * n).unwrap());
    let value = |i: u64| {
        let x = shift * root.pow([i]);
        evaluate(&a, x) * evaluate(&b, x) - evaluate(&c, x)
    };
    (0..n).map(value).collect()
}

/// Returns the scalar with these half-length scalars.
fn recombine([k1, k2]: &HalfScalars) -> Fr {
    let signed = |half: &i128| {
        let magnitude = Fr::from(half.unsigned_abs());
        if *half < 0 { -magnitude } else { magnitude }
    };
    signed(k1) + g1::Config::LAMBDA * signed(k2)
}

fn check_quotient(a: Vec<Fr>, b: Vec<Fr>) {
    let expected = expected_values(&a, &b);
    for backend in [Backend::portable(), Backend::detect()] {
        let domain = QuotientDomain::new(backend, a.len()).unwrap();
        let values = domain.evaluate_quotient(Zeroizing::new(a.clone()), Zeroizing::new(b.clone()));
        let values: Vec<Fr> = values.iter().map(recombine).collect();
        assert!(values == expected, "{} points, {}", a.len(), backend.name());
        let elements = domain.evaluate_quotient_elements(Zeroizing::new(a.clone()), Zeroizing::new(b.clone()));
        assert!(*elements == expected, "elements of {} points, {}", a.len(), backend.name());
    }
}

#[test]
fn any_domain_size_matches_schoolbook() {
    let mut rng = StdRng::seed_from_u64(1);
    for log in 0..9 {
        let mut random = || (0..1 << log).map(|_| Fr::rand(&mut rng)).collect::<Vec<Fr>>();
        check_quotient(random(), random());
    }
}

#[test]
fn extreme_values_match_schoolbook() {
    for value in [Fr::zero(), Fr::one(), -Fr::one()] {
        check_quotient(vec![value; 128], vec![-Fr::one(); 128]);
        let mut single = vec![Fr::zero(); 256];
        single[200] = value;
        check_quotient(single.clone(), single);
    }
}

/// Elements whose Montgomery form is as small or as large as possible, on domains that fill several blocks.
#[test]
fn backends_agree_on_extreme_montgomery_forms() {
    let stored = |limbs: BigInt<4>| Fr::new_unchecked(limbs);
    let (mut largest, mut smaller) = (Fr::MODULUS, Fr::MODULUS);
    largest.sub_with_borrow(&BigInt::from(1u64));
    smaller.sub_with_borrow(&BigInt::from(0xdead_beefu64));
    let values = [stored(BigInt::from(1u64)), stored(largest), stored(smaller), Fr::zero()];
    for log in [6, 7, 10, 12] {
        for (a, b, period) in [(0, 1, 3), (1, 1, 3), (1, 2, 2), (2, 2, 2), (2, 3, 3), (0, 2, 2), (1, 1, 1 << log)] {
            let value = |k: usize, i: usize| values[if i % period == 1 { 3 } else { k }];
            let list = |k: usize| (0..1usize << log).map(|i| value(k, i)).collect::<Vec<_>>();
            let quotient = |backend| {
                let domain = QuotientDomain::new(backend, 1 << log).unwrap();
                let halves = domain.evaluate_quotient(Zeroizing::new(list(a)), Zeroizing::new(list(b)));
                halves.iter().map(recombine).collect::<Vec<Fr>>()
            };
            let elements = |backend| {
                let domain = QuotientDomain::new(backend, 1 << log).unwrap();
                domain.evaluate_quotient_elements(Zeroizing::new(list(a)), Zeroizing::new(list(b))).to_vec()
            };
            let [portable, detected] = [Backend::portable(), Backend::detect()].map(quotient);
            assert!(portable == detected, "2^{log} points, values {a} and {b}, one zero in {period}");
            let [first, second] = [Backend::portable(), Backend::detect()].map(elements);
            assert!(
                first == portable && second == portable,
                "elements, 2^{log} points, {a} and {b}, one zero in {period}"
            );
        }
    }
}

#[test]
fn quotient_of_constant_polynomials_is_zero() {
    // Their product is constant and thus has the same value on the coset.
    let domain = QuotientDomain::new(Backend::detect(), 64).unwrap();
    let (a, b) = (vec![Fr::from(3u64); 64], vec![-Fr::from(7u64); 64]);
    assert!(
        domain.evaluate_quotient(Zeroizing::new(a), Zeroizing::new(b)).iter().all(|halves| recombine(halves).is_zero())
    );
}

#[test]
fn domain_size_is_rounded_up_and_limited() {
    assert_eq!(QuotientDomain::new(Backend::detect(), 65).unwrap().size(), 128);
    for backend in [Backend::portable(), Backend::detect()] {
        assert!(QuotientDomain::new(backend, 1 << 28).is_none(), "the field has no root of unity of order 2^29");
    }
}
