//! One negative test for each clause of the statement `claim` (section 12).

use psephos_protocol::{
    Fr, context,
    elements::{Context, Message, NoteCommitment},
    identifiers::ChainId,
    identity::Identity,
    note::{NoteBatch, NoteBlinder, NoteOpening, NotePath, NotesTree},
    nullifier,
    reward::{Policy, PolicyTerms as Payment},
    rule::RuleKind,
    signature::SignatureError,
    statement::{
        ballot,
        claim::{ClaimDraft, ClaimError, ClaimTerms, Instance, PostedClaim, Witness, check, check_posted},
    },
    weight::Weight,
};

use crate::fixture::{self, identity, plurality_rule, rng, rule, weight};

/// Seals ballots of a chamber of four: the note of member 1 of weight 20, which chose option 1, has index 2 in batch 1.
fn sealed_tree(opening: &NoteOpening, ctx: Context, voter: &Identity) -> NotesTree {
    let filler = |from: u64| (from..from + 3).map(NoteCommitment::from_u64).collect::<Vec<_>>();
    let mut second = filler(20);
    second[2] = opening.compute_note(&voter.commitment(), ctx).expect("the fixture is valid");
    let mut tree = NotesTree::new();
    for notes in [filler(10), second, filler(30)] {
        tree.append_batch(NoteBatch::new(notes).expect("the fixture is valid")).expect("the fixture is valid");
    }
    tree
}

pub(crate) fn claim_terms(ctx: Context) -> ClaimTerms {
    let policy = Policy::new(Payment { base: 100, per_weight: 3, cap: 15, bonus: 25, ratified: Some(1) })
        .expect("the fixture is valid");
    ClaimTerms {
        ctx,
        policy,
        binding: context::derive_claim_binding(ChainId::new(31337), [1; 20], [2; 20], [3; 20], [0; 32]),
    }
}

fn note_path(opening: &NoteOpening, ctx: Context, voter: &Identity) -> NotePath {
    sealed_tree(opening, ctx, voter).prove_note(1, 2).expect("the fixture is valid")
}

/// Makes a claim of a ballot that was cast, as its voter makes it from seed and chain.
pub(crate) fn make_claim() -> (Instance, Witness, PostedClaim, ClaimTerms) {
    let (_, cast, posted, ctx) = fixture::make_ballot(plurality_rule(3), &[0, 1, 0]);
    let voter = identity(1);
    let opening = NoteOpening { weight: weight(20), x: cast.x.clone(), blinder: cast.randomness.blinder().clone() };
    assert_eq!(opening.compute_note(&voter.commitment(), ctx), Ok(posted.note));
    let path = note_path(&opening, ctx, &voter);
    let draft = ClaimDraft::new(voter.authorising_key(), voter.nullifier_key(), opening, path, claim_terms(ctx))
        .expect("the fixture is valid");
    let signature = voter.sign(draft.message(), &mut rng(6));
    let (instance, witness, posted) = draft.attach_signature(signature);
    (instance, witness, posted, claim_terms(ctx))
}

/// Makes a good claim, changes its witness, and returns the results of both checks.
fn check_changed_witness(change: impl FnOnce(&mut Witness)) -> (ClaimError, Result<(), ClaimError>) {
    let (instance, mut witness, posted, terms) = make_claim();
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, &terms, &witness), Ok(()));
    change(&mut witness);
    (check(&instance, &witness).expect_err("the statement does not hold"), check_posted(&posted, &terms, &witness))
}

fn is_binding_error(name: &'static str) -> impl Fn(&ClaimError) -> bool {
    move |error| matches!(error, ClaimError::Binding { name: actual, .. } if *actual == name)
}

#[test]
fn vote_is_paid_base_weight_and_bonus() {
    let (_, _, posted, _) = make_claim();
    assert_eq!(posted.amount, 100 + 3 * 15 + 25);
}

#[test]
fn clause_1_rejects_a_note_that_is_not_sealed() {
    for change in [
        (|witness| witness.opening.weight = weight(21)) as fn(&mut Witness),
        |witness| witness.opening.x = vec![1, 0, 0],
        |witness| witness.opening.blinder = NoteBlinder::from_fr(Fr::from(1u64)),
        |witness| witness.ak = identity(2).authorising_key(),
        |witness| witness.nk = identity(2).nullifier_key(),
    ] {
        let (error, posted) = check_changed_witness(change);
        assert!(is_binding_error("h")(&error));
        assert!(matches!(posted, Err(ClaimError::NotesRoot { .. })));
    }
}

