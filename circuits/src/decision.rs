//! The statement `decision` (specification, section 10) as a circuit. Twin of `psephos_protocol::statement::decision`.
//!
//! The prover is the teller, who alone knows the exact totals, and would choose the outcome.
//!
//! | clause | what the teller could do without it | constraints |
//! |---|---|---|
//! | totals | claim other totals than those that the commitments hold | `totals` |
//! | buckets | publish a bucket in which a total is not | `buckets` |
//! | comparisons | name another option as the greatest or the chosen one | `comparisons`, `greatest` |
//! | choice | let a chamber choose without its quorum or threshold, or against them not | `choice` |
//! | binding | post another outcome, or prove it for other parameters | `parameters`, `binding` |
//!
//! *Not needed*: that a factor has only one vector of digits. With a total of at most 42 bits, two openings of one
//! commitment would give the discrete logarithm of `H`.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use ark_ff::{BigInteger256, One};
use psephos_protocol::constants::{BASIS_POINTS, BUCKET_BITS, BUCKETS_PER_WORD, DECISION_VALUE_BITS, STEP_BITS, tag};
use psephos_protocol::curve::{Point, hash_to_point};
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::rounding::{BLINDING_BASE, BlindingFactors, DecisionNumbers, Outcome, RoundingParameters};
use psephos_protocol::statement::decision::{DecisionError, Instance, Witness, check};
use psephos_protocol::{Fr, Scalar};

use crate::gadgets::bits::{allocate_bits, bit_to_digit, pack_bits};
use crate::gadgets::compare::is_at_least;
use crate::gadgets::fixed_base::{PairTable, SignedTable};
use crate::gadgets::montgomery::{Edwards, coefficient_a};
use crate::gadgets::scalar::DigitPair;
use crate::gadgets::{evaluate, poseidon, power_of_two};
use crate::{Builder, Circuit, Num};

/// Bits of a quorum.
const QUORUM_BITS: usize = 64;
/// Bits of an approval threshold: 10,000 has 14.
const THRESHOLD_BITS: usize = 14;
/// A total times 10,000 has 56 bits, and eight totals times a threshold 59: their difference is below `2^60`.
const SHARE_BITS: usize = 60;
/// Where the word of parameters holds the threshold, the step, and the first of three masks that are 8 bits apart.
const THRESHOLD_SHIFT: usize = 64;
const STEP_SHIFT: usize = 80;
const MASK_SHIFT: usize = 128;
/// Bits of a mask, and of the one-hot words of the outcome.
const OPTION_BITS: usize = 8;

/// A point of unknown discrete logarithm, also as a combination of `G` and `H`: added to one term of a commitment and
/// subtracted from the other.
static OFFSET: LazyLock<Point> = LazyLock::new(|| hash_to_point("psephos.v1.offset.decision"));

/// The table for `V·G - T`.
static TOTAL_TABLE: LazyLock<PairTable> =
    LazyLock::new(|| PairTable::for_value_bits(Point::generator(), DECISION_VALUE_BITS, -*OFFSET));

/// The table for `T + k·H`.
static FACTOR_TABLE: LazyLock<SignedTable> = LazyLock::new(|| SignedTable::new(*BLINDING_BASE, *OFFSET));

/// The decision of one rounded chamber of up to `M` options, where `M` is 3 or 8.
pub struct DecisionCircuit<const M: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl<const M: usize> Circuit for DecisionCircuit<M> {
    type Error = DecisionError;

    const NAME: &'static str = match M {
        3 => "decision-3",
        8 => "decision-8",
        _ => panic!("decisions have circuits of 3 and of 8 options"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        let zero = Fr::from(0u64);
        let parameters =
            RoundingParameters::new(2, DecisionKind::Options, DecisionNumbers { quorum: 0, threshold_bps: 0, step: 1 })
                .expect("two options can be rounded by 1");
        DecisionCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                size: M,
                parameters,
                totals: vec![0; 2],
                factors: BlindingFactors::new(vec![Scalar::from(1u64); 2]),
                outcome: Outcome { greatest: 0, choice: None, buckets: vec![0; 2] },
            },
        }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), DecisionError> {
        let w = &self.witness;
        if w.size != M {
            let (totals, factors) = (w.totals.len(), w.factors.expose().len());
            return Err(DecisionError::Size { size: M, options: w.parameters.options(), totals, factors });
        }
        check(&self.instance, w)
    }

    fn synthesize(&self, b: &mut Builder) {
        let totals: Vec<u64> = self.witness.padded().map(|(total, _)| total).collect();
        let at = |j: usize| totals.get(j).copied().unwrap_or_default();
        self.synthesize_with(b, &UncheckedWitness::honest(std::array::from_fn(at), self.witness.parameters.step()));
    }
}

