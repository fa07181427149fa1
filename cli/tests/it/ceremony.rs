//! Ceremonies and keys as a user runs them: a whole ceremony by commands, and every invalid input with its exit code
//! and hint.

use crate::support::{CommandFolder, Run};

fn run_ceremony(folder: &CommandFolder, arguments: &[&str]) -> Run {
    folder.run(&[&["--quiet", "ceremony"], arguments].concat())
}

fn assert_success(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
    run
}

/// Returns a folder with powers of tau for rehearsals, and a ceremony of the smallest circuit.
fn prepare_ceremony() -> CommandFolder {
    let folder = CommandFolder::new();
    assert_success(run_ceremony(&folder, &["rehearse", "--power", "13", "--out", "p13.ptau"]));
    let prepare = ["prepare", "cer", "--ptau", "p13.ptau", "--circuit", "committee-keys", "--beacon", "drand round 1"];
    let run = assert_success(run_ceremony(&folder, &prepare));
    assert!(run.stderr.contains("for rehearsals"), "{}", run.stderr);
    folder
}

#[test]
fn whole_ceremony_yields_usable_keys() {
    let folder = prepare_ceremony();
    folder.put("dice", "4 2 6 6 1");
    let ada = assert_success(run_ceremony(
        &folder,
        &["contribute", "cer", "--name", "Ada", "--entropy", "dice", "--attestation", "ada.txt"],
    ));
    let attestation = std::fs::read_to_string(folder.path("ada.txt")).expect("written");
    assert!(ada.stdout.contains(&attestation) && attestation.contains("b2sum of ceremony.json"), "{attestation}");
    // The attestation is shown again, and nothing is contributed a second time.
    let again = assert_success(run_ceremony(&folder, &["contribute", "cer", "--name", "Ada", "--resume"]));
    assert!(again.stdout.contains("contribution 1 (made earlier)"), "{}", again.stdout);
    let bob = assert_success(folder.run(&["--json", "--quiet", "ceremony", "contribute", "cer", "--name", "Bob"]));
    let bob: serde_json::Value = serde_json::from_str(&bob.stdout).expect("JSON");
    assert_eq!(bob["contributions"][0]["number"], 2);
    run_ceremony(&folder, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]).fails(2, "no beacon");
    let open = assert_success(run_ceremony(&folder, &["verify", "cer", "--ptau", "p13.ptau"]));
    assert!(open.stdout.contains("The ceremony is not complete"), "{}", open.stdout);
    assert_success(run_ceremony(&folder, &["beacon", "cer", "--value", "0x0badcafe", "--iterations", "10"]));
    run_ceremony(&folder, &["beacon", "cer", "--value", "0x0bad", "--iterations", "10"])
        .fails(2, "another beacon already");
    run_ceremony(&folder, &["contribute", "cer", "--name", "Eve"]).fails(2, "has already ended with a beacon");
    let verified = assert_success(run_ceremony(&folder, &["verify", "cer", "--ptau", "p13.ptau"]));
    for part in ["Ada", "Bob", "beacon 0badcafe, 2^10", "drand round 1", "The ceremony is complete"] {
        assert!(verified.stdout.contains(part), "{part}: {}", verified.stdout);
    }
    run_ceremony(&folder, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys", "--min-contributions", "3"])
        .fails(2, "at least 3 are required");
    let finalise = ["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys", "--min-contributions", "2"];
    assert_success(run_ceremony(&folder, &finalise));
    run_ceremony(&folder, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]).fails(2, "exists already");

    // The manifest lists these keys, and no others are available.
    let list = assert_success(folder.run(&["--quiet", "--key-folder", "keys", "keys", "list"]));
    assert!(list.stdout.contains("Keys of a ceremony") && list.stdout.contains("committee-keys"), "{}", list.stdout);
    assert!(!list.stdout.contains("ballot-3"), "{}", list.stdout);
    assert_success(folder.run(&[
        "--quiet",
        "--key-folder",
        "keys",
        "keys",
        "export",
        "committee-keys",
        "--out",
        "ex",
        "--example",
    ]));
    assert_eq!(
        std::fs::read(folder.path("ex/committee-keys.zkey")).ok(),
        std::fs::read(folder.path("keys/committee-keys.zkey")).ok()
    );
    folder.run(&["--quiet", "--key-folder", "keys", "keys", "export", "ballot-3"]).fails(5, "no key of this circuit");
    // A key of another circuit, which is not a ceremony's.
    assert_success(folder.run(&["--quiet", "keys", "export", "ballot-3", "--out", "files", "--example"]));
    assert!(["zkey", "r1cs", "wtns"].iter().all(|kind| folder.path(&format!("files/ballot-3.{kind}")).exists()));
    for (file, part) in [
        ("ex/committee-keys.r1cs", "committee-keys"),
        ("ex/committee-keys.zkey", "(beacon)"),
        ("ex/committee-keys.wtns", "elements"),
        ("p13.ptau", "prepared"),
    ] {
        let run = assert_success(folder.run(&["--quiet", "keys", "inspect", file]));
        assert!(run.stdout.contains(part) && run.stdout.contains("blake2b"), "{file}: {}", run.stdout);
    }

    // A key that was modified afterwards is rejected.
    let path = folder.path("keys/committee-keys.zkey");
    let mut bytes = std::fs::read(&path).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).expect("written");
    folder
        .run(&["--quiet", "--key-folder", "keys", "keys", "list"])
        .fails(5, "the manifest states")
        .fails(5, "download it again");
    folder.put("keys/manifest.json", "{}");
    folder.run(&["--quiet", "--key-folder", "keys", "keys", "list"]).fails(5, "not a valid manifest of keys");
}