#[test]
fn clause_1_rejects_another_path() {
    let (_, witness, _, terms) = make_claim();
    let tree = sealed_tree(&witness.opening, terms.ctx, &identity(1));
    for (list, index) in [(0, 2), (1, 1), (2, 2)] {
        let (error, posted) =
            check_changed_witness(|witness| witness.path = tree.prove_note(list, index).expect("the fixture is valid"));
        assert!(is_binding_error("h")(&error));
        assert!(matches!(posted, Err(ClaimError::NotesRoot { .. })));
    }
    let mut short = witness.path.upper_path().clone();
    short.siblings.pop();
    let short = NotePath::new(witness.path.levels().to_vec(), short).expect("the fixture is valid");
    assert!(matches!(check_changed_witness(|witness| witness.path = short).1, Err(ClaimError::NotesRoot { .. })));
}

#[test]
fn clause_1_rejects_sizes_and_values_that_no_note_has() {
    for size in [0, 2, 4, 9] {
        assert_eq!(check_changed_witness(|witness| witness.opening.x = vec![0; size]).0, ClaimError::Size { size });
    }
    assert_eq!(check_changed_witness(|witness| witness.opening.x[2] = u64::MAX).0, ClaimError::Value);
}

#[test]
fn clauses_2_and_3_reject_another_posted_nullifier_or_amount() {
    let (_, witness, posted, terms) = make_claim();
    let mut other = posted.clone();
    other.reward_nullifier = other.reward_nullifier.altered();
    assert!(matches!(check_posted(&other, &terms, &witness), Err(ClaimError::RewardNullifier { .. })));
    assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, &terms), &witness).unwrap_err()));

    for amount in [posted.amount - 1, posted.amount + 1, 0, u128::MAX] {
        let other = PostedClaim { amount, ..posted.clone() };
        assert_eq!(check_posted(&other, &terms, &witness), Err(ClaimError::Amount { posted: amount }));
        assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, &terms), &witness).unwrap_err()));
    }
}

#[test]
fn clause_3_rejects_another_policy_chamber_or_recipient() {
    let payment = *claim_terms(Context::from_u64(1)).policy.terms();
    let other = |payment| Policy::new(payment).expect("the fixture is valid");
    for policy in [
        other(Payment { per_weight: 4, ..payment }),
        other(Payment { cap: 16, ..payment }),
        other(Payment { bonus: 26, ..payment }),
        other(Payment { ratified: Some(0), ..payment }),
        other(Payment { ratified: None, ..payment }),
    ] {
        let (error, posted) = check_changed_witness(|witness| witness.terms.policy = policy);
        assert!(is_binding_error("h")(&error));
        assert_eq!(posted, Err(ClaimError::Terms));
    }
    for change in [(|terms| terms.ctx = terms.ctx.altered()) as fn(&mut ClaimTerms), |terms| {
        terms.binding = terms.binding.altered()
    }] {
        let (error, posted) = check_changed_witness(|witness| change(&mut witness.terms));
        assert!(is_binding_error("h")(&error));
        assert_eq!(posted, Err(ClaimError::Terms));
    }
    // The base is not in `L`: with another base, the amount changes and the difference does not.
    let (instance, witness, posted, terms) = make_claim();
    let higher = ClaimTerms { policy: other(Payment { base: 101, ..payment }), ..terms };
    assert_eq!(Instance::from_posted(&PostedClaim { amount: posted.amount + 1, ..posted.clone() }, &higher), instance);
    assert_ne!(Instance::from_posted(&posted, &higher), instance);
    assert!(check(&Instance::from_posted(&posted, &higher), &witness).is_err());
    let option = 3;
    let policy = other(Payment { ratified: Some(option), ..payment });
    assert_eq!(
        check_changed_witness(|witness| witness.terms.policy = policy).0,
        ClaimError::Policy { option, size: 3 }
    );
}

#[test]
fn clause_4_rejects_another_signer_or_message() {
    let mismatch = ClaimError::Signature(SignatureError::Mismatch);
    let (instance, _, _, terms) = make_claim();
    let by_another = identity(2).sign(Message::from_fr(instance.h.to_fr()), &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = by_another), (mismatch, Err(mismatch)));
    // A ballot's signature is not valid for a claim: its message is another hash, even of these very inputs.
    let of_a_ballot = identity(1).sign(ballot::derive_message(instance.h, instance.z), &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = of_a_ballot).0, mismatch);

    // A prover that knows everything except `ask` cannot redirect the claim.
    let (_, mut witness, _, _) = make_claim();
    witness.terms.binding = context::derive_claim_binding(ChainId::new(31337), [1; 20], [66; 20], [3; 20], [0; 32]);
    let posted = witness.compute_posted().expect("the fixture is valid");
    let redirected = Instance::from_posted(&posted, &witness.terms);
    assert_eq!(check(&redirected, &witness), Err(mismatch));
    assert_ne!(witness.terms.binding, terms.binding);
}

