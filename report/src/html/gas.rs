//! A table of gas.

use super::markup::Markup;
use crate::gas::GasEntry;

/// Writes the gas by call.
pub fn write_table(page: &mut Markup, entries: &[GasEntry]) {
    page.raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Call</th><th scope=\"col\" class=\"n\">Transactions</th>");
    page.raw("<th scope=\"col\" class=\"n\">Items</th><th scope=\"col\" class=\"n\">Gas per item</th>");
    page.raw("<th scope=\"col\" class=\"n\">Total gas</th></tr></thead><tbody>");
    for entry in entries {
        page.raw("<tr>").cell(&entry.call).number(entry.transactions as u64).number(entry.items as u64);
        page.number(entry.per_item()).number(entry.gas).raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}
