use alloy::providers::ext::AnvilApi;

use super::*;
use crate::local::LocalChain;

const CONTRACT: Address = Address::repeat_byte(0x77);

/// Starts a chain with a contract whose slot 3 has a value, and returns the block that has it.
async fn chain_with_storage(value: u64) -> (LocalChain, B256) {
    let chain = LocalChain::start().await.unwrap();
    let provider = chain.connection().provider();
    provider.anvil_set_code(CONTRACT, vec![0xfe].into()).await.unwrap();
    provider.anvil_set_storage_at(CONTRACT, U256::from(3), B256::from(U256::from(value))).await.unwrap();
    // A second slot, so that the storage trie has more than one leaf.
    provider.anvil_set_storage_at(CONTRACT, U256::from(4), B256::from(U256::from(9))).await.unwrap();
    provider.anvil_mine(Some(1), None).await.unwrap();
    let hash = chain.connection().newest_hash().await.unwrap();
    (chain, hash)
}

#[tokio::test]
async fn stored_and_empty_slots_are_proved() {
    let (chain, hash) = chain_with_storage(5).await;
    let proved = prove_storage(chain.connection(), hash, CONTRACT, &[3, 4, 8].map(U256::from)).await.unwrap();
    assert_eq!((proved.values, proved.code_hash), ([5, 9, 0].map(U256::from).to_vec(), keccak256([0xfe])));
}

#[tokio::test]
async fn unknown_block_is_named() {
    let (chain, _) = chain_with_storage(5).await;
    let error = prove_storage(chain.connection(), B256::repeat_byte(1), CONTRACT, &[U256::from(3)]).await.unwrap_err();
    assert!(matches!(error, StateProofError::UnknownBlock { .. }), "{error}");
}

#[tokio::test]
async fn every_change_of_an_answer_is_refused() {
    let (chain, hash) = chain_with_storage(5).await;
    let provider = chain.connection().provider();
    let root = provider.get_block(BlockId::hash(hash)).await.unwrap().unwrap().header.inner.state_root;
    let slot = U256::from(3);
    let honest = provider.get_proof(CONTRACT, vec![B256::from(slot)]).block_id(BlockId::hash(hash)).await.unwrap();
    assert_eq!(check_proof(root, CONTRACT, &[slot], &honest), Ok(vec![U256::from(5)]));
    let changes: [fn(&mut EIP1186AccountProofResponse); 8] = [
        |proof| proof.storage_proof[0].value = U256::from(6),
        |proof| proof.storage_proof[0].value = U256::ZERO,
        |proof| proof.storage_hash = B256::repeat_byte(1),
        |proof| proof.code_hash = B256::repeat_byte(1),
        |proof| proof.nonce += 1,
        |proof| drop(proof.account_proof.pop()),
        |proof| drop(proof.storage_proof[0].proof.pop()),
        |proof| proof.storage_proof.clear(),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut changed = honest.clone();
        change(&mut changed);
        assert!(check_proof(root, CONTRACT, &[slot], &changed).is_err(), "change {number}");
    }
    assert!(check_proof(root, CONTRACT, &[U256::from(4)], &honest).is_err(), "the proof of another slot");
    assert!(check_proof(root, Address::ZERO, &[slot], &honest).is_err(), "the proof of another contract");
    assert!(check_proof(B256::ZERO, CONTRACT, &[slot], &honest).is_err(), "another state root");
}

#[tokio::test]
async fn header_of_another_hash_is_refused_before_anything_is_asked() {
    let (connection, answers) = crate::connection::tests::mocked();
    answers.push_success(&alloy::rpc::types::Block::<alloy::rpc::types::Transaction>::default());
    let error = prove_storage(&connection, B256::repeat_byte(1), CONTRACT, &[U256::ZERO]).await.unwrap_err();
    assert!(matches!(error, StateProofError::OtherHeader { .. }), "{error}");
}
