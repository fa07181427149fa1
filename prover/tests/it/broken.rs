//! Broken circuit versions: each fixture's forged proof verifies under its own key, and today's keys, manifests and key
//! ring reject the proof and the key.
//!
//! How to add one: `prover/tests/broken/README.md`.

use std::fs;
use std::path::{Path, PathBuf};

use ark_bn254::Fr;
use psephos_circuits::ballot::BallotCircuit;
use psephos_circuits::catalogue::Name;
use psephos_circuits::committee_keys::CommitteeKeysCircuit;
use psephos_circuits::{Builder, Circuit, CircuitVersion, R1cs, with_circuit};
use psephos_protocol::identity::{Identity, Seed};
use psephos_protocol::statement::ballot;
use psephos_prover::broken::{BROKEN, BrokenCircuit, find_broken};
use psephos_prover::{
    KeyError, KeyRing, KeyStore, Proof, ProveError, ProvingKey, VerifyError, VerifyingKey, examples, snarkjs,
};

use crate::election::KEYS;
use crate::manifests::Case;
use crate::toy::seeded_rng;

/// A circuit without the constraints of one clause.
trait Broken: Circuit {
    /// The circuit as it should be.
    type Sound: Circuit;

    /// The clause: a section of the sound circuit.
    const CLAUSE: &'static str;

    /// A false statement whose assignment violates the clause and nothing else.
    fn forgery() -> Self;

    /// The sound circuit of this statement.
    fn sound(&self) -> &Self::Sound;
}

fn without_clause<B: Broken>() -> R1cs {
    let system = <B::Sound as Circuit>::constraint_system();
    let keep = |rows: &Vec<Vec<(Fr, usize)>>| {
        let rows = rows.iter().enumerate().filter(|(index, _)| system.section_of(*index) != B::CLAUSE);
        rows.map(|(_, row)| row.clone()).collect()
    };
    let [a, b, c] = system.matrices().each_ref().map(keep);
    R1cs::from_matrices(system.num_inputs(), system.num_variables(), a, b, c).unwrap()
}

macro_rules! broken {
    ($name:ident, $sound:ty, $clause:literal, $forgery:expr) => {
        struct $name($sound);

        impl Broken for $name {
            type Sound = $sound;
            const CLAUSE: &'static str = $clause;

            fn forgery() -> Self {
                $name($forgery)
            }

            fn sound(&self) -> &$sound {
                &self.0
            }
        }

        impl Circuit for $name {
            type Error = <$sound as Circuit>::Error;
            const NAME: &'static str = <$sound as Circuit>::NAME;
            const VERSION: CircuitVersion = CircuitVersion(0);
            const PUBLIC_INPUTS: &'static [&'static str] = <$sound as Circuit>::PUBLIC_INPUTS;

            fn dummy() -> Self {
                $name(<$sound as Circuit>::dummy())
            }

            fn public_inputs(&self) -> Vec<Fr> {
                self.0.public_inputs()
            }

            fn check(&self) -> Result<(), Self::Error> {
                self.0.check()
            }

            fn synthesize(&self, builder: &mut Builder) {
                self.0.synthesize(builder);
            }

            fn constraint_system() -> R1cs {
                without_clause::<Self>()
            }
        }
    };
}

// A remote prover, which knows `nk` and not `ask`, votes for the member that asked it for a proof.
broken!(UnsignedBallot, BallotCircuit<3>, "signature", {
    let mut circuit = examples::ballot::<3>();
    let prover = Identity::from_seed(&Seed::from_bytes([8; 32])).unwrap();
    let message = ballot::derive_message(circuit.instance.h, circuit.instance.z);
    circuit.witness.signature = prover.sign(message, &mut seeded_rng(8));
    circuit
});

// The account that finalises a committee proves its keys and posts the hashes of other keys.
broken!(UnboundKeys, CommitteeKeysCircuit, "binding", {
    let mut circuit = examples::committee_keys();
    circuit.instance.y = circuit.instance.y.altered();
    circuit
});

