//! Attestations that a signer elsewhere signs, as EIP-712 data: an independent implementation computes what is signed.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::time::Duration;

use alloy::signers::local::PrivateKeySigner;
use psephos_client::{Account, LocalChain};
use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{Address, B256};
use psephos_testkit::SignerDouble;
use psephos_wire::{Attestation, attestation::AttestedChamber};

fn example() -> Attestation {
    let chamber = |number: u8| AttestedChamber {
        chamber: ChamberId::new(number.into()),
        ctx: B256::repeat_byte(number + 1),
        root: B256::repeat_byte(number + 2),
        members: u64::MAX,
    };
    Attestation {
        chain_id: ChainId::new(31_337),
        polls: Address::repeat_byte(0xab),
        registry: Address::repeat_byte(2),
        committee: Address::repeat_byte(3),
        poll: PollId::new(u64::MAX),
        fingerprint: PollFingerprint::from_bytes([0; 32]),
        keys_hash: B256::repeat_byte(0),
        chambers: vec![chamber(0), chamber(1)],
        block: u64::MAX,
        block_hash: B256::repeat_byte(8),
        trustee: Address::ZERO,
        signature: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_signs_the_same_data_as_a_key_in_memory() {
    let chain = LocalChain::start().await.unwrap();
    let url = chain.connection().url();
    let remote =
        Account::connect_signer(url, &psephos_chain::Network::direct(), None, Duration::from_secs(10)).await.unwrap();
    let signature = remote.sign_attestation(&example()).await.unwrap();
    let signed = example().with_signature(remote.address(), &signature);
    assert_eq!(signed.verify(), Ok(()));

    let own = Account::random();
    let signature = own.sign_attestation(&example()).await.unwrap();
    assert_eq!(example().with_signature(own.address(), &signature).verify(), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn signer_that_signs_no_typed_data_is_reported() {
    for is_clef in [false, true] {
        let signer = SignerDouble::start(PrivateKeySigner::random(), is_clef).await;
        let remote =
            Account::connect_signer(signer.url(), &psephos_chain::Network::direct(), None, Duration::from_secs(5))
                .await
                .unwrap();
        let refused = remote.sign_attestation(&example()).await.unwrap_err().to_string();
        assert!(refused.contains("the method does not exist") && refused.contains("signTypedData"), "{refused}");
    }
}
