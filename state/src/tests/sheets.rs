//! The life of sheet polls, and events that no contract emits.

use alloy_primitives::{Address, B256, U256, aliases::U40};
use psephos_protocol::{
    elements::{Context, Nullifier, StatementHash},
    identifiers::{ChamberId, CommitteeId, SheetId},
    sheet::{CellTotals, EncryptedSheet, Turnout, hash_agenda},
};
use serde_json::Value;

use super::{
    sheet_story::{
        CANCELLER, COUNT, SHEET, TRUSTEE, block, ended, form, lower, packed, share, sheet, sheet_cast,
        sheet_parameters, texts, turnout, upper,
    },
    story::{CREATOR, Story, ballot, deployment},
};
use crate::{
    bindings::{
        IPolls,
        ISheets::{
            AdoptionRule, BallotSkipped, BlockShareRefused, BlockSharesMissing, CampTooSmall, Form, Kind,
            SheetChamber as SheetRule, SheetChamberOpened, SheetCreated, SheetOpened, SheetParameters, State,
        },
        IStakeholderRegistry::RemovalMarked,
    },
    finding::Subject,
    poll::{Cancellation, ProofData},
    sheet::{SheetContent, SheetState},
};

const VECTORS: &str = include_str!("../../../verifier-contracts/test/vectors/sheets.json");

#[test]
fn sheet_poll_follows_its_events_from_creation_to_totals() {
    let mut story = Story::with_members();
    story.create_sheet(1);
    let poll = story.sheet_poll();
    let said = &poll.parameters;
    assert_eq!((said.agenda, said.form.as_ref()), (hash_agenda(texts().iter().map(String::as_str)), Ok(&form())));
    assert_eq!(said.cancellation, Some(Cancellation { canceller: CANCELLER, deadline: 12 }));
    assert_eq!((poll.creator, poll.used_blocks(), poll.has_camps(), poll.has_statements()), (CREATOR, 2, true, true));
    assert_eq!([0, 1, 2, 3, usize::MAX].map(|block| poll.cells_of(block)), [0, 8, 3, 0, 0]);
    assert!(story.0.opened_sheet_chamber(SHEET, ChamberId::new(0)).is_err());
    assert_eq!((poll.state_at(9), poll.state_at(25)), (SheetState::Created, SheetState::Created));

    story.open_sheet(1).enrol(4, 3, 10);
    let (_, frozen) = story.0.opened_sheet_chamber(SHEET, ChamberId::new(0)).unwrap();
    assert_eq!((frozen.chamber.members.len(), frozen.ctx), (3, Context::from_u64(77)));
    assert_eq!(frozen.root, frozen.chamber.census.root());
    let poll = story.sheet_poll();
    assert_eq!((poll.state_at(19), poll.state_at(20)), (SheetState::Open, SheetState::Closed));

    let (first, newer) = (upper(1, 1), lower(1, 2));
    story.cast_sheet(&first, [0; 32]).cast_sheet(&lower(2, 1), [0; 32]);
    story.cast_sheet(&newer, first.fingerprint([0; 32])).cast_sheet(&upper(3, 1), [0; 32]);
    story.sheets(&BallotSkipped { poll: U256::from(1), chamber: U256::ZERO, nullifier: U256::from(2) });
    let chamber = story.sheet_chamber();
    assert_eq!((chamber.sheets.len(), chamber.latest.len(), chamber.skips[0].after), (4, 3, 4));
    assert_eq!(chamber.sheets.iter().map(|sheet| sheet.replaced).collect::<Vec<_>>(), [true, false, false, false]);
    assert_eq!(chamber.sheets.iter().map(|sheet| sheet.ordinal).collect::<Vec<_>>(), [0, 1, 0, 2]);
    assert_eq!(chamber.counted_fingerprint(&Nullifier::from_u64(1)), newer.fingerprint(first.fingerprint([0; 32])));
    assert_eq!(chamber.counted_fingerprint(&Nullifier::from_u64(9)), [0; 32]);
    let sum = [lower(2, 1), newer, upper(3, 1)];
    let sum = sum.iter().fold(EncryptedSheet::zero(16), |sum, sheet| sum.add(&sheet.ciphertext));
    assert_eq!(chamber.encrypted_total(16), sum);
    assert_eq!(chamber.pending_blocks(2), [0]);

    story.sheets(&share(0));
    let (sheet, chamber, index) = (U256::from(1), U256::ZERO, U256::from(2));
    story.sheets(&BlockShareRefused { sheet, chamber, trustee: TRUSTEE, blockIndex: U256::ZERO, index });
    story.sheets(&turnout(2, 1));
    assert_eq!(story.sheet_chamber().pending_blocks(2), [1, 2]);
    story.sheets(&share(2)).sheets(&block(2, vec![packed(2, 0), packed(0, 1), 0]));
    let chamber = story.sheet_chamber();
    assert_eq!((chamber.pending_blocks(2), chamber.is_tallied(2)), (vec![1], false));
    assert_eq!(chamber.cell_totals(form().counters(), COUNT).unwrap(), None);
    story.sheets(&block(1, vec![packed(1, 1); 8])).sheets(&ended(1, State::Finished));
    assert!(story.findings().is_empty(), "{:?}", story.findings());

    let chamber = story.sheet_chamber();
    let posted = chamber.shares_of(2).next().unwrap();
    assert_eq!((posted.trustee, posted.index, posted.points.len()), (TRUSTEE, 2, 8));
    assert_eq!((posted.h, chamber.shares_of(0).count()), (StatementHash::from_u64(5), 1));
    assert_eq!((chamber.refusals[0].trustee, chamber.refusals[0].block), (TRUSTEE, 0));
    let tally = chamber.turnout.unwrap();
    assert_eq!((tally.turnout, tally.trustees), (Turnout { lower: 2, upper: 1 }, 0b101));
    assert_eq!((chamber.blocks[&2].trustees, chamber.pending_blocks(2).len()), (0b11, 0));
    let cells = chamber.cell_totals(form().counters(), COUNT).unwrap().unwrap();
    let cell = |lower, upper| CellTotals { agree: [lower, 0], disagree: [0, upper] };
    assert_eq!((cells.len(), cells[7], cells[8]), (COUNT, cell(1, 1), cell(2, 0)));
    assert_eq!((cells[9], cells[10]), (cell(0, 1), cell(0, 0)));
    assert_eq!(story.sheet_poll().state_at(0), SheetState::Finished);
}

