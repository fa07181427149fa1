//! The meter beside the enumeration of all votes, and beside the figures of an independent analysis of real chambers.

use super::{
    Exposure, MINORITIES, Verdict,
    classes::{WeightSeries, classify, count_classes},
    counts::WeightCounts,
    draw::{Draw, draw_results},
    grid::Grid,
    ladder::Ladder,
    minority::{average_part, count_named, name_minority},
};

const REAL_WEIGHTS: &str = include_str!("../../tests/data/beanstalk-weights.txt");

fn real_weights(proposal: &str) -> Vec<u64> {
    let line = REAL_WEIGHTS.lines().find_map(|line| line.strip_prefix(&format!("{proposal} "))).expect("the proposal");
    line.split(' ').map(|weight| weight.parse().expect("a weight")).collect()
}

/// Returns the posteriors of one dissenter of each class in the draw, by enumerating how all members could have voted.
fn enumerate(weights: &[u64], share: f64, step: u64, draw: &Draw, counts: &WeightCounts) -> Vec<f64> {
    let published = draw.total * counts.factor() / step;
    let mut evidence = 0.0;
    let mut dissents = vec![0.0; weights.len()];
    for votes in 0_u32..1 << weights.len() {
        let sum: u64 = (0..weights.len()).filter(|member| votes >> member & 1 == 1).map(|member| weights[member]).sum();
        if sum / step == published {
            let minority = votes.count_ones() as i32;
            let probability = share.powi(minority) * (1.0 - share).powi(weights.len() as i32 - minority);
            evidence += probability;
            for (member, dissent) in dissents.iter_mut().enumerate() {
                *dissent += f64::from(votes >> member & 1) * probability;
            }
        }
    }
    let posterior = |class: usize| {
        let weight = counts.classes()[class].weight * counts.factor();
        let member = weights.iter().position(|other| *other == weight).expect("a member of the class");
        dissents[member] / evidence
    };
    draw.dissenters.iter().map(|&(class, _)| posterior(class)).collect()
}

/// Returns the expected part of the dissenters that are named, by enumeration, over the first draws.
fn name_by_enumeration(weights: &[u64], share: f64, step: u64, draws: usize) -> f64 {
    let counts = WeightCounts::new(weights);
    let draws = draw_results(&counts, share, draws);
    let named = draws.iter().map(|draw| count_named(draw, enumerate(weights, share, step, draw, &counts)));
    let named = named.collect();
    average_part(&draws, named)
}

fn large_weights(members: u64, bits: u32) -> Vec<u64> {
    // Hashed: multiples of one number would add up to one another.
    let hash =
        |index: u64| u64::from_be_bytes(alloy_primitives::keccak256(index.to_be_bytes())[..8].try_into().unwrap());
    (1..=members).map(|index| (hash(index) >> (64 - bits)) | 1).collect()
}

/// Most of these weights have a structure, in which every sum has its residue.
#[test]
fn ladder_equals_enumeration() {
    let powers = [1, 1, 1, 2, 2, 4, 4, 8, 16, 16, 64, 256];
    let series = [1, 2, 2, 5, 5, 10, 20, 20, 50, 100, 1000];
    let rounded = [3000, 3000, 7000, 9000, 9000, 12000];
    for weights in [&powers[..], &series, &rounded, &[7, 7, 7, 7]] {
        let counts = WeightCounts::new(weights);
        for share in MINORITIES {
            let ladder = Ladder::new(&counts, share).expect("few partial sums");
            for draw in draw_results(&counts, share, 20) {
                let expected = enumerate(weights, share, 1, &draw, &counts);
                for (known, expected) in ladder.posteriors(&draw).into_iter().zip(expected) {
                    assert!((known - expected).abs() < 1e-9, "{weights:?}: {known} and not {expected}");
                }
            }
        }
    }
}

/// Sums of up to 2^15 have a bin each, so the grid is exact there, for exact and for rounded totals.
#[test]
fn grid_equals_enumeration_where_every_sum_has_a_bin() {
    let weights = [1, 3, 4, 9, 11, 40, 41, 160, 333, 512, 1021, 4000];
    for share in MINORITIES {
        for step in [1, 50, 700] {
            let counts = WeightCounts::new(&weights);
            let draws = draw_results(&counts, share, 60);
            let named = average_part(&draws, Grid::new(&counts, share, step).count_named(&draws));
            let expected = name_by_enumeration(&weights, share, step, 60);
            assert!((named - expected).abs() < 1e-9, "{share}, {step}: {named} and not {expected}");
        }
    }
}

