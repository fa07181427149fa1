//! What a DAO does: chambers, lists of who may enrol, committees, polls and what their relayers are paid.

mod committees;
pub mod fees;

pub use committees::{NewCommittee, create_committee, retire_committee};

use alloy::{
    primitives::{Address, keccak256},
    sol_types::SolEvent,
};
use psephos_chain::{B256, Connection, Sent, U256};
use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use psephos_protocol::rule::{Kind, Rule};
use psephos_state::{
    ChainState, Deployment,
    bindings::{
        AllowListPolicy::setWeightsCall,
        IPolls::{self, PollCreated},
        IStakeholderRegistry::{ChamberCreated, createChamberCall, removeCall},
    },
    words,
};

use crate::{error::ClientError, reward};

/// Weights set in one transaction.
const WEIGHTS_AT_ONCE: usize = 100;

/// A poll to create.
#[derive(Clone, Debug)]
pub struct NewPoll {
    /// What the poll is about, in words; its hash is the proposal's reference.
    pub title: String,
    /// The options' names. They travel in the poll's metadata with the title.
    pub options: Vec<String>,
    /// How ballots are cast and counted.
    pub rule: Rule,
    /// When it may be opened, in seconds since 1970.
    pub opens_at: u64,
    /// From when on no ballot is taken.
    pub closes_at: u64,
    /// Until when it must be counted.
    pub tally_deadline: u64,
    /// Who opens the totals.
    pub committee: CommitteeId,
    /// How many chambers must choose an option.
    pub chambers_required: u8,
    /// The chambers.
    pub chambers: Vec<NewChamberRule>,
    /// The poll of which it ratifies an option, for its reward; it has that poll's options, and perhaps one more for none of them.
    pub ratifies: Option<PollId>,
}

/// A chamber's part in a poll.
#[derive(Clone, Copy, Debug)]
pub struct NewChamberRule {
    /// Its number in the registry.
    pub chamber: ChamberId,
    /// Whether weights count.
    pub weighted: bool,
    /// Fewer ballots than this are never opened; at least 1.
    pub min_ballots: u32,
    /// Share of the sum of totals that a choice needs, in 1/10,000.
    pub threshold_bps: u16,
    /// Least sum of totals for a choice.
    pub quorum: u64,
}

/// A poll's title and options, as its metadata carries them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Metadata {
    /// The question.
    pub title: String,
    /// The options' names.
    pub options: Vec<String>,
}

impl Metadata {
    /// Reads a poll's metadata; anything else than title and fitting options gives a title only and numbered options.
    pub fn read(text: &str, options: usize) -> Self {
        match serde_json::from_str::<Self>(text) {
            Ok(metadata) if metadata.options.len() == options => metadata,
            _ => Self {
                title: text.chars().take(200).collect(),
                options: (1..=options).map(|number| format!("Option {number}")).collect(),
            },
        }
    }
}

/// Creates a chamber whose members the allow-list names; gives its number.
///
/// # Errors
/// `Chain`.
pub async fn create_chamber(dao: &Connection, deployment: &Deployment, name: &str) -> Result<ChamberId, ClientError> {
    let call = createChamberCall { name: name.to_owned(), policy: deployment.policy };
    let sent = dao.send_call(deployment.registry, &call).await?;
    let event = event::<ChamberCreated>(&sent, deployment.registry)?;
    Ok(words::to_chamber(event.chamber)?)
}

/// Puts subjects on a chamber's allow-list. Weight 0 takes one off.
///
/// # Errors
/// `Chain`.
pub async fn set_weights(
    dao: &Connection,
    deployment: &Deployment,
    chamber: ChamberId,
    weights: &[(Address, u64)],
) -> Result<Vec<Sent>, ClientError> {
    let mut sent = Vec::new();
    for part in weights.chunks(WEIGHTS_AT_ONCE) {
        let call = setWeightsCall {
            chamber: U256::from(chamber.get()),
            subjects: part.iter().map(|(subject, _)| *subject).collect(),
            weights: part.iter().map(|(_, weight)| U256::from(*weight)).collect(),
        };
        sent.push(dao.send_call(deployment.policy, &call).await?);
    }
    Ok(sent)
}