#[test]
fn small_camp_ends_a_chamber_without_totals() {
    let mut story = Story::with_sheets();
    story.sheets(&turnout(3, 0));
    let (sheet, chamber) = (U256::from(1), U256::ZERO);
    story.sheets(&CampTooSmall { sheet, chamber, turnout: [3, 0], leastCamp: 1 });
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let chamber = story.sheet_chamber();
    assert!(chamber.turnout.unwrap().too_small && !chamber.is_tallied(2));
    assert_eq!((chamber.pending_blocks(2), chamber.cell_totals(form().counters(), COUNT)), (vec![], Ok(None)));
    story.sheets(&block(1, vec![0; 8]));
    story.assert_sheet_findings(&["block 1 is tallied without a turnout that allows it"]);
}

#[test]
fn totals_that_no_turnout_allows_are_inconsistent() {
    let mut story = Story::with_sheets();
    story.sheets(&turnout(2, 1)).sheets(&block(1, vec![packed(3, 0); 8])).sheets(&block(2, vec![0; 3]));
    assert!(story.sheet_chamber().cell_totals(form().counters(), COUNT).is_err());
}

#[test]
fn sheet_poll_without_shares_ends_undecided_and_names_trustees() {
    let mut story = Story::with_sheets();
    let (sheet, chamber, trustees) = (U256::from(1), U256::ZERO, vec![TRUSTEE, CREATOR]);
    story.sheets(&turnout(2, 1));
    story.sheets(&BlockSharesMissing { sheet, chamber, blockIndex: U256::from(2), trustees: trustees.clone() });
    story.sheets(&ended(1, State::Undecided));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    assert_eq!(story.sheet_chamber().missing_trustees, [(2, trustees)].into());
    assert_eq!(story.sheet_poll().state_at(0), SheetState::Undecided);
}