/// Witness values that the protocol's types rule out, but a malicious prover may assign.
struct UncheckedWitness<const M: usize> {
    totals: [u64; M],
    /// `q_j`, 42 bits each.
    buckets: [u64; M],
    /// `V_j - g·q_j`, 41 bits each.
    rests: [u64; M],
    /// The lower bits of the comparisons of two totals, of the quorum and of the threshold.
    comparison: Option<BigInteger256>,
    quorum: Option<BigInteger256>,
    threshold: Option<BigInteger256>,
}

impl<const M: usize> UncheckedWitness<M> {
    fn honest(totals: [u64; M], step: u64) -> UncheckedWitness<M> {
        UncheckedWitness {
            totals,
            buckets: totals.map(|total| total / step),
            rests: totals.map(|total| total % step),
            comparison: None,
            quorum: None,
            threshold: None,
        }
    }
}

/// The parameters as variables.
struct Parameters {
    quorum: Num,
    threshold: Num,
    step: Num,
    /// The options that count for the quorum, those that make up the whole, and those that can be chosen.
    masks: [Vec<Num>; 3],
}

impl Parameters {
    fn allocate(b: &mut Builder, parameters: &RoundingParameters, size: usize) -> Parameters {
        b.enter_section("parameters");
        let quorum = pack_bits(&allocate_bits(b, parameters.quorum(), QUORUM_BITS));
        let threshold = pack_bits(&allocate_bits(b, u64::from(parameters.threshold_bps()), THRESHOLD_BITS));
        let step = pack_bits(&allocate_bits(b, parameters.step(), STEP_BITS));
        let masks = parameters.masks().map(|mask| allocate_bits(b, u64::from(mask), size));
        Parameters { quorum, threshold, step, masks }
    }

    /// Returns the word in which the contract packs them. It is unique: each part has only the bits between its place
    /// and the next.
    fn pack(&self) -> Num {
        let low = &self.quorum + &self.threshold.scale(power_of_two(THRESHOLD_SHIFT));
        let low = &low + &self.step.scale(power_of_two(STEP_SHIFT));
        let masks = self.masks.iter().enumerate();
        masks.fold(low, |word, (i, mask)| &word + &pack_bits(mask).scale(power_of_two(MASK_SHIFT + OPTION_BITS * i)))
    }
}

impl<const M: usize> DecisionCircuit<M> {
    fn synthesize_with(&self, b: &mut Builder, unchecked: &UncheckedWitness<M>) {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));
        let parameters = Parameters::allocate(b, &w.parameters, M);

        b.enter_section("totals");
        let factors: Vec<Scalar> = w.padded().map(|(_, factor)| factor).collect();
        let mut totals = Vec::with_capacity(M);
        let mut elements = Vec::new();
        for (j, total) in unchecked.totals.iter().enumerate() {
            let bits = allocate_bits(b, *total, DECISION_VALUE_BITS);
            let factor = factors.get(j).copied().unwrap_or_default();
            elements.extend(commit(b, &bits, &-factor).coordinates());
            totals.push(pack_bits(&bits));
        }

        b.enter_section("buckets");
        let buckets: Vec<Num> =
            (0..M).map(|j| divide(b, &totals[j], &parameters.step, unchecked.buckets[j], unchecked.rests[j])).collect();

        let at_least = compare_all(b, &totals, unchecked.comparison);
        b.enter_section("greatest");
        let greatest = find_greatest(b, &at_least);
        let published: Vec<Num> = (0..M).map(|j| b.mul(&buckets[j], &(&Num::one() - &greatest[j]))).collect();
        let choice = choose(b, &parameters, &totals, &at_least, unchecked);

        b.enter_section("binding");
        elements.push(parameters.pack());
        elements.push(&pack_bits(&greatest) + &pack_bits(&choice).scale(power_of_two(OPTION_BITS)));
        elements.extend(published.chunks(BUCKETS_PER_WORD).map(pack_buckets));
        let mut hashed = vec![Num::constant(tag::decision())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);
    }
}

/// Computes `W = V·G + k·H` from the bits of `V`, by the sum of `V·G - T` and `T + k·H`. They are equal only if the
/// prover knows `2·T` as a combination of `G` and `H`, and opposite only for `V = 0`, `k = 0`, where no assignment
/// satisfies the addition: the commitment would be the identity.
fn commit(b: &mut Builder, bits: &[Num], k: &Scalar) -> Edwards {
    let digits: Vec<Num> = bits.iter().map(bit_to_digit).collect();
    let pairs: Vec<DigitPair> = digits.chunks(2).map(|d| DigitPair::new(b, &d[0], &d[1])).collect();
    let value = TOTAL_TABLE.multiply(b, &pairs);
    let factor = FACTOR_TABLE.multiply(b, k);
    value.add(b, &factor, &Num::constant(coefficient_a())).to_edwards(b)
}

