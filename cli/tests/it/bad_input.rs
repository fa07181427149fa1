//! Wrong usage, invalid files, unreachable nodes: one line says what happened, one line what to do, and the exit code
//! is the documented one.

use crate::support::{CommandFolder, DEPLOYMENT};

/// A port that nothing can listen on.
const NOWHERE: &str = "http://127.0.0.1:1";

#[test]
fn wrong_usage_is_code_2() {
    let folder = CommandFolder::new();
    folder.run(&["no-such-command"]).fails(2, "unrecognized subcommand");
    folder.run(&["vote", "--poll", "1", "--chamber", "0"]).fails(2, "--choice");
    folder
        .run(&["vote", "--poll", "1", "--chamber", "0", "--option", "1", "--choices", "1,0"])
        .fails(2, "cannot be used with");
    folder.run(&["demo", "--electorate", "x.csv"]).fails(2, "--proposal");
    folder.run(&["relay", "--batch", "0", "x.json"]).fails(2, "--batch");
    folder.run(&["relay"]).fails(2, "<FILE>");
    folder.run(&["trustee", "watch", "--interval", "0"]).fails(2, "--interval");
    folder.run(&["committee", "create"]).fails(2, "--trustee");
    folder.run(&["keys", "list", "--memory", "63"]).fails(2, "--memory");
}

