//! Negative tests of the statement `update` (section 7), clause by clause, and what masks and replacements do to a
//! total.

use psephos_protocol::{
    Scalar, census,
    committee::KeyShare,
    elements::{Context, Nullifier},
    encryption::Ciphertext,
    rule::{Rule, RuleError, RuleKind, RuleParameters},
    signature::SignatureError,
    statement::{
        ballot::PostedBallot,
        update::{Instance, SlotContent, UnsignedWitness, UpdateDraft, UpdateError, Witness, check},
    },
};

use crate::fixture::{census_of, draft_ballot, identity, key_share, rng, weight};

fn masked_rule() -> RuleParameters {
    Rule { masked: true, ..Rule::new(RuleKind::Plurality, 0) }.to_parameters(3, true).expect("the fixture is valid")
}

/// Returns the slot of member 1 with its first ballot, for option 1, and the context.
fn first_slot() -> (SlotContent, Context) {
    let draft = draft_ballot(masked_rule(), &[0, 1, 0]);
    let posted = draft.posted().clone();
    let leaf = census::hash_leaf(&identity(1).commitment(), weight(20));
    let membership = census_of(&[10, 20, 30, 40]).prove_membership(1).expect("the fixture is valid");
    let slot = SlotContent {
        nullifier: posted.nullifier,
        note: posted.note,
        previous: posted.fingerprint([0; 32]),
        old: posted.ciphertext,
        root: membership.compute_root(leaf),
        scope: crate::fixture::poll_scope(),
        rule: masked_rule(),
        keys: crate::fixture::key_vector(99),
    };
    (slot, draft.ctx())
}

/// Returns the secret part of a replacement by a member of the census.
fn voter_of(member: u8, x: &[u64]) -> UnsignedWitness {
    let voter = identity(member);
    UnsignedWitness {
        ak: voter.authorising_key(),
        nk: voter.nullifier_key(),
        weight: weight(10 * (u64::from(member) + 1)),
        membership: census_of(&[10, 20, 30, 40]).prove_membership(member.into()).expect("the fixture is valid"),
        x: x.to_vec(),
    }
}

fn replace_by(member: u8, x: &[u64]) -> Result<(Instance, Witness, PostedBallot), UpdateError> {
    let draft = UpdateDraft::replace(first_slot().0, voter_of(member, x), &mut rng(5))?;
    let signature = identity(member).sign(draft.message(), &mut rng(6));
    Ok(draft.attach_signature(signature))
}

fn mask() -> (Instance, Witness, PostedBallot) {
    UpdateDraft::mask(first_slot().0, &mut rng(7)).expect("the fixture is valid")
}

/// Decrypts what a ciphertext encrypts, which is small.
fn decrypt(ciphertext: &Ciphertext) -> Vec<u64> {
    let share: KeyShare = key_share(99);
    let value = |(d, secret): (&psephos_protocol::Point, &Scalar)| {
        let point = *d - ciphertext.c.mul(secret);
        (0..100)
            .find(|value| psephos_protocol::Point::generator().mul_u64(*value) == point)
            .expect("the fixture is valid")
    };
    ciphertext.d.iter().zip(share.expose()).map(value).collect()
}

#[test]
fn mask_keeps_the_value_and_replacement_changes_it() {
    let (slot, ctx) = first_slot();
    let (instance, witness, masked) = mask();
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(witness.compute_context(), Ok(ctx));
    assert!(masked.ciphertext != slot.old && masked.note == slot.note);
    assert_eq!(decrypt(&masked.ciphertext), [0, 20, 0]);
    assert_eq!(Instance::from_posted(&masked, &slot.old, ctx, slot.previous), instance);

    let (instance, witness, replaced) = replace_by(1, &[1, 0, 0]).unwrap();
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(decrypt(&replaced.ciphertext), [20, 0, 0]);
    assert_eq!((replaced.note, replaced.nullifier), (masked.note, masked.nullifier));
}

