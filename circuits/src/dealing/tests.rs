//! Negative tests of the dealing circuit: for each assertion a malicious dealer's witness that violates it and
//! nothing else, and the freedom that `h` removes.

use ark_ff::{BigInteger, BigInteger256, PrimeField};
use psephos_protocol::Point;
use psephos_protocol::committee::{Recipients, TransportSecret};
use psephos_protocol::elements::{Challenge, StatementHash};
use psephos_protocol::identity::Seed;
use psephos_protocol::scalar::to_odd_form;
use psephos_protocol::statement::dealing::{EncryptedShare, PostedDealing, ShareValue, build_dealing, list_elements};
use psephos_protocol::{poseidon, transcript};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;
use psephos_protocol::constants::SCALAR_DIGITS;

const CTX: u64 = 6;
/// The position of the forged value: polynomial 3 (from 0) at point 4.
const FORGED: (usize, u64) = (3, 4);

fn honest_witness() -> Witness {
    let key = |number| Some(TransportSecret::from_seed(&Seed::from_bytes([number; 32])).unwrap().transport_key());
    let recipients = Recipients::new((1..=5).map(key).collect(), 3).unwrap();
    build_dealing(TrusteeContext::from_u64(CTX), recipients, &mut StdRng::seed_from_u64(1)).1
}

/// Returns the values of a witness at a point, with the forged one in its position.
fn values_with_forged(witness: &Witness, point: u64, forged: &ShareValue) -> [ShareValue; COMMITTEE_KEYS] {
    let mut values = witness.evaluate_at(point);
    if point == FORGED.1 {
        values[FORGED.0] = *forged;
    }
    values
}

/// Returns the constraints that a dealer violates who posts the shares that follow from its forged value, with public
/// inputs and a commitment that are consistent in everything else.
fn violated_constraints(witness: &Witness, forged: &ShareValue) -> Vec<&'static str> {
    let recipients = &witness.recipients;
    let encrypt = |(point, key): (u64, &TransportKey)| {
        let agreed = key.point().mul(&witness.ephemeral);
        EncryptedShare::encrypt_values(&values_with_forged(witness, point, forged), witness.ctx, point, &agreed)
    };
    let h = commitment_with_forged(witness, forged);
    let posted =
        PostedDealing { h, shares: recipients.registered().map(encrypt).collect(), ..witness.compute_posted() };
    let elements = list_elements(&posted, witness.ctx, recipients).unwrap();
    let z = Challenge::from_u64(987_654_321);
    let instance = Instance { h, z, y: transcript::evaluate(&elements, z) };
    let circuit = DealingCircuit::<5> { instance, witness: witness.clone() };
    let mut b = Builder::for_setup();
    circuit.synthesize_with(&mut b, &|point| {
        values_with_forged(witness, point, forged).map(|v| Division { remainder: v.remainder, quotient: v.quotient })
    });
    let (system, assignment) = b.into_system();
    let name = |index: usize| {
        let assertion = system.assertions().iter().find(|(at, _)| *at == index);
        assertion.map_or_else(|| system.section_of(index), |(_, name)| name)
    };
    system.violated_constraints(&assignment).map(name).collect()
}

/// Computes `h` as the specification writes it out, with the forged value's quotient.
fn commitment_with_forged(witness: &Witness, forged: &ShareValue) -> StatementHash {
    let element = |tau: BigInteger256| Fr::from_bigint(tau).unwrap();
    let mut inputs = vec![tag::dealing(), witness.ctx.to_fr(), witness.recipients.flags()];
    inputs.extend(witness.recipients.registered().flat_map(|(_, key)| [key.point().x(), key.point().y()]));
    inputs.push(element(to_odd_form(&witness.ephemeral, SCALAR_DIGITS)));
    inputs.extend((0..COMMITTEE_KEYS).flat_map(|j| (0..5).map(move |k| element(witness.tau(j, k)))));
    for point in 1..=5 {
        for part in values_with_forged(witness, point, forged).chunks(4) {
            inputs.push(part.iter().rev().fold(Fr::from(0u64), |sum, v| sum * power_of_two(62) + Fr::from(v.quotient)));
        }
    }
    StatementHash::from_fr(poseidon::chain(&inputs))
}

fn true_value(witness: &Witness) -> ShareValue {
    witness.evaluate_at(FORGED.1)[FORGED.0]
}

fn add_integers(number: BigInteger256, other: BigInteger256) -> BigInteger256 {
    let mut sum = number;
    assert!(!sum.add_with_carry(&other));
    sum
}

#[test]
fn true_value_satisfies() {
    let witness = honest_witness();
    assert!(violated_constraints(&witness, &true_value(&witness)).is_empty());
}

/// A share that is off by `2^64`: right modulo `2^64`, but wrong.
#[test]
fn wrong_share_with_right_low_bits_is_rejected() {
    let witness = honest_witness();
    let shifted = add_integers(true_value(&witness).remainder, BigInteger256::from(1u64) << 64);
    let forged = ShareValue { remainder: shifted, ..true_value(&witness) };
    assert_eq!(violated_constraints(&witness, &forged), ["a remainder modulo the field's order"]);
}

