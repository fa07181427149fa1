mod attestations;
mod untrusted;

use alloy::{
    primitives::{Address, B256, U256},
    providers::ext::AnvilApi,
    sol_types::SolEvent,
};
use psephos_chain::source::indexer::client::IndexerClient;
use psephos_protocol::{
    elements::NoteCommitment,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{
    bindings::{
        IPolls::{ChamberOpened, PollOpened, PollParameters},
        IStakeholderRegistry::{RemovalMarked, Removed},
    },
    census,
};
use psephos_testkit::{StubDeployment, poll_parameters};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;

struct StubChain {
    stub: StubDeployment,
    folder: tempfile::TempDir,
}

/// A running indexer, with its routes on a loopback port.
struct RunningIndexer {
    indexer: Indexer,
    stop: CancellationToken,
    task: JoinHandle<Result<(), IndexError>>,
    server: JoinHandle<std::io::Result<()>>,
    url: String,
}

impl StubChain {
    async fn new() -> Self {
        let stub = StubDeployment::start().await;
        stub.create_chamber("Founders").await;
        for member in 0..6 {
            stub.enrol_member(member, member + 1).await;
        }
        let folder = tempfile::tempdir().unwrap();
        let scene = Self { stub, folder };
        scene.create_poll().await;
        scene
    }

    async fn emit_event(&self, contract: Address, event: &impl SolEvent) {
        self.stub.emit(contract, event).await;
    }

    async fn emit_registry_event(&self, event: &impl SolEvent) {
        self.emit_event(self.stub.deployment.registry, event).await;
    }

    async fn enrol_member(&self, member: u64) {
        self.stub.enrol_member(member, member + 1).await;
    }

    async fn create_poll(&self) {
        let parameters =
            PollParameters { proposal: B256::repeat_byte(3), metadata: "about".into(), ..poll_parameters() };
        self.stub.create_poll(parameters).await;
        let (poll, chamber, polls) = (U256::from(1), U256::ZERO, self.stub.deployment.polls);
        let (root, ctx) = (U256::from(5), U256::from(77));
        self.emit_event(polls, &ChamberOpened { poll, chamber, root, ctx, packedRule: U256::from(9) }).await;
        self.emit_event(polls, &PollOpened { poll }).await;
    }

    async fn cast_ballot(&self, nullifier: u64) {
        self.stub.cast_ballot(nullifier).await;
    }

    async fn mine_blocks(&self, blocks: u64) {
        self.stub.mine_blocks(blocks).await;
    }

    fn store_path(&self) -> PathBuf {
        self.folder.path().join("indexer.redb")
    }

    async fn start_indexer(&self, confirmations: u64) -> RunningIndexer {
        let follow = follow::FollowOptions { confirmations, widest: 7 };
        let options = Options { path: self.store_path(), follow, pause: Duration::from_millis(20) };
        let stop = CancellationToken::new();
        let connection = self.stub.chain.connection().clone();
        let started = Indexer::start_following(connection, self.stub.deployment.clone(), options, stop.clone()).await;
        let (indexer, task) = started.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = router(indexer.clone());
        let stopped = stop.clone().cancelled_owned();
        let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await });
        RunningIndexer { indexer, stop, task, server, url }
    }

    async fn read_chain_state(&self) -> ChainState {
        self.stub.read_state().await
    }

    /// Asserts that the indexer has the state that reading all logs from the node gives, and serves the same.
    async fn assert_in_sync(&self, running: &RunningIndexer) {
        let expected = self.read_chain_state().await;
        let mut status = running.indexer.status();
        let caught_up = |status: &IndexerStatus| format!("{:?}", status.state) == format!("{expected:?}");
        let waited = tokio::time::timeout(Duration::from_secs(10), status.wait_for(caught_up)).await;
        waited.expect("the indexer catches up").unwrap();
        let fetched = IndexerClient::new(&running.url, &psephos_chain::Network::direct())
            .unwrap()
            .fetch_snapshot(&self.stub.deployment)
            .await
            .unwrap();
        assert_eq!(format!("{:?}", fetched.state), format!("{expected:?}"));
        assert_eq!(Some(fetched.hash), running.indexer.status().borrow().block.map(|block| block.hash));
    }
}

