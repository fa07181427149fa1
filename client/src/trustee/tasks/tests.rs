use psephos_protocol::rule::RuleKind;
use psephos_state::{B256, CallEvidence, PollState, Tally, TallyResult};

use super::*;
use crate::test_state::{
    CHAMBER, CLOSES, DEADLINE, POLL, TRUSTEE, cast_vote, open_poll_state, poll_mut, trustee_secret,
};

const OTHER: ChamberId = ChamberId::new(1);
const LAST: ChamberId = ChamberId::new(2);

/// Returns a closed poll with three chambers of two ballots each, of which two must choose the decided option.
fn closed_poll_of_three_chambers() -> ChainState {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 3);
    cast_vote(&mut state, 1, &[1, 0, 0], false);
    cast_vote(&mut state, 2, &[0, 1, 0], false);
    let poll = poll_mut(&mut state);
    poll.parameters.chambers_required = 2;
    for id in [OTHER, LAST] {
        poll.chambers.insert(id, poll.chambers[&CHAMBER].clone());
    }
    state.time = CLOSES;
    state
}

fn set_tally(state: &mut ChainState, chamber: ChamberId, choice: Option<u8>) {
    let tally = Tally {
        trustees: 1,
        result: TallyResult::Exact(vec![1, 2, 0]),
        choice,
        transaction: B256::ZERO,
        block: 3,
        call: CallEvidence::NotLoaded,
    };
    poll_mut(state).chambers.get_mut(&chamber).unwrap().tally = Some(tally);
}

fn due(state: &ChainState) -> Vec<Task> {
    due_tasks(state, TRUSTEE, &trustee_secret().transport_key(), None)
}

const DECRYPT: Task = Task::Decrypt { poll: POLL };

/// Returns the chambers whose shares are due in one transaction.
fn chambers(state: &ChainState) -> Vec<ChamberId> {
    let poll = &state.polls[&POLL];
    chambers_to_decrypt(poll, &state.committees[&poll.committee()], TRUSTEE, state.time)
}

#[test]
fn poll_with_an_open_decision_ends_only_after_the_deadline() {
    let mut state = closed_poll_of_three_chambers();
    assert_eq!(due(&state), [DECRYPT]);
    assert_eq!(chambers(&state), [CHAMBER, OTHER, LAST]);
    set_tally(&mut state, CHAMBER, Some(1));
    assert_eq!(due(&state), [DECRYPT]);
    assert_eq!(chambers(&state), [OTHER, LAST]);
    state.time = DEADLINE + 1;
    assert_eq!(due(&state), [Task::End { poll: POLL }]);
}

#[test]
fn sure_decision_ends_the_poll_and_the_last_total_is_still_decrypted() {
    let mut state = closed_poll_of_three_chambers();
    for chamber in [CHAMBER, OTHER] {
        set_tally(&mut state, chamber, Some(1));
    }
    assert_eq!(due(&state), [Task::End { poll: POLL }, DECRYPT]);
    poll_mut(&mut state).ended = Some((PollState::Decided, 1));
    assert_eq!((due(&state), chambers(&state)), (vec![DECRYPT], vec![LAST]));
    set_tally(&mut state, LAST, Some(0));
    assert_eq!(due(&state), []);
    assert_eq!(state.polls[&POLL].decision(), Decision::Decided(1));
}

#[test]
fn ended_poll_has_no_tasks_after_the_deadline() {
    let mut state = closed_poll_of_three_chambers();
    for chamber in [CHAMBER, OTHER] {
        set_tally(&mut state, chamber, Some(1));
    }
    poll_mut(&mut state).ended = Some((PollState::Decided, 1));
    state.time = DEADLINE + 1;
    assert_eq!(due(&state), []);
}

#[test]
fn needed_trustees_act_at_once_and_the_others_one_by_one() {
    for (trustees, needed, id) in [(5, 3, 0), (5, 3, 7), (16, 9, 3), (1, 1, 5), (3, 1, 2), (4, 4, 1)] {
        let mut positions: Vec<u64> = (0..trustees).map(|index| position_after(index, id, trustees, needed)).collect();
        positions.sort_unstable();
        let at_once = positions.iter().filter(|position| **position == 0).count() as u64;
        assert_eq!(at_once, needed, "{trustees} trustees, poll {id}");
        assert_eq!(positions.last().copied(), Some(trustees - needed));
    }
    // The first one differs from task to task.
    let first = |id| (0..5).find(|index| position_after(*index, id, 5, 1) == 0);
    assert_eq!([0, 1, 7].map(first), [Some(0), Some(1), Some(2)]);
}
