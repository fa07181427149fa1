//! The attack that the meter warns of, as anyone could run it: it looks for the few members whose weights add up to a
//! published total, with nothing but the public weights.
//!
//! The weights are those of real voters. With `PSEPHOS_ELECTORATE`, the path of a file with the columns
//! `proposal,account,weight,choice`, every proposal of that file is attacked and the figures are printed:
//!
//! ```console
//! PSEPHOS_ELECTORATE=votes.csv cargo test --release -p psephos-state --test exposure_attack -- --nocapture
//! ```

use psephos_state::exposure::classes::{WeightSeries, classify};
use psephos_state::exposure::{Exposure, NAMED};
use rand::{Rng, SeedableRng, rngs::StdRng};

const WEIGHTS: &str = include_str!("data/beanstalk-weights.txt");
/// Part of the members who vote against the rest.
const SHARE: f64 = 0.05;
/// Results that are attacked, of each chamber.
const RESULTS: usize = 20;
/// The most pairs of subsets with the right sum; about one of twenty is a new candidate. An attacker with more of them
/// has learned little, and the search ends.
const MAX_PAIRS: usize = 400_000;

/// Up to three members, ascending, and the sum of their weights.
#[derive(Clone, Copy)]
struct Subset {
    sum: u64,
    members: [usize; 3],
    size: usize,
}

impl Subset {
    fn members(&self) -> &[usize] {
        &self.members[..self.size]
    }
}

/// All subsets of up to three members, by their sums: two of them make a set of up to six.
struct Attack {
    members: usize,
    subsets: Vec<Subset>,
}

impl Attack {
    fn prepare(weights: &[u64]) -> Self {
        let mut subsets = vec![Subset { sum: 0, members: [0; 3], size: 0 }];
        let mut first = 0;
        for _ in 0..3 {
            let last = subsets.len();
            for index in first..last {
                let subset = subsets[index];
                let next = subset.members().last().map_or(0, |member| member + 1);
                for (member, weight) in weights.iter().enumerate().skip(next) {
                    let mut larger = Subset { sum: subset.sum + weight, size: subset.size + 1, ..subset };
                    larger.members[subset.size] = member;
                    subsets.push(larger);
                }
            }
            first = last;
        }
        subsets.sort_by_key(|subset| subset.sum);
        Self { members: weights.len(), subsets }
    }

    /// Returns all sets of up to six members with a sum in this range; nothing if there are too many.
    fn find_candidates(&self, from: u64, to: u64) -> Option<Vec<Vec<usize>>> {
        let (mut candidates, mut pairs) = (Vec::new(), 0);
        let (mut low, mut high) = (self.subsets.len(), self.subsets.len());
        for left in self.subsets.iter().take_while(|left| left.sum < to) {
            while high > 0 && left.sum + self.subsets[high - 1].sum >= to {
                high -= 1;
            }
            while low > 0 && left.sum + self.subsets[low - 1].sum >= from {
                low -= 1;
            }
            // Each set once: its first three members are on the left.
            if left.size < 3 {
                candidates.extend((left.sum >= from).then(|| left.members().to_vec()));
                continue;
            }
            pairs += high - low;
            if pairs > MAX_PAIRS {
                return None;
            }
            let last = left.members().last();
            let found =
                self.subsets[low..high].iter().filter(|right| right.size == 0 || last < right.members().first());
            candidates.extend(found.map(|right| [left.members(), right.members()].concat()));
        }
        Some(candidates)
    }

    /// Returns the members that dissent with a probability above `NAMED`, given a total rounded down to a multiple of
    /// `step`, if at most six do.
    fn name_dissenters(&self, published: u64, step: u64) -> Vec<usize> {
        let Some(candidates) = self.find_candidates(published, published + step) else { return Vec::new() };
        let mut dissents = vec![0.0; self.members];
        let mut evidence = 0.0;
        for candidate in candidates {
            let probability = (SHARE / (1.0 - SHARE)).powi(candidate.len() as i32);
            evidence += probability;
            candidate.iter().for_each(|member| dissents[*member] += probability);
        }
        (0..self.members).filter(|member| dissents[*member] > NAMED * evidence).collect()
    }
}

/// What came of attacking drawn results.
struct Outcome {
    /// The average part of the dissenters that were named.
    named: f64,
    /// The number of members that were named and did not dissent, of all results.
    accused: usize,
}

