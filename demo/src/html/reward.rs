//! The reward of ballots: what the chain has, and whether the books balance with the plaintext votes.

use psephos_report::{
    format::thousands,
    html::{Markup, gas, reward},
};

use crate::election::{ElectionReport, PollReport, RewardReport};

/// Writes the section of a poll's reward; nothing if it has none.
pub(crate) fn write_section(page: &mut Markup, report: &ElectionReport, poll: &PollReport) {
    let Some(public) = &poll.public_reward else { return };
    reward::begin_section(page, &poll.public, public);
    if report.reward.poll == poll.public.poll {
        write_comparison(page, report);
    }
    reward::end_section(page);
}

fn write_comparison(page: &mut Markup, report: &ElectionReport) {
    let reward = &report.reward;
    page.raw("<h3>Beside the plaintext votes</h3><p>").text(report.describe_reward());
    page.raw("</p><p class=\"soft\">Each claim went to an address that was never used, through a relayer.</p>");
    page.raw("<div class=\"columns\"><div><h3>Books, in units</h3><div class=\"scroll\"><table><tbody>");
    for (name, amount) in reward.books() {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th>").number(amount).raw("</tr>");
    }
    page.raw("</tbody></table></div><p>").text(describe_balance(reward)).raw("</p></div><div><h3>Gas</h3>");
    gas::write_table(page, &reward.gas);
    page.raw("</div></div>");
}

fn describe_balance(reward: &RewardReport) -> String {
    match reward.balances() {
        true => format!(
            "✓ The books balance: {} in, {} out.",
            thousands(reward.funded),
            thousands(reward.paid + reward.withdrawn)
        ),
        false => "✗ The books do not balance.".into(),
    }
}
