//! An operator's actions on behalf of a DAO: chambers, allow-lists, committees, polls and fee pots.
//!
//! They build and send transactions and read their events: an operator meets chain errors only.

mod committees;
pub mod fees;

pub use committees::{NewCommittee, create_committee, retire_committee};

use alloy::{primitives::Address, sol_types::SolEvent};
use psephos_chain::{ChainError, Connection, Sent, U256};
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use psephos_protocol::rule::Rule;
use psephos_state::{
    Cancellation, ChainState, ChamberRule, Deployment, StateError,
    bindings::{
        AllowListPolicy::setWeightsCall,
        IPolls::{self, PollCreated},
        IStakeholderRegistry::{ChamberCreated, createChamberCall, markRemovalCall, purgeCall},
    },
    fingerprint::hash_text,
    words,
};

use crate::{parameters::inconsistent, reward};

/// Number of weights set in one transaction.
const WEIGHTS_PER_TRANSACTION: usize = 100;

/// A poll to create.
#[derive(Clone, Debug)]
pub struct NewPoll {
    /// The question and the names of the options, as [`psephos_state::metadata::Metadata::to_json`] writes them; their
    /// hash is the proposal's reference.
    pub metadata: String,
    /// The number of options.
    pub options: u8,
    /// The ballot rule.
    pub rule: Rule,
    /// How the chambers' choices decide.
    pub decision: DecisionKind,
    /// Who may cancel it; `None` if it cannot be cancelled.
    pub cancellation: Option<Cancellation>,
    /// Time from which it may be opened, in seconds since 1970.
    pub opens_at: u64,
    /// Time from which no ballot is accepted.
    pub closes_at: u64,
    /// Time until which it must be tallied.
    pub tally_deadline: u64,
    /// The committee that decrypts the totals.
    pub committee: CommitteeId,
    /// Number of chambers that must choose the same option.
    pub chambers_required: u8,
    /// The chambers that vote.
    pub chambers: Vec<ChamberRule>,
    /// The poll of which it ratifies an option, for that poll's reward. It has that poll's options, and perhaps one
    /// more that stands for none of them.
    pub ratifies: Option<PollId>,
}

/// Creates a chamber with the allow-list as its enrolment policy, and returns its id.
///
/// # Errors
/// Returns [`ChainError`] if the transaction is not accepted.
pub async fn create_chamber(dao: &Connection, deployment: &Deployment, name: &str) -> Result<ChamberId, ChainError> {
    let call = createChamberCall { name: name.to_owned(), policy: deployment.policy };
    let sent = dao.send_call(deployment.registry, &call).await?;
    let event = find_event::<ChamberCreated>(&sent, deployment.registry)?;
    Ok(words::to_chamber(event.chamber)?)
}

/// Sets the weights of accounts on a chamber's allow-list. Weight 0 removes an account.
///
/// # Errors
/// Returns [`ChainError`] if a transaction is not accepted; those before it are.
pub async fn set_weights(
    dao: &Connection,
    deployment: &Deployment,
    chamber: ChamberId,
    weights: &[(Address, u64)],
) -> Result<Vec<Sent>, ChainError> {
    let mut sent = Vec::new();
    for part in weights.chunks(WEIGHTS_PER_TRANSACTION) {
        let call = setWeightsCall {
            chamber: U256::from(chamber.get()),
            subjects: part.iter().map(|(subject, _)| *subject).collect(),
            weights: part.iter().map(|(_, weight)| U256::from(*weight)).collect(),
        };
        sent.push(dao.send_call(deployment.policy, &call).await?);
    }
    Ok(sent)
}

/// Marks a member for removal. Until it is purged, its chamber takes no enrolment and no rotation, and no poll opens
/// with it.
///
/// # Errors
/// Returns `Reverted` with `NotEnrolled`, `RemovalAlreadyMarked` or `OwnableUnauthorizedAccount`, or another
/// [`ChainError`].
pub async fn mark_removal(
    dao: &Connection,
    deployment: &Deployment,
    chamber: ChamberId,
    subject: Address,
) -> Result<Sent, ChainError> {
    dao.send_call(deployment.registry, &markRemovalCall { chamber: U256::from(chamber.get()), subject }).await
}

