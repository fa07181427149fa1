//! Transport keys, recipients and commitments (section 5).

use ark_ff::{One, Zero};
use proptest::prelude::*;
use psephos_protocol::{
    Fr, Point, Scalar,
    committee::{
        Coefficients, Commitments, CommitmentsError, CommitteeError, KeyShare, KeyVector, Polynomials, Possession,
        PossessionError, Recipients, RecipientsError, TransportKey, TransportKeyError,
    },
    context,
    identifiers::{ChainId, CommitteeId},
};

use crate::fixture::{recipients, rng, transport};

#[test]
fn proof_of_possession_verifies_for_its_key_and_context_alone() {
    let ctx_of = |chain_id, contract, committee, trustee| {
        context::trustee_context(ChainId::new(chain_id), contract, CommitteeId::new(committee), trustee)
    };
    let (secret, ctx) = (transport(1), ctx_of(31337, [1; 20], 4, [2; 20]));
    let proof = secret.prove_possession(ctx, &mut rng(1));
    assert_eq!(proof.verify(&secret.public(), ctx), Ok(()));
    assert!(proof.challenge >> 126 == 0);

    let refused = Err(PossessionError::Mismatch);
    assert_eq!(proof.verify(&transport(2).public(), ctx), refused, "another key");
    for elsewhere in [
        ctx_of(1, [1; 20], 4, [2; 20]),
        ctx_of(31337, [3; 20], 4, [2; 20]),
        ctx_of(31337, [1; 20], 5, [2; 20]),
        ctx_of(31337, [1; 20], 4, [3; 20]),
    ] {
        assert_eq!(proof.verify(&secret.public(), elsewhere), refused, "another chain, contract, committee, trustee");
    }
    let changed = [
        Possession { challenge: proof.challenge ^ 1, ..proof },
        Possession { challenge: proof.challenge | 1 << 126, ..proof },
        Possession { response: proof.response + Scalar::one(), ..proof },
    ];
    assert!(changed.iter().all(|proof| proof.verify(&secret.public(), ctx) == refused));
    // The nonce is hedged: two proofs differ.
    assert_ne!(proof, secret.prove_possession(ctx, &mut rng(2)));
}

#[test]
fn registered_point_times_eight_is_the_key() {
    let secret = transport(3);
    assert_eq!(secret.registration_point().mul_u64(8), *secret.public().point());
    assert_eq!(TransportKey::new(Point::identity()), Err(TransportKeyError::Identity));
}

#[test]
fn recipients_out_of_range_or_below_the_threshold_are_rejected() {
    let key = Some(transport(1).public());
    assert_eq!(Recipients::new(vec![], 1), Err(RecipientsError::Trustees(0)));
    assert_eq!(Recipients::new(vec![key; 17], 1), Err(RecipientsError::Trustees(17)));
    assert_eq!(Recipients::new(vec![key; 3], 0), Err(RecipientsError::Threshold { threshold: 0, registered: 3 }));
    assert_eq!(
        Recipients::new(vec![key, None, key], 3),
        Err(RecipientsError::Threshold { threshold: 3, registered: 2 })
    );
    let some = recipients(5, 2, &[1, 4]);
    assert_eq!(some.registered().map(|(point, _)| point).collect::<Vec<_>>(), [1, 3, 4]);
    assert_eq!(some.flags(), Fr::from(0b01101u64 << 16 | 0b11));
    assert_eq!((some.capacity(), recipients(6, 1, &[]).capacity()), (5, 16));
    let json = serde_json::to_string(&some).unwrap();
    assert_eq!(serde_json::from_str::<Recipients>(&json).unwrap(), some);
    assert!(
        serde_json::from_str::<Recipients>(&json.replace(":2}", ":4}")).is_err(),
        "the threshold is checked on decoding"
    );
}

