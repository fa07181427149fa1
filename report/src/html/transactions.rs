//! The transactions of a poll.

use super::markup::Markup;
use crate::{
    format::{plural, thousands},
    transactions::TransactionReport,
};

/// Writes the section of the transactions.
pub(super) fn write_section(page: &mut Markup, transactions: &[TransactionReport]) {
    page.raw("<section aria-labelledby=\"transactions\"><h2 id=\"transactions\">Transactions</h2>");
    if transactions.is_empty() {
        page.raw("<p>No ballot, decryption share, tally or claim is on the chain.</p></section>");
        return;
    }
    page.raw("<details><summary>").text(plural(transactions.len() as u64, "transaction"));
    page.raw("</summary><div class=\"scroll\"><table><thead><tr><th scope=\"col\" class=\"n\">Block</th>");
    page.raw(
        "<th scope=\"col\">Transaction</th><th scope=\"col\">For the poll</th><th scope=\"col\" class=\"n\">Gas</th>",
    );
    page.raw("</tr></thead><tbody>");
    for transaction in transactions {
        page.raw("<tr>").number(transaction.block).raw("<td><code>").text(transaction.hash).raw("</code></td>");
        let effects = transaction.effects.iter().map(|(effect, count)| match count {
            1 => effect.name().to_owned(),
            count => format!("{} ({})", effect.name(), thousands(*count as u64)),
        });
        page.cell(effects.collect::<Vec<_>>().join(", "));
        match transaction.gas {
            Some(gas) => page.number(gas),
            None => page.raw("<td class=\"n soft\">not known</td>"),
        };
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div></details></section>");
}
