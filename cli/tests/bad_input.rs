//! Wrong usage, invalid files and missing chains: each failure says in one line what happened and in one line what to
//! do, and ends with the documented exit code.

mod support;

use support::Sandbox;

const DEPLOYMENT: &str = r#"{ "chain_id": 31337, "from_block": 0,
    "registry": "0x0000000000000000000000000000000000000001", "policy": "0x0000000000000000000000000000000000000002",
    "committee": "0x0000000000000000000000000000000000000003", "polls": "0x0000000000000000000000000000000000000004",
    "rewards": "0x000000000000000000000000000000000000000e",
    "verifiers": { "ballot3": "0x0000000000000000000000000000000000000005",
    "ballot8": "0x0000000000000000000000000000000000000006", "decryption": "0x0000000000000000000000000000000000000007",
    "dealing5": "0x0000000000000000000000000000000000000008", "dealing16": "0x0000000000000000000000000000000000000009",
    "committee_keys": "0x000000000000000000000000000000000000000a", "notes": "0x000000000000000000000000000000000000000b",
    "claim3": "0x000000000000000000000000000000000000000c", "claim8": "0x000000000000000000000000000000000000000d" } }"#;
/// A port that nothing can listen on.
const NOWHERE: &str = "http://127.0.0.1:1";

#[test]
fn wrong_usage_exits_with_code_2() {
    let sandbox = Sandbox::new();
    sandbox.run(&["no-such-command"]).fails(2, "unrecognized subcommand");
    sandbox.run(&["vote", "--poll", "1", "--chamber", "0"]).fails(2, "--choice");
    sandbox
        .run(&["vote", "--poll", "1", "--chamber", "0", "--choice", "1", "--votes", "1,0"])
        .fails(2, "cannot be used with");
    sandbox.run(&["demo", "--electorate", "x.csv"]).fails(2, "--proposal");
    sandbox.run(&["relay", "--batch", "0", "x.json"]).fails(2, "--batch");
    sandbox.run(&["relay"]).fails(2, "<FILE>");
    sandbox.run(&["trustee", "watch", "--interval", "0"]).fails(2, "--interval");
    sandbox.run(&["committee", "create"]).fails(2, "--trustee");
    sandbox.run(&["keys", "list", "--memory", "63"]).fails(2, "--memory");
}

#[test]
fn help_lists_exit_codes() {
    let run = Sandbox::new().run(&["--help"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("Exit codes:"), "{}", run.stdout);
}

#[test]
fn missing_deployment_error_names_file_and_remedy() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["poll", "list"]);
    run.fails(2, "there is no deployment file at deployment.json").fails(2, "--deployment FILE");
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    sandbox.run(&["--deployment", "other.json", "verify", "--poll", "1"]).fails(2, "other.json");
}

#[test]
fn invalid_deployment_file_is_rejected() {
    let sandbox = Sandbox::new();
    for content in ["", "{}", "{", "[1]", &DEPLOYMENT.replace("chain_id", "chain"), &DEPLOYMENT.replace("31337", "-1")]
    {
        sandbox.write_file("deployment.json", content);
        sandbox.run(&["poll", "list"]).fails(2, "deployment.json");
    }
}

#[test]
fn unreachable_chain_exits_with_3_and_invalid_url_with_2() {
    let sandbox = Sandbox::new();
    sandbox.write_file("deployment.json", DEPLOYMENT);
    sandbox.run(&["--rpc", NOWHERE, "poll", "list"]).fails(3, "no chain answers").fails(3, "--rpc URL");
    sandbox.run(&["--rpc", NOWHERE, "verify", "--poll", "1"]).fails(3, "no chain answers");
    sandbox.run(&["--rpc", "not an address", "poll", "list"]).fails(2, "is not the address of a chain");
    sandbox.run(&["--rpc", "ftp://127.0.0.1", "poll", "list"]).fails(2, "is not the address of a chain");
    sandbox.run(&["--rpc", NOWHERE, "--index", "nowhere", "poll", "list"]).fails(2, "is not the address of an index");
}

#[test]
fn json_failure_is_one_object() {
    let sandbox = Sandbox::new();
    sandbox.write_file("deployment.json", DEPLOYMENT);
    let run = sandbox.run(&["--json", "--rpc", NOWHERE, "poll", "list"]);
    assert_eq!(run.code, 3);
    let object: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON value");
    assert_eq!(object["error"]["code"], 3);
    assert!(object["error"]["what"].as_str().is_some_and(|what| what.contains("no chain answers")));
}