#[test]
fn help_names_the_exit_codes() {
    let run = CommandFolder::new().run(&["--help"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("Exit codes:"), "{}", run.stdout);
}

#[test]
fn missing_deployment_is_reported_with_a_hint() {
    let folder = CommandFolder::new();
    let run = folder.run(&["poll", "list"]);
    run.fails(2, "there is no deployment file at deployment.json").fails(2, "--deployment FILE");
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    folder.run(&["--deployment", "other.json", "verify", "--poll", "1"]).fails(2, "other.json");
}

#[test]
fn invalid_deployment_file_is_rejected() {
    let folder = CommandFolder::new();
    for content in ["", "{}", "{", "[1]", &DEPLOYMENT.replace("chain_id", "chain"), &DEPLOYMENT.replace("31337", "-1")]
    {
        folder.put("deployment.json", content);
        folder.run(&["poll", "list"]).fails(2, "deployment.json");
    }
    folder.put("deployment.json", &DEPLOYMENT.replace(r#""version": 1"#, r#""version": 2"#));
    folder.run(&["poll", "list"]).fails(2, "it has version 2, and this program reads version 1");
}

#[test]
fn unreachable_node_is_code_3_and_invalid_url_is_code_2() {
    let folder = CommandFolder::new();
    folder.put("deployment.json", DEPLOYMENT);
    folder.run(&["--rpc", NOWHERE, "poll", "list"]).fails(3, "no node answers").fails(3, "URL in --rpc");
    folder.run(&["--rpc", NOWHERE, "verify", "--poll", "1"]).fails(3, "no node answers");
    folder.run(&["--rpc", "not an address", "poll", "list"]).fails(2, "is not the URL of a node");
    folder.run(&["--rpc", "ftp://127.0.0.1", "poll", "list"]).fails(2, "is not the URL of a node");
    folder.run(&["--rpc", NOWHERE, "--indexer", "nowhere", "poll", "list"]).fails(2, "is not the URL of an indexer");
    let elsewhere = ["--rpc", NOWHERE, "--indexer", "http://indexer.example", "poll", "list"];
    folder.run(&elsewhere).fails(2, "is not on this machine").fails(2, "use an https URL");
}

#[test]
fn json_failure_is_one_object() {
    let folder = CommandFolder::new();
    folder.put("deployment.json", DEPLOYMENT);
    let run = folder.run(&["--json", "--rpc", NOWHERE, "poll", "list"]);
    assert_eq!(run.code, 3);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON value");
    assert_eq!(object["error"]["code"], 3);
    assert!(object["error"]["what"].as_str().is_some_and(|what| what.contains("no node answers")));
}

#[test]
fn json_usage_error_is_one_object() {
    let run = CommandFolder::new().run(&["--json", "poll", "list", "--nonsense"]);
    assert_eq!(run.code, 2);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON value");
    assert_eq!(object["error"]["code"], 2);
    assert!(object["error"]["what"].as_str().is_some_and(|what| what.contains("--nonsense")), "{object}");
}

#[test]
fn mistyped_addresses_are_rejected_before_anything_is_signed() {
    let folder = CommandFolder::new();
    let claim = |to: &str| folder.run(&["reward", "claim", "--poll", "1", "--chamber", "0", "--recipient", to]);
    claim("0x9F791ae2160f4Ec6D9c8986c40Da9b99c3A5F2FE").fails(2, "a digit was mistyped");
    claim("0x0000000000000000000000000000000000000000").fails(2, "the zero address");
}

#[test]
fn impossible_committees_are_rejected_before_connecting() {
    const A: &str = "0x9f791ae2160f4ec6d9c8986c40da9b99c3a5f2fe";
    const B: &str = "0x87c9e571ae1657b19030eee27506c5d7e66ac29e";
    let folder = CommandFolder::new();
    let create = |arguments: &[&str]| folder.run(&[&["committee", "create"], arguments].concat());
    create(&["--trustee", "0x12"]).fails(2, "0x12");
    create(&["--trustee", A, "--trustee", A]).fails(2, "named twice");
    create(&["--trustee", A, "--trustee", B, "--threshold", "3"]).fails(2, "threshold of 3");
    create(&["--trustee", A, "--threshold", "0"]).fails(2, "threshold of 0");
    create(&["--trustee", A, "--register-within", "0"]).fails(2, "--register-within");
    let many: Vec<String> = (1..18).map(|i| format!("0x{i:040x}")).collect();
    let many: Vec<&str> = many.iter().flat_map(|account| ["--trustee", account]).collect();
    create(&many).fails(2, "17 trustees");
    for (trustees, threshold, absent) in [("17", "3", "0"), ("5", "6", "0"), ("5", "0", "0"), ("5", "3", "3")] {
        let arguments = ["demo", "--trustees", trustees, "--threshold", threshold, "--absent", absent];
        folder.run(&arguments).fails(2, "cannot decrypt with a threshold of");
    }
}

#[test]
fn demo_on_unreachable_chain_fails_without_a_report() {
    let folder = CommandFolder::new();
    folder.run(&["demo", "--chain", NOWHERE]).fails(3, "no node answers");
    assert!(!folder.path("psephos-demo").exists(), "a report of an election that did not happen");
}

#[test]
fn invalid_electorates_are_rejected_by_line() {
    const A: &str = "0x9f791ae2160f4ec6d9c8986c40da9b99c3a5f2fe";
    const B: &str = "0x87c9e571ae1657b19030eee27506c5d7e66ac29e";
    const C: &str = "0x61e413de4a40b8d03ca2f18026980e885ae2b345";
    const HEAD: &str = "proposal,account,weight,choice\n";
    let three = format!("P,{A},3,For\nP,{B},2,For\nP,{C},1,Against\n");
    let folder = CommandFolder::new();
    let check = |content: &str| {
        folder.put("votes.csv", content);
        folder.run(&["electorate", "check", "votes.csv", "--proposal", "P"])
    };
    assert_eq!(check(&format!("{HEAD}{three}")).code, 0);
    check("").fails(2, "empty");
    check(&three).fails(2, "is missing");
    check("proposal,account,weight\n").fails(2, "`choice`");
    check(&format!("{HEAD}{three}P,{A},9,For\n")).fails(2, "line 5").fails(2, "has voted on this proposal in line 2");
    check(&format!("{HEAD}{three}").replace(",3,For", ",0,For")).fails(2, "the weight is 0");
    check(&format!("{HEAD}{three}").replace(",3,For", ",-3,For")).fails(2, "negative");
    check(&format!("{HEAD}{three}").replace(",3,For", ",1.5,For")).fails(2, "not a whole number");
    check(&format!("{HEAD}{three}").replace(",3,For", ",1099511627776,For")).fails(2, "2^40");
    check(&format!("{HEAD}{three}").replace(",3,For", ",3,Perhaps")).fails(2, "Perhaps");
    check(&format!("{HEAD}{three}").replace(A, "0x12")).fails(2, "is not an account");
    check(&format!("{HEAD}P,{A},3,For\n")).fails(2, "at least 3");
    folder.run(&["electorate", "check", "votes.csv", "--proposal", "Q"]).fails(2, "there is no proposal `Q`");
    folder.run(&["electorate", "check", "missing.csv"]).fails(2, "missing.csv");
    // The same file makes the demo fail before it starts anything.
    folder.run(&["demo", "--electorate", "votes.csv", "--proposal", "Q"]).fails(2, "there is no proposal `Q`");
}

#[test]
fn invalid_poll_file_is_rejected_before_connecting() {
    let folder = CommandFolder::new();
    folder.put("poll.json", "{ \"title\": \"T\" }");
    folder.run(&["--rpc", NOWHERE, "poll", "create", "poll.json"]).fails(2, "does not describe a poll");
    folder.run(&["--rpc", NOWHERE, "poll", "create", "none.json"]).fails(2, "none.json");
}

#[test]
fn invalid_member_list_is_rejected_before_connecting() {
    let folder = CommandFolder::new();
    folder.put("members.csv", "account,weight\n0x12,5\n");
    let arguments = ["--rpc", NOWHERE, "chamber", "create", "--name", "X", "--members", "members.csv"];
    folder.run(&arguments).fails(2, "line 2");
}

#[test]
fn missing_package_is_reported_before_connecting() {
    let folder = CommandFolder::new();
    folder.run(&["--rpc", NOWHERE, "relay", "none.json"]).fails(2, "none.json");
}

#[test]
fn existing_files_are_not_overwritten() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", "x");
    folder.put("me.identity", "precious");
    folder.run(&["identity", "new"]).fails(2, "exists already");
    folder.put("ballot.json", "precious");
    folder.run(&["vote", "--poll", "1", "--chamber", "0", "--option", "1"]).fails(2, "exists already");
    assert_eq!(folder.files(), "preciousprecious");
}

/// Names of files are bytes: JSON shows those that are no text with the bytes replaced, and the command does its work.
#[cfg(unix)]
#[test]
fn path_that_is_not_text_is_taken_and_shown() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", "a passphrase of some words");
    let name = OsStr::from_bytes(b"id\xff.identity");
    let arguments = ["--json", "identity", "new", "--out"].map(OsStr::new);
    let made = folder.run(&[&arguments[..], &[name]].concat());
    assert_eq!(made.json()["file"], "id\u{fffd}.identity");
    let check = ["--json", "identity", "check"].map(OsStr::new);
    assert_eq!(folder.run(&[&check[..], &[name]].concat()).json()["decrypted"], true);
}

/// A file without an end, or of gigabytes, is not read into memory.
#[cfg(unix)]
#[test]
fn endless_files_are_refused() {
    let folder = CommandFolder::new();
    std::fs::File::create(folder.path("huge.json")).and_then(|file| file.set_len(5 << 30)).expect("a sparse file");
    for file in ["/dev/zero", "huge.json"] {
        folder.run(&["--deployment", file, "poll", "list"]).fails(2, "another file");
        folder.put("deployment.json", DEPLOYMENT);
        folder.run(&["serve", "--config", file]).fails(2, "bytes");
        folder.run(&["electorate", "check", file]).fails(2, file);
    }
}
