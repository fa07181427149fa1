//! Ballots in transactions that are not ordinary ones: deposits of a rollup, and accounts with code of their own
//! (EIP-7702). One such ballot must not make a chamber unverifiable, or its trustees would decrypt nothing.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use alloy::{
    network::{EthereumWallet, TransactionBuilder7702},
    primitives::{Address, B256, Bytes, U256, hex},
    providers::{Provider, ProviderBuilder},
    rpc::types::{Authorization, TransactionRequest},
    signers::{SignerSync, local::PrivateKeySigner},
    sol_types::SolCall,
};
use psephos_chain::{LocalChain, NodeSet, chains, local};
use psephos_client::{
    Package, Silent,
    relayer::Submission,
    tally,
    trustee::{self, DecryptionOutcome, Journal, Precautions},
    verify,
};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_prover::DEVELOPMENT_CHAINS;
use psephos_state::{ProofData, bindings::IPolls::castCall};
use psephos_testkit::{CommitteeSize, LocalDeployment, Member};
use serde_json::json;

const FOR: [u64; 3] = [1, 0, 0];

/// An open poll with three members.
struct Scene {
    local: LocalDeployment,
    members: [Member; 3],
    chamber: ChamberId,
    poll: PollId,
}

impl Scene {
    async fn prepare(chain: LocalChain) -> Self {
        let local = LocalDeployment::start_on(chain, CommitteeSize { trustees: 1, threshold: 1 }).await;
        let members = [local.create_member().await, local.create_member().await, local.create_member().await];
        let listed: Vec<_> = members.iter().map(|member| (member, 1)).collect();
        let deployment = local.deployment.clone();
        let chamber = local.create_chamber(&deployment, "Researchers", &listed).await;
        let poll = local.open_poll(&deployment, &[chamber], 1).await;
        Self { local, members, chamber, poll }
    }

    async fn prove(&self, member: usize) -> Package {
        let state = self.local.read_state().await;
        self.local.prove_ballot(&state, self.members[member].voter(), (self.poll, self.chamber), &FOR, false)
    }

    /// Closes the poll, decrypts as a careful trustee does, tallies, and verifies everything.
    async fn close_and_verify(&self, ballots: u64) {
        let local = &self.local;
        local.advance_past_close().await;
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::beside(&folder.path().join("trustee.keys"));
        let (trustee, source) = (&local.trustees[0], local.source());
        let nodes = NodeSet::single(trustee.account.clone());
        let caution = Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
        let state = local.read_state().await;
        let decrypted = trustee::decrypt_total(
            &trustee.account,
            &state,
            &local.circuits,
            &trustee.secret,
            self.poll,
            self.chamber,
            caution,
        );
        assert!(matches!(decrypted.await.unwrap(), DecryptionOutcome::Posted(_)));
        let tallied = tally::tally_poll(&source, &local.relayer, self.poll, &Silent).await.unwrap();
        assert_eq!(tallied.len(), 1);
        let state = local.read_state().await;
        let tally = state.poll(self.poll).unwrap().chambers[&self.chamber].tally.as_ref().unwrap();
        let totals = tally.exact_totals().unwrap();
        assert_eq!(totals[0], ballots);
        let connection = local.chain.connection();
        let report = verify::verify_poll(&source, connection, &local.circuits, self.poll, &Silent).await.unwrap();
        assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
    }

    /// Returns how many proofs are known of each ballot.
    async fn count_proofs(&self) -> Vec<usize> {
        let mut state = self.local.read_state().await;
        psephos_chain::load_calls(self.local.chain.connection(), &mut state, self.poll).await.unwrap();
        let ballots = &state.poll(self.poll).unwrap().chambers[&self.chamber].ballots;
        let count = |proof: &ProofData| if let ProofData::Found(found) = proof { found.len() } else { 0 };
        ballots.iter().map(|ballot| count(&ballot.proof)).collect()
    }
}

