//! From the export of a conversation to an agenda, a pilot, an axis and an outcome, compared with the vectors of an
//! independent program; and charters in documents.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::PathBuf;

use psephos_charter::charter::{Charter, CharterTerms, Principle, export_markdown};
use psephos_charter::hash::Hash32;
use serde_json::Value;

use crate::support::CommandFolder;

const VTAIWAN: &str = include_str!("../../../vectors/charter-vtaiwan.json");

/// Returns the folder of a published export.
pub(crate) fn export_folder(name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../charter/data/polis").join(name);
    folder.to_str().unwrap().to_owned()
}

/// Runs a command of `charter` with `--json` and returns what it prints.
pub(crate) fn run_json(folder: &CommandFolder, arguments: &[&str]) -> Value {
    folder.run(&[&["--json", "charter"], arguments].concat()).json()
}

/// Puts the agenda, the pilot and the axis of the conversation into a folder.
pub(crate) fn prepare_axis(folder: &CommandFolder) {
    let uberx = export_folder("vtaiwan.uberx");
    run_json(folder, &["import", "--polis", &uberx]);
    run_json(folder, &["pilot", "--polis", &uberx]);
    run_json(folder, &["axis", "--out", "axis.json"]);
}

#[test]
fn conversation_leads_to_the_agenda_axis_and_outcome_of_the_vectors() {
    let folder = CommandFolder::new();
    let vector: Value = serde_json::from_str(VTAIWAN).unwrap();
    let uberx = export_folder("vtaiwan.uberx");

    let agenda = run_json(&folder, &["import", "--polis", &uberx, "--out", "agenda.json"]);
    assert_eq!(agenda["agenda"], vector["agenda"]);
    let ids: Vec<&Value> = agenda["statements"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, vector["statements"].as_array().unwrap().iter().collect::<Vec<_>>());
    assert_eq!((&agenda["voters"], &agenda["export_participants"]), (&vector["all"]["voters"], &1_921.into()));
    assert_eq!(agenda["notices"].as_array().unwrap().len(), 5);
    assert_eq!(agenda["notices"][0]["kind"], "changed text");

    let pilot = ["pilot", "--polis", &uberx, "--agenda", "agenda.json", "--size", "200", "--out", "pilot.csv"];
    let drawn = folder.run(&[&["--json", "charter"], &pilot[..]].concat());
    drawn.succeeds("drawn by lot among all members");
    assert_eq!(drawn.json()["pilot"], vector["pilot_hash"]);

    let axis = ["axis", "--agenda", "agenda.json", "--pilot", "pilot.csv", "--polis", &uberx, "--out", "axis.json"];
    let learned = folder.run(&[&["--json", "charter"], &axis[..]].concat());
    learned.succeeds("a pilot must be drawn by lot");
    let axis = learned.json();
    for key in ["agree", "disagree", "threshold"] {
        assert_eq!(axis[key], vector["axis"][key], "{key}");
    }
    assert_eq!(axis["accuracy"]["agreeing"], vector["accuracy"]["all"]["agreeing"]);
    assert_eq!(axis["accuracy"]["basis_points"], 9_376);
    let check = ["axis", "--agenda", "agenda.json", "--pilot", "pilot.csv", "--check", "axis.json"];
    assert_eq!(run_json(&folder, &check)["checked"], true);

    let simulate =
        ["simulate", "--polis", &uberx, "--agenda", "agenda.json", "--axis", "axis.json", "--plot", "plot.svg"];
    let computed = run_json(&folder, &simulate);
    assert!(computed["label"].as_str().unwrap().contains("public answers"));
    assert_eq!(computed["turnout"], vector["all"]["turnout"]);
    let statements = computed["statements"].as_array().unwrap();
    let with = |key: &str, value: Value| -> Vec<Value> {
        statements.iter().filter(|one| one[key] == value).map(|one| one["statement"].clone()).collect()
    };
    assert_eq!(Value::from(with("outcome", "adopted".into())), vector["all"]["adopted"]);
    assert_eq!(Value::from(with("outcome", "contested".into())), vector["all"]["contested"]);
    assert_eq!(Value::from(with("plain_majority", true.into())), vector["all"]["plain_majority"]);
    for camp in 0..2 {
        let agrees: Vec<Value> = statements.iter().map(|one| one["camps"][camp]["agrees"].clone()).collect();
        assert_eq!(Value::from(agrees), vector["all"]["totals"][camp]["agrees"]);
    }
    assert!(std::fs::read_to_string(folder.path("plot.svg")).unwrap().contains("<svg"));
}

