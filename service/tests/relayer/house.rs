//! A small system on a local chain: a DAO, its committee, a chamber of voters, polls.

use std::sync::Arc;

use alloy::signers::local::PrivateKeySigner;
use psephos_chain::{Connection, LocalChain, U256, deploy, local};
use psephos_client::{
    Account, Circuits, Silent,
    operator::{self, NewChamberRule, NewCommittee, NewPoll},
    trustee, voter,
};
use psephos_exchange::Package;
use psephos_protocol::{
    committee::TransportSecret,
    identity::{Identity, Seed},
    rule::{Kind, Rule},
};
use psephos_state::{Deployment, Replay};
use rand::rngs::OsRng;

pub(crate) const HOUR: u64 = 3_600;
const FUNDS: u128 = 100_000_000_000_000_000_000;

pub(crate) struct House {
    pub(crate) chain: LocalChain,
    pub(crate) dao: Connection,
    pub(crate) deployment: Deployment,
    pub(crate) circuits: Arc<Circuits>,
    pub(crate) signer: PrivateKeySigner,
    pub(crate) voters: Vec<Identity>,
    pub(crate) chamber: u64,
    pub(crate) committee: u64,
}

impl House {
    /// Creates a system with a chamber of `voters` members and a funded relayer account.
    pub(crate) async fn new(voters: usize) -> Self {
        let chain = LocalChain::start().await.unwrap();
        let dao = actor(chain.connection()).await;
        let deployment = deploy::deploy(&dao).await.unwrap().deployment;
        let circuits = Arc::new(Circuits::default());
        circuits.prepare(&[3], &Silent).unwrap();
        let signer = PrivateKeySigner::random();
        let mut system =
            Self { chain, dao, deployment, circuits, signer, voters: Vec::new(), chamber: 0, committee: 0 };
        system.fund(FUNDS).await;
        system.committee = system.form_committee().await;
        system.chamber = operator::create_chamber(&system.dao, &system.deployment, "Researchers").await.unwrap();
        let mut accounts = Vec::new();
        for _ in 0..voters {
            accounts.push(actor(system.chain.connection()).await);
            system.voters.push(Identity::from_seed(&Seed::random(&mut OsRng)).unwrap());
        }
        let weights: Vec<_> = accounts.iter().map(|account| (account.sender().unwrap(), 1)).collect();
        operator::set_weights(&system.dao, &system.deployment, system.chamber, &weights).await.unwrap();
        for (account, voter) in accounts.iter().zip(&system.voters) {
            voter::enrol(account, &system.deployment, system.chamber, &voter.commitment()).await.unwrap();
        }
        system
    }

    async fn form_committee(&self) -> u64 {
        let now = self.dao.time().await.unwrap();
        let mut trustees = Vec::new();
        for _ in 0..2 {
            let secret = TransportSecret::from_seed(&Seed::random(&mut OsRng)).unwrap();
            trustees.push((actor(self.chain.connection()).await, secret));
        }
        let new = NewCommittee {
            trustees: trustees.iter().map(|(account, _)| account.sender().unwrap()).collect(),
            threshold: 2,
            registration_deadline: now + HOUR,
            dealing_deadline: now + 2 * HOUR,
            replaces: None,
        };
        let committee = operator::create_committee(&self.dao, &self.deployment, &new).await.unwrap();
        for (account, secret) in &trustees {
            trustee::register(account, &self.replay().await, secret, committee).await.unwrap();
        }
        for (account, _) in &trustees {
            trustee::deal(account, &self.replay().await, &self.circuits, committee).await.unwrap();
        }
        trustee::finalise(&self.dao, &self.replay().await, &self.circuits, committee).await.unwrap();
        committee
    }

    pub(crate) async fn fund(&self, wei: u128) {
        local::fund(self.chain.connection(), self.signer.address(), U256::from(wei)).await.unwrap();
    }

    /// Creates and opens a poll with three options that closes in an hour.
    pub(crate) async fn poll(&self) -> u64 {
        let id = self.created_poll().await;
        operator::open_poll(&self.dao, &self.deployment, id).await.unwrap();
        id
    }

    pub(crate) async fn created_poll(&self) -> u64 {
        let now = self.dao.time().await.unwrap();
        let rule =
            NewChamberRule { chamber: self.chamber, weighted: true, min_ballots: 1, threshold_bps: 5_000, quorum: 1 };
        let poll = NewPoll {
            title: "Adopt the charter?".into(),
            options: ["For", "Against", "Abstain"].map(str::to_owned).to_vec(),
            rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
            opens_at: now,
            closes_at: now + HOUR,
            tally_deadline: now + 2 * HOUR,
            committee: self.committee,
            chambers_required: 1,
            chambers: vec![rule],
            ratifies: None,
        };
        operator::create_poll(&self.dao, &self.deployment, &poll).await.unwrap()
    }

    pub(crate) async fn replay(&self) -> Replay {
        psephos_chain::read_state(self.chain.connection(), &self.deployment).await.unwrap()
    }

    /// Returns a voter's ballot package.
    pub(crate) async fn ballot(&self, poll: u64, voter: usize, option: usize, replace: bool) -> Package {
        let chain_state = self.replay().await;
        self.prove(&chain_state, poll, voter, option, replace)
    }

    pub(crate) fn prove(&self, chain_state: &Replay, poll: u64, voter: usize, option: usize, replace: bool) -> Package {
        let choice = voter::single(3, option);
        let vote = voter::prepare(chain_state, &self.voters[voter], poll, self.chamber, &choice, replace).unwrap();
        voter::prove(&self.circuits, vote).unwrap()
    }

    /// Proves the ballots of all these voters on two threads.
    pub(crate) async fn ballots(&self, poll: u64, voters: std::ops::Range<usize>) -> Vec<Package> {
        let chain_state = self.replay().await;
        let prove = |voter: usize| self.prove(&chain_state, poll, voter, voter % 3, false);
        let start = voters.start;
        let (first, second): (Vec<_>, Vec<_>) = voters.partition(|voter| (voter - start).is_multiple_of(2));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| second.into_iter().map(prove).collect::<Vec<_>>());
            let mut all: Vec<_> = first.into_iter().map(prove).collect();
            // Restore the order of the voters.
            for (index, package) in other.join().unwrap().into_iter().enumerate() {
                all.insert(2 * index + 1, package);
            }
            all
        })
    }

    /// Returns how often this ballot is on chain, and how many ballots were skipped in its chamber.
    pub(crate) async fn times(&self, package: &Package) -> (usize, usize) {
        let chain_state = self.replay().await;
        times(&chain_state, package)
    }

    pub(crate) async fn assert_once(&self, packages: &[Package]) {
        let chain_state = self.replay().await;
        for package in packages {
            assert_eq!(times(&chain_state, package), (1, 0), "each ballot once, and none skipped");
        }
        assert!(chain_state.findings.is_empty());
    }
}

pub(crate) fn times(chain_state: &Replay, package: &Package) -> (usize, usize) {
    let listed = &chain_state.polls[&package.poll].chambers[&package.chamber];
    let posted = package.contents().unwrap().record.posted;
    (listed.ballots.iter().filter(|ballot| ballot.posted == posted).count(), listed.skipped)
}

/// Creates a funded account.
pub(crate) async fn actor(connection: &Connection) -> Connection {
    let account = Account::random();
    local::fund(connection, account.address(), U256::from(FUNDS)).await.unwrap();
    connection.with_wallet(account.wallet()).unwrap()
}
