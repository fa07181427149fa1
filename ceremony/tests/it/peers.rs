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

use crate::toy::{Power, contributed, first, powers, verified, with_beacon};

/// A folder in which snarkjs processes a circuit's files.
pub(crate) struct Peer {
    snarkjs: PathBuf,
    folder: tempfile::TempDir,
}

impl Peer {
    pub(crate) fn new(system: &R1cs, powers: &[u8]) -> Option<Peer> {
        let snarkjs = snarkjs_peer::installed(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
        let peer = Peer { snarkjs, folder: tempfile::tempdir().unwrap() };
        let mut r1cs = Vec::new();
        r1cs::write(&constraint_system(system), &mut r1cs).unwrap();
        peer.write("circuit.r1cs", &r1cs);
        peer.write("powers.ptau", powers);
        Some(peer)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        snarkjs_peer::run(&self.snarkjs, self.folder.path(), arguments)
    }

    fn done(&self, arguments: &[&str]) {
        let (success, said) = self.run(arguments);
        assert!(success, "{said}");
    }

    /// Whether `snarkjs zkey verify` accepts a key.
    pub(crate) fn accepts(&self, key: &str) -> bool {
        let (success, said) = self.run(&["zkey", "verify", "circuit.r1cs", "powers.ptau", key]);
        assert_eq!(success, said.contains("ZKey Ok!"), "{said}");
        success
    }
}

#[test]
fn initial_zkey_equals_that_of_snarkjs() {
    let (system, powers) = (Power::system(), powers(6));
    let Some(peer) = Peer::new(&system, &powers) else { return };
    peer.done(&["groth16", "setup", "circuit.r1cs", "powers.ptau", "first.zkey"]);
    assert!(peer.read("first.zkey") == first(&system, &powers), "the files differ");
}

/// Two contributors, one of them snarkjs, a beacon; both verify; both prove, and each accepts the other's proof.
#[test]
fn mixed_ceremony_with_snarkjs_verifies_in_both() {
    let (system, powers) = (CommitteeKeysCircuit::system(), powers(13));
    let Some(peer) = Peer::new(&system, &powers) else { return };
    let start = first(&system, &powers);
    peer.write("one.zkey", &contributed(&start, "Ada", 1));
    peer.done(&["zkey", "contribute", "one.zkey", "two.zkey", "--name=Bob", "-e=some dice"]);
    peer.write("three.zkey", &with_beacon(&peer.read("two.zkey")));
    assert!(peer.accepts("three.zkey"));
    let last = peer.read("three.zkey");
    let ceremony = verified(&system, &powers, &last, Some(&start)).unwrap();
    assert_eq!(verified(&system, &powers, &last, None).unwrap(), ceremony);
    assert!(ceremony.complete());
    let names: Vec<_> = ceremony.contributions.iter().map(|c| c.name.as_deref()).collect();
    assert_eq!(names, [Some("Ada"), Some("Bob"), None]);

    // snarkjs' beacon gives the same file.
    peer.done(&["zkey", "beacon", "two.zkey", "other.zkey", &"07".repeat(32), "10"]);
    assert!(peer.read("other.zkey") == last, "the beacons differ");

    // Proofs are accepted in both directions.
    let key = ProvingKey::<CommitteeKeysCircuit>::from_zkey(&last).unwrap();
    let circuit = psephos_prover::examples::committee_keys();
    let proof = key.prove(&circuit, &mut StdRng::seed_from_u64(1)).unwrap();
    let inputs: Vec<Fr> = circuit.inputs();
    peer.write("proof.json", snarkjs::proof(&proof).as_bytes());
    peer.write("public.json", snarkjs::inputs(&inputs).as_bytes());
    peer.done(&["zkey", "export", "verificationkey", "three.zkey", "key.json"]);
    peer.done(&["groth16", "verify", "key.json", "public.json", "proof.json"]);
    let mut witness = Vec::new();
    witness::write(&circuit.assignment(), &mut witness).unwrap();
    peer.write("witness.wtns", &witness);
    peer.done(&["groth16", "prove", "three.zkey", "witness.wtns", "theirs.json", "public.json"]);
    let theirs = snarkjs::parse_proof(&String::from_utf8(peer.read("theirs.json")).unwrap()).unwrap();
    key.verifying_key().verify(&theirs, &inputs).unwrap();
}
