//! One negative test for each clause of the statement `ballot` (section 7).

use ark_ff::One;
use psephos_protocol::{
    Fr, Point,
    census::{CensusError, Sibling},
    encryption::Randomness,
    rule::{RuleError, RuleKind},
    signature::SignatureError,
    statement::ballot::{
        BallotDraft, BallotError, Instance, PostedBallot, PostedBallotError, UnsignedWitness, Witness, check,
        check_posted,
    },
    transcript,
};

use crate::fixture::{
    census_of, draft_ballot, identity, key_vector, make_ballot, plurality_rule, poll_scope, rng, rule, weight,
};

/// Makes a good ballot, changes its witness, and returns the results of both checks.
fn check_changed_witness(change: impl FnOnce(&mut Witness)) -> (BallotError, Result<(), BallotError>) {
    let (instance, mut witness, posted, ctx) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, ctx, &witness), Ok(()));
    change(&mut witness);
    (check(&instance, &witness).expect_err("the statement does not hold"), check_posted(&posted, ctx, &witness))
}

fn is_binding_error(name: &'static str) -> impl Fn(&BallotError) -> bool {
    move |error| matches!(error, BallotError::Binding { name: actual, .. } if *actual == name)
}

#[test]
fn ballots_of_every_rule_and_size_are_accepted() {
    for (kind, parameter, options, x) in [
        (RuleKind::Plurality, 0, 2, vec![1, 0]),
        (RuleKind::Approval, 2, 3, vec![1, 0, 1]),
        (RuleKind::Score, 9, 4, vec![9, 0, 3, 1]),
        (RuleKind::Cumulative, 20, 5, vec![10, 0, 3, 1, 6]),
        (RuleKind::Quadratic, 20, 3, vec![2, 4, 0]),
        (RuleKind::Borda, 0, 8, vec![7, 6, 5, 4, 3, 2, 1, 0]),
    ] {
        for weighted in [false, true] {
            let (instance, witness, posted, ctx) = make_ballot(rule(kind, parameter, options, weighted), &x);
            assert_eq!(check(&instance, &witness), Ok(()));
            assert_eq!(check_posted(&posted, ctx, &witness), Ok(()));
            assert_eq!(Instance::from_posted(&posted, ctx, [0; 32]), instance);
        }
    }
}

#[test]
fn clause_1_rejects_a_foreign_census() {
    let foreign = census_of(&[11, 20, 30, 40]).prove_membership(1).unwrap();
    let (error, posted) = check_changed_witness(|witness| witness.membership = foreign);
    assert!(is_binding_error("h")(&error));
    assert!(matches!(posted, Err(BallotError::Context { .. })));
    let (error, _) = check_changed_witness(|witness| witness.membership.siblings[0].on_left ^= true);
    assert!(is_binding_error("h")(&error));
}

#[test]
fn clause_1_rejects_another_weight_scope_or_committee() {
    for change in [
        (|witness| witness.weight = weight(21)) as fn(&mut Witness),
        |witness| witness.scope = witness.scope.altered(),
        |witness| witness.keys = key_vector(98),
        |witness| witness.rule = rule(RuleKind::Approval, 1, 3, true),
        |witness| witness.ak = identity(2).authorising_key(),
        |witness| witness.nk = identity(2).nullifier_key(),
    ] {
        let (error, posted) = check_changed_witness(change);
        assert!(is_binding_error("h")(&error));
        assert!(matches!(posted, Err(BallotError::Context { .. })));
    }
}

#[test]
fn clause_1_rejects_paths_too_deep() {
    let siblings = vec![Sibling { value: Fr::one(), on_left: true }; 21];
    let too_deep = BallotError::Membership(CensusError::TooDeep { max: 20, actual: 21 });
    assert_eq!(check_changed_witness(|witness| witness.membership.siblings = siblings).0, too_deep);
}

#[test]
fn clauses_2_and_5_reject_another_posted_nullifier_or_note() {
    let (_, witness, posted, ctx) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    let mut other = posted.clone();
    other.nullifier = other.nullifier.altered();
    assert!(matches!(check_posted(&other, ctx, &witness), Err(BallotError::Nullifier { .. })));
    assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, ctx, [0; 32]), &witness).unwrap_err()));

    let mut other = posted.clone();
    other.note = other.note.altered();
    assert!(matches!(check_posted(&other, ctx, &witness), Err(BallotError::Note { .. })));
    assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, ctx, [0; 32]), &witness).unwrap_err()));
}

#[test]
fn clause_3_rejects_choices_that_the_rule_forbids() {
    for (x, error) in [
        (vec![1, 1, 0], RuleError::BudgetExceeded { budget: Some(1) }),
        (vec![0, 0, 0], RuleError::BudgetNotSpent { budget: Some(1) }),
        (vec![2, 0, 0], RuleError::CapExceeded { option: 0, cap: 1 }),
        (vec![1, 0, u64::MAX], RuleError::ValueTooLarge { option: 2 }),
    ] {
        assert_eq!(check_changed_witness(|witness| witness.x = x).0, BallotError::Rule(error));
    }
    for x in [vec![1], vec![1, 0, 0, 0]] {
        let actual = x.len();
        assert_eq!(check_changed_witness(|witness| witness.x = x).0, BallotError::ChoiceLength { expected: 3, actual });
    }
}

