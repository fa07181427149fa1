//! Sets up chain, contracts, committee, members and polls.

use alloy::primitives::U256;
use psephos_chain::{Connection, LocalChain, local};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_protocol::identity::{Identity, Seed};
use psephos_state::{Deployment, PollBounds, metadata::Metadata};
use psephos_submission::verifiers::deploy_system;
use rand::rngs::OsRng;

use super::{Clock, ElectionConfig, GasEntry, committee::Committee, plan::PollPlan, rewards};
use crate::{DemoError, electorate::Electorate};
use psephos_client::{
    KeyRing,
    account::Account,
    operator::{self, NewPoll},
    progress::{Observer, Phase},
    voter::{self, Voter},
};

const DAY: u64 = 86_400;
/// Balance of each account that pays for gas, in wei: ten ether of a local chain.
const FUNDS: u128 = 10_000_000_000_000_000_000;

/// The chain with the accounts of DAO and relayer, whose keys are generated for this election and never stored.
pub(crate) struct Actors {
    pub(crate) chain: LocalChain,
    pub(crate) dao: Connection,
    pub(crate) relayer: Connection,
}

/// The contracts, the committee, and the members' identities.
pub(super) struct ElectionSetup {
    pub(super) deployment: Deployment,
    pub(super) committee: Committee,
    /// The registry's identifiers of the chambers, in the electorate's order.
    pub(super) chambers: Vec<ChamberId>,
    /// The members' identities, in the electorate's order.
    pub(super) identities: Vec<Identity>,
    pub(super) gas: Vec<GasEntry>,
}

impl ElectionSetup {
    /// Returns the voter at a position of the electorate.
    pub(super) fn voter(&self, electorate: &Electorate, position: usize) -> Voter<'_> {
        Voter { account: electorate.voters[position].account, identity: &self.identities[position] }
    }
}

/// A poll that is open.
pub(super) struct OpenPoll {
    pub(super) id: PollId,
    pub(super) plan: PollPlan,
    pub(super) closes_at: u64,
    pub(super) tally_deadline: u64,
}

