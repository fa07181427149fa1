//! Enumeration of all choices of a rule, where they are few enough.

use super::RuleParameters;
use crate::weight::Weight;

/// The state of an enumeration.
struct ChoiceSearch<'a> {
    rule: &'a RuleParameters,
    weight: Weight,
    greatest: u64,
    /// The number of steps that it may still take.
    steps: usize,
    found: Vec<Vec<u64>>,
}

impl RuleParameters {
    /// Returns an upper bound on every `x_j` of a voter of this weight: the cap, or what the whole budget gives one
    /// option.
    pub fn max_choice(&self, weight: Weight) -> u64 {
        let budget = if self.by_weight { weight.get() } else { u64::from(self.budget) };
        match (self.capped, self.quadratic) {
            (true, _) => u64::from(self.cap),
            (false, true) => budget.isqrt(),
            (false, false) => budget,
        }
    }

    /// Returns a choice that a voter of this weight may make: for a mask, which counts no choice but proves that it has
    /// one.
    pub fn any_choice(&self, weight: Weight) -> Vec<u64> {
        if self.ranked {
            return (0..self.options as u64).collect();
        }
        let mut rest = match (self.exact, self.by_weight) {
            (false, _) => 0,
            (true, true) => weight.get(),
            (true, false) => u64::from(self.budget),
        };
        let most = self.max_choice(weight);
        let spend = |_| {
            let value = rest.min(most);
            rest -= value;
            value
        };
        (0..self.options).map(spend).collect()
    }

    /// Enumerates all choices that a voter of this weight has, each padded with zeros to `size` values. Returns `None`
    /// if that takes more than `steps` steps, a step being one value of one option.
    ///
    /// Plurality, approval and rankings take a few thousand steps at most (rankings of eight options 877,000), scores
    /// and budgets soon too many.
    pub fn enumerate_choices(&self, size: usize, weight: Weight, steps: usize) -> Option<Vec<Vec<u64>>> {
        let mut search =
            ChoiceSearch { rule: self, weight, greatest: self.max_choice(weight), steps, found: Vec::new() };
        search.extend_choice(&mut Vec::with_capacity(size))?;
        search.found.iter_mut().for_each(|x| x.resize(size, 0));
        Some(search.found)
    }
}

impl ChoiceSearch<'_> {
    /// Enumerates all choices that begin with `x`; returns `None` once it is out of steps.
    fn extend_choice(&mut self, x: &mut Vec<u64>) -> Option<()> {
        if x.len() == self.rule.options {
            if self.rule.count_values(self.weight, x).is_ok() {
                self.found.push(x.clone());
            }
            return Some(());
        }
        for value in 0..=self.greatest {
            self.steps = self.steps.checked_sub(1)?;
            if self.rule.ranked && x.contains(&value) {
                continue;
            }
            x.push(value);
            self.extend_choice(x)?;
            x.pop();
        }
        Some(())
    }
}
