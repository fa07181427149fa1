//! An operator's actions on behalf of a DAO: chambers, allow-lists, committees, polls and fee pots.
//!
//! Each is a [`Call`], which `.._call` builds and the owner's account sends, or which is exported for an owner that
//! decides elsewhere ([`export`]). What was created is read from the events of the transaction.

mod allow_list;
mod call;
mod chamber_plan;
mod committees;
pub mod error;
pub mod export;
pub mod fees;
pub mod ownership;

pub use allow_list::{hash_list, set_weights, set_weights_calls, set_weights_steps};
pub use call::{Call, describe_calls, simulate_calls};
pub use chamber_plan::{CreatedChamber, PlannedChamber};
pub use committees::{NewCommittee, create_committee, create_committee_call, created_committee, retire_committee_call};

use alloy::{primitives::Address, sol_types::SolEvent};
use psephos_chain::{ChainError, Connection, Sent, U256};
use psephos_protocol::constants::MAX_TOTAL;
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use psephos_protocol::rule::Rule;
use psephos_state::{
    Cancellation, ChainState, ChamberRule, Deployment, StateError,
    bindings::{
        IPolls::{self, PollCreated},
        IStakeholderRegistry::{
            ChamberCreated, chambersCall, createChamberCall, markRemovalCall, purgeCall, requireNextChamberCall,
        },
    },
    fingerprint::hash_text,
    words,
};

use crate::{parameters::inconsistent, reward};

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
    /// Index of the trustee that learns the exact totals of a rounded poll; 0 in others.
    pub teller: u8,
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
    created_chamber(deployment, &create_chamber_call(deployment, name).send(dao).await?)
}

/// Builds the call that creates a chamber with the allow-list as its enrolment policy.
pub fn create_chamber_call(deployment: &Deployment, name: &str) -> Call {
    let call = createChamberCall { name: name.to_owned(), policy: deployment.policy };
    Call::new(deployment.registry, &call, format!("create the chamber {name:?}, with the allow-list as its policy"))
}

/// Reads the id of the chamber that a transaction created.
///
/// # Errors
/// Returns `State` if it created none.
pub fn created_chamber(deployment: &Deployment, sent: &Sent) -> Result<ChamberId, ChainError> {
    let event = find_event::<ChamberCreated>(sent, deployment.registry)?;
    Ok(words::to_chamber(event.chamber)?)
}

/// Reads the id that the next chamber gets.
///
/// # Errors
/// Returns [`ChainError`] if the chain cannot be read.
pub async fn next_chamber(connection: &Connection, deployment: &Deployment) -> Result<ChamberId, ChainError> {
    Ok(words::to_chamber(connection.call(deployment.registry, &chambersCall {}).await?)?)
}

/// Builds the calls that create a chamber under a known id with its list, for a batch that is executed whole or not at
/// all, and later: the first call makes it fail if another chamber has the id by then.
pub fn new_chamber_calls(
    deployment: &Deployment,
    name: &str,
    chamber: ChamberId,
    weights: &[(Address, u64)],
) -> Vec<Call> {
    let require = requireNextChamberCall { expected: U256::from(chamber.get()) };
    let require =
        Call::new(deployment.registry, &require, format!("require that the next chamber is chamber {chamber}"));
    let create = create_chamber_call(deployment, name);
    [require, create].into_iter().chain(set_weights_calls(deployment, chamber, weights)).collect()
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
    mark_removal_call(deployment, chamber, subject).send(dao).await
}

/// Builds the call that marks a member for removal.
pub fn mark_removal_call(deployment: &Deployment, chamber: ChamberId, subject: Address) -> Call {
    let call = markRemovalCall { chamber: U256::from(chamber.get()), subject };
    Call::new(deployment.registry, &call, format!("mark {subject} for removal from chamber {chamber}"))
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
    created_poll(deployment, &create_poll_call(deployment, poll).send(dao).await?)
}

/// Builds the call that creates a poll.
pub fn create_poll_call(deployment: &Deployment, poll: &NewPoll) -> Call {
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
        teller: poll.teller,
        chambersRequired: poll.chambers_required,
        chambers: poll.chambers.iter().copied().map(Into::into).collect(),
    };
    Call::new(deployment.polls, &IPolls::createCall { parameters }, describe_poll(poll))
}

/// Returns what a poll asks, of which chambers, what of their totals is published, and who may cancel it, in one line.
fn describe_poll(poll: &NewPoll) -> String {
    let describe = |rule: &ChamberRule| match rule.step {
        1 => format!("{} (exact totals)", rule.chamber),
        MAX_TOTAL => format!("{} (the decision only)", rule.chamber),
        step => format!("{} (totals in steps of {step}, by teller {})", rule.chamber, poll.teller),
    };
    let chambers: Vec<String> = poll.chambers.iter().map(describe).collect();
    let cancellation = poll.cancellation.map_or_else(
        || "not to be cancelled".to_owned(),
        |Cancellation { canceller, deadline }| format!("which {canceller} may cancel until {deadline}"),
    );
    // It is JSON, which has no line break or other control character; a text that is no JSON could have some.
    let metadata: String = poll.metadata.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!(
        "create the poll {metadata}, decided by {} of the chambers {}, under committee {}, open from {} to {}, tallied until {} \
         (seconds since 1970), {cancellation}",
        poll.chambers_required,
        chambers.join(", "),
        poll.committee,
        poll.opens_at,
        poll.closes_at,
        poll.tally_deadline
    )
}

/// Reads the id of the poll that a transaction created.
///
/// # Errors
/// Returns `State` if it created none.
pub fn created_poll(deployment: &Deployment, sent: &Sent) -> Result<PollId, ChainError> {
    let event = find_event::<PollCreated>(sent, deployment.polls)?;
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

/// Builds the call that cancels a poll, from the account that may.
pub fn cancel_poll_call(deployment: &Deployment, poll: PollId) -> Call {
    let call = IPolls::cancelCall { poll: U256::from(poll.get()) };
    Call::new(deployment.polls, &call, format!("cancel poll {poll}"))
}

/// Finds the event of this type that a contract emitted in a transaction.
pub(crate) fn find_event<E: SolEvent>(sent: &Sent, contract: Address) -> Result<E, StateError> {
    let mut logs = sent.logs.iter().filter(|log| log.address() == contract);
    let found = logs.find_map(|log| E::decode_log(&log.inner).ok());
    let missing = || inconsistent(format_args!("transaction {} emitted no event {}", sent.hash, E::SIGNATURE));
    found.map(|log| log.data).ok_or_else(missing)
}
