//! A component that cannot continue ends the process, with a reason.

use std::time::Duration;

use alloy::signers::local::PrivateKeySigner;
use psephos_service::serve::{self, ServiceResources};
use psephos_testkit::StubDeployment;

use crate::{
    fixture::RECOVERY,
    support::{test_resources, test_settings},
};

#[tokio::test(flavor = "multi_thread")]
async fn stopped_component_is_reported_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    // Contracts that are not ours: a relayer that starts with them does not run.
    let stub = StubDeployment::start().await;
    let resources = ServiceResources {
        chain: Some((stub.chain.connection().clone(), stub.deployment.clone())),
        account: Some(PrivateKeySigner::random()),
        ..test_resources()
    };
    let mut config = test_settings(folder.path());
    (config.prover.enabled, config.relayer.enabled) = (false, true);
    let running = serve::start_service(&config, resources).await.unwrap();
    let reason = tokio::time::timeout(RECOVERY, running.wait_for_failure()).await.expect("a reason");
    assert!(reason.starts_with("the relayer has stopped: "), "{reason}");
    tokio::time::timeout(RECOVERY + Duration::from_secs(30), running.stop()).await.expect("it can be stopped");
}
