//! The page of a verified poll.

use super::{checks, committee, contracts, frame, markup::Markup, poll, reward, transactions};
use crate::{
    format::{format_time, thousands},
    verified::VerifiedPoll,
};

/// Writes the page: what fails comes first.
pub(super) fn write_page(page: &mut Markup, report: &VerifiedPoll) {
    let VerifiedPoll { poll: shown, verify, .. } = report;
    frame::begin_page(page, "Report of a poll");
    page.raw("Poll ").text(shown.poll).raw(" of contract <code>").text(verify.polls).raw("</code> on chain ");
    page.text(verify.chain_id).raw(", as of block ").text(report.block).raw(", ").text(format_time(report.time));
    frame::end_heading(page);
    frame::write_verdict(page, verify.passed(), &describe_verdict(report));
    checks::write_failures(page, shown, verify);
    write_warnings(page, &report.warnings);
    frame::write_tiles(page, &list_tiles(report));
    let gas = report.gas();
    poll::write_section(page, shown, poll::PollParts { plaintext: None, gas: &gas, verify });
    if let Some(shown_reward) = &report.reward {
        reward::begin_section(page, shown, shown_reward);
        reward::end_section(page);
    }
    if let Some(shown) = &report.committee {
        committee::write_section(page, shown, "");
    }
    transactions::write_section(page, &report.transactions);
    frame::write_privacy(page, "");
    page.raw("<section aria-labelledby=\"deployment\"><h2 id=\"deployment\">Deployment</h2>");
    contracts::write_table(page, &report.deployment);
    page.raw("</section>");
    frame::end_page(page, ".");
}

fn describe_verdict(report: &VerifiedPoll) -> String {
    let (failed, checks) = (report.verify.failed().count(), report.verify.checks.len());
    match failed {
        0 => format!("All {checks} checks pass. {}.", report.poll.describe_state()),
        failed => format!("{failed} of {checks} checks fail."),
    }
}

fn write_warnings(page: &mut Markup, warnings: &[String]) {
    if warnings.is_empty() {
        return;
    }
    page.raw("<section class=\"warnings\" aria-labelledby=\"warnings\"><h2 id=\"warnings\">Note</h2><ul>");
    for warning in warnings {
        page.raw("<li>").name(warning).raw("</li>");
    }
    page.raw("</ul></section>");
}

fn list_tiles(report: &VerifiedPoll) -> Vec<(String, String)> {
    let (poll, verify) = (&report.poll, &report.verify);
    let choosing = poll.chambers.iter().filter(|chamber| chamber.choice.is_some()).count();
    let passed = verify.checks.len() - verify.failed().count();
    let tiles = [
        ("ballots counted", thousands(poll.ballots as u64)),
        ("ballots replaced", thousands(poll.replaced as u64)),
        ("chambers that chose an option", format!("{choosing} of {}", poll.chambers.len())),
        ("checks that pass", format!("{passed} of {}", verify.checks.len())),
        ("transactions", thousands(report.transactions.len() as u64)),
    ];
    tiles.map(|(name, value)| (name.to_owned(), value)).to_vec()
}
