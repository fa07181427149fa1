//! One negative test for each clause of the statement `ballot` (section 7).

use ark_ff::One;
use psephos_protocol::{
    Fr, Point,
    census::{CensusError, Sibling},
    encryption::Randomness,
    rule::{Kind, RuleError},
    signature::SignatureError,
    statement::ballot::{BallotError, Draft, Instance, Posted, PostedError, Witness, check, check_posted},
    transcript,
};

use crate::fixture::{ballot, census_of, committee, draft, identity, plurality, rng, rule, scope};

/// Makes a good ballot, changes its witness, and returns the results of both checks.
fn changed(change: impl FnOnce(&mut Witness)) -> (BallotError, Result<(), BallotError>) {
    let (instance, mut witness, posted, ctx) = ballot(plurality(3), &[0, 1, 0]);
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, ctx, &witness), Ok(()));
    change(&mut witness);
    (check(&instance, &witness).expect_err("the statement does not hold"), check_posted(&posted, ctx, &witness))
}

fn binding(name: &'static str) -> impl Fn(&BallotError) -> bool {
    move |error| matches!(error, BallotError::Binding { name: actual, .. } if *actual == name)
}

#[test]
fn ballots_of_every_rule_and_size_are_accepted() {
    for (kind, parameter, options, x) in [
        (Kind::Plurality, 0, 2, vec![1, 0]),
        (Kind::Approval, 2, 3, vec![1, 0, 1]),
        (Kind::Score, 9, 4, vec![9, 0, 3, 1]),
        (Kind::Cumulative, 20, 5, vec![10, 0, 3, 1, 6]),
        (Kind::Quadratic, 20, 3, vec![2, 4, 0]),
        (Kind::Borda, 0, 8, vec![7, 6, 5, 4, 3, 2, 1, 0]),
    ] {
        for weighted in [false, true] {
            let (instance, witness, posted, ctx) = ballot(rule(kind, parameter, options, weighted), &x);
            assert_eq!(check(&instance, &witness), Ok(()));
            assert_eq!(check_posted(&posted, ctx, &witness), Ok(()));
            assert_eq!(Instance::of(&posted, ctx, [0; 32]), instance);
        }
    }
}

#[test]
fn clause_1_rejects_a_foreign_census() {
    let foreign = census_of(&[11, 20, 30, 40]).prove(1).unwrap();
    let (error, posted) = changed(|witness| witness.membership = foreign);
    assert!(binding("h")(&error));
    assert!(matches!(posted, Err(BallotError::Context { .. })));
    let (error, _) = changed(|witness| witness.membership.siblings[0].on_left ^= true);
    assert!(binding("h")(&error));
}

#[test]
fn clause_1_rejects_another_weight_scope_or_committee() {
    for change in [
        (|witness| witness.weight = 21) as fn(&mut Witness),
        |witness| witness.scope = witness.scope.altered(),
        |witness| witness.keys = committee(98),
        |witness| witness.rule = rule(Kind::Approval, 1, 3, true),
        |witness| witness.ak = identity(2).authorising_key(),
        |witness| witness.nk = identity(2).nullifier_key(),
    ] {
        let (error, posted) = changed(change);
        assert!(binding("h")(&error));
        assert!(matches!(posted, Err(BallotError::Context { .. })));
    }
}

#[test]
fn clause_1_rejects_weights_out_of_range_and_paths_too_deep() {
    for weight in [0, 1 << 40, u64::MAX] {
        assert_eq!(changed(|witness| witness.weight = weight).0, BallotError::Weight);
    }
    let siblings = vec![Sibling { value: Fr::one(), on_left: true }; 21];
    let too_deep = BallotError::Membership(CensusError::TooDeep { max: 20, actual: 21 });
    assert_eq!(changed(|witness| witness.membership.siblings = siblings).0, too_deep);
}

#[test]
fn clauses_2_and_5_reject_another_posted_nullifier_or_note() {
    let (_, witness, posted, ctx) = ballot(plurality(3), &[0, 1, 0]);
    let mut other = posted.clone();
    other.nullifier = other.nullifier.altered();
    assert!(matches!(check_posted(&other, ctx, &witness), Err(BallotError::Nullifier { .. })));
    assert!(binding("y")(&check(&Instance::of(&other, ctx, [0; 32]), &witness).unwrap_err()));

    let mut other = posted.clone();
    other.note = other.note.altered();
    assert!(matches!(check_posted(&other, ctx, &witness), Err(BallotError::Note { .. })));
    assert!(binding("y")(&check(&Instance::of(&other, ctx, [0; 32]), &witness).unwrap_err()));
}

#[test]
fn clause_3_rejects_choices_that_the_rule_forbids() {
    for (x, error) in [
        (vec![1, 1, 0], RuleError::Budget { budget: Some(1) }),
        (vec![0, 0, 0], RuleError::Inexact { budget: Some(1) }),
        (vec![2, 0, 0], RuleError::Cap { option: 0, cap: 1 }),
        (vec![1, 0, u64::MAX], RuleError::ValueTooLarge { option: 2 }),
    ] {
        assert_eq!(changed(|witness| witness.x = x).0, BallotError::Rule(error));
    }
    for x in [vec![1], vec![1, 0, 0, 0]] {
        let actual = x.len();
        assert_eq!(changed(|witness| witness.x = x).0, BallotError::ChoiceLength { expected: 3, actual });
    }
}

