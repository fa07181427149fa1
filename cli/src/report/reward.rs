//! What ballots were paid, and that the books balance.

use psephos_client::election::{ElectionReport, RewardReport};

use super::gas;
use super::markup::{Markup, thousands};

/// The section of the reward.
pub(crate) fn section(page: &mut Markup, report: &ElectionReport) {
    let reward = &report.reward;
    page.raw("<section aria-labelledby=\"reward\"><h2 id=\"reward\">Rewards</h2><p>").text(in_words(report));
    page.raw(
        "</p><p class=\"soft\">Each claim went to an address that was never used, through a relayer. The chain shows which addresses were paid for a ballot of \
which chamber, and how much; not for which ballot, and not whose.</p>",
    );
    page.raw("<div class=\"columns\"><div><h3>Books, in units</h3><div class=\"scroll\"><table><tbody>");
    for (name, amount) in books(reward) {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th>").number(amount).raw("</tr>");
    }
    page.raw("</tbody></table></div><p>").text(balance(reward)).raw("</p></div><div><h3>Gas</h3>");
    gas::table(page, &reward.gas);
    page.raw("</div></div></section>");
}

/// What happened, in a few sentences.
pub(crate) fn in_words(report: &ElectionReport) -> String {
    let reward = &report.reward;
    let paid = report.polls.iter().find(|poll| poll.poll == reward.poll);
    let option = reward.ratified.and_then(|option| paid.and_then(|poll| poll.options.get(option)));
    let bonus = match option {
        Some(option) => {
            format!("poll {} found \"{option}\" beneficial, which earned {} more", reward.ratified_by, reward.bonus)
        }
        None => "no option was found beneficial".into(),
    };
    format!(
        "Every ballot of poll {} was paid {} units; {bonus}. {} notes were sealed in {} lists, {} claims paid, {} with the bonus; {:.2} s a proof.",
        reward.poll, reward.base, reward.sealed, reward.lists, reward.claims, reward.bonuses, reward.seconds_per_proof
    )
}

/// The books, line by line.
pub(crate) fn books(reward: &RewardReport) -> [(&'static str, u64); 5] {
    [
        ("funded", reward.funded),
        ("paid by claims, fees included", reward.paid),
        ("due by the votes", reward.plaintext),
        ("back to the DAO", reward.withdrawn),
        ("left", reward.left),
    ]
}

fn balance(reward: &RewardReport) -> String {
    match reward.balances() {
        true => format!(
            "✓ The books balance: {} in, {} out.",
            thousands(reward.funded),
            thousands(reward.paid + reward.withdrawn)
        ),
        false => "✗ The books do not balance.".into(),
    }
}
