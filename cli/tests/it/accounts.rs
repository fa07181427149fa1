//! Accounts as people have them: Ethereum keystores, mnemonic phrases, remote signers; and nonces of their choice.

use crate::organisation::Organisation;
use crate::support::{CommandFolder, Run};
use alloy::signers::local::PrivateKeySigner;
use psephos_chain::{Address, U256, local};
use psephos_state::deployment::placeholder;
use psephos_testkit::{FUNDS, SignerDouble, SignerLie};
use serde_json::{Value, json};

const PASSPHRASE: &str = "testpassword";
/// The phrase of development nodes, whose accounts everyone knows.
const PHRASE: &str = "test test test test test test test test test test test junk";
const FIRST: &str = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const SECOND: &str = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

/// A test vector of Ethereum's definition of its keystores.
fn keystore() -> Value {
    json!({
        "address": "008aeeda4d805471df9b2a5b0f38a0c3bcba786b",
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "83dbcc02d8ccb40e466191a123791e0e" },
            "ciphertext": "d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c",
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": 32, "n": 262144, "r": 1, "p": 8,
                "salt": "ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19",
            },
            "mac": "2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097",
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3,
    })
}

fn show(folder: &CommandFolder, options: &[&str]) -> Run {
    folder.run(&[&["--json"], options, &["sender", "show"]].concat())
}

#[track_caller]
fn address_of(folder: &CommandFolder, options: &[&str]) -> String {
    show(folder, options).json()["address"].as_str().expect("an address").to_owned()
}

#[test]
fn ethereum_keystore_is_opened_imported_and_exported() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", PASSPHRASE);
    folder.put("geth.json", &keystore().to_string());
    let expected = "0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b";
    assert_eq!(address_of(&folder, &["--sender", "geth.json"]), expected);

    folder.put("new.txt", "another passphrase\n");
    let import = ["--json", "--sender", "geth.json", "sender", "import", "--new-passphrase-file", "new.txt"];
    assert_eq!(folder.run(&import).json()["address"], expected);
    folder.run(&import).fails(2, "account.key exists already");
    let options = ["--sender", "account.key", "--sender-passphrase-file", "new.txt"];
    assert_eq!(address_of(&folder, &options), expected);
    let export = [&["--json"][..], &options, &["sender", "export", "--out", "out.json"]].concat();
    assert_eq!(folder.run(&export).json()["address"], expected);
    assert_eq!(address_of(&folder, &["--sender", "out.json", "--sender-passphrase-file", "new.txt"]), expected);
    show(&folder, &["--sender", "out.json"]).fails(4, "wrong passphrase").fails(4, "--sender-passphrase-file");
    let text = std::fs::read_to_string(folder.path("out.json")).expect("readable");
    assert!(!text.contains("another") && text.contains("\"version\": 3"));
}

#[test]
fn costly_and_foreign_keystores_are_refused_by_name() {
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", PASSPHRASE);
    let mut costly = keystore();
    costly["crypto"]["kdfparams"]["n"] = json!(1u64 << 29);
    folder.put("costly.json", &costly.to_string());
    show(&folder, &["--sender", "costly.json"]).fails(4, "key derivation parameter n is 536870912").fails(4, "wallet");
    let mut other = keystore();
    other["address"] = json!(FIRST);
    folder.put("other.json", &other.to_string());
    show(&folder, &["--sender", "other.json"]).fails(4, "its key is that of 0x008A").fails(4, "unmodified copy");
    let mut presale = keystore();
    presale["version"] = json!(1);
    folder.put("presale.json", &presale.to_string());
    show(&folder, &["--sender", "presale.json"]).fails(4, "version \"1\"");
    folder.put("no.json", "{}");
    show(&folder, &["--sender", "no.json"]).fails(4, "no.json");
}

#[test]
fn mnemonic_phrase_is_read_from_a_file_or_the_environment() {
    let folder = CommandFolder::new();
    folder.put("phrase.txt", &(PHRASE.replace(" junk", "\nJUNK") + "\n"));
    assert_eq!(address_of(&folder, &["--mnemonic-file", "phrase.txt"]), FIRST);
    let second = ["--mnemonic-file", "phrase.txt", "--derivation-path", "m/44'/60'/0'/0/1"];
    assert_eq!(address_of(&folder, &second), SECOND);
    show(&folder, &["--mnemonic-file", "phrase.txt", "--derivation-path", "44/60"]).fails(2, "derivation path");
    folder.put("extension.txt", "extension\n");
    let extended = ["--mnemonic-file", "phrase.txt", "--mnemonic-passphrase-file", "extension.txt"];
    assert_ne!(address_of(&folder, &extended), FIRST);
    folder.put("wrong.txt", "test test test test test test test test test test test canary\n");
    let wrong = show(&folder, &["--mnemonic-file", "wrong.txt"]);
    wrong.fails(4, "not one of BIP-39").fails(4, "check each word");
    assert!(!wrong.stderr.contains("canary"), "{wrong:#?}");
    show(&folder, &["--ask-mnemonic"]).fails(4, "no terminal").fails(4, "--mnemonic-file");

    let folder = folder.with("PSEPHOS_MNEMONIC", PHRASE).with("PSEPHOS_PASSPHRASE", PASSPHRASE);
    assert_eq!(address_of(&folder, &[]), FIRST);
    assert_eq!(folder.run(&["--json", "sender", "import", "--out", "first.key"]).json()["address"], FIRST);
    assert_eq!(address_of(&folder, &["--sender", "first.key"]), FIRST, "an option comes before the environment");
    let folder = folder.with("PSEPHOS_SENDER_KEY", &format!("0x{}", "11".repeat(32)));
    show(&folder, &[]).fails(2, "PSEPHOS_SENDER_KEY and PSEPHOS_MNEMONIC both name the account");
    show(&folder, &["--sender", "first.key", "--mnemonic-file", "phrase.txt"]).fails(2, "--sender and --mnemonic-file");
}

