use alloy::providers::mock::Asserter;

use super::*;
use crate::local;

/// Returns a connection with scripted responses, on a chain that is not a local one.
pub(crate) fn mocked() -> (Connection, Asserter) {
    mocked_at("mock")
}

/// Returns such a connection, to a node that is named by this URL.
pub(crate) fn mocked_at(url: &str) -> (Connection, Asserter) {
    let answers = Asserter::new();
    let provider = ProviderBuilder::new().disable_recommended_fillers().connect_mocked_client(answers.clone());
    let (provider, options) = (provider.erased(), ConnectionOptions::new(url));
    let chain_id = ChainId::new(1);
    (Connection { provider, options, chain_id, sender: None, wallet: None, patience: PATIENCE }, answers)
}

/// Returns such a connection, to a node of this chain.
pub(crate) fn mocked_on(chain_id: u64) -> (Connection, Asserter) {
    let (connection, answers) = mocked();
    (Connection { chain_id: ChainId::new(chain_id), ..connection }, answers)
}

#[tokio::test]
async fn unreachable_node_error_says_how_to_start_one() {
    let error = Connection::connect("http://127.0.0.1:9").await.unwrap_err();
    assert!(matches!(error, ChainError::NodeUnreachable { .. }), "{error}");
    assert!(error.to_string().contains("npm ci"), "{error}");
    for url in ["", "localhost", "ftp://127.0.0.1", "127.0.0.1:8545"] {
        assert!(matches!(Connection::connect(url).await, Err(ChainError::InvalidUrl { .. })), "{url}");
    }
}

#[tokio::test]
async fn local_chain_operations_are_refused_on_real_chains() {
    let (connection, _) = mocked();
    let account = Address::ZERO;
    for refused in [
        local::advance_time(&connection, 5).await.unwrap_err(),
        local::fund_account(&connection, account, U256::from(1)).await.unwrap_err(),
        local::impersonate(&connection, account).await.unwrap_err(),
    ] {
        assert!(matches!(refused, ChainError::NotLocal { chain_id, .. } if chain_id == ChainId::new(1)), "{refused}");
    }
}

#[tokio::test]
async fn sending_without_an_account_is_rejected() {
    let (connection, _) = mocked();
    assert!(matches!(connection.deploy_code(Bytes::new()).await, Err(ChainError::NoSender)));
}
