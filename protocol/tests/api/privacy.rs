//! Tests of what published notes and claims reveal about votes.

use std::collections::HashSet;

use psephos_protocol::{
    Fr, Point,
    elements::Context,
    encryption, field,
    note::{self, NoteBlinder},
    recovery::{CastBallot, RecoveryError},
    rule::RuleParameters,
    statement::{ballot, claim},
};

use crate::{
    claim::make_claim,
    fixture::{identity, key_vector, make_ballot, plurality_rule, rng, weight},
};

/// All members, weights and choices are public knowledge. An attacker that guesses with these, and even with every
/// member's `nk`, opens no note: the blinder is derived for each note alone.
#[test]
fn notes_cannot_be_opened_by_guessing() {
    let plurality = plurality_rule(3);
    let (_, cast, posted, ctx) = make_ballot(plurality, &[0, 1, 0]);
    let secrets = (0..4).map(|number| *identity(number).nullifier_key().expose());
    let public = [Fr::from(0u64), Fr::from(1u64), ctx.to_fr(), posted.nullifier.to_fr(), posted.h.to_fr()];
    let blinders: Vec<NoteBlinder> = public.into_iter().chain(secrets).map(NoteBlinder::from_fr).collect();
    let mut tried = 0;
    for member in 0..4 {
        let id = identity(member).commitment();
        for weight in [10, 20, 30, 40].map(weight) {
            for x in plurality.enumerate_choices(3, weight, 1000).unwrap() {
                for blinder in &blinders {
                    tried += 1;
                    assert_ne!(note::derive_commitment(&id, ctx, weight, &x, blinder), posted.note);
                }
            }
        }
    }
    assert_eq!(tried, 4 * 4 * 3 * 9);
    // With the right guess, only the blinder is missing.
    let truth = note::derive_commitment(&identity(1).commitment(), ctx, weight(20), &cast.x, cast.randomness.blinder());
    assert_eq!(truth, posted.note);
}

/// The seed of a voter gives, after a poll without choices in notes, every secret but the erased `r`: neither
/// ciphertext nor note tell it how the voter voted.
#[test]
fn seed_opens_no_ballot_where_notes_hold_no_choice() {
    let blank = RuleParameters { choice_in_note: false, ..plurality_rule(3) };
    let (voter, ctx, keys) = (identity(1), Context::from_u64(41), key_vector(99));
    let randomness = voter.draw_erasable_randomness(ctx, &mut rng(5));
    let cast = |x: &[u64; 3]| {
        let u = blank.count_values(weight(20), x).unwrap();
        let noted = blank.noted_choices(x);
        let note = note::derive_commitment(&voter.commitment(), ctx, weight(20), &noted, randomness.blinder());
        (encryption::encrypt_values(&u, &keys, randomness.expose()), note)
    };
    let (ciphertext, note) = cast(&[0, 1, 0]);
    assert!([[1, 0, 0], [0, 0, 1]].iter().all(|other| cast(other).1 == note), "one note for all choices");
    for previous in [[0; 32], [9; 32]] {
        assert!(voter.find_randomness(ctx, previous, &ciphertext.c, |_, _| ()).is_none());
    }
    // The note is still found and opened, for a claim.
    let posted = CastBallot {
        rule: &blank,
        keys: &keys,
        ctx,
        previous: [0; 32],
        ciphertext: &ciphertext,
        note,
        weight: weight(20),
    };
    let opening = posted.recover_opening(&voter, |_, _| ()).ok().unwrap();
    assert_eq!((opening.x.as_slice(), opening.compute_note(&voter.commitment(), ctx)), (&[0, 0, 0][..], Ok(note)));
    let other = posted.recover_opening(&identity(2), |_, _| ()).err();
    assert_eq!(other, Some(RecoveryError::UnknownBlinder));
}

/// Notes of one member and one choice are all different: a replacement does not reveal whether the vote changed.
#[test]
fn equal_votes_have_different_notes() {
    let (voter, ctx) = (identity(1), Context::from_u64(5));
    let notes: HashSet<[u8; 32]> = (1..50u64)
        .map(|c| voter.derive_note_blinder(ctx, &Point::generator().mul_u64(c)))
        .map(|blinder| note::derive_commitment(&voter.commitment(), ctx, weight(1), &[1, 0, 0], &blinder).to_bytes())
        .collect();
    assert_eq!(notes.len(), 49);
}

/// Of all values that a ballot and the claim of its note publish, none occurs in both, except the chamber's context,
/// which all of the chamber's ballots share.
#[test]
fn ballot_and_its_claim_share_no_value() {
    let (instance, _, cast, ctx) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    let (claimed, _, posted, terms) = make_claim();
    assert_eq!(terms.ctx, ctx, "the claim is of this very ballot");

    let vote: HashSet<[u8; 32]> =
        cast.words().into_iter().chain(instance.to_inputs()).map(|word| field::to_bytes(&word)).collect();
    let elements = posted.elements(&terms);
    let words = elements.iter().chain(&claimed.to_inputs()).map(field::to_bytes).collect::<Vec<_>>();
    assert!(words.iter().all(|word| !vote.contains(word)));
    let shared: Vec<_> = cast.elements(ctx).into_iter().filter(|element| elements.contains(element)).collect();
    assert_eq!(shared, [ctx.to_fr()]);
    // The signed messages differ as well.
    assert_ne!(ballot::derive_message(instance.h, instance.z).to_fr(), claimed.h.to_fr());
    assert_ne!(claim::hash_elements(&elements), cast.h);
}
