//! Products of Miller loops, in every backend that this processor supports, compared with arkworks after the final
//! exponentiation.
#![allow(clippy::unwrap_used, reason = "tests")]

use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::pairing::{MillerLoopOutput, Pairing, PairingOutput};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, UniformRand, Zero};
use psephos_engine::{Backend, MillerValue, ScaledPair, miller_loops, miller_values};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn all_backends() -> [Backend; 2] {
    [Backend::portable(), Backend::detect()]
}

fn final_exponentiation(loops: MillerValue) -> PairingOutput<Bn254> {
    Bn254::final_exponentiation(MillerLoopOutput(loops)).unwrap()
}

fn expected_value(pairs: &[ScaledPair]) -> PairingOutput<Bn254> {
    let a = pairs.iter().map(|(a, r, _)| (*a * Fr::from(*r)).into_affine());
    Bn254::multi_pairing(a, pairs.iter().map(|(_, _, b)| *b))
}

/// Compares the product of all pairs and the values of single pairs with arkworks, in all backends.
fn check_pairs(pairs: &[ScaledPair], what: &str) {
    for backend in all_backends() {
        let product = final_exponentiation(miller_loops(backend, pairs));
        assert_eq!(product, expected_value(pairs), "{what}, {}", backend.name());
        let values = miller_values(backend, pairs);
        assert_eq!(values.len(), pairs.len());
        for (pair, loops) in pairs.iter().zip(values).take(20) {
            assert_eq!(final_exponentiation(loops), expected_value(&[*pair]), "{what}, alone, {}", backend.name());
        }
    }
}

fn random_pairs(count: usize, seed: u64) -> Vec<ScaledPair> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut pair =
        || (G1Projective::rand(&mut rng).into_affine(), rng.r#gen(), G2Projective::rand(&mut rng).into_affine());
    (0..count).map(|_| pair()).collect()
}

#[test]
fn any_number_of_pairs_matches_arkworks() {
    for count in [0, 1, 7, 8, 9, 16, 100] {
        check_pairs(&random_pairs(count, count as u64), &format!("{count} pairs"));
    }
}

#[test]
fn several_jobs_match_arkworks() {
    let pairs = random_pairs(300, 3);
    for backend in all_backends() {
        assert_eq!(final_exponentiation(miller_loops(backend, &pairs)), expected_value(&pairs));
    }
}

#[test]
fn infinity_and_zero_scalars_contribute_one() {
    for count in [1, 8, 11] {
        for index in [0, count / 2, count - 1] {
            let mut pairs = random_pairs(count, 4);
            pairs[index].0 = G1Affine::identity();
            check_pairs(&pairs, "infinity in G1");
            pairs[index].2 = G2Affine::identity();
            check_pairs(&pairs, "infinity in both groups");
            let mut pairs = random_pairs(count, 5);
            pairs[index].2 = G2Affine::identity();
            check_pairs(&pairs, "infinity in G2");
            let mut pairs = random_pairs(count, 6);
            pairs[index].1 = 0;
            check_pairs(&pairs, "zero scalar");
        }
    }
    for backend in all_backends() {
        let infinities = vec![(G1Affine::identity(), 1, G2Affine::identity()); 9];
        assert!(miller_loops(backend, &infinities).is_one());
    }
}

/// Scalars with an extreme digit, carry or length, within one vector and each alone.
#[test]
fn edge_case_scalars_match_arkworks() {
    let mut scalars: Vec<u128> = (0..20).chain([u128::MAX, u128::MAX - 1, 1 << 127, 1 << 64]).collect();
    scalars.extend([0x8888_8888_8888_8888, 0x9999_9999_9999_9999, 0x7777_7777_7777_7777].map(|n: u128| n << 64 | n));
    scalars.extend((0..128).step_by(5).flat_map(|bit| [1u128 << bit, (1 << bit) - 1]));
    let mut pairs = random_pairs(scalars.len(), 7);
    pairs.iter_mut().zip(scalars).for_each(|(pair, scalar)| pair.1 = scalar);
    check_pairs(&pairs, "edge cases");
    for pair in &pairs {
        check_pairs(&[*pair], "a single edge case");
    }
}

#[test]
fn repeated_and_opposite_points_match_arkworks() {
    let [first, second] = random_pairs(2, 8)[..] else { unreachable!() };
    check_pairs(&[first; 17], "one pair repeated");
    check_pairs(&[[first; 9], [second; 9]].concat(), "two pairs repeated");
    let opposite = (-first.0, first.1, first.2);
    let cancelling = [[first; 12], [opposite; 12]].concat();
    check_pairs(&cancelling, "opposite pairs");
    let generators = (G1Affine::generator(), 1, G2Affine::generator());
    check_pairs(&[generators; 3], "generators");
    for backend in all_backends() {
        assert!(final_exponentiation(miller_loops(backend, &cancelling)).is_zero());
    }
}

/// `e(r·A, s·B) = e(s·A, r·B)`, and sums in either argument become products.
#[test]
fn pairing_is_bilinear() {
    let mut rng = StdRng::seed_from_u64(9);
    for backend in all_backends() {
        let pairing = |pairs: &[ScaledPair]| final_exponentiation(miller_loops(backend, pairs));
        for [(a, r, b), (c, s, d)] in random_pairs(20, 10).as_chunks::<2>().0 {
            let mul = |point: &G2Affine, k: u128| (*point * Fr::from(k)).into_affine();
            assert_eq!(pairing(&[(*a, *r, mul(b, *s))]), pairing(&[(*a, *s, mul(b, *r))]));
            assert_eq!(pairing(&[(*a, 1, *b), (*c, 1, *b)]), pairing(&[((*a + c).into_affine(), 1, *b)]));
            assert_eq!(pairing(&[(*a, 1, *b), (*a, 1, *d)]), pairing(&[(*a, 1, (*b + d).into_affine())]));
            let k: u64 = rng.r#gen();
            assert_eq!(pairing(&[(*a, u128::from(k), *b)]), pairing(&[(*a, 1, *b)]) * Fr::from(k));
        }
    }
}
