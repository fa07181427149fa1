//! Comparison with snarkjs: it gives the same verdict on valid and mutated proofs, and reads and writes equal keys.

#[path = "../snarkjs/peer.rs"]
mod snarkjs_peer;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ark_bn254::Fr;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::catalogue::Name;
use psephos_circuits::{Circuit, R1cs, with_circuit};
use psephos_formats::{r1cs, symbols, witness};
use psephos_prover::circuit_files::{self, constraint_system};
use psephos_prover::examples::Example;
use psephos_prover::{Proof, VerifyingKey, snarkjs};
use serde_json::Value;

use crate::election;
use crate::toy::{proof_with_inputs, seeded_rng, three_key};
use snarkjs_peer::run_snarkjs;

fn installed_peer() -> Option<PathBuf> {
    snarkjs_peer::find_snarkjs(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
}

/// Whether `snarkjs groth16 verify` accepts a proof.
fn snarkjs_accepts(peer: &Path, key: &VerifyingKey, proof: &Proof, inputs: &[Fr]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let write = |name: &str, text: String| fs::write(dir.join(name), text).unwrap();
    write("key.json", snarkjs::verification_key_to_json(key));
    write("public.json", snarkjs::inputs_to_json(inputs));
    write("proof.json", snarkjs::proof_to_json(proof));
    let (success, text) = run_snarkjs(peer, dir, &["groth16", "verify", "key.json", "public.json", "proof.json"]);
    match (success, text.contains("OK!"), text.contains("Invalid proof")) {
        (true, true, false) => true,
        (false, false, true) => false,
        _ => panic!("snarkjs: {text}"),
    }
}

/// Writes the files of a circuit and of one statement.
fn circuit_files<C: Circuit>(system: &R1cs, circuit: &C, dir: &Path) {
    let mut r1cs = Vec::new();
    r1cs::write_r1cs(&constraint_system(system), &mut r1cs).unwrap();
    let mut witness = Vec::new();
    witness::write_witness(&circuit.generate_assignment(), &mut witness).unwrap();
    let write = |name: &str, bytes: Vec<u8>| fs::write(dir.join(name), bytes).unwrap();
    write("circuit.r1cs", r1cs);
    write("circuit.sym", symbols::format_symbols(&circuit_files::name_wires(system, C::PUBLIC_INPUTS)).into_bytes());
    write("witness.wtns", witness);
}

/// Compares counts and names, and checks that an example's witness satisfies the circuit.
fn read_by_snarkjs<C: Example>(peer: &Path) {
    let (folder, system, example) = (tempfile::tempdir().unwrap(), C::constraint_system(), C::example());
    let dir = folder.path();
    circuit_files(&system, &example, dir);
    let (success, info) = run_snarkjs(peer, dir, &["r1cs", "info", "circuit.r1cs"]);
    assert!(success && info.contains("Curve: bn-128"), "{}: {info}", C::NAME);
    for (what, count) in [
        ("Wires", system.num_variables()),
        ("Constraints", system.num_constraints()),
        ("Public Inputs", C::PUBLIC_INPUTS.len()),
        ("Private Inputs", 0),
        ("Labels", system.num_variables()),
        ("Outputs", 0),
    ] {
        assert!(info.contains(&format!("# of {what}: {count}\n")), "{}, {what}: {info}", C::NAME);
    }
    let (success, checked) = run_snarkjs(peer, dir, &["wtns", "check", "circuit.r1cs", "witness.wtns"]);
    assert!(success && checked.contains("WITNESS IS CORRECT"), "{}: {checked}", C::NAME);
}

#[test]
fn snarkjs_reads_every_circuit_and_its_witness() {
    let Some(peer) = installed_peer() else { return };
    Name::ALL.into_iter().for_each(|name| with_circuit!(name, C => read_by_snarkjs::<C>(&peer)));
}

#[test]
fn snarkjs_prints_constraints_with_exported_names() {
    let Some(peer) = installed_peer() else { return };
    let (folder, system) = (tempfile::tempdir().unwrap(), BallotCircuit::<3>::constraint_system());
    circuit_files(&system, &BallotCircuit::<3>::example(), folder.path());
    let (success, printed) = run_snarkjs(&peer, folder.path(), &["r1cs", "print", "circuit.r1cs", "circuit.sym"]);
    assert!(success && printed.contains("main.h") && printed.contains("main.census.free.0"), "no names");
    assert_eq!(printed.matches("= 0").count(), system.num_constraints());
}

/// A browser or a phone can prove with the exported key, and its proof verifies here.
#[test]
fn snarkjs_proves_a_ballot_with_exported_key() {
    let Some(peer) = installed_peer() else { return };
    let (folder, key) = (tempfile::tempdir().unwrap(), election::development_key::<BallotCircuit<3>>());
    let (dir, circuit) = (folder.path(), election::build_ballot::<3>([0; 32]).0);
    circuit_files(key.system(), &circuit, dir);
    fs::write(dir.join("circuit.zkey"), key.to_zkey().unwrap()).unwrap();
    let (success, text) =
        run_snarkjs(&peer, dir, &["groth16", "prove", "circuit.zkey", "witness.wtns", "proof.json", "public.json"]);
    assert!(success, "{text}");
    let read = |name: &str| fs::read_to_string(dir.join(name)).unwrap();
    let inputs = snarkjs::parse_inputs(&read("public.json")).unwrap();
    assert_eq!(inputs, circuit.public_inputs());
    key.verifying_key().verify(&snarkjs::parse_proof(&read("proof.json")).unwrap(), &inputs).unwrap();
    let (success, text) = run_snarkjs(&peer, dir, &["zkey", "export", "verificationkey", "circuit.zkey", "key.json"]);
    assert!(success, "{text}");
    let exported = snarkjs::parse_verification_key(&read("key.json")).unwrap();
    assert_eq!(exported.info().key_hash, key.info().key_hash);
}

#[test]
fn snarkjs_gives_the_same_verdict_on_every_proof() {
    let Some(peer) = installed_peer() else { return };
    let key = three_key().verifying_key();
    let (proof, inputs) = proof_with_inputs(50);
    let (a, b, c) = proof.points();
    let mut other_inputs = inputs.clone();
    other_inputs[1] += Fr::from(1u64);
    let other = proof_with_inputs(51).0;
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
        assert_eq!(snarkjs_accepts(&peer, key, &proof, inputs), ours, "{name}");
        assert_eq!(ours, ["valid", "A and B negated"].contains(&name));
    }
}

#[test]
fn snarkjs_accepts_a_ballot_proof() {
    let Some(peer) = installed_peer() else { return };
    let key = election::development_key::<BallotCircuit<3>>();
    let circuit = election::build_ballot::<3>([0; 32]).0;
    let proof = key.prove(&circuit, &mut seeded_rng(1)).unwrap();
    assert!(snarkjs_accepts(&peer, key.verifying_key(), &proof, &circuit.public_inputs()));
}

#[test]
fn vk_alphabeta_12_equals_that_of_snarkjs() {
    let Some(peer) = installed_peer() else { return };
    let dir = tempfile::tempdir().unwrap();
    let json = snarkjs::verification_key_to_json(three_key().verifying_key());
    let path = dir.path().join("key.json");
    fs::write(&path, &json).unwrap();
    let output = Command::new("node").arg("pairing.mjs").arg(path).current_dir(peer).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(ours["vk_alphabeta_12"], theirs);
}
