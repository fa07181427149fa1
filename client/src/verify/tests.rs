use std::collections::BTreeMap;

use psephos_protocol::{elements::Nullifier, rule::RuleKind};
use psephos_state::Ballot;

use super::*;
use crate::test_state::{CHAMBER, CLOSES, OPENS, POLL, cast_vote, chamber_mut, open_poll_state, poll_mut};

fn state_with_ballot() -> ChainState {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 3);
    cast_vote(&mut state, 1, &[1, 0, 0], false);
    state
}

#[test]
fn ballots_outside_their_times_fail_the_schedule() {
    let state = state_with_ballot();
    let check_at = |time: Option<u64>| {
        let times: BTreeMap<u64, u64> = time.map(|time| (1, time)).into_iter().collect();
        schedule::check_schedule(state.poll(POLL).unwrap(), &times)
    };
    assert!(check_at(Some(OPENS)).passed() && check_at(Some(CLOSES - 1)).passed());
    for time in [None, Some(OPENS - 1), Some(CLOSES)] {
        assert_eq!(check_at(time).failures.len(), 1, "{time:?}");
    }
}

#[test]
fn context_depends_on_close_and_minimum() {
    let state = state_with_ballot();
    let frozen = state.opened_chamber(POLL, CHAMBER).unwrap().1.ctx;
    assert_eq!(recompute_context(&state, POLL, CHAMBER), Ok(frozen));
    let mut earlier = state.clone();
    poll_mut(&mut earlier).parameters.closes_at -= 1;
    assert_ne!(recompute_context(&earlier, POLL, CHAMBER), Ok(frozen));
    let mut fewer = state.clone();
    chamber_mut(&mut fewer).rule.min_ballots += 1;
    assert_ne!(recompute_context(&fewer, POLL, CHAMBER), Ok(frozen));
}

#[test]
fn missing_opening_event_is_found() {
    let mut state = state_with_ballot();
    assert!(check_events(&state, POLL).passed());
    poll_mut(&mut state).opened = false;
    assert!(!check_events(&state, POLL).passed());
    poll_mut(&mut state).opened = true;
    chamber_mut(&mut state).frozen = None;
    assert!(!check_events(&state, POLL).passed());
}

#[test]
fn more_ballots_than_members_are_found() {
    let mut state = state_with_ballot();
    let ballot: Ballot = state.polls[&POLL].chambers[&CHAMBER].ballots[0].clone();
    for number in 2..4u64 {
        chamber_mut(&mut state).latest.insert(Nullifier::from_u64(number), 0);
    }
    let (listed, frozen) = state.opened_chamber(POLL, CHAMBER).unwrap();
    assert!(check_ballot_count(listed, frozen).is_err());
    assert!(find_invalid_replacements(listed).is_empty());
    chamber_mut(&mut state).ballots.push(Ballot { previous: [7; 32], ..ballot });
    assert_eq!(find_invalid_replacements(&state.polls[&POLL].chambers[&CHAMBER]).len(), 1);
}
