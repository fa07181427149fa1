//! The reward of ballots, and whether its books balance.

use crate::election::{ElectionReport, RewardReport};

use super::gas;
use super::markup::Markup;
use crate::format::thousands;

/// Writes the section of the reward.
pub(crate) fn write_section(page: &mut Markup, report: &ElectionReport) {
    let reward = &report.reward;
    page.raw("<section aria-labelledby=\"reward\"><h2 id=\"reward\">Rewards</h2><p>").text(report.describe_reward());
    page.raw(
        "</p><p class=\"soft\">Each claim went to an address that was never used, through a relayer. The chain shows which addresses were paid for a ballot of \
which chamber, and how much; not for which ballot, and not whose.</p>",
    );
    page.raw("<div class=\"columns\"><div><h3>Books, in units</h3><div class=\"scroll\"><table><tbody>");
    for (name, amount) in reward.books() {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th>").number(amount).raw("</tr>");
    }
    page.raw("</tbody></table></div><p>").text(describe_balance(reward)).raw("</p></div><div><h3>Gas</h3>");
    gas::write_table(page, &reward.gas);
    page.raw("</div></div></section>");
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
