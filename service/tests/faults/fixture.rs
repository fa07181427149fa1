//! Waiting for readiness, part by part, and measuring how long it took.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::TestService;

/// The time within which the service recovers from every fault.
pub(crate) const RECOVERY: Duration = Duration::from_secs(60);

/// Waits until the condition holds, for [`RECOVERY`] at most, and returns how long that took.
pub(crate) async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < RECOVERY, "not within {} s: {what}", RECOVERY.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    start.elapsed()
}

/// Prints how long the recovery from a fault took.
pub(crate) fn report_recovery(fault: &str, took: Duration) {
    eprintln!("recovered from {fault} after {:.2} s", took.as_secs_f64());
}

impl TestService {
    /// Returns why a part of a component is not ready, as `/readyz` says it.
    pub(crate) async fn find_obstacle(&self, component: &str, part: &str) -> Option<String> {
        let response = self.get_path("/readyz").await;
        let status = response.status();
        let readiness: Value = response.json().await.unwrap();
        let find = |list: &Value, name: &str| {
            let found = list.as_array().unwrap().iter().find(|entry| entry["name"] == name);
            found.unwrap_or_else(|| panic!("{name}: {readiness}")).clone()
        };
        let found = find(&find(&readiness["components"], component)["parts"], part);
        let obstacle = found["obstacle"].as_str().map(ToOwned::to_owned);
        assert_eq!(found["ready"], obstacle.is_none(), "{readiness}");
        assert!(obstacle.is_none() || status == StatusCode::SERVICE_UNAVAILABLE, "{status}: {readiness}");
        obstacle
    }

    /// Waits until this part is not ready, and returns why.
    pub(crate) async fn wait_for_obstacle(&self, component: &str, part: &str) -> String {
        let mut found = None;
        wait_until(&format!("the {part} of the {component} is not ready"), async || {
            found = self.find_obstacle(component, part).await;
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    /// Waits until everything is ready, and returns how long that took.
    pub(crate) async fn wait_until_ready(&self) -> Duration {
        wait_until("everything is ready", async || self.get_path("/readyz").await.status() == StatusCode::OK).await
    }
}
