//! Ceremonies and keys as a user runs them: a whole ceremony by commands, and every invalid input with its exit code
//! and hint.

mod support;

use support::{Desk, Run};

fn ceremony(desk: &Desk, arguments: &[&str]) -> Run {
    desk.run(&[&["--quiet", "ceremony"], arguments].concat())
}

fn done(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
    run
}

/// Returns a desk with powers of tau for rehearsals, and a ceremony of the smallest circuit.
fn prepared() -> Desk {
    let desk = Desk::new();
    done(ceremony(&desk, &["rehearse", "--power", "13", "--out", "p13.ptau"]));
    let prepare = ["prepare", "cer", "--ptau", "p13.ptau", "--circuit", "committee-keys", "--beacon", "drand round 1"];
    let run = done(ceremony(&desk, &prepare));
    assert!(run.stderr.contains("for rehearsals"), "{}", run.stderr);
    desk
}

#[test]
fn whole_ceremony_yields_usable_keys() {
    let desk = prepared();
    desk.put("dice", "4 2 6 6 1");
    let ada =
        done(ceremony(&desk, &["contribute", "cer", "--name", "Ada", "--entropy", "dice", "--attestation", "ada.txt"]));
    let attestation = std::fs::read_to_string(desk.path("ada.txt")).expect("written");
    assert!(ada.stdout.contains(&attestation) && attestation.contains("b2sum of ceremony.json"), "{attestation}");
    // The attestation is shown again, and nothing is contributed a second time.
    let again = done(ceremony(&desk, &["contribute", "cer", "--name", "Ada", "--resume"]));
    assert!(again.stdout.contains("contribution 1 (made earlier)"), "{}", again.stdout);
    let bob = done(desk.run(&["--json", "--quiet", "ceremony", "contribute", "cer", "--name", "Bob"]));
    let bob: serde_json::Value = serde_json::from_str(&bob.stdout).expect("JSON");
    assert_eq!(bob["contributions"][0]["number"], 2);
    ceremony(&desk, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]).fails(2, "no beacon");
    let open = done(ceremony(&desk, &["verify", "cer", "--ptau", "p13.ptau"]));
    assert!(open.stdout.contains("The ceremony is not complete"), "{}", open.stdout);
    done(ceremony(&desk, &["beacon", "cer", "--value", "0x0badcafe", "--iterations", "10"]));
    ceremony(&desk, &["beacon", "cer", "--value", "0x0bad", "--iterations", "10"]).fails(2, "another beacon already");
    ceremony(&desk, &["contribute", "cer", "--name", "Eve"]).fails(2, "has already ended with a beacon");
    let verified = done(ceremony(&desk, &["verify", "cer", "--ptau", "p13.ptau"]));
    for part in ["Ada", "Bob", "beacon 0badcafe, 2^10", "drand round 1", "The ceremony is complete"] {
        assert!(verified.stdout.contains(part), "{part}: {}", verified.stdout);
    }
    ceremony(&desk, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys", "--min-contributions", "3"])
        .fails(2, "at least 3 are required");
    done(ceremony(&desk, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]));
    ceremony(&desk, &["finalise", "cer", "--ptau", "p13.ptau", "--out", "keys"]).fails(2, "exists already");

    // The manifest lists these keys, and no others are available.
    let list = done(desk.run(&["--quiet", "--key-folder", "keys", "keys", "list"]));
    assert!(list.stdout.contains("Keys of a ceremony") && list.stdout.contains("committee-keys"), "{}", list.stdout);
    assert!(!list.stdout.contains("ballot-3"), "{}", list.stdout);
    done(desk.run(&[
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
        std::fs::read(desk.path("ex/committee-keys.zkey")).ok(),
        std::fs::read(desk.path("keys/committee-keys.zkey")).ok()
    );
    desk.run(&["--quiet", "--key-folder", "keys", "keys", "export", "ballot-3"]).fails(5, "no key of this circuit");
    for (file, part) in [
        ("ex/committee-keys.r1cs", "committee-keys"),
        ("ex/committee-keys.zkey", "(beacon)"),
        ("ex/committee-keys.wtns", "elements"),
        ("p13.ptau", "prepared"),
    ] {
        let run = done(desk.run(&["--quiet", "keys", "inspect", file]));
        assert!(run.stdout.contains(part) && run.stdout.contains("blake2b"), "{file}: {}", run.stdout);
    }

    // A key that was modified afterwards is rejected.
    let path = desk.path("keys/committee-keys.zkey");
    let mut bytes = std::fs::read(&path).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).expect("written");
    desk.run(&["--quiet", "--key-folder", "keys", "keys", "list"])
        .fails(5, "the manifest states")
        .fails(5, "download it again");
    desk.put("keys/manifest.json", "{}");
    desk.run(&["--quiet", "--key-folder", "keys", "keys", "list"]).fails(5, "not a valid manifest of keys");
}

