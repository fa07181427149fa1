//! A small system on a local chain: the DAO, a trustee, a relayer, members with their identities.

use alloy::primitives::{Address, U256};
use psephos_chain::{Connection, LocalChain, NodeSource, deploy, local};
use psephos_client::{
    Account, Circuits, Package, Silent,
    operator::{self, NewChamberRule, NewCommittee, NewPoll},
    relayer::{self, PackageOutcome, Refusal, RelayConfig, RelayReport, Submission},
    trustee, voter,
};
use psephos_protocol::{
    committee::TransportSecret,
    identifiers::{ChamberId, CommitteeId, PollId},
    identity::{Identity, Seed},
    rule::{Kind, Rule},
};
use psephos_state::Deployment;
use rand::rngs::OsRng;

pub(crate) const FUNDS: u128 = 10_000_000_000_000_000_000;
const HOUR: u64 = 3_600;

pub(crate) struct House {
    pub(crate) chain: LocalChain,
    pub(crate) dao: Connection,
    pub(crate) trustees: Vec<Trustee>,
    pub(crate) relayer: Connection,
    pub(crate) deployment: Deployment,
    pub(crate) circuits: Circuits,
    pub(crate) committee: CommitteeId,
}

/// One of three trustees, of whom two open.
pub(crate) struct Trustee {
    pub(crate) account: Connection,
    pub(crate) secret: TransportSecret,
}

/// A member of a chamber.
pub(crate) struct Member {
    pub(crate) account: Connection,
    pub(crate) identity: Identity,
}

impl House {
    pub(crate) async fn new() -> Self {
        let chain = LocalChain::start().await.unwrap();
        let dao = actor(chain.connection()).await;
        let mut trustees = Vec::new();
        for _ in 0..3 {
            let secret = TransportSecret::from_seed(&Seed::random(&mut OsRng)).unwrap();
            trustees.push(Trustee { account: actor(chain.connection()).await, secret });
        }
        let relayer = actor(chain.connection()).await;
        let deployment = deploy::deploy_system(&dao).await.unwrap().deployment;
        let circuits = Circuits::default();
        circuits.prepare(&[3], &Silent).unwrap();
        let mut house = Self { chain, dao, trustees, relayer, deployment, circuits, committee: CommitteeId::new(0) };
        house.committee = CommitteeId::new(house.committee(&house.deployment).await.get());
        house
    }

    /// A committee of these trustees that is to come to its keys.
    pub(crate) async fn new_committee(&self, deployment: &Deployment) -> CommitteeId {
        let now = self.dao.newest_time().await.unwrap();
        let new = NewCommittee {
            trustees: self.trustees.iter().map(|trustee| trustee.account.sender().unwrap()).collect(),
            threshold: 2,
            registration_deadline: now + HOUR,
            dealing_deadline: now + 2 * HOUR,
            replaces: None,
        };
        CommitteeId::new(operator::create_committee(&self.dao, deployment, &new).await.unwrap().get())
    }

    /// A committee with its keys.
    pub(crate) async fn committee(&self, deployment: &Deployment) -> CommitteeId {
        let committee = self.new_committee(deployment).await;
        let replay = async || psephos_chain::read_state(&self.dao, deployment).await.unwrap();
        for trustee in &self.trustees {
            trustee::register(&trustee.account, &replay().await, &trustee.secret, committee).await.unwrap();
        }
        for trustee in &self.trustees[..2] {
            trustee::deal(&trustee.account, &replay().await, &self.circuits, committee).await.unwrap();
        }
        trustee::finalise(&self.dao, &replay().await, &self.circuits, committee).await.unwrap();
        committee
    }

    pub(crate) async fn chamber(&self, deployment: &Deployment, name: &str, members: &[(&Member, u64)]) -> ChamberId {
        let chamber = operator::create_chamber(&self.dao, deployment, name).await.unwrap();
        for (member, weight) in members {
            self.admit(deployment, chamber, member, *weight).await;
        }
        chamber
    }

    pub(crate) async fn admit(&self, deployment: &Deployment, chamber: ChamberId, member: &Member, weight: u64) {
        let weights = [(member.address(), weight)];
        operator::set_weights(&self.dao, deployment, chamber, &weights).await.unwrap();
        voter::enrol(&member.account, deployment, chamber, &member.identity.commitment()).await.unwrap();
    }

    pub(crate) async fn member(&self) -> Member {
        let identity = Identity::from_seed(&Seed::random(&mut OsRng)).unwrap();
        Member { account: actor(self.chain.connection()).await, identity }
    }

    /// An open poll of three options by plurality; closes in an hour.
    pub(crate) async fn poll(&self, deployment: &Deployment, chambers: &[ChamberId], min_ballots: u32) -> PollId {
        let now = self.dao.newest_time().await.unwrap();
        let rule = |chamber: &ChamberId| NewChamberRule {
            chamber: *chamber,
            weighted: true,
            min_ballots,
            threshold_bps: 5_000,
            quorum: 1,
        };
        let poll = NewPoll {
            title: "Adopt the charter?".into(),
            options: ["For", "Against", "Abstain"].map(str::to_owned).to_vec(),
            rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
            opens_at: now,
            closes_at: now + HOUR,
            tally_deadline: now + 2 * HOUR,
            committee: self.committee,
            chambers_required: 1,
            chambers: chambers.iter().map(rule).collect(),
            ratifies: None,
        };
        let id = operator::create_poll(&self.dao, deployment, &poll).await.unwrap();
        operator::open_poll(&self.dao, deployment, id).await.unwrap();
        id
    }

    pub(crate) async fn close(&self) {
        let now = self.dao.newest_time().await.unwrap();
        local::advance_time(self.chain.connection(), now + HOUR + 1).await.unwrap();
    }

    pub(crate) fn source(&self) -> NodeSource {
        NodeSource::new(self.chain.connection().clone(), self.deployment.clone())
    }

    pub(crate) async fn relay(&self, packages: &[Submission]) -> RelayReport {
        let config = RelayConfig::default();
        relayer::relay(&self.source(), &self.relayer, &self.circuits, packages, config, &Silent).await.unwrap()
    }
}

impl Member {
    pub(crate) fn address(&self) -> Address {
        self.account.sender().unwrap()
    }
}

/// An account with money.
pub(crate) async fn actor(connection: &Connection) -> Connection {
    let account = Account::random();
    local::fund_account(connection, account.address(), U256::from(FUNDS)).await.unwrap();
    connection.with_wallet(account.wallet()).unwrap()
}

pub(crate) fn submission(name: &str, package: &Package) -> Submission {
    Submission::new(name, package)
}

/// Why the package at this position was refused.
pub(crate) fn refusal(report: &RelayReport, position: usize) -> Refusal {
    match &report.packages[position].outcome {
        PackageOutcome::Refused { reason, .. } => *reason,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(crate) fn accepted(report: &RelayReport, position: usize) -> bool {
    matches!(report.packages[position].outcome, PackageOutcome::Accepted { .. })
}
