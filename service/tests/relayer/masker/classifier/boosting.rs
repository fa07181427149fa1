//! A classifier: boosted decision stumps (AdaBoost; Freund and Schapire 1997). Each stump compares one feature with a
//! threshold, so that a single telling feature among many is found from few samples.

use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

/// The number of stumps.
const STUMPS: usize = 15;

/// What is seen of an update, and what it was.
pub(super) struct Sample {
    pub(super) features: Vec<f64>,
    pub(super) replaced: bool,
}

/// Votes for a replacement with `weight` if the feature is above the threshold, and against it otherwise; a negative
/// weight turns that around.
struct Stump {
    feature: usize,
    threshold: f64,
    weight: f64,
}

impl Stump {
    fn vote(&self, sample: &Sample) -> f64 {
        if sample.features[self.feature] > self.threshold { self.weight } else { -self.weight }
    }
}

/// Returns how often the classifier is right about updates that it has not learned from: each half is judged by what
/// was learned from the other.
pub(super) fn held_out_accuracy(samples: &[Sample]) -> f64 {
    let mut order: Vec<&Sample> = samples.iter().collect();
    order.shuffle(&mut StdRng::seed_from_u64(7));
    let (first, second) = order.split_at(order.len() / 2);
    let right = count_right(&train(first), second) + count_right(&train(second), first);
    right as f64 / samples.len() as f64
}

fn count_right(stumps: &[Stump], samples: &[&Sample]) -> usize {
    let is_right =
        |sample: &&&Sample| (stumps.iter().map(|stump| stump.vote(sample)).sum::<f64>() > 0.0) == sample.replaced;
    samples.iter().filter(is_right).count()
}

fn train(samples: &[&Sample]) -> Vec<Stump> {
    let mut weights = vec![1.0 / samples.len() as f64; samples.len()];
    let mut stumps = Vec::new();
    for _ in 0..STUMPS {
        let Some((error, mut stump)) = find_best_stump(samples, &weights) else { break };
        let error = error.clamp(1e-6, 0.5);
        let weight = 0.5 * ((1.0 - error) / error).ln();
        stump.weight *= weight;
        for (sample, own) in samples.iter().zip(&mut weights) {
            let agrees = (stump.vote(sample) > 0.0) == sample.replaced;
            *own *= if agrees { (-weight).exp() } else { weight.exp() };
        }
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|own| *own /= sum);
        stumps.push(stump);
    }
    stumps
}

/// Returns the stump with the smallest weighted error, and that error.
fn find_best_stump(samples: &[&Sample], weights: &[f64]) -> Option<(f64, Stump)> {
    let mut best: Option<(f64, Stump)> = None;
    for feature in 0..samples.first()?.features.len() {
        let mut order: Vec<usize> = (0..samples.len()).collect();
        order.sort_by(|a, b| samples[*a].features[feature].total_cmp(&samples[*b].features[feature]));
        // Above the lowest threshold is everything: all masks are wrong.
        let mut error: f64 = order.iter().filter(|i| !samples[**i].replaced).map(|i| weights[*i]).sum();
        for pair in order.windows(2) {
            let (value, next) = (samples[pair[0]].features[feature], samples[pair[1]].features[feature]);
            error += if samples[pair[0]].replaced { weights[pair[0]] } else { -weights[pair[0]] };
            let (worst, weight) = if error <= 0.5 { (error, 1.0) } else { (1.0 - error, -1.0) };
            if value < next && best.as_ref().is_none_or(|(least, _)| worst < *least) {
                best = Some((worst, Stump { feature, threshold: f64::midpoint(value, next), weight }));
            }
        }
    }
    best
}

#[test]
fn classifier_finds_one_telling_feature_among_many_and_nothing_in_noise() {
    use rand::Rng;
    let mut rng = StdRng::seed_from_u64(1);
    let mut draw = |telling: bool| -> Vec<Sample> {
        let sample = |index: usize| {
            let replaced = index.is_multiple_of(2);
            let mut features: Vec<f64> = (0..40).map(|_| rng.r#gen()).collect();
            features[17] += if telling && replaced { 0.9 } else { 0.0 };
            Sample { features, replaced }
        };
        (0..200).map(sample).collect()
    };
    assert!(held_out_accuracy(&draw(true)) > 0.85);
    assert!((0.36..0.64).contains(&held_out_accuracy(&draw(false))));
}
