//! Secrets: wrong, missing or damaged ones are exit code 4, and none is ever printed.

use crate::support::CommandFolder;
use psephos_chain::Address;
use psephos_state::deployment::placeholder;

const CANARY: &str = "canary-7f3a-passphrase";
/// A private key for the canary test only: nothing is ever sent with it.
const CANARY_KEY: &str = "0xca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a51ca9a";

#[test]
fn identity_is_generated_shown_and_restored() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY);
    let made = folder.run(&["--json", "identity", "new", "--out", "me.identity"]);
    assert!(made.stderr.contains("all your accounts") && made.stderr.contains("same identity in all chambers"));
    assert_eq!(folder.run(&["--json", "identity", "check", "me.identity"]).json()["decrypted"], true);
    folder.put("deployment.json", &placeholder(Address::repeat_byte).to_json());
    let id = |folder: &CommandFolder, file: &str, account: u8| {
        let account = Address::repeat_byte(account).to_string();
        let shown = folder.run(&["--json", "identity", "show", file, "--account", &account]).json();
        assert_eq!(shown["account"], account.to_lowercase());
        shown["id"].as_str().map(str::to_owned).expect("an identity commitment")
    };
    let first = id(&folder, "me.identity", 1);
    assert!(first.starts_with("0x") && first.len() == 66);
    assert_ne!(first, id(&folder, "me.identity", 2), "an identity per account");
    folder.run(&["identity", "show", "me.identity", "--account", "0x12"]).fails(2, "0x12");

    // Restored under another passphrase, which alone opens the new file.
    folder.put("new.txt", "another passphrase\n");
    let restore = ["identity", "restore", "me.identity", "--new-passphrase-file", "new.txt", "--out", "you.identity"];
    assert_eq!(folder.run(&restore).code, 0);
    folder.run(&restore).fails(2, "you.identity exists already");
    folder.run(&["identity", "check", "you.identity"]).fails(4, "wrong passphrase");
    let new = folder.with("PSEPHOS_PASSPHRASE", "another passphrase");
    assert_eq!(id(&new, "you.identity", 1), first);
    new.run(&["identity", "restore", "me.identity", "--out", "no.identity"]).fails(4, "wrong passphrase");
    assert!(!new.path("no.identity").exists());
}

#[test]
fn identity_file_of_version_1_is_refused() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(folder.run(&["identity", "new"]).code, 0);
    let text = std::fs::read_to_string(folder.path("me.identity")).expect("readable");
    folder.put("old.identity", &text.replace("\"version\": 2", "\"version\": 1"));
    let refused = folder.run(&["identity", "check", "old.identity"]);
    refused.fails(4, "keystore version 1 is not supported").fails(4, "make a new file");
    folder.put("new.identity", &text.replace("\"version\": 2", "\"version\": 3"));
    folder.run(&["identity", "check", "new.identity"]).fails(4, "keystore version 3 is not supported");
    folder.put("huge.identity", &text.replace("65536", "4294967295"));
    folder.run(&["--json", "identity", "check", "huge.identity"]).fails(4, "memory_kib is 4294967295");
}

#[test]
fn wrong_passphrase_is_code_4() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(folder.run(&["identity", "new"]).code, 0);
    folder.put("wrong.txt", "something else\n");
    let wrong = ["--passphrase-file", "wrong.txt", "identity", "check", "me.identity"];
    folder.run(&wrong).fails(4, "wrong passphrase").fails(4, "try again");
}

#[test]
fn missing_passphrase_without_a_terminal_is_code_4() {
    let folder = CommandFolder::new();
    folder.run(&["identity", "new"]).fails(4, "no terminal").fails(4, "--passphrase-file");
    assert!(!folder.path("me.identity").exists());
    folder.run(&["--passphrase-file", "none.txt", "identity", "new"]).fails(4, "none.txt");
    folder.put("empty.txt", "\n");
    folder.run(&["--passphrase-file", "empty.txt", "identity", "new"]).fails(4, "empty");
}

#[test]
fn damaged_and_foreign_files_are_code_4() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(folder.run(&["identity", "new"]).code, 0);
    assert_eq!(folder.run(&["sender", "new"]).code, 0);
    let whole = std::fs::read_to_string(folder.path("me.identity")).expect("readable");
    folder.put("half.identity", &whole[..whole.len() / 2]);
    folder.run(&["identity", "check", "half.identity"]).fails(4, "half.identity");
    folder.run(&["identity", "check", "account.key"]).fails(4, "account.key");
    folder.run(&["--sender", "me.identity", "sender", "show"]).fails(4, "me.identity");
    folder.run(&["identity", "check", "none.identity"]).fails(2, "none.identity");
}

#[test]
fn sender_is_read_from_file_or_environment() {
    let folder = CommandFolder::new();
    folder.run(&["sender", "show"]).fails(4, "no account to send transactions from").fails(4, "PSEPHOS_SENDER_KEY");
    let folder = CommandFolder::new().with("PSEPHOS_SENDER_KEY", "0x1234");
    folder.run(&["sender", "show"]).fails(4, "64 hexadecimal digits");
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY);
    let made = folder.run(&["--json", "sender", "new", "--out", "relayer.key"]).json();
    let shown = folder.run(&["--json", "--sender", "relayer.key", "sender", "show"]).json();
    assert_eq!(made["address"], shown["address"]);
}

#[cfg(unix)]
#[test]
fn secret_files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY);
    assert_eq!(folder.run(&["identity", "new"]).code, 0);
    assert_eq!(folder.run(&["trustee", "keygen"]).code, 0);
    for name in ["me.identity", "trustee.keys"] {
        let mode = std::fs::metadata(folder.path(name)).expect("readable").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    folder.put("pass.txt", CANARY);
    std::fs::set_permissions(folder.path("pass.txt"), std::fs::Permissions::from_mode(0o644)).expect("set");
    let run = folder.run(&["--passphrase-file", "pass.txt", "identity", "check", "me.identity"]);
    assert!(run.code == 0 && run.stderr.contains("can be read by other users"), "{run:#?}");
}

#[test]
fn secrets_are_never_printed_or_written() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", CANARY).with("PSEPHOS_SENDER_KEY", CANARY_KEY);
    let runs = [
        &["identity", "new"][..],
        &["identity", "show", "me.identity", "--account", "0x0000000000000000000000000000000000000001"],
        &["identity", "check", "me.identity"],
        &["identity", "restore", "me.identity", "--out", "you.identity"],
        &["sender", "new"],
        &["sender", "show"],
        &["trustee", "keygen"],
        &["--json", "enrol", "--chamber", "0", "--identity", "me.identity"],
        &["vote", "--poll", "1", "--chamber", "0", "--option", "1"],
        &["trustee", "decrypt", "--poll", "1"],
        &["--rpc", "http://127.0.0.1:1", "deploy"],
        &["--rpc", "http://127.0.0.1:1", "demo", "--chain", "http://127.0.0.1:1"],
        &["--help"],
    ];
    for arguments in runs {
        let run = folder.run(arguments);
        let digits = CANARY_KEY.trim_start_matches("0x");
        for secret in [CANARY, CANARY_KEY, digits] {
            let shown = run.stdout.to_lowercase() + &run.stderr.to_lowercase();
            assert!(!shown.contains(secret), "{arguments:?} prints a secret: {run:#?}");
        }
    }
    let written = folder.files().to_lowercase();
    assert!(!written.contains(CANARY) && !written.contains(CANARY_KEY.trim_start_matches("0x")));
}
