//! Products of Miller loops, in every arithmetic that this processor has, against arkworks' after the final exponentiation.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::pairing::{MillerLoopOutput, Pairing, PairingOutput};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, UniformRand, Zero};
use psephos_engine::{Arithmetic, Pair, Target, miller_loops, miller_values};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn arithmetics() -> [Arithmetic; 2] {
    [Arithmetic::portable(), Arithmetic::detect()]
}

fn value(loops: Target) -> PairingOutput<Bn254> {
    Bn254::final_exponentiation(MillerLoopOutput(loops)).unwrap()
}

fn expected(pairs: &[Pair]) -> PairingOutput<Bn254> {
    let a = pairs.iter().map(|(a, r, _)| (*a * Fr::from(*r)).into_affine());
    Bn254::multi_pairing(a, pairs.iter().map(|(_, _, b)| *b))
}

/// In all arithmetics, together and one by one.
fn check(pairs: &[Pair], what: &str) {
    for arithmetic in arithmetics() {
        assert_eq!(value(miller_loops(arithmetic, pairs)), expected(pairs), "{what}, {}", arithmetic.name());
        let values = miller_values(arithmetic, pairs);
        assert_eq!(values.len(), pairs.len());
        for (pair, loops) in pairs.iter().zip(values).take(20) {
            assert_eq!(value(loops), expected(&[*pair]), "{what}, alone, {}", arithmetic.name());
        }
    }
}

fn random(count: usize, seed: u64) -> Vec<Pair> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut pair =
        || (G1Projective::rand(&mut rng).into_affine(), rng.r#gen(), G2Projective::rand(&mut rng).into_affine());
    (0..count).map(|_| pair()).collect()
}

#[test]
fn sizes() {
    for count in [0, 1, 7, 8, 9, 16, 100] {
        check(&random(count, count as u64), &format!("{count} pairs"));
    }
}

#[test]
fn more_pairs_than_a_job() {
    let pairs = random(300, 3);
    for arithmetic in arithmetics() {
        assert_eq!(value(miller_loops(arithmetic, &pairs)), expected(&pairs));
    }
}

#[test]
fn infinity_counts_for_nothing() {
    for count in [1, 8, 11] {
        for place in [0, count / 2, count - 1] {
            let mut pairs = random(count, 4);
            pairs[place].0 = G1Affine::identity();
            check(&pairs, "infinity in G1");
            pairs[place].2 = G2Affine::identity();
            check(&pairs, "infinity in both");
            let mut pairs = random(count, 5);
            pairs[place].2 = G2Affine::identity();
            check(&pairs, "infinity in G2");
            let mut pairs = random(count, 6);
            pairs[place].1 = 0;
            check(&pairs, "zero");
        }
    }
    for arithmetic in arithmetics() {
        let nothing = vec![(G1Affine::identity(), 1, G2Affine::identity()); 9];
        assert!(miller_loops(arithmetic, &nothing).is_one());
    }
}

/// Numbers at which a digit, a carry or the length is extreme, in one vector and against each other.
#[test]
fn numbers_at_the_edges() {
    let mut numbers: Vec<u128> = (0..20).chain([u128::MAX, u128::MAX - 1, 1 << 127, 1 << 64]).collect();
    numbers.extend([0x8888_8888_8888_8888, 0x9999_9999_9999_9999, 0x7777_7777_7777_7777].map(|n: u128| n << 64 | n));
    numbers.extend((0..128).step_by(5).flat_map(|bit| [1u128 << bit, (1 << bit) - 1]));
    let mut pairs = random(numbers.len(), 7);
    pairs.iter_mut().zip(numbers).for_each(|(pair, number)| pair.1 = number);
    check(&pairs, "edges");
    for pair in &pairs {
        check(&[*pair], "an edge alone");
    }
}

#[test]
fn repeated_and_opposite_points() {
    let [first, second] = random(2, 8)[..] else { unreachable!() };
    check(&[first; 17], "the same pair");
    check(&[[first; 9], [second; 9]].concat(), "two pairs");
    let opposite = (-first.0, first.1, first.2);
    let nothing = [[first; 12], [opposite; 12]].concat();
    check(&nothing, "opposites");
    let generators = (G1Affine::generator(), 1, G2Affine::generator());
    check(&[generators; 3], "generators");
    for arithmetic in arithmetics() {
        assert!(value(miller_loops(arithmetic, &nothing)).is_zero());
    }
}

/// `e(r·A, s·B) = e(s·A, r·B)`, and sums in either place are products.
#[test]
fn bilinear() {
    let mut rng = StdRng::seed_from_u64(9);
    for arithmetic in arithmetics() {
        let of = |pairs: &[Pair]| value(miller_loops(arithmetic, pairs));
        for [(a, r, b), (c, s, d)] in random(20, 10).as_chunks::<2>().0 {
            let times = |point: &G2Affine, k: u128| (*point * Fr::from(k)).into_affine();
            assert_eq!(of(&[(*a, *r, times(b, *s))]), of(&[(*a, *s, times(b, *r))]));
            assert_eq!(of(&[(*a, 1, *b), (*c, 1, *b)]), of(&[((*a + c).into_affine(), 1, *b)]));
            assert_eq!(of(&[(*a, 1, *b), (*a, 1, *d)]), of(&[(*a, 1, (*b + d).into_affine())]));
            let k: u64 = rng.r#gen();
            assert_eq!(of(&[(*a, u128::from(k), *b)]), of(&[(*a, 1, *b)]) * Fr::from(k));
        }
    }
}