/// Above 2^15 the density of sums takes the place of their enumeration: from weights that are always found, to weights
/// of which about as many sets have a total as there are totals.
#[test]
fn density_is_near_enumeration() {
    for (members, bits, tolerance) in [(13, 36, 0.01), (13, 16, 0.05), (13, 13, 0.15)] {
        let weights = large_weights(members, bits);
        let counts = WeightCounts::new(&weights);
        for share in MINORITIES {
            let draws = draw_results(&counts, share, 30);
            let named = average_part(&draws, Grid::new(&counts, share, 1).count_named(&draws));
            let expected = name_by_enumeration(&weights, share, 1, 30);
            assert!((named - expected).abs() < tolerance, "{bits} bits, {share}: {named}, enumerated {expected}");
        }
    }
}

/// Of the analysis (numpy, 300 draws of each, 32,768 bins): how often all votes follow (posterior above 0.99), and
/// over all twenty proposals 0.70; dissenters named from totals rounded to 1 % over all twenty: 0.025.
#[test]
fn real_chambers_have_the_figures_of_the_analysis() {
    for (proposal, all_follow) in [("BIP-0", 0.78), ("BIP-1", 0.94), ("BIP-11", 0.59), ("BIP-16", 0.35)] {
        let weights = real_weights(proposal);
        let counts = WeightCounts::new(&weights);
        let draws = draw_results(&counts, 0.05, 256);
        let grid = Grid::new(&counts, 0.05, 1);
        let follow = draws.iter().filter(|draw| 1.0 / (1.0 + grid.count_rivals(draw)) > 0.99).count();
        let follow = follow as f64 / draws.len() as f64;
        assert!((follow - all_follow).abs() < 0.08, "{proposal}: {follow} and not {all_follow}");
        let exact = name_minority(&counts, 0.05, 1);
        assert!(exact >= follow - 0.01, "{proposal}: {exact}");
        let rounded = name_minority(&counts, 0.05, weights.iter().sum::<u64>() / 100);
        assert!(rounded < 0.1, "{proposal}: {rounded}");
        let classes = classify(&weights, WeightSeries::PowersOfTwo, 5);
        assert!(name_minority(&WeightCounts::new(&classes), 0.05, 1) < 0.001, "{proposal}");
    }
}

#[test]
fn common_factor_of_weights_changes_nothing() {
    // Few enough bits for rivals, which are rarer among multiples of a thousand if no one divides by it.
    let weights = large_weights(15, 14);
    let thousands: Vec<u64> = weights.iter().map(|weight| weight * 1000).collect();
    assert_eq!(Exposure::of_weights(&weights, 1), Exposure::of_weights(&thousands, 1));
    assert_eq!(Exposure::of_members(60, 1), Exposure::of_weights(&[25; 60], 1));
}

#[test]
fn whale_that_dissents_is_named_from_rounded_totals() {
    let mut weights = vec![10; 200];
    weights.push(5_000);
    let counts = WeightCounts::new(&weights);
    let grid = Grid::new(&counts, 0.05, 70);
    let whale = Draw { dissenters: vec![(0, 4), (1, 1)], count: 5, total: 504 };
    let crowd = Draw { dissenters: vec![(0, 4)], count: 4, total: 4 };
    assert_eq!(grid.count_named(&[whale, crowd]), [1.0, 0.0]);
}

#[test]
fn small_weights_beside_a_whale_do_not_vanish() {
    let mut weights = large_weights(2_000, 10);
    weights.push(4_000_000_000);
    let counts = WeightCounts::new(&weights);
    let grid = Grid::new(&counts, 0.05, 1);
    let mean: f64 = grid.sums.iter().enumerate().map(|(bin, part)| bin as f64 * grid.unit * part).sum();
    let small: f64 = weights.iter().take(2_000).map(|weight| *weight as f64).sum();
    let expected = 0.05 * (small + 4e9);
    assert!((mean - expected).abs() < 0.05 * small * 0.2, "{mean} and not {expected}");
}

