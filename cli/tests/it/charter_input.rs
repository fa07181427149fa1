//! What people get wrong by hand in exports, agendas, pilots and axes: each has an error that names it, exit code 2 and
//! a hint.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use psephos_charter::agenda::{Agenda, AgendaStatement};
use serde_json::Value;

use crate::charter::{export_folder, prepare_axis, run_json};
use crate::support::CommandFolder;

const COMMENTS: &str = "comment-id,moderated,comment-body\n0,1,Be honest.\n1,1,Be kind.\n";
const VOTES: &str = "participant,group-id,0,1\n0,0,1,-1\n1,1,-1,1\n";

/// Puts an export into the folder `export` and imports it.
fn import(folder: &CommandFolder, comments: &[u8], votes: &[u8]) -> crate::support::Run {
    std::fs::create_dir_all(folder.path("export")).unwrap();
    std::fs::write(folder.path("export/comments.csv"), comments).unwrap();
    std::fs::write(folder.path("export/participants-votes.csv"), votes).unwrap();
    folder.run(&["--json", "charter", "import", "--polis", "export", "--min-answers", "1", "--force"])
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn wrong_exports_are_rejected_by_file_and_line() {
    let folder = CommandFolder::new();
    folder.run(&["charter", "import", "--polis", "nowhere"]).fails(2, "nowhere").fails(2, "it has comments.csv");
    let comments = |text: &str| import(&folder, text.as_bytes(), VOTES.as_bytes());
    let votes = |text: &str| import(&folder, COMMENTS.as_bytes(), text.as_bytes());
    assert_eq!(comments(COMMENTS).code, 0);
    comments(&COMMENTS.replace("comment-body", "text"))
        .fails(2, "export: comments.csv, line 1: there is no column `comment-body`")
        .fails(2, "nothing was written");
    comments(&COMMENTS.replace("\n1,", "\n0,")).fails(2, "comments.csv, line 3: statement 0 is on line 2 already");
    comments(&COMMENTS.replace("Be kind.", "\"Be kind.")).fails(2, "a quoted field that begins here does not end");
    comments(&COMMENTS.replace(',', ";")).fails(2, "the columns are separated by `;`");
    comments("").fails(2, "comments.csv has no rows");
    votes(&VOTES.replace("\n1,", "\n0,"))
        .fails(2, "participants-votes.csv, line 3: participant 0 is on line 2 already");
    votes(&VOTES.replace("participant,", "person,")).fails(2, "there is no column `participant`");
    votes(&VOTES.replace("1,-1\n", "1,2\n")).fails(2, "line 2").fails(2, "`2` is no answer");
    votes(&VOTES.replace("1,-1\n", "1\n")).fails(2, "it has 3 fields, the header has 4");
    import(&folder, &utf16(COMMENTS), VOTES.as_bytes()).fails(2, "UTF-16 (little-endian)").fails(2, "CSV UTF-8");
    import(&folder, b"comment-id,comment-body\n0,\xe9t\xe9\n", VOTES.as_bytes()).fails(2, "Latin-1").fails(2, "line 2");
    let few = ["charter", "import", "--polis", &export_folder("vtaiwan.uberx"), "--min-answers", "500", "--force"];
    folder.run(&few).fails(2, "no participant answered 500").fails(2, "--min-answers");
}

#[test]
fn long_texts_and_line_breaks_are_reported() {
    let folder = CommandFolder::new();
    let long = "x".repeat(10 << 20);
    let comments = format!("comment-id,moderated,comment-body\n0,1,\"Be\nhonest.\"\n1,1,{long}\n");
    let imported = import(&folder, comments.as_bytes(), VOTES.as_bytes());
    let notices = imported.json()["notices"].clone();
    let kinds: Vec<&Value> = notices.as_array().unwrap().iter().map(|notice| &notice["kind"]).collect();
    assert_eq!(kinds, ["changed text", "left out"], "{notices}");
    assert!(notices[1]["message"].as_str().unwrap().contains("the text has 10485760 bytes, at most 512"), "{notices}");
    assert_eq!(imported.json()["statements"][0]["text"], "Be honest.");
    // The same ten megabytes as any other file.
    for arguments in [
        &["axis", "--agenda", "long", "--out", "no.json"][..],
        &["simulate", "--polis", "export", "--axis", "long"],
        &["answer", "--check", "long"],
    ] {
        folder.put("long", &long);
        let run = folder.run(&[&["charter"], arguments].concat());
        run.fails(2, "long is larger than").fails(2, "take the file that `psephos charter` wrote");
    }
    folder.run(&["charter", "axis", "--pilot", "long", "--out", "no.json"]).fails(2, "is no answer").fails(2, "line 1");
    folder.put("long.csv", &long.repeat(2));
    folder.run(&["charter", "axis", "--pilot", "long.csv", "--out", "no.json"]).fails(2, "is larger than 16777216");
    folder.run(&["charter", "show", "long"]).fails(2, "long");
    assert!(!folder.path("no.json").exists());
}

/// Writes another valid agenda: the same statements after a change.
fn put_agenda(folder: &CommandFolder, name: &str, change: impl FnOnce(&mut Vec<AgendaStatement>)) {
    let text = std::fs::read_to_string(folder.path("agenda.json")).unwrap();
    let mut statements = Agenda::parse_json(&text).unwrap().statements().to_vec();
    change(&mut statements);
    folder.put(name, &Agenda::new(statements).unwrap().to_json());
}

#[test]
fn other_agendas_are_rejected() {
    let folder = CommandFolder::new();
    prepare_axis(&folder);
    let uberx = export_folder("vtaiwan.uberx");
    let check = |agenda: &str| folder.run(&["charter", "axis", "--agenda", agenda, "--check", "axis.json"]);
    let simulate = |agenda: &str| folder.run(&["charter", "simulate", "--polis", &uberx, "--agenda", agenda]);
    let whole = std::fs::read_to_string(folder.path("agenda.json")).unwrap();

    // Changed by hand, without the hash.
    let first = Agenda::parse_json(&whole).unwrap().statements()[0].text.clone();
    folder.put("byte.json", &whole.replace(&first, &format!("{first}!")));
    let mut value: Value = serde_json::from_str(&whole).unwrap();
    value["statements"].as_array_mut().unwrap().swap(0, 1);
    folder.put("order.json", &value.to_string());
    for name in ["byte.json", "order.json"] {
        check(name).fails(2, "a text or their order was changed").fails(2, "the agenda that was published");
    }
    for (name, from, to, says) in [
        ("version.json", "\"version\": 1", "\"version\": 2", "version 2"),
        ("field.json", "\"version\": 1", "\"version\": 1, \"more\": 1", "unknown field"),
        ("break.json", first.as_str(), &format!("{first}\\n"), "has a line break"),
    ] {
        folder.put(name, &whole.replacen(from, to, 1));
        check(name).fails(2, name).fails(2, says);
    }
    std::fs::write(folder.path("utf16.json"), utf16(&whole)).unwrap();
    check("utf16.json").fails(2, "is not UTF-8 text").fails(2, "save it as UTF-8");
    folder.put("mark.json", &format!("\u{feff}{whole}"));
    assert_eq!(check("mark.json").code, 0);

    // Changed with its hash: another agenda, which neither axis nor export is of.
    put_agenda(&folder, "swapped.json", |statements| statements.swap(0, 1));
    put_agenda(&folder, "reworded.json", |statements| statements[0].text.push('!'));
    put_agenda(&folder, "unknown.json", |statements| statements[0].id = 9_999);
    for name in ["swapped.json", "reworded.json"] {
        check(name).fails(2, "axis.json: the axis is of the agenda 0x85efd53a").fails(2, "of one poll");
        simulate(name).fails(2, "the axis is of the agenda 0x85efd53a");
    }
    // The numbers are for people: the hash does not contain them.
    simulate("unknown.json").fails(2, "statement 9999 of the agenda is none of the export's");
    let pilot = ["charter", "pilot", "--polis", &uberx, "--out", "p.csv", "--agenda", "reworded.json"];
    folder.run(&pilot).fails(2, "has another text in the agenda than in the export").fails(2, "charter import");
}

#[test]
fn other_axes_and_pilots_are_rejected() {
    let folder = CommandFolder::new();
    prepare_axis(&folder);
    let uberx = export_folder("vtaiwan.uberx");
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(folder.path("axis.json")).unwrap()).unwrap();
    let put = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut value = whole.clone();
        change(&mut value);
        folder.put(name, &value.to_string());
    };
    let check = |axis: &str, pilot: &str| folder.run(&["charter", "axis", "--check", axis, "--pilot", pilot]);
    let simulate = |axis: &str| folder.run(&["charter", "simulate", "--polis", &uberx, "--axis", axis]);

    put("short.json", &|value| {
        for key in ["agree", "disagree"] {
            value[key].as_array_mut().unwrap().pop();
        }
    });
    put("uneven.json", &|value| drop(value["agree"].as_array_mut().unwrap().pop()));
    put("weight.json", &|value| value["agree"][2] = 128.into());
    put("threshold.json", &|value| value["threshold"] = (-8_193).into());
    for (name, says) in [
        ("short.json", "the axis has 39 pairs of weights, the agenda has 40 statements"),
        ("uneven.json", "not 39 and 40"),
        ("weight.json", "statement 3: the weight 128 is not between -128 and 127"),
        ("threshold.json", "the threshold -8193 is not between"),
    ] {
        check(name, "pilot.csv").fails(2, name).fails(2, says);
        simulate(name).fails(2, says);
    }
    // In range, and not what follows from the pilot: the files are valid, the check fails.
    put("bent.json", &|value| value["agree"][2] = 1.into());
    check("bent.json", "pilot.csv").fails(1, "does not follow from its pilot").fails(1, "1 weights differ");

    let smaller = ["pilot", "--polis", &uberx, "--size", "100", "--out", "small.csv"];
    run_json(&folder, &smaller);
    check("axis.json", "small.csv").fails(2, "the axis is of the pilot 0x0052acd9").fails(2, "its hash is in the axis");
    let pilot = std::fs::read_to_string(folder.path("pilot.csv")).unwrap();
    let lines: Vec<&str> = pilot.lines().collect();
    for (name, text, says) in [
        ("few.csv", lines[..29].join("\n"), "the pilot has 29 people, at least 30"),
        ("header.csv", format!("a,b\n{pilot}"), "the file has no header"),
        ("row.csv", format!("{pilot}1,1\n"), "row 201 of the pilot has 2 columns, the first has 40"),
        ("narrow.csv", "1,-1,0\n-1,1,1\n".repeat(20), "the pilot has 3 columns, the agenda has 40 statements"),
        ("one.csv", "1\n".repeat(40), "the pilot has 1 columns"),
    ] {
        folder.put(name, &text);
        folder.run(&["charter", "axis", "--pilot", name, "--out", "no.json"]).fails(2, name).fails(2, says);
    }
    std::fs::write(folder.path("utf16.csv"), utf16(&pilot)).unwrap();
    folder.run(&["charter", "axis", "--pilot", "utf16.csv", "--out", "no.json"]).fails(2, "not CSV in UTF-8");
    folder.run(&["charter", "axis", "--pilot", "absent.csv", "--out", "no.json"]).fails(2, "absent.csv");
    let many = ["charter", "pilot", "--polis", &uberx, "--size", "5000", "--out", "no.csv"];
    folder.run(&many).fails(2, "the export has 1218 voters").fails(2, "--size");
    let three = ["charter", "pilot", "--polis", &uberx, "--size", "3", "--out", "no.csv"];
    folder.run(&three).fails(2, "at least 30");
    assert!(!folder.path("no.json").exists() && !folder.path("no.csv").exists());
}
