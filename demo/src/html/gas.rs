//! Tables of gas and of durations.

use crate::election::{GasEntry, Timing};

use super::markup::Markup;

/// Writes the gas by call.
pub(crate) fn write_table(page: &mut Markup, entries: &[GasEntry]) {
    page.raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Call</th><th scope=\"col\" class=\"n\">Transactions</th>");
    page.raw("<th scope=\"col\" class=\"n\">Items</th><th scope=\"col\" class=\"n\">Gas per item</th>");
    page.raw("<th scope=\"col\" class=\"n\">Total gas</th></tr></thead><tbody>");
    for entry in entries {
        page.raw("<tr>").cell(&entry.call).number(entry.transactions as u64).number(entry.items as u64);
        page.number(entry.per_item()).number(entry.gas).raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

/// Writes each phase's duration, with a bar for comparison.
pub(crate) fn write_timings(page: &mut Markup, timings: &[Timing]) {
    let longest = timings.iter().map(|timing| timing.seconds).fold(f64::EPSILON, f64::max);
    page.raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Phase</th><th scope=\"col\" class=\"n\">Seconds</th>");
    page.raw("<th scope=\"col\"><span aria-hidden=\"true\">Share</span></th></tr></thead><tbody>");
    for timing in timings {
        page.raw("<tr>").cell(timing.phase).raw("<td class=\"n\">").text(format_args!("{:.1}", timing.seconds));
        page.raw("</td><td aria-hidden=\"true\"><span class=\"meter\" style=\"width:");
        page.text(format_args!("{:.2}rem", timing.seconds / longest * 12.0)).raw("\"></span></td></tr>");
    }
    page.raw("</tbody></table></div>");
}
