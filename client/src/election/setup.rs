//! Chain, contracts, committee, members, polls.

use alloy::primitives::U256;
use psephos_chain::{Connection, LocalChain, local};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_protocol::identity::{Identity, Seed};
use psephos_state::Deployment;
use rand::rngs::OsRng;

use super::{Clock, ElectionConfig, GasEntry, committee::Committee, plan::Plan, rewards};
use crate::{
    account::Account,
    electorate::Electorate,
    error::ClientError,
    keys::Circuits,
    operator::{self, NewPoll},
    progress::{Observer, Phase},
    voter,
};

const DAY: u64 = 86_400;
/// What every account that pays gets, in wei: ten ether of a local chain.
const FUNDS: u128 = 10_000_000_000_000_000_000;

/// The chain, and who acts on it. The accounts' keys are made for this election and forgotten.
pub(super) struct Stage {
    pub(super) chain: LocalChain,
    pub(super) dao: Connection,
    pub(super) relayer: Connection,
}

/// The contracts, the committee, and the members' secrets.
pub(super) struct House {
    pub(super) deployment: Deployment,
    pub(super) committee: Committee,
    /// By chamber of the electorate, its number in the registry.
    pub(super) chambers: Vec<ChamberId>,
    /// By voter of the electorate.
    pub(super) identities: Vec<Identity>,
    pub(super) gas: Vec<GasEntry>,
}

/// A poll that is open.
pub(super) struct OpenPoll {
    pub(super) id: PollId,
    pub(super) plan: Plan,
    pub(super) closes_at: u64,
    pub(super) tally_deadline: u64,
}

pub(super) async fn stage(
    config: &ElectionConfig,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Stage, ClientError> {
    observer.begin(Phase::Chain, 1);
    let chain = match &config.chain {
        Some(url) => LocalChain::attach(url).await?,
        None => LocalChain::start().await?,
    };
    let dao = actor(chain.connection()).await?;
    let relayer = actor(chain.connection()).await?;
    observer.advance(Phase::Chain, 1);
    observer.end(Phase::Chain);
    clock.lap(Phase::Chain);
    Ok(Stage { chain, dao, relayer })
}

/// A funded account of its own that signs what it sends.
pub(super) async fn actor(connection: &Connection) -> Result<Connection, ClientError> {
    let account = Account::random();
    local::fund_account(connection, account.address(), U256::from(FUNDS)).await?;
    Ok(connection.with_wallet(account.wallet())?)
}

pub(super) async fn house(
    stage: &Stage,
    config: &ElectionConfig,
    circuits: &Circuits,
    electorate: &Electorate,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<House, ClientError> {
    observer.begin(Phase::Deploy, 0);
    let installation = circuits.deploy(&stage.dao).await?;
    let deployment = installation.deployment;
    let mut gas: Vec<GasEntry> = Vec::new();
    for contract in &installation.contracts {
        GasEntry::record(&mut gas, "deployment", contract.hash, contract.gas, 1);
    }
    observer.end(Phase::Deploy);
    clock.lap(Phase::Deploy);

    let committee = Committee::form(stage, &deployment, circuits, config, observer, &mut gas).await?;
    clock.lap(Phase::Committee);

    observer.begin(Phase::Enrol, electorate.voters.len() as u64);
    let chambers = chambers(stage, &deployment, electorate, &mut gas).await?;
    let mut identities = Vec::with_capacity(electorate.voters.len());
    for voter in &electorate.voters {
        let identity = Identity::from_seed(&Seed::random(&mut OsRng))?;
        // The account's own key is not here: the local chain sends in its name.
        let account = stage.chain.impersonate(voter.account).await?;
        local::fund_account(stage.chain.connection(), voter.account, U256::from(FUNDS)).await?;
        let enrolment = voter::enrol(&account, &deployment, chambers[voter.chamber], &identity.commitment()).await?;
        GasEntry::record(&mut gas, "enrol", enrolment.transaction, enrolment.gas, 1);
        identities.push(identity);
        observer.advance(Phase::Enrol, 1);
    }
    observer.end(Phase::Enrol);
    clock.lap(Phase::Enrol);
    Ok(House { deployment, committee, chambers, identities, gas })
}

async fn chambers(
    stage: &Stage,
    deployment: &Deployment,
    electorate: &Electorate,
    gas: &mut Vec<GasEntry>,
) -> Result<Vec<ChamberId>, ClientError> {
    let mut chambers = Vec::new();
    for (position, name) in electorate.chambers.iter().enumerate() {
        let chamber = operator::create_chamber(&stage.dao, deployment, name).await?;
        let members = electorate.voters.iter().filter(|voter| voter.chamber == position);
        let weights: Vec<_> = members.map(|voter| (voter.account, voter.weight)).collect();
        for sent in operator::set_weights(&stage.dao, deployment, chamber, &weights).await? {
            GasEntry::record(gas, "set weights", sent.hash, sent.gas, weights.len());
        }
        chambers.push(chamber);
    }
    Ok(chambers)
}

pub(super) async fn polls(
    stage: &Stage,
    house: &House,
    electorate: &Electorate,
    plans: Vec<Plan>,
    observer: &dyn Observer,
    clock: &mut Clock,
) -> Result<Vec<OpenPoll>, ClientError> {
    observer.begin(Phase::Open, plans.len() as u64);
    let mut open: Vec<OpenPoll> = Vec::new();
    for plan in plans {
        let poll = create(stage, house, electorate, plan, None).await?;
        if open.is_empty() {
            // What ballots are paid is settled before the first one is cast.
            rewards::set(stage, house, electorate, &poll).await?;
        }
        operator::open_poll(&stage.dao, &house.deployment, poll.id).await?;
        observer.advance(Phase::Open, 1);
        open.push(poll);
    }
    observer.end(Phase::Open);
    clock.lap(Phase::Open);
    Ok(open)
}

/// Creates a poll that can be opened now.
pub(super) async fn create(
    stage: &Stage,
    house: &House,
    electorate: &Electorate,
    mut plan: Plan,
    ratifies: Option<PollId>,
) -> Result<OpenPoll, ClientError> {
    for rule in &mut plan.chambers {
        rule.chamber = house.chambers[rule.chamber.get() as usize % electorate.chambers.len()];
    }
    let opens_at = stage.dao.newest_time().await?;
    let closes_at = opens_at + 7 * DAY;
    let tally_deadline = closes_at + 7 * DAY;
    let poll = NewPoll {
        title: plan.title.clone(),
        options: plan.options.clone(),
        rule: plan.rule,
        opens_at,
        closes_at,
        tally_deadline,
        committee: house.committee.id,
        chambers_required: plan.chambers_required,
        chambers: plan.chambers.clone(),
        ratifies,
    };
    let id = operator::create_poll(&stage.dao, &house.deployment, &poll).await?;
    Ok(OpenPoll { id, plan, closes_at, tally_deadline })
}
