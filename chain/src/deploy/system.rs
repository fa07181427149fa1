//! Which contracts a system has, in the order in which they need each other, and where they will be.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolValue,
};
use psephos_protocol::identifiers::ChainId;
use psephos_state::{
    Deployment, Verifiers,
    bindings::{IPolls, ISheets},
    deployment::{DEPLOYMENT_VERSION, SheetContracts},
};

use super::new::NewDeployment;
use crate::{
    artifact::{Artifact, ArtifactError},
    built_in,
};

/// A contract to deploy.
pub(super) struct PlannedContract {
    /// Its name.
    pub(super) name: String,
    /// Its address.
    pub(super) address: Address,
    /// Length of its code in bytes.
    pub(super) size: usize,
    /// The code that creates it, with its libraries' addresses and its constructor's arguments.
    pub(super) code: Bytes,
}

/// Plans the contracts that a factory deploys with a salt: libraries, verifiers, registry, allow-list, committee,
/// polls and sheets, each with fee pots and rewards, and charters. The deployment's first block is not known here.
///
/// # Errors
/// [`ArtifactError`] if a compiled contract cannot be used.
pub(super) fn plan_system(
    new: &NewDeployment<'_>,
    owner: Address,
    chain_id: ChainId,
    factory: Address,
    salt: B256,
) -> Result<(Vec<PlannedContract>, Deployment), ArtifactError> {
    let verifiers = new.verifiers;
    let mut plan = Planner { factory, salt, verifiers, libraries: BTreeMap::new(), contracts: Vec::new() };
    let ballot3 = plan.add_contract("Ballot3Verifier", &[])?;
    let ballot8 = plan.add_contract("Ballot8Verifier", &[])?;
    let update3 = plan.add_contract("Update3Verifier", &[])?;
    let update8 = plan.add_contract("Update8Verifier", &[])?;
    let blinded3 = plan.add_contract("Blinded3Verifier", &[])?;
    let blinded8 = plan.add_contract("Blinded8Verifier", &[])?;
    let decision3 = plan.add_contract("Decision3Verifier", &[])?;
    let decision8 = plan.add_contract("Decision8Verifier", &[])?;
    let sheet16 = plan.add_contract("Sheet16Verifier", &[])?;
    let sheet40 = plan.add_contract("Sheet40Verifier", &[])?;
    let decryption = plan.add_contract("DecryptionVerifier", &[])?;
    let dealing5 = plan.add_contract("Dealing5Verifier", &[])?;
    let dealing16 = plan.add_contract("Dealing16Verifier", &[])?;
    let committee_keys = plan.add_contract("CommitteeKeysVerifier", &[])?;
    let notes = plan.add_contract("NotesVerifier", &[])?;
    let claim3 = plan.add_contract("Claim3Verifier", &[])?;
    let claim8 = plan.add_contract("Claim8Verifier", &[])?;
    let registry = plan.add_contract("StakeholderRegistry", &owner.abi_encode())?;
    let policy = plan.add_contract("AllowListPolicy", &owner.abi_encode())?;
    let arguments = (owner, decryption, dealing5, dealing16, committee_keys).abi_encode_params();
    let committee = plan.add_contract("Committee", &arguments)?;
    let arguments = (committee, blinded3, blinded8, decision3, decision8).abi_encode_params();
    let rounding = plan.add_contract("Rounding", &arguments)?;
    let bounds = IPolls::Bounds::from(new.bounds);
    let arguments = (owner, registry, committee, ballot3, ballot8, update3, update8, bounds, rounding);
    let polls = plan.add_contract("Polls", &arguments.abi_encode_params())?;
    let fee_pot = plan.add_contract("FeePot", &polls.abi_encode())?;
    let rewards = plan.add_contract("Rewards", &(owner, polls, notes, claim3, claim8).abi_encode_params())?;
    let bounds = ISheets::Bounds::from(new.bounds);
    let arguments = (owner, registry, committee, sheet16, sheet40, bounds).abi_encode_params();
    let sheets = plan.add_contract("Sheets", &arguments)?;
    let bridging = plan.add_contract("Bridging", &sheets.abi_encode())?;
    let sheets = SheetContracts {
        sheets,
        bridging,
        charters: plan.add_contract("Charters", &(owner, sheets, bridging).abi_encode_params())?,
        outcomes: plan.add_contract("Outcomes", &(polls, sheets).abi_encode_params())?,
        action_classes: plan.add_contract("ActionClasses", &owner.abi_encode())?,
        rewards: plan
            .add_contract_for_sheets("Rewards", &(owner, sheets, notes, claim3, claim8).abi_encode_params())?,
        fee_pot: plan.add_contract_for_sheets("FeePot", &sheets.abi_encode())?,
    };
    let verifiers = Verifiers {
        ballot3,
        ballot8,
        update3,
        update8,
        blinded3,
        blinded8,
        decision3,
        decision8,
        sheet16,
        sheet40,
        decryption,
        dealing5,
        dealing16,
        committee_keys,
        notes,
        claim3,
        claim8,
    };
    let deployment = Deployment {
        version: DEPLOYMENT_VERSION,
        chain_id,
        from_block: 0,
        registry,
        policy,
        committee,
        polls,
        rounding,
        rewards,
        fee_pot: Some(fee_pot),
        sheets,
        verifiers,
        keys: new.keys.map(str::to_owned),
        committees: BTreeMap::new(),
    };
    Ok((plan.contracts, deployment))
}

struct Planner<'a> {
    factory: Address,
    salt: B256,
    verifiers: &'a BTreeMap<String, Artifact>,
    libraries: BTreeMap<String, Address>,
    contracts: Vec<PlannedContract>,
}

impl Planner<'_> {
    /// Adds a contract, and before it the libraries that it calls and that are not there yet.
    fn add_contract(&mut self, name: &str, arguments: &[u8]) -> Result<Address, ArtifactError> {
        self.add_labelled_contract(name, name, arguments)
    }

    /// Adds a second contract of the same code, which is for sheets. A step of a plan has a name of its own.
    fn add_contract_for_sheets(&mut self, name: &str, arguments: &[u8]) -> Result<Address, ArtifactError> {
        self.add_labelled_contract(name, &format!("{name} of sheets"), arguments)
    }

    fn add_labelled_contract(&mut self, name: &str, label: &str, arguments: &[u8]) -> Result<Address, ArtifactError> {
        let artifact = self.verifiers.get(name).cloned().map_or_else(|| built_in::artifact(name), Ok)?;
        for library in order_libraries(&artifact)? {
            if !self.libraries.contains_key(&library) {
                let code = built_in::artifact(&library)?;
                let address = self.add_code(&library, code.deployed_size, code.link(&self.libraries, &[])?);
                self.libraries.insert(library, address);
            }
        }
        Ok(self.add_code(label, artifact.deployed_size, artifact.link(&self.libraries, arguments)?))
    }

    fn add_code(&mut self, name: &str, size: usize, code: Bytes) -> Address {
        let address = self.factory.create2_from_code(self.salt, &code);
        self.contracts.push(PlannedContract { name: name.to_owned(), address, size, code });
        address
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
