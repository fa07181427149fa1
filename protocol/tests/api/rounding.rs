//! Rounded opening: blinding factors, outcomes, and a negative test for each clause of `blinded` and `decision`.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use ark_ff::Field;
use proptest::prelude::*;
use psephos_protocol::{
    Fr, Point, Scalar,
    committee::{LagrangeCoefficients, TransportKey, TransportSecret},
    constants::MAX_TOTAL,
    decision::{DecisionKind, choose_option},
    elements::Context,
    identity::Seed,
    rounding::{
        BLINDING_BASE, BlindingError, BlindingFactors, DecisionNumbers, Outcome, OutcomeError, ParametersError,
        RoundingParameters, commit_total,
    },
    scalar,
    statement::{
        blinded::{self, BlindedError},
        decision::{self, DecisionError},
    },
};

use crate::fixture::{key_share, rng};

fn teller(seed: u8) -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes([seed; 32])).unwrap()
}

fn total() -> Point {
    Point::generator().mul(&scalar::random_scalar(&mut rng(5)))
}

fn make_share(size: usize, seed: u64) -> (blinded::Instance, blinded::Witness, blinded::PostedBlinded) {
    let (ctx, key) = (Context::from_u64(9), teller(1).transport_key());
    let made = blinded::build_share(ctx, &total(), &key_share(1), &key, size, &mut rng(seed));
    assert_eq!(blinded::check(&made.0, &made.1), Ok(()));
    made
}

fn options(count: usize, quorum: u64, threshold_bps: u16, step: u64) -> RoundingParameters {
    RoundingParameters::new(count, DecisionKind::Options, DecisionNumbers { quorum, threshold_bps, step }).unwrap()
}

#[test]
fn only_the_teller_opens_what_was_blinded() {
    for size in [3, 8] {
        let (_, witness, posted) = make_share(size, 3);
        let factors = posted.factors.decrypt(Context::from_u64(9), &teller(1)).unwrap();
        assert!(factors.expose() == witness.factors.expose());
        let share = key_share(1).multiply_point(&total());
        for (j, b) in factors.expose().iter().enumerate() {
            assert_eq!(posted.points[j] - BLINDING_BASE.mul(b), share[j]);
        }
        // A pad of another teller or context is a random element, of which one in four has 252 bits.
        let opened = |ctx, seed| posted.factors.decrypt(Context::from_u64(ctx), &teller(seed));
        for (ctx, seed) in [(9, 2), (8, 1)] {
            match opened(ctx, seed) {
                Ok(other) => assert!(other.expose() != factors.expose()),
                Err(BlindingError::NotForThisTeller(index)) => assert!(index < size),
            }
        }
    }
}

#[test]
fn blinding_is_fresh_for_every_share() {
    let [(_, _, first), (_, _, second)] = [make_share(3, 3), make_share(3, 4)];
    assert!(first.points.iter().all(|point| !second.points.contains(point)));
    assert!(first.factors.words.iter().all(|word| !second.factors.words.contains(word)));
    assert_ne!(first.factors.ephemeral, second.factors.ephemeral);
}

#[test]
fn each_part_of_a_blinded_share_is_bound() {
    let (instance, witness, posted) = make_share(3, 3);
    let key = teller(1).transport_key();
    let keys = &key_share(1).public_keys()[..3];
    let (ctx, c) = (Context::from_u64(9), total());
    let read = |posted: &blinded::PostedBlinded, ctx, c: &Point, key: &TransportKey, keys: &[Point]| {
        blinded::Instance::from_posted(posted, ctx, c, key, keys)
    };
    assert_eq!(read(&posted, ctx, &c, &key, keys), instance);
    let altered = |change: fn(&mut blinded::PostedBlinded)| {
        let mut other = posted.clone();
        change(&mut other);
        read(&other, ctx, &c, &key, keys)
    };
    let mut other_keys = keys.to_vec();
    other_keys[2] = Point::generator();
    for other in [
        altered(|p| p.h = p.h.altered()),
        altered(|p| p.points[2] = p.points[2] + Point::generator()),
        altered(|p| p.factors.words[0] += Fr::from(1u64)),
        altered(|p| p.factors.ephemeral = Point::generator()),
        read(&posted, Context::from_u64(8), &c, &key, keys),
        read(&posted, ctx, &Point::generator(), &key, keys),
        read(&posted, ctx, &c, &teller(2).transport_key(), keys),
        read(&posted, ctx, &c, &key, &other_keys),
    ] {
        assert!(matches!(blinded::check(&other, &witness), Err(BlindedError::Binding { .. })));
    }
    let mut short = witness.clone();
    short.factors = BlindingFactors::new(vec![Scalar::from(1u64); 2]);
    assert_eq!(blinded::check(&instance, &short), Err(BlindedError::Size { size: 3, secrets: 3, factors: 2 }));
    short.secrets.pop();
    assert_eq!(blinded::check(&instance, &short), Err(BlindedError::Size { size: 2, secrets: 2, factors: 2 }));
}