/// Attacks drawn results of a chamber, with totals rounded down to multiples of `step`; 1 for exact totals.
fn attack_results(weights: &[u64], step: u64) -> Outcome {
    let attack = Attack::prepare(weights);
    let mut random = StdRng::seed_from_u64(5);
    let (mut results, mut outcome) = (0, Outcome { named: 0.0, accused: 0 });
    while results < RESULTS {
        let dissenters: Vec<usize> = (0..weights.len()).filter(|_| random.gen_bool(SHARE)).collect();
        if dissenters.is_empty() {
            continue;
        }
        results += 1;
        let total: u64 = dissenters.iter().map(|member| weights[*member]).sum();
        let named = attack.name_dissenters(total / step * step, step);
        let right = named.iter().filter(|member| dissenters.contains(member)).count();
        outcome.named += right as f64 / dissenters.len() as f64 / RESULTS as f64;
        outcome.accused += named.len() - right;
    }
    outcome
}

fn real_chambers() -> Vec<(String, Vec<u64>)> {
    let lines = WEIGHTS.lines().filter(|line| !line.starts_with('#'));
    let parse = |line: &str| {
        let (proposal, weights) = line.split_once(' ').expect("a proposal and its weights");
        (proposal.to_owned(), weights.split(' ').map(|weight| weight.parse().expect("a weight")).collect())
    };
    lines.map(parse).collect()
}

fn one_percent(weights: &[u64]) -> u64 {
    weights.iter().sum::<u64>() / 100
}

#[test]
fn exact_totals_name_dissenters_and_rounded_ones_do_not() {
    let (mut exact, mut rounded, mut accused) = (0.0, 0.0, 0);
    let chambers = real_chambers();
    for (_, weights) in &chambers {
        let (of_exact, of_rounded) = (attack_results(weights, 1), attack_results(weights, one_percent(weights)));
        exact += of_exact.named / chambers.len() as f64;
        rounded += of_rounded.named / chambers.len() as f64;
        accused += of_exact.accused;
    }
    eprintln!(
        "dissenters named: {exact:.3} from exact totals, {rounded:.3} from totals rounded to 1 %; {accused} accused"
    );
    assert!(exact > 0.6, "{exact}");
    assert!(rounded < 0.1, "{rounded}");
}

/// The meter and the attack have no code in common: one adds up distributions, the other looks for sets.
#[test]
fn meter_says_what_the_attack_finds() {
    for (proposal, weights) in real_chambers() {
        let measured = Exposure::of_weights(&weights, 1).smallest_minority().named;
        let found = attack_results(&weights, 1).named;
        // Twenty results are few, and the attack misses minorities of more than six.
        assert!((measured - found).abs() < 0.3, "{proposal}: measured {measured}, found {found}");
    }
}

#[test]
fn classes_of_weight_defeat_the_attack() {
    for (proposal, weights) in real_chambers() {
        let classes = classify(&weights, WeightSeries::PowersOfTwo, 5);
        let outcome = attack_results(&classes, 1);
        assert!(outcome.named < 0.01, "{proposal}: {}", outcome.named);
    }
}

#[test]
fn electorate_of_a_file_is_attacked() {
    let Ok(path) = std::env::var("PSEPHOS_ELECTORATE") else { return };
    let text = std::fs::read_to_string(path).expect("the file of PSEPHOS_ELECTORATE");
    let mut chambers: Vec<(&str, Vec<u64>)> = Vec::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if chambers.last().is_none_or(|(proposal, _)| *proposal != fields[0]) {
            chambers.push((fields[0], Vec::new()));
        }
        let weights = &mut chambers.last_mut().expect("just added").1;
        weights.push(fields[2].parse().expect("a weight"));
    }
    let mut averages = [0.0; 4];
    for (proposal, weights) in &chambers {
        let step = one_percent(weights);
        let figures = [
            attack_results(weights, 1).named,
            attack_results(weights, step).named,
            Exposure::of_weights(weights, 1).smallest_minority().named,
            Exposure::of_weights(weights, step.max(1)).smallest_minority().named,
        ];
        eprintln!("{proposal} ({}): attack exact, rounded; meter exact, rounded: {figures:.2?}", weights.len());
        averages.iter_mut().zip(figures).for_each(|(average, figure)| *average += figure / chambers.len() as f64);
    }
    eprintln!("average: {averages:.3?}");
}
