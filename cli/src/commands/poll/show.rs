//! `psephos poll show`: all public data of a poll.

use psephos_protocol::constants::MAX_TOTAL;
use psephos_protocol::decision::DecisionKind;
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_report::poll::sum_totals;
use psephos_state::{Cancellation, Poll, PollChamber, fingerprint::ContentWords};
use serde_json::{Value, json};

use super::text::{describe_rounded, describe_rule};
use super::{decided_option, identify, read_text};
use crate::commands::committee::describe_keys;
use crate::failure::Failure;
use crate::format::{percent, thousands};
use crate::session::Session;
use crate::table::{Table, to_printable};
use crate::times::format_time;

/// Runs the command.
pub(super) async fn run(session: &Session, number: u64) -> Result<(), Failure> {
    let chain = session.read_state().await?;
    let poll = chain.poll(PollId::new(number))?;
    let name =
        |id: ChamberId| chain.chambers.get(&id).map_or_else(|| format!("chamber {id}"), |chamber| chamber.name.clone());
    let state = poll.state_at(chain.time);
    let metadata = read_text(poll);
    if let Some(problem) = &metadata.problem {
        session.output().print_warning(&format!("the text of poll {number} is not shown: {problem}"));
    }
    let identified = identify(poll);
    let chambers: Vec<Value> =
        poll.chambers.iter().map(|(id, chamber)| chamber_to_json(*id, &name(*id), chamber)).collect();
    let parameters = &poll.parameters;
    let funding = chain.reward_funding(PollId::new(number)).ok();
    let (keys, keys_text) = describe_keys(&chain, parameters.committee)?;
    let shown = json!({
        "poll": number, "title": metadata.title, "options": metadata.options, "state": state, "rule": poll.rule(),
        "proposal": parameters.proposal, "opens_at": parameters.opens_at, "closes_at": parameters.closes_at,
        "tally_deadline": parameters.tally_deadline, "chain_time": chain.time, "committee": parameters.committee,
        "teller": poll.is_rounded().then_some(parameters.teller),
        "committee_keys": keys,
        "chambers_required": parameters.chambers_required, "chambers": chambers, "outcome": decided_option(poll),
        "decision": poll.parameters.decision.map(name_decision), "creator": poll.creator,
        "canceller": parameters.cancellation.map(|cancellation| cancellation.canceller),
        "cancel_deadline": parameters.cancellation.map(|cancellation| cancellation.deadline),
        "reward": funding, "words": identified["words"], "fingerprint": identified["fingerprint"],
    });
    session.output().print_result(&shown, || {
        let mut text = format!("Poll {number}: {}\n  {state}", to_printable(&metadata.title));
        if let Some(option) = decided_option(poll) {
            text.push_str(&format!(", {}", to_printable(&option)));
        }
        text.push_str(&format!("; {}\n", describe_rule(poll)));
        text.push_str(&format!("  {}\n", ContentWords::new(poll.content)));
        if let Some(fingerprint) = poll.fingerprint {
            text.push_str(&format!("  fingerprint {fingerprint}\n"));
        }
        let left = |until: u64| match until.checked_sub(chain.time) {
            Some(seconds) => format!("{} (in {})", format_time(until), format_duration(seconds)),
            None => format!("{} ({} ago)", format_time(until), format_duration(chain.time - until)),
        };
        let (opens, closes, deadline) = (parameters.opens_at, parameters.closes_at, parameters.tally_deadline);
        text.push_str(&format!(
            "  opens {}\n  closes {}\n  tally deadline {}\n",
            left(opens),
            left(closes),
            left(deadline)
        ));
        if let Some(cancellation) = parameters.cancellation.filter(|_| poll.ended.is_none()) {
            let Cancellation { canceller, deadline } = cancellation;
            text.push_str(&format!("  {canceller} may cancel it, deadline {}\n", left(deadline)));
        }
        if let Some(funding) = funding {
            text.push_str(&format!("  reward: {funding}\n"));
        }
        let what = match parameters.decision {
            Some(DecisionKind::Motion) => "the motion",
            _ => "an option",
        };
        text.push_str(&format!(
            "  {what} needs {} of {} chambers; totals are decrypted by committee {}: {keys_text}\n\n",
            parameters.chambers_required,
            poll.chambers.len(),
            parameters.committee
        ));
        if poll.is_rounded() {
            text.push_str(&format!(
                "  trustee {} (from 0) of the committee is the teller: it learns the exact totals, the public does not\n\n",
                parameters.teller
            ));
        }
        for (position, option) in metadata.options.iter().enumerate() {
            text.push_str(&format!("  {}  {}\n", position + 1, to_printable(option)));
        }
        text.push('\n');
        text.push_str(&chamber_table(poll, &name));
        for (id, chamber) in &poll.chambers {
            let Some(frozen) = &chamber.frozen else { continue };
            text.push_str(&format!("  census root of chamber {id}: {}\n", frozen.root.to_hex()));
        }
        text.push_str(&results_table(poll, &metadata.options, &name));
        text.push_str(&rounded_results(poll, &metadata.options, &name));
        text
    })
}

