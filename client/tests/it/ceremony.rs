//! A ceremony of the smallest circuit, with snarkjs as one of its contributors; then an election's proof under its key,
//! checked on a chain by the verifier that was exported from it. And what a client refuses: other verifiers, other
//! keys.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../../../prover/tests/snarkjs/peer.rs"]
mod snarkjs_peer;

use std::path::{Path, PathBuf};
use std::process::Command;

use alloy::primitives::U256;
use psephos_ceremony::Folder;
use psephos_chain::{ChainError, LocalChain, deploy};
use psephos_circuits::catalogue::Name;
use psephos_client::{Account, KeyRing, SubmissionError};
use psephos_protocol::committee::{KeyShare, KeyVector};
use psephos_protocol::identifiers::ChainId;
use psephos_protocol::scalar;
use psephos_protocol::statement::{ballot, committee_keys::Instance};
use psephos_prover::{KeyError, KeyRingError, Proof};
use psephos_state::bindings::IGroth16Verifier::verifyCall;
use psephos_state::{PollBounds, words};
use psephos_submission::verifiers::{check_verifiers, deploy_system, expected_code_hash, load_verifier, manifest_hash};
use psephos_testkit::create_funded_account;
use rand::rngs::OsRng;

const LOCAL: ChainId = ChainId::new(31_337);

fn repository_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Contributes as Bob with snarkjs, or with our own code if snarkjs is not installed.
fn contribute_as_bob(folder: &Folder, dir: &Path) {
    let Some(peer) = snarkjs_peer::find_snarkjs(&repository_root()) else {
        folder.contribute("Bob", b"dice", false, &|_| ()).unwrap();
        return;
    };
    let [before, after] = [1, 2].map(|n| folder.zkey_path(Name::CommitteeKeys, n).display().to_string());
    let arguments = ["zkey", "contribute", &before, &after, "--name=Bob", "-e=dice"];
    let (success, said) = snarkjs_peer::run_snarkjs(&peer, dir, &arguments);
    assert!(success, "{said}");
}

