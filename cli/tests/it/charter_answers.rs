//! A voter's answers: asked on a terminal, kept encrypted until all are given, and checked in a file.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use serde_json::Value;

use crate::charter::{export_folder, run_json};
use crate::support::CommandFolder;

/// Puts an agenda of three statements into a new folder.
fn prepare() -> CommandFolder {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", "correct horse battery");
    run_json(&folder, &["import", "--polis", &export_folder("vtaiwan.uberx"), "--statements", "3"]);
    folder
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let folder = prepare();
    let run = folder.run(&["charter", "answer", "--agenda", "agenda.json"]);
    run.fails(2, "there is no terminal to ask on").fails(2, "--check FILE");
    assert!(!folder.path("answers.json").exists() && !folder.path("answers.json.draft").exists());
    folder.put("answers.json", "{}");
    folder.run(&["charter", "answer"]).fails(2, "answers.json exists already");
}

#[test]
fn answers_of_a_file_are_checked_by_statement() {
    let folder = prepare();
    let agenda: Value = serde_json::from_str(&std::fs::read_to_string(folder.path("agenda.json")).unwrap()).unwrap();
    let ids: Vec<u64> =
        agenda["statements"].as_array().unwrap().iter().map(|one| one["id"].as_u64().unwrap()).collect();
    let entry = |id: u64, answer: &str| serde_json::json!({ "statement": id, "answer": answer });
    let check = |hash: &Value, entries: &[Value]| {
        let file = serde_json::json!({ "version": 1, "agenda": hash, "answers": entries });
        folder.put("mine.json", &file.to_string());
        folder.run(&["--json", "charter", "answer", "--agenda", "agenda.json", "--check", "mine.json"])
    };
    let all = [entry(ids[2], "pass"), entry(ids[0], "agree"), entry(ids[1], "disagree")];
    assert_eq!(check(&agenda["agenda"], &all).json()["answered"], 3);
    let other = Value::from(format!("0x{}", "1".repeat(64)));
    check(&other, &all).fails(2, "the answers are to the agenda 0x1111").fails(2, "psephos charter answer");
    let refuse = |last: Value, says: &str| {
        let mut entries = all.to_vec();
        entries[2] = last;
        check(&agenda["agenda"], &entries).fails(2, says);
    };
    refuse(entry(9_999, "agree"), "statement 9999, which is not on the agenda");
    refuse(entry(ids[0], "agree"), &format!("the answers have statement {} twice", ids[0]));
    refuse(entry(ids[1], "maybe"), "unknown variant `maybe`");
    check(&agenda["agenda"], &all[..2]).fails(2, &format!("the answers lack statement {}", ids[1]));
    check(&agenda["agenda"], &[]).fails(2, "the answers lack statement");
    folder.run(&["charter", "answer", "--check", "absent.json"]).fails(2, "absent.json");
}

#[cfg(unix)]
pub(crate) mod on_a_terminal {
    use std::ffi::OsStr;
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::os::unix::{ffi::OsStrExt, fs::OpenOptionsExt};
    use std::process::Stdio;

    use rustix::fs::OFlags;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;
    use crate::support::{Run, record_success};

    /// Runs the command with a terminal as its standard input, on which these lines are typed.
    pub(crate) fn run_typed(folder: &CommandFolder, arguments: &[&str], lines: &str) -> Run {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(OFlags::NOCTTY.bits() as i32);
        let terminal = options.open(OsStr::from_bytes(name.to_bytes())).unwrap();
        let mut keyboard = std::fs::File::from(master);
        keyboard.write_all(lines.as_bytes()).unwrap();
        let mut command = folder.command(arguments);
        let output = command.stdin(Stdio::from(terminal)).output().unwrap();
        if output.status.success() {
            record_success(arguments);
        }
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    const ANSWER: [&str; 6] = ["--json", "charter", "answer", "--agenda", "agenda.json", "--out=answers.json"];

    #[test]
    fn answers_are_asked_resumed_and_written() {
        let folder = prepare();
        let stopped = run_typed(&folder, &ANSWER, "a\nwhat\nd\nq\n");
        assert_eq!(stopped.code, 1, "{stopped:#?}");
        let shown: Value = serde_json::from_str(&stopped.stdout).unwrap();
        assert_eq!((&shown["answered"], &shown["of"], &shown["finished"]), (&2.into(), &3.into(), &false.into()));
        stopped.fails(1, "Statement 3 of 3 (2 answered)").fails(1, "Write a, d, p, b or q");
        assert!(!folder.path("answers.json").exists());
        let written = folder.files();
        assert!(!written.contains("\"agree\"") && !written.contains("disagree"), "the draft is encrypted");

        let wrong = prepare().with("PSEPHOS_PASSPHRASE", "another");
        std::fs::copy(folder.path("answers.json.draft"), wrong.path("answers.json.draft")).unwrap();
        run_typed(&wrong, &ANSWER, "p\n\n").fails(4, "wrong passphrase");

        let finished = run_typed(&folder, &ANSWER, "p\n\n");
        finished.succeeds("Statement 3 of 3 (2 answered)").succeeds("1 agree, 1 disagree, 1 pass");
        finished.succeeds("is not encrypted");
        assert_eq!(finished.json()["finished"], true);
        assert!(!folder.path("answers.json.draft").exists());
        assert_eq!(run_json(&folder, &["answer", "--check", "answers.json"])["answered"], 3);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path("answers.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }

    #[test]
    fn draft_of_another_agenda_is_not_used() {
        let folder = prepare();
        assert_eq!(run_typed(&folder, &ANSWER, "a\nq\n").code, 1);
        let uberx = export_folder("vtaiwan.uberx");
        run_json(&folder, &["import", "--polis", &uberx, "--statements", "4", "--force"]);
        run_typed(&folder, &ANSWER, "a\n").fails(2, "is a draft of answers to the agenda").fails(2, "move the draft");
        std::fs::write(folder.path("answers.json.draft"), "{}").unwrap();
        run_typed(&folder, &ANSWER, "a\n").fails(4, "answers.json.draft");
    }

    #[test]
    fn stopping_at_once_writes_nothing() {
        let folder = prepare();
        // The end of the input, as Ctrl-D gives it.
        for typed in ["q\n", "\u{4}"] {
            let run = run_typed(&folder, &["charter", "answer"], typed);
            assert_eq!(run.code, 1, "{run:#?}");
            assert!(run.stdout.contains("nothing written") && !folder.path("answers.json.draft").exists(), "{run:#?}");
        }
    }
}