#[test]
fn impossible_committees_are_rejected_before_connecting() {
    const A: &str = "0x9f791ae2160f4ec6d9c8986c40da9b99c3a5f2fe";
    const B: &str = "0x87c9e571ae1657b19030eee27506c5d7e66ac29e";
    let sandbox = Sandbox::new();
    let create = |arguments: &[&str]| sandbox.run(&[&["committee", "create"], arguments].concat());
    create(&["--trustee", "0x12"]).fails(2, "0x12");
    create(&["--trustee", A, "--trustee", A]).fails(2, "given twice");
    create(&["--trustee", A, "--trustee", B, "--threshold", "3"]).fails(2, "threshold of 3");
    create(&["--trustee", A, "--threshold", "0"]).fails(2, "threshold of 0");
    create(&["--trustee", A, "--register-within", "0"]).fails(2, "--register-within");
    let many: Vec<String> = (0..17).map(|i| format!("0x{i:040x}")).collect();
    let many: Vec<&str> = many.iter().flat_map(|account| ["--trustee", account]).collect();
    create(&many).fails(2, "17 trustees");
    for (trustees, threshold, absent) in [("17", "3", "0"), ("5", "6", "0"), ("5", "0", "0"), ("5", "3", "3")] {
        let arguments = ["demo", "--trustees", trustees, "--threshold", threshold, "--absent", absent];
        sandbox.run(&arguments).fails(2, "cannot decrypt with a threshold of");
    }
}

#[test]
fn demo_on_unreachable_chain_fails_without_report() {
    let sandbox = Sandbox::new();
    sandbox.run(&["demo", "--chain", NOWHERE]).fails(3, "no chain answers");
    assert!(!sandbox.path("psephos-demo").exists(), "no report without an election");
}

#[test]
fn electorate_errors_name_the_line() {
    const A: &str = "0x9f791ae2160f4ec6d9c8986c40da9b99c3a5f2fe";
    const B: &str = "0x87c9e571ae1657b19030eee27506c5d7e66ac29e";
    const C: &str = "0x61e413de4a40b8d03ca2f18026980e885ae2b345";
    const HEAD: &str = "proposal,account,weight,choice\n";
    let three = format!("P,{A},3,For\nP,{B},2,For\nP,{C},1,Against\n");
    let sandbox = Sandbox::new();
    let check = |content: &str| {
        sandbox.write_file("votes.csv", content);
        sandbox.run(&["electorate", "check", "votes.csv", "--proposal", "P"])
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
    sandbox.run(&["electorate", "check", "votes.csv", "--proposal", "Q"]).fails(2, "there is no proposal `Q`");
    sandbox.run(&["electorate", "check", "missing.csv"]).fails(2, "missing.csv");
    // The demo refuses the file as well, before anything is started.
    sandbox.run(&["demo", "--electorate", "votes.csv", "--proposal", "Q"]).fails(2, "there is no proposal `Q`");
}

#[test]
fn invalid_poll_files_are_rejected_before_connecting() {
    let sandbox = Sandbox::new();
    sandbox.write_file("poll.json", "{ \"title\": \"T\" }");
    sandbox.run(&["--rpc", NOWHERE, "poll", "create", "poll.json"]).fails(2, "does not describe a poll");
    sandbox.run(&["--rpc", NOWHERE, "poll", "create", "none.json"]).fails(2, "none.json");
}

#[test]
fn invalid_member_lists_are_rejected_before_connecting() {
    let sandbox = Sandbox::new();
    sandbox.write_file("members.csv", "account,weight\n0x12,5\n");
    let arguments = ["--rpc", NOWHERE, "chamber", "create", "--name", "X", "--members", "members.csv"];
    sandbox.run(&arguments).fails(2, "line 2");
}

#[test]
fn missing_package_is_rejected_before_connecting() {
    let sandbox = Sandbox::new();
    sandbox.run(&["--rpc", NOWHERE, "relay", "none.json"]).fails(2, "none.json");
}

#[test]
fn existing_file_is_not_overwritten() {
    let sandbox = Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", "x");
    sandbox.write_file("me.identity", "precious");
    sandbox.run(&["identity", "new"]).fails(2, "exists already");
    sandbox.write_file("ballot.json", "precious");
    sandbox.run(&["vote", "--poll", "1", "--chamber", "0", "--choice", "1"]).fails(2, "exists already");
    assert_eq!(sandbox.read_all_files(), "preciousprecious");
}
