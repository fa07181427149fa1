//! The verifier contracts of a deployment: whether they verify with our keys, and deploying those of a ceremony's keys.
//!
//! A proof of our key is worth something only if the contract verifies it with the same key, and a verifier of another
//! key accepts the forgeries of that key's maker. The whole contract is compared, by the hash of its code: what a
//! contract says about itself proves nothing.

use std::collections::BTreeMap;
use std::fs;

use psephos_chain::{
    Address, B256, Connection,
    artifact::Artifact,
    built_in,
    code::check_code,
    deploy::{Installation, NewDeployment, PlannedDeployment},
    keccak256,
    plan::PlanObserver,
};
use psephos_circuits::catalogue::Name;
use psephos_protocol::identifiers::ChainId;
use psephos_prover::KeyRing;
use psephos_state::{Deployment, PollBounds, hex};

use crate::error::SubmissionError;

/// Returns the address of a circuit's verifier in a deployment.
///
/// # Errors
/// Returns `NotDeployed` if the deployment does not name it.
pub fn verifier_address(deployment: &Deployment, circuit: Name) -> Result<Address, SubmissionError> {
    deployment.verifiers.address(circuit.as_str()).ok_or(SubmissionError::NotDeployed { circuit })
}

/// Rejects a deployment whose verifiers of these circuits are not those of our keys, or in which another contract is
/// not the one that this program was built with. Check this before something is proved for a deployment, and before
/// something is believed because a contract there has accepted it.
///
/// # Errors
/// As [`check_verifiers`], and `Chain` with `Code` for the contract that differs.
pub async fn check_contracts(
    keys: &KeyRing,
    connection: &Connection,
    deployment: &Deployment,
    circuits: &[Name],
) -> Result<(), SubmissionError> {
    check_verifiers(keys, connection, deployment, circuits).await?;
    Ok(check_code(connection, deployment).await?)
}

/// Rejects a deployment that was made for other keys than these, and verifiers whose code is not that of our keys'
/// verifiers. [`check_contracts`] compares the other contracts too.
///
/// # Errors
/// Returns `OtherKeys`, `OtherVerifier` or `NotDeployed`, and `Chain` if the code cannot be read.
pub async fn check_verifiers(
    keys: &KeyRing,
    connection: &Connection,
    deployment: &Deployment,
    circuits: &[Name],
) -> Result<(), SubmissionError> {
    let actual = manifest_hash(keys);
    if deployment.keys != actual {
        let (expected, folder) = (deployment.keys.clone(), keys.store().dir().to_owned());
        return Err(SubmissionError::OtherKeys { expected, actual, folder });
    }
    for &circuit in circuits {
        let (address, expected) = (verifier_address(deployment, circuit)?, expected_code_hash(keys, circuit)?);
        let actual = keccak256(connection.read_code(address).await?);
        if expected != Some(actual) {
            return Err(SubmissionError::OtherVerifier { circuit, address, expected, actual });
        }
    }
    Ok(())
}

/// Returns the BLAKE2b hash of the keys' manifest, in hexadecimal; `None` for development keys.
pub fn manifest_hash(keys: &KeyRing) -> Option<String> {
    keys.store().manifest_hash().map(hex::encode)
}

/// Returns the expected code hash of a circuit's verifier; `None` if the manifest does not state it.
///
/// # Errors
/// Returns `Chain` if this program has no such contract.
pub fn expected_code_hash(keys: &KeyRing, circuit: Name) -> Result<Option<B256>, SubmissionError> {
    let Some(manifest) = keys.manifest() else {
        return Ok(built_in::artifact(circuit.contract())?.deployed_code_hash);
    };
    let stated = manifest.entry(circuit.as_str()).and_then(|entry| entry.verifier.code_hash.as_deref());
    Ok(stated.and_then(|text| text.parse().ok()))
}

