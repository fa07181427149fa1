//! A contract that emits the logs in its calldata: chains of a hundred thousand events in seconds, for tests and
//! measurements. Local chains only.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, LogData, U256},
    providers::{Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolEvent,
};

use super::check_local;
use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
    sending::GAS_CAP,
};

/// Length in bytes of an entry before its data: the number of topics, the data's length in three bytes, four topic
/// slots.
const HEADER: u8 = 132;
/// The gas price offered, in wei; cost does not matter here.
const PRICE: u128 = 100_000_000_000;

/// Installs the contract at an address.
///
/// # Errors
/// `NotLocal` on any chain but a local one, `Provider` if it is not anvil.
pub async fn install_stub(connection: &Connection, address: Address) -> Result<(), ChainError> {
    check_local(connection, "a contract without a deployment")?;
    let answer = connection.provider().anvil_set_code(address, stub_code().into()).await;
    answer.map_err(|error| classify_error(connection.url(), "a contract's code", error))
}

/// Encodes an event as the contract takes it.
pub fn encode_event(event: &impl SolEvent) -> LogData {
    event.encode_log_data()
}

/// Returns a transaction that makes the contract at this address emit these logs.
pub fn log_request(from: Address, contract: Address, logs: &[LogData]) -> TransactionRequest {
    let mut input = Vec::new();
    for log in logs {
        input.push(log.topics().len() as u8);
        input.extend(&(log.data.len() as u32).to_be_bytes()[1..]);
        let none = [B256::ZERO; 4];
        log.topics().iter().chain(&none).take(4).for_each(|topic| input.extend(topic));
        input.extend(&log.data);
    }
    let request = TransactionRequest::default().with_from(from).with_to(contract).with_input(Bytes::from(input));
    request.with_gas_price(PRICE).with_gas_limit(GAS_CAP)
}

/// Sends such a transaction and waits for its block.
///
/// # Errors
/// `NotLocal` on any chain but a local one, `Provider`, `Unexpected` if it is not mined or fails.
pub async fn emit_logs(
    connection: &Connection,
    contract: Address,
    logs: &[LogData],
) -> Result<TransactionReceipt, ChainError> {
    check_local(connection, "sending without a key")?;
    let from = Address::repeat_byte(0xee);
    let failed = |error| classify_error(connection.url(), "events", error);
    let provider = connection.provider();
    provider.anvil_impersonate_account(from).await.map_err(failed)?;
    provider.anvil_set_balance(from, U256::MAX >> 8).await.map_err(failed)?;
    let sent = provider.send_transaction(log_request(from, contract, logs)).await.map_err(failed)?;
    let receipt = sent.get_receipt().await.map_err(|error| ChainError::Unexpected(error.to_string()))?;
    if receipt.status() { Ok(receipt) } else { Err(ChainError::Unexpected("the contract did not log".into())) }
}

/// Returns the code of the contract: for each entry of its calldata, one log.
fn stub_code() -> Vec<u8> {
    const PUSH1: u8 = 0x60;
    const PUSH0: u8 = 0x5f;
    const DUP: u8 = 0x7f;
    const ADD: u8 = 0x01;
    const CALLDATALOAD: u8 = 0x35;
    const JUMP: u8 = 0x56;
    const JUMPI: u8 = 0x57;
    const JUMPDEST: u8 = 0x5b;
    // Jump targets, filled in below: the loop begins at 1.
    let dispatch = |[one, two, three, four]: [u8; 4], next: u8, end: u8| {
        // Stack: position, topics, length.
        let mut code = vec![PUSH0, JUMPDEST, 0x36, DUP + 2, 0x10, 0x15, PUSH1, end, JUMPI];
        code.extend([DUP + 1, CALLDATALOAD, PUSH1, 248, 0x1c]);
        code.extend([DUP + 2, PUSH1, 1, ADD, CALLDATALOAD, PUSH1, 232, 0x1c]);
        code.extend([DUP + 1, DUP + 4, PUSH1, HEADER, ADD, PUSH0, 0x37]);
        for (count, place) in [(1, one), (2, two), (3, three), (4, four)] {
            code.extend([DUP + 2, PUSH1, count, 0x14, PUSH1, place, JUMPI]);
        }
        code.push(0xfe);
        let mut places = [0; 4];
        for count in 1..=4u8 {
            places[usize::from(count) - 1] = code.len() as u8;
            code.push(JUMPDEST);
            for topic in (0..count).rev() {
                let pushed = count - 1 - topic;
                code.extend([DUP + 3 + pushed, PUSH1, 4 + 32 * topic, ADD, CALLDATALOAD]);
            }
            code.extend([DUP + 1 + count, PUSH0, 0xa0 + count, PUSH1, next, JUMP]);
        }
        let next = code.len() as u8;
        code.extend([JUMPDEST, 0x90, 0x50, ADD, PUSH1, HEADER, ADD, PUSH1, 1, JUMP]);
        let end = code.len() as u8;
        code.extend([JUMPDEST, 0x00]);
        (code, places, next, end)
    };
    let (_, places, next, end) = dispatch([0; 4], 0, 0);
    dispatch(places, next, end).0
}
