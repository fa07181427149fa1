//! A sheet poll by commands alone on a local chain, from an agenda to a charter in force, as the guide describes it.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::{Value, json};

use crate::organisation::{Organisation, trustee};
use crate::support::Run;

const VOTERS: [&str; 6] = ["ada", "ben", "cem", "dia", "eva", "fay"];
/// What each answers: camp A are the first three, camp B the others.
const ANSWERS: [[&str; 4]; 6] = [
    ["agree", "agree", "disagree", "pass"],
    ["agree", "agree", "disagree", "agree"],
    ["agree", "agree", "disagree", "pass"],
    ["agree", "disagree", "agree", "pass"],
    ["agree", "disagree", "agree", "pass"],
    ["agree", "disagree", "agree", "disagree"],
];
const TEXTS: [&str; 4] =
    ["Say what you do not know.", "Refuse more often.", "Answer more often.", "Speak of yourself as a program."];

/// Contracts, a chamber of six members, a committee of two trustees who are both needed. Gives the time.
async fn prepare(organisation: &Organisation) -> u64 {
    for name in ["dao", "relayer", "tia", "tom"] {
        organisation.account(name).await;
    }
    organisation.run("dao", &["deploy", "--min-ballots", "1", "--least-camp", "2"]).json();
    let mut members = String::from("account,weight\n");
    for name in VOTERS {
        members.push_str(&format!("{},1\n", organisation.account(name).await));
    }
    organisation.folder.put("members.csv", &members);
    organisation.run("dao", &["chamber", "create", "--name", "Members", "--members", "members.csv"]).json();
    for name in VOTERS {
        let file = format!("{name}.identity");
        organisation.run(name, &["enrol", "--chamber", "0", "--identity", &file]).json();
    }
    let mut accounts = Vec::new();
    for name in ["tia", "tom"] {
        organisation.folder.run(&["--json", "trustee", "keygen", "--out", &format!("{name}.keys")]).json();
        let shown = organisation.run(name, &["sender", "show"]).json();
        accounts.push(shown["address"].as_str().unwrap().to_owned());
    }
    let create = ["committee", "create", "--trustee", &accounts[0], "--trustee", &accounts[1], "--threshold", "2"];
    organisation.run("dao", &create).json();
    for name in ["tia", "tom", "tia"] {
        trustee(organisation, name, &["watch", "--once"]).json();
    }
    organisation.chain.connection().newest_time().await.unwrap()
}

/// Puts an agenda of the first `count` texts into the folder, and returns its hash.
fn put_agenda(organisation: &Organisation, name: &str, count: usize) -> String {
    let statements = (10..).zip(&TEXTS[..count]).map(|(id, text)| json!({ "id": id, "text": text }));
    let statements: Vec<Value> = statements.collect();
    let texts = TEXTS[..count].iter().copied();
    let agenda = psephos_charter::agenda::hash_texts(texts).to_string();
    organisation.folder.put(name, &json!({ "version": 1, "agenda": agenda, "statements": statements }).to_string());
    agenda
}

/// Puts the axis of an agenda into the folder: camp B agrees with the third statement.
fn put_axis(organisation: &Organisation, name: &str, agenda: &str) {
    let axis = json!({
        "version": 1, "agenda": agenda, "pilot": format!("0x00{}", "5a".repeat(31)), "threshold": 0,
        "agree": [0, -60, 60, 0], "disagree": [0, 60, -60, 0],
    });
    organisation.folder.put(name, &axis.to_string());
}

fn put_answers(organisation: &Organisation, name: &str, agenda: &str, answers: &[&str]) {
    let entries = (10..).zip(answers).map(|(id, answer)| json!({ "statement": id, "answer": answer }));
    let entries: Vec<Value> = entries.collect();
    organisation.folder.put(name, &json!({ "version": 1, "agenda": agenda, "answers": entries }).to_string());
}

/// The command that creates a sheet poll, from `opens` for an hour.
fn create<'a>(opens: &'a str, closes: &'a str, tally: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed = [
        "charter",
        "create",
        "--question",
        "How should our model behave?",
        "--chambers",
        "0",
        "--committee",
        "0",
        "--opens",
        opens,
        "--closes",
        closes,
        "--tally",
        tally,
        "--min-ballots",
        "3",
    ];
    [&fixed, more].concat()
}

