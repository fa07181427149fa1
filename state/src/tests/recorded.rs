//! The recorded events of `tests/fixtures/events.page`, which `examples/apply_events.rs` applies, natively and as
//! WebAssembly.

use psephos_protocol::identifiers::CommitteeId;
use std::{env, fs, path::Path};

use alloy_primitives::{B256, U256};

use super::story::{Story, ballot};
use crate::{
    bindings::ICommittee::CommitteeReady,
    committee::CommitteeStatus,
    deployment::placeholder,
    events::{EventBlock, EventPage, EventPageHeader},
    log::Log,
    words,
};

/// The variable that makes the test write the fixture.
const REWRITE: &str = "PSEPHOS_WRITE_FIXTURES";

/// Returns a page of events: a chamber of twelve members, one of them removed; a committee that gets its keys; a poll
/// with a replaced ballot.
fn recorded() -> EventPage {
    let mut story = Story::new();
    story.chamber();
    for member in 1..=12u8 {
        story.enrol(member, u64::from(member) - 1, 10);
    }
    story.remove(4, 3);
    story.create_committee(3, 2).register(0).register(1).register(2);
    let dealings = [story.deal(2), story.deal(0)];
    let sums = psephos_protocol::committee::PolynomialCommitments::sum_dealings(&dealings).unwrap().unwrap();
    let keys = words::from_points(sums.key_vector().unwrap().keys()).try_into().unwrap();
    story.committee(&CommitteeReady { committee: U256::ZERO, keys });
    story.poll();
    let (first, second, newer) = (ballot(1, 1, [0, 10, 0]), ballot(2, 1, [0, 0, 10]), ballot(1, 2, [10, 0, 0]));
    story.cast(&first, [0; 32]).cast(&second, [0; 32]).cast(&newer, first.fingerprint([0; 32]));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    assert_eq!(story.0.committees[&CommitteeId::new(0)].status(0), CommitteeStatus::Ready);
    let deployment = placeholder(alloy_primitives::Address::repeat_byte);
    let (chain_id, polls, hash) = (deployment.chain_id, deployment.polls, B256::repeat_byte(7));
    let header = EventPageHeader { chain_id, polls, from: 0, to: 20, head: 20, hash, time: 15 };
    let logs: Vec<Log> =
        story.1.iter().zip(0..).map(|(log, index)| Log { index, block_hash: hash, ..log.clone() }).collect();
    EventPage { header, blocks: vec![EventBlock::from_logs(&deployment, 9, hash, &logs)] }
}

#[test]
fn recorded_events_match_this_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/events.page");
    let bytes = recorded().to_bytes();
    if env::var_os(REWRITE).is_some() {
        fs::write(&path, &bytes).unwrap();
    }
    assert!(fs::read(&path).unwrap() == bytes, "set {REWRITE}=1 to write the fixture again");
}