#[test]
fn invalid_ceremony_input_is_rejected_with_hint() {
    let desk = prepared();
    let prepare = |ptau: &str, folder: &str, circuit: &str| {
        ceremony(&desk, &["prepare", folder, "--ptau", ptau, "--circuit", circuit, "--beacon", "x"])
    };
    prepare("none.ptau", "a", "notes").fails(2, "none.ptau");
    prepare("p13.ptau", "a", "notes").fails(2, "too few").fails(2, "take a larger file");
    prepare("p13.ptau", "a", "ballot-4").fails(2, "ballot-4");
    prepare("p13.ptau", "cer", "claim-3").fails(2, "another ceremony");
    desk.put("text.ptau", "powers of tau");
    prepare("text.ptau", "a", "claim-3").fails(2, "not a .ptau file");
    let whole = std::fs::read(desk.path("p13.ptau")).expect("readable");
    std::fs::write(desk.path("short.ptau"), &whole[..whole.len() / 2]).expect("written");
    prepare("short.ptau", "a", "claim-3").fails(2, "truncated").fails(2, "b2sum");
    let mut altered = whole.clone();
    altered.copy_within(12 + 12 + 44 + 12 + 64..12 + 12 + 44 + 12 + 128, 12 + 12 + 44 + 12 + 640);
    std::fs::write(desk.path("altered.ptau"), &altered).expect("written");
    prepare("altered.ptau", "a", "claim-3").fails(1, "not powers of tau").fails(1, "compare its b2sum");

    ceremony(&desk, &["contribute", "nowhere", "--name", "Ada"]).fails(2, "no ceremony here");
    ceremony(&desk, &["contribute", "cer", "--name", ""]).fails(2, "1 to 64 characters");
    ceremony(&desk, &["contribute", "cer", "--name", "Ada", "--entropy", "none"]).fails(2, "none");
    desk.put("there.txt", "");
    ceremony(&desk, &["contribute", "cer", "--name", "Ada", "--attestation", "there.txt"]).fails(2, "exists already");
    ceremony(&desk, &["beacon", "cer", "--value", "12"]).fails(2, "no one has contributed");
    for value in ["", "0x", "123", "xy"] {
        ceremony(&desk, &["beacon", "cer", "--value", value]).fails(2, "not hexadecimal");
    }
    ceremony(&desk, &["beacon", "cer", "--value", "12", "--iterations", "40"]).fails(2, "10..=28");

    // A contribution file that was modified in transit is rejected.
    done(ceremony(&desk, &["contribute", "cer", "--name", "Ada"]));
    ceremony(&desk, &["verify", "cer", "--ptau", "short.ptau"]).fails(2, "");
    ceremony(&desk, &["verify", "cer", "--ptau", "altered.ptau"]).fails(2, "its hash is different");
    let path = desk.path("cer/committee-keys_0001.zkey");
    let bytes = std::fs::read(&path).expect("readable");
    std::fs::write(&path, &bytes[..1000]).expect("written");
    ceremony(&desk, &["verify", "cer", "--ptau", "p13.ptau"]).fails(2, "truncated");
    ceremony(&desk, &["contribute", "cer", "--name", "Bob"]).fails(2, "committee-keys_0001.zkey");
    std::fs::remove_file(desk.path("cer/committee-keys_0000.zkey")).expect("removed");
    ceremony(&desk, &["verify", "cer", "--ptau", "p13.ptau"]).fails(2, "committee-keys_0000.zkey is missing");

    desk.run(&["keys", "inspect", "none"]).fails(2, "none");
    desk.run(&["keys", "inspect", "there.txt"]).fails(2, "is not a .r1cs, .wtns, .zkey or .ptau file");
    desk.run(&["keys", "inspect", "short.ptau"]).fails(2, "truncated");
    desk.run(&["keys", "export", "ballot-4"]).fails(2, "ballot-4");
}
