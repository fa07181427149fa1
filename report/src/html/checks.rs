//! The checks of a poll, the failing ones first.

use psephos_client::verify::{CheckSummary, VerifyReport};

use super::markup::Markup;
use crate::{format::thousands, poll::PollReport};

/// Writes the section of the checks that fail; nothing if all pass.
pub fn write_failures(page: &mut Markup, poll: &PollReport, verify: &VerifyReport) {
    if verify.passed() {
        return;
    }
    page.raw("<section class=\"failing\" aria-labelledby=\"failing\"><h2 id=\"failing\">Checks that fail</h2>");
    page.raw("<ul class=\"checks\">");
    for kind in verify.summarize().iter().filter(|kind| !kind.failures.is_empty()) {
        write_check(page, poll, kind);
    }
    page.raw("</ul></section>");
}

/// Writes all checks.
pub fn write_checks(page: &mut Markup, poll: &PollReport, verify: &VerifyReport) {
    page.raw("<h3>Verified from chain data alone</h3><ul class=\"checks\">");
    let mut kinds = verify.summarize();
    kinds.sort_by_key(|kind| kind.failures.is_empty());
    for kind in &kinds {
        write_check(page, poll, kind);
    }
    page.raw("</ul>");
}

fn write_check(page: &mut Markup, poll: &PollReport, kind: &CheckSummary) {
    let passed = kind.failures.is_empty();
    page.raw(if passed { "<li><span class=\"good\">✓</span> " } else { "<li><span class=\"bad\">✗</span> " });
    page.text(kind.name.describe()).raw(" <span class=\"soft\">(").text(thousands(kind.count)).raw(")</span>");
    if !passed {
        page.raw("<ul>");
        for (chamber, failure) in &kind.failures {
            page.raw("<li class=\"bad\">");
            if let Some(id) = chamber {
                page.name(poll.chamber_name(*id)).raw(": ");
            }
            page.text(failure).raw("</li>");
        }
        page.raw("</ul>");
    }
    page.raw("</li>");
}
