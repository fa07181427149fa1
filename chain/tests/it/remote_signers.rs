//! What a remote signer returns is sent only if it is the account's signature of exactly what was asked for.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::time::{Duration, Instant};

use alloy::{
    network::EthereumWallet,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use psephos_chain::{
    ChainError, Connection, ConnectionOptions, LocalChain, RemoteSigner, SignerError, gas_price::FeeOptions, local,
};
use psephos_testkit::{FUNDS, SignerDouble, SignerLie};

/// An account on a local chain whose key a signer holds.
struct Fixture {
    signer: SignerDouble,
    sender: Connection,
    legacy: Connection,
}

impl Fixture {
    async fn new(chain: &LocalChain, is_clef: bool) -> Self {
        let key = PrivateKeySigner::random();
        local::fund_account(chain.connection(), key.address(), U256::from(FUNDS)).await.unwrap();
        let signer = SignerDouble::start(key, is_clef).await;
        let remote =
            RemoteSigner::connect(signer.url(), &psephos_chain::Network::direct(), None, Duration::from_secs(1))
                .await
                .unwrap();
        let wallet = EthereumWallet::from(remote);
        let fees = FeeOptions { legacy: true, ..FeeOptions::default() };
        let options = ConnectionOptions::new(chain.connection().url()).with_fees(fees);
        let legacy = Connection::connect(options).await.unwrap().with_wallet(wallet.clone());
        Self { signer, sender: chain.connection().with_wallet(wallet), legacy }
    }

    async fn nonce(&self) -> u64 {
        self.sender.nonces(self.signer.account()).await.unwrap().pending
    }
}

fn data() -> Bytes {
    Bytes::from_static(b"calldata of a test")
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_signer_of_each_dialect_signs() {
    let chain = LocalChain::start().await.unwrap();
    for (is_clef, lie) in [(false, SignerLie::None), (false, SignerLie::Object), (true, SignerLie::None)] {
        let fixture = Fixture::new(&chain, is_clef).await;
        fixture.signer.lie(lie);
        for connection in [&fixture.sender, &fixture.legacy] {
            let to = Address::repeat_byte(0x11);
            let sent = connection.send_bytes(to, data(), U256::from(5)).await.unwrap();
            let mined = chain.connection().read_transaction(sent.hash).await.unwrap();
            assert_eq!((mined.from, mined.to, mined.data), (fixture.signer.account(), Some(to), data()));
            // STOP: a contract without code.
            let created = connection.deploy_code(Bytes::from_static(&[0])).await.unwrap();
            assert!(created.contract.is_some());
        }
        assert_eq!(fixture.nonce().await, 4);
        let expected = if is_clef { "account_signTransaction" } else { "eth_signTransaction" };
        assert_eq!(fixture.signer.methods().iter().filter(|method| *method == expected).count(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lying_signer_is_refused_by_name_and_nothing_is_sent() {
    let chain = LocalChain::start().await.unwrap();
    for is_clef in [false, true] {
        let fixture = Fixture::new(&chain, is_clef).await;
        let to = Address::repeat_byte(0x11);
        for (lie, part) in [
            (SignerLie::Nonce, "nonce 1 instead of 0"),
            (SignerLie::Target, "target 0x6666"),
            (SignerLie::Value, "value 6 instead of 5"),
            (SignerLie::Calldata, "calldata of 19 bytes"),
            (SignerLie::Gas, "gas limit"),
            (SignerLie::Fees, "maximum fee per gas"),
            (SignerLie::Chain, "chain id 31338 instead of 31337"),
            (SignerLie::Kind, "type 0 instead of 2"),
        ] {
            fixture.signer.lie(lie);
            let refused = fixture.sender.send_bytes(to, data(), U256::from(5)).await.unwrap_err();
            let named = matches!(&refused, ChainError::Signer(error) if matches!(**error, SignerError::OtherTransaction { .. }));
            assert!(named && refused.to_string().contains(part), "{lie:?}: {refused}");
        }
        for lie in [SignerLie::Account, SignerLie::Trailing, SignerLie::Garbage, SignerLie::Refusal] {
            fixture.signer.lie(lie);
            for connection in [&fixture.sender, &fixture.legacy] {
                let refused = match connection.send_bytes(to, data(), U256::from(5)).await {
                    Err(ChainError::Signer(error)) => *error,
                    other => panic!("{lie:?}: {other:?}"),
                };
                let named = match lie {
                    SignerLie::Account => matches!(refused, SignerError::OtherAccount { .. }),
                    SignerLie::Refusal => {
                        matches!(&refused, SignerError::Refused { message, .. } if message == "request denied")
                    }
                    _ => matches!(refused, SignerError::InvalidAnswer { .. }),
                };
                assert!(named, "{lie:?}: {refused}");
            }
        }
        assert_eq!(fixture.nonce().await, 0, "nothing was sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_signer_is_given_up_in_time() {
    let chain = LocalChain::start().await.unwrap();
    let fixture = Fixture::new(&chain, false).await;
    fixture.signer.lie(SignerLie::Hang);
    let start = Instant::now();
    let error = fixture.sender.deploy_code(Bytes::from_static(&[0])).await.unwrap_err();
    assert!(
        matches!(&error, ChainError::Signer(error) if matches!(**error, SignerError::TimedOut { seconds: 1, .. })),
        "{error}"
    );
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(fixture.nonce().await, 0);
    let nowhere = RemoteSigner::connect(
        "http://127.0.0.1:9/canary",
        &psephos_chain::Network::direct(),
        None,
        Duration::from_secs(1),
    )
    .await
    .err()
    .unwrap();
    assert!(matches!(nowhere, SignerError::Unreachable { .. }) && !nowhere.to_string().contains("canary"), "{nowhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn node_with_an_unlocked_account_is_a_signer() {
    let chain = LocalChain::start().await.unwrap();
    let remote = RemoteSigner::connect(
        chain.connection().url(),
        &psephos_chain::Network::direct(),
        None,
        Duration::from_secs(10),
    )
    .await
    .unwrap();
    let account = remote.address();
    assert_eq!(chain.connection().provider().get_accounts().await.unwrap(), [account]);
    let sender = chain.connection().with_wallet(EthereumWallet::from(remote));
    let to = Address::repeat_byte(0x11);
    let sent = sender.send_bytes(to, data(), U256::from(5)).await.unwrap();
    assert_eq!(chain.connection().read_transaction(sent.hash).await.unwrap().from, account);
}