/// A share that is right modulo `r`, with a quotient that wraps around: the attack that an equation in the field
/// alone would not detect.
#[test]
fn wrong_share_that_wraps_around_the_field_is_rejected() {
    let witness = honest_witness();
    let ShareValue { remainder, quotient } = true_value(&witness);
    let l = Fr::from_bigint(Scalar::MODULUS).unwrap();
    // `s' = s + (kappa - kappa')·l mod r` has 251 bits for about one in six quotients.
    let wrapped = (1..4_000u64).filter(|other| *other != quotient).find_map(|other| {
        let s = Fr::from_bigint(remainder).unwrap() + (Fr::from(quotient) - Fr::from(other)) * l;
        let s = s.into_bigint();
        let far = other.abs_diff(quotient) > 4;
        (far && other < 1 << 10 && s.num_bits() <= 251).then_some(ShareValue { remainder: s, quotient: other })
    });
    assert_eq!(violated_constraints(&witness, &wrapped.unwrap()), ["a remainder modulo 2^64"]);
}

/// `s + l` with `kappa - 1` is the same share: no constraint is violated, and `h` differs.
#[test]
fn alias_of_a_share_has_another_commitment() {
    let witness = honest_witness();
    // A value below `2^251 - l`, so that `s + l` has 251 bits, too.
    let Some((j, point)) = (1..=5).flat_map(|point| (0..8).map(move |j| (j, point))).find(|&(j, point)| {
        let value = witness.evaluate_at(point)[j];
        value.quotient > 0 && add_integers(value.remainder, Scalar::MODULUS).num_bits() <= 251
    }) else {
        panic!("about a third of all values have an alias")
    };
    let value = witness.evaluate_at(point)[j];
    let alias = ShareValue { remainder: add_integers(value.remainder, Scalar::MODULUS), quotient: value.quotient - 1 };
    let run = |forged: &ShareValue| {
        let circuit = DealingCircuit::<5> { instance: DealingCircuit::<5>::dummy().instance, witness: witness.clone() };
        let mut b = Builder::for_setup();
        circuit.synthesize_with(&mut b, &|at| {
            let mut values = witness.evaluate_at(at);
            if at == point {
                values[j] = *forged;
            }
            values.map(|v| Division { remainder: v.remainder, quotient: v.quotient })
        });
        let (system, assignment) = b.into_system();
        let violated: Vec<&str> =
            system.violated_constraints(&assignment).map(|index| system.section_of(index)).collect();
        // The instance is a dummy, so `h` and `y` are wrong in either case, and nothing else is.
        assert_eq!(violated, ["binding"; 2]);
        let [_, _, c] = system.matrices();
        let digest = system.violated_constraints(&assignment).next().unwrap();
        let [a, ..] = system.matrices().each_ref().map(|m| &m[digest]);
        assert!(c[digest].len() == 1, "digest·1 = h");
        a.iter().fold(Fr::from(0u64), |sum, (k, v)| sum + *k * assignment[*v])
    };
    assert!(run(&value) != run(&alias), "h binds the quotients");
    let shares = |s| {
        EncryptedShare::encrypt_values(
            &[ShareValue { remainder: s, quotient: 0 }; 8],
            TrusteeContext::from_u64(CTX),
            1,
            &Point::generator(),
        )
    };
    assert_ne!(shares(value.remainder), shares(alias.remainder), "the posted words differ");
}

/// A polynomial of a higher degree has one more flag than the contract's list.
#[test]
fn polynomial_of_higher_degree_is_rejected() {
    let witness = honest_witness();
    let longer = Recipients::new((0..5).map(|i| witness.recipients.key(i).copied()).collect(), 4).unwrap();
    let (instance, other, posted) = build_dealing(TrusteeContext::from_u64(CTX), longer, &mut StdRng::seed_from_u64(2));
    assert!(DealingCircuit::<5> { instance, witness: other.clone() }.check().is_ok());
    // The elements that a contract with a threshold of 3 forms from the first three coefficients of each polynomial.
    let cut = |j: usize| (0..3).map(move |k| (j, k));
    let points = (0..8).flat_map(cut).map(|(j, k)| *posted.commitments.get(j, k).unwrap()).collect();
    let posted = PostedDealing {
        commitments: psephos_protocol::committee::PolynomialCommitments::new(points).unwrap(),
        ..posted
    };
    let instance = Instance::from_posted(&posted, TrusteeContext::from_u64(CTX), &witness.recipients).unwrap();
    let mut b = Builder::for_setup();
    DealingCircuit::<5> { instance, witness: other }.synthesize(&mut b);
    let (system, assignment) = b.into_system();
    assert!(system.check_satisfied(&assignment).is_err());
}
