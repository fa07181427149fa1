//! Ceremonies and keys as a user runs them: a whole ceremony by commands, and every invalid input with its exit code
//! and remedy.

mod support;

use support::{Run, Sandbox};

fn run_ceremony(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.run(&[&["--quiet", "ceremony"], arguments].concat())
}

fn assert_success(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
    run
}

/// Returns a sandbox with powers of tau for rehearsals, and a ceremony of the smallest circuit.
fn prepare_ceremony() -> Sandbox {
    let sandbox = Sandbox::new();
    assert_success(run_ceremony(&sandbox, &["rehearse", "--power", "13", "--out", "p13.ptau"]));
    let prepare = ["prepare", "cer", "--ptau", "p13.ptau", "--circuit", "committee-keys", "--beacon", "drand round 1"];
    let run = assert_success(run_ceremony(&sandbox, &prepare));
    assert!(run.stderr.contains("for rehearsals"), "{}", run.stderr);
    sandbox
}

#[test]
fn ceremony_by_commands_yields_usable_keys() {
    let sandbox = prepare_ceremony();
    sandbox.write_file("dice", "4 2 6 6 1");
    let ada = assert_success(run_ceremony(
        &sandbox,
        &["contribute", "cer", "--name", "Ada", "--entropy", "dice", "--attestation", "ada.txt"],
    ));
    let attestation = std::fs::read_to_string(sandbox.path("ada.txt")).expect("written");
    assert!(ada.stdout.contains(&attestation) && attestation.contains("b2sum of ceremony.json"), "{attestation}");
    // An attestation that was lost is shown again, and nothing is contributed a second time.
    let again = assert_success(run_ceremony(&sandbox, &["contribute", "cer", "--name", "Ada", "--resume"]));
    assert!(again.stdout.contains("contribution 1 (was there already)"), "{}", again.stdout);
    let bob = assert_success(sandbox.run(&["--json", "--quiet", "ceremony", "contribute", "cer", "--name", "Bob"]));
    let bob: serde_json::Value = serde_json::from_str(&bob.stdout).expect("JSON");
    assert_eq!(bob["contributions"][0]["number"], 2);
    run_ceremony(&sandbox, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]).fails(2, "no beacon");
    let open = assert_success(run_ceremony(&sandbox, &["verify", "cer", "--ptau", "p13.ptau"]));
    assert!(open.stdout.contains("It is not complete"), "{}", open.stdout);
    assert_success(run_ceremony(&sandbox, &["beacon", "cer", "--value", "0x0badcafe", "--iterations", "10"]));
    run_ceremony(&sandbox, &["beacon", "cer", "--value", "0x0bad", "--iterations", "10"])
        .fails(2, "another beacon already");
    run_ceremony(&sandbox, &["contribute", "cer", "--name", "Eve"]).fails(2, "has ended with its beacon");
    let verified = assert_success(run_ceremony(&sandbox, &["verify", "cer", "--ptau", "p13.ptau"]));
    for part in ["Ada", "Bob", "beacon 0badcafe, 2^10", "drand round 1", "It is complete"] {
        assert!(verified.stdout.contains(part), "{part}: {}", verified.stdout);
    }
    run_ceremony(&sandbox, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys", "--least", "3"])
        .fails(2, "3 are wanted");
    assert_success(run_ceremony(&sandbox, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]));
    run_ceremony(&sandbox, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]).fails(2, "exists already");

    // The keys listed in the manifest are available; others are not.
    let list = assert_success(sandbox.run(&["--quiet", "--key-folder", "keys", "keys", "list"]));
    assert!(list.stdout.contains("A ceremony's keys") && list.stdout.contains("committee-keys"), "{}", list.stdout);
    assert!(!list.stdout.contains("ballot-3"), "{}", list.stdout);
    assert_success(sandbox.run(&[
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
        std::fs::read(sandbox.path("ex/committee-keys.zkey")).ok(),
        std::fs::read(sandbox.path("keys/committee-keys.zkey")).ok()
    );
    sandbox.run(&["--quiet", "--key-folder", "keys", "keys", "export", "ballot-3"]).fails(5, "no key of this circuit");
    for (file, part) in [
        ("ex/committee-keys.r1cs", "committee-keys"),
        ("ex/committee-keys.zkey", "(beacon)"),
        ("ex/committee-keys.wtns", "elements"),
        ("p13.ptau", "prepared"),
    ] {
        let run = assert_success(sandbox.run(&["--quiet", "keys", "inspect", file]));
        assert!(run.stdout.contains(part) && run.stdout.contains("blake2b"), "{file}: {}", run.stdout);
    }

    // A key that was altered afterwards.
    let path = sandbox.path("keys/committee-keys.zkey");
    let mut bytes = std::fs::read(&path).expect("there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).expect("written");
    sandbox
        .run(&["--quiet", "--key-folder", "keys", "keys", "list"])
        .fails(5, "the manifest wants")
        .fails(5, "get it again");
    sandbox.write_file("keys/manifest.json", "{}");
    sandbox.run(&["--quiet", "--key-folder", "keys", "keys", "list"]).fails(5, "no manifest of keys");
}

#[test]
fn invalid_inputs_fail_with_code_and_remedy() {
    let sandbox = prepare_ceremony();
    let prepare = |ptau: &str, folder: &str, circuit: &str| {
        run_ceremony(&sandbox, &["prepare", folder, "--ptau", ptau, "--circuit", circuit, "--beacon", "x"])
    };
    prepare("none.ptau", "a", "notes").fails(2, "none.ptau");
    prepare("p13.ptau", "a", "notes").fails(2, "too few").fails(2, "take a larger file");
    prepare("p13.ptau", "a", "ballot-4").fails(2, "ballot-4");
    prepare("p13.ptau", "cer", "claim-3").fails(2, "another ceremony");
    sandbox.write_file("text.ptau", "powers of tau");
    prepare("text.ptau", "a", "claim-3").fails(2, "not a .ptau file");
    let whole = std::fs::read(sandbox.path("p13.ptau")).expect("there");
    std::fs::write(sandbox.path("short.ptau"), &whole[..whole.len() / 2]).expect("written");
    prepare("short.ptau", "a", "claim-3").fails(2, "cut short").fails(2, "b2sum");
    let mut altered = whole.clone();
    altered.copy_within(12 + 12 + 44 + 12 + 64..12 + 12 + 44 + 12 + 128, 12 + 12 + 44 + 12 + 640);
    std::fs::write(sandbox.path("altered.ptau"), &altered).expect("written");
    prepare("altered.ptau", "a", "claim-3").fails(1, "no powers of tau").fails(1, "compare its b2sum");

    run_ceremony(&sandbox, &["contribute", "nowhere", "--name", "Ada"]).fails(2, "no ceremony here");
    run_ceremony(&sandbox, &["contribute", "cer", "--name", ""]).fails(2, "1 to 64 characters");
    run_ceremony(&sandbox, &["contribute", "cer", "--name", "Ada", "--entropy", "none"]).fails(2, "none");
    sandbox.write_file("there.txt", "");
    run_ceremony(&sandbox, &["contribute", "cer", "--name", "Ada", "--attestation", "there.txt"])
        .fails(2, "exists already");
    run_ceremony(&sandbox, &["beacon", "cer", "--value", "12"]).fails(2, "nobody has contributed");
    for value in ["", "0x", "123", "xy"] {
        run_ceremony(&sandbox, &["beacon", "cer", "--value", value]).fails(2, "not hexadecimal");
    }
    run_ceremony(&sandbox, &["beacon", "cer", "--value", "12", "--iterations", "40"]).fails(2, "10..=28");

    // A file that was altered in transit.
    assert_success(run_ceremony(&sandbox, &["contribute", "cer", "--name", "Ada"]));
    run_ceremony(&sandbox, &["verify", "cer", "--ptau", "short.ptau"]).fails(2, "");
    run_ceremony(&sandbox, &["verify", "cer", "--ptau", "altered.ptau"]).fails(2, "its hash is another");
    let path = sandbox.path("cer/committee-keys_0001.zkey");
    let bytes = std::fs::read(&path).expect("there");
    std::fs::write(&path, &bytes[..1000]).expect("written");
    run_ceremony(&sandbox, &["verify", "cer", "--ptau", "p13.ptau"]).fails(2, "cut short");
    run_ceremony(&sandbox, &["contribute", "cer", "--name", "Bob"]).fails(2, "committee-keys_0001.zkey");
    std::fs::remove_file(sandbox.path("cer/committee-keys_0000.zkey")).expect("removed");
    run_ceremony(&sandbox, &["verify", "cer", "--ptau", "p13.ptau"]).fails(2, "committee-keys_0000.zkey is missing");

    sandbox.run(&["keys", "inspect", "none"]).fails(2, "none");
    sandbox.run(&["keys", "inspect", "there.txt"]).fails(2, "no .r1cs, .wtns, .zkey or .ptau file");
    sandbox.run(&["keys", "inspect", "short.ptau"]).fails(2, "cut short");
    sandbox.run(&["keys", "export", "ballot-4"]).fails(2, "ballot-4");
}
