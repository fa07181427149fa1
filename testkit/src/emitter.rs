//! A contract that emits the events it is sent: chains of a hundred thousand events in seconds. Local chains only.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, LogData, U256},
    providers::{Provider, ext::AnvilApi},
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use psephos_chain::{
    Connection,
    local::{CHAIN_ID, impersonate},
    transaction::GAS_CAP,
};

/// The account that transactions are sent from. It has no key; the local chain sends in its name.
pub const SENDER: Address = Address::repeat_byte(0xee);

/// Bytes of an entry before its data: the number of topics in one byte, the data's length in three, four topics.
const HEADER: u8 = 132;
/// Gas price offered, in wei; cost does not matter here.
const GAS_PRICE: u128 = 100_000_000_000;

/// Puts the contract at an address.
pub async fn install(connection: &Connection, address: Address) {
    assert_eq!(connection.chain_id(), CHAIN_ID, "emitters are for local chains only");
    connection.provider().anvil_set_code(address, contract_code().into()).await.unwrap();
}

/// Returns the transaction that makes the contract at this address emit all of these events.
pub fn build_request(contract: Address, logs: &[LogData]) -> TransactionRequest {
    let mut input = Vec::new();
    for log in logs {
        input.push(log.topics().len() as u8);
        input.extend(&(log.data.len() as u32).to_be_bytes()[1..]);
        let padding = [B256::ZERO; 4];
        log.topics().iter().chain(&padding).take(4).for_each(|topic| input.extend(topic));
        input.extend(&log.data);
    }
    let request = TransactionRequest::default().with_from(SENDER).with_to(contract).with_input(Bytes::from(input));
    request.with_gas_price(GAS_PRICE).with_gas_limit(GAS_CAP)
}

/// Funds the [`SENDER`], sends such a transaction and waits for its block.
pub async fn emit(connection: &Connection, contract: Address, logs: &[LogData]) -> TransactionReceipt {
    impersonate(connection, SENDER).await.unwrap();
    let provider = connection.provider();
    provider.anvil_set_balance(SENDER, U256::MAX >> 8).await.unwrap();
    let sent = provider.send_transaction(build_request(contract, logs)).await.unwrap();
    let receipt = sent.get_receipt().await.unwrap();
    assert!(receipt.status(), "the emitter reverted");
    receipt
}

/// Returns the contract's bytecode: one log for each entry of the calldata.
fn contract_code() -> Vec<u8> {
    const PUSH1: u8 = 0x60;
    const PUSH0: u8 = 0x5f;
    const DUP: u8 = 0x7f;
    const ADD: u8 = 0x01;
    const CALLDATALOAD: u8 = 0x35;
    const JUMP: u8 = 0x56;
    const JUMPI: u8 = 0x57;
    const JUMPDEST: u8 = 0x5b;
    // Jump targets, filled in by the second pass: the loop begins at 1.
    let assemble = |[log1, log2, log3, log4]: [u8; 4], next: u8, end: u8| {
        // Stack: position, topics, length.
        let mut code = vec![PUSH0, JUMPDEST, 0x36, DUP + 2, 0x10, 0x15, PUSH1, end, JUMPI];
        code.extend([DUP + 1, CALLDATALOAD, PUSH1, 248, 0x1c]);
        code.extend([DUP + 2, PUSH1, 1, ADD, CALLDATALOAD, PUSH1, 232, 0x1c]);
        code.extend([DUP + 1, DUP + 4, PUSH1, HEADER, ADD, PUSH0, 0x37]);
        for (count, target) in [(1, log1), (2, log2), (3, log3), (4, log4)] {
            code.extend([DUP + 2, PUSH1, count, 0x14, PUSH1, target, JUMPI]);
        }
        code.push(0xfe);
        let mut targets = [0; 4];
        for count in 1..=4u8 {
            targets[usize::from(count) - 1] = code.len() as u8;
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
        (code, targets, next, end)
    };
    let (_, targets, next, end) = assemble([0; 4], 0, 0);
    assemble(targets, next, end).0
}
