//! Negative tests of the statement `dealing`, and the values that recipients decrypt (sections 5 and 8).

use ark_ff::{One, PrimeField, Zero};
use psephos_protocol::{
    Fr, Point, Scalar,
    committee::{Polynomials, Recipients},
    constants::COMMITTEE_KEYS,
    elements::TrusteeContext,
    statement::{
        committee_keys,
        dealing::{DealingError, EncryptedShare, Instance, Posted, Witness, build, check, check_posted, elements},
    },
};

use crate::fixture::{committee, recipients, rng, transport};

const CTX: u64 = 9;

fn good(recipients: &Recipients) -> (Instance, Witness, Posted) {
    let (instance, witness, posted) = build(TrusteeContext::from_u64(CTX), recipients.clone(), &mut rng(5));
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, &witness), Ok(()));
    (instance, witness, posted)
}

/// For every size and threshold, each trustee decrypts the values to which the commitments commit.
#[test]
fn every_recipient_decrypts_its_share() {
    for (trustees, threshold, absent) in
        [(1, 1, &[][..]), (2, 1, &[]), (5, 3, &[]), (5, 5, &[]), (5, 2, &[0, 3]), (16, 9, &[15]), (16, 16, &[])]
    {
        let recipients = recipients(trustees, threshold, absent);
        let (_, witness, posted) = good(&recipients);
        for ((point, key), share) in recipients.registered().zip(&posted.shares) {
            let secret = transport(point as u8);
            assert_eq!(secret.public(), *key);
            let found = share.open(&secret, TrusteeContext::from_u64(CTX), point, &posted.ephemeral, threshold);
            assert!(found.expose() == witness.polynomials.at(point).expose(), "{threshold} of {trustees}, {point}");
            assert_eq!(found.public(), posted.commitments.at(point));
        }
    }
}

/// Extreme coefficients do not wrap around.
#[test]
fn largest_and_smallest_coefficients_decrypt() {
    let recipients = recipients(16, 16, &[]);
    for value in [Scalar::one(), -Scalar::one(), Scalar::from(2u64), -Scalar::from(2u64)] {
        let polynomials = Polynomials::from_coefficients(vec![vec![value; 16]; COMMITTEE_KEYS]);
        let witness = Witness {
            ctx: TrusteeContext::from_u64(CTX),
            recipients: recipients.clone(),
            ephemeral: value,
            polynomials,
        };
        let posted = witness.posted();
        let share = posted.shares[15].open(&transport(16), TrusteeContext::from_u64(CTX), 16, &posted.ephemeral, 16);
        assert_eq!(share.public(), posted.commitments.at(16));
    }
}

#[test]
fn other_parties_cannot_decrypt_a_share() {
    let (_, _, posted) = good(&recipients(5, 3, &[]));
    let open = |secret: u8, ctx: u64, point: u64, share: usize| {
        posted.shares[share]
            .open(&transport(secret), TrusteeContext::from_u64(ctx), point, &posted.ephemeral, 3)
            .public()
    };
    assert_eq!(open(2, CTX, 2, 1), posted.commitments.at(2));
    assert_ne!(open(3, CTX, 2, 1), posted.commitments.at(2), "another trustee's secret");
    assert_ne!(open(2, CTX + 1, 2, 1), posted.commitments.at(2), "another dealer's context");
    assert_ne!(open(2, CTX, 2, 2), posted.commitments.at(2), "another trustee's share");
    assert_ne!(open(2, CTX, 3, 1), posted.commitments.at(3), "another point");
}

/// Equal registered transport keys must not reveal the difference of two shares.
#[test]
fn equal_transport_keys_have_different_pads() {
    let key = Some(transport(1).public());
    let (_, witness, posted) = good(&Recipients::new(vec![key; 3], 2).unwrap());
    let difference = |j: usize| posted.shares[0].words()[j] - posted.shares[1].words()[j];
    let plain = |j: usize, point| Fr::from_bigint(witness.values(point)[j].remainder).unwrap();
    assert!((0..COMMITTEE_KEYS).all(|j| difference(j) != plain(j, 1) - plain(j, 2)));
}

