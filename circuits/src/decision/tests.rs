//! Negative tests of the decision circuit: for each assertion a malicious witness that violates it and nothing else,
//! and that no other outcome than the totals' own satisfies the circuit.

use ark_ff::BigInteger256;
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::elements::Challenge;
use psephos_protocol::rounding::{BlindingFactors, DecisionNumbers, Outcome, RoundingParameters};
use psephos_protocol::statement::decision;
use psephos_protocol::transcript;

use super::*;

/// A teller that may lie: about parts of the witness, and about the published outcome.
struct MaliciousTeller<const M: usize> {
    parameters: RoundingParameters,
    totals: Vec<u64>,
    outcome: Outcome,
    unchecked: UncheckedWitness<M>,
}

impl<const M: usize> MaliciousTeller<M> {
    fn honest(parameters: RoundingParameters, totals: &[u64]) -> MaliciousTeller<M> {
        let padded = std::array::from_fn(|j| totals.get(j).copied().unwrap_or(0));
        MaliciousTeller {
            parameters,
            totals: totals.to_vec(),
            outcome: Outcome::from_totals(&parameters, totals).unwrap(),
            unchecked: UncheckedWitness::honest(padded, parameters.step()),
        }
    }

    /// Returns the names of the violated assertions, and the sections of all other violated constraints, for a
    /// statement about the outcome that is published.
    fn violated_constraints(self) -> Vec<&'static str> {
        let factors = (0..self.totals.len()).map(|j| Scalar::from(1_000 + j as u64)).collect();
        let witness = Witness {
            size: M,
            parameters: self.parameters,
            totals: self.totals,
            factors: BlindingFactors::new(factors),
            outcome: self.outcome,
        };
        let elements = decision::list_elements(&witness.commit(), &self.parameters, &witness.outcome, M);
        let (h, z) = (decision::hash_elements(&elements), Challenge::from_u64(123_456_789));
        let instance = Instance { h, z, y: transcript::evaluate(&elements, z) };
        let mut b = Builder::for_setup();
        DecisionCircuit::<M> { instance, witness }.synthesize_with(&mut b, &self.unchecked);
        let (system, assignment) = b.into_system();
        let name = |i| match system.assertions().iter().find(|(a, _)| *a == i) {
            Some((_, name)) => *name,
            None => system.section_of(i),
        };
        system.violated_constraints(&assignment).map(name).collect()
    }
}

fn options(count: usize, quorum: u64, threshold_bps: u16, step: u64) -> RoundingParameters {
    RoundingParameters::new(count, DecisionKind::Options, DecisionNumbers { quorum, threshold_bps, step }).unwrap()
}

fn motion(quorum: u64, threshold_bps: u16, step: u64) -> RoundingParameters {
    RoundingParameters::new(3, DecisionKind::Motion, DecisionNumbers { quorum, threshold_bps, step }).unwrap()
}

const NONE: [&str; 0] = [];

#[test]
fn honest_decisions_satisfy() {
    let cases: [(RoundingParameters, &[u64]); 12] = [
        (options(3, 10, 5_000, 5), &[45, 3, 2]),
        (options(3, 51, 5_000, 5), &[45, 3, 2]),
        (options(3, 50, 9_001, 5), &[45, 3, 2]),
        (options(3, 0, 0, 5), &[0, 0, 0]),
        (options(3, 0, 0, 1), &[7, 9, 9]),
        (options(2, 0, 0, 3), &[0, 12]),
        (options(2, u64::MAX, 10_000, 1 << 40), &[1 << 40, 1]),
        (options(2, 0, 10_000, 1 << 40), &[0, 1 << 40]),
        (motion(12, 6_000, 5), &[4, 6, 6]),
        (motion(13, 6_000, 5), &[4, 6, 6]),
        (motion(0, 0, 7), &[6, 6, 50]),
        (motion(0, 6_001, 7), &[4, 6, 50]),
    ];
    for (parameters, totals) in cases {
        assert_eq!(MaliciousTeller::<3>::honest(parameters, totals).violated_constraints(), NONE, "{totals:?}");
        assert_eq!(MaliciousTeller::<8>::honest(parameters, totals).violated_constraints(), NONE, "{totals:?}");
    }
    let totals = [5, 1 << 40, 0, 3, 1 << 39, 77, 8, 9];
    assert_eq!(MaliciousTeller::<8>::honest(options(8, 9, 100, 1_000), &totals).violated_constraints(), NONE);
}