fn vote(organisation: &Organisation, name: &str, more: &[&str]) -> Run {
    let identity = format!("{name}.identity");
    organisation.folder.run(&[&["--json", "vote", "--sheet", "1", "--identity", &identity], more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_become_a_charter_by_commands_alone() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    let folder = &organisation.folder;
    let agenda = put_agenda(&organisation, "agenda.json", 4);
    put_axis(&organisation, "axis.json", &agenda);
    let [opens, closes, deadline] = [now + 10, now + 3_700, now + 90_000].map(|time| time.to_string());
    let other = put_agenda(&organisation, "three.json", 3);

    // Creation: what cannot be is refused before it is paid for.
    assert_eq!(folder.run(&["--json", "charter", "show"]).json()["versions"], json!([]));
    let camps = ["--axis", "axis.json", "--least-camp", "2", "--quorum", "2", "--theta", "8500"];
    let with = |more: &[&'static str]| create(&opens, &closes, &deadline, &[&camps[..], more].concat());
    organisation.run("dao", &with(&["--agenda", "three.json"])).fails(2, "the axis is of the agenda");
    organisation.run("dao", &with(&["--required", "1"])).fails(2, "chamber 1 is required to adopt");
    organisation.run("dao", &create(&closes, &opens, &deadline, &camps)).fails(2, "not in this order");
    organisation.run("dao", &create("soon", &closes, &deadline, &camps)).fails(2, "is not a time");
    organisation.run("ada", &with(&[])).fails(3, "owner");
    let exported = folder.run(&[&["--json"], &with(&["--calldata"])[..]].concat()).json();
    assert!(exported["description"].as_str().unwrap().contains("create the sheet poll"), "{exported}");
    let created = organisation.run("dao", &with(&["--agenda", "agenda.json"]));
    created.succeeds("so small a camp may reveal single answers");
    let created = created.json();
    assert_eq!((&created["sheet"], &created["size"], &created["camps"]), (&json!(1), &json!(16), &json!(true)));

    // Opening.
    vote(&organisation, "ada", &["--answers", "ada.answers"]).fails(2, "ada.answers");
    put_answers(&organisation, "ada.answers", &agenda, &ANSWERS[0]);
    vote(&organisation, "ada", &["--answers", "ada.answers"]).fails(3, "sheet poll 1 is created");
    organisation.later(now + 11).await;
    organisation.run("relayer", &["charter", "open", "1"]).json();
    organisation.run("relayer", &["charter", "open", "1"]).fails(3, "WrongState");
    organisation.run("dao", &with(&[])).fails(2, "sheet poll 1 has asked chamber 0 this agenda with camps");

    // Votes.
    put_answers(&organisation, "other.answers", &other, &ANSWERS[0][..3]);
    vote(&organisation, "ada", &["--answers", "other.answers"]).fails(2, "the answers are to the agenda");
    put_answers(&organisation, "short.answers", &agenda, &ANSWERS[0][..3]);
    vote(&organisation, "ada", &["--answers", "short.answers"]).fails(2, "lack statement 13");
    vote(&organisation, "ada", &[]).fails(2, "no terminal to ask on");
    let words = created["words"].as_str().unwrap();
    let false_words = words.replace(words.split('-').next().unwrap(), "zoo");
    vote(&organisation, "ada", &["--answers", "ada.answers", "--fingerprint", &false_words]).fails(3, "is another one");
    vote(&organisation, "ada", &["--answers", "ada.answers", "--relayer", "https://relayer.example"])
        .fails(2, "no relayer takes sheets yet");
    folder.run(&["--json", "vote", "--sheet", "2", "--check", "--identity", "ada.identity"]).fails(2, "charter show");
    for (name, answers) in VOTERS.iter().zip(&ANSWERS) {
        let [file, out] = [format!("{name}.answers"), format!("{name}.json")];
        put_answers(&organisation, &file, &agenda, answers);
        let voted = vote(&organisation, name, &["--answers", &file, "--fingerprint", words, "--out", &out]);
        voted.succeeds("4 statements answered").succeeds("is not encrypted").succeeds("not how you answered");
        assert!(!voted.stdout.contains("agree"), "{voted:#?}");
    }
    assert_eq!(vote(&organisation, "ada", &["--check"]).code, 1);
    organisation.run("ada", &["relay", "ben.json"]).fails(2, "is a member of chamber 0").fails(2, "--expose-sender");
    let package = std::fs::read_to_string(folder.path("ada.json")).unwrap();
    folder.put("half.json", &package.replace("\"chamber\"", "\"room\""));
    let files: Vec<String> = VOTERS.iter().map(|name| format!("{name}.json")).collect();
    let all: Vec<&str> = ["relay", "half.json"].into_iter().chain(files.iter().map(String::as_str)).collect();
    let relayed = organisation.run("relayer", &all);
    assert_eq!(relayed.code, 1, "{relayed:#?}");
    assert_eq!(relayed.stdout.matches("\"cast\"").count(), 6, "{relayed:#?}");
    assert!(relayed.stdout.contains("malformed"), "{relayed:#?}");
    let again = organisation.run("relayer", &["relay", "ada.json"]).json();
    assert_eq!(again["sheets"]["packages"][0]["outcome"], "already_cast");
    assert_eq!(vote(&organisation, "ada", &["--check", "--package", "ada.json"]).json()["counted"], true);
    vote(&organisation, "ada", &["--check", "--package", "ben.json"]).fails(2, "not a sheet of this identity");
    vote(&organisation, "ada", &["--answers", "ada.answers", "--out", "new.json"]).fails(3, "--replace");
    vote(&organisation, "fay", &["--answers", "fay.answers", "--replace", "--out", "new.json"]).json();
    organisation.run("relayer", &["relay", "new.json"]).json();
    assert_eq!(vote(&organisation, "fay", &["--check", "--package", "fay.json"]).code, 1, "it was replaced");

    #[cfg(unix)]
    ask_on_a_terminal(&organisation);

    // The turnout, and behind it the statements.
    let decrypt = ["decrypt", "--sheet", "1"];
    trustee(&organisation, "tia", &decrypt).fails(3, "sheet poll 1 is open").fails(3, "charter show --sheet 1");
    organisation.later(now + 3_701).await;
    organisation.run("relayer", &["charter", "tally", "1"]).fails(3, "0 of 2 decryption shares");
    for name in ["tia", "tom"] {
        let blocks = trustee(&organisation, name, &decrypt).json();
        assert_eq!(blocks["blocks"].as_array().map(Vec::len), Some(1), "{blocks}");
    }
    let turnout = organisation.run("relayer", &["charter", "tally", "1"]).json();
    assert_eq!((&turnout["chambers"][0]["turnout"], &turnout["state"]), (&json!([3, 3]), &json!("closed")));
    enact(&organisation, "1", now + 1_000_000, &[]).fails(3, "sheet poll 1 is closed, and not finished");
    trustee(&organisation, "tia", &decrypt).json();
    let watched = trustee(&organisation, "tom", &["watch", "--once"]).json();
    let tasks: Vec<&Value> = watched["done"].as_array().unwrap().iter().map(|one| &one["task"]["task"]).collect();
    assert_eq!(tasks, ["decrypt_sheet", "tally_sheet", "end_sheet"], "{watched}");
    let again = organisation.run("relayer", &["charter", "tally", "1"]).json();
    assert_eq!((&again["transactions"], &again["finalised"]), (&json!([]), &Value::Null), "nothing is left to do");
    assert_eq!(again["state"], "finished", "{again}");
    let shown = folder.run(&["--json", "charter", "show", "--sheet", "1", "--plot", "plot.svg"]).json();
    let outcomes: Vec<&Value> = shown["statements"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["adopted", "contested", "contested", "unheard"]);
    assert_eq!(shown["chambers"][0]["totals"][0][3], json!({ "agrees": 1, "disagrees": 0 }));
    assert!(std::fs::read_to_string(folder.path("plot.svg")).unwrap().contains("How should our model behave?"));
    let text = folder.run(&["charter", "show", "--sheet", "1"]);
    assert!(text.stdout.contains("3 voters in camp A, 3 in camp B, all statements are tallied"), "{text:#?}");

    become_charter(&organisation, now).await;
}

/// A voter is asked for each statement, stops half way, and continues with the encrypted draft.
#[cfg(unix)]
fn ask_on_a_terminal(organisation: &Organisation) {
    use crate::charter_answers::on_a_terminal::run_typed;

    let (folder, draft) = (&organisation.folder, organisation.folder.path("asked.json.draft"));
    let vote = ["--json", "vote", "--sheet", "1", "--identity=eva.identity", "--replace", "--out=asked.json"];
    let stopped = run_typed(folder, &vote, "a\nd\nq\n");
    stopped.fails(1, "Statement 3 of 4 (2 answered)");
    assert!(draft.exists() && !folder.path("asked.json").exists(), "{stopped:#?}");
    assert!(!std::fs::read_to_string(&draft).unwrap().contains("agree"), "the draft is encrypted");
    run_typed(folder, &vote, "a\np\n\n").succeeds("2 agree, 1 disagree, 1 pass");
    assert!(!draft.exists() && !folder.path("asked.json.receipt").exists());
    organisation.run("relayer", &["relay", "asked.json"]).json();
    let check = ["--json", "vote", "--sheet", "1", "--identity", "eva.identity", "--check", "--package", "asked.json"];
    assert_eq!(folder.run(&check).json()["counted"], true);
}

fn enact(organisation: &Organisation, sheet: &str, expires: u64, more: &[&str]) -> Run {
    let expires = expires.to_string();
    organisation.run("dao", &[&["charter", "enact", "--sheet", sheet, "--expires", &expires], more].concat())
}

/// The finished sheet poll becomes a version, which is put in force, exported and checked.
async fn become_charter(organisation: &Organisation, now: u64) {
    let folder = &organisation.folder;
    let expires = now + 1_000_000;
    enact(organisation, "1", now, &[]).fails(2, "--expires is");
    let unknown = format!("0x{}", "12".repeat(32));
    enact(organisation, "1", expires, &["--parent", &unknown]).fails(3, "another one was enacted meanwhile");
    let enacted = enact(organisation, "1", expires, &[]).json();
    assert_eq!((&enacted["version"], &enacted["principles"]), (&json!(1), &json!(1)));
    let hash = enacted["hash"].as_str().unwrap();
    enact(organisation, "1", expires, &[]).fails(3, "sheet poll 1 was enacted as version 1");
    organisation.run("ada", &["charter", "stage", "1", "live"]).fails(3, "owner");
    organisation.run("dao", &["charter", "stage", "2", "live"]).fails(2, "no version 2");

    // No version is in force, so no prompt is the right one.
    let export = ["--json", "charter", "export", "--version", "1", "--format", "md", "--out", "prompt.md"];
    assert_eq!(folder.run(&export).json()["hash"], hash);
    folder.run(&["charter", "export"]).fails(3, "no version of the charter is in force");
    folder.run(&["charter", "check", "--prompt", "prompt.md"]).fails(1, "no version of the charter is in force");
    organisation.run("dao", &["charter", "stage", "1", "live"]).json();
    assert_eq!(organisation.run("dao", &["charter", "stage", "1", "live"]).json()["transaction"], Value::Null);
    let checked = folder.run(&["--json", "charter", "check", "--prompt", "prompt.md"]).json();
    assert_eq!((&checked["hash"], &checked["version"]), (&json!(hash), &json!(1)));
    let prompt = std::fs::read_to_string(folder.path("prompt.md")).unwrap();
    folder.put("changed.md", &prompt.replace("know.", "know!"));
    folder.run(&["charter", "check", "--prompt", "changed.md"]).fails(1, "principle 1 was changed");
    let jsonl = folder.run(&["charter", "export", "--format", "jsonl"]);
    let line: Value = serde_json::from_str(jsonl.stdout.trim()).unwrap();
    assert_eq!((&line["principle"], &line["charter"]), (&json!(TEXTS[0]), &json!(hash)));
    assert_eq!(line["totals"][0][1], json!({ "turnout": 3, "agrees": 3, "disagrees": 0 }));
    let shown = folder.run(&["charter", "show"]);
    assert!(shown.stdout.contains("Version 1: live, in force") && shown.stdout.contains(TEXTS[0]), "{shown:#?}");

    // Once it has expired, it is not in force, and cannot be put in force again.
    organisation.later(expires + 1).await;
    folder.run(&["charter", "check", "--prompt", "prompt.md"]).fails(1, "no version of the charter is in force");
    organisation.run("dao", &["charter", "stage", "1", "paused"]).fails(3, "version 1 expired at");
    assert_eq!(folder.run(&["--json", "charter", "show"]).json()["versions"][0]["expired"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn sheet_poll_that_is_cancelled_or_not_tallied_enacts_nothing() {
    let organisation = Organisation::new().await;
    let now = prepare(&organisation).await;
    put_agenda(&organisation, "agenda.json", 4);
    let dao = organisation.run("dao", &["sender", "show"]).json()["address"].as_str().unwrap().to_owned();
    let [opens, closes, deadline] = [now + 10, now + 3_700, now + 90_000].map(|time| time.to_string());
    let until = (now + 800).to_string();
    let cancellable = ["--quorum", "2", "--canceller", &dao, "--cancel-deadline", &until];
    let plain = create(&opens, &closes, &deadline, &cancellable);
    organisation.run("dao", &plain).json();
    organisation.run("dao", &create(&opens, &closes, &deadline, &["--quorum", "2"])).json();
    organisation.run("ada", &["charter", "cancel", "1"]).fails(3, "NotCanceller");
    organisation.run("dao", &["charter", "cancel", "1"]).json();
    enact(&organisation, "1", now + 1_000_000, &[]).fails(3, "sheet poll 1 is cancelled");
    organisation.later(now + 11).await;
    organisation.run("relayer", &["charter", "open", "2"]).json();

    // Too few sheets: it is finished without totals, and adopts nothing.
    organisation.later(now + 3_701).await;
    let tallied = organisation.run("relayer", &["charter", "tally", "2"]).json();
    assert_eq!(tallied["state"], "finished", "{tallied}");
    enact(&organisation, "2", now + 1_000_000, &[]).fails(3, "is not tallied").fails(3, "charter show --sheet");
    enact(&organisation, "3", now + 1_000_000, &[]).fails(2, "there is no sheet poll 3");
}
