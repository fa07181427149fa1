//! Random values for property tests: valid ones, with the edges drawn more often than chance would.
#![allow(clippy::unwrap_used, reason = "a strategy that cannot be built fails the test that asks for it")]

use ark_ff::{Field, Zero};
use proptest::prelude::*;

use super::{
    fixtures::{CastBallot, Voter},
    seeded_rng,
};
use crate::{
    Fr, Point, Scalar,
    constants::{MAX_OPTIONS, MIN_OPTIONS, VALUE_BITS, size_for_options},
    rule::{Rule, RuleKind, RuleParameters},
    scalar,
    weight::Weight,
};

/// The greatest weight, and the greatest counted value.
const MAX_VALUE: u64 = (1 << VALUE_BITS) - 1;

/// Elements of `F_r`: 0, 1, -1, small ones and uniform ones.
pub fn field_elements() -> impl Strategy<Value = Fr> {
    prop_oneof![
        1 => Just(Fr::zero()),
        1 => Just(Fr::ONE),
        1 => Just(-Fr::ONE),
        2 => any::<u64>().prop_map(Fr::from),
        5 => any::<[u64; 4]>().prop_map(|limbs| limbs.iter().fold(Fr::zero(), |sum, &limb| {
            sum * Fr::from(1u128 << 64) + Fr::from(limb)
        })),
    ]
}

/// Scalars of the subgroup's order: 0, 1, -1, small ones and uniform ones.
pub fn scalars() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        1 => Just(Scalar::zero()),
        1 => Just(Scalar::ONE),
        1 => Just(-Scalar::ONE),
        2 => any::<u64>().prop_map(Scalar::from),
        5 => any::<u64>().prop_map(|seed| scalar::random_scalar(&mut seeded_rng(seed))),
    ]
}

/// Points of the prime-order subgroup, the identity and the generator among them.
pub fn points() -> impl Strategy<Value = Point> {
    scalars().prop_map(|scalar| Point::generator().mul(&scalar))
}

/// Weights from 1 to `2^40 - 1`: the two ends, small ones, and powers of two at all scales.
pub fn weights() -> impl Strategy<Value = Weight> {
    let numbers = prop_oneof![
        1 => Just(1),
        1 => Just(MAX_VALUE),
        3 => 1u64..=1_000,
        3 => (0..VALUE_BITS as u32).prop_map(|bits| 1 << bits),
        3 => 1..=MAX_VALUE,
    ];
    numbers.prop_map(|number| Weight::new(number).unwrap())
}

/// Weights of members that can vote under these parameters: in a weighted chamber, no ranking by a heavier one fits
/// 40 bits.
pub fn weights_under(rule: RuleParameters) -> impl Strategy<Value = Weight> {
    let max = if rule.ranked && rule.weighted { MAX_VALUE / u64::from(rule.cap) } else { MAX_VALUE };
    let max = Weight::new(max).unwrap();
    weights().prop_map(move |weight| weight.min(max))
}

/// Parameters of every kind of ballot rule, for 2 to 8 options, weighted and unweighted.
pub fn rules() -> impl Strategy<Value = RuleParameters> {
    let kinds = prop_oneof![
        Just((RuleKind::Plurality, 0..=0)),
        Just((RuleKind::Approval, 1..=MIN_OPTIONS as u16)),
        Just((RuleKind::Score, 1..=255)),
        Just((RuleKind::Cumulative, 1..=u16::MAX)),
        Just((RuleKind::Quadratic, 1..=u16::MAX)),
        Just((RuleKind::Borda, 0..=0)),
    ];
    let parameter = kinds.prop_flat_map(|(kind, range)| (Just(kind), range));
    (parameter, MIN_OPTIONS..=MAX_OPTIONS, any::<[bool; 3]>()).prop_map(
        |((kind, parameter), options, [weighted, exact, choice_in_note])| {
            let exact = exact && kind == RuleKind::Cumulative;
            Rule { exact, choice_in_note, ..Rule::new(kind, parameter) }.to_parameters(options, weighted).unwrap()
        },
    )
}

/// Choices that a voter of this weight may make under these parameters, one value an option. The weight is one of
/// [`weights_under`] these parameters; no value is so large that its counted value would exceed 40 bits.
pub fn choices(rule: RuleParameters, weight: Weight) -> impl Strategy<Value = Vec<u64>> {
    (Just((0..rule.options).collect::<Vec<_>>()).prop_shuffle(), prop::collection::vec(any::<u64>(), rule.options))
        .prop_map(move |(order, wishes)| make_choice(&rule, weight, &order, &wishes))
}

/// Spends the budget option by option in the given order, as far as the wishes go.
fn make_choice(rule: &RuleParameters, weight: Weight, order: &[usize], wishes: &[u64]) -> Vec<u64> {
    let mut x = vec![0; rule.options];
    if rule.ranked {
        order.iter().zip(0..).for_each(|(&option, rank)| x[option] = rank);
        return x;
    }
    let countable = if rule.weighted { MAX_VALUE / weight.get() } else { MAX_VALUE };
    let cap = if rule.capped { u64::from(rule.cap).min(countable) } else { countable };
    let mut left = if rule.by_weight { weight.get() } else { u64::from(rule.budget) };
    for (position, &option) in order.iter().enumerate() {
        let affordable = if rule.quadratic { left.isqrt() } else { left };
        let most = affordable.min(cap);
        // The rest goes to the last option if the whole budget has to be spent, and to the first one if it is one vote.
        let spend_all = rule.exact && (position + 1 == order.len() || rule.budget == 1);
        x[option] = if spend_all { most } else { wishes[option] % (most + 1) };
        left -= if rule.quadratic { x[option] * x[option] } else { x[option] };
    }
    x
}

/// The public values from which a ballot is made: shown when a property fails, as a witness is not.
#[derive(Clone, Debug)]
pub struct BallotInput {
    /// The ballot rule's parameters.
    pub rule: RuleParameters,
    /// The voter's weight.
    pub weight: Weight,
    /// The choice, padded to the circuit's size.
    pub choice: Vec<u64>,
}

impl BallotInput {
    /// Makes the ballot, of a voter at full depth.
    pub fn cast_ballot(&self) -> CastBallot {
        Voter::at_full_depth(self.weight).cast_ballot(self.rule, &self.choice, [0; 32]).unwrap()
    }
}

/// Inputs of valid ballots, of every ballot rule and both circuit sizes.
pub fn ballots() -> impl Strategy<Value = BallotInput> {
    rules()
        .prop_flat_map(|rule| (Just(rule), weights_under(rule)))
        .prop_flat_map(|(rule, weight)| (Just(rule), Just(weight), choices(rule, weight)))
        .prop_map(|(rule, weight, mut choice)| {
            choice.resize(size_for_options(rule.options).unwrap(), 0);
            BallotInput { rule, weight, choice }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::ballot;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn generated_choices_satisfy_their_rule(input in ballots()) {
            prop_assert!(input.rule.count_values(input.weight, &input.choice).is_ok());
        }

        #[test]
        fn generated_points_are_in_the_subgroup(point in points(), factor in scalars()) {
            prop_assert!(Point::from_coordinates([point.x(), point.y()]).is_ok());
            prop_assert_eq!(point.mul(&factor) + point.mul(&-factor), Point::identity());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn generated_ballots_satisfy_their_statement(input in ballots()) {
            let ballot = input.cast_ballot();
            prop_assert_eq!(ballot::check(&ballot.instance, &ballot.witness), Ok(()));
        }
    }
}
