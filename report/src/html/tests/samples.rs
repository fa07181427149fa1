//! Hand-written reports.

use std::collections::BTreeMap;

use psephos_client::verify::{Check, CheckName, VerifyReport};
use psephos_protocol::identifiers::{ChainId, ChamberId, CommitteeId, PollId};
use psephos_state::{Address, B256, PollState, deployment::placeholder};

use crate::{
    ChamberReport, CommitteeReport, Outcome, PollReport, TrusteeReport, VerifiedPoll,
    transactions::{Effect, TransactionReport},
};

/// Options of most samples.
pub(super) const OPTIONS: &[&str] = &["For", "Against", "Abstain"];
/// The folder to which the pages are written, for someone to look at.
const EYES: &str = "PSEPHOS_WRITE_PAGES";

/// Returns a poll's number.
pub(super) fn poll_id(number: u64) -> PollId {
    PollId::new(number)
}

/// Returns a chamber's number.
pub(super) fn chamber_id(number: u64) -> ChamberId {
    ChamberId::new(number)
}

/// Writes a page to the folder that `PSEPHOS_WRITE_PAGES` names.
pub(super) fn write_for_eyes(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os(EYES) {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), page).unwrap();
    }
}

/// Returns a poll in every state, and of every shape.
pub(super) fn all() -> Vec<(&'static str, VerifiedPoll)> {
    let eight = &[
        "Safety",
        "Health",
        "Climate",
        "Open weights",
        "Compute",
        "A very long name that has no room",
        "法律を",
        "Art",
    ];
    let mut failing = decided_poll(1, OPTIONS);
    failing.verify.checks[3].failures.push("the contract's total differs".into());
    let mut rejected = decided_poll(3, OPTIONS);
    (rejected.poll.state, rejected.poll.outcome) = (PollState::Rejected, Outcome::Rejected);
    rejected.poll.chambers.iter_mut().for_each(|chamber| chamber.choice = None);
    let mut empty = decided_poll(1, OPTIONS);
    empty.poll.chambers[0].totals = Some(vec![0, 0, 0]);
    vec![
        ("one-chamber", decided_poll(1, OPTIONS)),
        ("two-options", decided_poll(1, &["Yes", "No"])),
        ("three-chambers", decided_poll(3, OPTIONS)),
        ("eight-options", decided_poll(2, eight)),
        ("motion", motion()),
        ("failing", failing),
        ("rejected", rejected),
        ("no-votes", empty),
        ("never-opened", untallied(PollState::Created, Outcome::Pending, 500)),
        ("open", untallied(PollState::Open, Outcome::Pending, 50)),
        ("closed", untallied(PollState::Closed, Outcome::Pending, 150)),
        ("undecided", untallied(PollState::Undecided, Outcome::Undecided, 500)),
        ("cancelled", untallied(PollState::Cancelled, Outcome::Cancelled, 500)),
    ]
}

/// Returns a decided poll. The third chamber has too few ballots.
pub(super) fn decided_poll(chambers: u64, options: &[&str]) -> VerifiedPoll {
    let totals = [61_200, 31_000, 8_001, 4, 0, 99, 12, 3];
    let chamber = |id: u64| {
        let enough = id != 2;
        let totals = enough.then(|| totals[..options.len()].to_vec());
        let ballots = if enough { 34 } else { 2 };
        ChamberReport { ballots, totals, choice: enough.then_some(0), ..untallied_chamber(id) }
    };
    let chambers: Vec<ChamberReport> = (0..chambers).map(chamber).collect();
    build(chambers, options, PollState::Decided, Outcome::Decided(0), 500)
}

/// Returns a motion with more abstentions than votes.
pub(super) fn motion() -> VerifiedPoll {
    let chamber = ChamberReport { totals: Some(vec![10, 30, 40]), choice: Some(1), ..untallied_chamber(0) };
    let mut report = build(vec![chamber], &["Against", "For", "Abstain"], PollState::Decided, Outcome::Decided(1), 500);
    report.poll.motion = true;
    report
}