impl RunningIndexer {
    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
        // The routes hold the store as well.
        self.server.await.unwrap().unwrap();
    }

    async fn get(&self, path: &str, tag: Option<&str>) -> (u16, Option<String>, Vec<u8>) {
        use alloy::transports::http::reqwest::Client;
        let mut request = Client::new().get(format!("{}{path}", self.url));
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        let response = request.send().await.unwrap();
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        (response.status().as_u16(), tag, response.bytes().await.unwrap().to_vec())
    }

    async fn get_json<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let (status, _, body) = self.get(path, None).await;
        assert_eq!(status, 200, "{path}");
        serde_json::from_slice(&body).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn served_data_equals_the_chain_state() {
    let scene = StubChain::new().await;
    scene.cast_ballot(1).await;
    scene.cast_ballot(2).await;
    let (chamber, subject) = (U256::ZERO, Address::left_padding_from(&3u64.to_be_bytes()));
    scene.emit_registry_event(&RemovalMarked { chamber, subject }).await;
    scene.emit_registry_event(&Removed { chamber, subject, index: U256::from(2) }).await;
    let marked = Address::left_padding_from(&1u64.to_be_bytes());
    scene.emit_registry_event(&RemovalMarked { chamber, subject: marked }).await;
    let running = scene.start_indexer(4).await;
    scene.assert_in_sync(&running).await;
    let state = scene.read_chain_state().await;

    let info: IndexerInfo = running.get_json("/v1/indexer").await;
    assert_eq!((info.block, info.lag, info.chambers.len(), info.polls.len()), (state.block, 0, 1, 1));
    let chamber = &info.chambers[0];
    assert_eq!((chamber.members, chamber.leaves, chamber.total_weight), (5, 6, 18));
    assert_eq!(chamber.marked, [marked.to_string()]);
    let (_, tag, bytes) = running.get(&chamber.census.path, None).await;
    assert_eq!(bytes.len() as u64, chamber.census.bytes);
    assert_eq!(tag, Some(format!("\"{}\"", chamber.census.sha256)));
    let decoded = census::decode_census(&bytes).unwrap();
    assert_eq!(decoded.rebuild_census().unwrap(), state.chambers[&ChamberId::new(0)].census);
    assert_eq!(decoded.leaves[2], None);
    assert_eq!(
        IndexerClient::new(&running.url, &psephos_chain::Network::direct())
            .unwrap()
            .fetch_census(&scene.stub.deployment, ChamberId::new(0))
            .await
            .unwrap(),
        decoded
    );
    let (_, _, later) = running.get("/v1/chambers/0/census?from=4", None).await;
    assert_eq!(census::decode_census(&later).unwrap().leaves, decoded.leaves[4..]);

    let frozen = &info.polls[0].censuses[0];
    let (_, _, bytes) = running.get(&frozen.path, None).await;
    assert_eq!(census::decode_census(&bytes).unwrap().rebuild_census().unwrap().len(), 6);
    assert_ne!(frozen.sha256, chamber.census.sha256);

    let detail: PollDetail = running.get_json("/v1/polls/1").await;
    let listed = &detail.chambers[0];
    assert_eq!((listed.ballots, listed.encrypted_total.len(), detail.metadata.as_str()), (2, 8, "about"));
    assert_eq!(detail.info, running.get_json::<Vec<PollInfo>>("/v1/polls").await[0]);
    let (_, _, bytes) = running.get(&listed.notes, None).await;
    assert_eq!(decode_notes(&bytes).unwrap().notes, [1001, 1002].map(NoteCommitment::from_u64));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_content_is_304_and_unknown_content_is_404() {
    let scene = StubChain::new().await;
    let running = scene.start_indexer(4).await;
    scene.assert_in_sync(&running).await;
    for path in ["/v1/indexer", "/v1/polls", "/v1/polls/1", "/v1/chambers/0/census", "/v1/events?from=3"] {
        let (status, tag, body) = running.get(path, None).await;
        assert_eq!((status, body.is_empty()), (200, false), "{path}");
        let (status, again, body) = running.get(path, tag.as_deref()).await;
        assert_eq!((status, again, body.is_empty()), (304, tag, true), "{path}");
        assert_eq!(running.get(path, Some("\"00\"")).await.0, 200, "{path}");
    }
    scene.enrol_member(6).await;
    scene.assert_in_sync(&running).await;
    let unknown =
        ["/v1/polls/2", "/v1/chambers/1/census", "/v1/polls/1/chambers/4/notes", "/v1/polls/2/chambers/0/census"];
    for path in unknown {
        assert_eq!(running.get(path, None).await.0, 404, "{path}");
    }
    for path in ["/v1/polls/x", "/v1/events?from=-1", "/v1/chambers/0/census?leaf=4"] {
        assert_eq!(running.get(path, None).await.0, 400, "{path}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restart_resumes_from_the_store() {
    let scene = StubChain::new().await;
    scene.cast_ballot(1).await;
    scene.mine_blocks(9).await;
    let first = scene.start_indexer(3).await;
    scene.assert_in_sync(&first).await;
    let before = scene.read_chain_state().await;
    first.stop().await;

    // The store alone has everything, checkpoint and logs, before any node is asked.
    let store = Store::open_or_create(&scene.store_path(), &scene.stub.deployment).unwrap();
    let loaded = store.restore_state().unwrap();
    assert!(loaded.checkpoint_logs > 0);
    assert_eq!((loaded.known.last().unwrap().number, loaded.logs), (before.block, 11));
    assert_eq!(format!("{:?}", loaded.confirmed.polls), format!("{:?}", before.polls));
    drop(store);

    scene.cast_ballot(2).await;
    scene.enrol_member(6).await;
    let second = scene.start_indexer(3).await;
    assert!(second.indexer.status().borrow().block.unwrap().number >= before.block);
    scene.assert_in_sync(&second).await;
    scene.cast_ballot(3).await;
    scene.assert_in_sync(&second).await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reverted_blocks_are_removed_from_the_store() {
    let scene = StubChain::new().await;
    let provider = scene.stub.chain.connection().provider();
    let snapshot = provider.anvil_snapshot().await.unwrap();
    scene.mine_blocks(6).await;
    scene.cast_ballot(1).await;
    let shallow = provider.anvil_snapshot().await.unwrap();
    scene.cast_ballot(2).await;
    let running = scene.start_indexer(5).await;
    scene.assert_in_sync(&running).await;
    assert!(provider.anvil_revert(shallow).await.unwrap());
    scene.cast_ballot(3).await;
    scene.assert_in_sync(&running).await;
    // Deeper than the final block: nothing is removed, until the operator removes the file.
    running.stop().await;
    assert!(provider.anvil_revert(snapshot).await.unwrap());
    scene.mine_blocks(9).await;
    let running = scene.start_indexer(5).await;
    let mut status = running.indexer.status();
    status.wait_for(|status| status.lost_block.is_some()).await.unwrap();
    assert!(running.indexer.check_ready().is_err());
    assert_eq!(running.indexer.chain_states().borrow().polls.len(), 1);
    running.stop().await;
    std::fs::remove_file(scene.store_path()).unwrap();
    let running = scene.start_indexer(5).await;
    scene.assert_in_sync(&running).await;
    assert!(
        running.indexer.chain_states().borrow().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.is_empty()
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn store_of_another_deployment_or_with_damage_is_rejected() {
    let scene = StubChain::new().await;
    let running = scene.start_indexer(5).await;
    scene.assert_in_sync(&running).await;
    running.stop().await;
    let mut other = scene.stub.deployment.clone();
    other.polls = Address::repeat_byte(9);
    let error = Store::open_or_create(&scene.store_path(), &other).unwrap_err();
    assert!(matches!(error, IndexError::OtherStore { .. }), "{error}");

    // A stored log with one bit flipped.
    let database = redb::Database::create(scene.store_path()).unwrap();
    let writing = database.begin_write().unwrap();
    {
        let table = redb::TableDefinition::<u64, &[u8]>::new("blocks");
        let mut table = writing.open_table(table).unwrap();
        let (number, mut value) = {
            let (number, value) = redb::ReadableTable::last(&table).unwrap().unwrap();
            (number.value(), value.value().to_vec())
        };
        *value.last_mut().unwrap() ^= 1;
        table.insert(number, value.as_slice()).unwrap();
    }
    writing.commit().unwrap();
    drop(database);
    let error =
        Store::open_or_create(&scene.store_path(), &scene.stub.deployment).unwrap().restore_state().unwrap_err();
    assert!(matches!(error, IndexError::Damaged { .. }), "{error}");
}