#[test]
fn identity_and_sender_have_passphrases_of_their_own() {
    let folder = CommandFolder::new();
    folder.put("deployment.json", &placeholder(Address::repeat_byte).to_json());
    folder.put("identity.txt", "passphrase of the identity\n");
    folder.put("sender.txt", "passphrase of the sender\n");
    let identity = ["--passphrase-file", "identity.txt"];
    let sender = ["--sender-passphrase-file", "sender.txt"];
    assert_eq!(folder.run(&[&identity[..], &["identity", "new"]].concat()).code, 0);
    assert_eq!(folder.run(&[&sender[..], &["sender", "new"]].concat()).code, 0);
    // The node is asked only after both files are opened.
    let enrol = ["--rpc", "http://127.0.0.1:1", "--sender", "account.key", "enrol", "--chamber", "0"];
    folder.run(&[&identity[..], &sender, &enrol].concat()).fails(3, "no node answers");
    folder.run(&[&identity[..], &enrol].concat()).fails(4, "account.key: wrong passphrase").fails(4, "--sender-pass");
    folder.run(&[&sender[..], &enrol].concat()).fails(4, "passphrase for me.identity is missing");
    let folder = folder.with("PSEPHOS_PASSPHRASE", "passphrase of the identity");
    folder.run(&enrol).fails(4, "account.key: wrong passphrase");
    let folder = folder.with("PSEPHOS_SENDER_PASSPHRASE", "passphrase of the sender");
    folder.run(&enrol).fails(3, "no node answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn remote_signer_is_found_and_keeps_its_key() {
    let signer = SignerDouble::start(PrivateKeySigner::random(), false).await;
    let folder = CommandFolder::new().with("PSEPHOS_PASSPHRASE", PASSPHRASE);
    let account = signer.account().to_string().to_lowercase();
    assert_eq!(address_of(&folder, &["--signer-url", signer.url()]), account);
    assert_eq!(address_of(&folder, &["--signer-url", signer.url(), "--signer-account", &account]), account);
    show(&folder, &["--signer-url", signer.url(), "--signer-account", FIRST]).fails(4, "does not hold the key");
    show(&folder, &["--signer-url", "http://signer.example/canary"]).fails(2, "would not be encrypted");
    show(&folder, &["--signer-url", "http://127.0.0.1:9"]).fails(3, "no signer answers").fails(3, "--signer-url");
    let export = folder.run(&["--signer-url", signer.url(), "sender", "export"]);
    export.fails(4, "is held by the signer at 127.0.0.1").fails(4, "--sender FILE");
    assert!(!folder.path("account.json").exists());
    let folder = folder.with("PSEPHOS_SIGNER_URL", signer.url());
    assert_eq!(address_of(&folder, &[]), account);
}

#[tokio::test(flavor = "multi_thread")]
async fn plan_of_a_remote_signer_is_sent_or_stopped_by_its_lie() {
    let organisation = Organisation::new().await;
    let signer = SignerDouble::start(PrivateKeySigner::random(), true).await;
    let (account, named) = (signer.account(), signer.account().to_string());
    let connection = organisation.chain.connection();
    local::fund_account(connection, account, U256::from(FUNDS)).await.expect("funded");
    let deploy = ["--json", "--signer-url", signer.url(), "--signer-account", &named, "deploy"];
    signer.lie(SignerLie::Nonce);
    let stopped = organisation.folder.run(&deploy);
    stopped.fails(1, "signed another transaction than it was asked to").fails(1, "do not use this signer");
    assert_eq!(connection.nonces(account).await.expect("the nonces").pending, 0);
    signer.lie(SignerLie::None);
    let done = organisation.folder.run(&deploy).json();
    assert_eq!(done["owner"], account.to_string().to_lowercase());
    assert!(connection.nonces(account).await.expect("the nonces").latest >= 20);
    assert!(signer.methods().iter().any(|method| method == "account_signTransaction"));
}

#[test]
fn nonce_is_refused_by_name_where_not_exactly_one_transaction_is_sent() {
    let folder = CommandFolder::new();
    for (command, said) in [
        (&["deploy"][..], "`psephos deploy` plans its transactions"),
        (&["chamber", "create", "--name", "A"], "`psephos chamber create` plans"),
        (&["reward", "fund", "--poll", "1", "--amount", "1"], "`psephos reward fund` plans"),
        (&["relay", "one.json"], "`psephos relay` sends as many"),
        (&["trustee", "watch"], "`psephos trustee watch` sends as many"),
        (&["sender", "show"], "`psephos sender` sends no transaction"),
    ] {
        folder.run(&[command, &["--nonce", "7"]].concat()).fails(2, said).fails(2, "leave out --nonce");
    }
    folder.run(&["--nonce", "7", "poll", "open", "1"]).fails(2, "there is no deployment file");
    folder.run(&["--nonce-gap", "poll", "open", "1"]).fails(2, "--nonce");
}