#[test]
fn clause_4_rejects_another_choice_or_randomness() {
    let (error, posted) = check_changed_witness(|witness| witness.x = vec![1, 0, 0]);
    assert!(is_binding_error("h")(&error));
    assert_eq!(posted, Err(BallotError::Encryption));
    let (error, posted) = check_changed_witness(|witness| witness.randomness = Randomness::random(&mut rng(77)));
    assert!(is_binding_error("h")(&error));
    assert_eq!(posted, Err(BallotError::Encryption));

    let (_, witness, mut posted, ctx) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    posted.ciphertext.d[0] = posted.ciphertext.d[0] + Point::generator();
    assert_eq!(check_posted(&posted, ctx, &witness), Err(BallotError::Encryption));
    assert!(is_binding_error("y")(&check(&Instance::from_posted(&posted, ctx, [0; 32]), &witness).unwrap_err()));
}

#[test]
fn clause_6_rejects_another_signer_message_or_predecessor() {
    let mismatch = BallotError::Signature(SignatureError::Mismatch);
    let message = draft_ballot(plurality_rule(3), &[0, 1, 0]).message([0; 32]);
    let by_another = identity(2).sign(message, &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = by_another).0, mismatch);
    let of_another = identity(1).sign(message.altered(), &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = of_another).0, mismatch);

    // With another predecessor, this ballot has another z: an older ballot cannot be put back.
    let (_, witness, posted, ctx) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    let before = transcript::ballot_fingerprint(posted.note, [0; 32], &posted.ciphertext);
    let rolled_back = Instance::from_posted(&posted, ctx, before);
    assert_eq!(check(&rolled_back, &witness), Err(mismatch));
}

#[test]
fn clause_7_binds_each_public_input() {
    let (instance, witness, _, _) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    let h = check(&Instance { h: instance.h.altered(), ..instance }, &witness).unwrap_err();
    assert!(is_binding_error("h")(&h));
    for changed in [Instance { z: instance.z.altered(), ..instance }, Instance { y: instance.y.altered(), ..instance }]
    {
        assert!(is_binding_error("y")(&check(&changed, &witness).unwrap_err()));
    }
    assert_eq!(Instance::NAMES, ["h", "z", "y"]);
    assert_eq!(instance.to_inputs(), [instance.h.to_fr(), instance.z.to_fr(), instance.y.to_fr()]);
}

#[test]
fn sizes_without_a_circuit_are_rejected() {
    for size in [0, 2, 4, 9] {
        assert_eq!(check_changed_witness(|witness| witness.size = size).0, BallotError::Size { size, options: 3 });
    }
    let too_many = check_changed_witness(|witness| witness.rule = plurality_rule(4)).0;
    assert_eq!(too_many, BallotError::Size { size: 3, options: 4 });
}

#[test]
fn draft_rejects_what_check_rejects() {
    let voter = identity(1);
    let membership = census_of(&[10, 20]).prove_membership(1).unwrap();
    let make = |x| {
        let (ak, nk, membership) = (voter.authorising_key(), voter.nullifier_key(), membership.clone());
        let randomness = Randomness::random(&mut rng(1));
        let (weight, scope, rule, keys) = (weight(20), poll_scope(), plurality_rule(3), key_vector(9));
        BallotDraft::new(UnsignedWitness { size: 3, ak, nk, weight, membership, scope, rule, keys, x, randomness })
            .err()
    };
    assert_eq!(make(vec![1, 0, 0]), None);
    assert_eq!(make(vec![1, 0]), Some(BallotError::ChoiceLength { expected: 3, actual: 2 }));
    let budget = RuleError::BudgetExceeded { budget: Some(1) };
    assert_eq!(make(vec![1, 1, 0]), Some(BallotError::Rule(budget)));
}

#[test]
fn nullifier_depends_on_the_chamber_and_not_on_the_choice() {
    let (_, _, first, _) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    let (_, _, second, _) = make_ballot(plurality_rule(3), &[1, 0, 0]);
    assert_eq!(first.nullifier, second.nullifier);
    assert!(
        first.note != second.note && first.h != second.h && first.fingerprint([0; 32]) != second.fingerprint([0; 32])
    );
    let (_, _, elsewhere, _) = make_ballot(plurality_rule(2), &[1, 0]);
    assert_ne!(first.nullifier, elsewhere.nullifier);
}

#[test]
fn posted_ballots_are_decoded_strictly() {
    for (options, length) in [(3, 352), (8, 672)] {
        let (_, _, posted, _) = make_ballot(rule(RuleKind::Approval, 1, options, true), &[1]);
        let bytes = posted.to_bytes();
        assert_eq!(bytes.len(), length);
        assert_eq!(PostedBallot::from_bytes(&bytes), Ok(posted.clone()));
        let json = serde_json::to_string(&posted).unwrap();
        assert_eq!(serde_json::from_str::<PostedBallot>(&json).unwrap(), posted);
        assert!(serde_json::from_str::<PostedBallot>(&json.replacen("{", "{\"x\":1,", 1)).is_err());

        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(PostedBallot::from_bytes(&longer), Err(PostedBallotError::Length { actual: length + 1 }));
        assert_eq!(PostedBallot::from_bytes(&bytes[1..]), Err(PostedBallotError::Length { actual: length - 1 }));
        let mut broken = bytes.clone();
        broken[32..64].fill(0xff);
        assert!(matches!(PostedBallot::from_bytes(&broken), Err(PostedBallotError::Word { index: 1, .. })));
        let mut broken = bytes;
        broken[127] ^= 1;
        assert!(matches!(PostedBallot::from_bytes(&broken), Err(PostedBallotError::Ciphertext(_))));
    }
}