#[test]
fn binding_depends_on_each_of_its_parts() {
    let of = |chain_id, vault, recipient, relayer, fee| {
        context::derive_claim_binding(ChainId::new(chain_id), vault, recipient, relayer, fee)
    };
    let base = of(1, [1; 20], [2; 20], [3; 20], [4; 32]);
    for other in [
        of(2, [1; 20], [2; 20], [3; 20], [4; 32]),
        of(1, [9; 20], [2; 20], [3; 20], [4; 32]),
        of(1, [1; 20], [9; 20], [3; 20], [4; 32]),
        of(1, [1; 20], [2; 20], [9; 20], [4; 32]),
        of(1, [1; 20], [2; 20], [3; 20], [9; 32]),
        of(1, [1; 20], [3; 20], [2; 20], [4; 32]),
    ] {
        assert_ne!(base, other);
    }
}

#[test]
fn clause_5_binds_each_public_input() {
    let (instance, witness, _, _) = make_claim();
    assert!(is_binding_error("h")(&check(&Instance { h: instance.h.altered(), ..instance }, &witness).unwrap_err()));
    for changed in [Instance { z: instance.z.altered(), ..instance }, Instance { y: instance.y.altered(), ..instance }]
    {
        assert!(is_binding_error("y")(&check(&changed, &witness).unwrap_err()));
    }
    assert_eq!(Instance::NAMES, ["h", "z", "y"]);
}

/// The seed and the chain are enough: the choice is found among all choices of the rule.
#[test]
fn voter_recovers_its_note_from_seed_and_chain() {
    for (kind, parameter, options, x) in [
        (RuleKind::Plurality, 0, 3, vec![0, 1, 0]),
        (RuleKind::Approval, 4, 8, vec![1, 0, 1, 0, 0, 1, 0, 1]),
        (RuleKind::Borda, 0, 5, vec![4, 2, 0, 1, 3]),
        (RuleKind::Quadratic, 20, 3, vec![2, 4, 0]),
        (RuleKind::Cumulative, 9, 3, vec![2, 4, 3]),
    ] {
        let rule = rule(kind, parameter, options, false);
        let (_, cast, posted, ctx) = fixture::make_ballot(rule, &x);
        let voter = identity(1);
        let choices = rule.enumerate_choices(cast.x.len(), weight(20), 1 << 20).expect("the fixture is valid");
        let blinder = cast.randomness.blinder().clone();
        let found = NoteOpening::find_opening(posted.note, &voter.commitment(), ctx, weight(20), blinder, choices)
            .expect("the fixture is valid");
        assert_eq!(found.x, cast.x);
    }
    let too_many = rule(RuleKind::Score, 255, 8, true);
    assert!(too_many.enumerate_choices(8, weight(20), 1 << 20).is_none());
}

#[test]
fn exactly_the_valid_choices_of_a_rule_are_enumerated() {
    let count = |kind, parameter, options| {
        let rule = rule(kind, parameter, options, false);
        let choices = rule.enumerate_choices(8, Weight::MIN, 1 << 20).expect("the fixture is valid");
        assert!(choices.iter().all(|x| x.len() == 8 && rule.count_values(Weight::MIN, x).is_ok()));
        choices.len()
    };
    assert_eq!(count(RuleKind::Plurality, 0, 8), 8);
    assert_eq!(count(RuleKind::Approval, 8, 8), 256);
    assert_eq!(count(RuleKind::Approval, 2, 4), 1 + 4 + 6);
    assert_eq!(count(RuleKind::Borda, 0, 8), 40_320);
    assert_eq!(count(RuleKind::Score, 3, 4), 256);
    assert_eq!(count(RuleKind::Cumulative, 3, 3), 20);
}

#[test]
fn reward_nullifier_depends_on_member_chamber_and_purpose() {
    let (voter, other) = (identity(1), identity(2));
    let (nk, id, ctx) = (voter.nullifier_key(), voter.commitment(), Context::from_u64(7));
    let base = nullifier::derive_reward_nullifier(&nk, &id, ctx);
    assert_ne!(base.to_fr(), nullifier::derive_nullifier(&nk, &id, ctx).to_fr(), "purpose");
    assert_ne!(base, nullifier::derive_reward_nullifier(&nk, &id, ctx.altered()), "chamber and poll");
    assert_ne!(base, nullifier::derive_reward_nullifier(&other.nullifier_key(), &id, ctx));
    // An attacker that knows a member's `nk` and enrols it under a key of its own cannot use up that member's reward.
    assert_ne!(base, nullifier::derive_reward_nullifier(&nk, &other.commitment(), ctx));
}
