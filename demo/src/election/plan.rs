//! The polls of an electorate, and every voter's choices.

use psephos_protocol::{
    constants::size_for_options,
    decision::DecisionKind,
    identifiers::ChamberId,
    rule::{Rule, RuleKind},
    weight::TotalWeight,
};

use super::{ElectionConfig, ElectorateSource};
use crate::electorate::{self, Electorate};
use psephos_client::voter::single_choice;
use psephos_state::ChamberRule;

/// Minimum ballots of a chamber, unless it has fewer voters.
const MIN_BALLOTS: usize = 3;
const CHAMBERS_REQUIRED: u8 = 2;
/// Turnout of the quadratic poll: three of every four voters.
const TURNOUT: (usize, usize) = (3, 4);

/// A poll with the choices of its voters.
pub(super) struct PollPlan {
    pub(super) title: String,
    pub(super) rule: Rule,
    pub(super) decision: DecisionKind,
    pub(super) options: Vec<String>,
    pub(super) size: usize,
    pub(super) chambers_required: u8,
    /// By chamber, in the electorate's order; the identifiers in the registry are not known yet.
    pub(super) chambers: Vec<ChamberRule>,
    pub(super) votes: Vec<PlannedVote>,
}

/// A voter's choices in one poll.
pub(super) struct PlannedVote {
    /// The voter's index in the electorate.
    pub(super) voter: usize,
    /// The choice of its first ballot, if it replaces that.
    pub(super) initial_choice: Option<Vec<u64>>,
    /// The choice of the ballot that counts.
    pub(super) final_choice: Vec<u64>,
}

pub(super) fn plan_polls(electorate: &Electorate, config: &ElectionConfig) -> Vec<PollPlan> {
    let mut plans = vec![plan_plurality(electorate, config.replace_every)];
    if config.quadratic_poll && config.electorate == ElectorateSource::Sample {
        plans.push(plan_quadratic(electorate, config.replace_every));
    }
    plans
}

fn plan_plurality(electorate: &Electorate, replace_every: usize) -> PollPlan {
    let options = electorate.options.len();
    let vote = |(position, voter): (usize, &electorate::Voter)| PlannedVote {
        voter: position,
        initial_choice: replaces_ballot(position, replace_every)
            .then(|| single_choice(options, (voter.option + 1) % options)),
        final_choice: single_choice(options, voter.option),
    };
    PollPlan {
        title: electorate.title.clone(),
        // A bonus is paid for the choice that proves beneficial.
        rule: Rule { choice_in_note: true, ..Rule::new(RuleKind::Plurality, 0) },
        decision: DecisionKind::Options,
        options: electorate.options.clone(),
        size: size_for_options(options).unwrap_or_default(),
        chambers_required: CHAMBERS_REQUIRED,
        chambers: chamber_rules(electorate, true, |weight, _| weight.get() / 3, 5_000),
        votes: electorate.voters.iter().enumerate().map(vote).collect(),
    }
}

fn plan_quadratic(electorate: &Electorate, replace_every: usize) -> PollPlan {
    let budget = electorate::QUADRATIC_BUDGET;
    let voters = electorate.voters.iter().enumerate().filter(|(position, _)| position % TURNOUT.1 < TURNOUT.0);
    let vote = |(position, voter): (usize, &electorate::Voter)| {
        let final_choice = electorate::quadratic_choice(voter);
        let mut initial = final_choice.clone();
        initial.rotate_right(1);
        PlannedVote {
            voter: position,
            initial_choice: replaces_ballot(position, replace_every).then_some(initial),
            final_choice,
        }
    };
    PollPlan {
        title: electorate::QUADRATIC_TITLE.into(),
        rule: Rule::new(RuleKind::Quadratic, budget),
        decision: DecisionKind::Options,
        options: electorate::QUADRATIC_OPTIONS.map(str::to_owned).to_vec(),
        size: size_for_options(electorate::QUADRATIC_OPTIONS.len()).unwrap_or_default(),
        chambers_required: CHAMBERS_REQUIRED,
        chambers: chamber_rules(electorate, false, |_, members| members, 0),
        votes: voters.map(vote).collect(),
    }
}

/// Plans the later poll that ratifies an option of `paid`: the same chambers under the same rule of decision are asked
/// which option proved beneficial. As many voters of each chamber as its quorum needs answer, all with `beneficial`.
pub(super) fn plan_ratification(electorate: &Electorate, paid: &PollPlan, beneficial: usize) -> PollPlan {
    let vote = |(voter, _)| PlannedVote {
        voter,
        initial_choice: None,
        final_choice: single_choice(paid.options.len(), beneficial),
    };
    let mut cast = vec![(0, 0); paid.chambers.len()];
    let is_needed = |(_, voter): &(usize, &electorate::Voter)| {
        let (rule, (weight, ballots)) = (&paid.chambers[voter.chamber], &mut cast[voter.chamber]);
        let needed = *weight < rule.quorum || *ballots < rule.min_ballots;
        if needed {
            (*weight, *ballots) = (*weight + voter.weight.get(), *ballots + 1);
        }
        needed
    };
    let votes = electorate.voters.iter().enumerate().filter(is_needed).map(vote).collect();
    PollPlan {
        title: "Which option proved beneficial?".into(),
        // No bonus is paid for answering: these ballots need not be vote receipts.
        rule: Rule { choice_in_note: false, ..paid.rule },
        decision: DecisionKind::Options,
        options: paid.options.clone(),
        size: paid.size,
        chambers_required: paid.chambers_required,
        chambers: paid.chambers.clone(),
        votes,
    }
}

/// Returns whether this voter replaces its ballot: one of every `replace_every` does.
fn replaces_ballot(position: usize, replace_every: usize) -> bool {
    replace_every > 0 && position % replace_every == replace_every / 2
}

fn chamber_rules(
    electorate: &Electorate,
    weighted: bool,
    quorum: impl Fn(TotalWeight, u64) -> u64,
    threshold_bps: u16,
) -> Vec<ChamberRule> {
    let rule = |chamber: usize| {
        let voters: Vec<_> = electorate.voters.iter().filter(|voter| voter.chamber == chamber).collect();
        let weight = voters.iter().map(|voter| voter.weight).sum();
        ChamberRule {
            chamber: ChamberId::new(chamber as u64),
            weighted,
            min_ballots: voters.len().clamp(1, MIN_BALLOTS) as u32,
            threshold_bps,
            quorum: quorum(weight, voters.len() as u64),
            // The demonstration compares the totals with the plaintext count.
            step: 1,
        }
    };
    (0..electorate.chambers.len()).map(rule).collect()
}
