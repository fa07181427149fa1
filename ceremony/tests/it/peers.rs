//! Comparison with snarkjs: initial zkeys are equal byte for byte, and each program verifies the other's contributions.

#[path = "../../../prover/tests/snarkjs/peer.rs"]
mod snarkjs_peer;

use std::fs;
use std::path::{Path, PathBuf};

use ark_bn254::Fr;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::{Circuit, R1cs};
use psephos_formats::{r1cs, witness};
use psephos_prover::circuit_files::constraint_system;
use psephos_prover::{ProvingKey, snarkjs};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::toy::{Power, add_beacon, add_contribution, initial_zkey, rehearsal_powers, verify_key};

/// A folder in which snarkjs processes a circuit's files.
pub(crate) struct Peer {
    snarkjs: PathBuf,
    folder: tempfile::TempDir,
}

impl Peer {
    pub(crate) fn new(system: &R1cs, powers: &[u8]) -> Option<Peer> {
        let snarkjs = snarkjs_peer::find_snarkjs(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
        let peer = Peer { snarkjs, folder: tempfile::tempdir().unwrap() };
        let mut r1cs = Vec::new();
        r1cs::write_r1cs(&constraint_system(system), &mut r1cs).unwrap();
        peer.write_file("circuit.r1cs", &r1cs);
        peer.write_file("powers.ptau", powers);
        Some(peer)
    }

    pub(crate) fn write_file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn read_file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn run_snarkjs(&self, arguments: &[&str]) -> (bool, String) {
        snarkjs_peer::run_snarkjs(&self.snarkjs, self.folder.path(), arguments)
    }

    fn assert_success(&self, arguments: &[&str]) {
        let (success, said) = self.run_snarkjs(arguments);
        assert!(success, "{said}");
    }

    /// Whether `snarkjs zkey verify` accepts a key.
    pub(crate) fn accepts_key(&self, key: &str) -> bool {
        let (success, said) = self.run_snarkjs(&["zkey", "verify", "circuit.r1cs", "powers.ptau", key]);
        assert_eq!(success, said.contains("ZKey Ok!"), "{said}");
        success
    }
}

#[test]
fn initial_zkey_equals_that_of_snarkjs() {
    let (system, powers) = (Power::constraint_system(), rehearsal_powers(6));
    let Some(peer) = Peer::new(&system, &powers) else { return };
    peer.assert_success(&["groth16", "setup", "circuit.r1cs", "powers.ptau", "first.zkey"]);
    assert!(peer.read_file("first.zkey") == initial_zkey(&system, &powers), "the files differ");
}

/// Two contributors, one of them snarkjs, a beacon; both verify; both prove, and each accepts the other's proof.
#[test]
fn mixed_ceremony_with_snarkjs_verifies_in_both() {
    let (system, powers) = (CommitteeKeysCircuit::constraint_system(), rehearsal_powers(13));
    let Some(peer) = Peer::new(&system, &powers) else { return };
    let start = initial_zkey(&system, &powers);
    peer.write_file("one.zkey", &add_contribution(&start, "Ada", 1));
    peer.assert_success(&["zkey", "contribute", "one.zkey", "two.zkey", "--name=Bob", "-e=some dice"]);
    peer.write_file("three.zkey", &add_beacon(&peer.read_file("two.zkey")));
    assert!(peer.accepts_key("three.zkey"));
    let last = peer.read_file("three.zkey");
    let ceremony = verify_key(&system, &powers, &last, Some(&start)).unwrap();
    assert_eq!(verify_key(&system, &powers, &last, None).unwrap(), ceremony);
    assert!(ceremony.is_complete());
    let names: Vec<_> = ceremony.contributions.iter().map(|c| c.name.as_deref()).collect();
    assert_eq!(names, [Some("Ada"), Some("Bob"), None]);

    // snarkjs' beacon gives the same file.
    peer.assert_success(&["zkey", "beacon", "two.zkey", "other.zkey", &"07".repeat(32), "10"]);
    assert!(peer.read_file("other.zkey") == last, "the beacons differ");

    // Proofs are accepted in both directions.
    let key = ProvingKey::<CommitteeKeysCircuit>::from_zkey(&last).unwrap();
    let circuit = psephos_prover::examples::committee_keys();
    let proof = key.prove(&circuit, &mut StdRng::seed_from_u64(1)).unwrap();
    let inputs: Vec<Fr> = circuit.public_inputs();
    peer.write_file("proof.json", snarkjs::proof_to_json(&proof).as_bytes());
    peer.write_file("public.json", snarkjs::inputs_to_json(&inputs).as_bytes());
    peer.assert_success(&["zkey", "export", "verificationkey", "three.zkey", "key.json"]);
    peer.assert_success(&["groth16", "verify", "key.json", "public.json", "proof.json"]);
    let mut witness = Vec::new();
    witness::write_witness(&circuit.generate_assignment(), &mut witness).unwrap();
    peer.write_file("witness.wtns", &witness);
    peer.assert_success(&["groth16", "prove", "three.zkey", "witness.wtns", "theirs.json", "public.json"]);
    let theirs = snarkjs::parse_proof(&String::from_utf8(peer.read_file("theirs.json")).unwrap()).unwrap();
    key.verifying_key().verify(&theirs, &inputs).unwrap();
}