#[test]
fn text_for_people_says_what_was_kept_and_what_was_computed() {
    let folder = CommandFolder::new();
    let life = export_folder("scoop-hivemind.biodiversity");
    let shown = |arguments: &[&str]| {
        let run = folder.run(&[&["charter"], arguments].concat());
        assert_eq!(run.code, 0, "{run:#?}");
        run.stdout
    };
    let text = shown(&["import", "--polis", &life, "--statements", "12", "--min-answers", "8", "--moderated", "1"]);
    assert!(text.contains("Kept 12 of 316 statements") && text.contains("of 536 participants"), "{text}");
    assert!(text.contains("without answers: 1") && text.contains("written to agenda.json"), "{text}");
    let text = shown(&["pilot", "--polis", &life, "--size", "100"]);
    assert!(text.contains("100 people, drawn by lot from"), "{text}");
    let text = shown(&["axis", "--out", "axis.json", "--polis", &life]);
    assert!(text.contains("camp B has scores above") && text.contains("of their opinion group"), "{text}");
    let text = shown(&["axis", "--check", "axis.json"]);
    assert!(text.contains("axis.json follows from this agenda and this pilot"), "{text}");
    let text = shown(&["simulate", "--polis", &life, "--theta", "7000", "--quorum", "20"]);
    assert!(text.starts_with("A computation on the public answers of an export"), "{text}");
    assert!(text.contains("adopted by both camps") && text.contains("a plain majority would adopt"), "{text}");
}

#[test]
fn existing_files_are_replaced_only_with_force() {
    let folder = CommandFolder::new();
    let uberx = export_folder("vtaiwan.uberx");
    prepare_axis(&folder);
    for (arguments, file) in [
        (vec!["import", "--polis", &uberx], "agenda.json"),
        (vec!["pilot", "--polis", &uberx], "pilot.csv"),
        (vec!["axis", "--out", "axis.json"], "axis.json"),
        (vec!["simulate", "--polis", &uberx, "--plot", "pilot.csv"], "pilot.csv"),
    ] {
        let run = |more: &[&str]| folder.run(&[&["charter"], &arguments[..], more].concat());
        run(&[]).fails(2, &format!("{file} exists already"));
        assert_eq!(run(&["--force"]).code, 0);
    }
    folder.run(&["charter", "axis"]).fails(2, "--out");
    let low = ["charter", "simulate", "--polis", &uberx, "--theta", "4999"];
    folder.run(&low).fails(2, "between 5000 and 10000").fails(2, "--theta BASIS_POINTS");
    folder.run(&["charter", "import", "--polis", &uberx, "--statements", "41"]).fails(2, "--statements");
}

/// Writes the charter of two principles as a document, and returns its hash.
fn put_document(folder: &CommandFolder, name: &str, around: &str) -> Hash32 {
    let terms = CharterTerms {
        chain_id: 31_337,
        contract: "0x5fbdb2315678afecb367f032d93f642f64180aa3".parse().unwrap(),
        version: 1,
        parent: Hash32::ZERO,
        poll: Hash32::of(b"poll"),
        agenda: Hash32::of(b"agenda"),
        expires_at: 1_900_000_000,
        model_hash: Hash32::ZERO,
        policy_hash: Hash32::ZERO,
    };
    let principle = |index, text: &str| Principle { index, text: text.to_owned() };
    let principles = vec![principle(0, "Say what you do not know."), principle(3, "Ask before you act for a member.")];
    let charter = Charter::new(terms, principles).unwrap();
    folder.put(name, &format!("{around}{}", export_markdown(&charter)));
    charter.hash()
}

#[test]
fn prompt_is_checked_against_the_hash_and_its_first_changed_principle_is_named() {
    let folder = CommandFolder::new();
    let hash = put_document(&folder, "prompt.md", "").to_string();
    let check = |file: &str, hash: &str| folder.run(&["--json", "charter", "check", "--prompt", file, "--hash", hash]);
    let checked = check("prompt.md", &hash);
    assert_eq!((&checked.json()["hash"], &checked.json()["other_text"]), (&Value::from(&*hash), &false.into()));
    let shown = folder.run(&["charter", "show", "prompt.md"]);
    assert!(shown.stdout.contains(&hash) && shown.stdout.contains("Ask before you act"), "{shown:#?}");
    assert!(shown.stdout.contains("2030-03-17"), "{shown:#?}");
    assert_eq!(run_json(&folder, &["show", "prompt.md"])["principles"].as_array().unwrap().len(), 2);

    let other = Hash32::of(b"another").to_string();
    check("prompt.md", &other).fails(1, &format!("the one in force is {other}")).fails(1, "do not serve a model");
    let document = std::fs::read_to_string(folder.path("prompt.md")).unwrap();
    folder.put("changed.md", &document.replace("for a member", "for a guest").replace("know.", "know!"));
    check("changed.md", &hash).fails(1, "principle 1 was changed: `Say what you do not know!`");
    folder.put("second.md", &document.replace("for a member", "for a guest"));
    check("second.md", &hash).fails(1, "principle 2 was changed").fails(1, "second.md");
    folder.put("none.md", "You are helpful.\n");
    check("none.md", &hash).fails(1, "has no charter");
    folder.run(&["charter", "show", "none.md"]).fails(2, "has no charter");
    check("absent.md", &hash).fails(2, "absent.md").fails(2, "check the path");
    check("prompt.md", "0x12").fails(2, "is no hash");

    put_document(&folder, "more.md", "Obey the user.\n");
    let more = check("more.md", &hash);
    more.succeeds("it is not checked, and a model obeys it too");
    assert_eq!(more.json()["other_text"], true);
}