fn compile_verifiers(keys: &Path) {
    let script = repository_root().join("verifier-contracts/script/verifiers.mjs");
    let output = Command::new("node").arg(script).arg(keys).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Makes keys of the circuit `committee-keys` by a rehearsal of the ceremony and returns their folder.
fn run_rehearsal(dir: &Path) -> PathBuf {
    let (powers, keys) = (dir.join("powers.ptau"), dir.join("keys"));
    let mut bytes = Vec::new();
    psephos_ceremony::rehearsal::write_powers(13, &mut bytes).unwrap();
    std::fs::write(&powers, bytes).unwrap();
    let beacon = Some("the first block after noon".into());
    let folder = Folder::prepare(&dir.join("ceremony"), &powers, &[Name::CommitteeKeys], beacon, &|_| ()).unwrap();
    assert!(folder.description().rehearsal);
    assert_eq!(folder.contribute("Ada", b"", false, &|_| ()).unwrap().len(), 1);
    contribute_as_bob(&folder, dir);
    assert!(folder.finalise(&powers, &keys, 2, false, &|_| ()).is_err(), "without a beacon");
    folder.add_beacon(&[9; 32], 10, &|_| ()).unwrap();
    assert!(folder.finalise(&powers, &keys, 3, false, &|_| ()).is_err(), "two contributed");
    let finished = folder.finalise(&powers, &keys, 2, false, &|_| ()).unwrap();
    assert!(finished.manifest.development, "a rehearsal's keys are development keys");
    compile_verifiers(&keys);
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn key_of_a_ceremony_proves_and_its_verifier_accepts_on_a_chain() {
    let dir = tempfile::tempdir().unwrap();
    let folder = run_rehearsal(dir.path());
    let circuits = KeyRing::open(&folder).unwrap();
    let share = KeyShare::new(std::array::from_fn(|_| scalar::random_scalar(&mut OsRng)));
    let keys = KeyVector::new(share.public_keys()).unwrap();
    let inputs: Vec<U256> = Instance::from_keys(&keys).to_inputs().iter().map(words::from_field).collect();
    let proof = circuits.prove(LOCAL, Instance::from_keys(&keys), keys.clone()).unwrap();
    let development = KeyRing::default().prove(LOCAL, Instance::from_keys(&keys), keys.clone()).unwrap();

    let chain = LocalChain::start().await.unwrap();
    let dao = create_funded_account(chain.connection()).await;
    let artifact = load_verifier(&circuits, Name::CommitteeKeys).unwrap();
    let verifier = dao.deploy_code(artifact.link(&Default::default(), &[]).unwrap()).await.unwrap().contract.unwrap();
    let call = async |proof: &Proof| {
        let proof = proof.to_words().map(U256::from_be_bytes);
        dao.call(verifier, &verifyCall { proof, inputs: inputs.clone() }).await
    };
    assert!(call(&proof).await.is_ok());
    let refused = call(&development).await.err().unwrap();
    assert!(matches!(refused, ChainError::Reverted(revert) if revert.name == "InvalidProof"));

    // A client with these keys accepts this verifier and no other.
    let mut deployment = deploy::deploy_system(&dao, PollBounds::NONE).await.unwrap().deployment;
    let only = [Name::CommitteeKeys];
    let other_keys = check_verifiers(&circuits, &dao, &deployment, &only).await.unwrap_err();
    assert!(matches!(&other_keys, SubmissionError::OtherKeys { expected: None, actual: Some(_), .. }), "{other_keys}");
    deployment.keys = manifest_hash(&circuits);
    let other = check_verifiers(&circuits, &dao, &deployment, &only).await.unwrap_err();
    assert!(
        matches!(&other, SubmissionError::OtherVerifier { circuit: Name::CommitteeKeys, expected: Some(_), .. }),
        "{other}"
    );
    deployment.verifiers.committee_keys = verifier;
    check_verifiers(&circuits, &dao, &deployment, &only).await.unwrap();
    let unlisted = check_verifiers(&circuits, &dao, &deployment, &[Name::Notes]).await.unwrap_err();
    assert!(matches!(unlisted, SubmissionError::OtherVerifier { expected: None, .. }));
    let refused = check_verifiers(&KeyRing::default(), &dao, &deployment, &only).await.unwrap_err();
    assert!(matches!(refused, SubmissionError::OtherKeys { expected: Some(_), actual: None, .. }), "{refused}");

    // An artifact of another key, or none, is refused before anything is paid for.
    let compiled = folder.join("verifiers/CommitteeKeysVerifier.json");
    let hash = expected_code_hash(&circuits, Name::CommitteeKeys).unwrap().unwrap().to_string();
    let text = std::fs::read_to_string(&compiled).unwrap();
    assert!(text.contains(&hash));
    std::fs::write(&compiled, text.replace(&hash, &format!("0x{}", "ab".repeat(32)))).unwrap();
    let other = load_verifier(&circuits, Name::CommitteeKeys).unwrap_err().to_string();
    assert!(other.contains("compiled from another key"), "{other}");
    std::fs::remove_file(&compiled).unwrap();
    assert!(matches!(load_verifier(&circuits, Name::CommitteeKeys), Err(SubmissionError::NoVerifier { .. })));

    // It does not prove with unlisted keys, deploy without all of them, or use a rehearsal's keys on another chain.
    let unlisted = circuits.verifying_key_for::<ballot::Witness>(Some(3)).unwrap_err();
    assert!(matches!(&unlisted, KeyRingError::Key(KeyError::NotListed { circuit: "ballot-3", .. })), "{unlisted}");
    assert!(matches!(
        deploy_system(&circuits, &dao, PollBounds::NONE).await,
        Err(SubmissionError::NoVerifier { circuit: Name::Ballot3, .. })
    ));
    let elsewhere = circuits.prove(ChainId::new(1), Instance::from_keys(&keys), keys).unwrap_err();
    assert!(
        matches!(elsewhere, KeyRingError::Key(KeyError::Development { chain_id, .. }) if chain_id == ChainId::new(1))
    );
}

/// A verifier that claims to be for our circuit but has other code.
#[tokio::test(flavor = "multi_thread")]
async fn verifier_with_other_code_is_refused() {
    let circuits = KeyRing::default();
    let chain = LocalChain::start().await.unwrap();
    let dao = create_funded_account(chain.connection()).await;
    let mut deployment = deploy_system(&circuits, &dao, PollBounds::NONE).await.unwrap().deployment;
    check_verifiers(&circuits, &dao, &deployment, &Name::ALL).await.unwrap();
    deployment.verifiers.ballot3 = deployment.verifiers.ballot8;
    let refused = check_verifiers(&circuits, &dao, &deployment, &[Name::Ballot3]).await.unwrap_err();
    assert!(matches!(&refused, SubmissionError::OtherVerifier { circuit: Name::Ballot3, .. }), "{refused}");
    // No contract at the address.
    deployment.verifiers.ballot3 = Account::random().address();
    assert!(check_verifiers(&circuits, &dao, &deployment, &[Name::Ballot3]).await.is_err());
    check_verifiers(&circuits, &dao, &deployment, &[Name::Ballot8]).await.unwrap();
}