#[test]
fn each_posted_element_is_checked_by_name() {
    let (_, witness, posted) = good(&recipients(5, 3, &[2]));
    let mut other = posted.clone();
    other.ephemeral = other.ephemeral + Point::generator();
    assert_eq!(check_posted(&other, &witness), Err(DealingError::Ephemeral));

    let mut points = posted.commitments.points().to_vec();
    points[3 * 4 + 2] = points[3 * 4 + 2] + Point::generator();
    let other = Posted { commitments: points_of(points), ..posted.clone() };
    assert_eq!(check_posted(&other, &witness), Err(DealingError::Commitment { key: 4, coefficient: 2 }));

    let mut other = posted.clone();
    let mut words = *other.shares[2].words();
    words[7] += Fr::one();
    other.shares[2] = EncryptedShare::new(words);
    assert_eq!(check_posted(&other, &witness), Err(DealingError::Share { point: 4, word: 7 }));

    let mut swapped = posted.clone();
    swapped.shares.swap(0, 1);
    assert_eq!(check_posted(&swapped, &witness), Err(DealingError::Share { point: 1, word: 0 }));

    let other = Posted { h: posted.h.altered(), ..posted.clone() };
    assert!(matches!(check_posted(&other, &witness), Err(DealingError::Binding { name: "h", .. })));

    // A contract that receives any of these computes other public inputs.
    for posted in [swapped, other] {
        let instance = Instance::of(&posted, TrusteeContext::from_u64(CTX), &witness.recipients).unwrap();
        assert!(matches!(check(&instance, &witness), Err(DealingError::Binding { .. })));
    }
}

fn points_of(points: Vec<Point>) -> psephos_protocol::committee::Commitments {
    psephos_protocol::committee::Commitments::new(points).expect("the fixture is valid")
}

#[test]
fn dealing_is_bound_to_one_committee() {
    let (instance, witness, posted) = good(&recipients(5, 3, &[]));
    let of = |ctx: u64, recipients: &Recipients| Instance::of(&posted, TrusteeContext::from_u64(ctx), recipients);
    assert_eq!(of(CTX, &recipients(5, 3, &[])), Ok(instance));

    // Another dealer, committee, contract or chain; another trustee's key in the list.
    let mut keys: Vec<_> = (1..=5).map(|number| Some(transport(number).public())).collect();
    keys.swap(0, 1);
    for elsewhere in [of(CTX + 1, &recipients(5, 3, &[])), of(CTX, &Recipients::new(keys, 3).unwrap())] {
        assert!(matches!(check(&elsewhere.unwrap(), &witness), Err(DealingError::Binding { name: "y", .. })));
    }
    // Polynomials that are too long or too short, and too many or too few recipients.
    for recipients in [recipients(5, 2, &[]), recipients(5, 4, &[]), recipients(4, 3, &[]), recipients(5, 3, &[1])] {
        assert!(matches!(of(CTX, &recipients), Err(DealingError::Shape { .. })));
    }
}

#[test]
fn zero_secrets_have_no_proof() {
    let (instance, witness, _) = good(&recipients(2, 2, &[]));
    let mut other = witness.clone();
    other.ephemeral = Scalar::zero();
    assert_eq!(check(&instance, &other), Err(DealingError::Zero));
    let mut other = witness.clone();
    let mut coefficients = vec![vec![Scalar::one(); 2]; COMMITTEE_KEYS];
    coefficients[7][1] = Scalar::zero();
    other.polynomials = Polynomials::from_coefficients(coefficients);
    assert_eq!(check(&instance, &other), Err(DealingError::Zero));
}

#[test]
fn each_public_input_is_bound() {
    let (instance, witness, posted) = good(&recipients(3, 2, &[]));
    for changed in [
        Instance { h: instance.h.altered(), ..instance },
        Instance { z: instance.z.altered(), ..instance },
        Instance { y: instance.y.altered(), ..instance },
    ] {
        assert!(matches!(check(&changed, &witness), Err(DealingError::Binding { .. })));
    }
    assert_eq!(elements(&posted, TrusteeContext::from_u64(CTX), &witness.recipients).unwrap().len(), 134);
    let json = serde_json::to_string(&posted).unwrap();
    assert_eq!(serde_json::from_str::<Posted>(&json).unwrap(), posted);
}

#[test]
fn hashes_of_committee_keys_are_bound() {
    let keys = committee(1);
    let instance = committee_keys::Instance::of(&keys);
    assert_eq!(committee_keys::check(&instance, &keys), Ok(()));
    assert_eq!(instance.h.to_fr(), keys.hash(8).to_fr());
    assert_eq!(committee_keys::elements(&keys)[0], keys.hash(3).to_fr());
    assert!(committee_keys::check(&instance, &committee(2)).is_err());
    let changed = committee_keys::Instance { y: instance.y.altered(), ..instance };
    assert!(committee_keys::check(&changed, &keys).is_err());
}
