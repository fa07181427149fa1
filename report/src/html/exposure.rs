//! What the totals of a poll can say about its voters.

use psephos_state::exposure::Verdict;

use super::markup::Markup;
use crate::poll::ChamberReport;

/// Writes a line for each chamber whose members are frozen: the verdict and what it rests on.
pub(super) fn write_part(page: &mut Markup, chambers: &[ChamberReport]) {
    let measured: Vec<_> =
        chambers.iter().filter_map(|chamber| Some((&chamber.name, chamber.exposure.as_ref()?))).collect();
    if measured.is_empty() {
        return;
    }
    page.raw("<h3>What the totals can say about voters</h3><ul class=\"checks\">");
    for (name, exposure) in measured {
        page.raw(match exposure.verdict {
            Verdict::Green => "<li><span class=\"good\">",
            Verdict::Amber => "<li><span>",
            Verdict::Red => "<li><span class=\"bad\">",
        });
        page.text(exposure.verdict).raw("</span> ").name(name).raw(": ").text(exposure.describe()).raw("</li>");
    }
    page.raw("</ul>");
}
