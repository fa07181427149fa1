use alloy::{
    primitives::{Address, B256, U256},
    providers::ext::AnvilApi,
    sol_types::SolEvent,
};
use psephos_chain::{LocalChain, local::stub, source::indexer::client::IndexerClient};
use psephos_protocol::{
    Fr,
    encryption::Ciphertext,
    identifiers::{ChamberId, PollId},
    statement::ballot::Posted,
};
use psephos_state::{
    bindings::{
        IPolls::{BallotCast, ChamberOpened, ChamberRule, Kind, PollCreated, PollOpened, PollParameters, Rule},
        IStakeholderRegistry::{ChamberCreated, Enrolled, Removed},
    },
    census,
    deployment::placeholder,
    words,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;

struct Scene {
    chain: LocalChain,
    deployment: Deployment,
    folder: tempfile::TempDir,
}

/// An index that runs, and its routes on a port of this machine.
struct Running {
    indexer: Indexer,
    stop: CancellationToken,
    task: JoinHandle<Result<(), IndexError>>,
    server: JoinHandle<std::io::Result<()>>,
    url: String,
}

impl Scene {
    async fn new() -> Self {
        let chain = LocalChain::start().await.unwrap();
        let at = |place: u8| Address::with_last_byte(place).create(9);
        let deployment = placeholder(at);
        for contract in [deployment.registry, deployment.committee, deployment.polls, deployment.rewards] {
            stub::install_stub(chain.connection(), contract).await.unwrap();
        }
        let scene = Self { chain, deployment, folder: tempfile::tempdir().unwrap() };
        let policy = scene.deployment.policy;
        scene.registry(&ChamberCreated { chamber: U256::ZERO, name: "Founders".into(), policy }).await;
        for member in 0..6 {
            scene.enrol(member).await;
        }
        scene.poll().await;
        scene
    }

    async fn emit(&self, contract: Address, event: &impl SolEvent) {
        stub::emit_logs(self.chain.connection(), contract, &[stub::encode_event(event)]).await.unwrap();
    }

    async fn registry(&self, event: &impl SolEvent) {
        self.emit(self.deployment.registry, event).await;
    }

    async fn enrol(&self, member: u64) {
        let subject = Address::left_padding_from(&(member + 1).to_be_bytes());
        let (chamber, index, id) = (U256::ZERO, U256::from(member), U256::from(member + 7));
        self.registry(&Enrolled { chamber, subject, index, id, weight: U256::from(member + 1) }).await;
    }

    async fn poll(&self) {
        let chambers = vec![ChamberRule { chamber: 0, weighted: true, minBallots: 1, thresholdBps: 0, quorum: 0 }];
        let parameters = PollParameters {
            proposal: B256::repeat_byte(3),
            options: 3,
            rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
            opensAt: 10,
            closesAt: u64::MAX,
            tallyDeadline: u64::MAX,
            committee: 0,
            chambersRequired: 1,
            chambers,
            metadata: "about".into(),
        };
        let (poll, chamber, polls) = (U256::from(1), U256::ZERO, self.deployment.polls);
        self.emit(polls, &PollCreated { poll, proposal: B256::repeat_byte(3), parameters }).await;
        let (root, ctx) = (U256::from(5), U256::from(77));
        self.emit(polls, &ChamberOpened { poll, chamber, root, ctx, packedRule: U256::from(9) }).await;
        self.emit(polls, &PollOpened { poll }).await;
    }

    async fn cast(&self, nullifier: u64) {
        let (nullifier, note) = (Fr::from(nullifier), Fr::from(nullifier + 1000));
        let posted = Posted { h: Fr::from(1), nullifier, note, ciphertext: Ciphertext::zero(3) };
        let event = BallotCast {
            poll: U256::from(1),
            chamber: U256::ZERO,
            nullifier: words::from_field(&nullifier),
            previous: B256::ZERO,
            record: posted.to_bytes().into(),
        };
        self.emit(self.deployment.polls, &event).await;
    }

    async fn mine(&self, blocks: u64) {
        self.chain.connection().provider().anvil_mine(Some(blocks), None).await.unwrap();
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("index.redb")
    }

    async fn start(&self, confirmations: u64) -> Running {
        let follow = follow::FollowOptions { confirmations, widest: 7 };
        let options = Options { path: self.path(), follow, pause: Duration::from_millis(20) };
        let stop = CancellationToken::new();
        let connection = self.chain.connection().clone();
        let started = Indexer::start(connection, self.deployment.clone(), options, stop.clone()).await;
        let (indexer, task) = started.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = routes(indexer.clone());
        let stopped = stop.clone().cancelled_owned();
        let server = tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stopped).await });
        Running { indexer, stop, task, server, url }
    }

    async fn read(&self) -> ChainState {
        psephos_chain::read_state(self.chain.connection(), &self.deployment).await.unwrap()
    }

    /// The index has what reading everything gives, and hands out the same.
    async fn agrees(&self, running: &Running) {
        let expected = self.read().await;
        let mut status = running.indexer.status();
        let there = |status: &Status| format!("{:?}", status.state) == format!("{expected:?}");
        let waited = tokio::time::timeout(Duration::from_secs(10), status.wait_for(there)).await;
        waited.expect("it catches up").unwrap();
        let fetched = IndexerClient::new(&running.url).unwrap().fetch_snapshot(&self.deployment).await.unwrap();
        assert_eq!(format!("{:?}", fetched.state), format!("{expected:?}"));
        assert_eq!(Some(fetched.hash), running.indexer.status().borrow().block.map(|block| block.hash));
    }
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
        // Its routes hold the store too.
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

    async fn json<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let (status, _, body) = self.get(path, None).await;
        assert_eq!(status, 200, "{path}");
        serde_json::from_slice(&body).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handed_out_is_what_the_chain_holds() {
    let scene = Scene::new().await;
    scene.cast(1).await;
    scene.cast(2).await;
    let (chamber, subject) = (U256::ZERO, Address::left_padding_from(&3u64.to_be_bytes()));
    scene.registry(&Removed { chamber, subject, index: U256::from(2) }).await;
    let running = scene.start(4).await;
    scene.agrees(&running).await;
    let state = scene.read().await;

    let info: IndexInfo = running.json("/v1/index").await;
    assert_eq!((info.block, info.lag, info.chambers.len(), info.polls.len()), (state.block, 0, 1, 1));
    let chamber = &info.chambers[0];
    assert_eq!((chamber.members, chamber.places, chamber.total_weight), (5, 6, 18));
    let (_, tag, bytes) = running.get(&chamber.census.path, None).await;
    assert_eq!(bytes.len() as u64, chamber.census.bytes);
    assert_eq!(tag, Some(format!("\"{}\"", chamber.census.sha256)));
    let places = census::decode_census(&bytes).unwrap();
    assert_eq!(places.rebuild_census().unwrap(), state.chambers[&ChamberId::new(0)].census);
    assert_eq!(places.leaves[2], None);
    assert_eq!(
        IndexerClient::new(&running.url).unwrap().fetch_census(&scene.deployment, ChamberId::new(0)).await.unwrap(),
        places
    );
    let (_, _, later) = running.get("/v1/chambers/0/census?from=4", None).await;
    assert_eq!(census::decode_census(&later).unwrap().leaves, places.leaves[4..]);

    let frozen = &info.polls[0].censuses[0];
    let (_, _, bytes) = running.get(&frozen.path, None).await;
    assert_eq!(census::decode_census(&bytes).unwrap().rebuild_census().unwrap().len(), 6);
    assert_ne!(frozen.sha256, chamber.census.sha256);

    let detail: PollDetail = running.json("/v1/polls/1").await;
    let listed = &detail.chambers[0];
    assert_eq!((listed.ballots, listed.encrypted_total.len(), detail.metadata.as_str()), (2, 8, "about"));
    assert_eq!(detail.info, running.json::<Vec<PollInfo>>("/v1/polls").await[0]);
    let (_, _, bytes) = running.get(&listed.notes, None).await;
    assert_eq!(decode_notes(&bytes).unwrap().notes, [Fr::from(1001), Fr::from(1002)]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_has_is_not_sent_again_and_what_there_is_not_is_said() {
    let scene = Scene::new().await;
    let running = scene.start(4).await;
    scene.agrees(&running).await;
    for path in ["/v1/index", "/v1/polls", "/v1/polls/1", "/v1/chambers/0/census", "/v1/events?from=3"] {
        let (status, tag, body) = running.get(path, None).await;
        assert_eq!((status, body.is_empty()), (200, false), "{path}");
        let (status, again, body) = running.get(path, tag.as_deref()).await;
        assert_eq!((status, again, body.is_empty()), (304, tag, true), "{path}");
        assert_eq!(running.get(path, Some("\"00\"")).await.0, 200, "{path}");
    }
    scene.enrol(6).await;
    scene.agrees(&running).await;
    let wrong =
        ["/v1/polls/2", "/v1/chambers/1/census", "/v1/polls/1/chambers/4/notes", "/v1/polls/2/chambers/0/census"];
    for path in wrong {
        assert_eq!(running.get(path, None).await.0, 404, "{path}");
    }
    for path in ["/v1/polls/x", "/v1/events?from=-1", "/v1/chambers/0/census?leaf=4"] {
        assert_eq!(running.get(path, None).await.0, 400, "{path}");
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_from_what_was_kept() {
    let scene = Scene::new().await;
    scene.cast(1).await;
    scene.mine(9).await;
    let first = scene.start(3).await;
    scene.agrees(&first).await;
    let before = scene.read().await;
    first.stop().await;

    // The store alone has it all, checkpoint and logs, before any node is asked.
    let store = Store::open(&scene.path(), &scene.deployment).unwrap();
    let loaded = store.load().unwrap();
    assert!(loaded.checkpoint_logs > 0);
    assert_eq!((loaded.known.last().unwrap().number, loaded.logs), (before.block, 11));
    assert_eq!(format!("{:?}", loaded.confirmed.polls), format!("{:?}", before.polls));
    drop(store);

    scene.cast(2).await;
    scene.enrol(6).await;
    let second = scene.start(3).await;
    assert!(second.indexer.status().borrow().block.unwrap().number >= before.block);
    scene.agrees(&second).await;
    scene.cast(3).await;
    scene.agrees(&second).await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_chain_takes_back_is_gone_from_the_store_too() {
    let scene = Scene::new().await;
    let provider = scene.chain.connection().provider();
    let snapshot = provider.anvil_snapshot().await.unwrap();
    scene.mine(6).await;
    scene.cast(1).await;
    let shallow = provider.anvil_snapshot().await.unwrap();
    scene.cast(2).await;
    let running = scene.start(5).await;
    scene.agrees(&running).await;
    assert!(provider.anvil_revert(shallow).await.unwrap());
    scene.cast(3).await;
    scene.agrees(&running).await;
    // Deeper than what is kept, and while nobody looks.
    running.stop().await;
    assert!(provider.anvil_revert(snapshot).await.unwrap());
    scene.mine(9).await;
    let running = scene.start(5).await;
    scene.agrees(&running).await;
    assert!(running.indexer.states().borrow().polls[&PollId::new(1)].chambers[&ChamberId::new(0)].ballots.is_empty());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_of_one_deployment_and_undamaged() {
    let scene = Scene::new().await;
    let running = scene.start(5).await;
    scene.agrees(&running).await;
    running.stop().await;
    let mut other = scene.deployment.clone();
    other.polls = Address::repeat_byte(9);
    let error = Store::open(&scene.path(), &other).unwrap_err();
    assert!(matches!(error, IndexError::OtherStore { .. }), "{error}");

    // A log of the store with one bit changed.
    let database = redb::Database::create(scene.path()).unwrap();
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
    let error = Store::open(&scene.path(), &scene.deployment).unwrap().load().unwrap_err();
    assert!(matches!(error, IndexError::Damaged { .. }), "{error}");
}

/// The real contracts, with a chamber of one member.
struct Real {
    chain: LocalChain,
    deployment: Deployment,
    folder: tempfile::TempDir,
}

async fn real() -> Real {
    use psephos_chain::{deploy, local};
    use psephos_state::bindings::{
        AllowListPolicy::setWeightCall,
        IStakeholderRegistry::{createChamberCall, enrolCall},
    };
    let chain = LocalChain::start().await.unwrap();
    let wei = U256::from(10).pow(U256::from(20));
    let [dao, member] = [Address::repeat_byte(0xd0), Address::repeat_byte(0x11)];
    for account in [dao, member] {
        local::fund_account(chain.connection(), account, wei).await.unwrap();
    }
    let dao = chain.impersonate(dao).await.unwrap();
    let deployment = deploy::deploy_system(&dao).await.unwrap().deployment;
    let create = createChamberCall { name: "Founders".into(), policy: deployment.policy };
    dao.send_call(deployment.registry, &create).await.unwrap();
    let (chamber, weight) = (U256::ZERO, U256::from(3));
    dao.send_call(deployment.policy, &setWeightCall { chamber, subject: member, weight }).await.unwrap();
    let enrol = enrolCall { chamber, id: U256::from(12), evidence: Default::default() };
    chain.impersonate(member).await.unwrap().send_call(deployment.registry, &enrol).await.unwrap();
    Real { chain, deployment, folder: tempfile::tempdir().unwrap() }
}

type Change = fn(&Deployment, &mut psephos_state::events::EventPage);

/// An index that hands out the pages of another after a change.
async fn liar(
    url: String,
    change: fn(&Deployment, &mut psephos_state::events::EventPage),
    deployment: Deployment,
) -> String {
    use psephos_state::events::EventPage;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |uri: axum::http::Uri| {
        let (url, deployment) = (format!("{url}{uri}"), deployment.clone());
        async move {
            let bytes = alloy::transports::http::reqwest::get(url).await.unwrap().bytes().await.unwrap();
            let mut page = EventPage::from_bytes(&bytes).unwrap();
            change(&deployment, &mut page);
            page.to_bytes()
        }
    };
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn state_from_an_index_is_that_of_the_node_or_refused() {
    use psephos_chain::{
        ChainError, IndexerSource, StateSource,
        source::indexer::error::{IndexerError, Part},
    };
    use psephos_state::events::EventBlock;
    let Real { chain, deployment, folder } = real().await;
    let stop = CancellationToken::new();
    let options = Options { pause: Duration::from_millis(20), ..Options::new(folder.path().join("index.redb")) };
    let connection = chain.connection().clone();
    let started = Indexer::start(connection.clone(), deployment.clone(), options, stop.clone()).await;
    let (indexer, task) = started.unwrap();
    let expected = psephos_chain::read_state(&connection, &deployment).await.unwrap();
    indexer.status().wait_for(|status| status.state.block == expected.block).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = routes(indexer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let through =
        |url: &str| IndexerSource::new(IndexerClient::new(url).unwrap(), connection.clone(), deployment.clone());
    let read = through(&url).read_state().await.unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));

    // An index that has stopped: the rest is the node's.
    stop.cancel();
    task.await.unwrap().unwrap();
    chain.connection().provider().anvil_mine(Some(3), None).await.unwrap();
    let read = through(&url).read_state().await.unwrap();
    assert_eq!((read.block, read.chambers.len()), (expected.block + 3, 1));

    type Refused = fn(&IndexerError) -> bool;
    let lies: [(Change, Refused); 5] = [
        (
            |_, page| drop(page.blocks.pop()),
            |error| matches!(error, IndexerError::Differs(found) if found.part == Part::Chamber(ChamberId::new(0), "number of members")),
        ),
        (
            |deployment, page| {
                let block = page.blocks.pop().unwrap();
                let mut logs = page_logs(deployment, &block);
                let mut data = logs[0].data.data.to_vec();
                data[95] += 1;
                logs[0].data.data = data.into();
                page.blocks.push(EventBlock::from_logs(deployment, block.number, block.hash, &logs));
            },
            |error| matches!(error, IndexerError::Differs(found) if found.part == Part::Chamber(ChamberId::new(0), "total weight")),
        ),
        (|_, page| page.header.hash = B256::repeat_byte(1), |error| matches!(error, IndexerError::OtherBlock { .. })),
        (|_, page| page.header.chain_id = 1, |error| matches!(error, IndexerError::OtherDeployment { .. })),
        (
            |_, page| {
                page.header.from += 1;
                page.blocks.clear();
            },
            |error| matches!(error, IndexerError::UnexpectedPage { .. }),
        ),
    ];
    for (number, (change, refused)) in lies.into_iter().enumerate() {
        let url = liar(url.clone(), change, deployment.clone()).await;
        match through(&url).read_state().await {
            Err(ChainError::Indexer(error)) => assert!(refused(&error), "{number}: {error}"),
            other => panic!("{number}: {:?}", other.map(|replay| replay.block)),
        }
    }
    // What was compared once is gone on from: the index is not asked again.
    static ASKED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let count: Change = |_, _| {
        ASKED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let twice = through(&liar(url, count, deployment.clone()).await);
    for _ in 0..2 {
        chain.connection().provider().anvil_mine(Some(2), None).await.unwrap();
        let read = twice.read_state().await.unwrap();
        assert_eq!(
            format!("{read:?}"),
            format!("{:?}", psephos_chain::read_state(&connection, &deployment).await.unwrap())
        );
    }
    assert_eq!(ASKED.load(std::sync::atomic::Ordering::Relaxed), 1);
    let nobody = through("http://127.0.0.1:9").read_state().await.unwrap_err();
    assert!(matches!(&nobody, ChainError::Indexer(error) if matches!(**error, IndexerError::Unreachable { .. })));
}

fn page_logs(deployment: &Deployment, block: &psephos_state::events::EventBlock) -> Vec<psephos_state::Log> {
    psephos_state::events::decode_logs(deployment, block.number, block.hash, &block.logs).unwrap()
}
