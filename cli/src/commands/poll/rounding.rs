//! What is published of the totals of a new poll: the default, and what cannot be.

use psephos_client::ChainState;
use psephos_client::operator::NewPoll;
use psephos_protocol::constants::MAX_TOTAL;
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::weight::TotalWeight;
use psephos_state::{Chamber, ChamberRule};

use super::file::UNSAID_STEP;
use crate::failure::Failure;
use crate::format::thousands;
use crate::session::Session;

/// Where weights count, totals are published in steps of this part of the greatest possible one.
const WEIGHTED_PART: u64 = 100;
/// Where members count, totals are published in steps of this many ballots.
const BALLOTS: u64 = 5;

const HINT: &str = "`totals` of a chamber in the file is \"exact\", \"decision-only\" or a step, a number; the guide for \
                    DAOs says what each of them shows";

/// Fills in the steps that the file does not say, and refuses steps and tellers that cannot be.
///
/// By default totals are rounded: exact ones name dissenters ([`psephos_state::exposure`]).
pub(super) fn complete(session: &Session, state: &ChainState, poll: &mut NewPoll) -> Result<(), Failure> {
    let template = poll.clone();
    for rule in &mut poll.chambers {
        complete_step(state, &template, rule)?;
    }
    let rounded = poll.chambers.iter().filter(|rule| rule.is_rounded()).count();
    if rounded != 0 && rounded != poll.chambers.len() {
        let what = "some chambers have exact totals and others do not: from the exact ones and the outcome the others \
                    could be worked out";
        return Err(Failure::invalid_input(what, HINT));
    }
    if rounded == 0 {
        return match poll.teller {
            0 => Ok(()),
            teller => Err(Failure::invalid_input(
                format!("teller is {teller}, and the poll has exact totals, which need none"),
                "leave `teller` out, or round the totals",
            )),
        };
    }
    if poll.rule.choice_in_note {
        return Err(Failure::invalid_input(
            "choice_in_note makes each ballot a receipt, and rounded totals promise that votes stay hidden",
            "a bonus needs `\"totals\": \"exact\"` in each chamber",
        ));
    }
    require_teller(session, state, poll)
}

/// Fills in one chamber's step.
fn complete_step(state: &ChainState, poll: &NewPoll, rule: &mut ChamberRule) -> Result<(), Failure> {
    let id = rule.chamber;
    let Some(chamber) = state.chambers.get(&id) else {
        return match rule.step {
            // The census is not known yet.
            UNSAID_STEP => {
                Err(Failure::invalid_input(format!("chamber {id} is not created yet: say its `totals`"), HINT))
            }
            _ => Ok(()),
        };
    };
    let refuse = |what: String| Failure::invalid_input(what, HINT);
    let greatest = greatest_total(poll, rule, chamber).map_err(|error| refuse(format!("chamber {id}: {error}")))?;
    let default = match rule.weighted {
        true => greatest.div_ceil(WEIGHTED_PART),
        false => BALLOTS * (greatest / (chamber.members.len() as u64).max(1)),
    };
    let default = default.clamp(2, MAX_TOTAL);
    if rule.step == UNSAID_STEP {
        // A bonus shows votes anyway, and the contract takes no rounding with it.
        if poll.rule.choice_in_note {
            return Err(refuse(format!("chamber {id}: choice_in_note needs `\"totals\": \"exact\"`")));
        }
        rule.step = default;
    }
    if rule.is_rounded() && rule.step != MAX_TOTAL && rule.step > greatest && greatest > 0 {
        return Err(refuse(format!(
            "chamber {id}: a step of {} is above every total, which is at most {} with the members that it has now; say \
             \"decision-only\" to publish no total",
            thousands(rule.step),
            thousands(greatest)
        )));
    }
    refuse_unanimity(poll, rule, greatest, rule.step.min(default))
        .map_err(|what| refuse(format!("chamber {id}: {what}")))
}

/// Refuses a rounded chamber whose choice would say that nearly all voted alike: quorum and threshold are compared with
/// the exact totals. With everyone's vote, at least one step must be left for the others.
fn refuse_unanimity(poll: &NewPoll, rule: &ChamberRule, greatest: u64, step: u64) -> Result<(), String> {
    if !rule.is_rounded() || greatest == 0 {
        return Ok(());
    }
    let others = u128::from(greatest) * u128::from(10_000_u16.saturating_sub(rule.threshold_bps)) / 10_000;
    // That half of the votes were for it is what any decision says.
    if rule.threshold_bps > 5_000 && others < u128::from(step) {
        return Err(format!(
            "with a threshold of {} % a choice says that fewer than {} were against it, whatever the totals are rounded to",
            f64::from(rule.threshold_bps) / 100.0,
            thousands(step)
        ));
    }
    if poll.decision == DecisionKind::Motion && greatest.saturating_sub(rule.quorum) < step && rule.quorum <= greatest {
        return Err(format!(
            "with a quorum of {} of at most {} a choice says that fewer than {} were against it, whatever the totals are \
             rounded to",
            thousands(rule.quorum),
            thousands(greatest),
            thousands(step)
        ));
    }
    Ok(())
}

/// Returns the greatest total that a chamber's members could reach now.
fn greatest_total(poll: &NewPoll, rule: &ChamberRule, chamber: &Chamber) -> Result<u64, String> {
    let parameters = poll.rule.to_parameters(poll.options.into(), rule.weighted).map_err(|error| error.to_string())?;
    let members = chamber.members.len() as u64;
    let weight: TotalWeight = chamber.total_weight();
    parameters.compute_worst_case(members, weight).map_err(|error| error.to_string())
}

/// Refuses a teller that has no transport key, and says who learns the exact totals.
fn require_teller(session: &Session, state: &ChainState, poll: &NewPoll) -> Result<(), Failure> {
    let (teller, Ok(committee)) = (u64::from(poll.teller), state.committee(poll.committee)) else { return Ok(()) };
    let Some(registration) = committee.registration(teller) else {
        return Err(Failure::invalid_input(
            format!("teller is {teller} (from 0), and committee {} has no trustee with a key there", poll.committee),
            format!("`psephos committee show {}` lists the trustees", poll.committee),
        ));
    };
    if committee.registrations.len() as u64 <= committee.threshold {
        session.output().print_warning(&format!(
            "committee {} has no more trustees than its threshold: if the teller does nothing, no one can take its place",
            poll.committee
        ));
    }
    session.output().print_remark(&format!(
        "The public learns the greatest option, the choice, and other totals in steps. The exact totals are learnt by the \
         teller, {}: rounding protects from the public, not from the teller.",
        registration.trustee
    ));
    Ok(())
}
