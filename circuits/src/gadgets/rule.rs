//! A ballot's choices under a ballot rule. Twin of `psephos_protocol::rule::Parameters::count_values`.
//!
//! One set of constraints serves every rule; the rule's bits, which `ctx` binds, switch them on and off. No value can
//! wrap around the field: choices have at most 40 bits and sums at most 83.

use ark_ff::{One, Zero};
use psephos_protocol::Fr;
use psephos_protocol::constants::VALUE_BITS;
use psephos_protocol::rule::RuleParameters;

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::power_of_two;
use crate::{Builder, Num};

const CAP_BITS: usize = 8;
const BUDGET_BITS: usize = 16;
const CAP_AT: usize = 8;
const BUDGET_AT: usize = 16;
const OPTIONS_AT: usize = 32;

/// A ballot rule's parameters as bits.
pub struct Rule {
    weighted: Num,
    quadratic: Num,
    exact: Num,
    by_weight: Num,
    ranked: Num,
    capped: Num,
    choice_in_note: Num,
    cap: Vec<Num>,
    budget: Vec<Num>,
    /// One-hot: entry `i` is set for `i + 1` options.
    options: Vec<Num>,
}

impl Rule {
    /// Allocates the bits, for `31 + size` constraints. [`Rule::constrain_choices`] asserts that exactly one entry of
    /// `options` is set.
    pub fn new(b: &mut Builder, p: &RuleParameters, size: usize) -> Rule {
        Rule {
            weighted: b.allocate_bit(p.weighted),
            quadratic: b.allocate_bit(p.quadratic),
            exact: b.allocate_bit(p.exact),
            by_weight: b.allocate_bit(p.by_weight),
            ranked: b.allocate_bit(p.ranked),
            capped: b.allocate_bit(p.capped),
            choice_in_note: b.allocate_bit(p.choice_in_note),
            cap: allocate_bits(b, Fr::from(p.cap), CAP_BITS),
            budget: allocate_bits(b, Fr::from(p.budget), BUDGET_BITS),
            options: (1..=size).map(|m| b.allocate_bit(m == p.options)).collect(),
        }
    }

    /// Returns the packed parameters of the specification, section 4, at no cost.
    pub fn pack(&self) -> Num {
        let flags = [
            &self.weighted,
            &self.quadratic,
            &self.exact,
            &self.by_weight,
            &self.ranked,
            &self.capped,
            &self.choice_in_note,
        ];
        let at = |from: usize, bits: &[Num]| pack_bits(bits).scale(power_of_two(from));
        let flags = Num::linear_combination(flags.into_iter().enumerate().map(|(i, f)| (power_of_two(i), f)));
        let numbers = &at(CAP_AT, &self.cap) + &at(BUDGET_AT, &self.budget);
        &(&flags + &numbers) + &at(OPTIONS_AT, &self.options)
    }

    /// Constrains the choices and returns them with the bits of the counted values.
    pub fn constrain_choices(&self, b: &mut Builder, weight: &Num, x: &[Fr]) -> Choices {
        let one = Num::one();
        b.assert_product("one number of options", &Num::sum(&self.options), &one, &one);
        let factor = b.mul(&self.weighted, &(weight - &one)).add_constant(Fr::one());
        let cap = pack_bits(&self.cap);
        let choices: Vec<Choice> = x
            .iter()
            .enumerate()
            .map(|(j, x)| {
                let choice = Choice::new(b, &factor, *x);
                self.enforce_cap(b, &choice.x, &cap);
                // The entries below `j` stand for at most `j` options, which do not include the option with index
                // `j`.
                if j > 0 {
                    b.assert_product(
                        "no choice of an unused option",
                        &Num::sum(&self.options[..j]),
                        &choice.x,
                        &Num::zero(),
                    );
                }
                choice
            })
            .collect();
        let squares: Vec<Num> = choices.iter().map(|c| b.mul(&c.x, &c.x)).collect();
        self.enforce_budget(b, weight, &choices, &squares);
        self.enforce_permutation(b, &squares);
        let (x, counted) = choices.into_iter().map(|c| (c.x, c.counted)).unzip();
        Choices { x, counted }
    }

    /// Computes the choices that a note holds: `x`, or zeros, for one constraint an option. Twin of
    /// `psephos_protocol::rule::RuleParameters::noted_choices`.
    pub fn select_noted_choices(&self, b: &mut Builder, x: &[Num]) -> Vec<Num> {
        x.iter().map(|x| b.mul(&self.choice_in_note, x)).collect()
    }

    /// Constrains `x <= cap` where the rule caps: `cap - x` has eight bits.
    fn enforce_cap(&self, b: &mut Builder, x: &Num, cap: &Num) {
        let room = cap - x;
        let room_bits =
            allocate_bits(b, if self.capped.value().is_one() { room.value() } else { Fr::zero() }, CAP_BITS);
        b.assert_product("choice at most the cap", &self.capped, &(&room - &pack_bits(&room_bits)), &Num::zero());
    }

    /// Constrains the sum of the choices, or of their squares, to be at most the budget, or equal to it.
    fn enforce_budget(&self, b: &mut Builder, weight: &Num, choices: &[Choice], squares: &[Num]) {
        let constant = pack_bits(&self.budget);
        let budget = &constant + &b.mul(&self.by_weight, &(weight - &constant));
        let sum = Num::sum(choices.iter().map(|c| &c.x));
        let sum_of_squares = Num::sum(squares);
        let spent = if self.quadratic.value().is_one() { sum_of_squares.value() } else { sum.value() };
        let rest = pack_bits(&allocate_bits(b, budget.value() - spent, VALUE_BITS));
        // `quadratic·(squares - sum) = (budget - rest) - sum`.
        b.assert_product(
            "sum within the budget",
            &self.quadratic,
            &(&sum_of_squares - &sum),
            &(&(&budget - &rest) - &sum),
        );
        b.assert_product("the whole budget", &self.exact, &rest, &Num::zero());
    }

    /// Constrains the choices of a ranked rule to be a permutation of `0..m-1`.
    ///
    /// Given `0 <= x_j <= m - 1` and `sum x_j = m(m-1)/2` (a ranked rule is capped and exact), equal sums of fourth
    /// powers are enough for every `m` up to 8. A test tries all multisets.
    fn enforce_permutation(&self, b: &mut Builder, squares: &[Num]) {
        let fourth: Vec<Num> = squares.iter().map(|s| b.mul(s, s)).collect();
        let target = |m: u64| Fr::from((0..m).map(|i| i.pow(4)).sum::<u64>());
        let target = Num::linear_combination(self.options.iter().enumerate().map(|(i, o)| (target(i as u64 + 1), o)));
        b.assert_product("a permutation", &self.ranked, &(&Num::sum(&fourth) - &target), &Num::zero());
    }
}

/// The choice and the counted value of one option.
struct Choice {
    x: Num,
    counted: Vec<Num>,
}

impl Choice {
    /// Constrains `factor·x = counted`, of 40 bits. The factor is 1 or the weight, neither of which is zero, so `x`
    /// is determined.
    fn new(b: &mut Builder, factor: &Num, x: Fr) -> Choice {
        let counted = allocate_bits(b, factor.value() * x, VALUE_BITS);
        let x = b.allocate_witness(x);
        b.enforce(factor, &x, &pack_bits(&counted));
        Choice { x, counted }
    }
}

/// The choices and the bits of the counted values, lowest first.
pub struct Choices {
    /// One choice for each option.
    pub x: Vec<Num>,
    /// 40 bits for each option.
    pub counted: Vec<Vec<Num>>,
}
