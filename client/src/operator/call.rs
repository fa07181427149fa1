//! A call of a DAO as a value: the owner's account sends it, or it is exported for an owner that decides elsewhere,
//! such as a timelock or a Safe.

use alloy::sol_types::SolCall;
use psephos_chain::{
    Address, Bytes, ChainError, Connection, Sent, U256,
    plan::Step,
    simulation::{SimulatedCall, Simulation},
};

use super::error::OperatorError;

/// A call that is not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The contract that it calls.
    pub to: Address,
    /// The amount of the native token that it sends, in wei.
    pub value: U256,
    /// Its calldata.
    pub data: Bytes,
    /// What it does, in one line for those who decide about it. Names from files are quoted, so that none can pass for
    /// another line.
    pub description: String,
}

impl Call {
    /// Creates a call that sends no native token.
    pub fn new<C: SolCall>(to: Address, call: &C, description: impl Into<String>) -> Self {
        Self { to, value: U256::ZERO, data: call.abi_encode().into(), description: description.into() }
    }

    /// Returns the call with an amount of the native token, in wei.
    #[must_use]
    pub fn with_value(self, wei: U256) -> Self {
        Self { value: wei, ..self }
    }

    /// Returns the call as a step of a plan, of which only its own receipt tells that it is done.
    pub fn into_step(self) -> Step {
        let Self { to, value, data, description } = self;
        Step { name: description, to: Some(to), value, data, done: None }
    }

    /// Sends the call and waits for its receipt.
    ///
    /// # Errors
    /// Returns `Reverted` and `Unfunded` before anything is sent, or another [`ChainError`].
    pub async fn send(&self, from: &Connection) -> Result<Sent, ChainError> {
        from.send_bytes(self.to, self.data.clone(), self.value).await
    }
}

/// Returns what calls do, one numbered line each.
pub fn describe_calls(calls: &[Call]) -> String {
    match calls {
        [call] => call.description.clone(),
        _ => {
            let lines = calls.iter().enumerate().map(|(index, call)| format!("{}. {}", index + 1, call.description));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// Simulates calls of an account in order. Returns the gas of all, or `None` if the node could only simulate the first.
///
/// # Errors
/// Returns `WouldFail` with the first call that would, `Chain` with `Unfunded` if the account cannot send the amounts,
/// or another `Chain`.
pub async fn simulate_calls(
    connection: &Connection,
    from: Address,
    calls: &[Call],
) -> Result<Option<u64>, OperatorError> {
    let plain = |call: &Call| SimulatedCall { to: call.to, value: call.value, data: call.data.clone() };
    let simulated: Vec<SimulatedCall> = calls.iter().map(plain).collect();
    match connection.simulate_calls(from, &simulated).await? {
        Simulation::Succeeds { gas } => Ok(Some(gas.into_iter().fold(0, u64::saturating_add))),
        Simulation::OnlyFirst => Ok(None),
        Simulation::Reverts { call, revert } => {
            let description = calls.get(call).map(|call| call.description.clone()).unwrap_or_default();
            Err(OperatorError::WouldFail { from, description, revert })
        }
    }
}
