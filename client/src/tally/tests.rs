use psephos_protocol::{rule::RuleKind, statement::decryption};
use psephos_state::{B256, CallEvidence, DecryptionShare};

use super::*;
use crate::{
    test_state::{
        CHAMBER, CLOSES, COMMITTEE, DEADLINE, POLL, TRUSTEE, WEIGHT, cast_vote, chamber_mut, open_poll_state,
        trustee_secret,
    },
    trustee::recover_key_share,
};

/// Returns a closed poll with two ballots of weight 1000, for options 0 and 1.
fn closed_state() -> ChainState {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 3);
    cast_vote(&mut state, 1, &[1, 0, 0], false);
    cast_vote(&mut state, 2, &[0, 1, 0], false);
    state.time = CLOSES;
    state
}

/// Adds the decryption share of the only trustee.
fn add_share(state: &mut ChainState) {
    let key_share = recover_key_share(state, COMMITTEE, 0, &trustee_secret()).unwrap();
    let (listed, frozen) = state.opened_chamber(POLL, CHAMBER).unwrap();
    let total = listed.encrypted_total(3);
    let (_, _, posted) = decryption::build_share(frozen.ctx, &total.c, &key_share, 3);
    chamber_mut(state).shares.push(DecryptionShare {
        trustee: TRUSTEE,
        index: 0,
        points: posted.share[..3].to_vec(),
        blinding: None,
        h: posted.h,
        proof: [U256::ZERO; 8],
        transaction: B256::ZERO,
        block: 2,
        call: CallEvidence::NotLoaded,
    });
}

#[test]
fn totals_are_found_from_the_decryption_shares() {
    let mut state = closed_state();
    add_share(&mut state);
    let (totals, combination) = find_totals(&state, POLL, CHAMBER, |_, _| ()).unwrap();
    assert_eq!(totals, [WEIGHT, WEIGHT, 0]);
    assert_eq!(combination.trustees, U256::from(1));
}

#[test]
fn totals_need_as_many_shares_as_the_threshold() {
    let error = find_totals(&closed_state(), POLL, CHAMBER, |_, _| ()).unwrap_err();
    assert!(matches!(error, TallyError::SharesMissing { chamber: CHAMBER, posted: 0, needed: 1 }), "{error}");
}

#[test]
fn wrong_share_gives_no_total() {
    let mut state = closed_state();
    add_share(&mut state);
    chamber_mut(&mut state).shares[0].points[1] = Point::generator();
    let error = find_totals(&state, POLL, CHAMBER, |_, _| ()).unwrap_err();
    assert!(matches!(error, TallyError::NoTotal { chamber: CHAMBER, option: 1, .. }), "{error}");
}

#[test]
fn untallied_chambers_are_those_of_a_closed_poll_with_enough_ballots() {
    let mut state = closed_state();
    assert_eq!(untallied_chambers(&state, POLL), Ok(vec![CHAMBER]));
    chamber_mut(&mut state).rule.min_ballots = 3;
    assert_eq!(untallied_chambers(&state, POLL), Ok(vec![]));
    state.time = CLOSES - 1;
    assert!(matches!(untallied_chambers(&state, POLL), Err(StateError::WrongPollState { poll: POLL, .. })));
}

#[test]
fn tally_deadline_is_inclusive() {
    let mut state = closed_state();
    state.time = DEADLINE;
    assert_eq!(is_past_tally_deadline(&state, POLL), Ok(false));
    state.time = DEADLINE + 1;
    assert_eq!(is_past_tally_deadline(&state, POLL), Ok(true));
}
