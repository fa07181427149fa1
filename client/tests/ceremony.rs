//! A ceremony of the smallest circuit, with snarkjs as one of its contributors; then an election's proof under its key, checked on a chain by the
//! verifier that was exported from it. And what a client refuses: other verifiers, other keys.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../../prover/tests/snarkjs/peer.rs"]
mod snarkjs_peer;

use std::path::{Path, PathBuf};
use std::process::Command;

use alloy::primitives::U256;
use psephos_ceremony::Folder;
use psephos_chain::{ChainError, Connection, LocalChain, deploy, local};
use psephos_circuits::catalogue::Name;
use psephos_client::{Account, Circuits, ExchangeError};
use psephos_protocol::committee::{KeyShare, KeyVector};
use psephos_protocol::scalar;
use psephos_protocol::statement::committee_keys::Instance;
use psephos_prover::{KeyError, Proof};
use psephos_state::bindings::IGroth16Verifier::verifyCall;
use psephos_state::words;
use rand::rngs::OsRng;

const LOCAL: u64 = 31_337;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Bob contributes with snarkjs, or here if that is not installed.
fn bob(folder: &Folder, dir: &Path) {
    let Some(peer) = snarkjs_peer::installed(&root()) else {
        folder.contribute("Bob", b"dice", false, &|_| ()).unwrap();
        return;
    };
    let [before, after] = [1, 2].map(|n| folder.path(Name::CommitteeKeys, n).display().to_string());
    let arguments = ["zkey", "contribute", &before, &after, "--name=Bob", "-e=dice"];
    let (success, said) = snarkjs_peer::run(&peer, dir, &arguments);
    assert!(success, "{said}");
}