fn cast_calldata(ballot: &Package) -> Bytes {
    let record: Bytes = hex::decode(&ballot.record).unwrap().into();
    let (poll, chamber) = (U256::from(ballot.poll.get()), U256::from(ballot.chamber.get()));
    castCall { poll, chamber, record }.abi_encode().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn ballot_in_a_deposit_of_a_rollup_is_verified_and_counted() {
    let scene = Scene::prepare(LocalChain::start_rollup().await.unwrap()).await;
    let (ordinary, deposited) = (scene.prove(0).await, scene.prove(1).await);
    scene.local.relay_packages(&[Submission::new("alice", &ordinary)]).await;

    // A deposit that Ethereum has forced into the rollup. No one signed it, and its calldata is no evidence.
    let provider = scene.local.chain.connection().provider();
    let depositor = provider.get_accounts().await.unwrap()[0];
    let deposit = json!({
        "type": "0x7e", "sourceHash": B256::repeat_byte(1), "mint": "0x0", "isSystemTx": false, "from": depositor,
        "to": scene.local.deployment.polls, "gas": "0x200000", "value": "0x0", "input": cast_calldata(&deposited),
    });
    let hash: B256 = provider.raw_request("eth_sendTransaction".into(), (deposit,)).await.unwrap();
    let call = scene.local.chain.connection().read_transaction(hash).await.unwrap();
    assert_eq!((call.to, call.data.len()), (None, 0), "it is not read from a deposit what was called");

    assert_eq!(scene.count_proofs().await, [1, 1]);
    scene.close_and_verify(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ballots_of_accounts_with_delegated_code_are_verified_and_counted() {
    let scene = Scene::prepare(LocalChain::start().await.unwrap()).await;
    let ballots = [scene.prove(0).await, scene.prove(1).await, scene.prove(2).await];
    let polls = scene.local.deployment.polls;
    // Code that calls the polls contract with whatever calldata it is given.
    let mut code = hex!("6029600a5f3960295ff3" "365f5f375f5f365f5f73").to_vec();
    code.extend(polls);
    code.extend(hex!("5af115602557005b5f5ffd"));
    let forwarder = scene.local.relayer.deploy_code(code.into()).await.unwrap().contract.unwrap();

    let account = PrivateKeySigner::random();
    let connection = scene.local.chain.connection();
    local::fund_account(connection, account.address(), U256::from(10).pow(U256::from(18))).await.unwrap();
    let wallet = EthereumWallet::new(account.clone());
    // The authorisation uses up a nonce of its own, which a cached one would miss.
    let builder = ProviderBuilder::new().with_simple_nonce_management().wallet(wallet);
    let provider = builder.connect(connection.url()).await.unwrap();
    let send = async |request: TransactionRequest| {
        let receipt = provider.send_transaction(request).await.unwrap().get_receipt().await.unwrap();
        assert!(receipt.status());
    };
    let call = |to: Address, ballot: &Package| {
        TransactionRequest::default().to(to).input(cast_calldata(ballot).into()).gas_limit(2_000_000)
    };
    // The transaction that delegates also casts: the account calls itself, and its code calls the contract.
    let chain_id = U256::from(connection.chain_id().get());
    let authorization = Authorization { chain_id, address: forwarder, nonce: 1 };
    let signature = account.sign_hash_sync(&authorization.signature_hash()).unwrap();
    let signed = authorization.into_signed(signature);
    send(call(account.address(), &ballots[0]).with_authorization_list(vec![signed])).await;
    // The account calls the contract itself: it has code, so the contract cannot know that this is its only call.
    send(call(polls, &ballots[1])).await;
    // An account without code sends a transaction of the same kind, for another account's delegation.
    let other = PrivateKeySigner::random();
    let authorization = Authorization { chain_id, address: forwarder, nonce: 0 };
    let signature = other.sign_hash_sync(&authorization.signature_hash()).unwrap();
    let sponsor = PrivateKeySigner::random();
    local::fund_account(connection, sponsor.address(), U256::from(10).pow(U256::from(18))).await.unwrap();
    let provider = ProviderBuilder::new().wallet(EthereumWallet::new(sponsor)).connect(connection.url()).await.unwrap();
    let sponsored = call(polls, &ballots[2]).with_authorization_list(vec![authorization.into_signed(signature)]);
    assert!(provider.send_transaction(sponsored).await.unwrap().get_receipt().await.unwrap().status());

    assert_eq!(scene.count_proofs().await, [1, 1, 1]);
    scene.close_and_verify(3).await;
}

#[test]
fn chains_with_development_keys_are_the_development_chains_of_the_table() {
    let of_table: Vec<_> = chains::CHAINS
        .iter()
        .filter(|chain| chain.kind == chains::ChainKind::Development)
        .map(|chain| chain.id)
        .collect();
    assert_eq!(of_table, DEVELOPMENT_CHAINS);
}