#[test]
fn verdict_follows_the_thresholds() {
    let verdict = |weights: &[u64]| Exposure::of_weights(weights, 1).verdict;
    assert_eq!(verdict(&[]), Verdict::Red);
    assert_eq!(verdict(&[1; 4]), Verdict::Red, "fewer than five members");
    assert_eq!(verdict(&[1; 5]), Verdict::Amber, "often unanimous");
    assert_eq!(verdict(&[1; 60]), Verdict::Green);
    assert_eq!(verdict(&large_weights(60, 33)), Verdict::Red, "no weight is shared");
    let mut weights = vec![1; 60];
    weights.extend([2; 4]);
    assert_eq!(verdict(&weights), Verdict::Amber, "four members among few");
    weights.push(2);
    assert_eq!(verdict(&weights), Verdict::Green);
}

#[test]
fn shares_of_members_are_counted() {
    let exposure = Exposure::of_weights(&[5, 1, 1, 2, 2, 2, 2, 2], 1);
    assert_eq!((exposure.members, exposure.weights, exposure.alone, exposure.among_few), (8, 3, 1, 3));
}

#[test]
fn unweighted_chamber_has_unanimous_results_and_small_minorities() {
    let exposure = Exposure::of_members(20, 1);
    let minority = exposure.smallest_minority();
    assert!((minority.unanimous - 0.95_f64.powi(20)).abs() < 1e-9);
    // One to four of twenty: 0.3774 + 0.1887 + 0.0596 + 0.0133.
    assert!((minority.small - 0.639).abs() < 1e-3, "{}", minority.small);
    assert_eq!(minority.named, 0.0);
}

#[test]
fn exposure_is_described_in_one_line() {
    let describe = |weights: &[u64]| Exposure::of_weights(weights, 1).describe();
    assert!(describe(&[]).contains("no members"));
    assert!(describe(&[1, 2]).contains("fewer than 5 members"));
    assert!(
        describe(&[3; 20]).starts_with("all members count alike; with a minority of 5 %, totals name 0 % of it, 36 %")
    );
    assert!(
        describe(&[1, 1, 1, 1, 1, 9]).starts_with("1 of 6 members have a weight that fewer than 5 share, 1 of them")
    );
}

#[test]
fn weights_are_rounded_to_the_nearest_in_ratio() {
    let powers = [(0, 0), (1, 1), (2, 2), (3, 4), (5, 4), (6, 8), (11, 8), (12, 16), (u64::MAX, 1 << 63)];
    for (weight, class) in powers {
        assert_eq!(WeightSeries::PowersOfTwo.round(weight), class, "{weight}");
    }
    for (weight, class) in [(1, 1), (3, 2), (4, 5), (7, 5), (8, 10), (14, 10), (15, 20), (31, 20), (32, 50), (71, 100)]
    {
        assert_eq!(WeightSeries::OneTwoFive.round(weight), class, "{weight}");
    }
    assert_eq!("1-2-5".parse(), Ok(WeightSeries::OneTwoFive));
    assert!("1-3".parse::<WeightSeries>().is_err());
}

#[test]
fn small_classes_are_merged_downwards() {
    let weights = [1000, 100, 100, 100, 12, 9, 1];
    assert_eq!(classify(&weights, WeightSeries::PowersOfTwo, 1), [1024, 128, 128, 128, 16, 8, 1]);
    // The whale joins the three; 16 joins 8, and both join 1.
    assert_eq!(classify(&weights, WeightSeries::PowersOfTwo, 3), [128, 128, 128, 128, 1, 1, 1]);
    // The lowest class has none below it.
    assert_eq!(classify(&[8, 8, 8, 1, 1], WeightSeries::PowersOfTwo, 3), [8; 5]);
    // The whale and the three join 16; then 8 joins 1, which has two members and none below it.
    assert_eq!(classify(&weights, WeightSeries::PowersOfTwo, 5), [16; 7]);
    assert_eq!(classify(&weights, WeightSeries::PowersOfTwo, 50), [1; 7], "fewer members than a class needs");
    assert_eq!(count_classes(&[8, 1, 8]), [(8, 2), (1, 1)]);
    assert_eq!(classify(&[], WeightSeries::OneTwoFive, 5), Vec::<u64>::new());
}
