//! An indexer that lies: a client that reads from it compares with a node, and rejects what differs.

use super::*;

/// The real contracts, with a chamber of one member.
struct RealContracts {
    chain: LocalChain,
    deployment: Deployment,
    folder: tempfile::TempDir,
}

async fn deploy_real_contracts() -> RealContracts {
    use psephos_chain::{deploy, local};
    use psephos_state::bindings::{
        AllowListPolicy::setWeightCall,
        IPolls::createCall,
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
    // A poll that is created and not opened: the contract knows its packed rule, and no event states it.
    let parameters = PollParameters { closesAt: u64::MAX - 1, ..poll_parameters() };
    dao.send_call(deployment.polls, &createCall { parameters }).await.unwrap();
    let (chamber, weight) = (U256::ZERO, U256::from(3));
    dao.send_call(deployment.policy, &setWeightCall { chamber, subject: member, weight }).await.unwrap();
    let enrol = enrolCall { chamber, id: U256::from(12), evidence: Default::default() };
    chain.impersonate(member).await.unwrap().send_call(deployment.registry, &enrol).await.unwrap();
    RealContracts { chain, deployment, folder: tempfile::tempdir().unwrap() }
}

type PageChange = fn(&Deployment, &mut psephos_state::events::EventPage);

/// Starts an indexer that serves modified pages of another one.
async fn start_manipulating_indexer(
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
async fn state_from_an_indexer_equals_the_nodes_or_is_rejected() {
    use psephos_chain::{
        ChainError, IndexerSource, StateSource,
        source::indexer::error::{IndexerError, Part},
    };
    use psephos_state::events::EventBlock;
    let RealContracts { chain, deployment, folder } = deploy_real_contracts().await;
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
    let through =
        |url: &str| IndexerSource::new(IndexerClient::new(url).unwrap(), connection.clone(), deployment.clone());
    let read = through(&url).read_state().await.unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));

    // An indexer that has stopped: the remaining logs come from the node.
    stop.cancel();
    task.await.unwrap().unwrap();
    chain.connection().provider().anvil_mine(Some(3), None).await.unwrap();
    let read = through(&url).read_state().await.unwrap();
    assert_eq!((read.block, read.chambers.len()), (expected.block + 3, 1));

    type ExpectedError = fn(&IndexerError) -> bool;
    let manipulations: [(PageChange, ExpectedError); 5] = [
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

fn decode_page_logs(deployment: &Deployment, block: &psephos_state::events::EventBlock) -> Vec<psephos_state::Log> {
    psephos_state::events::decode_logs(deployment, block.number, block.hash, &block.logs).unwrap()
}
