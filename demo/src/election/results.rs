//! Builds the report: chain state beside the plaintext count.

use psephos_protocol::decision::{ChamberChoice, Decision, choose_option, decide_poll};
use psephos_state::{ChainState, PollState, fingerprint::ContentWords};

use super::{
    ChamberReport, Clock, ElectionReport, ElectorateSummary, GasEntry, Outcome, PollReport, RewardReport,
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
    let counts = poll.chambers.iter().all(|chamber| match &chamber.totals {
        Some(totals) => *totals == chamber.plaintext,
        None => chamber.ballots < chamber.min_ballots as usize,
    });
    counts && poll.outcome == poll.plaintext_outcome && poll.verify.passed()
}

fn build_poll_report(
    state: &ChainState,
    electorate: &Electorate,
    poll: OpenPoll,
    cast: CastStatistics,
    verify: VerifyReport,
) -> Result<PollReport, DemoError> {
    let OpenPoll { id, plan, .. } = poll;
    let entry = state.poll(id)?;
    let mut chambers = Vec::new();
    let mut choices = Vec::new();
    for (position, rule) in plan.chambers.iter().enumerate() {
        let (listed, frozen) = state.opened_chamber(id, rule.chamber)?;
        let parameters = psephos_client::parameters::ballot_parameters(entry, listed)?;
        let plaintext = plaintext_totals(&plan, electorate, position, parameters)?;
        let enough = listed.latest.len() >= rule.min_ballots as usize;
        let choice = choose_option(plan.decision, &plaintext, rule.quorum, rule.threshold_bps).filter(|_| enough);
        choices.push(choice.map_or(ChamberChoice::NoOption, ChamberChoice::Option));
        chambers.push(ChamberReport {
            chamber: rule.chamber,
            name: frozen.chamber.name.clone(),
            weighted: rule.weighted,
            members: frozen.chamber.members.len(),
            total_weight: frozen.chamber.total_weight().get(),
            ballots: listed.latest.len(),
            replaced: cast.replaced.get(position).copied().unwrap_or_default(),
            min_ballots: rule.min_ballots,
            quorum: rule.quorum,
            threshold_bps: rule.threshold_bps,
            root: frozen.root.to_hex(),
            ctx: frozen.ctx.to_hex(),
            totals: listed.tally.as_ref().map(|tally| tally.totals.clone()),
            plaintext,
            choice: listed.tally.as_ref().and_then(|tally| tally.choice).map(usize::from),
        });
    }
    let plaintext_outcome = match decide_poll(plan.decision, choices, plan.options.len(), plan.chambers_required) {
        Decision::Decided(option) => Outcome::Decided(option),
        Decision::Rejected | Decision::Open => Outcome::Rejected,
    };
    Ok(PollReport {
        poll: id,
        title: plan.title,
        words: ContentWords::new(entry.content).to_string(),
        fingerprint: entry.require_fingerprint()?.to_string(),
        rule: plan.rule_name,
        circuit: plan.size,
        options: plan.options,
        chambers_required: plan.chambers_required,
        outcome: final_outcome(entry.ended),
        plaintext_outcome,
        ballots: chambers.iter().map(|chamber| chamber.ballots).sum(),
        replaced: chambers.iter().map(|chamber| chamber.replaced).sum(),
        chambers,
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

pub(super) fn final_outcome(ended: Option<(PollState, u8)>) -> Outcome {
    match ended {
        Some((PollState::Decided, option)) => Outcome::Decided(usize::from(option)),
        Some((PollState::Rejected, _)) => Outcome::Rejected,
        Some((PollState::Undecided, _)) => Outcome::Undecided,
        _ => Outcome::Pending,
    }
}
