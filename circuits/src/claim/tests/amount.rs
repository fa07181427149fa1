//! Clause 3: the amount.

use super::*;

#[test]
fn another_amount() {
    for shift in [Fr::one(), -Fr::one(), Fr::from(77u64), power_of_two(81)] {
        let mut posted = Lie::<3>::honest_posted();
        posted[AMOUNT] += shift;
        assert_eq!(changed::<3>(|_| ()).caught(posted), ["binding"]);
    }
}

/// Whoever is above the cap and whoever is below it: no lower bits but the true ones leave a bit above them.
#[test]
fn the_cap_is_needed() {
    assert_eq!(against_itself::<3>(|lie| lie.against_cap = Some(0)), ["weight against the cap"]);
    for weight in [0, 49, 50, 51, MASK] {
        for lower in [0, 1, 950, MASK] {
            let caught = against_itself::<3>(|lie| {
                lie.weight = weight;
                lie.against_cap = Some(lower);
            });
            let truth = (weight + (1 << VALUE_BITS) - 50) & MASK == lower;
            assert_eq!(caught.is_empty(), truth, "weight {weight}, lower bits {lower}");
            assert!(truth || caught == ["weight against the cap"]);
        }
    }
}

/// A cap that is no number of 40 bits: minus one, to be paid for all of a field, or just too large.
#[test]
fn a_cap_that_wraps_around() {
    for cap in [-Fr::one() - power_of_two(40), power_of_two(42), power_of_two(200), -power_of_two(60)] {
        assert_eq!(against_itself::<3>(|lie| lie.cap = cap), ["weight against the cap"]);
    }
}

/// The contract's word with another ratified option: the rest would have to be the cap.
#[test]
fn a_selector_is_read_in_one_way() {
    let truth = Lie::<3>::honest_posted()[SELECTOR];
    for ratified in [[true, false, false], [false, false, true], [false; 3]] {
        let mut lie = changed::<3>(|lie| {
            lie.x = [1, 0, 0];
            lie.ratified = ratified;
        });
        let mask = (0..3).fold(0u64, |mask, j| mask | u64::from(ratified[j]) << j);
        lie.cap = (truth - Fr::from(mask)) * Fr::from(256u64).inverse().unwrap();
        let proven = lie.proven();
        assert_eq!(proven[SELECTOR], truth);
        assert_eq!(lie.caught(proven), ["weight against the cap"], "{ratified:?}");
    }
}

#[test]
fn the_bonus_is_for_the_ratified_option() {
    // A vote for another option, for none, for two at once.
    for x in [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 1], [1, 1, 1], [5, 4, 0]] {
        let lie = changed::<3>(|lie| lie.x = x);
        assert_eq!(lie.proven()[AMOUNT], Fr::from(50_000u64), "{x:?}");
        let mut posted = lie.proven();
        posted[AMOUNT] += Fr::from(77u64);
        assert_eq!(lie.caught(posted), ["binding"], "{x:?}");
    }
    // Another option than the ratified one, said to be it.
    let lie = changed::<3>(|lie| {
        lie.x = [1, 0, 0];
        lie.ratified = [true, false, false];
    });
    let mut posted = lie.proven();
    posted[SELECTOR] = Lie::<3>::honest_posted()[SELECTOR];
    assert_eq!(lie.caught(posted), ["binding"]);
    assert_eq!(changed::<3>(|lie| lie.ratified = [false; 3]).proven()[AMOUNT], Fr::from(50_000u64), "none");
}

#[test]
fn each_comparison_is_needed() {
    for j in 0..7 {
        for lower in [0, 12_345] {
            let caught = against_itself::<8>(|lie| {
                lie.x = [3, 9, 3, 3, 3, 3, 3, 3];
                lie.against_others[j] = Some(lower);
            });
            assert_eq!(caught, ["choice against another"], "option {j}");
        }
    }
}

/// Two options at once would be paid for a choice that is a mixture of both.
#[test]
fn one_ratified_option() {
    let caught = against_itself::<3>(|lie| lie.ratified = [false, true, true]);
    assert!(caught.contains(&"one ratified option at most"), "{caught:?}");
    let caught = against_itself::<3>(|lie| {
        lie.x = [0, 0, 0];
        lie.ratified = [true, true, false];
    });
    assert_eq!(caught, ["one ratified option at most"]);
}

/// The definition, for every small choice and every option.
#[test]
fn a_choice_is_the_only_greatest() {
    for number in 0..64u64 {
        let x = [number & 3, number >> 2 & 3, number >> 4];
        for option in 0..3 {
            let lie = changed::<3>(|lie| {
                lie.x = x;
                lie.ratified = std::array::from_fn(|j| j == option);
            });
            let earned = lie.proven()[AMOUNT] - Fr::from(50_000u64) == Fr::from(77u64);
            assert_eq!(earned, reward::chosen(&x) == Some(option), "{x:?}, option {option}");
            assert_eq!(earned, (0..3).all(|other| other == option || x[option] > x[other]));
        }
    }
}
