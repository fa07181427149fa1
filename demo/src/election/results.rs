//! Builds the report: chain state beside the plaintext count.

use psephos_protocol::decision::{ChamberChoice, Decision, choose_option, decide_poll};
use psephos_report::RewardReport as PublicReward;
use psephos_state::ChainState;

use super::{
    Clock, ElectionReport, ElectorateSummary, GasEntry, Outcome, PollReport, RewardReport,
    plan::PollPlan,
    setup::{Actors, ElectionSetup, OpenPoll},
    voting::CastStatistics,
};
use crate::{DemoError, electorate::Electorate};
use psephos_client::verify::VerifyReport;

#[expect(clippy::too_many_arguments, reason = "the parts of an election")]
pub(super) async fn build_report(
    actors: &Actors,
    election: ElectionSetup,
    electorate: &Electorate,
    polls: Vec<OpenPoll>,
    cast: Vec<CastStatistics>,
    tally_gas: Vec<Vec<GasEntry>>,
    verified: Vec<VerifyReport>,
    reward: RewardReport,
    clock: Clock,
) -> Result<ElectionReport, DemoError> {
    let state = psephos_chain::read_state(actors.chain.connection(), &election.deployment).await?;
    let mut reports = Vec::new();
    for (((poll, mut cast), tally_gas), verify) in polls.into_iter().zip(cast).zip(tally_gas).zip(verified) {
        cast.gas.extend(tally_gas);
        reports.push(build_poll_report(&state, electorate, poll, cast, verify)?);
    }
    let agrees = reports.iter().all(poll_agrees) && reward.balances();
    Ok(ElectionReport {
        electorate: ElectorateSummary {
            source: electorate.source.clone(),
            members: electorate.voters.len(),
            total_weight: electorate.total_weight().get(),
            division: electorate.division.clone(),
        },
        committee: election.committee.build_report(&state)?,
        absent: election.committee.count_absent(),
        deployment: election.deployment,
        local: actors.chain.is_owned(),
        polls: reports,
        reward,
        gas: election.gas,
        timings: clock.timings(),
        agrees,
    })
}

fn poll_agrees(poll: &PollReport) -> bool {
    let counts = poll.public.chambers.iter().zip(&poll.plaintext).all(|(chamber, plaintext)| match &chamber.totals {
        Some(totals) => totals == plaintext,
        None => chamber.ballots < chamber.min_ballots as usize,
    });
    counts && poll.public.outcome == poll.plaintext_outcome && poll.verify.passed()
}

fn build_poll_report(
    state: &ChainState,
    electorate: &Electorate,
    poll: OpenPoll,
    cast: CastStatistics,
    verify: VerifyReport,
) -> Result<PollReport, DemoError> {
    let OpenPoll { id, plan, .. } = poll;
    let (mut counts, mut choices) = (Vec::new(), Vec::new());
    for (position, rule) in plan.chambers.iter().enumerate() {
        let (listed, _) = state.opened_chamber(id, rule.chamber)?;
        let parameters = psephos_client::parameters::ballot_parameters(state.poll(id)?, listed)?;
        let plaintext = plaintext_totals(&plan, electorate, position, parameters)?;
        let enough = listed.latest.len() >= rule.min_ballots as usize;
        let choice = choose_option(plan.decision, &plaintext, rule.quorum, rule.threshold_bps).filter(|_| enough);
        choices.push(choice.map_or(ChamberChoice::NoOption, ChamberChoice::Option));
        counts.push((rule.chamber, plaintext));
    }
    // The chain lists chambers by their numbers.
    counts.sort_by_key(|(chamber, _)| *chamber);
    let plaintext_outcome = match decide_poll(plan.decision, choices, plan.options.len(), plan.chambers_required) {
        Decision::Decided(option) => Outcome::Decided(option),
        Decision::Rejected | Decision::Open => Outcome::Rejected,
    };
    Ok(PollReport {
        public: psephos_report::PollReport::new(state, id)?,
        public_reward: PublicReward::new(state, id)?,
        plaintext: counts.into_iter().map(|(_, plaintext)| plaintext).collect(),
        plaintext_outcome,
        gas: cast.gas,
        seconds_per_proof: cast.seconds_per_proof,
        verify,
    })
}

/// Counts a chamber's plaintext choices under its ballot rule.
fn plaintext_totals(
    plan: &PollPlan,
    electorate: &Electorate,
    chamber: usize,
    rule: psephos_protocol::rule::RuleParameters,
) -> Result<Vec<u64>, DemoError> {
    let mut totals = vec![0; plan.options.len()];
    for vote in &plan.votes {
        let voter = &electorate.voters[vote.voter];
        if voter.chamber == chamber {
            let counted = rule.count_values(voter.weight, &vote.final_choice)?;
            totals.iter_mut().zip(counted).for_each(|(total, value)| *total += value);
        }
    }
    Ok(totals)
}
