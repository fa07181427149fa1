use ark_bn254::{Bn254, G1Affine, G2Projective};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, PrimeGroup};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

fn proof(a: Fr, b: Fr, c: Fr) -> UnblindedProof {
    let (g1, g2) = (G1Projective::generator(), G2Projective::generator());
    UnblindedProof { a: g1 * a, b: g2 * b, c: g1 * c }
}

/// What the verification equation compares: `e(A, B) - e(C, delta)`.
fn verdict(a: G1Affine, b: G2Affine, c: G1Affine, delta: G2Affine) -> ark_ec::pairing::PairingOutput<Bn254> {
    Bn254::pairing(a, b) - Bn254::pairing(c, delta)
}

#[test]
fn verdict_is_the_same_for_valid_and_invalid_proofs() {
    let mut rng = StdRng::seed_from_u64(1);
    let delta = (G2Projective::generator() * Fr::from(11u64)).into_affine();
    for _ in 0..4 {
        let [a, b, c] = [(); 3].map(|()| Fr::rand(&mut rng));
        let before = proof(a, b, c);
        let expected = verdict(before.a.into_affine(), before.b.into_affine(), before.c.into_affine(), delta);
        let after = before.rerandomise(delta, &mut rng).unwrap();
        let (x, y, z) = after.points();
        assert_eq!(verdict(x, y, z, delta), expected);
        let unchanged = proof(a, b, c);
        assert!(x != unchanged.a.into_affine() && y != unchanged.b.into_affine() && z != unchanged.c.into_affine());
    }
}

#[test]
fn each_call_gives_another_proof() {
    let mut rng = StdRng::seed_from_u64(2);
    let delta = G2Affine::generator();
    let [one, two] = [(); 2]
        .map(|()| proof(Fr::from(2u64), Fr::from(3u64), Fr::from(5u64)).rerandomise(delta, &mut rng).unwrap().points());
    assert!(one.0 != two.0 && one.1 != two.1 && one.2 != two.2);
}

/// `eta` blinds B even if `rho` were known, and `rho` blinds A: with one factor for both, `e(A, B)` alone would be the
/// unblinded one.
#[test]
fn pairing_of_the_first_two_parts_changes() {
    let mut rng = StdRng::seed_from_u64(3);
    let before = proof(Fr::from(2u64), Fr::from(3u64), Fr::from(5u64));
    let unblinded = Bn254::pairing(before.a, before.b);
    let (a, b, _) = before.rerandomise(G2Affine::generator(), &mut rng).unwrap().points();
    assert!(Bn254::pairing(a, b) != unblinded);
}

#[test]
fn infinity_is_refused_before_anything_is_returned() {
    let mut rng = StdRng::seed_from_u64(4);
    let (zero, one) = (Fr::from(0u64), Fr::from(1u64));
    for (a, b) in [(zero, one), (one, zero), (zero, zero)] {
        let refused = proof(a, b, one).rerandomise(G2Affine::generator(), &mut rng);
        assert_eq!(refused, Err(DegenerateProof));
    }
}
