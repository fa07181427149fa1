//! OpenZeppelin's TimelockController, as the owner of the charters.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::SolValue,
};
use psephos_chain::{ChainError, Connection, Sent, artifact::Artifact, local};
use psephos_client::operator::Call;
use psephos_state::StateError;

sol!(TimelockController, "../testkit/artifacts/TimelockController.json");

const ARTIFACT: &str = include_str!("../../../testkit/artifacts/TimelockController.json");

/// A timelock with one account that schedules and executes: the DAO's.
pub(super) struct Timelock {
    /// Its address.
    pub(super) address: Address,
    /// The delay between scheduling and execution, in seconds.
    pub(super) delay: u64,
    dao: Connection,
}

impl Timelock {
    /// Deploys a timelock without an administrator.
    pub(super) async fn deploy(dao: &Connection, delay: u64) -> Result<Self, ChainError> {
        let accounts = vec![dao.sender().ok_or(ChainError::NoSender)?];
        let arguments = (U256::from(delay), accounts.clone(), accounts, Address::ZERO).abi_encode_params();
        let artifact = Artifact::parse("TimelockController", ARTIFACT)?;
        let sent = dao.deploy_code(artifact.link(&BTreeMap::new(), &arguments)?).await?;
        let missing = || StateError::Unexpected("the deployment of the timelock has no address".into());
        Ok(Self { address: sent.contract.ok_or_else(missing)?, delay, dao: dao.clone() })
    }

    /// Schedules calls, waits for the delay, and executes them together or not at all. Returns the execution.
    pub(super) async fn execute(&self, calls: &[Call]) -> Result<Sent, ChainError> {
        let targets: Vec<Address> = calls.iter().map(|call| call.to).collect();
        let values: Vec<U256> = calls.iter().map(|call| call.value).collect();
        let payloads: Vec<_> = calls.iter().map(|call| call.data.clone()).collect();
        let (predecessor, salt, delay) = (B256::ZERO, B256::ZERO, U256::from(self.delay));
        let schedule = TimelockController::scheduleBatchCall {
            targets: targets.clone(),
            values: values.clone(),
            payloads: payloads.clone(),
            predecessor,
            salt,
            delay,
        };
        self.dao.send_call(self.address, &schedule).await?;
        let now = self.dao.newest_time().await?;
        local::advance_time(&self.dao, now + self.delay + 1).await?;
        let execute = TimelockController::executeBatchCall { targets, values, payloads, predecessor, salt };
        self.dao.send_call(self.address, &execute).await
    }
}
