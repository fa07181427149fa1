//! A ballot: from a choice to a package that anyone may send.

use psephos_chain::{Connection, Sent, U256};
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::{
    constants::size_for_options,
    identifiers::{ChamberId, PollId},
    identity::Identity,
    nullifier,
    rule::RuleError,
    statement::ballot::{BallotDraft, PostedBallot, UnsignedWitness},
};
use psephos_state::{
    ChainState, PollState, StateError,
    bindings::IPolls::{castCall, replaceCall},
    record::ReplacedBallot,
};
use psephos_wire::proof::Statement;
use rand::rngs::OsRng;

use super::{Voter, VoterError, update::prepare_replacement, vote::Vote};
use crate::{
    package::Package,
    parameters::{ballot_parameters, chamber_scope, committee_keys, inconsistent, require_context},
};

/// Returns the choice of one option out of `options`, for plurality.
pub fn single_choice(options: usize, option: usize) -> Vec<u64> {
    (0..options).map(|index| u64::from(index == option)).collect()
}

/// Prepares and signs a ballot: finds the voter's leaf in the frozen census, encrypts the choice, and takes the ballot
/// that it replaces from the chain.
///
/// `choice` has one value per option. With `replace`, the voter's earlier ballot is replaced; without, there must be
/// none.
///
/// # Errors
/// Returns `Chain` with `UnknownPollChamber`, with `WrongPollState` if the poll is not open, or with `Inconsistent` if
/// the chain's context is not that of its own events; `UnreadablePoll` if its text could be misread; `NotMember`,
/// `OtherIdentity`, `AlreadyVoted`, `NothingToReplace`; and `Rule` or `Ballot` for a choice that violates the rule.
pub fn prepare_ballot(
    state: &ChainState,
    voter: Voter<'_>,
    poll: PollId,
    chamber: ChamberId,
    choice: &[u64],
    replace: bool,
) -> Result<Vote, VoterError> {
    let entry = state.poll(poll)?;
    state.require_poll_state(poll, PollState::Open)?;
    entry.metadata().map_err(|reason| VoterError::UnreadablePoll { poll, reason })?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let (identity, id) = (voter.identity, voter.identity.commitment());
    let member = voter.find_member(frozen, poll, chamber)?;
    let rule = ballot_parameters(entry, listed)?;
    if choice.len() != rule.options {
        return Err(RuleError::Length { expected: rule.options, actual: choice.len() }.into());
    }
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &id, frozen.ctx);
    let counted = match (listed.counted_ballot(&nullifier), replace) {
        (Some(_), false) => return Err(VoterError::AlreadyVoted { poll }),
        (None, true) => return Err(VoterError::NothingToReplace { poll }),
        (ballot, _) => ballot,
    };
    if let Some(counted) = counted.filter(|_| entry.is_masked()) {
        return prepare_replacement(state, voter, poll, chamber, choice, counted);
    }
    let old = counted.map(|ballot| ReplacedBallot::from_posted(&ballot.posted, ballot.previous));
    let previous = old.as_ref().map_or([0; 32], ReplacedBallot::fingerprint);
    let randomness = match rule.choice_in_note {
        true => identity.draw_randomness(frozen.ctx, previous, &mut OsRng),
        false => identity.draw_erasable_randomness(frozen.ctx, &mut OsRng),
    };
    let no_circuit = || NoCircuit { statement: "ballot", size: Some(rule.options) };
    let size = size_for_options(rule.options).ok_or_else(no_circuit)?;
    let mut x = choice.to_vec();
    x.resize(size, 0);
    let membership = frozen.chamber.census.prove_membership(member.index).map_err(inconsistent)?;
    let keys = committee_keys(state, entry)?.clone();
    let draft = BallotDraft::new(UnsignedWitness {
        size,
        ak: identity.authorising_key(),
        nk: identity.nullifier_key(),
        weight: member.weight,
        membership,
        scope: chamber_scope(state, poll, chamber)?,
        rule,
        keys,
        x,
        randomness,
    })?;
    require_context(frozen, draft.ctx(), poll, chamber)?;
    let signature = identity.sign(draft.message(previous), &mut OsRng);
    let (instance, witness, posted) = draft.attach_signature(previous, signature);
    Ok(Vote::new(state, poll, chamber, Statement::Ballot(instance, witness), (posted, old))?)
}

/// Sends a ballot directly, without a relayer: anyone can then see that the sending account sent a ballot.
///
/// # Errors
/// Returns `Package`, or `Chain`: `Reverted` with `AlreadyCast`, `WrongPrevious`, `WrongState`, `InvalidProof`, ..,
/// `Unfunded`.
pub async fn submit_ballot(connection: &Connection, package: &Package) -> Result<Sent, VoterError> {
    let contents = package.contents()?;
    let (poll, chamber) = (U256::from(package.poll.get()), U256::from(package.chamber.get()));
    let bytes = contents.to_bytes().into();
    Ok(match contents.old {
        None => connection.send_call(package.polls, &castCall { poll, chamber, record: bytes }).await?,
        Some(_) => connection.send_call(package.polls, &replaceCall { poll, chamber, replacement: bytes }).await?,
    })
}

/// Whether a voter's ballot counts: the question to ask after a relayer reports that it sent the ballot.
///
/// With `expected`, the public part of a package, only that ballot will do: a relayer that withholds a replacement
/// leaves the old ballot counting. In a masked poll it counts if it was accepted: updates that follow are masks, or the
/// voter's own replacements, and only the voter knows of these.
///
/// # Errors
/// Returns `UnknownPoll`, `UnknownPollChamber`, or `WrongPollState` before the poll is opened.
pub fn is_counted(
    state: &ChainState,
    identity: &Identity,
    poll: PollId,
    chamber: ChamberId,
    expected: Option<&PostedBallot>,
) -> Result<bool, StateError> {
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let nullifier = nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    let Some(posted) = expected.filter(|posted| posted.nullifier == nullifier) else {
        return Ok(expected.is_none() && listed.counted_ballot(&nullifier).is_some());
    };
    match state.poll(poll)?.is_masked() {
        true => Ok(listed.ballots.iter().any(|ballot| ballot.posted == *posted)),
        false => Ok(listed.counted_ballot(&nullifier).is_some_and(|ballot| ballot.posted == *posted)),
    }
}
