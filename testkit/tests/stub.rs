//! The stub's events lead to the state that a test dictates.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::bindings::IPolls::PollParameters;
use psephos_testkit::{StubDeployment, poll_parameters};

#[tokio::test(flavor = "multi_thread")]
async fn emitted_events_lead_to_dictated_state() {
    let stub = StubDeployment::start().await;
    stub.create_chamber("Founders").await;
    stub.enrol_member(0, 5).await;
    stub.enrol_member(1, 7).await;
    stub.create_poll(PollParameters { metadata: "about".into(), ..poll_parameters() }).await;
    stub.cast_ballot(3).await;
    stub.mine_blocks(2).await;
    let state = stub.read_state().await;
    let chamber = &state.chambers[&ChamberId::new(0)];
    assert_eq!((chamber.members.len(), chamber.total_weight().get()), (2, 12));
    assert_eq!(state.polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.len(), 1);
}