fn chamber_table(poll: &Poll, name: &dyn Fn(ChamberId) -> String) -> String {
    let mut table = Table::new(&[
        ">chamber",
        "name",
        "counts",
        ">members",
        ">ballots",
        ">minimum",
        ">quorum",
        ">approval",
        "totals",
    ]);
    for (id, chamber) in &poll.chambers {
        let rule = &chamber.rule;
        let members =
            chamber.frozen.as_ref().map_or_else(String::new, |frozen| frozen.chamber.members.len().to_string());
        table.add_row([
            id.to_string(),
            name(*id),
            if rule.weighted { "weights" } else { "members" }.to_owned(),
            members,
            chamber.latest.len().to_string(),
            rule.min_ballots.to_string(),
            thousands(rule.quorum),
            format!("{} %", f64::from(rule.threshold_bps) / 100.0),
            match rule.step {
                1 => "exact".to_owned(),
                MAX_TOTAL => "the decision only".to_owned(),
                step => format!("in steps of {}", thousands(step)),
            },
        ]);
    }
    table.render()
}

fn results_table(poll: &Poll, options: &[String], name: &dyn Fn(ChamberId) -> String) -> String {
    let mut table = Table::new(&["chamber", "option", ">total", ">fraction", ""]);
    for (id, chamber) in &poll.chambers {
        let Some(tally) = &chamber.tally else { continue };
        let Some(totals) = tally.exact_totals() else { continue };
        let sum = sum_totals(totals);
        for (option, total) in totals.iter().enumerate() {
            let first = if option == 0 { name(*id) } else { String::new() };
            let chosen = if tally.choice.map(usize::from) == Some(option) { "chosen" } else { "" };
            let label = options.get(option).cloned().unwrap_or_default();
            table.add_row([first, label, thousands(*total), percent(*total, sum), chosen.to_owned()]);
        }
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.render()) }
}

/// Returns what the rounded chambers have published, a line each.
fn rounded_results(poll: &Poll, options: &[String], name: &dyn Fn(ChamberId) -> String) -> String {
    let describe = |(id, chamber): (&ChamberId, &PollChamber)| {
        let tally = chamber.tally.as_ref()?;
        let outcome = tally.rounded()?.outcome(tally.choice);
        Some(format!("\n  {}: {}", name(*id), describe_rounded(&outcome, chamber.rule.step, options)))
    };
    poll.chambers.iter().filter_map(describe).collect()
}

fn chamber_to_json(id: ChamberId, name: &str, chamber: &PollChamber) -> Value {
    let rule = &chamber.rule;
    let frozen = chamber.frozen.as_ref();
    json!({
        "chamber": id, "name": name, "weighted": rule.weighted, "min_ballots": rule.min_ballots, "quorum": rule.quorum,
        "threshold_bps": rule.threshold_bps, "members": frozen.map(|frozen| frozen.chamber.members.len()),
        "root": frozen.map(|frozen| frozen.root.to_hex()),
        "ctx": frozen.map(|frozen| frozen.ctx.to_hex()),
        "ballots": chamber.latest.len(), "shares": chamber.shares.len(),
        "step": rule.step, "totals": chamber.tally.as_ref().and_then(|tally| tally.exact_totals()),
        "buckets": chamber.tally.as_ref().and_then(|tally| tally.rounded()).map(|rounded| &rounded.buckets),
        "greatest": chamber.tally.as_ref().and_then(|tally| tally.rounded()).map(|rounded| rounded.greatest),
        "choice": chamber.tally.as_ref().and_then(|tally| tally.choice),
    })
}

/// Returns the name of a kind of decision, as the file that describes a poll has it.
fn name_decision(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Options => "options",
        DecisionKind::Motion => "motion",
    }
}

/// Formats seconds in the largest unit that is still precise enough.
fn format_duration(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        7_200..=172_799 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_use_a_readable_unit() {
        assert_eq!([5, 600, 7_200, 864_000].map(format_duration), ["5 s", "10 min", "2 h", "10 days"]);
    }
}
