//! An indexer that lies: a client that reads from it compares with a node, and rejects what differs.

use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{
    bindings::IPolls::PollCreated,
    events::{EventBlock, EventPage},
    fingerprint::PollContent,
};
use psephos_testkit::{CommitteeSize, LocalDeployment};

use super::*;

/// Deploys the real contracts, with a chamber of one member and a poll that is created and not opened: the contract
/// knows its packed rule, and no event states it.
async fn deploy_real_contracts() -> LocalDeployment {
    let local = LocalDeployment::start(CommitteeSize { trustees: 1, threshold: 1 }).await;
    let chamber = local.create_chamber(&local.deployment, "Founders", &[]).await;
    local.create_poll(&local.deployment, &[chamber], 1).await;
    let member = local.create_member().await;
    local.enrol_member(&local.deployment, chamber, &member, 3).await;
    local
}

/// Exchanges the names of the first two options of a poll, with the fingerprint that follows.
fn swap_option_names(deployment: &Deployment, page: &mut EventPage) {
    let mut state = ChainState::empty(deployment.clone());
    page.blocks.iter().for_each(|block| state.apply_logs(&decode_page_logs(deployment, block)));
    let keys = state.committees[&CommitteeId::new(0)].keys.as_ref().unwrap().hash_keys(3);
    for block in &mut page.blocks {
        let mut logs = decode_page_logs(deployment, block);
        let found = logs.iter_mut().find_map(|log| Some((PollCreated::decode_log_data(&log.data).ok()?, log)));
        let Some((mut created, log)) = found else { continue };
        let swapped = created.parameters.metadata.replace("For", "X").replace("Against", "For").replace("X", "Against");
        assert_ne!(created.parameters.metadata, swapped);
        created.parameters.metadata = swapped;
        let content = PollContent::new(deployment.chain_id, deployment.polls, created.creator, &created.parameters);
        let fingerprint = content.fingerprint(PollId::new(1), &created.parameters, keys);
        created.fingerprint = B256::from(fingerprint.to_bytes());
        log.data = created.encode_log_data();
        *block = EventBlock::from_logs(deployment, block.number, block.hash, &logs);
    }
}

type PageChange = fn(&Deployment, &mut EventPage);

/// Starts an indexer that serves modified pages of another one.
async fn start_manipulating_indexer(
    url: String,
    change: fn(&Deployment, &mut EventPage),
    deployment: Deployment,
) -> String {
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
async fn state_from_an_indexer_equals_the_nodes_or_is_rejected() {
    use psephos_chain::{
        ChainError, IndexerSource, StateSource,
        source::indexer::error::{IndexerError, Part},
    };
    let LocalDeployment { chain, deployment, .. } = deploy_real_contracts().await;
    let folder = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let options = Options { pause: Duration::from_millis(20), ..Options::new(folder.path().join("indexer.redb")) };
    let connection = chain.connection().clone();
    let started = Indexer::start_following(connection.clone(), deployment.clone(), options, stop.clone()).await;
    let (indexer, task) = started.unwrap();
    let expected = psephos_chain::read_state(&connection, &deployment).await.unwrap();
    indexer.status().wait_for(|status| status.state.block == expected.block).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router(indexer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let through = |url: &str| {
        IndexerSource::new(
            IndexerClient::new(url, &psephos_chain::Network::direct()).unwrap(),
            connection.clone(),
            deployment.clone(),
        )
    };
    let read = through(&url).read_state().await.unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));

    // An indexer that has stopped: the remaining logs come from the node.
    stop.cancel();
    task.await.unwrap().unwrap();
    chain.connection().provider().anvil_mine(Some(3), None).await.unwrap();
    let read = through(&url).read_state().await.unwrap();
    assert_eq!((read.block, read.chambers.len()), (expected.block + 3, 1));

    type ExpectedError = fn(&IndexerError) -> bool;
    let manipulations: [(PageChange, ExpectedError); 6] = [
        (
            swap_option_names,
            |error| matches!(error, IndexerError::Differs(found) if found.part == Part::Poll(PollId::new(1), "fingerprint")),
        ),
        (
            |_, page| drop(page.blocks.pop()),
            |error| matches!(error, IndexerError::Differs(found) if found.part == Part::Chamber(ChamberId::new(0), "number of members")),
        ),
        (
            |deployment, page| {
                let block = page.blocks.pop().unwrap();
                let mut logs = decode_page_logs(deployment, &block);
                let mut data = logs[0].data.data.to_vec();
                data[95] += 1;
                logs[0].data.data = data.into();
                page.blocks.push(EventBlock::from_logs(deployment, block.number, block.hash, &logs));
            },
            |error| matches!(error, IndexerError::Differs(found) if found.part == Part::Chamber(ChamberId::new(0), "total weight")),
        ),
        (|_, page| page.header.hash = B256::repeat_byte(1), |error| matches!(error, IndexerError::OtherBlock { .. })),
        (
            |_, page| page.header.chain_id = ChainId::new(1),
            |error| matches!(error, IndexerError::OtherDeployment { .. }),
        ),
        (
            |_, page| {
                page.header.from += 1;
                page.blocks.clear();
            },
            |error| matches!(error, IndexerError::UnexpectedPage { .. }),
        ),
    ];
    for (number, (change, is_expected)) in manipulations.into_iter().enumerate() {
        let url = start_manipulating_indexer(url.clone(), change, deployment.clone()).await;
        match through(&url).read_state().await {
            Err(ChainError::Indexer(error)) => assert!(is_expected(&error), "{number}: {error}"),
            other => panic!("{number}: {:?}", other.map(|chain_state| chain_state.block)),
        }
    }
    // A state that was compared once is the starting point: the indexer is not asked again.
    static FETCHES: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let count: PageChange = |_, _| {
        FETCHES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let reused = through(&start_manipulating_indexer(url, count, deployment.clone()).await);
    for _ in 0..2 {
        chain.connection().provider().anvil_mine(Some(2), None).await.unwrap();
        let read = reused.read_state().await.unwrap();
        assert_eq!(
            format!("{read:?}"),
            format!("{:?}", psephos_chain::read_state(&connection, &deployment).await.unwrap())
        );
    }
    assert_eq!(FETCHES.load(std::sync::atomic::Ordering::Relaxed), 1);
    let error = through("http://127.0.0.1:9").read_state().await.unwrap_err();
    assert!(matches!(&error, ChainError::Indexer(error) if matches!(**error, IndexerError::Unreachable { .. })));
}

fn decode_page_logs(deployment: &Deployment, block: &EventBlock) -> Vec<psephos_state::Log> {
    psephos_state::events::decode_logs(deployment, block.number, block.hash, &block.logs).unwrap()
}
