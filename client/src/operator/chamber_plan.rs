//! Creating a chamber with its list, as a plan: the chamber is found again, not created twice.

use async_trait::async_trait;
use psephos_chain::{
    Address, ChainError, Connection, U256,
    plan::{Executor, Header, Journal, PlanObserver, Postcondition, Price, Step, StepResult, Store, price_steps},
};
use psephos_protocol::identifiers::ChamberId;
use psephos_state::{
    Deployment,
    bindings::IStakeholderRegistry::{chamberNameCall, chambersCall},
    words,
};
use serde::{Deserialize, Serialize};

use super::{
    allow_list::{WeightsSet, hash_list, set_weights_steps},
    create_chamber_call,
    error::OperatorError,
};

/// The command that journals of new chambers name.
const COMMAND: &str = "chamber create";
const CREATE: &str = "chamber";

/// What a run has read at its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    /// The lowest number that the chamber can have: chambers before it are others.
    first_chamber: ChamberId,
}

/// A chamber to create with the accounts that may enrol in it.
pub struct PlannedChamber<'a> {
    dao: &'a Connection,
    deployment: &'a Deployment,
    name: &'a str,
    weights: &'a [(Address, u64)],
    journal: Journal<Facts>,
}

/// A chamber with its list.
#[derive(Clone, Debug)]
pub struct CreatedChamber {
    /// Its number.
    pub chamber: ChamberId,
    /// What became of the steps.
    pub steps: Vec<StepResult>,
}

impl<'a> PlannedChamber<'a> {
    /// Plans a chamber, or reads the journal of an unfinished run. Nothing is written or sent. A chamber that has this
    /// name and this list already is taken for the one to create.
    ///
    /// # Errors
    /// `ChamberExists`; `Chain` with `NoSender`, `Plan`, or another [`ChainError`].
    pub async fn prepare(
        dao: &'a Connection,
        deployment: &'a Deployment,
        name: &'a str,
        weights: &'a [(Address, u64)],
        store: Box<dyn Store>,
    ) -> Result<Self, OperatorError> {
        let account = dao.sender().ok_or(ChainError::NoSender)?;
        let inputs = hash_list(deployment, name, weights);
        let header = Header { command: COMMAND.into(), chain_id: dao.chain_id(), account, inputs };
        let facts = async || {
            let first_chamber = match find_chamber(dao, deployment.registry, name, 0).await? {
                None => words::to_chamber(dao.call(deployment.registry, &chambersCall {}).await?)
                    .map_err(ChainError::from)?,
                Some(chamber) => {
                    let list = WeightsSet { policy: deployment.policy, chamber, weights: weights.to_vec() };
                    if !list.holds(dao).await? {
                        return Err(OperatorError::ChamberExists { chamber, name: name.to_owned() });
                    }
                    chamber
                }
            };
            Ok(Facts { first_chamber })
        };
        let journal = Journal::open(store, header, facts).await?;
        Ok(Self { dao, deployment, name, weights, journal })
    }

    /// Simulates and prices the steps that are not done.
    ///
    /// # Errors
    /// `Plan` with `WouldFail`, or another [`ChainError`].
    pub async fn price(&self) -> Result<Price, ChainError> {
        let chamber = match self.find().await? {
            Some(chamber) => chamber,
            None => super::next_chamber(self.dao, self.deployment).await?,
        };
        let steps: Vec<Step> = [self.create_step()].into_iter().chain(self.weights_steps(chamber)).collect();
        price_steps(self.dao, &self.journal, &steps).await
    }

    /// Creates the chamber if it is not there, sets the weights that are not set, and removes the journal.
    ///
    /// # Errors
    /// [`ChainError`]. Whatever it is, another run continues.
    pub async fn run(mut self, observer: &dyn PlanObserver) -> Result<CreatedChamber, ChainError> {
        let create = self.create_step();
        // Only the number of the steps counts here: the chamber's own number is not known yet.
        let total = 1 + self.weights_steps(ChamberId::new(0)).len();
        let mut steps = vec![Executor::new(self.dao, &mut self.journal, observer, total)?.run(&create).await?];
        let missing = || psephos_state::StateError::Unexpected(format!("there is no chamber {:?}", self.name));
        let chamber = self.find().await?.ok_or_else(missing)?;
        let weights = self.weights_steps(chamber);
        let mut executor = Executor::new(self.dao, &mut self.journal, observer, total)?;
        executor.skip(1);
        for step in weights {
            steps.push(executor.run(&step).await?);
        }
        self.journal.finish()?;
        Ok(CreatedChamber { chamber, steps })
    }

    async fn find(&self) -> Result<Option<ChamberId>, ChainError> {
        find_chamber(self.dao, self.deployment.registry, self.name, self.journal.facts().first_chamber.get()).await
    }

    fn create_step(&self) -> Step {
        let first = self.journal.facts().first_chamber.get();
        let done = ChamberNamed { registry: self.deployment.registry, name: self.name.to_owned(), first };
        let call = create_chamber_call(self.deployment, self.name);
        Step { name: CREATE.into(), done: Some(Box::new(done)), ..call.into_step() }
    }

    fn weights_steps(&self, chamber: ChamberId) -> Vec<Step> {
        set_weights_steps(self.deployment, chamber, self.weights)
    }
}

/// There is a chamber of this name, with this number or a later one.
struct ChamberNamed {
    registry: Address,
    name: String,
    first: u64,
}

#[async_trait]
impl Postcondition for ChamberNamed {
    async fn holds(&self, connection: &Connection) -> Result<bool, ChainError> {
        Ok(find_chamber(connection, self.registry, &self.name, self.first).await?.is_some())
    }
}

/// Finds the chamber of a name with this number or the first later one.
async fn find_chamber(
    connection: &Connection,
    registry: Address,
    name: &str,
    first: u64,
) -> Result<Option<ChamberId>, ChainError> {
    let chambers = words::to_chamber(connection.call(registry, &chambersCall {}).await?)?.get();
    for chamber in first..chambers {
        if connection.call(registry, &chamberNameCall { chamber: U256::from(chamber) }).await? == name {
            return Ok(Some(ChamberId::new(chamber)));
        }
    }
    Ok(None)
}