/// Each other outcome of some totals is refused by the binding alone: the circuit computes all of it.
#[test]
fn no_other_outcome_satisfies() {
    for (parameters, totals) in [
        (options(3, 10, 5_000, 5), [45, 13, 12]),
        (options(3, 10, 5_000, 5), [45, 45, 12]),
        (options(3, 100, 5_000, 5), [45, 13, 12]),
        (motion(10, 5_000, 5), [13, 45, 12]),
        (motion(10, 5_000, 5), [13, 13, 45]),
    ] {
        let honest = Outcome::from_totals(&parameters, &totals).unwrap();
        for greatest in 0..3 {
            for choice in [None, Some(0), Some(1), Some(2)] {
                let mut lying = MaliciousTeller::<3>::honest(parameters, &totals);
                (lying.outcome.greatest, lying.outcome.choice) = (greatest, choice);
                let expected: &[&str] = if lying.outcome == honest { &[] } else { &["binding", "binding"] };
                assert_eq!(lying.violated_constraints(), expected, "{totals:?}, {greatest}, {choice:?}");
            }
        }
        for option in 0..3 {
            let mut lying = MaliciousTeller::<3>::honest(parameters, &totals);
            lying.outcome.buckets[option] += 1;
            assert_eq!(lying.violated_constraints(), ["binding", "binding"]);
        }
    }
}

/// A step, a quorum or masks that are not the chamber's make another word.
#[test]
fn other_parameters_do_not_satisfy() {
    let totals = [45, 13, 12];
    let chamber = options(3, 10, 5_000, 5);
    for other in [options(3, 9, 5_000, 5), options(3, 10, 4_999, 5), options(3, 10, 5_000, 6), motion(10, 5_000, 5)] {
        let honest = MaliciousTeller::<3>::honest(chamber, &totals);
        let witness = Witness {
            size: 3,
            parameters: other,
            totals: totals.to_vec(),
            factors: BlindingFactors::new((1..4).map(|j| Scalar::from(j as u64)).collect()),
            outcome: honest.outcome,
        };
        let elements = decision::list_elements(&witness.commit(), &chamber, &witness.outcome, 3);
        let (h, z) = (decision::hash_elements(&elements), Challenge::from_u64(5));
        let instance = Instance { h, z, y: transcript::evaluate(&elements, z) };
        let mut b = Builder::for_setup();
        DecisionCircuit::<3> { instance, witness }.synthesize(&mut b);
        let (system, assignment) = b.into_system();
        assert!(system.check_satisfied(&assignment).is_err(), "{other:?}");
    }
}

/// The published bucket is one off, and so is the witness's: either the rest is not below the step, or it is negative.
#[test]
fn buckets_are_exact() {
    let lying = |bucket: u64, rest: u64| {
        let mut lying = MaliciousTeller::<3>::honest(options(3, 0, 0, 5), &[45, 13, 12]);
        (lying.unchecked.buckets[1], lying.unchecked.rests[1], lying.outcome.buckets[1]) = (bucket, rest, bucket);
        lying.violated_constraints()
    };
    assert_eq!(lying(2, 3), NONE);
    assert_eq!(lying(1, 8), ["a rest below the step"]);
    assert_eq!(lying(3, 0), ["the bucket of a total"]);
    assert_eq!(lying(2, 4), ["the bucket of a total"]);
}