#[test]
fn invalid_ceremony_input_is_rejected_with_hint() {
    let folder = prepare_ceremony();
    let prepare = |ptau: &str, name: &str, circuit: &str| {
        run_ceremony(&folder, &["prepare", name, "--ptau", ptau, "--circuit", circuit, "--beacon", "x"])
    };
    prepare("none.ptau", "a", "notes").fails(2, "none.ptau");
    prepare("p13.ptau", "a", "notes").fails(2, "too few").fails(2, "take a larger file");
    prepare("p13.ptau", "a", "ballot-4").fails(2, "ballot-4");
    prepare("p13.ptau", "cer", "claim-3").fails(2, "another ceremony");
    folder.put("text.ptau", "powers of tau");
    prepare("text.ptau", "a", "claim-3").fails(2, "not a .ptau file");
    let whole = std::fs::read(folder.path("p13.ptau")).expect("readable");
    std::fs::write(folder.path("short.ptau"), &whole[..whole.len() / 2]).expect("written");
    prepare("short.ptau", "a", "claim-3").fails(2, "truncated").fails(2, "b2sum");
    let mut altered = whole.clone();
    altered.copy_within(12 + 12 + 44 + 12 + 64..12 + 12 + 44 + 12 + 128, 12 + 12 + 44 + 12 + 640);
    std::fs::write(folder.path("altered.ptau"), &altered).expect("written");
    prepare("altered.ptau", "a", "claim-3").fails(1, "not powers of tau").fails(1, "compare its b2sum");

    run_ceremony(&folder, &["contribute", "nowhere", "--name", "Ada"]).fails(2, "no ceremony here");
    run_ceremony(&folder, &["contribute", "cer", "--name", ""]).fails(2, "1 to 64 characters");
    run_ceremony(&folder, &["contribute", "cer", "--name", "Ada", "--entropy", "none"]).fails(2, "none");
    folder.put("there.txt", "");
    run_ceremony(&folder, &["contribute", "cer", "--name", "Ada", "--attestation", "there.txt"])
        .fails(2, "exists already");
    run_ceremony(&folder, &["beacon", "cer", "--value", "12"]).fails(2, "no one has contributed");
    for value in ["", "0x", "123", "xy"] {
        run_ceremony(&folder, &["beacon", "cer", "--value", value]).fails(2, "not hexadecimal");
    }
    run_ceremony(&folder, &["beacon", "cer", "--value", "12", "--iterations", "40"]).fails(2, "10..=28");

    // A contribution file that was modified in transit is rejected.
    assert_success(run_ceremony(&folder, &["contribute", "cer", "--name", "Ada"]));
    run_ceremony(&folder, &["verify", "cer", "--ptau", "short.ptau"]).fails(2, "");
    run_ceremony(&folder, &["verify", "cer", "--ptau", "altered.ptau"]).fails(2, "its hash is different");
    let path = folder.path("cer/committee-keys_0001.zkey");
    let bytes = std::fs::read(&path).expect("readable");
    std::fs::write(&path, &bytes[..1000]).expect("written");
    run_ceremony(&folder, &["verify", "cer", "--ptau", "p13.ptau"]).fails(2, "truncated");
    run_ceremony(&folder, &["contribute", "cer", "--name", "Bob"]).fails(2, "committee-keys_0001.zkey");
    std::fs::remove_file(folder.path("cer/committee-keys_0000.zkey")).expect("removed");
    run_ceremony(&folder, &["verify", "cer", "--ptau", "p13.ptau"]).fails(2, "committee-keys_0000.zkey is missing");

    folder.run(&["keys", "inspect", "none"]).fails(2, "none");
    folder.run(&["keys", "inspect", "there.txt"]).fails(2, "is not a .r1cs, .wtns, .zkey or .ptau file");
    folder.run(&["keys", "inspect", "short.ptau"]).fails(2, "truncated");
    folder.run(&["keys", "export", "ballot-4"]).fails(2, "ballot-4");
}
