//! The reward of a poll: policies, books and claims.

use super::markup::Markup;
use crate::{poll::PollReport, reward::RewardReport};

/// Opens the section of a reward and writes what the chain has about it. [`end_section`] closes it.
pub fn begin_section(page: &mut Markup, poll: &PollReport, reward: &RewardReport) {
    page.raw("<section aria-labelledby=\"reward-").text(poll.poll).raw("\"><h2 id=\"reward-").text(poll.poll);
    page.raw("\">Reward of poll ").text(poll.poll).raw("</h2><p>");
    page.text(reward.describe(|option| poll.option_name(option))).raw("</p><p class=\"soft\">Now: ");
    page.text(&reward.funding).raw(".</p>");
    page.raw(
        "<p class=\"soft\">The chain shows which addresses were paid for a ballot of which chamber, and how much; not for which ballot, \
and not whose.</p>",
    );
    page.raw("<div class=\"columns\"><div><h3>Books</h3><div class=\"scroll\"><table><tbody>");
    for (name, amount) in reward.books() {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th><td class=\"n\">").text(reward.format(amount));
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div></div><div><h3>Policies, in units of ").text(reward.format_unit());
    page.raw("</h3><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Chamber</th><th scope=\"col\" class=\"n\">Ballot</th>");
    page.raw("<th scope=\"col\" class=\"n\">Per weight</th><th scope=\"col\" class=\"n\">up to</th>");
    page.raw(
        "<th scope=\"col\" class=\"n\">Bonus</th><th scope=\"col\" class=\"n\">Sealed notes</th></tr></thead><tbody>",
    );
    for policy in &reward.policies {
        page.raw("<tr><th scope=\"row\">").name(poll.chamber_name(policy.chamber)).raw("</th>").number(policy.base);
        page.number(policy.per_weight)
            .number(policy.cap)
            .number(policy.bonus)
            .number(policy.sealed as u64)
            .raw("</tr>");
    }
    page.raw("</tbody></table></div></div></div>");
    write_claims(page, poll, reward);
}

/// Closes the section of a reward.
pub fn end_section(page: &mut Markup) {
    page.raw("</section>");
}

fn write_claims(page: &mut Markup, poll: &PollReport, reward: &RewardReport) {
    if reward.claims.is_empty() {
        return;
    }
    page.raw(
        "<details><summary>Claims</summary><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Chamber</th>",
    );
    page.raw("<th scope=\"col\">Recipient</th><th scope=\"col\" class=\"n\">Amount</th>");
    page.raw(
        "<th scope=\"col\" class=\"n\">of it to the relayer</th><th scope=\"col\">Transaction</th></tr></thead><tbody>",
    );
    for claim in &reward.claims {
        page.raw("<tr><td>").name(poll.chamber_name(claim.chamber)).raw("</td><td><code>").text(claim.recipient);
        page.raw("</code></td><td class=\"n\">").text(reward.format(claim.amount)).raw("</td><td class=\"n\">");
        page.text(reward.format(claim.fee)).raw("</td><td><code>").text(claim.transaction).raw("</code></td></tr>");
    }
    page.raw("</tbody></table></div></details>");
}
