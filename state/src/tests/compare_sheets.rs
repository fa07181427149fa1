//! What the contracts' views of sheet polls and charters answer: each changed value is found, by its name.

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{identifiers::ChamberId, sheet::EncryptedSheet};

use super::{
    charters::{self, version, with_versions},
    sheet_story::{CANCELLER, COUNT, SHEET, ended, form, lower, share, sheet_parameters, turnout},
    story::{CREATOR, Story},
};
use crate::{
    bindings::{
        ICharters,
        ISheets::{
            AdoptionRule, BlockShareRefused, CampTooSmall, ChamberStatus, ChamberView, Counters, Kind, SheetView, State,
        },
    },
    compare::{
        Comparison, compare_charter_version, compare_sheet, compare_sheet_chamber, compare_sheet_counters,
        compare_sheet_slots, compare_sheet_totals,
    },
    words,
};

/// Returns a story whose sheet poll is tallied, after a share of each of two blocks and a refused one.
fn tallied() -> Story {
    let mut story = Story::with_sheets();
    let (sheet, chamber, index) = (U256::from(1), U256::ZERO, U256::from(2));
    story.sheets(&share(0)).sheets(&share(2));
    let trustee = Address::repeat_byte(6);
    story.sheets(&BlockShareRefused { sheet, chamber, trustee, blockIndex: U256::from(1), index }).tally_sheet();
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    story
}

/// Returns what the contract answers of the sheet poll of [`tallied`].
fn sheet_view(story: &Story) -> SheetView {
    let parameters = sheet_parameters();
    SheetView {
        state: State::Finished,
        fingerprint: story.sheet_created(1, parameters.clone()).fingerprint,
        creator: CREATOR,
        proposal: parameters.proposal,
        agenda: parameters.agenda,
        formHash: words::from_field(&form().hash()),
        size: 16,
        count: COUNT as u8,
        kind: Kind::Statements,
        camps: true,
        opensAt: 10,
        closesAt: 20,
        tallyDeadline: 30,
        canceller: CANCELLER,
        cancelDeadline: 12,
        committee: 0,
        adoption: parameters.adoption,
    }
}

fn chamber_view(story: &Story) -> ChamberView {
    let root = story.0.chambers[&ChamberId::new(0)].census.root();
    ChamberView {
        status: ChamberStatus::Tallied,
        rule: sheet_parameters().chambers[0].clone(),
        root: words::from_field(&root),
        ctx: U256::from(77),
        ballots: 3,
        members: 3,
        totalWeight: 30,
        shares: U256::from(1 << 2 | 1u64 << 34),
        refusals: 1,
        turnout: [2, 1],
        talliedBlocks: U256::from(0b111),
    }
}

/// Returns the names of the values that differ, once each.
fn names(comparison: Comparison) -> Vec<&'static str> {
    let mut names: Vec<_> = comparison.differences.into_iter().map(|difference| difference.what).collect();
    names.dedup();
    names
}

/// Changes one value of what a contract answers.
type Change<T> = fn(&mut T);

