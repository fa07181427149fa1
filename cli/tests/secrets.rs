//! Secrets: wrong, missing or damaged ones exit with code 4, and none is ever shown.

mod support;

use support::Sandbox;

const CANARY: &str = "canary-7f3a-passphrase";
/// A private key to search for in all outputs: nothing is ever sent with it.
const CANARY_KEY: &str = "0xca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a";

#[test]
fn new_identity_is_shown_and_opened() {
    let sandbox = Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", CANARY);
    let made = sandbox.run(&["--json", "identity", "new", "--out", "me.identity"]).json();
    let shown = Sandbox::run(&sandbox, &["--json", "identity", "show", "me.identity"]).json();
    assert_eq!(made["id"], shown["id"]);
    assert!(made["id"].as_str().is_some_and(|id| id.starts_with("0x") && id.len() == 66));
    assert_eq!(sandbox.run(&["--json", "identity", "check", "me.identity"]).json()["opened"], true);
}

#[test]
fn wrong_passphrase_exits_with_code_4() {
    let sandbox = Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(sandbox.run(&["identity", "new"]).code, 0);
    sandbox.write_file("wrong.txt", "something else\n");
    let wrong = ["--passphrase-file", "wrong.txt", "identity", "check", "me.identity"];
    sandbox.run(&wrong).fails(4, "wrong passphrase").fails(4, "try again");
}

#[test]
fn missing_passphrase_without_terminal_exits_with_code_4() {
    let sandbox = Sandbox::new();
    sandbox.run(&["identity", "new"]).fails(4, "no terminal").fails(4, "--passphrase-file");
    assert!(!sandbox.path("me.identity").exists());
    sandbox.run(&["--passphrase-file", "none.txt", "identity", "new"]).fails(4, "none.txt");
    sandbox.write_file("empty.txt", "\n");
    sandbox.run(&["--passphrase-file", "empty.txt", "identity", "new"]).fails(4, "empty");
}

#[test]
fn damaged_and_foreign_files_exit_with_code_4() {
    let sandbox = Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(sandbox.run(&["identity", "new"]).code, 0);
    assert_eq!(sandbox.run(&["sender", "new"]).code, 0);
    let whole = std::fs::read_to_string(sandbox.path("me.identity")).expect("there");
    sandbox.write_file("half.identity", &whole[..whole.len() / 2]);
    sandbox.run(&["identity", "check", "half.identity"]).fails(4, "half.identity");
    sandbox.run(&["identity", "check", "account.key"]).fails(4, "account.key");
    sandbox.run(&["--sender", "me.identity", "sender", "show"]).fails(4, "me.identity");
    sandbox.run(&["identity", "check", "none.identity"]).fails(2, "none.identity");
}

#[test]
fn senders_are_read_from_file_or_environment() {
    let sandbox = Sandbox::new();
    sandbox.run(&["sender", "show"]).fails(4, "no account to send from").fails(4, "PSEPHOS_SENDER_KEY");
    let sandbox = Sandbox::new().with_variable("PSEPHOS_SENDER_KEY", "0x1234");
    sandbox.run(&["sender", "show"]).fails(4, "64 hexadecimal digits");
    let sandbox = Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", CANARY);
    let made = sandbox.run(&["--json", "sender", "new", "--out", "relayer.key"]).json();
    let shown = sandbox.run(&["--json", "--sender", "relayer.key", "sender", "show"]).json();
    assert_eq!(made["address"], shown["address"]);
}

#[cfg(unix)]
#[test]
fn secret_files_are_readable_by_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(sandbox.run(&["identity", "new"]).code, 0);
    assert_eq!(sandbox.run(&["trustee", "keygen"]).code, 0);
    for name in ["me.identity", "trustee.keys"] {
        let mode = std::fs::metadata(sandbox.path(name)).expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    sandbox.write_file("pass.txt", CANARY);
    std::fs::set_permissions(sandbox.path("pass.txt"), std::fs::Permissions::from_mode(0o644)).expect("set");
    let run = sandbox.run(&["--passphrase-file", "pass.txt", "identity", "check", "me.identity"]);
    assert!(run.code == 0 && run.stderr.contains("can be read by others"), "{run:#?}");
}

#[test]
fn no_secret_is_ever_shown_or_written() {
    let sandbox =
        Sandbox::new().with_variable("PSEPHOS_PASSPHRASE", CANARY).with_variable("PSEPHOS_SENDER_KEY", CANARY_KEY);
    let runs = [
        &["identity", "new"][..],
        &["identity", "show", "me.identity"],
        &["identity", "check", "me.identity"],
        &["sender", "new"],
        &["sender", "show"],
        &["trustee", "keygen"],
        &["--json", "enrol", "--chamber", "0", "--identity", "me.identity"],
        &["vote", "--poll", "1", "--chamber", "0", "--choice", "1"],
        &["trustee", "open", "--poll", "1"],
        &["--rpc", "http://127.0.0.1:1", "deploy"],
        &["--rpc", "http://127.0.0.1:1", "demo", "--chain", "http://127.0.0.1:1"],
        &["--help"],
    ];
    for arguments in runs {
        let run = sandbox.run(arguments);
        let digits = CANARY_KEY.trim_start_matches("0x");
        for secret in [CANARY, CANARY_KEY, digits] {
            let shown = run.stdout.to_lowercase() + &run.stderr.to_lowercase();
            assert!(!shown.contains(secret), "{arguments:?} shows a secret: {run:#?}");
        }
    }
    let written = sandbox.read_all_files().to_lowercase();
    assert!(!written.contains(CANARY) && !written.contains(CANARY_KEY.trim_start_matches("0x")));
}
