//! The section of one poll.

use crate::election::{ChamberReport, Outcome, PollReport};
use psephos_client::verify::{CheckSummary, VerifyReport};

use super::chart;
use super::gas;
use super::markup::Markup;
use crate::format::{plural, thousands};

/// Writes a poll: outcome, one chart per chamber, totals, parameters, gas and checks.
pub(crate) fn write_section(page: &mut Markup, poll: &PollReport) {
    page.raw("<section aria-labelledby=\"poll-").text(poll.poll).raw("\"><div class=\"head\"><div><h2 id=\"poll-");
    page.text(poll.poll).raw("\">").text(&poll.title).raw("</h2><p class=\"soft\">Poll ").text(poll.poll);
    page.raw(": ").text(&poll.rule).raw("; ").text(plural(poll.ballots as u64, "ballot")).raw(" counted, ");
    page.text(poll.replaced).raw(" replaced before the close; an option needs ").text(poll.chambers_required);
    page.raw(" of ").text(plural(poll.chambers.len() as u64, "chamber")).raw("</p><p class=\"soft\">Content <code>");
    page.text(&poll.words).raw("</code></p></div>");
    write_outcome(page, poll);
    page.raw("</div><div class=\"panels\">");
    for chamber in &poll.chambers {
        chart::write_chart(page, &format!("chart-{}-{}", poll.poll, chamber.chamber), poll, chamber);
    }
    page.raw("</div>");
    write_totals(page, poll);
    write_parameters(page, poll);
    page.raw("<h3>Gas</h3>");
    gas::write_table(page, &poll.gas);
    write_checks(page, poll, &poll.verify);
    page.raw("</section>");
}

fn write_outcome(page: &mut Markup, poll: &PollReport) {
    let decided = matches!(poll.outcome, Outcome::Decided(_));
    page.raw(if decided { "<div class=\"outcome decided\">" } else { "<div class=\"outcome\">" });
    page.text(poll.describe_outcome(poll.outcome)).raw("</div>");
}

/// Writes every total beside the plaintext count: the table is also the charts' text alternative.
fn write_totals(page: &mut Markup, poll: &PollReport) {
    page.raw("<h3>Decrypted totals beside the plaintext count</h3><div class=\"scroll\"><table><thead><tr>");
    page.raw("<th scope=\"col\" rowspan=\"2\">Option</th>");
    for chamber in &poll.chambers {
        page.raw("<th scope=\"colgroup\" colspan=\"2\" class=\"span edge\">").text(&chamber.name).raw("</th>");
    }
    page.raw("<th scope=\"col\" rowspan=\"2\" class=\"edge\">Agreement</th></tr><tr>");
    for _ in &poll.chambers {
        page.raw("<th scope=\"col\" class=\"n edge\">on chain</th><th scope=\"col\" class=\"n\">plaintext</th>");
    }
    page.raw("</tr></thead><tbody>");
    for (option, name) in poll.options.iter().enumerate() {
        page.raw("<tr><th scope=\"row\">").text(name).raw("</th>");
        for chamber in &poll.chambers {
            write_total(page, chamber, option);
        }
        page.raw(if poll.chambers.iter().all(|chamber| totals_agree(chamber, option)) {
            "<td class=\"edge good\">equal</td></tr>"
        } else {
            "<td class=\"edge bad\">different</td></tr>"
        });
    }
    page.raw("</tbody></table></div>");
    if let Some((on_chain, plaintext)) = poll.combined_totals() {
        page.raw("<p>All chambers together: ");
        for (option, name) in poll.options.iter().enumerate() {
            page.text(if option == 0 { "" } else { "; " })
                .text(name)
                .raw(" <strong>")
                .text(thousands(on_chain[option]));
            page.raw("</strong>, in plaintext ").text(thousands(plaintext[option]));
        }
        page.raw(".</p>");
    }
}

fn write_total(page: &mut Markup, chamber: &ChamberReport, option: usize) {
    page.raw("<td class=\"n edge\">");
    match chamber.totals.as_ref().and_then(|totals| totals.get(option)) {
        Some(total) => page.text(thousands(*total)),
        None => page.raw("<span class=\"soft\">not decrypted</span>"),
    };
    page.raw("</td>").number(chamber.plaintext.get(option).copied().unwrap_or_default());
}

/// Returns whether the total, if it was decrypted, equals the plaintext count.
fn totals_agree(chamber: &ChamberReport, option: usize) -> bool {
    chamber.totals.as_ref().is_none_or(|totals| totals.get(option) == chamber.plaintext.get(option))
}

fn write_parameters(page: &mut Markup, poll: &PollReport) {
    page.raw("<h3>Chambers</h3><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Chamber</th>");
    page.raw("<th scope=\"col\">Counts</th><th scope=\"col\" class=\"n\">Members</th>");
    page.raw("<th scope=\"col\" class=\"n\">Weight</th><th scope=\"col\" class=\"n\">Ballots</th>");
    page.raw("<th scope=\"col\" class=\"n\">Replaced</th><th scope=\"col\" class=\"n\">Minimum ballots</th>");
    page.raw("<th scope=\"col\" class=\"n\">Quorum</th><th scope=\"col\" class=\"n\">Threshold</th>");
    page.raw("<th scope=\"col\">Chooses</th></tr></thead><tbody>");
    for chamber in &poll.chambers {
        page.raw("<tr><th scope=\"row\">").text(&chamber.name).raw("</th>");
        page.cell(if chamber.weighted { "weights" } else { "members" }).number(chamber.members as u64);
        page.number(chamber.total_weight).number(chamber.ballots as u64).number(chamber.replaced as u64);
        page.number(chamber.min_ballots.into()).number(chamber.quorum).raw("<td class=\"n\">");
        page.text(format_args!("{} %", f64::from(chamber.threshold_bps) / 100.0)).raw("</td>");
        page.cell(chamber.choice.and_then(|option| poll.options.get(option)).map_or("none", String::as_str))
            .raw("</tr>");
    }
    page.raw("</tbody></table></div><details><summary>Fingerprint, census roots and contexts</summary><p><code>");
    page.text(&poll.fingerprint).raw("</code></p><div class=\"scroll\"><table>");
    page.raw("<thead><tr><th scope=\"col\">Chamber</th><th scope=\"col\">Root</th><th scope=\"col\">Context</th></tr></thead><tbody>");
    for chamber in &poll.chambers {
        page.raw("<tr><th scope=\"row\">").text(&chamber.name).raw("</th><td><code>").text(&chamber.root);
        page.raw("</code></td><td><code>").text(&chamber.ctx).raw("</code></td></tr>");
    }
    page.raw("</tbody></table></div></details>");
}

fn write_checks(page: &mut Markup, poll: &PollReport, verify: &VerifyReport) {
    page.raw("<h3>Verified from chain data alone</h3><ul class=\"checks\">");
    for kind in verify.summarize() {
        write_check(page, poll, &kind);
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
            if let Some(chamber) = chamber.and_then(|id| poll.chambers.iter().find(|chamber| chamber.chamber == id)) {
                page.text(&chamber.name).raw(": ");
            }
            page.text(failure).raw("</li>");
        }
        page.raw("</ul>");
    }
    page.raw("</li>");
}