/// Changes one parameter of a sheet poll.
type Alteration = fn(&mut SheetParameters);

/// An altered event changes the fingerprint that is computed from it, and not the one that the contract stated.
#[test]
fn every_altered_parameter_is_found() {
    let alterations: [(&str, Alteration); 17] = [
        ("metadata", |p| p.metadata.push(' ')),
        ("agenda", |p| p.agenda = hash_agenda(["Another text"]).into()),
        ("chamber", |p| p.chambers[0].chamber = 1),
        ("minBallots", |p| p.chambers[0].minBallots = 1),
        ("leastCamp", |p| p.chambers[0].leastCamp = 2),
        ("order", |p| p.chambers.insert(0, SheetRule { chamber: 1, minBallots: 2, leastCamp: 1 })),
        ("theta", |p| p.adoption.theta = 5_000),
        ("quorum", |p| p.adoption.quorum = 2),
        ("required", |p| p.adoption.required = 3),
        ("no adoption", |p| p.adoption = AdoptionRule { theta: 0, quorum: 0, required: 0 }),
        ("canceller", |p| p.canceller = Address::ZERO),
        ("cancelDeadline", |p| p.cancelDeadline = 11),
        ("opensAt", |p| p.opensAt += 1),
        ("closesAt", |p| p.closesAt += 1),
        ("tallyDeadline", |p| p.tallyDeadline += 1),
        ("size", |p| p.size = 40),
        ("committee", |p| p.committee = 0),
    ];
    let story = Story::with_members();
    let honest = story.sheet_created(1, sheet_parameters());
    for (name, alter) in alterations {
        let mut story = Story(story.0.clone(), Vec::new());
        let mut created = honest.clone();
        alter(&mut created.parameters);
        story.sheets(&created);
        match name {
            // The committee that it has already.
            "committee" => assert!(story.findings().is_empty(), "{:?}", story.findings()),
            // The axis has two bytes for each cell of its size.
            "size" => story.assert_sheet_findings(&["sheet poll 1: "]),
            _ => story.assert_sheet_findings(&["sheet poll 1 has fingerprint 0x"]),
        }
        let computed = story.sheet_poll().require_fingerprint().unwrap();
        assert_eq!(computed.to_bytes() == honest.fingerprint.0, name == "committee", "{name}");
    }
    for (expected, alter) in [
        ("has fingerprint 0x", (|created| created.creator = Address::ZERO) as fn(&mut SheetCreated)),
        ("has fingerprint 0x", |created| created.fingerprint.0[31] ^= 1),
        ("filed under another", |created| created.proposal = B256::ZERO),
        ("its event says 4", |created| created.formHash = U256::from(4)),
        ("a lot, which is reserved", |created| created.parameters.form.lot = U256::from(1)),
        ("has hash", |created| created.parameters.form.pilot += U256::from(1)),
        ("sheet poll 1: ", |created| created.parameters.form.kind = Kind::__Invalid),
    ] {
        let mut story = Story(story.0.clone(), Vec::new());
        let mut created = honest.clone();
        alter(&mut created);
        story.sheets(&created);
        story.assert_sheet_findings(&[expected]);
    }
    let mut other = Story(story.0.clone(), Vec::new());
    other.sheets(&SheetCreated { sheet: U256::from(2), ..honest });
    assert!(other.findings()[0].starts_with("sheet poll 2 has fingerprint 0x"), "{:?}", other.findings());
    assert_eq!(other.0.findings[0].subject, Subject::Sheet(SheetId::new(2)));
}

fn number(value: &Value) -> u64 {
    read_word(value).to()
}

fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
    value.as_str().unwrap().parse().unwrap()
}

fn read_form(value: &Value) -> Form {
    Form {
        kind: Kind::try_from(number(&value["kind"]) as u8).unwrap(),
        exact: value["exact"].as_bool().unwrap(),
        count: number(&value["count"]) as u8,
        lasts: U40::from(number(&value["lasts"])),
        camps: value["camps"].as_bool().unwrap(),
        axis: text(&value["axis"]),
        threshold: alloy_primitives::aliases::U24::from(number(&value["threshold"])),
        pilot: read_word(&value["pilot"]),
        lot: read_word(&value["lot"]),
    }
}

