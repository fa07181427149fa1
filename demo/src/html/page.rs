//! The page around the polls: verdict, key figures, durations.

use psephos_report::{
    format::{plural, thousands},
    html::{Markup, committee, contracts, frame, gas, poll},
};

use super::{reward, timings};
use crate::election::ElectionReport;

/// Writes the page.
pub(crate) fn write_page(page: &mut Markup, report: &ElectionReport) {
    frame::begin_page(page, "Report of an election");
    page.name(&report.electorate.source).raw(": ");
    page.text(plural(report.electorate.members as u64, "voter")).raw(", total weight ");
    page.text(thousands(report.electorate.total_weight)).raw("; ").name(&report.electorate.division);
    frame::end_heading(page);
    frame::write_verdict(page, report.passed(), &describe_verdict(report));
    frame::write_tiles(page, &list_tiles(report));
    for each in &report.polls {
        let parts = poll::PollParts { plaintext: Some(&each.plaintext), gas: &each.gas, verify: &each.verify };
        poll::write_section(page, &each.public, parts);
        reward::write_section(page, report, each);
    }
    committee::write_section(page, &report.committee, &report.describe_absence());
    frame::write_privacy(
        page,
        "The plaintext column exists because this demonstration made its own voters. In a real election no one has it: the checks \
         replace it.",
    );
    write_deployment(page, report);
    frame::end_page(page, if report.local { "; this local chain ended with the demonstration." } else { "." });
}

fn describe_verdict(report: &ElectionReport) -> String {
    let checks: usize = report.polls.iter().map(|poll| poll.verify.checks.len()).sum();
    let failed: usize = report.polls.iter().map(|poll| poll.verify.failed().count()).sum();
    if report.passed() {
        return format!(
            "Every decrypted total equals the plaintext count, the books of the rewards balance, and all {checks} checks hold."
        );
    }
    let differ = if report.agrees { "" } else { "The chain and the plaintext count differ. " };
    let failing = if failed > 0 { format!("{failed} of {checks} checks fail.") } else { String::new() };
    format!("{differ}{failing}")
}

fn list_tiles(report: &ElectionReport) -> Vec<(String, String)> {
    let ballots: usize = report.polls.iter().map(|poll| poll.public.ballots).sum();
    let replaced: usize = report.polls.iter().map(|poll| poll.public.replaced).sum();
    let seconds: f64 = report.timings.iter().map(|timing| timing.seconds).sum();
    let mut tiles = vec![
        ("voters".to_owned(), thousands(report.electorate.members as u64)),
        ("ballots counted".to_owned(), thousands(ballots as u64)),
        ("ballots replaced".to_owned(), thousands(replaced as u64)),
    ];
    for poll in &report.polls {
        let batches = poll.gas.iter().filter(|entry| entry.call.starts_with("castBatch"));
        if let Some(entry) = batches.min_by_key(|entry| entry.per_item()) {
            let name = format!("gas per ballot, poll {}, {}", poll.public.poll, entry.call);
            tiles.push((name, thousands(entry.per_item())));
        }
    }
    tiles.push(("total seconds".to_owned(), format!("{seconds:.0}")));
    tiles
}

fn write_deployment(page: &mut Markup, report: &ElectionReport) {
    page.raw("<section aria-labelledby=\"deployment\"><h2 id=\"deployment\">Deployment, enrolment and durations</h2>");
    page.raw("<div class=\"columns\"><div><h3>Gas</h3>");
    gas::write_table(page, &report.gas);
    page.raw("</div><div><h3>Time</h3>");
    timings::write_timings(page, &report.timings);
    page.raw("</div></div>");
    contracts::write_table(page, &report.deployment);
    page.raw("</section>");
}
