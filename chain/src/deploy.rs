//! Deploying the whole system, as a plan: every contract has an address that is known before it is deployed.

mod first_block;
mod new;
mod system;

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256, keccak256};
use psephos_state::{Deployment, PollBounds};
use rand::random;
use serde::{Deserialize, Serialize};

pub use self::new::NewDeployment;
use self::{
    first_block::find_first_block,
    system::{PlannedContract, plan_system},
};
use crate::{
    artifact::ArtifactError,
    connection::Connection,
    create2::{self, Factory},
    error::ChainError,
    plan::{CodeAt, Executor, Header, Journal, Mined, PlanError, PlanObserver, Price, Step, Store, price_steps},
};

/// The command that journals of deployments name.
const COMMAND: &str = "deploy";

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
    /// Length of its code in bytes.
    pub size: usize,
    /// The transaction that created it; `None` if it was there before, or the node does not show it.
    pub transaction: Option<Mined>,
}

/// What a run has chosen or read at its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    salt: B256,
    /// The block from which the contracts' events are read.
    from_block: u64,
    factory: Factory,
}

/// A deployment whose steps and addresses are known.
pub struct PlannedDeployment<'a> {
    connection: &'a Connection,
    account: Address,
    new: NewDeployment<'a>,
    journal: Journal<Facts>,
}

/// Deploys libraries, verifiers, registry, allow-list, committee, polls, fee pots and rewards, without a journal. The
/// sending account owns them.
///
/// # Errors
/// As [`PlannedDeployment::prepare`] and [`PlannedDeployment::run`].
pub async fn deploy_system(connection: &Connection, bounds: PollBounds) -> Result<Installation, ChainError> {
    let verifiers = BTreeMap::new();
    let new = NewDeployment { owner: None, verifiers: &verifiers, keys: None, bounds, salt: None };
    PlannedDeployment::prepare(connection, new, Box::new(())).await?.run(&()).await
}

impl<'a> PlannedDeployment<'a> {
    /// Plans a deployment, or reads the journal of an unfinished one. Nothing is written or sent.
    ///
    /// # Errors
    /// `NoSender`, `Artifact`; `Plan` with `NoFactory`, `Journal`, `OtherRun`; `NodeUnreachable`, `Provider`.
    pub async fn prepare(
        connection: &'a Connection,
        new: NewDeployment<'a>,
        store: Box<dyn Store>,
    ) -> Result<Self, ChainError> {
        let account = connection.sender().ok_or(ChainError::NoSender)?;
        let plan =
            |factory, salt| plan_system(&new, new.owner.unwrap_or(account), connection.chain_id(), factory, salt);
        // The addresses under a fixed factory and salt are a hash of all code and arguments.
        let addresses: Vec<u8> =
            plan(create2::PROXY, B256::ZERO)?.0.iter().flat_map(|contract| contract.address.to_vec()).collect();
        let (command, chain_id, inputs) = (COMMAND.to_owned(), connection.chain_id(), keccak256(addresses));
        let header = Header { command, chain_id, account, inputs };
        let facts = async || {
            let salt = new.salt.unwrap_or_else(|| random::<[u8; 32]>().into());
            let first = plan(create2::PROXY, salt)?.0.first().map(|contract| contract.address).unwrap_or_default();
            let from_block = find_first_block(connection, first).await?;
            let factory = create2::choose_factory(connection, account).await?;
            Ok::<_, ChainError>(Facts { salt, from_block, factory })
        };
        let journal = Journal::open(store, header, facts).await?;
        if new.salt.is_some_and(|salt| salt != journal.facts().salt) {
            return Err(PlanError::OtherRun { path: journal.path(), what: "salt" }.into());
        }
        Ok(Self { connection, account, new, journal })
    }

    /// Returns the account that owns the contracts.
    pub fn owner(&self) -> Address {
        self.new.owner.unwrap_or(self.account)
    }

    /// Returns what tells this deployment from others of the same contracts.
    pub fn salt(&self) -> B256 {
        self.journal.facts().salt
    }

    /// Returns whether it continues an unfinished one.
    pub fn is_resumed(&self) -> bool {
        self.journal.is_resumed()
    }

