//! Two real conversations from export to charter, against vectors from an independent program.

use std::{collections::BTreeSet, fs::File, path::PathBuf};

use psephos_charter::{
    agenda::{Selection, SelectionOptions, Voter, select_agenda},
    answers::Answer,
    axis::{Accuracy, Axis, AxisFile, measure_accuracy},
    charter::{
        Charter, CharterTerms, Principle, PrincipleTotals, check_live_document, export_jsonl, export_markdown,
        prove_principle, verify_principle,
    },
    hash::Hash32,
    mechanisms::ChamberMask,
    outcome::{
        AdoptionRule, ChamberTotals, Outcome, count_answers, decide_by_plain_majority, decide_outcomes, list_adopted,
    },
    pilot::Pilot,
    plot::{Plot, PlotStatement, render_plot},
    polis::{Export, Notice, read_export},
};
use serde_json::Value;

const VTAIWAN: &str = include_str!("../../vectors/charter-vtaiwan.json");
const BIODIVERSITY: &str = include_str!("../../vectors/charter-biodiversity.json");

struct Conversation {
    vector: Value,
    export: Export,
    selection: Selection,
    pilot: Pilot,
    file: AxisFile,
}

impl Conversation {
    fn load(vector: &str) -> Self {
        let vector: Value = serde_json::from_str(vector).expect("vectors are JSON");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/polis").join(as_text(&vector["folder"]));
        let open = |name| File::open(folder.join(name)).expect("the export is there");
        let export = read_export(open("comments.csv"), open("participants-votes.csv")).expect("the export is read");
        let selection = select_agenda(&export, &SelectionOptions::default()).expect("there is an agenda");
        let size = as_number(&vector["pilot"]) as usize;
        let rows = selection.voters[..size].iter().map(|voter| voter.answers.clone());
        let pilot = Pilot::new(rows.collect()).expect("the rows are a pilot");
        let file = AxisFile::learn(&selection.agenda, &pilot).expect("the pilot has an axis");
        Self { vector, export, selection, pilot, file }
    }

    fn both() -> [Self; 2] {
        [VTAIWAN, BIODIVERSITY].map(Self::load)
    }

    fn axis(&self) -> &Axis {
        &self.file.axis
    }

    fn rule(&self) -> AdoptionRule {
        let theta = as_number(&self.vector["theta_bps"]) as u16;
        AdoptionRule::new(
            theta,
            as_number(&self.vector["quorum"]) as u32,
            ChamberMask::of(&[0]).expect("chamber 0 can be named"),
        )
        .expect("the vectors are valid")
    }

    /// The numbers of the statements at these places.
    fn ids(&self, places: impl IntoIterator<Item = usize>) -> Vec<i64> {
        places.into_iter().map(|place| self.selection.agenda.statements()[place].id as i64).collect()
    }

    fn count(&self, voters: &[Voter]) -> ChamberTotals {
        count_answers(self.axis(), voters.iter().map(|voter| voter.answers.as_slice())).expect("the vectors are valid")
    }
}

fn as_text(value: &Value) -> &str {
    value.as_str().expect("the value is a string")
}

fn as_number(value: &Value) -> i64 {
    value.as_i64().expect("the value is a number")
}

fn as_numbers(value: &Value) -> Vec<i64> {
    value.as_array().expect("the value is a list").iter().map(as_number).collect()
}

fn as_hash(value: &Value) -> Hash32 {
    as_text(value).parse().expect("the value is a hash")
}

#[test]
fn agenda_and_voters_equal_vectors() {
    for conversation in Conversation::both() {
        let (vector, selection) = (&conversation.vector, &conversation.selection);
        assert_eq!(conversation.ids(0..selection.agenda.len()), as_numbers(&vector["statements"]));
        assert_eq!(selection.agenda.hash(), as_hash(&vector["agenda"]));
        let texts = selection.agenda.statements().iter().map(|statement| Hash32::of(statement.text.as_bytes()));
        let hashes = vector["text_hashes"].as_array().unwrap().iter().map(as_hash);
        assert_eq!(texts.collect::<Vec<_>>(), hashes.collect::<Vec<_>>());
        assert_eq!(selection.voters.len() as i64, as_number(&vector["all"]["voters"]));
        let first = as_numbers(&vector["first_participants"]);
        let drawn = selection.voters.iter().map(|voter| voter.participant as i64);
        assert_eq!(drawn.take(first.len()).collect::<Vec<_>>(), first);
        assert!(selection.repeated.is_empty());
    }
}

