//! The page of a poll from recorded events.

use psephos_client::verify::VerifyReport;
use psephos_protocol::identifiers::PollId;
use psephos_state::{Address, ChainState, StateError, deployment::placeholder, events::EventPage};

use super::samples::write_for_eyes;
use crate::{VerifiedPoll, render_poll};

/// One page of events, as an indexer sends it: a chamber, a committee, a poll and three ballots, one a replacement.
const PAGE: &[u8] = include_bytes!("../../../../state/tests/fixtures/events.page");

fn recorded_state() -> ChainState {
    let deployment = placeholder(Address::repeat_byte);
    let page = EventPage::from_bytes(PAGE).unwrap();
    let mut state = ChainState::empty(deployment.clone());
    state.apply_logs(&page.decode_logs(&deployment).unwrap());
    (state.block, state.time) = (page.header.head, page.header.time);
    state
}

fn unchecked(state: &ChainState, poll: PollId) -> VerifyReport {
    let (chain_id, polls) = (state.deployment.chain_id, state.deployment.polls);
    VerifyReport { chain_id, polls, poll, state: "open".into(), retired_trustees: Vec::new(), checks: Vec::new() }
}

#[test]
fn page_of_recorded_events_shows_what_they_lead_to() {
    let (state, id) = (recorded_state(), PollId::new(1));
    let mut report = VerifiedPoll::new(&state, id, unchecked(&state, id)).unwrap();
    assert_eq!((report.poll.ballots, report.poll.replaced, report.poll.chambers[0].members), (2, 1, Some(11)));
    let hashes = report.transaction_hashes();
    assert!(!hashes.is_empty());
    report.add_gas(&hashes.iter().map(|hash| (*hash, 99_000)).collect());
    assert_eq!(report.gas()[0].gas, 99_000 * hashes.len() as u64);
    let page = render_poll(&report);
    write_for_eyes("recorded", &page);
    for expected in [
        "2 ballots so far",
        "The poll has not ended",
        "2 of 3 trustees decrypt a total: 2 dealt, 0 posted decryption shares.",
        "99,000",
        &hashes[0].to_string(),
        &report.poll.words,
        report.poll.fingerprint.as_deref().unwrap(),
        report.poll.chambers[0].root.as_deref().unwrap(),
    ] {
        assert!(page.contains(expected), "missing: {expected}");
    }
}

#[test]
fn unknown_poll_has_no_page() {
    let (state, id) = (recorded_state(), PollId::new(9));
    let refused = VerifiedPoll::new(&state, id, unchecked(&state, id));
    assert!(matches!(refused, Err(StateError::UnknownPoll { .. })));
}
