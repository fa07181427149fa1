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
    identifiers::{ChamberId, CommitteeId, PollId},
    identity::{Identity, Seed},
    rule::{Kind, Rule},
};
use psephos_state::{ChainState, Deployment};
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
    pub(crate) chamber: ChamberId,
    pub(crate) committee: CommitteeId,
}

impl House {
    /// A chamber of so many voters, and a relayer's account with money.
    pub(crate) async fn new(voters: usize) -> Self {
        let chain = LocalChain::start().await.unwrap();
        let dao = actor(chain.connection()).await;
        let deployment = deploy::deploy_system(&dao).await.unwrap().deployment;
        let circuits = Arc::new(Circuits::default());
        circuits.prepare(&[3], &Silent).unwrap();
        let signer = PrivateKeySigner::random();
        let mut house = Self {
            chain,
            dao,
            deployment,
            circuits,
            signer,
            voters: Vec::new(),
            chamber: ChamberId::new(0),
            committee: CommitteeId::new(0),
        };
        house.fund(FUNDS).await;
        house.committee = house.form_committee().await;
        house.chamber = operator::create_chamber(&house.dao, &house.deployment, "Researchers").await.unwrap();
        let mut accounts = Vec::new();
        for _ in 0..voters {
            accounts.push(actor(house.chain.connection()).await);
            house.voters.push(Identity::from_seed(&Seed::random(&mut OsRng)).unwrap());
        }
        let weights: Vec<_> = accounts.iter().map(|account| (account.sender().unwrap(), 1)).collect();
        operator::set_weights(&house.dao, &house.deployment, house.chamber, &weights).await.unwrap();
        for (account, voter) in accounts.iter().zip(&house.voters) {
            voter::enrol(account, &house.deployment, house.chamber, &voter.commitment()).await.unwrap();
        }
        house
    }

    async fn form_committee(&self) -> CommitteeId {
        let now = self.dao.newest_time().await.unwrap();
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
        local::fund_account(self.chain.connection(), self.signer.address(), U256::from(wei)).await.unwrap();
    }

    /// An open poll of three options; closes in an hour.
    pub(crate) async fn poll(&self) -> PollId {
        let id = self.created_poll().await;
        operator::open_poll(&self.dao, &self.deployment, id).await.unwrap();
        id
    }

    pub(crate) async fn created_poll(&self) -> PollId {
        let now = self.dao.newest_time().await.unwrap();
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

    pub(crate) async fn replay(&self) -> ChainState {
        psephos_chain::read_state(self.chain.connection(), &self.deployment).await.unwrap()
    }

    /// A voter's ballot.
    pub(crate) async fn ballot(&self, poll: PollId, voter: usize, option: usize, replace: bool) -> Package {
        let replay = self.replay().await;
        self.prove(&replay, poll, voter, option, replace)
    }

    pub(crate) fn prove(
        &self,
        replay: &ChainState,
        poll: PollId,
        voter: usize,
        option: usize,
        replace: bool,
    ) -> Package {
        let choice = voter::single(3, option);
        let vote = voter::prepare(replay, &self.voters[voter], poll, self.chamber, &choice, replace).unwrap();
        voter::prove(&self.circuits, vote).unwrap()
    }

    /// The ballots of all these voters, on all cores.
    pub(crate) async fn ballots(&self, poll: PollId, voters: std::ops::Range<usize>) -> Vec<Package> {
        let replay = self.replay().await;
        let prove = |voter: usize| self.prove(&replay, poll, voter, voter % 3, false);
        let start = voters.start;
        let (first, second): (Vec<_>, Vec<_>) = voters.partition(|voter| (voter - start).is_multiple_of(2));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| second.into_iter().map(prove).collect::<Vec<_>>());
            let mut all: Vec<_> = first.into_iter().map(prove).collect();
            // Back in the order of the voters.
            for (place, package) in other.join().unwrap().into_iter().enumerate() {
                all.insert(2 * place + 1, package);
            }
            all
        })
    }

    /// How often the chain has this ballot, and how many it skipped in its chamber.
    pub(crate) async fn times(&self, package: &Package) -> (usize, usize) {
        let replay = self.replay().await;
        times(&replay, package)
    }

    pub(crate) async fn assert_once(&self, packages: &[Package]) {
        let replay = self.replay().await;
        for package in packages {
            assert_eq!(times(&replay, package), (1, 0), "each ballot once, and none skipped");
        }
        assert!(replay.findings.is_empty());
    }
}

pub(crate) fn times(replay: &ChainState, package: &Package) -> (usize, usize) {
    let listed = &replay.polls[&package.poll].chambers[&package.chamber];
    let posted = package.contents().unwrap().record.posted;
    (listed.ballots.iter().filter(|ballot| ballot.posted == posted).count(), listed.skipped)
}

/// An account with money.
pub(crate) async fn actor(connection: &Connection) -> Connection {
    let account = Account::random();
    local::fund_account(connection, account.address(), U256::from(FUNDS)).await.unwrap();
    connection.with_wallet(account.wallet()).unwrap()
}
