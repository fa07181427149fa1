//! The election as terminal text: results beside the plaintext count, gas, durations and checks.

use psephos_client::verify::CheckSummary;
use psephos_demo::election::{ChamberReport, ElectionReport, GasEntry, PollReport};

use crate::failure::Failure;
use crate::format::{percent, plural, thousands};
use crate::table::{Table, to_printable};

/// Encodes the report as indented JSON.
pub(crate) fn json(election: &ElectionReport) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec_pretty(election)
        .map_err(|error| Failure::internal_error(format!("the report has no JSON: {error}")))
}

/// Formats the whole report.
pub(crate) fn text(election: &ElectionReport) -> String {
    let electorate = &election.electorate;
    let mut out = format!(
        "\nElection of {}: {}, weight {} ({})\n",
        to_printable(&electorate.source),
        plural(electorate.members as u64, "voter"),
        thousands(electorate.total_weight),
        to_printable(&electorate.division)
    );
    for poll in &election.polls {
        out.push_str(&poll_text(poll));
    }
    out.push_str(&format!("\nRewards\n  {}\n\n", to_printable(&election.describe_reward())));
    let mut table = Table::new(&["books", ">units"]);
    election.reward.books().into_iter().for_each(|(name, amount)| table.add_row([name.to_owned(), thousands(amount)]));
    out.push_str(&format!("{}\n{}", table.render(), gas(&election.reward.gas)));
    out.push_str(&format!("\nCommittee\n  {} {}\n", election.committee.describe(), election.describe_absence()));
    out.push_str(&format!("\nDeployment and enrolment\n{}", gas(&election.gas)));
    out.push_str(&format!("\nTime\n{}", times(election)));
    out.push_str(&format!("\n{}\n", verdict(election)));
    out
}

fn poll_text(poll: &PollReport) -> String {
    let public = &poll.public;
    let mut out = format!("\nPoll {}: {} ({})\n", public.poll, to_printable(&public.title), to_printable(&public.rule));
    out.push_str(&format!(
        "  {} counted, {} replaced; {:.2} s per proof\n\n",
        plural(public.ballots as u64, "ballot"),
        public.replaced,
        poll.seconds_per_proof
    ));
    let mut table = Table::new(&["chamber", "option", ">on chain", ">plaintext", ">share", ""]);
    for (chamber, plaintext) in public.chambers.iter().zip(&poll.plaintext) {
        for (option, name) in public.options.iter().enumerate() {
            table.add_row(result_row(chamber, plaintext.get(option).copied().unwrap_or_default(), option, name));
        }
    }
    if let Some(on_chain) = public.combined_totals() {
        let (sum, plaintext) = (on_chain.iter().sum(), poll.combined_plaintext());
        for (option, name) in public.options.iter().enumerate() {
            let first = if option == 0 { "All chambers" } else { "" };
            let (total, expected) = (on_chain[option], plaintext[option]);
            let note = if total == expected { "✓" } else { "DIFFERENT" };
            let cells = [thousands(total), thousands(expected), percent(total, sum), note.to_owned()];
            table.add_row([first.to_owned(), name.clone()].into_iter().chain(cells));
        }
    }
    out.push_str(&table.render());
    out.push_str(&format!("\n  {}", to_printable(&public.describe_outcome(public.outcome))));
    if public.outcome != poll.plaintext_outcome {
        out.push_str(&format!(" (in plaintext: {})", to_printable(&public.describe_outcome(poll.plaintext_outcome))));
    }
    out.push_str(&format!("\n\n{}\n{}", gas(&poll.gas), checks(&poll.verify.summarize())));
    out
}

fn result_row(chamber: &ChamberReport, plaintext: u64, option: usize, name: &str) -> [String; 6] {
    let first = if option == 0 { chamber.name.clone() } else { String::new() };
    let Some(totals) = &chamber.totals else {
        let note = format!("{} of {} ballots", chamber.ballots, chamber.min_ballots);
        return [first, name.to_owned(), "not decrypted".into(), thousands(plaintext), String::new(), note];
    };
    let total = totals.get(option).copied().unwrap_or_default();
    let note = match (total == plaintext, chamber.choice == Some(option)) {
        (false, _) => "DIFFERENT",
        (true, true) => "✓ chosen",
        (true, false) => "✓",
    };
    let sum = totals.iter().sum();
    [first, name.to_owned(), thousands(total), thousands(plaintext), percent(total, sum), note.into()]
}

fn gas(entries: &[GasEntry]) -> String {
    let mut table = Table::new(&["call", ">transactions", ">items", ">gas per item"]);
    for entry in entries {
        let numbers = [entry.transactions as u64, entry.items as u64, entry.per_item()];
        table.add_row(std::iter::once(entry.call.clone()).chain(numbers.map(thousands)));
    }
    table.render()
}

fn times(election: &ElectionReport) -> String {
    let mut table = Table::new(&["phase", ">seconds"]);
    for timing in &election.timings {
        table.add_row([timing.phase.to_string(), format!("{:.1}", timing.seconds)]);
    }
    let total: f64 = election.timings.iter().map(|timing| timing.seconds).sum();
    table.add_row(["total".into(), format!("{total:.1}")]);
    table.render()
}

/// Formats one line per check, over all chambers, and every failure.
pub(crate) fn checks(kinds: &[CheckSummary]) -> String {
    let mut out = String::new();
    for kind in kinds {
        let mark = if kind.failures.is_empty() { "✓" } else { "✗" };
        out.push_str(&format!("  {mark} {} ({})\n", kind.name.describe(), thousands(kind.count)));
    }
    for (chamber, failure) in kinds.iter().flat_map(|kind| &kind.failures) {
        let place = chamber.map(|chamber| format!("chamber {chamber}: ")).unwrap_or_default();
        out.push_str(&format!("    ✗ {place}{}\n", to_printable(failure)));
    }
    out
}

fn verdict(election: &ElectionReport) -> String {
    let checks: usize = election.polls.iter().map(|poll| poll.verify.checks.len()).sum();
    let failed: usize = election.polls.iter().map(|poll| poll.verify.failed().count()).sum();
    match (election.agrees, failed) {
        (true, 0) => format!(
            "✓ Every decrypted total equals the plaintext count, the books of the rewards balance, and all {checks} checks hold."
        ),
        (true, failed) => format!("✗ {failed} of {checks} checks fail."),
        (false, 0) if !election.reward.balances() => "✗ The books of the rewards do not balance.".into(),
        (false, 0) => "✗ The chain and the plaintext count differ.".into(),
        (false, failed) => format!("✗ The chain and the plaintext count differ, and {failed} of {checks} checks fail."),
    }
}
