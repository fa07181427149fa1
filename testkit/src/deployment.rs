//! The real contracts on a local chain, with everyone who takes part in a poll.

use std::sync::Arc;

use alloy::primitives::Address;
use psephos_chain::{Connection, LocalChain, NodeSet, NodeSource, deploy, local};
use psephos_client::{
    KeyRing, Package, Silent,
    keys::load_poll_keys,
    operator::{self, NewCommittee, NewPoll},
    relayer::{self, RelayConfig, RelayReport, Submission},
    trustee,
    voter::{self, Voter},
};
use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use psephos_protocol::{
    committee::TransportSecret,
    decision::DecisionKind,
    identity::{Identity, Seed},
    rule::{Rule, RuleKind},
};
use psephos_state::{
    ChainState, ChamberRule, Deployment, Lifetime, PollBounds, lifetime::MAX_LIFETIME_SECONDS, metadata::Metadata,
};
use rand::rngs::OsRng;

use crate::create_funded_account;

/// An hour, in seconds. Polls close this long after they were created; the tally deadline is an hour later.
pub const HOUR: u64 = 3_600;

/// A local chain with the contracts, under development keys, and a committee that holds its keys.
pub struct LocalDeployment {
    /// The chain. It ends when this is dropped.
    pub chain: LocalChain,
    /// The DAO's account, which owns the contracts.
    pub dao: Connection,
    /// A relayer's account.
    pub relayer: Connection,
    /// The trustees of every committee that is made here.
    pub trustees: Vec<Trustee>,
    /// The contracts.
    pub deployment: Deployment,
    /// The circuits' development keys, with those for ballots of three options in memory.
    pub circuits: Arc<KeyRing>,
    /// The committee.
    pub committee: CommitteeId,
    threshold: usize,
}

/// The number of trustees, and how many of their shares decrypt a total.
#[derive(Clone, Copy, Debug)]
pub struct CommitteeSize {
    /// Number of trustees.
    pub trustees: usize,
    /// Committee threshold: the trustees with the lowest indices deal, as many as this.
    pub threshold: usize,
}

/// A trustee with its account and transport secret.
pub struct Trustee {
    /// Its account.
    pub account: Connection,
    /// Its transport secret.
    pub secret: TransportSecret,
}

/// A stakeholder with its account and identity.
pub struct Member {
    /// Its account.
    pub account: Connection,
    /// Its identity.
    pub identity: Identity,
}

impl Member {
    /// Returns it as a voter.
    pub fn voter(&self) -> Voter<'_> {
        Voter { account: self.address(), identity: &self.identity }
    }

    /// Returns its account's address.
    pub fn address(&self) -> Address {
        self.account.sender().unwrap()
    }
}

impl LocalDeployment {
    /// Starts a chain, deploys the contracts and forms a committee. Takes some seconds: dealings are proved.
    pub async fn start(size: CommitteeSize) -> Self {
        Self::start_on(LocalChain::start().await.unwrap(), size).await
    }

    /// As [`LocalDeployment::start`], on this chain.
    pub async fn start_on(chain: LocalChain, size: CommitteeSize) -> Self {
        let dao = create_funded_account(chain.connection()).await;
        let relayer = create_funded_account(chain.connection()).await;
        let mut trustees = Vec::new();
        for _ in 0..size.trustees {
            let secret = TransportSecret::from_seed(&Seed::random(&mut OsRng)).unwrap();
            trustees.push(Trustee { account: create_funded_account(chain.connection()).await, secret });
        }
        let deployment = deploy::deploy_system(&dao, PollBounds::NONE).await.unwrap().deployment;
        let circuits = Arc::new(KeyRing::default());
        load_poll_keys(&circuits, &[3], &Silent).unwrap();
        let threshold = size.threshold;
        let mut local =
            Self { chain, dao, relayer, trustees, deployment, circuits, committee: CommitteeId::new(0), threshold };
        local.committee = local.form_committee(&local.deployment).await;
        local
    }

    /// Creates a committee of all trustees, in which no one has registered yet.
    pub async fn create_committee(&self, deployment: &Deployment) -> CommitteeId {
        let now = self.dao.newest_time().await.unwrap();
        let new = NewCommittee {
            trustees: self.trustees.iter().map(|trustee| trustee.account.sender().unwrap()).collect(),
            threshold: self.threshold as u64,
            registration_deadline: now + HOUR,
            dealing_deadline: now + 2 * HOUR,
            lifetime: Lifetime { expires_at: now + MAX_LIFETIME_SECONDS, max_polls: 256 },
            replaces: None,
        };
        operator::create_committee(&self.dao, deployment, &new).await.unwrap()
    }

    /// Creates a committee and generates its keys. All trustees register; as many deal as the threshold says.
    pub async fn form_committee(&self, deployment: &Deployment) -> CommitteeId {
        let committee = self.create_committee(deployment).await;
        let state = async || psephos_chain::read_state(&self.dao, deployment).await.unwrap();
        for trustee in &self.trustees {
            trustee::register_key(&trustee.account, &state().await, &trustee.secret, committee).await.unwrap();
        }
        for trustee in &self.trustees[..self.threshold] {
            trustee::post_dealing(&trustee.account, &state().await, &self.circuits, committee).await.unwrap();
        }
        trustee::finalise_committee(&self.dao, &state().await, &self.circuits, committee).await.unwrap();
        committee
    }

    /// Creates a member that is in no chamber yet.
    pub async fn create_member(&self) -> Member {
        let identity = Identity::from_seed(&Seed::random(&mut OsRng)).unwrap();
        Member { account: create_funded_account(self.chain.connection()).await, identity }
    }