/// Returns a poll without totals, in a state at a time. It opens at 10, closes at 100 and is tallied until 200.
pub(super) fn untallied(state: PollState, outcome: Outcome, time: u64) -> VerifiedPoll {
    let mut chamber = untallied_chamber(0);
    if state == PollState::Created {
        (chamber.ballots, chamber.shares, chamber.replaced) = (0, 0, 0);
        (chamber.members, chamber.total_weight, chamber.root, chamber.ctx) = (None, None, None, None);
    }
    let mut report = build(vec![chamber], OPTIONS, state, outcome, time);
    report.transactions.clear();
    report
}

fn untallied_chamber(id: u64) -> ChamberReport {
    ChamberReport {
        chamber: ChamberId::new(id),
        name: format!("Chamber {id}"),
        weighted: id.is_multiple_of(2),
        members: Some(40),
        total_weight: Some(123_456),
        exposure: None,
        ballots: 34,
        replaced: 2,
        min_ballots: 5,
        quorum: 1_000,
        threshold_bps: 5_000,
        root: Some(format!("0x{:064x}", 0xabcd + id)),
        ctx: Some(format!("0x{:064x}", 0x1234 + id)),
        shares: 1,
        totals: None,
        rounded: None,
        choice: None,
    }
}

fn build(
    chambers: Vec<ChamberReport>,
    options: &[&str],
    state: PollState,
    outcome: Outcome,
    time: u64,
) -> VerifiedPoll {
    let (deployment, poll) = (placeholder(Address::repeat_byte), PollId::new(1));
    let checks = [CheckName::Verifiers, CheckName::Census, CheckName::BallotProofs, CheckName::EncryptedTotal];
    let checks = checks.into_iter().enumerate().map(|(at, name)| Check {
        name,
        chamber: (at > 0).then_some(ChamberId::new(0)),
        count: 3 + at,
        failures: Vec::new(),
    });
    let trustee = |index: u8| TrusteeReport {
        address: Address::repeat_byte(index),
        registered: true,
        dealt: index < 2,
        shares: if index > 0 { 3 } else { 0 },
        refused: 0,
        missing: 0,
    };
    let transaction = |byte: u8, effect: Effect, count: usize, gas: Option<u64>| TransactionReport {
        block: byte.into(),
        hash: B256::repeat_byte(byte),
        effects: BTreeMap::from([(effect, count)]),
        gas,
    };
    VerifiedPoll {
        verify: VerifyReport {
            chain_id: ChainId::new(31_337),
            polls: deployment.polls,
            poll,
            state: state.to_string(),
            retired_trustees: Vec::new(),
            checks: checks.collect(),
        },
        deployment,
        block: 77,
        time,
        committee: Some(CommitteeReport {
            committee: CommitteeId::new(0),
            threshold: 2,
            trustees: (0..3).map(trustee).collect(),
        }),
        reward: None,
        transactions: vec![
            transaction(0x31, Effect::Ballot, 32, Some(3_000_000)),
            transaction(0x32, Effect::Share, 1, None),
            transaction(0x33, Effect::Tally, 1, Some(300_000)),
        ],
        warnings: vec!["Its keys are development keys.".into()],
        poll: PollReport {
            poll,
            title: "Fund the evaluation of frontier models".into(),
            text_problem: None,
            words: "abandon-ability-able-about-above-absent-absorb-abstract".into(),
            fingerprint: Some(format!("0x{}", "5b".repeat(32))),
            rule: "plurality".into(),
            motion: false,
            circuit: if options.len() > 3 { 8 } else { 3 },
            options: options.iter().map(|&name| name.to_owned()).collect(),
            chambers_required: chambers.len().div_ceil(2) as u8,
            schedule: [10, 100, 200],
            time,
            state,
            outcome,
            ballots: chambers.iter().map(|chamber| chamber.ballots).sum(),
            replaced: chambers.iter().map(|chamber| chamber.replaced).sum(),
            chambers,
        },
    }
}
