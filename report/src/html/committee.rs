//! The committee: which trustees registered and dealt, and which posted decryption shares.

use super::markup::Markup;
use crate::committee::CommitteeReport;

/// Writes the section of the committee, with a remark about its trustees.
pub fn write_section(page: &mut Markup, committee: &CommitteeReport, remark: &str) {
    page.raw("<section aria-labelledby=\"committee\"><h2 id=\"committee\">Committee ").text(committee.committee);
    page.raw("</h2><p>").text(committee.describe());
    if !remark.is_empty() {
        page.raw(" ").text(remark);
    }
    page.raw("</p>");
    if committee.threshold > 1 {
        page.raw("<p class=\"soft\">No one ever held a secret key: each key is the sum of the dealings of several trustees.</p>");
    }
    page.raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\" class=\"n\">Point</th><th scope=\"col\">Trustee</th>");
    page.raw(
        "<th scope=\"col\">Registered</th><th scope=\"col\">Dealt</th><th scope=\"col\" class=\"n\">Shares posted</th>",
    );
    page.raw("<th scope=\"col\" class=\"n\">Shares refused</th><th scope=\"col\" class=\"n\">Named as missing</th></tr></thead><tbody>");
    let mark = |holds: bool| if holds { "✓" } else { "" };
    for (trustee, point) in committee.trustees.iter().zip(1..) {
        page.raw("<tr>").number(point).raw("<td><code>").text(trustee.address).raw("</code></td>");
        page.cell(mark(trustee.registered)).cell(mark(trustee.dealt)).number(trustee.shares as u64);
        page.number(trustee.refused as u64).number(trustee.missing as u64).raw("</tr>");
    }
    page.raw("</tbody></table></div></section>");
}
