//! Counting: totals from shares, and the decision. Anyone may do it.

mod combination;

pub(crate) use combination::Combination;
use combination::no_opening;

use psephos_chain::{Connection, Sent, StateSource, U256};
use psephos_protocol::{
    Point,
    identifiers::{ChamberId, PollId},
    tally,
};
use psephos_state::{
    ChainState, Deployment, PollState,
    bindings::IPolls::{Opening, finaliseCall, tallyCall},
};

use crate::{
    error::ClientError,
    progress::{Observer, Phase},
    voter::{opened_chamber, parameters},
};

/// A chamber that was counted.
#[derive(Clone, Debug)]
pub struct ChamberTally {
    /// The chamber.
    pub chamber: ChamberId,
    /// The totals, in the order of the options.
    pub totals: Vec<u64>,
    /// The transaction.
    pub sent: Sent,
}

/// Finds a chamber's totals from its shares: a search that takes seconds for totals near `2^40`, whatever the number of ballots. With the
/// opening that proves them to the contract.
///
/// # Errors
/// `UnknownChamber`, `SharesMissing`, `NoTotal`.
pub fn solve(
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    progress: impl Fn(usize, usize),
) -> Result<(Vec<u64>, Opening), ClientError> {
    let entry = replay.poll(poll)?;
    let (listed, frozen) = opened_chamber(replay, poll, chamber)?;
    let total = listed.encrypted_total(entry.circuit_size());
    let needed = replay.committee(entry.committee())?.threshold;
    let combination = Combination::choose(&listed.shares, needed);
    let (share, opening) = match combination.and_then(|one| Some((one.multiples(total.size())?, one.opening()))) {
        _ if total.c.is_identity() => (vec![Point::identity(); total.size()], no_opening()),
        Some(found) => found,
        None => {
            let (posted, needed) = (listed.shares.len(), needed as usize);
            return Err(ClientError::SharesMissing { chamber, posted, needed });
        }
    };
    let members = frozen.chamber.members.len() as u64;
    let max = parameters(entry, listed)?.worst_case(members, frozen.chamber.total_weight())?;
    let opened = total.d.iter().zip(&share).take(entry.options()).map(|(&d, &e)| d - e);
    let found = tally::solve_many(&opened.collect::<Vec<_>>(), max, progress);
    let totals = found
        .into_iter()
        .enumerate()
        .map(|(option, total)| total.ok_or(ClientError::NoTotal { chamber, option, max }))
        .collect::<Result<_, _>>()?;
    Ok((totals, opening))
}

/// Counts every chamber of a closed poll that has enough shares and is not counted yet. Chambers without wait for them, and after the tally
/// deadline there is nothing left to count: [`finalise`] then ends the poll.
///
/// # Errors
/// `WrongState`, `NoTotal`, `Chain`.
pub async fn tally(
    source: &dyn StateSource,
    connection: &Connection,
    poll: PollId,
    observer: &dyn Observer,
) -> Result<Vec<ChamberTally>, ClientError> {
    let replay = source.read_state().await?;
    let state = replay.poll_state(poll)?;
    if state != PollState::Closed {
        return Err(ClientError::WrongState { poll, actual: state.to_string(), needed: "closed" });
    }
    let entry = replay.poll(poll)?;
    let countable: Vec<ChamberId> = entry
        .chambers
        .iter()
        .filter(|(_, chamber)| chamber.tally.is_none() && chamber.latest.len() >= chamber.rule.minBallots as usize)
        .map(|(id, _)| *id)
        .collect();
    observer.begin(Phase::Tally, (countable.len() * (entry.options() + 1)) as u64);
    let mut counted = Vec::new();
    if replay.time > entry.parameters.tallyDeadline {
        observer.note(Phase::Tally, "the tally deadline has passed: nothing more is counted");
        observer.end(Phase::Tally);
        return Ok(counted);
    }
    for chamber in countable {
        let progress = |done: usize, _| observer.advance(Phase::Tally, u64::from(done > 0));
        match tally_chamber(connection, &replay, poll, chamber, progress).await {
            Ok(tally) => counted.push(tally),
            Err(error @ ClientError::SharesMissing { .. }) => {
                observer.note(Phase::Tally, &error.to_string());
                continue;
            }
            // Anyone may count, and somebody did.
            Err(error) if error.revert_name() == Some("AlreadyCounted") => continue,
            Err(error) => return Err(error),
        }
        observer.advance(Phase::Tally, 1);
    }
    observer.end(Phase::Tally);
    Ok(counted)
}

/// Counts one chamber.
///
/// # Errors
/// As [`solve`]; `Chain`: `Reverted` with `AlreadyCounted`, ..
pub async fn tally_chamber(
    connection: &Connection,
    replay: &ChainState,
    poll: PollId,
    chamber: ChamberId,
    progress: impl Fn(usize, usize),
) -> Result<ChamberTally, ClientError> {
    let (totals, opening) = solve(replay, poll, chamber, progress)?;
    let call =
        tallyCall { poll: U256::from(poll.get()), chamber: U256::from(chamber.get()), totals: totals.clone(), opening };
    let sent = connection.send_call(replay.deployment.polls, &call).await?;
    Ok(ChamberTally { chamber, totals, sent })
}

/// Ends a poll: the decision over its chambers, or `Undecided` after the tally deadline.
///
/// # Errors
/// `Chain`: `Reverted` with `NotFinal`, `WrongState`.
pub async fn finalise(connection: &Connection, deployment: &Deployment, poll: PollId) -> Result<Sent, ClientError> {
    Ok(connection.send_call(deployment.polls, &finaliseCall { poll: U256::from(poll.get()) }).await?)
}