/// Each mask of one content differs, and so does the slot after it: none restores an earlier fingerprint.
#[test]
fn masks_are_fresh() {
    let (slot, _) = first_slot();
    let mut rng = rng(8);
    let mut make = || UpdateDraft::mask(slot.clone(), &mut rng).unwrap().2;
    let (one, other) = (make(), make());
    assert!(one.ciphertext != other.ciphertext);
    assert!(one.fingerprint(slot.previous) != other.fingerprint(slot.previous));
    // The same ciphertext after another predecessor is another content.
    assert!(one.fingerprint(slot.previous) != one.fingerprint([0; 32]));
}

#[test]
fn only_the_owner_replaces() {
    assert_eq!(replace_by(2, &[1, 0, 0]).err(), Some(UpdateError::OtherSlot));
    let mut outsider = voter_of(1, &[1, 0, 0]);
    outsider.weight = weight(1_000);
    let draft = UpdateDraft::replace(first_slot().0, outsider, &mut rng(5));
    assert_eq!(draft.err(), Some(UpdateError::NotAMember));
}

#[test]
fn replacement_follows_the_rule() {
    let refused = |x: &[u64]| replace_by(1, x).err();
    assert_eq!(refused(&[1, 1, 0]), Some(UpdateError::Rule(RuleError::BudgetExceeded { budget: Some(1) })));
    assert_eq!(refused(&[0, 0]), Some(UpdateError::ChoiceLength { expected: 3, actual: 2 }));
}

#[test]
fn changed_witnesses_fail() {
    type Change = fn(&mut Witness);
    let binding: [Change; 5] = [
        |witness| witness.r += Scalar::from(1u64),
        |witness| witness.old = witness.old.add(&witness.old),
        |witness| witness.scope = psephos_protocol::elements::Scope::from_u64(5),
        |witness| witness.keys = crate::fixture::key_vector(98),
        |witness| witness.rule.cap = 2,
    ];
    for change in binding {
        let (instance, mut witness, _) = mask();
        change(&mut witness);
        assert!(matches!(check(&instance, &witness), Err(UpdateError::Binding { name: "h", .. })));
    }
    let (instance, mut witness, _) = mask();
    witness.nullifier = Nullifier::from_u64(9);
    assert!(matches!(check(&instance, &witness), Err(UpdateError::Binding { name: "h", .. })));
    let (instance, mut witness, _) = mask();
    witness.signature.response += Scalar::from(1u64);
    assert_eq!(check(&instance, &witness), Err(UpdateError::Signature(SignatureError::Mismatch)));
    // A mask that says that it replaces is a replacement by a stranger, and the reverse adds nothing.
    let (instance, mut witness, _) = mask();
    witness.mask = false;
    assert_eq!(check(&instance, &witness), Err(UpdateError::NotAMember));
    let (instance, mut witness, _) = replace_by(1, &[1, 0, 0]).unwrap();
    witness.mask = true;
    assert!(matches!(check(&instance, &witness), Err(UpdateError::Binding { name: "h", .. })));
}

/// A mask is possible under every rule: it proves some choice that the rule allows.
#[test]
fn every_rule_has_a_choice_for_masks() {
    use RuleKind::{Approval, Borda, Cumulative, Plurality, Quadratic, Score};
    for (kind, parameter) in [(Plurality, 0), (Approval, 1), (Score, 9), (Cumulative, 5), (Quadratic, 9), (Borda, 0)] {
        for options in 2..=8 {
            for weighted in [false, true] {
                for exact in [false, true] {
                    let rule = Rule { exact: exact && kind == Cumulative, masked: true, ..Rule::new(kind, parameter) };
                    let rule = rule.to_parameters(options, weighted).unwrap();
                    let choice = rule.any_choice(weight(1));
                    assert!(rule.count_values(weight(1), &choice).is_ok(), "{kind:?}, {options} options: {choice:?}");
                }
            }
        }
    }
    let refused = Rule { masked: true, choice_in_note: true, ..Rule::new(Plurality, 0) }.to_parameters(3, true);
    assert_eq!(refused, Err(RuleError::MaskedChoiceInNote));
}
