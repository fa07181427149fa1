//! The tally: a chamber's totals from its decryption shares, and the end of a poll. Anyone may do it.
//!
//! [`find_totals`] is pure: it takes state that was read once, and neither reads nor sends anything.

mod combination;
pub mod error;

pub(crate) use combination::{Combination, Interpolation, empty_combination};
pub use error::TallyError;

use psephos_chain::{ChainError, Connection, Sent, StateSource, U256};
use psephos_protocol::{
    Point, dlog,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{
    ChainState, Deployment, FrozenChamber, Poll, PollChamber, PollState, StateError,
    bindings::IPolls::{ShareCombination, finaliseCall, tallyCall},
};

use crate::{
    parameters::ballot_parameters,
    progress::{Observer, Phase},
};

/// A chamber whose totals were posted.
#[derive(Clone, Debug)]
pub struct ChamberTally {
    /// The chamber.
    pub chamber: ChamberId,
    /// The totals, in the order of the options.
    pub totals: Vec<u64>,
    /// The transaction.
    pub sent: Sent,
}

/// Finds a chamber's totals from its decryption shares, with the share combination that proves them to the contract.
/// The search takes seconds for totals near `2^40`, whatever the number of ballots.
///
/// # Errors
/// Returns `Chain` with `UnknownPollChamber`, `Rounded`, `SharesMissing`, or `NoTotal`.
pub fn find_totals(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    progress: impl Fn(usize, usize),
) -> Result<(Vec<u64>, ShareCombination), TallyError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    if listed.rule.is_rounded() {
        return Err(TallyError::Rounded { chamber, teller: entry.parameters.teller.into() });
    }
    let total = listed.encrypted_total(entry.circuit_size());
    let needed = state.committee(entry.committee())?.threshold;
    let combination = Combination::choose(&listed.shares, needed);
    let combined = combination.and_then(|one| Some((one.combine_multiples(total.size())?, one.to_share_combination())));
    let (share, combination) = match combined {
        _ if total.c.is_identity() => (vec![Point::identity(); total.size()], empty_combination()),
        Some(found) => found,
        None => {
            let (posted, needed) = (listed.shares.len(), needed as usize);
            return Err(TallyError::SharesMissing { chamber, posted, needed });
        }
    };
    let decrypted = total.d.iter().zip(&share).take(entry.options()).map(|(&d, &e)| d - e);
    Ok((solve_totals(entry, listed, frozen, &decrypted.collect::<Vec<_>>(), progress)?, combination))
}

/// Finds the totals `V_j` of the points `V_j·G` of a chamber.
///
/// # Errors
/// Returns `Parameters`, or `NoTotal` for the first point of which none fits.
pub(crate) fn solve_totals(
    poll: &Poll,
    chamber: &PollChamber,
    frozen: &FrozenChamber,
    points: &[Point],
    progress: impl Fn(usize, usize),
) -> Result<Vec<u64>, TallyError> {
    let members = frozen.chamber.members.len() as u64;
    let worst_case = ballot_parameters(poll, chamber)?.compute_worst_case(members, frozen.chamber.total_weight());
    let max = worst_case.map_err(crate::parameters::ParametersError::from)?;
    let id = chamber.rule.chamber;
    let found = dlog::solve_all(points, max, progress).into_iter().enumerate();
    found.map(|(option, total)| total.ok_or(TallyError::NoTotal { chamber: id, option, max })).collect()
}

/// Returns the pending chambers of a closed poll: those that have enough ballots and are not tallied. A poll that has
/// ended because its decision was sure may still have some.
///
/// # Errors
/// Returns `UnknownPoll`, or `WrongPollState` if the poll is not closed.
pub fn untallied_chambers(state: &ChainState, poll: PollId) -> Result<Vec<ChamberId>, StateError> {
    let entry = state.poll(poll)?;
    if !entry.is_closed_at(state.time) {
        state.require_poll_state(poll, PollState::Closed)?;
    }
    let pending = entry.chambers.iter().filter(|(_, chamber)| chamber.is_pending());
    Ok(pending.map(|(id, _)| *id).collect())
}

/// Whether the tally deadline of a poll has passed: then no totals are accepted, and [`finalise_poll`] ends the poll.
///
/// # Errors
/// Returns `UnknownPoll`.
pub fn is_past_tally_deadline(state: &ChainState, poll: PollId) -> Result<bool, StateError> {
    Ok(state.time > state.poll(poll)?.parameters.tally_deadline)
}

/// Tallies every chamber of a closed poll that has enough decryption shares and no totals yet. Chambers with too few
/// shares, and rounded ones, which only their teller tallies, remain untallied.
///
/// # Errors
/// Returns `Chain` with `WrongPollState`, `NoTotal`, or another [`TallyError`].
pub async fn tally_poll(
    source: &dyn StateSource,
    connection: &Connection,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<Vec<ChamberTally>, TallyError> {
    let state = source.read_state().await?;
    let chambers = untallied_chambers(&state, poll)?;
    let options = state.poll(poll)?.options();
    observer.begin(Phase::Tally, (chambers.len() * (options + 1)) as u64);
    let mut tallied = Vec::new();
    if is_past_tally_deadline(&state, poll)? {
        observer.note(Phase::Tally, "the tally deadline has passed: no more totals are accepted");
        observer.end(Phase::Tally);
        return Ok(tallied);
    }
    for chamber in chambers {
        let progress = |done: usize, _| observer.advance(Phase::Tally, u64::from(done > 0));
        match tally_chamber(connection, &state, poll, chamber, progress).await {
            Ok(tally) => tallied.push(tally),
            Err(error @ (TallyError::SharesMissing { .. } | TallyError::Rounded { .. })) => {
                observer.note(Phase::Tally, &error.to_string());
                continue;
            }
            // Anyone may tally, and someone else did.
            Err(error) if error.revert_name() == Some("AlreadyTallied") => continue,
            Err(error) => return Err(error),
        }
        observer.advance(Phase::Tally, 1);
    }
    observer.end(Phase::Tally);
    Ok(tallied)
}

/// Finds and posts the totals of one chamber.
///
/// # Errors
/// As [`find_totals`]; `Chain`: `Reverted` with `AlreadyTallied`, ..
pub async fn tally_chamber(
    connection: &Connection,
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    progress: impl Fn(usize, usize),
) -> Result<ChamberTally, TallyError> {
    let (totals, combination) = find_totals(state, poll, chamber, progress)?;
    let call = tallyCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        totals: totals.clone(),
        combination,
    };
    let sent = connection.send_call(state.deployment.polls, &call).await?;
    Ok(ChamberTally { chamber, totals, sent })
}

/// Ends a poll: with its decision as soon as that is sure ([`psephos_state::Poll::decision`]), and after the tally
/// deadline in any case.
///
/// # Errors
/// Returns `Reverted` with `TallyIncomplete` or `WrongState`, or another [`ChainError`].
pub async fn finalise_poll(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ChainError> {
    connection.send_call(deployment.polls, &finaliseCall { poll: U256::from(poll.get()) }).await
}

#[cfg(test)]
mod tests;