fn read_word(value: &Value) -> U256 {
    value.as_u64().map_or_else(|| text(value), U256::from)
}

fn read_parameters(vector: &Value) -> SheetParameters {
    let content = &vector["content"];
    let chamber = |value: &Value| SheetRule {
        chamber: number(&value["chamber"]),
        minBallots: number(&value["minBallots"]) as u32,
        leastCamp: number(&value["leastCamp"]) as u32,
    };
    let adoption = &content["adoption"];
    SheetParameters {
        proposal: text(&content["proposal"]),
        metadata: content["metadata"].as_str().unwrap().to_owned(),
        agenda: text(&content["agenda"]),
        size: number(&content["size"]) as u8,
        form: read_form(&content["form"]),
        chambers: content["chambers"].as_array().unwrap().iter().map(chamber).collect(),
        adoption: AdoptionRule {
            theta: number(&adoption["theta"]) as u16,
            quorum: number(&adoption["quorum"]) as u32,
            required: number(&adoption["required"]) as u16,
        },
        committee: number(&content["committee"]),
        canceller: text(&content["canceller"]),
        cancelDeadline: number(&vector["cancelDeadline"]),
        opensAt: number(&vector["opensAt"]),
        closesAt: number(&vector["closesAt"]),
        tallyDeadline: number(&vector["tallyDeadline"]),
    }
}

/// The vectors by which the contract's fingerprints and forms are tested.
#[test]
fn fingerprints_and_forms_equal_those_of_the_contract() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let polls = vectors["polls"].as_array().unwrap();
    for vector in polls {
        let (name, parameters) = (&vector["content"]["metadata"], read_parameters(vector));
        let chain_id = psephos_protocol::identifiers::ChainId::new(number(&vector["content"]["chainId"]));
        let (sheets, creator) = (text(&vector["content"]["sheets"]), text(&vector["content"]["creator"]));
        let content = SheetContent::new(chain_id, sheets, creator, &parameters);
        assert_eq!(content.hash(), text(&vector["contentHash"]), "{name}");
        let keys = serde_json::from_value(vector["keysHash"].clone()).unwrap();
        let fingerprint = content.fingerprint(SheetId::new(number(&vector["number"])), &parameters, keys);
        assert_eq!(fingerprint, text(&vector["fingerprint"]), "{name}");
        let form = crate::sheet::SheetParameters::from(parameters).form.unwrap();
        assert_eq!(crate::words::from_field(&form.hash()), read_word(&vector["formHash"]), "{name}");
    }
    assert!(polls.len() >= 7);
}