#[test]
fn commitments_have_eight_polynomials_of_one_length() {
    let commitments = Polynomials::random(3, &mut rng(1)).commitments();
    assert_eq!(commitments.points().len(), 24);
    assert_eq!(commitments.get(1, 0), Some(&commitments.points()[3]));
    assert_eq!(commitments.get(7, 3), None);
    for length in [0, 7, 9, 8 * 17] {
        assert_eq!(Commitments::new(vec![Point::generator(); length]), Err(CommitmentsError::Length(length)));
    }
    let other = Polynomials::random(2, &mut rng(2)).commitments();
    let mismatch = CommitmentsError::Threshold { expected: 3, actual: 2 };
    assert_eq!(Commitments::sum([&commitments, &other]), Err(mismatch));
    assert_eq!(Commitments::sum([]), Ok(None));
    let json = serde_json::to_string(&commitments).unwrap();
    assert_eq!(serde_json::from_str::<Commitments>(&json).unwrap(), commitments);
}

/// A last dealer that could deal without knowing its secrets would choose the sum. The keys would be refused; that it
/// cannot deal so is ensured by the proof.
#[test]
fn keys_that_cancel_are_rejected() {
    let honest = Polynomials::random(2, &mut rng(1)).commitments();
    let cancelling = Commitments::new(honest.points().iter().map(|point| -*point).collect()).unwrap();
    let sum = Commitments::sum([&honest, &cancelling]).unwrap().unwrap();
    assert_eq!(sum.keys().err(), Some(CommitteeError::IdentityKey { index: 0 }));
    let repeated = Polynomials::from_coefficients(vec![vec![Scalar::from(5u64)]; 8]).commitments();
    assert_eq!(repeated.keys().err(), Some(CommitteeError::RepeatedKey { index: 1 }));
}

fn point_set(trustees: usize, threshold: usize) -> impl Strategy<Value = Vec<u64>> {
    proptest::sample::subsequence((1..=trustees as u64).collect::<Vec<_>>(), threshold)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Any `T` shares decrypt ciphertexts under the keys, whichever trustees dealt; `T - 1` with their own coefficients
    /// do not.
    #[test]
    fn threshold_shares_decrypt_and_fewer_do_not(
        (threshold, points) in (2usize..=9).prop_flat_map(|threshold| (Just(threshold), point_set(16, threshold))),
        seed: u64,
    ) {
        let dealings: Vec<Polynomials> =
            (0..threshold as u64).map(|i| Polynomials::random(threshold, &mut rng(seed ^ i))).collect();
        let public: Vec<Commitments> = dealings.iter().map(Polynomials::commitments).collect();
        let sum = Commitments::sum(&public).unwrap().unwrap();
        let keys = sum.keys().unwrap();
        let share = |point: u64| dealings.iter().fold(KeyShare::zero(), |share, dealing| &share + &dealing.at(point));
        let c = Point::generator().mul(&Scalar::from(seed | 1));
        let secret = dealings.iter().fold(Scalar::zero(), |sum, dealing| sum + dealing.expose()[0][0]);
        prop_assert_eq!(keys.keys()[0], Point::generator().mul(&secret));

        let posted: Vec<Point> = points.iter().map(|&point| {
            prop_assert_eq!(share(point).public(), sum.at(point));
            Ok(share(point).multiply(&c)[0])
        }).collect::<Result<_, TestCaseError>>()?;
        prop_assert_eq!(Coefficients::at_zero(&points).unwrap().combine(&posted), c.mul(&secret));
        let fewer = Coefficients::at_zero(&points[1..]).unwrap();
        prop_assert_ne!(fewer.combine(&posted[1..]), c.mul(&secret));
    }
}

#[test]
fn share_of_threshold_one_is_the_secret_itself() {
    let dealing = Polynomials::random(1, &mut rng(4));
    for point in [1, 16] {
        assert_eq!(KeyVector::new(dealing.at(point).public()), dealing.commitments().keys());
    }
    assert_eq!(Coefficients::at_zero(&[9]).unwrap().numerators(), [1]);
}