/// Removes a marked member from its chamber. Anyone may. Polls that are open are not affected.
///
/// `state` must be newer than the last purge in the chamber, which changes the siblings of other members.
///
/// # Errors
/// Returns `State` with `UnknownChamber`; `Reverted` with `NotEnrolled`, `RemovalNotMarked` or `WrongSiblings`, or
/// another [`ChainError`].
pub async fn purge_member(
    connection: &Connection,
    state: &ChainState,
    chamber: ChamberId,
    subject: Address,
) -> Result<Sent, ChainError> {
    let siblings = member_siblings(state, chamber, subject)?;
    let call = purgeCall { chamber: U256::from(chamber.get()), subject, siblings };
    connection.send_call(state.deployment.registry, &call).await
}

/// Returns the siblings of a member's leaf, as the registry needs them; none for an account that is not a member, which
/// the contract reports better.
pub(crate) fn member_siblings(
    state: &ChainState,
    chamber: ChamberId,
    subject: Address,
) -> Result<Vec<U256>, StateError> {
    let entry = state.registered_chamber(chamber)?;
    let Some(member) = entry.members.get(&subject) else { return Ok(Vec::new()) };
    let proof = entry.census.prove_membership(member.index).map_err(inconsistent)?;
    Ok(proof.siblings.iter().map(|sibling| words::from_field(&sibling.value)).collect())
}

/// Creates a poll and returns its id.
///
/// # Errors
/// Returns `Reverted` with `InvalidSchedule`, `InvalidOptions`, `InvalidRule`, `InvalidChambers`, .., or another
/// [`ChainError`].
pub async fn create_poll(dao: &Connection, deployment: &Deployment, poll: &NewPoll) -> Result<PollId, ChainError> {
    let cancellation = poll.cancellation.unwrap_or(Cancellation { canceller: Address::ZERO, deadline: 0 });
    let parameters = IPolls::PollParameters {
        proposal: match poll.ratifies {
            Some(ratified) => reward::ratification_of(deployment, ratified),
            None => hash_text(&poll.metadata),
        },
        metadata: poll.metadata.clone(),
        options: poll.options,
        rule: poll.rule.into(),
        decision: poll.decision.into(),
        canceller: cancellation.canceller,
        cancelDeadline: cancellation.deadline,
        opensAt: poll.opens_at,
        closesAt: poll.closes_at,
        tallyDeadline: poll.tally_deadline,
        committee: poll.committee.get(),
        chambersRequired: poll.chambers_required,
        chambers: poll.chambers.iter().copied().map(Into::into).collect(),
    };
    let sent = dao.send_call(deployment.polls, &IPolls::createCall { parameters }).await?;
    let event = find_event::<PollCreated>(&sent, deployment.polls)?;
    Ok(words::to_poll(event.poll)?)
}

/// Opens a poll, which freezes the censuses. Anyone may.
///
/// # Errors
/// Returns `Reverted` with `InvalidSchedule`, `EmptyCensus`, `CommitteeNotReady`, `RemovalPending`, .., or another
/// [`ChainError`].
pub async fn open_poll(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ChainError> {
    connection.send_call(deployment.polls, &IPolls::openCall { poll: U256::from(poll.get()) }).await
}

/// Cancels a poll, from the account that may.
///
/// # Errors
/// Returns `Reverted` with `NotCanceller`, `CancelTooLate`, `WrongState`, .., or another [`ChainError`].
pub async fn cancel_poll(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ChainError> {
    connection.send_call(deployment.polls, &IPolls::cancelCall { poll: U256::from(poll.get()) }).await
}

/// Finds the event of this type that a contract emitted in a transaction.
pub(crate) fn find_event<E: SolEvent>(sent: &Sent, contract: Address) -> Result<E, StateError> {
    let mut logs = sent.logs.iter().filter(|log| log.address() == contract);
    let found = logs.find_map(|log| E::decode_log(&log.inner).ok());
    let missing = || inconsistent(format_args!("transaction {} emitted no event {}", sent.hash, E::SIGNATURE));
    found.map(|log| log.data).ok_or_else(missing)
}
