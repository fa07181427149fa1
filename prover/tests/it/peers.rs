//! snarkjs as a peer: it agrees with us about valid and mutated proofs, and about the form of a key.
//!
//! `npm ci` in `prover/tests/snarkjs` installs it. Without it these tests say that they are skipped, unless
//! `PSEPHOS_REQUIRE_PEERS` is set: then they fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ark_bn254::Fr;
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_prover::{Proof, VerifyingKey, snarkjs};
use serde_json::Value;

use crate::election;
use crate::toy::{item, rng, three};

fn peer() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snarkjs");
    if dir.join("node_modules/snarkjs").is_dir() {
        return Some(dir);
    }
    let how = "snarkjs is not installed: run `npm ci` in prover/tests/snarkjs";
    assert!(std::env::var_os("PSEPHOS_REQUIRE_PEERS").is_none(), "{how}");
    eprintln!("SKIPPED, {how}");
    None
}

/// What `snarkjs groth16 verify` says.
fn accepts(peer: &Path, key: &VerifyingKey, proof: &Proof, inputs: &[Fr]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let write = |name: &str, text: String| fs::write(dir.join(name), text).unwrap();
    write("key.json", snarkjs::verification_key(key));
    write("public.json", snarkjs::inputs(inputs));
    write("proof.json", snarkjs::proof(proof));
    let output = Command::new("node")
        .arg(peer.join("node_modules/snarkjs/build/cli.cjs"))
        .args(["groth16", "verify", "key.json", "public.json", "proof.json"])
        .current_dir(dir)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    match (output.status.success(), text.contains("OK!"), text.contains("Invalid proof")) {
        (true, true, false) => true,
        (false, false, true) => false,
        _ => panic!("snarkjs: {text}{}", String::from_utf8_lossy(&output.stderr)),
    }
}

#[test]
fn same_proof_same_verdict() {
    let Some(peer) = peer() else { return };
    let key = three().verifying_key();
    let (proof, inputs) = item(50);
    let (a, b, c) = proof.points();
    let mut other_inputs = inputs.clone();
    other_inputs[1] += Fr::from(1u64);
    let other = item(51).0;
    let cases = [
        ("valid", proof, &inputs),
        ("another input", proof, &other_inputs),
        ("another statement's proof", other, &inputs),
        ("A negated", Proof::from_points(-a, b, c).unwrap(), &inputs),
        ("B replaced", Proof::from_points(a, other.points().1, c).unwrap(), &inputs),
        ("A and B negated", Proof::from_points(-a, -b, c).unwrap(), &inputs),
    ];
    for (name, proof, inputs) in cases {
        let ours = key.verify(&proof, inputs).is_ok();
        assert_eq!(accepts(&peer, key, &proof, inputs), ours, "{name}");
        assert_eq!(ours, ["valid", "A and B negated"].contains(&name));
    }
}

#[test]
fn a_ballot_is_a_proof_for_snarkjs_too() {
    let Some(peer) = peer() else { return };
    let key = election::key::<BallotCircuit<3>>();
    let circuit = election::ballot::<3>([0; 32]).0;
    let proof = key.prove(&circuit, &mut rng(1)).unwrap();
    assert!(accepts(&peer, key.verifying_key(), &proof, &circuit.inputs()));
}

#[test]
fn vk_alphabeta_12_is_snarkjs_own() {
    let Some(peer) = peer() else { return };
    let dir = tempfile::tempdir().unwrap();
    let json = snarkjs::verification_key(three().verifying_key());
    let path = dir.path().join("key.json");
    fs::write(&path, &json).unwrap();
    let output = Command::new("node").arg("pairing.mjs").arg(path).current_dir(peer).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(ours["vk_alphabeta_12"], theirs);
}