#[test]
fn axis_equals_vectors() {
    for conversation in Conversation::both() {
        let (vector, axis) = (&conversation.vector["axis"], conversation.axis());
        let widen = |weights: &[i8]| weights.iter().map(|weight| i64::from(*weight)).collect::<Vec<_>>();
        assert_eq!(widen(axis.agree()), as_numbers(&vector["agree"]));
        assert_eq!(widen(axis.disagree()), as_numbers(&vector["disagree"]));
        assert_eq!(i64::from(axis.threshold()), as_number(&vector["threshold"]));
        assert_eq!(format!("0x{}", hex::encode(axis.to_bytes(40))), as_text(&vector["bytes"]));
        assert_eq!(i64::from(axis.threshold_word()), as_number(&vector["threshold_word"]));
        assert_eq!(conversation.file.pilot, as_hash(&conversation.vector["pilot_hash"]));
        let file = AxisFile::parse_json(&conversation.file.to_json()).unwrap();
        let pilot = Pilot::read_csv(conversation.pilot.to_csv().as_bytes()).unwrap();
        assert_eq!(file.verify(&conversation.selection.agenda, &pilot), Ok(()));
    }
}

#[test]
fn accuracy_equals_vectors() {
    for conversation in Conversation::both() {
        let voters = &conversation.selection.voters;
        for (name, count) in [("pilot", as_number(&conversation.vector["pilot"]) as usize), ("all", voters.len())] {
            let people = voters[..count].iter().map(|voter| (voter.answers.as_slice(), voter.group));
            let vector = &conversation.vector["accuracy"][name];
            let expected = Accuracy {
                agreeing: as_number(&vector["agreeing"]) as usize,
                known: as_number(&vector["known"]) as usize,
            };
            assert_eq!(measure_accuracy(conversation.axis(), people), Ok(expected));
            assert!(expected.basis_points() >= Some(9_250), "{expected:?}");
        }
    }
}

/// Why a pilot is drawn by lot.
#[test]
fn first_people_to_come_give_a_worse_axis_than_people_drawn_by_lot() {
    let [vtaiwan, _] = Conversation::both();
    let mut first: Vec<&Voter> = vtaiwan.selection.voters.iter().collect();
    first.sort_by_key(|voter| voter.participant);
    let pilot = Pilot::new(first[..200].iter().map(|voter| voter.answers.clone()).collect()).unwrap();
    let measure = |axis: &Axis| {
        let people = vtaiwan.selection.voters.iter().map(|voter| (voter.answers.as_slice(), voter.group));
        measure_accuracy(axis, people).unwrap().basis_points()
    };
    assert_eq!(measure(vtaiwan.axis()), Some(9_376));
    assert_eq!(measure(&AxisFile::learn(&vtaiwan.selection.agenda, &pilot).unwrap().axis), Some(7_085));
}

#[test]
fn camps_totals_and_outcomes_equal_vectors() {
    for conversation in Conversation::both() {
        for name in ["all", "small"] {
            let vector = &conversation.vector[name];
            let voters = &conversation.selection.voters[..as_number(&vector["voters"]) as usize];
            let camps = voters.iter().map(|voter| conversation.axis().assign_camp(&voter.answers).unwrap());
            let bits: String = camps.map(|camp| camp.index().to_string()).collect();
            assert_eq!(bits, as_text(&vector["camps"]));
            let totals = conversation.count(voters);
            for (camp, group) in totals.groups().iter().enumerate() {
                assert_eq!(group.turnout() as i64, as_numbers(&vector["turnout"])[camp]);
                let agrees: Vec<i64> = group.cells().iter().map(|cell| cell.agrees as i64).collect();
                let disagrees: Vec<i64> = group.cells().iter().map(|cell| cell.disagrees as i64).collect();
                assert_eq!(agrees, as_numbers(&vector["totals"][camp]["agrees"]));
                assert_eq!(disagrees, as_numbers(&vector["totals"][camp]["disagrees"]));
            }
            let chambers = [totals];
            let outcomes = decide_outcomes(&conversation.rule(), &chambers).unwrap();
            let listed = |wanted| {
                let places = outcomes.iter().enumerate().filter(move |(_, outcome)| **outcome == wanted);
                conversation.ids(places.map(|(place, _)| place))
            };
            assert_eq!(listed(Outcome::Adopted), as_numbers(&vector["adopted"]));
            assert_eq!(listed(Outcome::Contested), as_numbers(&vector["contested"]));
            let plain = decide_by_plain_majority(&conversation.rule(), &chambers).unwrap();
            let plain = plain.iter().enumerate().filter(|(_, adopted)| **adopted).map(|(place, _)| place);
            assert_eq!(conversation.ids(plain), as_numbers(&vector["plain_majority"]));
        }
    }
}

