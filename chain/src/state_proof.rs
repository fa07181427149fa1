//! A contract's storage, proved against the hash of a block that the user trusts.
//!
//! Whoever has a block's hash from elsewhere, a light client or an explorer, needs no honest node: the hash is that of
//! the header, the header has the state root, and the node's Merkle proofs lead from there to the storage slot
//! (`eth_getProof`, EIP-1186). A node can refuse to answer, and nothing else.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
    rlp::encode,
    rpc::types::EIP1186AccountProofResponse,
    trie::{Nibbles, TrieAccount, proof::verify_proof},
};

use crate::{
    connection::Connection,
    error::{ChainError, classify_error},
};

/// Why a value is not proved.
#[derive(Debug, thiserror::Error)]
pub enum StateProofError {
    /// The node does not know the block.
    #[error(
        "the node at {node} has no block with the hash {block}: it may be behind, or the hash is that of another chain"
    )]
    UnknownBlock {
        /// The node.
        node: String,
        /// The hash.
        block: B256,
    },
    /// The header that the node shows has another hash.
    #[error("the node at {node} shows a header of hash {actual} as block {block}: it lies about this block")]
    OtherHeader {
        /// The node.
        node: String,
        /// The hash that was asked for.
        block: B256,
        /// The hash of the header.
        actual: B256,
    },
    /// A Merkle proof is invalid.
    #[error("the node at {node} shows {part} that block {block} does not prove")]
    InvalidProof {
        /// The node.
        node: String,
        /// The block.
        block: B256,
        /// What was to be proved.
        part: &'static str,
    },
}

/// Values that a block proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedStorage {
    /// The number of the block.
    pub number: u64,
    /// The hash of the contract's code.
    pub code_hash: B256,
    /// The value of the slot.
    pub value: U256,
}

/// Reads a storage slot of a contract, and proves it against the hash of a block.
///
/// # Errors
/// `StateProof`, `NodeUnreachable`, `Provider`.
pub async fn prove_storage(
    connection: &Connection,
    block: B256,
    contract: Address,
    slot: U256,
) -> Result<ProvedStorage, ChainError> {
    let node = connection.host();
    let answer = connection.provider().get_block(BlockId::hash(block)).await;
    let answer = answer.map_err(|error| classify_error(connection.url(), "a block", error))?;
    let header = answer.ok_or_else(|| StateProofError::UnknownBlock { node: node.clone(), block })?.header.inner;
    let actual = header.hash_slow();
    if actual != block {
        return Err(StateProofError::OtherHeader { node, block, actual }.into());
    }
    let keys = vec![B256::from(slot)];
    let proof = connection.provider().get_proof(contract, keys).block_id(BlockId::hash(block)).await;
    let proof = proof.map_err(|error| classify_error(connection.url(), "a Merkle proof of storage", error))?;
    let invalid = |part| StateProofError::InvalidProof { node: node.clone(), block, part };
    let value = check_proof(header.state_root, contract, slot, &proof).map_err(invalid)?;
    Ok(ProvedStorage { number: header.number, code_hash: proof.code_hash, value })
}

/// Checks both Merkle proofs and returns the slot's value; or the part that is not proved.
fn check_proof(
    state_root: B256,
    contract: Address,
    slot: U256,
    proof: &EIP1186AccountProofResponse,
) -> Result<U256, &'static str> {
    let account = TrieAccount {
        nonce: proof.nonce,
        balance: proof.balance,
        storage_root: proof.storage_hash,
        code_hash: proof.code_hash,
        ..TrieAccount::default()
    };
    let path = Nibbles::unpack(keccak256(contract));
    verify_proof(state_root, path, Some(encode(account)), &proof.account_proof).map_err(|_| "a contract")?;
    // The node's own key is not looked at: the proof has to be for ours.
    let storage = proof.storage_proof.first().ok_or("no storage slot, nothing")?;
    let path = Nibbles::unpack(keccak256(B256::from(slot)));
    let value = (!storage.value.is_zero()).then(|| encode(storage.value));
    verify_proof(proof.storage_hash, path, value, &storage.proof).map_err(|_| "a value in storage")?;
    Ok(storage.value)
}

#[cfg(test)]
mod tests;
