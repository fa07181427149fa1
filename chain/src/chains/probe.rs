//! What a chain's virtual machine can do, asked of its node.

use alloy::{
    primitives::{TxKind, U256, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// Creation code that returns four words: 255, the leading zeros of 1 (`CLZ`); the same after `MCOPY`; 1, the answer of
/// the pairing precompile to no points; and 1 for the success of that call. It begins with `PUSH0` in the fourth byte.
const PROBE: [u8; 28] = hex!("60011e5f5260205f60205e602060405f5f60085afa60605260805ff3");
const EXPECTED: [u64; 4] = [255, 255, 1, 1];

/// Returns the first instruction or precompile that a chain lacks.
///
/// # Errors
/// `NodeUnreachable`, or `Provider` if the node answers a call of creation code with an error of its own.
pub(super) async fn find_missing(connection: &Connection) -> Result<Option<&'static str>, ChainError> {
    let request = TransactionRequest { to: Some(TxKind::Create), ..TransactionRequest::default() };
    let answer = connection.provider().call(request.input(PROBE.to_vec().into())).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let error = classify_error(connection.url(), "a call of creation code", error);
            // An unknown instruction ends the call with an error; its message differs from node to node.
            return if error.is_node_silent() { Err(error) } else { Ok(Some("PUSH0, MCOPY or CLZ")) };
        }
    };
    let words: Vec<_> = answer.chunks(32).map(U256::from_be_slice).collect();
    let is = |index: usize| words.get(index) == Some(&U256::from(EXPECTED[index]));
    Ok(match () {
        () if words.len() != EXPECTED.len() => Some("calls of creation code"),
        () if !is(0) => Some("CLZ"),
        () if !is(1) => Some("MCOPY"),
        () if !is(2) || !is(3) => Some("the pairing precompile of BN254"),
        () => None,
    })
}
