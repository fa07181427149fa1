//! Reward policies.

use psephos_protocol::{
    Fr,
    reward::{Policy, PolicyError, PolicyTerms, chosen_option},
    weight::Weight,
};

const MOST: u64 = (1 << 40) - 1;

#[test]
fn policy_with_numbers_out_of_range_is_rejected() {
    let good = PolicyTerms { base: MOST, per_weight: MOST, cap: MOST, bonus: MOST, ratified: Some(7) };
    assert!(Policy::new(good).is_ok());
    let too_large = |name| Err(PolicyError::TooLarge { name });
    assert_eq!(Policy::new(PolicyTerms { base: MOST + 1, ..good }), too_large("base"));
    assert_eq!(Policy::new(PolicyTerms { per_weight: MOST + 1, ..good }), too_large("per_weight"));
    assert_eq!(Policy::new(PolicyTerms { cap: u64::MAX, ..good }), too_large("cap"));
    assert_eq!(Policy::new(PolicyTerms { bonus: MOST + 1, ..good }), too_large("bonus"));
    assert_eq!(Policy::new(PolicyTerms { ratified: Some(8), ..good }), Err(PolicyError::Option { option: 8 }));
    let json = serde_json::to_string(&Policy::new(good).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap().terms(), &good);
    assert!(serde_json::from_str::<Policy>(&json.replacen(&MOST.to_string(), &(MOST + 1).to_string(), 1)).is_err());
}

#[test]
fn greatest_amount_is_below_two_to_the_81() {
    let policy =
        Policy::new(PolicyTerms { base: MOST, per_weight: MOST, cap: MOST, bonus: MOST, ratified: Some(0) }).unwrap();
    let most = u128::from(MOST);
    assert_eq!(policy.compute_amount(Weight::MAX, &[1, 0, 0]), most + most * most + most);
    assert!(policy.compute_amount(Weight::MAX, &[1, 0, 0]) < 1 << 81);
}

#[test]
fn packed_policies_are_canonical() {
    let policy = Policy::new(PolicyTerms { base: 5, per_weight: 6, cap: 7, bonus: 8, ratified: Some(2) }).unwrap();
    assert_eq!(Policy::unpack(&policy.pack()), Ok(policy));
    assert_eq!(policy.selector(), 4 + (7 << 8));
    for word in [policy.pack() + Fr::from(1u64), policy.pack() + Fr::from(8u64), -policy.pack(), -Fr::from(1u64)] {
        assert_eq!(Policy::unpack(&word), Err(PolicyError::Encoding));
    }
}

/// A choice chooses at most one option, and none if two are equal: no vote is on every side at once.
#[test]
fn chosen_option_is_the_only_maximum() {
    for (x, option) in [
        (&[0, 1, 0][..], Some(1)),
        (&[1, 1, 0], None),
        (&[0, 0, 0], None),
        (&[1, 1, 1], None),
        (&[5, 4, 5], None),
        (&[5, 4, 3], Some(0)),
        (&[2, 0, 1, 7, 3, 4, 5, 6], Some(3)),
        (&[MOST, MOST - 1, 0], Some(0)),
        (&[], None),
    ] {
        assert_eq!(chosen_option(x), option, "{x:?}");
    }
}