    /// Creates a chamber and enrols these members with their weights.
    pub async fn create_chamber(&self, deployment: &Deployment, name: &str, members: &[(&Member, u64)]) -> ChamberId {
        let chamber = operator::create_chamber(&self.dao, deployment, name).await.unwrap();
        let weights: Vec<_> = members.iter().map(|(member, weight)| (member.address(), *weight)).collect();
        operator::set_weights(&self.dao, deployment, chamber, &weights).await.unwrap();
        for (member, _) in members {
            voter::enrol_identity(&member.account, deployment, chamber, &member.identity.commitment()).await.unwrap();
        }
        chamber
    }

    /// Enrols one more member.
    pub async fn enrol_member(&self, deployment: &Deployment, chamber: ChamberId, member: &Member, weight: u64) {
        operator::set_weights(&self.dao, deployment, chamber, &[(member.address(), weight)]).await.unwrap();
        voter::enrol_identity(&member.account, deployment, chamber, &member.identity.commitment()).await.unwrap();
    }

    /// Removes a member: the DAO marks it, and the relayer's account purges it.
    pub async fn remove_member(&self, deployment: &Deployment, chamber: ChamberId, member: &Member) {
        operator::mark_removal(&self.dao, deployment, chamber, member.address()).await.unwrap();
        let state = psephos_chain::read_state(&self.dao, deployment).await.unwrap();
        operator::purge_member(&self.relayer, &state, chamber, member.address()).await.unwrap();
    }

    /// Creates a poll of three options by plurality, weighted, that closes in an [`HOUR`].
    pub async fn create_poll(&self, deployment: &Deployment, chambers: &[ChamberId], min_ballots: u32) -> PollId {
        self.create_poll_under(Rule::new(RuleKind::Plurality, 0), deployment, chambers, min_ballots).await
    }

    /// Creates a poll as [`Self::create_poll`] does, under another ballot rule.
    pub async fn create_poll_under(
        &self,
        rule: Rule,
        deployment: &Deployment,
        chambers: &[ChamberId],
        min_ballots: u32,
    ) -> PollId {
        self.create_poll_in_steps(rule, deployment, chambers, min_ballots, 1).await
    }

    /// Creates a poll as [`Self::create_poll_under`] does, with totals rounded to a step, or exact with 1. Trustee 0 is
    /// the teller.
    pub async fn create_poll_in_steps(
        &self,
        rule: Rule,
        deployment: &Deployment,
        chambers: &[ChamberId],
        min_ballots: u32,
        step: u64,
    ) -> PollId {
        let now = self.dao.newest_time().await.unwrap();
        let part = |&chamber: &ChamberId| ChamberRule {
            chamber,
            weighted: true,
            min_ballots,
            threshold_bps: 5_000,
            quorum: 1,
            step,
        };
        let poll = NewPoll {
            metadata: poll_metadata(),
            options: 3,
            decision: DecisionKind::Options,
            cancellation: None,
            rule,
            opens_at: now,
            closes_at: now + HOUR,
            tally_deadline: now + 2 * HOUR,
            committee: self.committee,
            teller: 0,
            chambers_required: 1,
            chambers: chambers.iter().map(part).collect(),
            ratifies: None,
        };
        operator::create_poll(&self.dao, deployment, &poll).await.unwrap()
    }

    /// Creates a poll as [`Self::create_poll`] does, and opens it.
    pub async fn open_poll(&self, deployment: &Deployment, chambers: &[ChamberId], min_ballots: u32) -> PollId {
        let id = self.create_poll(deployment, chambers, min_ballots).await;
        operator::open_poll(&self.dao, deployment, id).await.unwrap();
        id
    }

    /// Advances the chain's clock beyond the close of the polls that are open now.
    pub async fn advance_past_close(&self) {
        let now = self.dao.newest_time().await.unwrap();
        local::advance_time(self.chain.connection(), now + HOUR + 1).await.unwrap();
    }

    /// Returns a source of the chain state that reads the events from the node.
    pub fn source(&self) -> NodeSource {
        NodeSource::new(self.chain.connection().clone(), self.deployment.clone())
    }

    /// Reads the chain state from all events.
    pub async fn read_state(&self) -> ChainState {
        psephos_chain::read_state(self.chain.connection(), &self.deployment).await.unwrap()
    }

    /// Signs and proves a ballot against this chain state.
    pub fn prove_ballot(
        &self,
        state: &ChainState,
        voter: Voter<'_>,
        (poll, chamber): (PollId, ChamberId),
        choice: &[u64],
        replace: bool,
    ) -> Package {
        let vote = voter::prepare_ballot(state, voter, poll, chamber, choice, replace).unwrap();
        voter::prove_ballot(&self.circuits, vote).unwrap()
    }

    /// Relays ballot packages from the relayer's account.
    pub async fn relay_packages(&self, packages: &[Submission]) -> RelayReport {
        let config = RelayConfig::default();
        let nodes = NodeSet::single(self.relayer.clone());
        relayer::relay_ballots(&self.source(), &nodes, &self.circuits, packages, config, &Silent).await.unwrap()
    }
}

/// Returns the text of the polls that [`LocalDeployment::create_poll`] creates.
pub(crate) fn poll_metadata() -> String {
    let options = ["For", "Against", "Abstain"].map(str::to_owned);
    Metadata::new("Adopt the charter?", &options).to_json(DecisionKind::Options, 3).unwrap()
}
