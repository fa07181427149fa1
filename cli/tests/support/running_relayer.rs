//! A relayer in the test's own process.

use std::sync::Arc;

use psephos_client::{Account, KeyRing};
use psephos_service::clock::Clock;
use psephos_service::relayer::{
    MaskerSettings, NodeStateSource, Relayer, RelayerResources, RelayerSettings, relayer_router,
};
use tokio_util::sync::CancellationToken;

use crate::organisation::{self, Organisation};

/// Settings with short times.
pub(crate) fn quick_settings() -> RelayerSettings {
    RelayerSettings {
        max_age: 0,
        confirmations: 1,
        interval_ms: 30,
        closing: 0,
        last_call: 0,
        ..RelayerSettings::default()
    }
}

/// Starts a relayer with the account of `relayer`.
pub(crate) async fn start_relayer(
    organisation: &Organisation,
    settings: RelayerSettings,
) -> (String, CancellationToken) {
    let account =
        Account::open_file(&organisation.folder.path("relayer.key"), organisation::PASSPHRASE).expect("an account");
    let connection = organisation.chain.connection().clone();
    let deployment = psephos_chain::deployment_file::read_deployment(&organisation.folder.path("deployment.json"))
        .expect("a deployment");
    let parts = RelayerResources {
        settings,
        masker: MaskerSettings::default(),
        view: Arc::new(NodeStateSource::new(connection.clone(), deployment.clone())),
        nodes: psephos_chain::NodeSet::single(connection),
        deployment,
        signer: account.into_signer().expect("its own key"),
        circuits: Arc::new(KeyRing::default()),
        clock: Clock::default(),
    };
    let relayer = Relayer::open_or_create(parts, &organisation.folder.path("relayer.redb"), &mut Default::default())
        .expect("a relayer");
    let relayer = Arc::new(relayer);
    let stop = CancellationToken::new();
    tokio::spawn(relayer.clone().run(stop.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, relayer_router(relayer)).await });
    (url, stop)
}
