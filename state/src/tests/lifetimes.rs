//! The life of committees, and the statements of trustees that keep no key share.

use alloy_primitives::{Address, U256};
use psephos_protocol::identifiers::{CommitteeId, PollId, SheetId};

use super::{
    sheet_story::{block, ended, packed, sheet_parameters, turnout},
    story::{Story, poll_created, poll_parameters},
};
use crate::{
    bindings::{
        ICommittee::{CommitteeRetired, TrusteeRetired},
        IPolls::{self, PollEnded, PollOpened},
        ISheets::{CampTooSmall, State},
    },
    lifetime::{EndOfLife, name_polls},
};

const COMMITTEE: CommitteeId = CommitteeId::new(0);

/// Creates polls with these tally deadlines under committee 0.
fn create_polls(story: &mut Story, deadlines: &[u64]) {
    for deadline in deadlines {
        let number = story.0.polls.len() as u64 + 1;
        let mut parameters = poll_parameters(&[0]);
        parameters.tallyDeadline = *deadline;
        let mut created = poll_created(number, parameters);
        created.fingerprint = story.fingerprint(number, &created.parameters);
        story.polls(&created);
    }
}

fn life_at(story: &mut Story, time: u64) -> (Option<EndOfLife>, Vec<u64>, Vec<u64>) {
    story.0.time = time;
    let life = story.0.committee_life(COMMITTEE).unwrap();
    let numbers = |polls: Vec<PollId>| polls.into_iter().map(PollId::get).collect();
    (life.end, numbers(life.exposed), numbers(life.pending))
}

#[test]
fn life_ends_by_time_by_number_and_by_retirement() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).create_committee(3, 2);
    assert_eq!(life_at(&mut story, 999), (None, vec![], vec![]));
    assert_eq!(life_at(&mut story, 1_000).0, Some(EndOfLife::Expired), "no poll is tallied in its own second");
    create_polls(&mut story, &[1_000]);
    assert_eq!(life_at(&mut story, 5), (None, vec![], vec![1]), "one of two");
    assert_eq!(story.0.committee_life(COMMITTEE).unwrap().polls_left(), 1);
    create_polls(&mut story, &[30]);
    assert_eq!(life_at(&mut story, 5).0, None, "sheet polls are counted apart");
    let life = story.0.committee_life(COMMITTEE).unwrap();
    assert_eq!((life.polls_left(), life.sheets_left()), (0, 2));
    story.create_sheet(1).create_sheet(2);
    assert_eq!(life_at(&mut story, 5).0, Some(EndOfLife::UsedUp));
    let life = story.0.committee_life(COMMITTEE).unwrap();
    assert_eq!((life.polls_left(), life.sheets_left()), (0, 0));
    story.committee(&CommitteeRetired { committee: U256::ZERO });
    assert_eq!(life_at(&mut story, 5), (Some(EndOfLife::Retired), vec![], vec![]), "no poll opens any more");
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    assert!(story.0.committee_life(CommitteeId::new(1)).is_err());
}

#[test]
fn poll_is_pending_until_it_cannot_be_decrypted_any_more() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).create_committee(3, 2);
    create_polls(&mut story, &[30]);
    assert_eq!(life_at(&mut story, 19), (None, vec![], vec![1]), "it may open");
    assert_eq!(life_at(&mut story, 20), (None, vec![], vec![]), "it never opens");
    story.polls(&PollOpened { poll: U256::from(1) });
    assert_eq!(life_at(&mut story, 19), (None, vec![1], vec![1]), "it takes ballots");
    assert_eq!(life_at(&mut story, 20), (None, vec![1], vec![]), "too few ballots to decrypt");
    // Its chamber needs no ballots more.
    let poll = story.0.polls.get_mut(&PollId::new(1)).unwrap();
    std::sync::Arc::make_mut(poll).chambers.values_mut().for_each(|chamber| chamber.rule.min_ballots = 0);
    assert_eq!(life_at(&mut story, 30), (None, vec![1], vec![1]), "in the last second of the tally");
    assert_eq!(life_at(&mut story, 31), (None, vec![1], vec![]), "after it");
    story.polls(&PollEnded { poll: U256::from(1), state: IPolls::State::Decided, outcome: 0 });
    assert_eq!(life_at(&mut story, 30).2, [1], "a chamber may be tallied after the end");
    story.polls(&PollEnded { poll: U256::from(1), state: IPolls::State::Cancelled, outcome: 0 });
    assert_eq!(life_at(&mut story, 25), (None, vec![1], vec![]), "no total is decrypted, but its ballots stay");
}

/// The contract creates no such polls.
#[test]
fn polls_outside_their_committees_life_become_findings() {
    let mut story = Story::new();
    story.chamber().enrol(1, 0, 10).create_committee(3, 2);
    create_polls(&mut story, &[1_001, 1_000, 30]);
    assert_eq!(
        story.findings(),
        [
            "poll 1 is tallied until 1001, after the end 1000 of committee 0",
            "poll 3 is number 3 under committee 0, which may have 2",
        ]
    );
}

