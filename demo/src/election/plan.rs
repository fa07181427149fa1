//! Which polls an electorate is asked, and what everybody votes.

use psephos_protocol::{
    constants::size_for,
    rule::{Kind, Rule},
};

use super::{ElectionConfig, ElectorateSource};
use crate::electorate::{self, Electorate};
use psephos_client::{operator::NewChamberRule, voter::single_choice};

/// Fewer ballots than this are not opened, if a chamber has as many voters.
const MIN_BALLOTS: usize = 3;
const CHAMBERS_REQUIRED: u8 = 2;
/// How many vote in the poll that ratifies an option.
const RETROSPECTIVE_VOTERS: usize = 8;
/// Of every four voters three vote in the second poll.
const TURNOUT: (usize, usize) = (3, 4);

/// A poll to run.
pub(super) struct Plan {
    pub(super) title: String,
    pub(super) rule: Rule,
    /// The rule in words.
    pub(super) rule_name: String,
    pub(super) options: Vec<String>,
    pub(super) size: usize,
    pub(super) chambers_required: u8,
    /// By chamber, in the electorate's order; the number in the registry is not known yet.
    pub(super) chambers: Vec<NewChamberRule>,
    pub(super) votes: Vec<PlannedVote>,
}

/// What a voter does.
pub(super) struct PlannedVote {
    /// The voter's position in the electorate.
    pub(super) voter: usize,
    /// What it votes at first, if it changes its mind.
    pub(super) first: Option<Vec<u64>>,
    /// What it votes in the end.
    pub(super) last: Vec<u64>,
}

pub(super) fn polls(electorate: &Electorate, config: &ElectionConfig) -> Vec<Plan> {
    let mut plans = vec![plurality(electorate, config.replace_every)];
    if config.second_poll && config.electorate == ElectorateSource::Sample {
        plans.push(quadratic(electorate, config.replace_every));
    }
    plans
}

fn plurality(electorate: &Electorate, replace_every: usize) -> Plan {
    let options = electorate.options.len();
    let vote = |(position, voter): (usize, &electorate::Voter)| PlannedVote {
        voter: position,
        first: changes(position, replace_every).then(|| single_choice(options, (voter.option + 1) % options)),
        last: single_choice(options, voter.option),
    };
    Plan {
        title: electorate.title.clone(),
        rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
        rule_name: "plurality, weighted".into(),
        options: electorate.options.clone(),
        size: size_for(options).unwrap_or_default(),
        chambers_required: CHAMBERS_REQUIRED,
        chambers: chambers(electorate, true, |weight, _| weight / 3, 5_000),
        votes: electorate.voters.iter().enumerate().map(vote).collect(),
    }
}

fn quadratic(electorate: &Electorate, replace_every: usize) -> Plan {
    let budget = electorate::QUADRATIC_BUDGET;
    let voters = electorate.voters.iter().enumerate().filter(|(position, _)| position % TURNOUT.1 < TURNOUT.0);
    let vote = |(position, voter): (usize, &electorate::Voter)| {
        let last = electorate::quadratic_choice(voter);
        let mut first = last.clone();
        first.rotate_right(1);
        PlannedVote { voter: position, first: changes(position, replace_every).then_some(first), last }
    };
    Plan {
        title: electorate::SECOND_TITLE.into(),
        rule: Rule { kind: Kind::Quadratic, parameter: budget, exact: false },
        rule_name: format!("quadratic, {budget} credits each"),
        options: electorate::SECOND_OPTIONS.map(str::to_owned).to_vec(),
        size: size_for(electorate::SECOND_OPTIONS.len()).unwrap_or_default(),
        chambers_required: CHAMBERS_REQUIRED,
        chambers: chambers(electorate, false, |_, members| members, 0),
        votes: voters.map(vote).collect(),
    }
}

/// A later poll on the same options: some of the first chamber say which proved beneficial, and they agree that it was this one.
pub(super) fn retrospective(electorate: &Electorate, options: &[String], beneficial: usize) -> Plan {
    let voters = electorate.voters.iter().enumerate().filter(|(_, voter)| voter.chamber == 0);
    let vote = |(voter, _)| PlannedVote { voter, first: None, last: single_choice(options.len(), beneficial) };
    let votes: Vec<_> = voters.take(RETROSPECTIVE_VOTERS).map(vote).collect();
    let min_ballots = votes.len().clamp(1, MIN_BALLOTS) as u32;
    Plan {
        title: "Which option proved beneficial?".into(),
        rule: Rule { kind: Kind::Plurality, parameter: 0, exact: false },
        rule_name: "plurality, in retrospect".into(),
        options: options.to_vec(),
        size: size_for(options.len()).unwrap_or_default(),
        chambers_required: 1,
        chambers: vec![NewChamberRule { chamber: 0, weighted: false, min_ballots, threshold_bps: 5_000, quorum: 1 }],
        votes,
    }
}

/// One in so many voters changes its mind.
fn changes(position: usize, replace_every: usize) -> bool {
    replace_every > 0 && position % replace_every == replace_every / 2
}

fn chambers(
    electorate: &Electorate,
    weighted: bool,
    quorum: impl Fn(u64, u64) -> u64,
    threshold_bps: u16,
) -> Vec<NewChamberRule> {
    let rule = |chamber: usize| {
        let voters: Vec<_> = electorate.voters.iter().filter(|voter| voter.chamber == chamber).collect();
        let weight = voters.iter().map(|voter| voter.weight).sum();
        NewChamberRule {
            chamber: chamber as u64,
            weighted,
            min_ballots: voters.len().clamp(1, MIN_BALLOTS) as u32,
            threshold_bps,
            quorum: quorum(weight, voters.len() as u64),
        }
    };
    (0..electorate.chambers.len()).map(rule).collect()
}