/// The whole way: encrypted totals, shares of three trustees of five, the commitments that the contract checks, and the
/// decision.
#[test]
fn combined_shares_commit_to_the_totals() {
    let (values, r) = ([45u64, 3, 2], scalar::random_scalar(&mut rng(7)));
    // Key shares of degree 2: `sk(i) = a + b·i + c·i^2` for each key.
    let polynomial: Vec<_> = (0..3).map(|k| *key_share(20 + k).expose()).collect();
    let secret_at = |point: u64, j: usize| {
        let i = Scalar::from(point);
        polynomial[0][j] + polynomial[1][j] * i + polynomial[2][j] * i * i
    };
    let key = |j: usize| Point::generator().mul(&polynomial[0][j]);
    let c = Point::generator().mul(&r);
    let d: Vec<Point> = (0..3).map(|j| Point::generator().mul_u64(values[j]) + key(j).mul(&r)).collect();
    let points = [1, 3, 4];
    let coefficients = LagrangeCoefficients::at_zero(&points).unwrap();
    let mut lists = Vec::new();
    let mut blinded_points = Vec::new();
    for point in points {
        let share: Vec<Point> = (0..3).map(|j| c.mul(&secret_at(point, j))).collect();
        let factors = BlindingFactors::random(3, &mut rng(point));
        blinded_points.push(factors.blind(&share));
        lists.push(factors);
    }
    let combined = BlindingFactors::combine(&lists, &coefficients, 3);
    for j in 0..3 {
        let at: Vec<Point> = blinded_points.iter().map(|list| list[j]).collect();
        let commitment = d[j] - coefficients.combine_shares(&at);
        assert_eq!(commitment, commit_total(values[j], &combined.expose()[j]), "option {j}");
    }
    let parameters = options(3, 10, 5_000, 5);
    let (instance, witness, _) = decision::build_decision(3, parameters, values.to_vec(), combined).unwrap();
    assert_eq!(decision::check(&instance, &witness), Ok(()));
    assert_eq!(witness.outcome, Outcome { greatest: 0, choice: Some(0), buckets: vec![0, 0, 0] });
}

#[test]
fn parameters_have_bounds() {
    let new = |options, kind, threshold_bps, step| {
        RoundingParameters::new(options, kind, DecisionNumbers { quorum: 0, threshold_bps, step })
    };
    let kind = DecisionKind::Options;
    assert!(new(2, kind, 10_000, MAX_TOTAL).is_ok());
    assert_eq!(new(2, kind, 0, 0), Err(ParametersError::Step(0)));
    assert_eq!(new(2, kind, 0, MAX_TOTAL + 1), Err(ParametersError::Step(MAX_TOTAL + 1)));
    assert_eq!(new(2, kind, 10_001, 1), Err(ParametersError::Threshold(10_001)));
    for count in [0, 1, 9] {
        assert_eq!(new(count, kind, 0, 1), Err(ParametersError::Options(count)));
    }
    assert_eq!(new(2, DecisionKind::Motion, 0, 1), Err(ParametersError::Options(2)));
}

#[test]
fn words_have_each_part_in_its_place() {
    let at = |shift: usize, value: u64| Fr::from(value) * Fr::from(2u64).pow([shift as u64]);
    let parameters = {
        let numbers = DecisionNumbers { quorum: u64::MAX, threshold_bps: 9_999, step: MAX_TOTAL };
        RoundingParameters::new(3, DecisionKind::Motion, numbers).unwrap()
    };
    let expected =
        at(0, u64::MAX) + at(64, 9_999) + at(80, MAX_TOTAL) + at(128, 0b110) + at(136, 0b011) + at(144, 0b010);
    assert_eq!(parameters.pack(), expected);
    let outcome = Outcome { greatest: 4, choice: Some(6), buckets: vec![1, 2, 3, 4, 0, 6, 7, (1 << 42) - 1] };
    let buckets = [at(0, 1) + at(48, 2) + at(96, 3) + at(144, 4), at(48, 6) + at(96, 7) + at(144, (1 << 42) - 1)];
    assert_eq!(outcome.pack(8), [at(4, 1) + at(14, 1), buckets[0], buckets[1]]);
    let none = Outcome { greatest: 1, choice: None, buckets: vec![9, 0] };
    assert_eq!(none.pack(3), [at(1, 1), at(0, 9)]);
}

#[test]
fn impossible_outcomes_are_named() {
    let outcome = |greatest, choice, buckets: &[u64]| Outcome { greatest, choice, buckets: buckets.to_vec() }.check(3);
    assert_eq!(outcome(0, Some(2), &[0, 5, 6]), Ok(()));
    assert_eq!(outcome(0, None, &[0, 5]), Err(OutcomeError::Buckets { expected: 3, actual: 2 }));
    assert_eq!(outcome(3, None, &[0, 5, 6]), Err(OutcomeError::Option(3)));
    assert_eq!(outcome(0, Some(3), &[0, 5, 6]), Err(OutcomeError::Option(3)));
    assert_eq!(outcome(1, None, &[0, 5, 6]), Err(OutcomeError::Bucket { option: 1, value: 5 }));
    assert_eq!(outcome(0, None, &[0, 1 << 42, 6]), Err(OutcomeError::Bucket { option: 1, value: 1 << 42 }));
}