#[test]
fn charter_equals_vectors_and_is_checked() {
    for conversation in Conversation::both() {
        let vector = &conversation.vector["charter"];
        let chambers = [conversation.count(&conversation.selection.voters)];
        let outcomes = decide_outcomes(&conversation.rule(), &chambers).unwrap();
        let terms = CharterTerms {
            chain_id: as_number(&vector["chain_id"]) as u64,
            contract: as_text(&vector["contract"]).parse().unwrap(),
            version: as_number(&vector["version"]) as u64,
            parent: Hash32::ZERO,
            poll: as_hash(&vector["poll"]),
            agenda: as_hash(&conversation.vector["agenda"]),
            expires_at: as_number(&vector["expires_at"]) as u64,
            model_hash: as_hash(&vector["model_hash"]),
            policy_hash: as_hash(&vector["policy_hash"]),
        };
        let charter = Charter::from_outcomes(terms, &conversation.selection.agenda, &outcomes).unwrap();
        assert_eq!((charter.root(), charter.hash()), (as_hash(&vector["root"]), as_hash(&vector["hash"])));
        assert_eq!(charter.adopted() as i64, as_number(&vector["adopted"]));
        let proofs = vector["proofs"].as_array().unwrap();
        assert_eq!(charter.principles().len(), proofs.len());
        for (Principle { index, text }, proof) in charter.principles().iter().zip(proofs) {
            let proof: Vec<Hash32> = proof.as_array().unwrap().iter().map(as_hash).collect();
            assert_eq!(prove_principle(&charter, *index).as_ref(), Some(&proof));
            assert_eq!(verify_principle(charter.root(), *index as u64, text, &proof), Ok(()));
        }
        let document = export_markdown(&charter);
        assert_eq!(check_live_document(&document, charter.hash()).unwrap().charter, charter);
        let totals: Vec<_> =
            list_adopted(&outcomes).into_iter().map(|place| PrincipleTotals::of(&chambers, place)).collect();
        assert_eq!(export_jsonl(&charter, &totals).lines().count(), charter.principles().len());
    }
}

#[test]
fn real_texts_are_normalised_as_reported() {
    let [vtaiwan, biodiversity] = Conversation::both();
    let changed =
        |export: &Export| export.notices.iter().filter(|notice| matches!(notice, Notice::ChangedText { .. })).count();
    // Seven texts have line breaks, two of them at their end only, where nothing is lost.
    assert_eq!((changed(&vtaiwan.export), vtaiwan.export.notices.len()), (5, 5));
    assert_eq!(biodiversity.export.notices, [Notice::WithoutAnswers(vec![6, 7])]);
    assert_eq!((vtaiwan.export.statements.len(), vtaiwan.export.participants.len()), (197, 1_921));
    assert_eq!((biodiversity.export.statements.len(), biodiversity.export.participants.len()), (316, 536));
}

#[test]
fn plot_of_a_real_outcome_has_every_statement() {
    let [vtaiwan, _] = Conversation::both();
    let totals = vtaiwan.count(&vtaiwan.selection.voters);
    let outcomes = decide_outcomes(&vtaiwan.rule(), std::slice::from_ref(&totals)).unwrap();
    let [a, b] = totals.groups() else { panic!("two camps") };
    let statements = vtaiwan.selection.agenda.statements().iter().enumerate().map(|(place, statement)| PlotStatement {
        text: statement.text.clone(),
        camp_a: a.cells()[place],
        camp_b: b.cells()[place],
        outcome: outcomes[place],
    });
    let plot = Plot { id: "p".into(), title: "UberX".into(), theta_bps: 8_500, statements: statements.collect() };
    let svg = render_plot(&plot);
    assert_eq!(svg.matches("<title").count(), 41);
    assert_eq!(svg.matches("class=\"adopted\"").count(), 5);
}

/// An agreement with a statement is never weighed as a disagreement with it.
#[test]
fn answers_of_opposite_signs_have_weights_of_opposite_signs() {
    for conversation in Conversation::both() {
        let weights = conversation.axis().agree().iter().zip(conversation.axis().disagree());
        assert!(weights.into_iter().all(|(agree, disagree)| i32::from(*agree) * i32::from(*disagree) <= 0));
        let answers: BTreeSet<usize> =
            conversation.selection.voters.iter().map(|voter| count_seen(&voter.answers)).collect();
        assert_eq!(answers.last(), Some(&40));
    }
}

fn count_seen(answers: &[Option<Answer>]) -> usize {
    answers.iter().flatten().count()
}