#[test]
fn clause_4_rejects_another_choice_or_randomness() {
    let (error, posted) = changed(|witness| witness.x = vec![1, 0, 0]);
    assert!(binding("h")(&error));
    assert_eq!(posted, Err(BallotError::Encryption));
    let (error, posted) = changed(|witness| witness.randomness = Randomness::random(&mut rng(77)));
    assert!(binding("h")(&error));
    assert_eq!(posted, Err(BallotError::Encryption));

    let (_, witness, mut posted, ctx) = ballot(plurality(3), &[0, 1, 0]);
    posted.ciphertext.d[0] = posted.ciphertext.d[0] + Point::generator();
    assert_eq!(check_posted(&posted, ctx, &witness), Err(BallotError::Encryption));
    assert!(binding("y")(&check(&Instance::of(&posted, ctx, [0; 32]), &witness).unwrap_err()));
}

#[test]
fn clause_6_rejects_another_signer_message_or_predecessor() {
    let mismatch = BallotError::Signature(SignatureError::Mismatch);
    let message = draft(plurality(3), &[0, 1, 0]).message([0; 32]);
    let by_another = identity(2).sign(message, &mut rng(1));
    assert_eq!(changed(|witness| witness.signature = by_another).0, mismatch);
    let of_another = identity(1).sign(message.altered(), &mut rng(1));
    assert_eq!(changed(|witness| witness.signature = of_another).0, mismatch);

    // With another predecessor, this ballot has another z: an older ballot cannot be put back.
    let (_, witness, posted, ctx) = ballot(plurality(3), &[0, 1, 0]);
    let rolled_back = Instance::of(&posted, ctx, transcript::fingerprint(posted.note, &posted.ciphertext));
    assert_eq!(check(&rolled_back, &witness), Err(mismatch));
}

#[test]
fn clause_7_binds_each_public_input() {
    let (instance, witness, _, _) = ballot(plurality(3), &[0, 1, 0]);
    let h = check(&Instance { h: instance.h.altered(), ..instance }, &witness).unwrap_err();
    assert!(binding("h")(&h));
    for changed in [Instance { z: instance.z.altered(), ..instance }, Instance { y: instance.y.altered(), ..instance }]
    {
        assert!(binding("y")(&check(&changed, &witness).unwrap_err()));
    }
    assert_eq!(Instance::NAMES, ["h", "z", "y"]);
    assert_eq!(instance.to_inputs(), [instance.h.to_fr(), instance.z.to_fr(), instance.y.to_fr()]);
}

#[test]
fn sizes_without_a_circuit_are_rejected() {
    for size in [0, 2, 4, 9] {
        assert_eq!(changed(|witness| witness.size = size).0, BallotError::Size { size, options: 3 });
    }
    let too_many = changed(|witness| witness.rule = plurality(4)).0;
    assert_eq!(too_many, BallotError::Size { size: 3, options: 4 });
}

#[test]
fn draft_rejects_what_check_rejects() {
    let voter = identity(1);
    let membership = census_of(&[10, 20]).prove(1).unwrap();
    let make = |weight, x| {
        let (ak, nk, membership) = (voter.authorising_key(), voter.nullifier_key(), membership.clone());
        let randomness = Randomness::random(&mut rng(1));
        Draft::new(3, ak, nk, weight, membership, scope(), plurality(3), committee(9), x, randomness).err()
    };
    assert_eq!(make(20, vec![1, 0, 0]), None);
    assert_eq!(make(0, vec![1, 0, 0]), Some(BallotError::Weight));
    assert_eq!(make(20, vec![1, 0]), Some(BallotError::ChoiceLength { expected: 3, actual: 2 }));
    let budget = RuleError::Budget { budget: Some(1) };
    assert_eq!(make(20, vec![1, 1, 0]), Some(BallotError::Rule(budget)));
}

#[test]
fn nullifier_depends_on_the_chamber_and_not_on_the_choice() {
    let (_, _, first, _) = ballot(plurality(3), &[0, 1, 0]);
    let (_, _, second, _) = ballot(plurality(3), &[1, 0, 0]);
    assert_eq!(first.nullifier, second.nullifier);
    assert!(first.note != second.note && first.h != second.h && first.fingerprint() != second.fingerprint());
    let (_, _, elsewhere, _) = ballot(plurality(2), &[1, 0]);
    assert_ne!(first.nullifier, elsewhere.nullifier);
}

#[test]
fn posted_ballots_are_decoded_strictly() {
    for (options, length) in [(3, 352), (8, 672)] {
        let (_, _, posted, _) = ballot(rule(Kind::Approval, 1, options, true), &[1]);
        let bytes = posted.to_bytes();
        assert_eq!(bytes.len(), length);
        assert_eq!(Posted::from_bytes(&bytes), Ok(posted.clone()));
        let json = serde_json::to_string(&posted).unwrap();
        assert_eq!(serde_json::from_str::<Posted>(&json).unwrap(), posted);
        assert!(serde_json::from_str::<Posted>(&json.replacen("{", "{\"x\":1,", 1)).is_err());

        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Posted::from_bytes(&longer), Err(PostedError::Length { actual: length + 1 }));
        assert_eq!(Posted::from_bytes(&bytes[1..]), Err(PostedError::Length { actual: length - 1 }));
        let mut broken = bytes.clone();
        broken[32..64].fill(0xff);
        assert!(matches!(Posted::from_bytes(&broken), Err(PostedError::Word { index: 1, .. })));
        let mut broken = bytes;
        broken[127] ^= 1;
        assert!(matches!(Posted::from_bytes(&broken), Err(PostedError::Ciphertext(_))));
    }
}