#[test]
fn each_changed_value_of_a_sheet_poll_is_found() {
    let story = tallied();
    let honest = compare_sheet(story.sheet_poll(), &sheet_view(&story));
    assert_eq!((honest.count, &honest.differences[..]), (18, &[][..]));
    let changes: [(&str, Change<SheetView>); 19] = [
        ("fingerprint", |seen| seen.fingerprint.0[0] ^= 1),
        ("creator", |seen| seen.creator = Address::ZERO),
        ("proposal", |seen| seen.proposal = B256::ZERO),
        ("agenda", |seen| seen.agenda = B256::ZERO),
        ("size", |seen| seen.size = 40),
        ("hash of the form", |seen| seen.formHash += U256::from(1)),
        ("number of cells", |seen| seen.count += 1),
        ("kind", |seen| seen.kind = Kind::Ranking),
        ("camps", |seen| seen.camps = false),
        ("opening", |seen| seen.opensAt += 1),
        ("close", |seen| seen.closesAt += 1),
        ("tally deadline", |seen| seen.tallyDeadline += 1),
        ("canceller", |seen| seen.canceller = Address::ZERO),
        ("cancel deadline", |seen| seen.cancelDeadline += 1),
        ("committee", |seen| seen.committee += 1),
        ("rule of adoption", |seen| seen.adoption.quorum += 1),
        ("rule of adoption", |seen| seen.adoption = AdoptionRule { theta: 0, quorum: 0, required: 0 }),
        ("end", |seen| seen.state = State::Undecided),
        ("end", |seen| seen.state = State::Closed),
    ];
    for (expected, change) in changes {
        let mut seen = sheet_view(&story);
        change(&mut seen);
        assert_eq!(names(compare_sheet(story.sheet_poll(), &seen)), [expected]);
    }
}

#[test]
fn opening_and_cancellation_of_a_sheet_poll_are_compared() {
    let mut story = Story::with_members();
    story.create_sheet(1);
    let seen = |state| SheetView { state, ..sheet_view(&Story::with_members()) };
    let differ = |story: &Story, state| names(compare_sheet(story.sheet_poll(), &seen(state)));
    assert!(differ(&story, State::Created).is_empty());
    assert_eq!(differ(&story, State::Open), ["opened"]);
    story.open_sheet(1);
    assert_eq!(differ(&story, State::Created), ["opened"]);
    // Which of the two follows from time.
    assert!(differ(&story, State::Open).is_empty() && differ(&story, State::Closed).is_empty());
    assert_eq!(differ(&story, State::Cancelled), ["end"]);
    story.sheets(&ended(1, State::Cancelled));
    assert!(differ(&story, State::Cancelled).is_empty());
}

#[test]
fn each_changed_value_of_a_chamber_is_found() {
    let story = tallied();
    let compare = |seen: &ChamberView| compare_sheet_chamber(story.sheet_poll(), story.sheet_chamber(), seen);
    let honest = compare(&chamber_view(&story));
    assert_eq!((honest.count, &honest.differences[..]), (12, &[][..]));
    let changes: [(&[&str], Change<ChamberView>); 17] = [
        (&["status"], |seen| seen.status = ChamberStatus::TurnoutTallied),
        (&["status"], |seen| seen.status = ChamberStatus::TooSmallCamp),
        (&["status"], |seen| seen.status = ChamberStatus::TooFewSheets),
        (&["status"], |seen| seen.status = ChamberStatus::Unopened),
        (&["rule"], |seen| seen.rule.chamber = 1),
        (&["rule"], |seen| seen.rule.minBallots = 1),
        (&["rule"], |seen| seen.rule.leastCamp = 0),
        (&["frozen census root", "rebuilt root"], |seen| seen.root += U256::from(1)),
        (&["context"], |seen| seen.ctx = U256::ZERO),
        (&["number of sheets"], |seen| seen.ballots = 4),
        (&["members"], |seen| seen.members = 4),
        (&["total weight"], |seen| seen.totalWeight += 1),
        (&["shares"], |seen| seen.shares = U256::from(1 << 2)),
        (&["shares"], |seen| seen.shares |= U256::from(1) << 66),
        (&["refused shares"], |seen| seen.refusals = 0),
        (&["turnout"], |seen| seen.turnout = [1, 2]),
        (&["tallied blocks"], |seen| seen.talliedBlocks = U256::from(0b011)),
    ];
    for (expected, change) in changes {
        let mut seen = chamber_view(&story);
        change(&mut seen);
        assert_eq!(names(compare(&seen)), expected);
    }
}