/// Removes a member from a chamber. Polls that are open are not affected.
///
/// # Errors
/// `NoChamber`, `Chain`.
pub async fn remove_member(
    dao: &Connection,
    replay: &ChainState,
    chamber: ChamberId,
    subject: Address,
) -> Result<Sent, ClientError> {
    let siblings = siblings(replay, chamber, subject)?;
    Ok(dao
        .send_call(replay.deployment.registry, &removeCall { chamber: U256::from(chamber.get()), subject, siblings })
        .await?)
}

/// The siblings of a member's leaf, for the registry; empty if it is no member, which the contract says better.
pub(crate) fn siblings(replay: &ChainState, chamber: ChamberId, subject: Address) -> Result<Vec<U256>, ClientError> {
    let entry = replay
        .chambers
        .get(&chamber)
        .ok_or_else(|| ClientError::NoChamber { chamber, chambers: replay.chambers.keys().copied().collect() })?;
    let Some(member) = entry.members.get(&subject) else { return Ok(Vec::new()) };
    let proof = entry.census.prove(member.index).map_err(crate::voter::inconsistent)?;
    Ok(proof.siblings.iter().map(|sibling| words::from_field(&sibling.value)).collect())
}

/// Creates a poll; gives its number.
///
/// # Errors
/// `Chain`: `Reverted` with `BadSchedule`, `BadOptions`, `BadRule`, `BadChambers`, ..
pub async fn create_poll(dao: &Connection, deployment: &Deployment, poll: &NewPoll) -> Result<PollId, ClientError> {
    let metadata = Metadata { title: poll.title.clone(), options: poll.options.clone() };
    let parameters = IPolls::PollParameters {
        proposal: match poll.ratifies {
            Some(ratified) => reward::ratification_of(deployment, ratified),
            None => proposal(&poll.title),
        },
        options: u8::try_from(poll.options.len()).unwrap_or(u8::MAX),
        rule: IPolls::Rule {
            kind: contract_kind(poll.rule.kind),
            parameter: poll.rule.parameter,
            exact: poll.rule.exact,
        },
        opensAt: poll.opens_at,
        closesAt: poll.closes_at,
        tallyDeadline: poll.tally_deadline,
        committee: poll.committee.get(),
        chambersRequired: poll.chambers_required,
        chambers: poll
            .chambers
            .iter()
            .map(|rule| IPolls::ChamberRule {
                chamber: rule.chamber.get(),
                weighted: rule.weighted,
                minBallots: rule.min_ballots,
                thresholdBps: rule.threshold_bps,
                quorum: rule.quorum,
            })
            .collect(),
        metadata: serde_json::to_string(&metadata).unwrap_or_default(),
    };
    let sent = dao.send_call(deployment.polls, &IPolls::createCall { parameters }).await?;
    let event = event::<PollCreated>(&sent, deployment.polls)?;
    Ok(words::to_poll(event.poll)?)
}

/// Opens a poll: freezes the censuses. Anyone may.
///
/// # Errors
/// `Chain`: `Reverted` with `BadSchedule`, `EmptyCensus`, `CommitteeNotReady`, `TotalCouldOverflow`, ..
pub async fn open_poll(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ClientError> {
    Ok(connection.send_call(deployment.polls, &IPolls::openCall { poll: U256::from(poll.get()) }).await?)
}

/// The reference of a proposal given by its text.
pub fn proposal(title: &str) -> B256 {
    keccak256(title.as_bytes())
}

fn contract_kind(kind: Kind) -> IPolls::Kind {
    match kind {
        Kind::Plurality => IPolls::Kind::Plurality,
        Kind::Approval => IPolls::Kind::Approval,
        Kind::Score => IPolls::Kind::Score,
        Kind::Cumulative => IPolls::Kind::Cumulative,
        Kind::Quadratic => IPolls::Kind::Quadratic,
        Kind::Borda => IPolls::Kind::Borda,
    }
}

pub(crate) fn event<E: SolEvent>(sent: &Sent, contract: Address) -> Result<E, ClientError> {
    let mut logs = sent.logs.iter().filter(|log| log.address() == contract);
    logs.find_map(|log| E::decode_log(&log.inner).ok())
        .map(|log| log.data)
        .ok_or_else(|| ClientError::Inconsistent(format!("transaction {} left no event", sent.hash)))
}