/// Returns the sheet polls that were opened and those that still need the keys, at a time.
fn sheets_at(story: &mut Story, time: u64) -> (Vec<u64>, Vec<u64>) {
    story.0.time = time;
    let life = story.0.committee_life(COMMITTEE).unwrap();
    assert_eq!(life.needs_keys(), !life.pending_sheets.is_empty());
    let numbers = |sheets: Vec<SheetId>| sheets.into_iter().map(SheetId::get).collect();
    (numbers(life.exposed_sheets), numbers(life.pending_sheets))
}

#[test]
fn sheet_poll_is_pending_until_none_of_its_blocks_can_be_decrypted_any_more() {
    let mut created = Story::with_members();
    created.create_sheet(1);
    assert_eq!(created.0.committee_life(COMMITTEE).unwrap().sheets, [SheetId::new(1)]);
    assert_eq!(sheets_at(&mut created, 19), (vec![], vec![1]), "it may open");
    assert_eq!(sheets_at(&mut created, 20), (vec![], vec![]), "it never opens");
    created.open_sheet(1);
    assert_eq!(sheets_at(&mut created, 19), (vec![1], vec![1]), "it takes sheets");
    assert_eq!(sheets_at(&mut created, 20), (vec![1], vec![]), "too few sheets to decrypt");

    let mut story = Story::with_sheets();
    assert_eq!(sheets_at(&mut story, 30), (vec![1], vec![1]), "its turnout in the last second");
    assert_eq!(sheets_at(&mut story, 31), (vec![1], vec![]), "after it");
    story.committee(&CommitteeRetired { committee: U256::ZERO });
    assert_eq!(sheets_at(&mut story, 25).1, [1], "a retired committee finishes what is open");
    let mut small = Story(story.0.clone(), Vec::new());
    let (sheet, chamber) = (U256::from(1), U256::ZERO);
    small.sheets(&turnout(3, 0)).sheets(&CampTooSmall { sheet, chamber, turnout: [3, 0], leastCamp: 1 });
    assert_eq!(sheets_at(&mut small, 25), (vec![1], vec![]), "a camp is too small");
    story.sheets(&turnout(2, 1)).sheets(&block(1, vec![packed(2, 1); 8]));
    assert_eq!(sheets_at(&mut story, 25).1, [1], "a block is left");
    let mut cancelled = Story(story.0.clone(), Vec::new());
    cancelled.sheets(&ended(1, State::Cancelled));
    assert_eq!(sheets_at(&mut cancelled, 15), (vec![1], vec![]), "no total is decrypted, but its sheets stay");
    story.sheets(&block(2, vec![packed(2, 1); 3]));
    assert_eq!(sheets_at(&mut story, 25), (vec![1], vec![]));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
}

/// The contract creates no such sheet polls.
#[test]
fn sheet_polls_outside_their_committees_life_become_findings() {
    let mut story = Story::with_members();
    create_polls(&mut story, &[30, 30]);
    for (number, tally_deadline) in [(1, 1_001), (2, 1_000), (3, 30)] {
        let mut parameters = sheet_parameters();
        parameters.tallyDeadline = tally_deadline;
        let created = story.sheet_created(number, parameters);
        story.sheets(&created);
    }
    assert_eq!(
        story.findings(),
        [
            "sheet poll 1 is tallied until 1001, after the end 1000 of committee 0",
            "sheet poll 3 is number 3 under committee 0, which may have 2",
        ]
    );
    assert!(
        story.0.findings[1].concerns_sheet(SheetId::new(3)) && !story.0.findings[1].concerns_sheet(SheetId::new(1))
    );
}

#[test]
fn polls_and_sheet_polls_are_named_in_one_phrase() {
    let (polls, sheets) = ([PollId::new(1)], [SheetId::new(2), SheetId::new(3)]);
    assert_eq!(name_polls(&polls, &sheets), "poll 1 and sheet polls 2, 3");
    assert_eq!(name_polls(&[], &sheets[..1]), "sheet poll 2");
    assert_eq!(name_polls(&polls, &[]), "poll 1");
}

#[test]
fn retired_trustees_are_listed_once_and_must_have_registered() {
    let mut story = Story::new();
    story.create_committee(3, 2).register(0).register(2);
    let retired = |index: u8, as_index: u64| TrusteeRetired {
        committee: U256::ZERO,
        trustee: Address::repeat_byte(index),
        index: U256::from(as_index),
    };
    story.committee(&retired(2, 2)).committee(&retired(2, 2)).committee(&retired(0, 2)).committee(&retired(1, 1));
    let findings = story.findings().join("\n");
    assert_eq!(story.0.findings.len(), 3, "{findings}");
    for what in ["retires twice", "retires as trustee 2 and has not", "retires as trustee 1 and has not"] {
        assert!(findings.contains(what), "{findings} / {what}");
    }
    assert_eq!(story.0.committees[&COMMITTEE].retired_trustees, [Address::repeat_byte(2)]);
}
