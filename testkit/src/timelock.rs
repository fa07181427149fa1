//! OpenZeppelin's TimelockController, as the owner of a deployment.

use std::collections::BTreeMap;

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol,
    sol_types::SolValue,
};
use psephos_chain::{ChainError, Connection, Sent, artifact::Artifact};

sol!(TimelockController, "artifacts/TimelockController.json");

const ARTIFACT: &str = include_str!("../artifacts/TimelockController.json");

/// A timelock with one account that schedules and executes.
pub struct Timelock {
    /// Its address.
    pub address: Address,
    /// The delay between scheduling and execution, in seconds.
    pub delay: u64,
    proposer: Connection,
}

/// Calls that a timelock executes together or not at all.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The contracts.
    pub targets: Vec<Address>,
    /// The amounts of the native token, in wei.
    pub values: Vec<U256>,
    /// The calldata.
    pub payloads: Vec<Bytes>,
}

impl Timelock {
    /// Deploys a timelock without an administrator, in which this account proposes and executes.
    pub async fn deploy(proposer: &Connection, delay: u64) -> Self {
        let account = vec![proposer.sender().unwrap()];
        let arguments = (U256::from(delay), account.clone(), account, Address::ZERO).abi_encode_params();
        let artifact = Artifact::parse("TimelockController", ARTIFACT).unwrap();
        let sent = proposer.deploy_code(artifact.link(&BTreeMap::new(), &arguments).unwrap()).await.unwrap();
        Self { address: sent.contract.unwrap(), delay, proposer: proposer.clone() }
    }

    /// Schedules an operation.
    ///
    /// # Errors
    /// `Reverted`, if it is scheduled already.
    pub async fn schedule(&self, operation: &Operation) -> Result<Sent, ChainError> {
        let Operation { targets, values, payloads } = operation.clone();
        let delay = U256::from(self.delay);
        let (predecessor, salt) = (B256::ZERO, B256::ZERO);
        let call = TimelockController::scheduleBatchCall { targets, values, payloads, predecessor, salt, delay };
        self.proposer.send_call(self.address, &call).await
    }

    /// Executes an operation whose delay is over.
    ///
    /// # Errors
    /// `Reverted` with the error of the call that failed, or the timelock's own.
    pub async fn execute(&self, operation: &Operation) -> Result<Sent, ChainError> {
        let Operation { targets, values, payloads } = operation.clone();
        let (predecessor, salt) = (B256::ZERO, B256::ZERO);
        let call = TimelockController::executeBatchCall { targets, values, payloads, predecessor, salt };
        self.proposer.send_call(self.address, &call).await
    }
}
