//! Negative tests of clause 3, the amount.

use super::*;

#[test]
fn changed_amount_breaks_binding() {
    for shift in [Fr::one(), -Fr::one(), Fr::from(77u64), power_of_two(81)] {
        let mut posted = MaliciousWitness::<3>::honest_elements();
        posted[AMOUNT] += shift;
        assert_eq!(malicious_witness::<3>(|_| ()).violated_constraints(posted), ["binding"]);
    }
}

/// For weights above and below the cap, only the true lower bits leave a bit above them.
#[test]
fn wrong_cap_comparison_is_rejected() {
    assert_eq!(
        violated_against_own::<3>(|malicious| malicious.cap_comparison_bits = Some(0)),
        ["weight against the cap"]
    );
    for weight in [0, 49, 50, 51, MASK] {
        for lower in [0, 1, 950, MASK] {
            let violated = violated_against_own::<3>(|malicious| {
                malicious.weight = weight;
                malicious.cap_comparison_bits = Some(lower);
            });
            let truth = (weight + (1 << VALUE_BITS) - 50) & MASK == lower;
            assert_eq!(violated.is_empty(), truth, "weight {weight}, lower bits {lower}");
            assert!(truth || violated == ["weight against the cap"]);
        }
    }
}

/// A cap that does not fit in 40 bits: minus one, to be paid for the whole field, or just too large.
#[test]
fn cap_that_wraps_around_is_rejected() {
    for cap in [-Fr::one() - power_of_two(40), power_of_two(42), power_of_two(200), -power_of_two(60)] {
        assert_eq!(violated_against_own::<3>(|malicious| malicious.cap = cap), ["weight against the cap"]);
    }
}

/// The contract's selector read with another ratified option: the remainder would have to be the cap.
#[test]
fn selector_has_only_one_reading() {
    let truth = MaliciousWitness::<3>::honest_elements()[SELECTOR];
    for ratified in [[true, false, false], [false, false, true], [false; 3]] {
        let mut malicious = malicious_witness::<3>(|malicious| {
            malicious.x = [1, 0, 0];
            malicious.ratified = ratified;
        });
        let mask = (0..3).fold(0u64, |mask, j| mask | u64::from(ratified[j]) << j);
        malicious.cap = (truth - Fr::from(mask)) * Fr::from(256u64).inverse().unwrap();
        let proven = malicious.proven_elements();
        assert_eq!(proven[SELECTOR], truth);
        assert_eq!(malicious.violated_constraints(proven), ["weight against the cap"], "{ratified:?}");
    }
}

#[test]
fn bonus_without_ratified_choice_is_rejected() {
    // A vote for another option, for none, for two at once.
    for x in [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 1], [1, 1, 1], [5, 4, 0]] {
        let malicious = malicious_witness::<3>(|malicious| malicious.x = x);
        assert_eq!(malicious.proven_elements()[AMOUNT], Fr::from(50_000u64), "{x:?}");
        let mut posted = malicious.proven_elements();
        posted[AMOUNT] += Fr::from(77u64);
        assert_eq!(malicious.violated_constraints(posted), ["binding"], "{x:?}");
    }
    // Another option, declared as the ratified one.
    let malicious = malicious_witness::<3>(|malicious| {
        malicious.x = [1, 0, 0];
        malicious.ratified = [true, false, false];
    });
    let mut posted = malicious.proven_elements();
    posted[SELECTOR] = MaliciousWitness::<3>::honest_elements()[SELECTOR];
    assert_eq!(malicious.violated_constraints(posted), ["binding"]);
    assert_eq!(
        malicious_witness::<3>(|malicious| malicious.ratified = [false; 3]).proven_elements()[AMOUNT],
        Fr::from(50_000u64),
        "none"
    );
}

#[test]
fn wrong_option_comparison_is_rejected_for_each_option() {
    for j in 0..7 {
        for lower in [0, 12_345] {
            let violated = violated_against_own::<8>(|malicious| {
                malicious.x = [3, 9, 3, 3, 3, 3, 3, 3];
                malicious.option_comparison_bits[j] = Some(lower);
            });
            assert_eq!(violated, ["choice against another"], "option {j}");
        }
    }
}

/// Two options at once would be paid for a choice that is a mixture of both.
#[test]
fn two_ratified_options_are_rejected() {
    let violated = violated_against_own::<3>(|malicious| malicious.ratified = [false, true, true]);
    assert!(violated.contains(&"one ratified option at most"), "{violated:?}");
    let violated = violated_against_own::<3>(|malicious| {
        malicious.x = [0, 0, 0];
        malicious.ratified = [true, true, false];
    });
    assert_eq!(violated, ["one ratified option at most"]);
}

/// The definition, for every small choice and every option.
#[test]
fn bonus_is_earned_by_the_unique_maximum_only() {
    for number in 0..64u64 {
        let x = [number & 3, number >> 2 & 3, number >> 4];
        for option in 0..3 {
            let malicious = malicious_witness::<3>(|malicious| {
                malicious.x = x;
                malicious.ratified = std::array::from_fn(|j| j == option);
            });
            let earned = malicious.proven_elements()[AMOUNT] - Fr::from(50_000u64) == Fr::from(77u64);
            assert_eq!(earned, reward::chosen_option(&x) == Some(option), "{x:?}, option {option}");
            assert_eq!(earned, (0..3).all(|other| other == option || x[option] > x[other]));
        }
    }
}