/// Without bounds, `step·q = total - rest` has a solution in the field for every rest.
#[test]
fn quotient_has_few_bits() {
    let mut lying = MaliciousTeller::<3>::honest(options(3, 0, 0, 5), &[45, 13, 12]);
    // The quotient of 13 - 4 by 5 in the field has 254 bits, of which the circuit keeps 42.
    lying.unchecked.rests[1] = 4;
    let quotient = Fr::from(9u64) / Fr::from(5u64);
    lying.unchecked.buckets[1] = ark_ff::PrimeField::into_bigint(quotient).0[0];
    assert!(lying.violated_constraints().contains(&"the bucket of a total"));
}

#[test]
fn comparisons_are_exact() {
    let lying = |change: fn(&mut UncheckedWitness<3>)| {
        let mut lying = MaliciousTeller::<3>::honest(options(3, 10, 5_000, 5), &[45, 13, 12]);
        change(&mut lying.unchecked);
        let mut violated = lying.violated_constraints();
        violated.dedup();
        violated
    };
    let some = Some(BigInteger256::from(5u64));
    assert_eq!(lying(|w| w.quorum = Some(BigInteger256::from(60u64))), NONE, "the honest lower bits");
    // A wrong bit is no bit, and what follows from it is bound.
    let first = |violated: Vec<&'static str>| violated.first().copied();
    assert_eq!(first(lying(|w| w.comparison = Some(BigInteger256::from(5u64)))), Some("the comparison of two totals"));
    assert_eq!(first(lying(|w| w.quorum = Some(BigInteger256::from(5u64)))), Some("the quorum"));
    assert_eq!(first(lying(|w| w.threshold = Some(BigInteger256::from(5u64)))), Some("the approval threshold"));
    assert!(some.is_some());
}

/// Lower bits that would turn a comparison round violate it alone, with all that follows computed from the lie.
#[test]
fn comparison_cannot_be_turned_round() {
    // The chamber does not reach its quorum of 71 with 70 votes. A teller that claims it does needs a difference of
    // `2^64` more, so lower bits that are negative.
    let mut lying = MaliciousTeller::<3>::honest(options(3, 71, 5_000, 5), &[45, 13, 12]);
    lying.outcome.choice = Some(0);
    let mut shifted: BigInteger256 = (-Fr::one()).into();
    lying.unchecked.quorum = Some(shifted);
    assert!(lying.violated_constraints().contains(&"the quorum"));
    shifted = Fr::from(70u64).into();
    let mut lying = MaliciousTeller::<3>::honest(options(3, 0, 9_000, 5), &[45, 13, 12]);
    lying.outcome.choice = Some(0);
    lying.unchecked.threshold = Some(shifted);
    assert!(lying.violated_constraints().contains(&"the approval threshold"));
}

/// A total of one option that the commitment does not hold gives another commitment.
#[test]
fn totals_are_those_of_the_commitments() {
    let mut lying = MaliciousTeller::<3>::honest(options(3, 0, 0, 5), &[45, 13, 12]);
    lying.unchecked = UncheckedWitness::honest([45, 14, 12], 5);
    assert_eq!(lying.violated_constraints(), ["binding", "binding"]);
}

/// Every assertion has a test above.
#[test]
fn every_assertion_has_a_negative_test() {
    let known = [
        "the bucket of a total",
        "a rest below the step",
        "the comparison of two totals",
        "the quorum",
        "the approval threshold",
    ];
    let count = |name: &str, system: &crate::R1cs| system.assertions().iter().filter(|(_, n)| *n == name).count();
    for (m, system) in [(3, DecisionCircuit::<3>::constraint_system()), (8, DecisionCircuit::<8>::constraint_system())]
    {
        let expected = [m, m, m * (m - 1), 1, 1];
        assert_eq!(known.map(|n| count(n, &system)), expected);
        assert_eq!(system.assertions().len(), expected.iter().sum::<usize>());
        println!("decision-{m}: {} constraints, {:?}", system.num_constraints(), system.section_sizes());
    }
}
