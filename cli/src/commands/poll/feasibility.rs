//! Whether a poll that is about to be created can be held, as far as the chain says now: what cannot be is refused
//! before it is paid for, and what will probably fail is warned of.

use psephos_client::ChainState;
use psephos_client::operator::NewPoll;
use psephos_protocol::identifiers::CommitteeId;
use psephos_protocol::rule::RuleKind;
use psephos_state::{ChamberRule, CommitteeStatus};

use crate::failure::Failure;
use crate::format::{plural, thousands};
use crate::session::Session;
use crate::times::format_time;

/// Refuses a poll that can never be held, and warns of what members or trustees have still to do. What the poll refers
/// to may be missing if its call is `exported`: another proposal can be executed first, and the simulation of the call
/// says what is missing now.
pub(super) fn check(session: &Session, state: &ChainState, poll: &NewPoll, exported: bool) -> Result<(), Failure> {
    if !exported {
        require_references(state, poll)?;
    }
    require_life_until(state, poll.committee, poll.tally_deadline)?;
    require_polls_left(state, poll.committee)?;
    for rule in &poll.chambers {
        if rule.min_ballots < 10 {
            session.output().print_warning(&format!(
                "the total of chamber {} is decrypted from {} ballots on: a total of so small a number may reveal single \
                 votes",
                rule.chamber, rule.min_ballots
            ));
        }
        find_shortages(state, poll, rule).iter().for_each(|warning| session.output().print_warning(warning));
    }
    if poll.closes_at <= state.time {
        return Err(Failure::invalid_input(
            format!(
                "closes_at is {}, and the chain's time is {}",
                format_time(poll.closes_at),
                format_time(state.time)
            ),
            "correct the times in the file",
        ));
    }
    Ok(())
}

/// Refuses a poll whose committee, chambers or ratified poll are not there, or are not fit for it.
fn require_references(state: &ChainState, poll: &NewPoll) -> Result<(), Failure> {
    require_ready(state, poll.committee)?;
    for rule in &poll.chambers {
        state.registered_chamber(rule.chamber)?;
    }
    let Some(ratified) = poll.ratifies else { return Ok(()) };
    let mut chambers: Vec<_> = poll.chambers.iter().map(|rule| rule.chamber).collect();
    chambers.sort();
    if !state.poll(ratified)?.chambers.keys().copied().eq(chambers) {
        return Err(Failure::invalid_input(
            format!("a poll that ratifies poll {ratified} has the same chambers: this one has others"),
            format!("`psephos poll show {ratified}` lists them"),
        ));
    }
    Ok(())
}

/// Refuses a committee that has no keys, or is retired.
pub(crate) fn require_ready(state: &ChainState, committee: CommitteeId) -> Result<(), Failure> {
    let status = state.committee(committee)?.status(state.time);
    match status {
        CommitteeStatus::Ready => Ok(()),
        other => Err(Failure::invalid_input(
            format!("committee {committee} is {other}: a poll needs one that has its keys"),
            "`psephos committee list` lists the committees; a new one has keys when its trustees have dealt",
        )),
    }
}

const OTHER_COMMITTEE: &str =
    "create another committee with `psephos committee create --replaces N`; `psephos committee list` lists them";

/// Refuses a tally deadline that is outside the committee's life, which never changes.
pub(crate) fn require_life_until(
    state: &ChainState,
    committee: CommitteeId,
    tally_deadline: u64,
) -> Result<(), Failure> {
    // A committee that another proposal creates first is judged when it is there.
    let Ok(life) = state.committee_life(committee) else { return Ok(()) };
    if tally_deadline > life.lifetime.expires_at {
        let [until, deadline] = [life.lifetime.expires_at, tally_deadline].map(format_time);
        return Err(Failure::invalid_input(
            format!("committee {committee} decrypts totals until {until}, and the poll's tally_deadline is {deadline}"),
            OTHER_COMMITTEE,
        ));
    }
    Ok(())
}

/// Refuses a committee that has had all its polls. What is used of its life only grows.
fn require_polls_left(state: &ChainState, committee: CommitteeId) -> Result<(), Failure> {
    let Ok(life) = state.committee_life(committee) else { return Ok(()) };
    if life.polls_left() == 0 {
        let polls = plural(life.lifetime.max_polls.into(), "poll");
        return Err(Failure::invalid_input(format!("committee {committee} has had its {polls}"), OTHER_COMMITTEE));
    }
    Ok(())
}

/// Returns what a chamber does not reach with the members that it has now; others may enrol before the opening.
fn find_shortages(state: &ChainState, poll: &NewPoll, rule: &ChamberRule) -> Vec<String> {
    let Some(chamber) = state.chambers.get(&rule.chamber) else { return Vec::new() };
    let (members, id) = (chamber.members.len() as u64, rule.chamber);
    let mut warnings = Vec::new();
    if u64::from(rule.min_ballots) > members {
        warnings.push(format!(
            "chamber {id} has {members} members now, and its total is decrypted from {} ballots on: as long as it is so, \
             it never is",
            rule.min_ballots
        ));
    }
    let most = if rule.weighted { chamber.total_weight().get() } else { members };
    // Under the other rules a ballot can count for more than its weight.
    if poll.rule.kind == RuleKind::Plurality && rule.quorum > most {
        warnings.push(format!(
            "the quorum of chamber {id} is {}, and all its members now count {} together: as long as it is so, it is \
             never reached",
            thousands(rule.quorum),
            thousands(most)
        ));
    }
    warnings
}
