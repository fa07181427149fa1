//! A contract's storage, proved against the hash of a block that the user trusts.
//!
//! A user who has a block's hash from elsewhere, a light client or an explorer, needs no honest node: the hash is that
//! of the header, the header has the state root, and the node's Merkle proofs lead from there to the storage slot
//! (`eth_getProof`, EIP-1186). A node can refuse to answer, and nothing else.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
    rlp::encode,
    rpc::types::{EIP1186AccountProofResponse, EIP1186StorageProof},
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
    /// The node cannot be asked.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// Values that a block proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvedStorage {
    /// The number of the block.
    pub number: u64,
    /// The hash of the contract's code.
    pub code_hash: B256,
    /// The values of the slots, in their order.
    pub values: Vec<U256>,
}

/// Reads storage slots of a contract, and proves them against the hash of a block.
///
/// # Errors
/// [`StateProofError`].
pub async fn prove_storage(
    connection: &Connection,
    block: B256,
    contract: Address,
    slots: &[U256],
) -> Result<ProvedStorage, StateProofError> {
    let node = connection.host();
    let answer = connection.provider().get_block(BlockId::hash(block)).await;
    let answer = answer.map_err(|error| classify_error(connection.url(), "a block", error))?;
    let header = answer.ok_or_else(|| StateProofError::UnknownBlock { node: node.clone(), block })?.header.inner;
    let actual = header.hash_slow();
    if actual != block {
        return Err(StateProofError::OtherHeader { node, block, actual });
    }
    let keys = slots.iter().copied().map(B256::from).collect();
    let proof = connection.provider().get_proof(contract, keys).block_id(BlockId::hash(block)).await;
    let proof = proof.map_err(|error| classify_error(connection.url(), "a Merkle proof of storage", error))?;
    let invalid = |part| StateProofError::InvalidProof { node: node.clone(), block, part };
    let values = check_proof(header.state_root, contract, slots, &proof).map_err(invalid)?;
    Ok(ProvedStorage { number: header.number, code_hash: proof.code_hash, values })
}

/// Checks all Merkle proofs and returns the slots' values; or the part that is not proved.
fn check_proof(
    state_root: B256,
    contract: Address,
    slots: &[U256],
    proof: &EIP1186AccountProofResponse,
) -> Result<Vec<U256>, &'static str> {
    let account = TrieAccount {
        nonce: proof.nonce,
        balance: proof.balance,
        storage_root: proof.storage_hash,
        code_hash: proof.code_hash,
    };
    let path = Nibbles::unpack(keccak256(contract));
    verify_proof(state_root, path, Some(encode(account)), &proof.account_proof).map_err(|_| "a contract")?;
    if proof.storage_proof.len() != slots.len() {
        return Err("another number of storage slots");
    }
    let check_slot = |(slot, storage): (&U256, &EIP1186StorageProof)| {
        // The node's own key is not looked at: the proof has to be for ours.
        let path = Nibbles::unpack(keccak256(B256::from(*slot)));
        let value = (!storage.value.is_zero()).then(|| encode(storage.value));
        verify_proof(proof.storage_hash, path, value, &storage.proof).map_err(|_| "a value in storage")?;
        Ok(storage.value)
    };
    slots.iter().zip(&proof.storage_proof).map(check_slot).collect()
}

#[cfg(test)]
mod tests;
