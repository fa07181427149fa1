//! The section of one poll.

use psephos_client::verify::VerifyReport;
use psephos_protocol::identifiers::ChamberId;

use super::{chart, checks, exposure, gas, markup::Markup, totals};
use crate::{
    format::{basis_points, format_time, plural},
    gas::GasEntry,
    poll::{Outcome, PollReport},
};

/// What the section shows besides the poll.
#[derive(Clone, Copy)]
pub struct PollParts<'a> {
    /// The plaintext count by chamber, where someone has it: not in a real election.
    pub plaintext: Option<&'a [Vec<u64>]>,
    /// The gas that is known.
    pub gas: &'a [GasEntry],
    /// The checks.
    pub verify: &'a VerifyReport,
}

/// Writes a poll: outcome, one chart per chamber, totals, parameters, gas and checks.
pub fn write_section(page: &mut Markup, poll: &PollReport, parts: PollParts) {
    page.raw("<section aria-labelledby=\"poll-").text(poll.poll).raw("\"><div class=\"head\"><div><h2 id=\"poll-");
    page.text(poll.poll).raw("\">").name(&poll.title).raw("</h2><p class=\"soft\">Poll ").text(poll.poll);
    page.raw(": ").text(&poll.rule).raw("; ").text(plural(poll.ballots as u64, "ballot")).raw(" counted, ");
    page.text(poll.replaced).raw(" replaced before the close; ").raw(if poll.motion {
        "the motion"
    } else {
        "an option"
    });
    page.raw(" needs ").text(poll.chambers_required).raw(" of ").text(plural(poll.chambers.len() as u64, "chamber"));
    page.raw("</p>");
    write_schedule(page, poll);
    page.raw("<p class=\"soft\">Content <code>").text(&poll.words).raw("</code></p></div>");
    let decided = matches!(poll.outcome, Outcome::Decided(_));
    page.raw(if decided { "<div class=\"outcome decided\">" } else { "<div class=\"outcome\">" });
    page.name(poll.describe_state()).raw("</div></div><div class=\"panels\">");
    for chamber in &poll.chambers {
        chart::write_chart(page, &format!("chart-{}-{}", poll.poll, chamber.chamber), poll, chamber);
    }
    page.raw("</div>");
    if poll.chambers.iter().any(|chamber| chamber.totals.is_some()) {
        totals::write_totals(page, poll, parts.plaintext);
    }
    write_parameters(page, poll);
    exposure::write_part(page, &poll.chambers);
    if !parts.gas.is_empty() {
        page.raw("<h3>Gas</h3>");
        gas::write_table(page, parts.gas);
    }
    checks::write_checks(page, poll, parts.verify);
    page.raw("</section>");
}

fn write_schedule(page: &mut Markup, poll: &PollReport) {
    let [opens_at, closes_at, deadline] = poll.schedule.map(format_time);
    page.raw("<p class=\"soft\">Opens ").text(opens_at).raw(", closes ").text(closes_at).raw(", tally until ");
    page.text(deadline).raw("</p>");
}

fn write_parameters(page: &mut Markup, poll: &PollReport) {
    page.raw("<h3>Chambers</h3><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Chamber</th>");
    page.raw("<th scope=\"col\">Counts</th><th scope=\"col\" class=\"n\">Members</th>");
    page.raw("<th scope=\"col\" class=\"n\">Weight</th><th scope=\"col\" class=\"n\">Ballots</th>");
    page.raw("<th scope=\"col\" class=\"n\">Replaced</th><th scope=\"col\" class=\"n\">Minimum ballots</th>");
    page.raw("<th scope=\"col\" class=\"n\">Quorum</th><th scope=\"col\" class=\"n\">Threshold</th>");
    page.raw("<th scope=\"col\">Chooses</th></tr></thead><tbody>");
    for chamber in &poll.chambers {
        page.raw("<tr><th scope=\"row\">").name(&chamber.name).raw("</th>");
        page.cell(if chamber.weighted { "weights" } else { "members" });
        write_known(page, chamber.members.map(|members| members as u64));
        write_known(page, chamber.total_weight);
        page.number(chamber.ballots as u64).number(chamber.replaced as u64);
        page.number(chamber.min_ballots.into()).number(chamber.quorum).raw("<td class=\"n\">");
        page.text(basis_points(chamber.threshold_bps)).raw("</td><td>");
        page.name(chamber.choice.map_or_else(|| "none".to_owned(), |option| poll.option_name(option)));
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div><details><summary>Fingerprint, census roots and contexts</summary><p><code>");
    page.text(poll.fingerprint.as_deref().unwrap_or("no fingerprint: the committee had no keys"));
    page.raw("</code></p><div class=\"scroll\"><table>");
    page.raw("<thead><tr><th scope=\"col\">Chamber</th><th scope=\"col\">Root</th><th scope=\"col\">Context</th></tr></thead><tbody>");
    for chamber in &poll.chambers {
        write_roots(page, chamber.chamber, &chamber.name, chamber.root.as_deref(), chamber.ctx.as_deref());
    }
    page.raw("</tbody></table></div></details>");
}

fn write_roots(page: &mut Markup, id: ChamberId, name: &str, root: Option<&str>, ctx: Option<&str>) {
    let known = |value: Option<&str>| value.unwrap_or("not frozen").to_owned();
    page.raw("<tr><th scope=\"row\">").name(name).raw(" <span class=\"soft\">").text(id);
    page.raw("</span></th><td><code>").text(known(root)).raw("</code></td><td><code>").text(known(ctx));
    page.raw("</code></td></tr>");
}

/// Writes a number that is known once the poll has opened.
fn write_known(page: &mut Markup, value: Option<u64>) {
    match value {
        Some(value) => page.number(value),
        None => page.raw("<td class=\"n soft\">not frozen</td>"),
    };
}