#[test]
fn decisions_of_a_wrong_shape_are_refused() {
    let factors = |count| BlindingFactors::new(vec![Scalar::from(7u64); count]);
    let build = |size, totals: &[u64], count| {
        decision::build_decision(size, options(2, 0, 0, 5), totals.to_vec(), factors(count)).err()
    };
    assert_eq!(build(3, &[4, 5], 2), None);
    let wrong = |size, totals, factors| Some(DecisionError::Size { size, options: 2, totals, factors });
    assert_eq!(build(4, &[4, 5], 2), wrong(4, 2, 2));
    assert_eq!(build(3, &[4, 5], 3), wrong(3, 2, 3));
    assert_eq!(build(3, &[1 << 42, 5], 2), Some(DecisionError::Total(0)));
    assert!(matches!(build(3, &[4], 2), Some(DecisionError::InvalidOutcome(OutcomeError::Buckets { .. }))));
    let zero = BlindingFactors::new(vec![Scalar::from(1u64), Scalar::from(0u64)]);
    let identity = decision::build_decision(3, options(2, 0, 0, 5), vec![4, 0], zero).err();
    assert_eq!(identity, Some(DecisionError::Identity(1)));
}

#[test]
fn each_part_of_a_decision_is_bound() {
    let factors = BlindingFactors::random(3, &mut rng(9));
    let parameters = options(3, 10, 5_000, 5);
    let (instance, witness, h) = decision::build_decision(3, parameters, vec![45, 13, 12], factors).unwrap();
    let read = |commitments: &[Point], parameters: &RoundingParameters, outcome: &Outcome| {
        decision::Instance::from_posted(h, commitments, parameters, outcome, 3)
    };
    let (commitments, outcome) = (witness.commit(), witness.outcome.clone());
    assert_eq!(read(&commitments, &parameters, &outcome), instance);
    let mut shifted = commitments.clone();
    shifted[1] = shifted[1] + Point::generator();
    let other = |change: fn(&mut Outcome)| {
        let mut other = outcome.clone();
        change(&mut other);
        other
    };
    for changed in [
        read(&shifted, &parameters, &outcome),
        read(&commitments, &options(3, 11, 5_000, 5), &outcome),
        read(&commitments, &options(3, 10, 5_001, 5), &outcome),
        read(&commitments, &options(3, 10, 5_000, 6), &outcome),
        read(&commitments, &parameters, &other(|o| o.greatest = 1)),
        read(&commitments, &parameters, &other(|o| o.choice = None)),
        read(&commitments, &parameters, &other(|o| o.buckets[2] += 1)),
    ] {
        assert!(matches!(decision::check(&changed, &witness), Err(DecisionError::Binding { .. })));
    }
    let mut lying = witness.clone();
    lying.outcome.choice = Some(1);
    assert_eq!(decision::check(&instance, &lying), Err(DecisionError::Outcome));
}

proptest! {
    /// The masks say the same as the rule that decides exact chambers.
    #[test]
    fn masks_decide_as_the_rule_does(
        totals in prop::collection::vec(0u64..30, 2..=8),
        quorum in 0u64..80,
        threshold in 0u16..=10_000,
        motion: bool,
        step in 1u64..20,
    ) {
        let (kind, totals) = match motion {
            true => (DecisionKind::Motion, [&totals[..2], &[quorum / 2]].concat()),
            false => (DecisionKind::Options, totals),
        };
        let parameters = RoundingParameters::new(totals.len(), kind, DecisionNumbers { quorum, threshold_bps: threshold, step }).unwrap();
        let [counted, whole, winners] = parameters.masks();
        let sum = |mask: u8| totals.iter().enumerate().filter(|(j, _)| mask >> j & 1 == 1).map(|(_, v)| *v).sum::<u64>();
        let leads = |j: &usize| {
            winners >> j & 1 == 1 && (0..totals.len()).all(|i| i == *j || whole >> i & 1 == 0 || totals[*j] > totals[i])
        };
        let reached = |j: &usize| {
            sum(counted) >= quorum && totals[*j] * 10_000 >= u64::from(threshold) * sum(whole)
        };
        let by_masks = (0..totals.len()).find(leads).filter(reached);
        prop_assert_eq!(by_masks, choose_option(kind, &totals, quorum, threshold));
        let outcome = Outcome::from_totals(&parameters, &totals).unwrap();
        prop_assert_eq!(outcome.check(totals.len()), Ok(()));
        prop_assert_eq!(outcome.choice, by_masks);
        for (j, total) in totals.iter().enumerate() {
            match outcome.bounds(&parameters, j) {
                Some((least, greatest)) => prop_assert!((least..=greatest).contains(total) && j != outcome.greatest),
                None => prop_assert!(j == outcome.greatest && totals.iter().all(|other| other <= total)),
            }
        }
    }
}
