//! The committee: which trustees dealt, which were absent, which posted decryption shares.

use crate::election::CommitteeReport;

use super::markup::Markup;

/// Writes the section of the committee.
pub(crate) fn write_section(page: &mut Markup, committee: &CommitteeReport) {
    page.raw("<section aria-labelledby=\"committee\"><h2 id=\"committee\">Committee</h2><p>")
        .text(committee.describe());
    page.raw(
        "</p><p class=\"soft\">No one ever held a secret key: each key is the sum of the dealings of several trustees.</p>",
    );
    page.raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\" class=\"n\">Point</th><th scope=\"col\">Trustee</th>");
    page.raw("<th scope=\"col\">Registered</th><th scope=\"col\">Dealt</th><th scope=\"col\">At the close</th>");
    page.raw("<th scope=\"col\" class=\"n\">Shares posted</th></tr></thead><tbody>");
    let mark = |holds: bool| if holds { "✓" } else { "" };
    for (trustee, point) in committee.trustees.iter().zip(1..) {
        page.raw("<tr>").number(point).raw("<td><code>").text(trustee.address).raw("</code></td>");
        page.cell(mark(trustee.registered)).cell(mark(trustee.dealt));
        page.cell(if trustee.absent { "absent" } else { "present" }).number(trustee.shares as u64).raw("</tr>");
    }
    page.raw("</tbody></table></div></section>");
}
