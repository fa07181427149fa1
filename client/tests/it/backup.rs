//! Secret files are the same to this crate and to an independent program in JavaScript, which follows the
//! specification alone.
//!
//! `npm ci` in `vectors/generate` installs its packages. Without them tests print that they are skipped, unless
//! `PSEPHOS_REQUIRE_PEERS` is set: then they fail.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use psephos_client::{Account, keystore::KeystoreError, secret_file::SecretFileError, trustee, voter::VoterSeed};
use psephos_protocol::{
    committee::TransportSecret,
    field,
    identity::{Identity, Seed},
};
use psephos_state::{Address, Deployment, deployment::placeholder};
use serde_json::Value;

const PASSPHRASE: &str = "Fru\u{308}hstu\u{308}ck f\u{fc}r \u{1f511}";

/// Returns the folder of the independent program, if its packages are installed.
fn find_peer() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/generate");
    if folder.join("node_modules/@noble/hashes").is_dir() {
        return Some(folder);
    }
    let how = "the packages of the vectors are not installed: run `npm ci` in vectors/generate";
    assert!(std::env::var_os("PSEPHOS_REQUIRE_PEERS").is_none(), "{how}");
    eprintln!("SKIPPED, {how}");
    None
}

fn run_peer(peer: &Path, passphrase: &str, arguments: &[&str]) -> Value {
    let mut child = Command::new("node")
        .arg(peer.join("open-secret-file.mjs"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node can be started");
    child.stdin.take().expect("a pipe").write_all(passphrase.as_bytes()).expect("the passphrase is read");
    let output = child.wait_with_output().expect("node ends");
    serde_json::from_slice(&output.stdout).expect("the program prints JSON")
}

fn seed_of(opened: &Value) -> Seed {
    let digits = opened["secret"].as_str().expect("a secret").trim_start_matches("0x");
    Seed::from_bytes(hex::decode(digits).expect("hexadecimal").try_into().expect("32 bytes"))
}

fn id_of(seed: &VoterSeed, deployment: &Deployment, account: Address) -> String {
    field::to_hex(&seed.derive_identity(deployment, account).expect("an identity").identity.commitment().value())
}

#[test]
fn independent_program_opens_files_of_this_crate() {
    let Some(peer) = find_peer() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let [identity, keys, account] = ["me.identity", "trustee.keys", "account.key"].map(|name| folder.path().join(name));
    let open = |kind, path: &Path, passphrase, more: &[&str]| {
        run_peer(&peer, passphrase, &[&["open", kind, path.to_str().expect("UTF-8")], more].concat())
    };

    let seed = VoterSeed::create_file(&identity, PASSPHRASE).expect("a file");
    let deployment = placeholder(Address::repeat_byte);
    for member in [Address::repeat_byte(0x5a), Address::ZERO] {
        let place = [deployment.chain_id.to_string(), deployment.registry.to_string(), member.to_string()];
        let opened = open("identity", &identity, PASSPHRASE, &place.each_ref().map(String::as_str));
        assert_eq!(opened["id"], id_of(&seed, &deployment, member), "{opened}");
        assert_eq!(opened["public"], "");
    }
    let composed = open("identity", &identity, "Fr\u{fc}hst\u{fc}ck f\u{fc}r \u{1f511}", &[]);
    assert!(composed["secret"].is_string(), "{composed}");
    assert_eq!(open("identity", &identity, "another", &[])["refused"], "wrong-passphrase");
    assert_eq!(open("trustee", &identity, PASSPHRASE, &[])["refused"], "wrong-kind");
    let text = fs::read_to_string(&identity).expect("readable");
    fs::write(&identity, text.replace("\"passes\": 3", "\"passes\": 2")).expect("written");
    assert_eq!(open("identity", &identity, PASSPHRASE, &[])["refused"], "wrong-passphrase");

    let key = trustee::create_key_file(&keys, PASSPHRASE).expect("a file");
    let secret = TransportSecret::from_seed(&seed_of(&open("trustee", &keys, PASSPHRASE, &[]))).expect("a secret");
    assert_eq!(secret.transport_key(), key);

    let made = Account::create_file(&account, PASSPHRASE).expect("a file");
    let opened = open("account", &account, PASSPHRASE, &[]);
    let same = Account::from_hex(opened["secret"].as_str().expect("a key")).expect("a key");
    assert_eq!(same.address(), made.address());
    assert_eq!(opened["public"], made.address().to_string().to_lowercase());
}

#[test]
fn this_crate_opens_files_of_the_independent_program() {
    let Some(peer) = find_peer() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let make = |kind: &str| {
        let path = folder.path().join(kind);
        let made = run_peer(&peer, PASSPHRASE, &["make", kind, "", path.to_str().expect("UTF-8")]);
        (path, made)
    };

    let (path, made) = make("identity");
    let seed = VoterSeed::open_file(&path, PASSPHRASE).expect("the file is opened");
    let deployment = placeholder(Address::repeat_byte);
    let account = Address::repeat_byte(7);
    let derived =
        seed_of(&made).derive_account_seed(deployment.chain_id, deployment.registry.into_array(), account.into_array());
    let expected = Identity::from_seed(&derived).expect("an identity").commitment();
    assert_eq!(id_of(&seed, &deployment, account), field::to_hex(&expected.value()));
    let wrong = VoterSeed::open_file(&path, "another").err().expect("refused");
    assert!(matches!(wrong, SecretFileError::Keystore { source: KeystoreError::WrongPassphrase, .. }), "{wrong}");

    let (path, made) = make("trustee");
    let secret = trustee::open_key_file(&path, PASSPHRASE).expect("the file is opened");
    let expected = TransportSecret::from_seed(&seed_of(&made)).expect("a secret");
    assert_eq!(secret.transport_key(), expected.transport_key());

    let (path, made) = make("account");
    let account = Account::open_file(&path, PASSPHRASE).expect("the file is opened");
    let expected = Account::from_hex(made["secret"].as_str().expect("a key")).expect("a key");
    assert_eq!(account.address(), expected.address());
}

/// Nothing is written here: the vectors are compared with what their generator makes of the specification today.
#[test]
fn vectors_are_what_their_generator_writes() {
    let Some(peer) = find_peer() else { return };
    let root = tempfile::tempdir().expect("a folder");
    let copy = root.path().join("generate");
    fs::create_dir(&copy).expect("a folder");
    for entry in fs::read_dir(&peer).expect("listed").flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), copy.join(entry.file_name())).expect("copied");
    }
    link(&peer.join("node_modules"), &copy.join("node_modules"));
    for name in ["keystore", "identities"] {
        let run = Command::new("node").arg(copy.join(format!("{name}.mjs"))).status().expect("node can be started");
        assert!(run.success(), "{name}.mjs");
        let [committed, made] = [peer.join(".."), root.path().to_owned()]
            .map(|folder| fs::read_to_string(folder.join(format!("{name}.json"))).expect("readable"));
        assert_eq!(committed, made, "{name}.json");
    }
}

#[cfg(unix)]
fn link(original: &Path, link: &Path) {
    std::os::unix::fs::symlink(original.canonicalize().expect("a folder"), link).expect("linked");
}

#[cfg(windows)]
fn link(original: &Path, link: &Path) {
    std::os::windows::fs::symlink_dir(original.canonicalize().expect("a folder"), link).expect("linked");
}