struct Fixture {
    key: VerifyingKey,
    proof: Proof,
    inputs: Vec<Fr>,
}

fn fixture_folder(broken: &BrokenCircuit) -> PathBuf {
    let name = format!("{}-v{}-{}", broken.circuit, broken.version, broken.clause);
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broken")).join(name)
}

fn read_fixture(broken: &BrokenCircuit) -> Fixture {
    let read = |file: &str| fs::read_to_string(fixture_folder(broken).join(file)).unwrap();
    Fixture {
        key: snarkjs::parse_verification_key(&read("verification_key.json")).unwrap(),
        proof: snarkjs::parse_proof(&read("proof.json")).unwrap(),
        inputs: snarkjs::parse_inputs(&read("public.json")).unwrap(),
    }
}

fn circuit_name(broken: &BrokenCircuit) -> Name {
    broken.circuit.parse().unwrap()
}

fn is_broken(error: &KeyError, broken: &BrokenCircuit) -> bool {
    matches!(error, KeyError::Broken { circuit, version, clause }
        if (*circuit, *version, *clause) == (broken.circuit, broken.version, broken.clause))
}

/// The fixture is what it says: the flaw is real.
#[test]
fn forged_proofs_verify_under_the_broken_keys() {
    for broken in &BROKEN {
        let Fixture { key, proof, inputs } = read_fixture(broken);
        assert_eq!(key.verify(&proof, &inputs), Ok(()), "{broken:?}");
        assert_eq!(
            (key.info().circuit.as_str(), hex::encode(key.info().circuit_hash)),
            (broken.circuit, broken.circuit_hash.into())
        );
    }
}

#[test]
fn current_keys_reject_forged_proofs() {
    let ring = KeyRing::new(KeyStore::new(KEYS));
    for broken in &BROKEN {
        let Fixture { proof, inputs, .. } = read_fixture(broken);
        let key = ring.verifying_key(circuit_name(broken)).unwrap();
        assert_eq!(key.verify(&proof, &inputs), Err(VerifyError::InvalidProof), "{broken:?}");
        let batch = key.verify_batch(&[(proof, inputs)], &mut seeded_rng(1));
        assert_eq!(batch, Err(VerifyError::InvalidBatch { proofs: 1 }));
    }
}

#[test]
fn broken_keys_are_not_taken_for_current_ones() {
    for broken in &BROKEN {
        let (key, hash) = (read_fixture(broken).key, circuit_name(broken).constraint_system().circuit_hash());
        let error = key.expect_circuit(broken.circuit, &hash).unwrap_err();
        assert!(is_broken(&error, broken), "{error}");
        let own = key.info().circuit_hash;
        let error = key.expect_circuit(broken.circuit, &own).unwrap_err();
        assert!(is_broken(&error, broken), "not even where it is expected: {error}");
    }
}

#[test]
fn manifests_with_broken_circuits_are_rejected() {
    for broken in &BROKEN {
        let case = Case::with_entry(|entry| {
            entry.circuit = broken.circuit.into();
            entry.circuit_version = broken.version;
            entry.circuit_hash = broken.circuit_hash.into();
        });
        let error = case.open_store().err().unwrap();
        assert!(is_broken(&error, broken), "{error}");
    }
}

#[test]
fn key_rings_reject_broken_circuits() {
    for broken in &BROKEN {
        let case = Case::with_entry(|entry| {
            entry.circuit = broken.circuit.into();
            entry.circuit_hash = broken.circuit_hash.into();
        });
        _ = case.open_store();
        let error = KeyRing::open(&case.folder).err().unwrap();
        assert!(is_broken(&error, broken), "{error}");
    }
}

