//! Deploying the whole system.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256},
    sol_types::SolValue,
};

use psephos_state::{Deployment, PollBounds, Verifiers, bindings::IPolls, deployment::DEPLOYMENT_VERSION};

use crate::{
    artifact::{Artifact, ArtifactError},
    built_in,
    connection::Connection,
    error::ChainError,
};

/// A deployed system, and what deploying it took.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The addresses.
    pub deployment: Deployment,
    /// The contracts in the order of deployment, libraries included.
    pub contracts: Vec<Deployed>,
}

/// One deployed contract.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// The transaction that created it.
    pub hash: B256,
    /// The gas that took.
    pub gas: u64,
    /// Length of its code in bytes.
    pub size: usize,
}

/// Deploys libraries, verifiers, registry, allow-list, committee, polls, fee pots and rewards. The sending account owns
/// them.
///
/// # Errors
/// `NoSender`, `Unfunded`, `Reverted`, `Artifact`, and others of sending.
pub async fn deploy_system(connection: &Connection, bounds: PollBounds) -> Result<Installation, ChainError> {
    deploy_with_verifiers(connection, None, &BTreeMap::new(), None, bounds).await
}

/// Deploys the system for an owner, by default the sending account, with other verifiers than those of development
/// keys, given by their names, with the hash of the keys' manifest, and with bounds for all polls.
///
/// The owner is set in the constructors: the sending account never owns anything for another one, and nothing has to be
/// accepted.
///
/// # Errors
/// As [`deploy_system`].
pub async fn deploy_with_verifiers(
    connection: &Connection,
    owner: Option<Address>,
    verifiers: &BTreeMap<String, Artifact>,
    keys: Option<String>,
    bounds: PollBounds,
) -> Result<Installation, ChainError> {
    let sender = connection.sender().ok_or(ChainError::NoSender)?;
    let owner = owner.unwrap_or(sender);
    let from_block = connection.newest_block().await?;
    let mut builder = Builder { connection, verifiers, libraries: BTreeMap::new(), contracts: Vec::new() };
    let ballot3 = builder.deploy_contract("Ballot3Verifier", &[]).await?;
    let ballot8 = builder.deploy_contract("Ballot8Verifier", &[]).await?;
    let decryption = builder.deploy_contract("DecryptionVerifier", &[]).await?;
    let dealing5 = builder.deploy_contract("Dealing5Verifier", &[]).await?;
    let dealing16 = builder.deploy_contract("Dealing16Verifier", &[]).await?;
    let committee_keys = builder.deploy_contract("CommitteeKeysVerifier", &[]).await?;
    let notes = builder.deploy_contract("NotesVerifier", &[]).await?;
    let claim3 = builder.deploy_contract("Claim3Verifier", &[]).await?;
    let claim8 = builder.deploy_contract("Claim8Verifier", &[]).await?;
    let registry = builder.deploy_contract("StakeholderRegistry", &owner.abi_encode()).await?;
    let policy = builder.deploy_contract("AllowListPolicy", &owner.abi_encode()).await?;
    let arguments = (owner, decryption, dealing5, dealing16, committee_keys).abi_encode_params();
    let committee = builder.deploy_contract("Committee", &arguments).await?;
    let arguments = (owner, registry, committee, ballot3, ballot8, IPolls::Bounds::from(bounds)).abi_encode_params();
    let polls = builder.deploy_contract("Polls", &arguments).await?;
    let fee_pot = builder.deploy_contract("FeePot", &polls.abi_encode()).await?;
    let rewards =
        builder.deploy_contract("Rewards", &(owner, polls, notes, claim3, claim8).abi_encode_params()).await?;
    let verifiers =
        Verifiers { ballot3, ballot8, decryption, dealing5, dealing16, committee_keys, notes, claim3, claim8 };
    let deployment = Deployment {
        version: DEPLOYMENT_VERSION,
        chain_id: connection.chain_id(),
        from_block,
        registry,
        policy,
        committee,
        polls,
        rewards,
        fee_pot: Some(fee_pot),
        verifiers,
        keys,
        committees: BTreeMap::new(),
    };
    Ok(Installation { deployment, contracts: builder.contracts })
}

struct Builder<'a> {
    connection: &'a Connection,
    verifiers: &'a BTreeMap<String, Artifact>,
    libraries: BTreeMap<String, Address>,
    contracts: Vec<Deployed>,
}

impl Builder<'_> {
    /// Deploys a contract, and before it the libraries that it calls and that are not deployed yet.
    async fn deploy_contract(&mut self, name: &str, arguments: &[u8]) -> Result<Address, ChainError> {
        let artifact = self.verifiers.get(name).cloned().map_or_else(|| built_in::artifact(name), Ok)?;
        for library in order_libraries(&artifact)? {
            if !self.libraries.contains_key(&library) {
                let code = built_in::artifact(&library)?;
                let address = self.send_code(&library, code.deployed_size, code.link(&self.libraries, &[])?).await?;
                self.libraries.insert(library, address);
            }
        }
        self.send_code(name, artifact.deployed_size, artifact.link(&self.libraries, arguments)?).await
    }

    async fn send_code(
        &mut self,
        name: &str,
        size: usize,
        code: alloy::primitives::Bytes,
    ) -> Result<Address, ChainError> {
        let sent = self.connection.deploy_code(code).await?;
        let address = sent.contract.ok_or_else(|| ChainError::unexpected(format!("no contract address for {name}")))?;
        self.contracts.push(Deployed { name: name.to_owned(), address, hash: sent.hash, gas: sent.gas, size });
        Ok(address)
    }
}

/// Returns the libraries that a contract calls, and those that they call, each after the ones that it needs. The
/// compiler allows no cycle of libraries.
fn order_libraries(artifact: &Artifact) -> Result<Vec<String>, ArtifactError> {
    let mut ordered = Vec::new();
    for library in artifact.libraries() {
        for name in order_libraries(&built_in::artifact(library)?)?.into_iter().chain([library.to_owned()]) {
            if !ordered.contains(&name) {
                ordered.push(name);
            }
        }
    }
    Ok(ordered)
}