fn compile(keys: &Path) {
    let script = root().join("verifier-contracts/script/verifiers.mjs");
    let output = Command::new("node").arg(script).arg(keys).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Keys of the circuit `committee-keys`, from a rehearsal.
fn ceremony(dir: &Path) -> PathBuf {
    let (powers, keys) = (dir.join("powers.ptau"), dir.join("keys"));
    let mut bytes = Vec::new();
    psephos_ceremony::rehearsal::write(13, &mut bytes).unwrap();
    std::fs::write(&powers, bytes).unwrap();
    let beacon = Some("the first block after noon".into());
    let folder = Folder::prepare(&dir.join("ceremony"), &powers, &[Name::CommitteeKeys], beacon, &|_| ()).unwrap();
    assert!(folder.description().rehearsal);
    assert_eq!(folder.contribute("Ada", b"", false, &|_| ()).unwrap().len(), 1);
    bob(&folder, dir);
    assert!(folder.finalise(&powers, &keys, 2, false, &|_| ()).is_err(), "without a beacon");
    folder.beacon(&[9; 32], 10, &|_| ()).unwrap();
    assert!(folder.finalise(&powers, &keys, 3, false, &|_| ()).is_err(), "two contributed");
    let finished = folder.finalise(&powers, &keys, 2, false, &|_| ()).unwrap();
    assert!(finished.manifest.development, "a rehearsal's keys are development keys");
    compile(&keys);
    keys
}

async fn funded(connection: &Connection) -> Connection {
    let account = Account::random();
    local::fund_account(connection, account.address(), U256::from(10).pow(U256::from(20))).await.unwrap();
    connection.clone().with_wallet(account.wallet()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_contributions_to_a_chain() {
    let dir = tempfile::tempdir().unwrap();
    let folder = ceremony(dir.path());
    let circuits = Circuits::open(&folder).unwrap();
    let share = KeyShare::new(std::array::from_fn(|_| scalar::random(&mut OsRng)));
    let keys = KeyVector::new(share.public()).unwrap();
    let inputs: Vec<U256> = Instance::of(&keys).to_inputs().iter().map(words::from_field).collect();
    let proof = circuits.prove_committee_keys(LOCAL, keys.clone()).unwrap();
    let development = Circuits::default().prove_committee_keys(LOCAL, keys.clone()).unwrap();

    let chain = LocalChain::start().await.unwrap();
    let dao = funded(chain.connection()).await;
    let artifact = circuits.verifier(Name::CommitteeKeys).unwrap();
    let verifier = dao.deploy_code(artifact.link(&Default::default(), &[]).unwrap()).await.unwrap().contract.unwrap();
    let call = async |proof: &Proof| {
        let proof = proof.words().map(U256::from_be_bytes);
        dao.call(verifier, &verifyCall { proof, inputs: inputs.clone() }).await
    };
    assert!(call(&proof).await.is_ok());
    let refused = call(&development).await.err().unwrap();
    assert!(matches!(refused, ChainError::Reverted(revert) if revert.name == "InvalidProof"));

    // A client with these keys believes this verifier, and no other.
    let mut deployment = deploy::deploy_system(&dao).await.unwrap().deployment;
    let only = [Name::CommitteeKeys];
    let other_keys = circuits.guard(&dao, &deployment, &only).await.unwrap_err();
    assert!(matches!(&other_keys, ExchangeError::OtherKeys { expected: None, actual: Some(_), .. }), "{other_keys}");
    deployment.keys = circuits.manifest_hash();
    let other = circuits.guard(&dao, &deployment, &only).await.unwrap_err();
    assert!(
        matches!(&other, ExchangeError::OtherVerifier { circuit: Name::CommitteeKeys, expected: Some(_), .. }),
        "{other}"
    );
    deployment.verifiers.committee_keys = verifier;
    circuits.guard(&dao, &deployment, &only).await.unwrap();
    let unlisted = circuits.guard(&dao, &deployment, &[Name::Notes]).await.unwrap_err();
    assert!(matches!(unlisted, ExchangeError::OtherVerifier { expected: None, .. }));
    let refused = Circuits::default().guard(&dao, &deployment, &only).await.unwrap_err();
    assert!(matches!(refused, ExchangeError::OtherKeys { expected: Some(_), actual: None, .. }), "{refused}");

    // An artifact of another key, or none: said before anything is paid for.
    let compiled = folder.join("verifiers/CommitteeKeysVerifier.json");
    let hash = circuits.code_hash(Name::CommitteeKeys).unwrap().unwrap().to_string();
    let text = std::fs::read_to_string(&compiled).unwrap();
    assert!(text.contains(&hash));
    std::fs::write(&compiled, text.replace(&hash, &format!("0x{}", "ab".repeat(32)))).unwrap();
    let other = circuits.verifier(Name::CommitteeKeys).unwrap_err().to_string();
    assert!(other.contains("compiled from another key"), "{other}");
    std::fs::remove_file(&compiled).unwrap();
    assert!(matches!(circuits.verifier(Name::CommitteeKeys), Err(ExchangeError::NoVerifier { .. })));

    // Nor does it prove with keys that are not listed, deploy without all of them, or take a rehearsal elsewhere.
    let unlisted = circuits.ballot_verifier(3).unwrap_err();
    assert!(matches!(&unlisted, ExchangeError::Key(KeyError::NotListed { circuit: "ballot-3", .. })), "{unlisted}");
    assert!(matches!(circuits.deploy(&dao).await, Err(ExchangeError::NoVerifier { circuit: Name::Ballot3, .. })));
    let elsewhere = circuits.prove_committee_keys(1, keys).unwrap_err();
    assert!(matches!(elsewhere, ExchangeError::Key(KeyError::Development { chain_id: 1, .. })));
}

/// A verifier that says it is for our circuit, and takes anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_verifier_with_other_code() {
    let circuits = Circuits::default();
    let chain = LocalChain::start().await.unwrap();
    let dao = funded(chain.connection()).await;
    let mut deployment = circuits.deploy(&dao).await.unwrap().deployment;
    circuits.guard(&dao, &deployment, &Name::ALL).await.unwrap();
    deployment.verifiers.ballot3 = deployment.verifiers.ballot8;
    let refused = circuits.guard(&dao, &deployment, &[Name::Ballot3]).await.unwrap_err();
    assert!(matches!(&refused, ExchangeError::OtherVerifier { circuit: Name::Ballot3, .. }), "{refused}");
    // Nobody there.
    deployment.verifiers.ballot3 = Account::random().address();
    assert!(circuits.guard(&dao, &deployment, &[Name::Ballot3]).await.is_err());
    circuits.guard(&dao, &deployment, &[Name::Ballot8]).await.unwrap();
}