#[test]
fn status_of_a_chamber_follows_its_events() {
    let assert_status = |story: &Story, status| {
        let none = ChamberView { status, ..chamber_view(&Story::with_members()) };
        let compared = names(compare_sheet_chamber(story.sheet_poll(), story.sheet_chamber(), &none));
        assert!(!compared.contains(&"status"), "{status:?}: {compared:?}");
    };
    let mut story = Story::with_members();
    story.create_sheet(1);
    assert_status(&story, ChamberStatus::Unopened);
    let unopened = ChamberView {
        status: ChamberStatus::Unopened,
        rule: sheet_parameters().chambers[0].clone(),
        root: U256::ZERO,
        ctx: U256::ZERO,
        ballots: 0,
        members: 0,
        totalWeight: 0,
        shares: U256::ZERO,
        refusals: 0,
        turnout: [0; 2],
        talliedBlocks: U256::ZERO,
    };
    assert!(names(compare_sheet_chamber(story.sheet_poll(), story.sheet_chamber(), &unopened)).is_empty());
    story.open_sheet(1).cast_sheet(&lower(1, 1), [0; 32]);
    // Too few until now: when it closes, by time alone, it has too few for ever.
    assert_status(&story, ChamberStatus::Opened);
    assert_status(&story, ChamberStatus::TooFewSheets);
    story.cast_sheet(&lower(2, 1), [0; 32]);
    assert_status(&story, ChamberStatus::Opened);
    let few = ChamberView { status: ChamberStatus::TooFewSheets, ..chamber_view(&story) };
    assert!(names(compare_sheet_chamber(story.sheet_poll(), story.sheet_chamber(), &few)).contains(&"status"));
    story.sheets(&turnout(2, 0));
    assert_status(&story, ChamberStatus::TurnoutTallied);
    let (sheet, chamber) = (U256::from(1), U256::ZERO);
    story.sheets(&CampTooSmall { sheet, chamber, turnout: [2, 0], leastCamp: 1 });
    assert_status(&story, ChamberStatus::TooSmallCamp);
}

/// Returns the encrypted totals of three blocks, as the contract answers them.
fn totals_of(total: &EncryptedSheet) -> Vec<Vec<U256>> {
    let words: Vec<U256> = total.coordinates().iter().map(words::from_field).collect();
    [&words[..4], &words[4..22], &words[22..]].map(<[U256]>::to_vec).to_vec()
}

#[test]
fn each_changed_encrypted_total_is_found() {
    let story = tallied();
    let compare = |seen: &[Vec<U256>]| compare_sheet_totals(story.sheet_poll(), story.sheet_chamber(), seen);
    let honest = totals_of(&story.sheet_chamber().encrypted_total(16));
    assert_eq!(compare(&honest), Comparison { count: 4, differences: Vec::new() });
    for block in 0..3 {
        let mut changed = honest.clone();
        changed[block][1] += U256::from(1);
        assert_eq!(names(compare(&changed)), ["encrypted total"], "{block}");
        changed[block].clear();
        assert_eq!(names(compare(&changed)), ["encrypted total"], "{block} is absent");
    }
    assert_eq!(names(compare(&honest[..2])), ["number of blocks"]);
    // Before the opening there is no total; of many chambers, none before the first sheet.
    let mut early = Story::with_members();
    early.create_sheet(1);
    let (zeros, none) = (totals_of(&EncryptedSheet::zero(16)), vec![Vec::new(); 3]);
    let differ = |story: &Story, seen: &[Vec<U256>]| {
        names(compare_sheet_totals(story.sheet_poll(), story.sheet_chamber(), seen))
    };
    assert!(differ(&early, &none).is_empty());
    assert_eq!(differ(&early, &zeros), ["encrypted total"]);
    early.open_sheet(1);
    assert!(differ(&early, &none).is_empty() && differ(&early, &zeros).is_empty());
}

