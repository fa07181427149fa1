//! A table of durations.

use psephos_report::html::Markup;

use crate::election::Timing;

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
