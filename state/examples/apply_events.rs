//! Applies recorded events and checks the state that they lead to, without a node.
//!
//! Natively: `cargo run -p psephos-state --example apply_events`. As WebAssembly, whose `main` returns the same exit
//! code: `cargo build -p psephos-state --example apply_events --target wasm32-unknown-unknown`, then `node
//! state/examples/apply_events.mjs FILE.wasm`.

use std::process::ExitCode;

use psephos_state::{
    Address, ChainState, CommitteeStatus, PollState,
    bytes::sha256,
    deployment::placeholder,
    events::EventPage,
    hex,
    identifiers::{ChamberId, CommitteeId, PollId},
};

/// One page of events, as an indexer sends it: a chamber, a committee, a poll and three ballots.
const PAGE: &[u8] = include_bytes!("../tests/fixtures/events.page");
/// The census root of the chamber.
const CENSUS_ROOT: &str = "0x261a30d5eb2957800f2d8360c8d10b60c1f236f6c578549d4fe36e841646946a";
/// The SHA-256 of the coordinates of the poll's encrypted total.
const ENCRYPTED_TOTAL: &str = "ef8c106bc4bb266a7834bfcdf4d9def0b6573cac7728faa979555dfb52f830cc";

fn main() -> ExitCode {
    match check_state() {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, reason)) => {
            eprintln!("{reason}");
            ExitCode::from(code)
        }
    }
}

/// Returns the first difference as an exit code and a reason.
fn check_state() -> Result<(), (u8, String)> {
    let deployment = placeholder(Address::repeat_byte);
    let page = EventPage::from_bytes(PAGE).map_err(|error| (2, error.to_string()))?;
    let logs = page.decode_logs(&deployment).map_err(|error| (3, error.to_string()))?;
    let mut state = ChainState::empty(deployment);
    state.apply_logs(&logs);
    (state.block, state.time) = (page.header.head, page.header.time);

    ensure_equal(4, "findings", state.findings.len(), 0)?;
    let chamber = state.chambers.get(&ChamberId::new(0)).ok_or((5, "there is no chamber".into()))?;
    ensure_equal(6, "members", chamber.members.len(), 11)?;
    ensure_equal(7, "census root", chamber.census.root().to_hex(), CENSUS_ROOT.into())?;
    let committee = state.committee(CommitteeId::new(0)).map_err(|error| (8, error.to_string()))?;
    ensure_equal(9, "status of the committee", committee.status(state.time), CommitteeStatus::Ready)?;
    let poll = state.poll(PollId::new(1)).map_err(|error| (10, error.to_string()))?;
    ensure_equal(11, "state of the poll", poll.state_at(state.time), PollState::Open)?;
    let ballots = &poll.chambers[&ChamberId::new(0)];
    ensure_equal(12, "ballots", (ballots.ballots.len(), ballots.counted_ballots().count()), (3, 2))?;
    let total = ballots.encrypted_total(poll.circuit_size());
    let total: Vec<u8> = total.coordinates().iter().flat_map(psephos_protocol::field::to_bytes).collect();
    ensure_equal(13, "encrypted total", hex::encode(sha256(&total)), ENCRYPTED_TOTAL.into())
}

fn ensure_equal<T: PartialEq + std::fmt::Debug>(
    code: u8,
    part: &str,
    actual: T,
    expected: T,
) -> Result<(), (u8, String)> {
    match actual == expected {
        true => Ok(()),
        false => Err((code, format!("{part}: {actual:?}, expected {expected:?}"))),
    }
}