/// Computes `q = floor(total/step)`: `total = step·q + rest` over the integers, because both sides have fewer than 84
/// bits, with `0 <= rest < step`. A step of zero has no rest.
fn divide(b: &mut Builder, total: &Num, step: &Num, quotient: u64, rest: u64) -> Num {
    let quotient = pack_bits(&allocate_bits(b, quotient, DECISION_VALUE_BITS));
    let rest = pack_bits(&allocate_bits(b, rest, STEP_BITS));
    b.assert_product("the bucket of a total", &quotient, step, &(total - &rest));
    let above = (step - &rest).add_constant(-Fr::one());
    let above = (above.clone(), pack_bits(&allocate_bits(b, above.value(), STEP_BITS)));
    b.assert_zero("a rest below the step", &(&above.0 - &above.1));
    quotient
}

/// Computes for all `i`, `j` whether total `i` is at least total `j`; the diagonal is 1.
fn compare_all(b: &mut Builder, totals: &[Num], lower: Option<BigInteger256>) -> Vec<Vec<Num>> {
    b.enter_section("comparisons");
    let mut rows = Vec::with_capacity(totals.len());
    for (i, total) in totals.iter().enumerate() {
        let compare = |(j, other): (usize, &Num)| match i == j {
            true => Num::one(),
            false => is_at_least(b, "the comparison of two totals", total, other, DECISION_VALUE_BITS, lower),
        };
        rows.push(totals.iter().enumerate().map(compare).collect());
    }
    rows
}

/// Computes the product of bits.
fn conjunction(b: &mut Builder, bits: impl IntoIterator<Item = Num>) -> Num {
    bits.into_iter().fold(Num::one(), |all, bit| b.mul(&all, &bit))
}

/// Computes one bit an option: whether it is the first with the greatest total. So exactly one is set.
fn find_greatest(b: &mut Builder, at_least: &[Vec<Num>]) -> Vec<Num> {
    let exceeds = |j: usize, i: usize| &Num::one() - &at_least[i][j];
    (0..at_least.len())
        .map(|j| {
            let others = (0..at_least.len()).filter(|i| *i != j);
            let bits: Vec<Num> = others.map(|i| if i < j { exceeds(j, i) } else { at_least[j][i].clone() }).collect();
            conjunction(b, bits)
        })
        .collect()
}

/// Computes one bit an option: whether the chamber chooses it. It can be chosen, exceeds every other option of the
/// whole, and quorum and threshold are reached. Of options that can be chosen and are part of the whole, at most one
/// is.
fn choose<const M: usize>(
    b: &mut Builder,
    parameters: &Parameters,
    totals: &[Num],
    at_least: &[Vec<Num>],
    unchecked: &UncheckedWitness<M>,
) -> Vec<Num> {
    b.enter_section("choice");
    let [counted, whole, winners] = &parameters.masks;
    let leads: Vec<Num> = (0..M)
        .map(|j| {
            let mut bits = vec![winners[j].clone()];
            for i in (0..M).filter(|i| *i != j) {
                bits.push(&Num::one() - &b.mul(&whole[i], &at_least[i][j]));
            }
            conjunction(b, bits)
        })
        .collect();
    let leader = inner_product(b, &leads, totals);
    let sum = inner_product(b, counted, totals);
    let quorum = is_at_least(b, "the quorum", &sum, &parameters.quorum, QUORUM_BITS, unchecked.quorum);
    let whole = inner_product(b, whole, totals);
    let needed = b.mul(&parameters.threshold, &whole);
    let reached = leader.scale(u64::from(BASIS_POINTS));
    let threshold = is_at_least(b, "the approval threshold", &reached, &needed, SHARE_BITS, unchecked.threshold);
    let both = b.mul(&quorum, &threshold);
    leads.iter().map(|bit| b.mul(bit, &both)).collect()
}

/// Computes `sum bit_j·total_j`.
fn inner_product(b: &mut Builder, bits: &[Num], totals: &[Num]) -> Num {
    let products: Vec<Num> = bits.iter().zip(totals).map(|(bit, total)| b.mul(bit, total)).collect();
    Num::sum(&products)
}

/// Returns the word of up to four buckets, 48 bits apart, at no cost.
fn pack_buckets(buckets: &[Num]) -> Num {
    buckets.iter().rev().fold(Num::zero(), |word, bucket| &word.scale(power_of_two(BUCKET_BITS)) + bucket)
}