/// Loads the compiled verifier of a circuit's key. The code hash that its artifact states is compared with the
/// manifest, before anything is paid for; [`check_contracts`] compares the code that is then on chain.
///
/// # Errors
/// Returns `NoVerifier` if it was not compiled, or was compiled from another key, and `Chain` if the artifact does not
/// parse.
pub fn load_verifier(keys: &KeyRing, circuit: Name) -> Result<Artifact, SubmissionError> {
    let Some(manifest) = keys.manifest() else {
        return Ok(built_in::artifact(circuit.contract())?);
    };
    let missing = |reason: &str| SubmissionError::NoVerifier { circuit, reason: reason.to_owned() };
    let entry = manifest.entry(circuit.as_str()).ok_or_else(|| missing("the manifest does not list its key"))?;
    if entry.verifier.code_hash.is_none() {
        return Err(missing("it is not compiled: run `cargo xtask verifiers`"));
    }
    let path = keys.store().dir().join("verifiers").join(format!("{}.json", circuit.contract()));
    let text = fs::read_to_string(&path).map_err(|error| missing(&format!("{}: {error}", path.display())))?;
    let artifact = Artifact::parse(circuit.contract(), &text)?;
    if artifact.deployed_code_hash != expected_code_hash(keys, circuit)? {
        return Err(missing("it was compiled from another key than the manifest's: run `cargo xtask verifiers`"));
    }
    Ok(artifact)
}

/// The verifiers of these keys, for a deployment.
pub struct DeployableKeys {
    verifiers: BTreeMap<String, Artifact>,
    manifest: Option<String>,
}

impl DeployableKeys {
    /// Loads the verifiers of all circuits.
    ///
    /// # Errors
    /// Returns `Keys` for development keys on a chain that is not local, `NoVerifier` if a verifier was not compiled,
    /// and `Chain`.
    pub fn load(keys: &KeyRing, chain_id: ChainId) -> Result<Self, SubmissionError> {
        let mut verifiers = BTreeMap::new();
        for circuit in Name::ALL {
            verifiers.insert(circuit.contract().to_owned(), load_verifier(keys, circuit)?);
        }
        // Before the deployment: verifiers of development keys would be paid for, and would then refuse every proof.
        keys.verifying_key(Name::CommitteeKeys)?.check_chain(chain_id)?;
        Ok(Self { verifiers, manifest: manifest_hash(keys) })
    }

    /// Returns the deployment of a system with these verifiers for an owner, by default the sending account.
    pub fn new_deployment(&self, owner: Option<Address>, bounds: PollBounds, salt: Option<B256>) -> NewDeployment<'_> {
        NewDeployment { owner, verifiers: &self.verifiers, keys: self.manifest.as_deref(), bounds, salt }
    }
}

/// Deploys what is not deployed yet of a planned system. The code on chain is then compared: the verifiers' with the
/// manifest, and all other contracts'.
///
/// # Errors
/// As [`PlannedDeployment::run`] and [`check_contracts`].
pub async fn run_deployment(
    keys: &KeyRing,
    connection: &Connection,
    plan: &mut PlannedDeployment<'_>,
    observer: &dyn PlanObserver,
) -> Result<Installation, SubmissionError> {
    let installation = plan.run(observer).await?;
    check_contracts(keys, connection, &installation.deployment, &Name::ALL).await?;
    Ok(installation)
}

/// Deploys the system with the verifiers of these keys and with bounds for all polls, without a journal: for a chain
/// that ends with the process. The sending account owns it. The code on chain is then compared.
///
/// # Errors
/// As [`DeployableKeys::load`] and [`run_deployment`].
pub async fn deploy_system(
    keys: &KeyRing,
    connection: &Connection,
    bounds: PollBounds,
) -> Result<Installation, SubmissionError> {
    let deployable = DeployableKeys::load(keys, connection.chain_id())?;
    let new = deployable.new_deployment(None, bounds, None);
    let mut plan = PlannedDeployment::prepare(connection, new, Box::new(())).await?;
    run_deployment(keys, connection, &mut plan, &()).await
}

#[cfg(test)]
mod tests {
    use psephos_state::deployment::placeholder;

    use super::*;

    #[test]
    fn deployment_has_a_verifier_for_every_circuit() {
        let deployment = placeholder(Address::repeat_byte);
        let addresses = Name::ALL.map(|circuit| verifier_address(&deployment, circuit).unwrap());
        let distinct: std::collections::BTreeSet<_> = addresses.into_iter().collect();
        assert_eq!(distinct.len(), Name::ALL.len());
    }
}
