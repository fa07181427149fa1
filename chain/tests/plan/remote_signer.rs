//! Plans of accounts whose keys a remote signer holds.

use std::time::Duration;

use alloy::{network::EthereumWallet, signers::local::PrivateKeySigner};
use psephos_chain::{
    ChainError, ChosenNonce, Connection, ConnectionOptions, LocalChain, RemoteSigner, SignerError, plan::PlanError,
};
use psephos_testkit::{SignerDouble, SignerLie};

use crate::support::{Fixture, STEPS};

#[tokio::test(flavor = "multi_thread")]
async fn plan_that_a_signer_interrupts_is_ended_by_running_it_again() {
    let chain = LocalChain::start().await.unwrap();
    for is_clef in [false, true] {
        let key = PrivateKeySigner::random();
        let fixture = Fixture::of_key(&chain, key.clone()).await;
        let signer = SignerDouble::start(key, is_clef).await;
        let remote =
            RemoteSigner::connect(signer.url(), &psephos_chain::Network::direct(), None, Duration::from_secs(1))
                .await
                .unwrap();
        let sender = chain.connection().with_wallet(EthereumWallet::from(remote));
        for (lie, said) in [
            (SignerLie::Nonce, "with nonce 1 instead of 0"),
            (SignerLie::Refusal, "request denied"),
            (SignerLie::Hang, "did not answer in 1 s"),
        ] {
            signer.lie(lie);
            let error = fixture.run(&sender).await.unwrap_err();
            assert!(matches!(error, ChainError::Signer(_)) && error.to_string().contains(said), "{lie:?}: {error}");
            let journal = fixture.journal.text().expect("the step is begun");
            assert!(journal.contains("\"nonce\": 0") && journal.contains("\"transactions\": []"), "{journal}");
            assert_eq!(fixture.mined().await, 0, "{lie:?}");
        }
        signer.lie(SignerLie::None);
        let done = fixture.run(&sender).await.unwrap();
        assert_eq!(done.len() as u64, STEPS);
        fixture.assert_done(0, "with a remote signer").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signer_without_the_account_is_refused_before_anything_is_planned() {
    let signer = SignerDouble::start(PrivateKeySigner::random(), false).await;
    let other = PrivateKeySigner::random().address();
    let refused =
        RemoteSigner::connect(signer.url(), &psephos_chain::Network::direct(), Some(other), Duration::from_secs(1))
            .await
            .err()
            .unwrap();
    assert!(matches!(refused, SignerError::NotHeld { account, .. } if account == other), "{refused}");
    assert!(
        RemoteSigner::connect(
            signer.url(),
            &psephos_chain::Network::direct(),
            Some(signer.account()),
            Duration::from_secs(1)
        )
        .await
        .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_nonce_is_refused_for_a_plan() {
    let chain = LocalChain::start().await.unwrap();
    let key = PrivateKeySigner::random();
    let fixture = Fixture::of_key(&chain, key.clone()).await;
    let options = ConnectionOptions::new(chain.connection().url()).with_nonce(Some(ChosenNonce::new(0, false)));
    let sender = Connection::connect(options).await.unwrap().with_wallet(EthereumWallet::from(key));
    let refused = fixture.run(&sender).await.unwrap_err();
    assert!(matches!(&refused, ChainError::Plan(error) if matches!(**error, PlanError::NonceChosen)), "{refused}");
    assert_eq!((fixture.mined().await, fixture.journal.text()), (0, None));
}
