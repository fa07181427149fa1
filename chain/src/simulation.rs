//! Simulating calls in order, each on the state that those before it leave.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::{
        BlockOverrides, TransactionRequest,
        simulate::{SimBlock, SimCallResult, SimulatePayload},
    },
    transports::{RpcError, TransportErrorKind},
};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    revert::Revert,
};

/// JSON-RPC's code for a method that a node does not have.
const METHOD_NOT_FOUND: i64 = -32_601;

/// A call to simulate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedCall {
    /// The contract that it calls.
    pub to: Address,
    /// The amount of the native token that it sends, in wei.
    pub value: U256,
    /// Its calldata.
    pub data: Bytes,
}

/// What a simulation of calls in order showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Simulation {
    /// All calls succeed.
    Succeeds {
        /// The gas that each uses, with the base cost of a transaction.
        gas: Vec<u64>,
    },
    /// The first call succeeds. The node cannot simulate the others, which may need what the first one does.
    OnlyFirst,
    /// A call would revert.
    Reverts {
        /// Its position, from 0.
        call: usize,
        /// The revert.
        revert: Revert,
    },
}

impl Connection {
    /// Simulates calls from an account in order (`eth_simulateV1`), in a block one second after the newest.
    ///
    /// # Errors
    /// `Unfunded` if the account cannot send the calls' amounts; `NodeUnreachable`, `Provider`.
    pub async fn simulate_calls(&self, from: Address, calls: &[SimulatedCall]) -> Result<Simulation, ChainError> {
        let sent = calls.iter().fold(U256::ZERO, |sum, call| sum.saturating_add(call.value));
        let balance = if sent.is_zero() { sent } else { self.read_balance(from).await? };
        if balance < sent {
            return Err(ChainError::Unfunded { account: from, balance, needed: sent });
        }
        let requests = calls.iter().map(|call| {
            let request = TransactionRequest::default().with_from(from).with_to(call.to);
            request.with_value(call.value).with_input(call.data.clone())
        });
        let time = self.newest_time().await? + 1;
        let overrides = BlockOverrides { time: Some(time), ..BlockOverrides::default() };
        let block = SimBlock::default().with_block_overrides(overrides).extend_calls(requests);
        match self.provider().simulate(&SimulatePayload::default().extend(block)).await {
            Ok(blocks) => summarise(blocks.into_iter().flat_map(|block| block.calls), calls.len()),
            Err(error) if is_unknown_method(&error) => self.simulate_first(from, calls).await,
            Err(error) => Err(classify_error(self.url(), "a simulation", error)),
        }
    }

    /// Simulates the first of the calls (`eth_call`), for nodes that can do no more.
    async fn simulate_first(&self, from: Address, calls: &[SimulatedCall]) -> Result<Simulation, ChainError> {
        let Some(call) = calls.first() else { return Ok(Simulation::Succeeds { gas: Vec::new() }) };
        let request = TransactionRequest::default().with_from(from).with_to(call.to);
        let request = request.with_value(call.value).with_input(call.data.clone());
        match self.provider().estimate_gas(request).await {
            Ok(gas) if calls.len() == 1 => Ok(Simulation::Succeeds { gas: vec![gas] }),
            Ok(_) => Ok(Simulation::OnlyFirst),
            Err(error) => match classify_error(self.url(), "a simulation", error) {
                ChainError::Reverted(revert) => Ok(Simulation::Reverts { call: 0, revert }),
                other => Err(other),
            },
        }
    }
}

fn is_unknown_method(error: &RpcError<TransportErrorKind>) -> bool {
    // Some nodes answer with another code, and only their message says that they have no such method.
    error.as_error_resp().is_some_and(|payload| {
        let message = payload.message.to_ascii_lowercase();
        payload.code == METHOD_NOT_FOUND || (message.contains("method") && message.contains("not"))
    })
}

/// Finds the first call that reverts, or lists the gas.
fn summarise(results: impl Iterator<Item = SimCallResult>, expected: usize) -> Result<Simulation, ChainError> {
    let mut gas = Vec::new();
    for (call, result) in results.enumerate() {
        if !result.status {
            // Revert data is in one of the two places, by the node.
            let data = result.error.and_then(|error| error.data).unwrap_or(result.return_data);
            return Ok(Simulation::Reverts { call, revert: Revert::decode(&data) });
        }
        gas.push(result.gas_used);
    }
    match gas.len() == expected {
        true => Ok(Simulation::Succeeds { gas }),
        false => Err(ChainError::unexpected(format!("the node simulated {} of {expected} calls", gas.len()))),
    }
}

#[cfg(test)]
mod tests {
    use alloy::{rpc::types::simulate::SimulateError, sol_types::SolError};
    use psephos_state::bindings::IPolls::UnknownPoll;

    use super::*;

    fn result(status: bool, return_data: Bytes, error: Option<Bytes>) -> SimCallResult {
        let error = error.map(|data| SimulateError { code: 3, message: "reverted".into(), data: Some(data) });
        SimCallResult { return_data, gas_used: 30_000, status, error, ..SimCallResult::default() }
    }

    #[test]
    fn first_revert_is_found_by_name_wherever_a_node_puts_its_data() {
        let data = Bytes::from(UnknownPoll { poll: U256::from(7) }.abi_encode());
        let ok = result(true, Bytes::new(), None);
        for bad in [result(false, data.clone(), None), result(false, Bytes::new(), Some(data.clone()))] {
            let found = summarise([ok.clone(), bad, ok.clone()].into_iter(), 3).unwrap();
            let Simulation::Reverts { call, revert } = found else { panic!("{found:?}") };
            assert_eq!((call, revert.text.as_str()), (1, "UnknownPoll(poll: 7)"));
        }
        assert_eq!(
            summarise([ok.clone(), ok.clone()].into_iter(), 2).unwrap(),
            Simulation::Succeeds { gas: vec![30_000; 2] }
        );
        assert!(summarise([ok].into_iter(), 2).is_err(), "a call is missing in the answer");
    }
}