/// A cached development key is found by its circuit's hash, so a broken one is another file; under the current name it
/// is rejected.
#[test]
fn cached_keys_of_broken_circuits_are_rejected() {
    let dir = tempfile::tempdir().unwrap();
    let store = KeyStore::new(dir.path());
    let key = ProvingKey::<UnboundKeys>::generate_development().unwrap();
    let current =
        store.development_file::<CommitteeKeysCircuit>(&Name::CommitteeKeys.constraint_system().circuit_hash());
    fs::write(current, key.to_zkey().unwrap()).unwrap();
    let error = KeyRing::new(store).verifying_key(Name::CommitteeKeys).err().unwrap();
    assert!(matches!(error, KeyError::File { cached: true, .. }), "{error}");
}

/// The native check names the clause, the sound circuit violates it alone, and the broken circuit is satisfied.
#[test]
fn forgeries_violate_their_clause_alone() {
    fn check_forgery<B: Broken>() {
        let forgery = B::forgery();
        assert!(forgery.check().is_err());
        let (system, assignment) = (<B::Sound as Circuit>::constraint_system(), forgery.sound().generate_assignment());
        let violated: Vec<_> = system.violated_constraints(&assignment).map(|index| system.section_of(index)).collect();
        assert!(!violated.is_empty() && violated.iter().all(|section| *section == B::CLAUSE), "{violated:?}");
        B::constraint_system().check_satisfied(&assignment).unwrap();
        let broken = find_broken(&hex::encode(B::constraint_system().circuit_hash())).unwrap();
        assert_eq!((broken.circuit, broken.version, broken.clause), (B::NAME, B::VERSION, B::CLAUSE));
    }
    check_forgery::<UnsignedBallot>();
    check_forgery::<UnboundKeys>();
}

#[test]
fn current_circuits_are_not_broken() {
    for circuit in Name::ALL {
        assert_eq!(find_broken(&hex::encode(circuit.constraint_system().circuit_hash())), None, "{circuit}");
    }
    for broken in &BROKEN {
        assert!(broken.version < circuit_name(broken).version(), "a broken version is never used again");
        assert!(with_circuit!(circuit_name(broken), C => C::PUBLIC_INPUTS.len()) == read_fixture(broken).inputs.len());
    }
}

/// A broken circuit's prover does not prove for the sound one: its proof does not verify.
#[test]
fn sound_circuits_prove_no_forgery() {
    let key = crate::election::development_key::<CommitteeKeysCircuit>();
    let refused = key.prove_checked(&UnboundKeys::forgery().0, &mut seeded_rng(2));
    assert!(matches!(refused, Err(ProveError::Unsatisfied(_))));
}

/// Writes the fixtures of the demonstrations: `cargo test -p psephos-prover --test it write_fixtures -- --ignored
/// --nocapture`.
#[test]
#[ignore = "writes the fixtures anew"]
fn write_fixtures() {
    fn write_fixture<B: Broken>() {
        let hash = hex::encode(B::constraint_system().circuit_hash());
        let (circuit, clause) = (B::NAME, B::CLAUSE);
        println!("{circuit} without {clause}: {hash}");
        let broken = BrokenCircuit { circuit, version: B::VERSION, clause, circuit_hash: "" };
        let (key, forgery) = (ProvingKey::<B>::generate_development().unwrap(), B::forgery());
        let proof = key.prove_checked(&forgery, &mut seeded_rng(3)).unwrap();
        let folder = fixture_folder(&broken);
        fs::create_dir_all(&folder).unwrap();
        let put = |file: &str, text: String| fs::write(folder.join(file), text + "\n").unwrap();
        put("verification_key.json", snarkjs::verification_key_to_json(key.verifying_key()));
        put("proof.json", snarkjs::proof_to_json(&proof));
        put("public.json", snarkjs::inputs_to_json(&forgery.public_inputs()));
    }
    write_fixture::<UnsignedBallot>();
    write_fixture::<UnboundKeys>();
}