#[test]
fn impossible_events_of_a_sheet_poll_become_findings_and_the_rest_is_applied() {
    let mut story = Story::with_sheets();
    let mut torn = sheet_cast(&lower(4, 1), [0; 32]);
    torn.record = torn.record[..torn.record.len() - 1].to_vec().into();
    let mut other_nullifier = sheet_cast(&lower(4, 1), [0; 32]);
    other_nullifier.nullifier = U256::from(5);
    let mut large = sheet(4, 1, 1, 1);
    large.ciphertext = EncryptedSheet::zero(40);
    let mut elsewhere = sheet_cast(&lower(4, 1), [0; 32]);
    elsewhere.chamber = U256::from(3);
    let (id, chamber) = (U256::from(1), U256::ZERO);
    story.sheets(&torn).sheets(&other_nullifier).cast_sheet(&large, [0; 32]).sheets(&elsewhere);
    let mut short = share(1);
    short.share.truncate(14);
    let mut long = share(0);
    long.share = share(1).share;
    story.sheets(&short).sheets(&long).sheets(&share(3));
    story.sheets(&CampTooSmall { sheet: id, chamber, turnout: [3, 0], leastCamp: 1 });
    story.sheets(&block(1, vec![0; 8]));
    story.sheets(&turnout(2, 1)).sheets(&turnout(2, 1));
    story.sheets(&block(1, vec![0; 8])).sheets(&block(1, vec![0; 8]));
    story.sheets(&block(0, vec![3])).sheets(&block(3, vec![0; 8])).sheets(&block(2, vec![0; 8]));
    story.sheets(&SheetChamberOpened { sheet: id, chamber: U256::from(9), root: id, ctx: id });
    story.sheets(&ended(1, State::Open)).create_sheet(1);
    story.assert_sheet_findings(&[
        "a sheet does not decode:",
        "another nullifier than its event",
        "a sheet of 40 cells in a sheet poll of 16",
        "sheet poll 1 has no chamber 3",
        "a share of 7 points of block 1",
        "a share of 8 points of block 0",
        "a share of 8 points of block 3",
        "a camp is too small before there is a turnout",
        "block 1 is tallied without a turnout",
        "a turnout is tallied twice",
        "block 1 is tallied twice",
        "block 0 has 0 cells, and 1 totals",
        "block 3 has 0 cells, and 8 totals",
        "block 2 has 3 cells, and 8 totals",
        "chamber 9 was never created",
        "sheet poll 1 ends in non-final state 2",
        "sheet poll 1 is created twice",
    ]);

    let mut unknown = Story::with_members();
    unknown.sheets(&SheetOpened { sheet: id }).cast_sheet(&lower(1, 1), [0; 32]).sheets(&turnout(2, 1));
    unknown.assert_sheet_findings(&["sheet poll 1 was never created"; 3]);
    unknown.create_sheet(1);
    unknown.registry(&RemovalMarked { chamber: U256::ZERO, subject: Address::repeat_byte(2) }).open_sheet(1);
    let settling = "sheet poll 1 opens in chamber 0 while a removal is pending (1 marked)";
    assert_eq!(unknown.findings().last(), Some(&settling));
    assert!(unknown.sheet_chamber().frozen.is_some());
}

/// The events of sheet polls and of polls have the same signatures: the address tells them apart.
#[test]
fn ballots_and_sheets_are_told_apart_by_their_contract() {
    let mut story = Story::with_members();
    story.poll().create_sheet(1).open_sheet(1);
    let (posted, ballot) = (lower(1, 1), ballot(1, 1, [1, 0, 0]));
    story.cast_sheet(&posted, [0; 32]);
    assert_eq!((story.poll_chamber().ballots.len(), story.sheet_chamber().sheets.len()), (0, 1));
    story.cast(&ballot, [0; 32]);
    assert_eq!((story.poll_chamber().ballots.len(), story.sheet_chamber().sheets.len()), (1, 1));
    let skipped = IPolls::BallotSkipped { poll: U256::from(1), chamber: U256::ZERO, nullifier: U256::from(1) };
    story.sheets(&skipped);
    assert_eq!((story.poll_chamber().skips.len(), story.sheet_chamber().skips.len()), (0, 1));
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    story.sheets(&IPolls::BallotCast {
        poll: U256::from(1),
        chamber: U256::ZERO,
        nullifier: U256::from(1),
        previous: B256::ZERO,
        record: ballot.to_bytes().into(),
    });
    story.polls(&sheet_cast(&posted, [0; 32]));
    let subjects: Vec<Subject> = story.0.findings.iter().map(|finding| finding.subject).collect();
    assert_eq!(subjects, [Subject::Sheet(SHEET), Subject::Poll(psephos_protocol::identifiers::PollId::new(1))]);
    assert_eq!((story.poll_chamber().ballots.len(), story.sheet_chamber().sheets.len()), (1, 1));
}

#[test]
fn sheet_poll_under_a_committee_without_keys_has_no_fingerprint() {
    let mut story = Story::new();
    story.chamber().create_sheet(1);
    assert!(story.findings().is_empty() && story.sheet_poll().require_fingerprint().is_err());
    assert_eq!(story.sheet_poll().parameters.committee, CommitteeId::new(0));
    assert!(matches!(
        story.sheet_chamber().sheets.first().map(|sheet| &sheet.proof),
        None | Some(ProofData::NotLoaded)
    ));
    assert_eq!(story.0.deployment, deployment());
}