pub(crate) async fn start_chain(
    config: &ElectionConfig,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Actors, DemoError> {
    observer.begin(Phase::Chain, 1);
    let chain = match &config.chain {
        Some(url) => LocalChain::attach(url).await?,
        None => LocalChain::start().await?,
    };
    let dao = create_funded_account(chain.connection()).await?;
    let relayer = create_funded_account(chain.connection()).await?;
    observer.advance(Phase::Chain, 1);
    observer.end(Phase::Chain);
    clock.record_lap(Phase::Chain);
    Ok(Actors { chain, dao, relayer })
}

/// Creates a funded account and returns a connection that signs with it.
pub(crate) async fn create_funded_account(connection: &Connection) -> Result<Connection, DemoError> {
    let account = Account::random();
    local::fund_account(connection, account.address(), U256::from(FUNDS)).await?;
    Ok(connection.with_wallet(account.wallet()))
}

pub(super) async fn deploy_and_enrol(
    actors: &Actors,
    config: &ElectionConfig,
    circuits: &KeyRing,
    electorate: &Electorate,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<ElectionSetup, DemoError> {
    observer.begin(Phase::Deploy, 0);
    let installation = deploy_system(circuits, &actors.dao, PollBounds::NONE).await?;
    let deployment = installation.deployment;
    let mut gas: Vec<GasEntry> = Vec::new();
    for contract in &installation.contracts {
        if let Some(mined) = &contract.transaction {
            GasEntry::record(&mut gas, "deployment", mined.hash, mined.gas, 1);
        }
    }
    observer.end(Phase::Deploy);
    clock.record_lap(Phase::Deploy);

    let committee = Committee::form(actors, &deployment, circuits, config, observer, &mut gas).await?;
    clock.record_lap(Phase::Committee);

    observer.begin(Phase::Enrol, electorate.voters.len() as u64);
    let chambers = create_chambers(actors, &deployment, electorate, &mut gas).await?;
    let mut identities = Vec::with_capacity(electorate.voters.len());
    for voter in &electorate.voters {
        let identity = Identity::from_seed(&Seed::random(&mut OsRng))?;
        // The key of a voter's account is not known here: the local chain sends in its name.
        let account = actors.chain.impersonate(voter.account).await?;
        local::fund_account(actors.chain.connection(), voter.account, U256::from(FUNDS)).await?;
        let enrolment =
            voter::enrol_identity(&account, &deployment, chambers[voter.chamber], &identity.commitment()).await?;
        GasEntry::record(&mut gas, "enrol", enrolment.transaction, enrolment.gas, 1);
        identities.push(identity);
        observer.advance(Phase::Enrol, 1);
    }
    observer.end(Phase::Enrol);
    clock.record_lap(Phase::Enrol);
    Ok(ElectionSetup { deployment, committee, chambers, identities, gas })
}

async fn create_chambers(
    actors: &Actors,
    deployment: &Deployment,
    electorate: &Electorate,
    gas: &mut Vec<GasEntry>,
) -> Result<Vec<ChamberId>, DemoError> {
    let mut chambers = Vec::new();
    for (position, name) in electorate.chambers.iter().enumerate() {
        let chamber = operator::create_chamber(&actors.dao, deployment, name).await?;
        let members = electorate.voters.iter().filter(|voter| voter.chamber == position);
        let weights: Vec<_> = members.map(|voter| (voter.account, voter.weight.get())).collect();
        for sent in operator::set_weights(&actors.dao, deployment, chamber, &weights).await? {
            GasEntry::record(gas, "set weights", sent.hash, sent.gas, weights.len());
        }
        chambers.push(chamber);
    }
    Ok(chambers)
}

pub(super) async fn open_polls(
    actors: &Actors,
    election: &ElectionSetup,
    electorate: &Electorate,
    plans: Vec<PollPlan>,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<OpenPoll>, DemoError> {
    observer.begin(Phase::Open, plans.len() as u64);
    let mut open: Vec<OpenPoll> = Vec::new();
    for plan in plans {
        let poll = create_poll(actors, election, electorate, plan, None).await?;
        if open.is_empty() {
            // The reward is fixed before the first ballot is cast.
            rewards::create_reward(actors, election, electorate, &poll).await?;
        }
        operator::open_poll(&actors.dao, &election.deployment, poll.id).await?;
        observer.advance(Phase::Open, 1);
        open.push(poll);
    }
    observer.end(Phase::Open);
    clock.record_lap(Phase::Open);
    Ok(open)
}

/// Creates a poll that can be opened now.
pub(super) async fn create_poll(
    actors: &Actors,
    election: &ElectionSetup,
    electorate: &Electorate,
    mut plan: PollPlan,
    ratifies: Option<PollId>,
) -> Result<OpenPoll, DemoError> {
    for rule in &mut plan.chambers {
        rule.chamber = election.chambers[rule.chamber.get() as usize % electorate.chambers.len()];
    }
    let opens_at = actors.dao.newest_time().await?;
    let closes_at = opens_at + 7 * DAY;
    let tally_deadline = closes_at + 7 * DAY;
    let poll = NewPoll {
        metadata: Metadata::new(&plan.title, &plan.options).to_json(plan.decision, plan.options.len())?,
        options: u8::try_from(plan.options.len()).unwrap_or(u8::MAX),
        rule: plan.rule,
        decision: plan.decision,
        cancellation: None,
        opens_at,
        closes_at,
        tally_deadline,
        committee: election.committee.id,
        teller: 0,
        chambers_required: plan.chambers_required,
        chambers: plan.chambers.clone(),
        ratifies,
    };
    let id = operator::create_poll(&actors.dao, &election.deployment, &poll).await?;
    Ok(OpenPoll { id, plan, closes_at, tally_deadline })
}
