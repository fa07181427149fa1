//! The node comes back with an empty chain of the same id, and later with its own.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use psephos_chain::{Connection, LocalChain, local};
use psephos_service::{
    indexer::{IndexerInfo, PollInfo},
    serve::ServiceResources,
};
use psephos_wire::relay::RelayInfo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::{
    fixture::{report_recovery, wait_until},
    harness::quick_settings,
    local_system::LocalSystem,
    support::{TestService, parse_problem, start_service_with, test_resources},
};

/// One address at which a test puts one node after another.
struct NodeAddress {
    url: String,
    current: Arc<Mutex<(SocketAddr, CancellationToken)>>,
}

impl NodeAddress {
    async fn new(node: &Connection) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let current = Arc::new(Mutex::new((node_address(node), CancellationToken::new())));
        let target = current.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (node, closed) = target.lock().unwrap().clone();
                tokio::spawn(async move {
                    let Ok(mut node) = TcpStream::connect(node).await else { return };
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut node) => {}
                        () = closed.cancelled() => {}
                    }
                });
            }
        });
        Self { url, current }
    }

    /// Replaces the node: connections to the one before are closed, as when it is restarted.
    fn put(&self, node: &Connection) {
        let mut current = self.current.lock().unwrap();
        current.1.cancel();
        *current = (node_address(node), CancellationToken::new());
    }
}

fn node_address(node: &Connection) -> SocketAddr {
    node.url().trim_start_matches("http://").trim_end_matches('/').parse().unwrap()
}

/// A service over a node that is replaced, with a poll that is open.
struct Scene {
    system: LocalSystem,
    empty: LocalChain,
    address: NodeAddress,
    service: TestService,
    /// A ballot that the relayer would take.
    ballot: String,
}

impl Scene {
    async fn new(confirmations: u64) -> Self {
        let system = LocalSystem::new(1).await;
        let poll = system.open_poll().await;
        let ballot = system.prove_ballot(poll, 0, 1, false).await.to_json();
        let (empty, address) = (LocalChain::start().await.unwrap(), NodeAddress::new(system.chain.connection()).await);
        let connection = Connection::connect_to_chain(&address.url, local::CHAIN_ID).await.unwrap();
        let resources = ServiceResources {
            chain: Some((connection, system.deployment.clone())),
            account: Some(system.signer.clone()),
            ..test_resources()
        };
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let service = start_service_with(folder, resources, |config| {
            (config.prover.enabled, config.relayer, config.indexer.enabled) = (false, quick_settings(), true);
            (config.indexer.confirmations, config.indexer.interval_ms) = (confirmations, 50);
        })
        .await;
        // A relayer that has no money on the other chain would refuse for that reason.
        local::fund_account(empty.connection(), system.signer.address(), 10u64.pow(18).try_into().unwrap())
            .await
            .unwrap();
        Self { system, empty, address, service, ballot }
    }

    async fn post_ballot(&self) -> reqwest::Response {
        let request = self.service.client.post(self.service.service_url("/v1/ballots")).body(self.ballot.clone());
        request.send().await.unwrap()
    }

    async fn assert_nothing_is_taken(&self) {
        let takes_ballots =
            async || self.service.get_path("/v1/relay").await.json::<RelayInfo>().await.unwrap().takes_ballots;
        wait_until("no ballot is taken", async || !takes_ballots().await).await;
        assert_eq!(parse_problem(self.post_ballot().await).await.0, 503);
    }

    async fn polls(&self) -> Vec<PollInfo> {
        self.service.get_path("/v1/polls").await.json().await.unwrap()
    }

    /// Puts the node back that has the deployment, and expects that everything works again.
    async fn recover(self, fault: &str) {
        self.address.put(self.system.chain.connection());
        report_recovery(fault, self.service.wait_until_ready().await);
        assert_eq!(self.polls().await.len(), 1);
        wait_until("the ballot is taken", async || self.post_ballot().await.status() == 202).await;
        self.service.running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn final_blocks_are_kept_when_the_node_loses_them() {
    let scene = Scene::new(3).await;
    let before: IndexerInfo = scene.service.get_path("/v1/indexer").await.json().await.unwrap();
    scene.address.put(scene.empty.connection());
    let obstacle = scene.service.wait_for_obstacle("indexer", "follower").await;
    assert!(obstacle.contains("which was final"), "{obstacle}");
    scene.assert_nothing_is_taken().await;
    // What was read is still served, with what is wrong.
    let info: IndexerInfo = scene.service.get_path("/v1/indexer").await.json().await.unwrap();
    assert_eq!((info.block, info.polls.len(), info.obstacle), (before.block, 1, Some(obstacle)));
    scene.recover("a node that lost its final blocks").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deployment_that_vanished_is_not_ready() {
    // No block is final yet: only the deployment's code shows that this is not its chain.
    let scene = Scene::new(1_000_000).await;
    scene.address.put(scene.empty.connection());
    let obstacle = scene.service.wait_for_obstacle("indexer", "deployment").await;
    assert!(obstacle.contains("this deployment is not on this chain"), "{obstacle}");
    scene.assert_nothing_is_taken().await;
    assert_eq!(scene.polls().await.len(), 1, "what was read is kept");
    scene.recover("a node without the deployment").await;
}
