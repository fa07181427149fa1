use psephos_protocol::{
    Fr, Scalar,
    elements::StatementHash,
    encryption::{Randomness, encrypt_values},
    note::{self, NoteBlinder},
    recovery::RecoveryError,
    rule::RuleKind,
    statement::ballot::PostedBallot,
    weight::Weight,
};
use psephos_state::Address;

use super::*;
use crate::{
    test_state::{
        CHAMBER, COMMITTEE, POLL, WEIGHT, cast_ballot, cast_vote, chamber_of, open_poll_state, open_poll_state_of,
        test_voter, voter_of,
    },
    voter::prepare_ballot,
};

fn recovery_error(state: &ChainState, number: u8) -> VoterError {
    recover_ballot(state, voter_of(number, &test_voter(number)), POLL, CHAMBER, |_, _| ()).err().unwrap()
}

fn assert_recovered(state: &ChainState, number: u8, choice: &[u64]) {
    let RecoveredBallot { ctx, note, opening } =
        recover_ballot(state, voter_of(number, &test_voter(number)), POLL, CHAMBER, |_, _| ()).unwrap();
    assert!(opening.x == choice && opening.weight.get() == WEIGHT);
    assert_eq!(opening.compute_note(&test_voter(number).commitment(), ctx), Ok(note));
    assert!(state.polls[&POLL].chambers[&CHAMBER].counted_ballots().any(|ballot| ballot.posted.note == note));
}

#[test]
fn counted_ballot_and_its_replacement_are_recovered() {
    let mut state = open_poll_state(RuleKind::Score, 255, 4);
    assert!(matches!(recovery_error(&state, 1), VoterError::NoBallot { poll: POLL }));
    cast_vote(&mut state, 1, &[0, 255, 9, 1], false);
    cast_vote(&mut state, 2, &[3, 3, 3, 3], false);
    assert_recovered(&state, 1, &[0, 255, 9, 1, 0, 0, 0, 0]);
    cast_vote(&mut state, 1, &[128, 0, 0, 7], true);
    cast_vote(&mut state, 1, &[200, 1, 2, 0], true);
    state.time = 1000;
    assert_recovered(&state, 1, &[200, 1, 2, 0, 0, 0, 0, 0]);
    assert_recovered(&state, 2, &[3, 3, 3, 3, 0, 0, 0, 0]);
}

#[test]
fn failed_recovery_states_its_reason() {
    let mut state = open_poll_state(RuleKind::Cumulative, 0, 3);
    assert!(matches!(recovery_error(&state, 3), VoterError::NotMember { poll: POLL, chamber: CHAMBER, .. }));
    // Another client: fresh randomness and its own blinder.
    let listed = &state.polls[&POLL].chambers[&CHAMBER];
    let (id, nk) = (test_voter(1).commitment(), test_voter(1).nullifier_key());
    let ctx = listed.frozen.as_ref().unwrap().ctx;
    let randomness = Randomness::from_parts(Scalar::from(5u64), NoteBlinder::from_fr(Fr::from(6u64)));
    let x = [999, 1, 0];
    let keys = state.committees[&COMMITTEE].keys.as_ref().unwrap();
    let posted = PostedBallot {
        h: StatementHash::from_u64(1),
        nullifier: nullifier::derive_nullifier(&nk, &id, ctx),
        note: note::derive_commitment(&id, ctx, Weight::new(WEIGHT).unwrap(), &x, randomness.blinder()),
        ciphertext: encrypt_values(&x, keys, randomness.expose()),
    };
    cast_ballot(&mut state, posted);
    let error = recovery_error(&state, 1);
    assert!(matches!(error, VoterError::Recovery(RecoveryError::UnknownRandomness)), "{error}");
    assert!(!error.to_string().contains("999"));
    assert!(matches!(recovery_error(&state, 2), VoterError::NoBallot { poll: POLL }));
}

/// Account 0 sorts before the voter's and has the voter's identity commitment with a weight of its own, as has account
/// 9 with another; account 2 is a member with its own identity.
#[test]
fn voter_has_the_leaf_of_its_account_among_copies_of_its_identity() {
    let members = [(0, 1, 7), (1, 1, WEIGHT), (9, 1, 9), (2, 2, 5)];
    let mut state = open_poll_state_of(chamber_of(members.into_iter()), RuleKind::Score, 255, 3);
    cast_vote(&mut state, 1, &[0, 255, 9], false);
    assert_recovered(&state, 1, &[0, 255, 9]);

    let identity = test_voter(1);
    let prepare = |account| prepare_ballot(&state, voter_of(account, &identity), POLL, CHAMBER, &[1, 0, 0], true);
    let error = prepare(2).err().unwrap();
    assert!(
        matches!(error, VoterError::OtherIdentity { account, .. } if account == Address::repeat_byte(2)),
        "{error}"
    );
    let error = prepare(3).err().unwrap();
    assert!(matches!(error, VoterError::NotMember { account, .. } if account == Address::repeat_byte(3)), "{error}");
}
