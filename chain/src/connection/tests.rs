use alloy::providers::mock::Asserter;

use super::*;
use crate::local;

/// A connection that answers what it is told to, on a chain that is not a local one.
pub(crate) fn mocked() -> (Connection, Asserter) {
    let answers = Asserter::new();
    let provider = ProviderBuilder::new().disable_recommended_fillers().connect_mocked_client(answers.clone());
    let url = "mock".to_owned();
    (Connection { provider: provider.erased(), url, chain_id: 1, sender: None, patience: PATIENCE }, answers)
}

#[tokio::test]
async fn a_chain_that_is_not_there_says_how_to_start_one() {
    let error = Connection::open("http://127.0.0.1:9").await.unwrap_err();
    assert!(matches!(error, ChainError::NoChain { .. }), "{error}");
    assert!(error.to_string().contains("npm ci"), "{error}");
    for url in ["", "localhost", "ftp://127.0.0.1", "127.0.0.1:8545"] {
        assert!(matches!(Connection::open(url).await, Err(ChainError::BadUrl { .. })), "{url}");
    }
}

#[tokio::test]
async fn time_money_and_keys_are_real_on_real_chains() {
    let (connection, _) = mocked();
    let account = Address::ZERO;
    for refused in [
        local::advance_to(&connection, 5).await.unwrap_err(),
        local::fund(&connection, account, U256::from(1)).await.unwrap_err(),
        local::impersonate(&connection, account).await.unwrap_err(),
    ] {
        assert!(matches!(refused, ChainError::NotLocal { chain_id: 1, .. }), "{refused}");
    }
}

#[tokio::test]
async fn who_has_no_account_cannot_send() {
    let (connection, _) = mocked();
    assert!(matches!(connection.deploy(Bytes::new()).await, Err(ChainError::NoSender)));
}