    /// Simulates and prices the steps that are not done, and returns the price with the contract of each step, if it
    /// deploys one.
    ///
    /// # Errors
    /// `Artifact`; `Plan` with `WouldFail`; `NodeUnreachable`, `Provider`.
    pub async fn price(&self) -> Result<(Price, Vec<Option<Address>>), ChainError> {
        let factory = self.expect_factory().await?;
        let is_there = create2::has_factory(self.connection, factory).await?;
        let (mut steps, mut addresses) = (Vec::new(), Vec::new());
        if let Some(step) = create2::factory_step(self.journal.facts().factory)?.filter(|_| !is_there) {
            steps.push(step);
            addresses.push((self.journal.facts().factory == Factory::Own).then_some(factory));
        }
        for contract in self.plan(factory)?.0 {
            addresses.push(Some(contract.address));
            steps.push(match is_there {
                true => self.contract_step(factory, contract),
                // Without a factory the price is that of creating the contract without one, which is nearly the same.
                false => {
                    let PlannedContract { name, code, .. } = contract;
                    Step { name, to: None, value: U256::ZERO, data: code, done: None }
                }
            });
        }
        Ok((price_steps(self.connection, &self.journal, &steps).await?, addresses))
    }

    /// Deploys what is not deployed yet. [`Price::check_balance`] says before whether the account can pay for it all.
    ///
    /// # Errors
    /// `Artifact`, `Plan`, `NodeUnreachable`, `Provider`. Whatever it is, another run continues.
    pub async fn run(&mut self, observer: &dyn PlanObserver) -> Result<Installation, ChainError> {
        let Facts { factory: kind, from_block, .. } = self.journal.facts().clone();
        let factory_step = create2::factory_step(kind)?;
        let total = self.plan(create2::PROXY)?.0.len() + usize::from(factory_step.is_some());
        let mut factory = create2::PROXY;
        if let Some(step) = factory_step {
            let done = Executor::new(self.connection, &mut self.journal, observer, total)?.run(&step).await?;
            if kind == Factory::Presigned {
                create2::deploy_proxy(self.connection).await?;
            } else if let Some(own) = done.transaction.and_then(|mined| mined.contract) {
                factory = own;
            }
            if !create2::has_factory(self.connection, factory).await? {
                let reason = format!("the code at {factory} is not the proxy's");
                return Err(PlanError::NoFactory { chain_id: self.connection.chain_id(), reason }.into());
            }
        }
        let (planned, mut deployment) = self.plan(factory)?;
        deployment.from_block = from_block;
        let steps: Vec<_> = planned
            .into_iter()
            .map(|contract| {
                let deployed = (contract.name.clone(), contract.address, contract.size);
                (deployed, self.contract_step(factory, contract))
            })
            .collect();
        let mut executor = Executor::new(self.connection, &mut self.journal, observer, total)?;
        executor.skip(total - steps.len());
        let mut contracts = Vec::new();
        for ((name, address, size), step) in steps {
            let transaction = executor.run(&step).await?.transaction;
            contracts.push(Deployed { name, address, size, transaction });
        }
        Ok(Installation { deployment, contracts })
    }

    /// Removes the journal, once the addresses are kept elsewhere.
    ///
    /// # Errors
    /// `Plan` with `Journal`.
    pub fn finish(self) -> Result<(), ChainError> {
        Ok(self.journal.finish()?)
    }

    fn plan(&self, factory: Address) -> Result<(Vec<PlannedContract>, Deployment), ArtifactError> {
        plan_system(&self.new, self.owner(), self.connection.chain_id(), factory, self.salt())
    }

    fn contract_step(&self, factory: Address, contract: PlannedContract) -> Step {
        Step {
            name: contract.name,
            to: Some(factory),
            value: U256::ZERO,
            data: create2::deployment_calldata(self.salt(), &contract.code),
            done: Some(Box::new(CodeAt(contract.address))),
        }
    }

    /// Returns the factory's address; for one of our own that is not deployed yet, the address that it gets if no other
    /// transaction is sent before.
    async fn expect_factory(&self) -> Result<Address, ChainError> {
        let step = create2::factory_step(self.journal.facts().factory)?;
        match step.filter(|step| step.to.is_none()) {
            None => Ok(create2::PROXY),
            Some(step) => Ok(self.account.create(match self.journal.nonce(&step) {
                Some(nonce) => nonce,
                None => self.connection.nonces(self.account).await?.pending,
            })),
        }
    }
}
