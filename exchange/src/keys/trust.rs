//! Which verifiers on a chain may be believed, and deploying those of a ceremony's keys.
//!
//! A proof that our key made is worth something only if the contract checks it with the same key; and a verifier of another key takes
//! proofs that its maker forges. The whole contract is compared, by the hash of its code: what it says of itself proves nothing.

use std::collections::BTreeMap;
use std::fs;

use psephos_chain::{
    Address, B256, Connection,
    artifact::Artifact,
    built_in,
    deploy::{Installation, deploy_with_verifiers},
    keccak256,
};
use psephos_circuits::catalogue::Name;
use psephos_state::Deployment;

use super::Circuits;
use crate::error::ExchangeError;

/// Where a deployment has the verifier of a circuit.
pub fn verifier_of(deployment: &Deployment, circuit: Name) -> Address {
    let verifiers = &deployment.verifiers;
    match circuit {
        Name::Ballot3 => verifiers.ballot3,
        Name::Ballot8 => verifiers.ballot8,
        Name::Claim3 => verifiers.claim3,
        Name::Claim8 => verifiers.claim8,
        Name::CommitteeKeys => verifiers.committee_keys,
        Name::Dealing16 => verifiers.dealing16,
        Name::Dealing5 => verifiers.dealing5,
        Name::Decryption => verifiers.decryption,
        Name::Notes => verifiers.notes,
    }
}

/// The circuit of ballots of this size.
pub fn ballots_of(size: usize) -> Name {
    if size == 3 { Name::Ballot3 } else { Name::Ballot8 }
}

/// The circuit of claims for ballots of this size.
pub fn claims_of(size: usize) -> Name {
    if size == 3 { Name::Claim3 } else { Name::Claim8 }
}

/// The circuit of dealings to committees of this capacity.
pub fn dealings_of(capacity: usize) -> Name {
    if capacity == 5 { Name::Dealing5 } else { Name::Dealing16 }
}

impl Circuits {
    /// Refuses a deployment that was made for other keys than these, and verifiers whose code is not that of our keys' verifiers. To be asked
    /// before anything is proved for a chain, or believed because a contract there took it.
    ///
    /// # Errors
    /// `OtherKeys`, `OtherVerifier`; `Chain`.
    pub async fn guard(
        &self,
        connection: &Connection,
        deployment: &Deployment,
        circuits: &[Name],
    ) -> Result<(), ExchangeError> {
        if deployment.keys != self.manifest_hash() {
            return Err(ExchangeError::OtherKeys {
                expected: deployment.keys.clone(),
                actual: self.manifest_hash(),
                folder: self.store.dir().to_owned(),
            });
        }
        for circuit in circuits {
            let (address, expected) = (verifier_of(deployment, *circuit), self.code_hash(*circuit)?);
            let actual = keccak256(connection.read_code(address).await?);
            if expected != Some(actual) {
                return Err(ExchangeError::OtherVerifier { circuit: *circuit, address, expected, actual });
            }
        }
        Ok(())
    }

    /// BLAKE2b hash of the keys' manifest, in hexadecimal; none for development keys.
    pub fn manifest_hash(&self) -> Option<String> {
        self.store.manifest_hash().map(psephos_chain::hex::encode)
    }

    /// What the code of a circuit's verifier must hash to; none if the manifest does not say.
    ///
    /// # Errors
    /// `Chain` if this program has no such contract.
    pub fn code_hash(&self, circuit: Name) -> Result<Option<B256>, ExchangeError> {
        let Some(manifest) = self.manifest() else {
            return Ok(built_in::artifact(circuit.contract())?.deployed_code_hash);
        };
        let stated = manifest.entry(circuit.as_str()).and_then(|entry| entry.verifier.code_hash.as_deref());
        Ok(stated.and_then(|text| text.parse().ok()))
    }

    /// The compiled verifier of a circuit's key. What its artifact says of its code is compared with the manifest, before anything is paid for; what
    /// is then on a chain, [`Circuits::guard`] looks at.
    ///
    /// # Errors
    /// `NoVerifier` if it has not been compiled, or from another key; `Chain` if the artifact is none.
    pub fn verifier(&self, circuit: Name) -> Result<Artifact, ExchangeError> {
        let Some(manifest) = self.manifest() else {
            return Ok(built_in::artifact(circuit.contract())?);
        };
        let none = |reason: &str| ExchangeError::NoVerifier { circuit, reason: reason.to_owned() };
        let entry = manifest.entry(circuit.as_str()).ok_or_else(|| none("the manifest has no key of it"))?;
        if entry.verifier.code_hash.is_none() {
            return Err(none("it is not compiled: `cargo xtask verifiers`"));
        }
        let path = self.store.dir().join("verifiers").join(format!("{}.json", circuit.contract()));
        let text = fs::read_to_string(&path).map_err(|error| none(&format!("{}: {error}", path.display())))?;
        let artifact = Artifact::parse(circuit.contract(), &text)?;
        if artifact.deployed_code_hash != self.code_hash(circuit)? {
            return Err(none("it was compiled from another key than the manifest's: `cargo xtask verifiers`"));
        }
        Ok(artifact)
    }

    /// Puts the system on a chain, with the verifiers of these keys. Their code is compared with the manifest once it is there.
    ///
    /// # Errors
    /// `Key` for development keys on a chain that is not local; `NoVerifier` if a contract has not been compiled; `Chain`.
    pub async fn deploy(&self, connection: &Connection) -> Result<Installation, ExchangeError> {
        let mut verifiers = BTreeMap::new();
        for circuit in Name::ALL {
            verifiers.insert(circuit.contract().to_owned(), self.verifier(circuit)?);
        }
        // The verifiers would be there and refuse every proof.
        self.committee_keys_verifier()?.refuse_chain(connection.chain_id())?;
        let installation = deploy_with_verifiers(connection, &verifiers, self.manifest_hash()).await?;
        self.guard(connection, &installation.deployment, &Name::ALL).await?;
        Ok(installation)
    }
}