#[test]
fn each_changed_counter_is_found() {
    let story = tallied();
    let compare = |seen: &[Counters]| names(compare_sheet_counters(story.sheet_poll(), story.sheet_chamber(), seen));
    let honest = vec![Counters { agree: 2, disagree: 0, upperAgree: 0, upperDisagree: 1 }; COUNT];
    assert!(compare(&honest).is_empty());
    let changes: [Change<Counters>; 4] =
        [|cell| cell.agree = 1, |cell| cell.disagree = 1, |cell| cell.upperAgree = 1, |cell| cell.upperDisagree = 0];
    for change in changes {
        let mut seen = honest.clone();
        change(&mut seen[10]);
        assert_eq!(compare(&seen), ["counters"]);
    }
    assert_eq!(compare(&honest[1..]), ["counters"]);
    let mut untallied = Story::with_sheets();
    untallied.sheets(&turnout(2, 1));
    let seen = compare_sheet_counters(untallied.sheet_poll(), untallied.sheet_chamber(), &honest);
    assert_eq!(seen.differences[0].events, "no totals of all blocks");
}

#[test]
fn each_changed_slot_is_found() {
    let mut story = Story::with_sheets();
    story.cast_sheet(&lower(1, 2), lower(1, 1).fingerprint([0; 32]));
    let sheets: Vec<_> = story.sheet_chamber().counted_sheets().collect();
    let ordinals: Vec<_> = sheets.iter().map(|sheet| sheet.ordinal).collect();
    assert_eq!(ordinals, [1, 2, 0]);
    let slot = |fingerprint: [u8; 32], ordinal: u64| U256::from_be_bytes(fingerprint) | U256::from(ordinal);
    let newer = lower(1, 2).fingerprint(lower(1, 1).fingerprint([0; 32]));
    let honest: Vec<U256> = sheets.iter().zip([1, 2, 0]).map(|(sheet, at)| slot(sheet.fingerprint(), at)).collect();
    assert_eq!(honest[2], slot(newer, 0));
    compare_sheet_slots(&sheets, &honest).unwrap();
    for changed in [U256::from(1), U256::from(1) << 32] {
        let mut slots = honest.clone();
        slots[1] ^= changed;
        assert_eq!(compare_sheet_slots(&sheets, &slots).unwrap_err().what, "sheets");
    }
    assert!(compare_sheet_slots(&sheets, &honest[..2]).is_err());
}

#[test]
fn each_changed_value_of_a_charter_version_is_found() {
    let story = with_versions();
    let entry = &story.0.charters[&2];
    let compare = |seen: &ICharters::Version| compare_charter_version(&story.0, 2, entry, seen);
    let honest = compare(&version(2));
    assert_eq!((honest.count, &honest.differences[..]), (11, &[][..]));
    let changes: [(&[&str], Change<ICharters::Version>); 11] = [
        (&["charter hash"], |seen| seen.charterHash = B256::ZERO),
        (&["number"], |seen| seen.number = U256::from(1)),
        (&["parent"], |seen| seen.parent = B256::ZERO),
        (&["sheet poll"], |seen| seen.sheet = U256::from(1)),
        (&["sheet poll", "texts"], |seen| seen.sheet = U256::from(9)),
        (&["adopted statements"], |seen| seen.adopted ^= 2),
        (&["root"], |seen| seen.root = B256::ZERO),
        (&["expiry"], |seen| seen.expiresAt += 1),
        (&["hash of the model"], |seen| seen.modelHash = B256::ZERO),
        (&["hash of the policy"], |seen| seen.policyHash = B256::ZERO),
        (&["stage"], |seen| seen.stage = ICharters::Stage::Live),
    ];
    for (expected, change) in changes {
        let mut seen = version(2);
        change(&mut seen);
        assert_eq!(names(compare(&seen)), expected);
    }
    let mut other = entry.clone();
    other.texts[4].push('!');
    assert_eq!(names(compare_charter_version(&story.0, 2, &other, &version(2))), ["texts"]);
    assert_eq!(version(2).parent, charters::hash_of(1));
    assert_eq!(story.sheet_poll().parameters.agenda, story.0.sheet(SHEET).unwrap().parameters.agenda);
}
