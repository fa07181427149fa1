//! The chart of one chamber: a bar an option, as a share of the chamber's sum, with the threshold drawn across.
//!
//! Plain inline SVG: colours come from the page's style sheet, so that it follows the reader's light or dark scheme.

use crate::election::{ChamberReport, PollReport};

use super::markup::Markup;
use crate::format::{percent, plural, share, thousands};

const WIDTH: usize = 340;
const ROW: usize = 44;
const BAR: usize = 12;
const FOOT: usize = 26;
/// About the width of a digit at the size of the labels.
const CHARACTER: usize = 8;

/// Draws one chamber. `id` must be unique on the page.
pub(crate) fn chamber(page: &mut Markup, id: &str, poll: &PollReport, chamber: &ChamberReport) {
    page.raw("<figure class=\"panel\"><figcaption><strong>").text(&chamber.name).raw("</strong><span>");
    page.text(plural(chamber.ballots as u64, "ballot"));
    page.text(if chamber.weighted { ", weighted" } else { ", unweighted" }).raw("</span></figcaption>");
    match &chamber.totals {
        Some(totals) => bars(page, id, poll, chamber, totals),
        None => closed(page, chamber),
    }
    page.raw("</figure>");
}

fn closed(page: &mut Markup, chamber: &ChamberReport) {
    page.raw("<p class=\"closed\">Not opened: ").text(plural(chamber.ballots as u64, "ballot"));
    page.raw(", and at least ").text(chamber.min_ballots);
    page.raw(" are needed so that a total does not give single votes away.</p>");
}

fn bars(page: &mut Markup, id: &str, poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) {
    let sum: u64 = totals.iter().sum();
    let height = ROW * poll.options.len() + FOOT;
    page.raw("<svg role=\"img\" viewBox=\"0 0 ").text(WIDTH).raw(" ").text(height).raw("\" aria-labelledby=\"");
    page.text(id).raw("-t ").text(id).raw("-d\"><title id=\"").text(id).raw("-t\">Result of ").text(&chamber.name);
    page.raw("</title><desc id=\"").text(id).raw("-d\">").text(description(poll, chamber, totals)).raw("</desc>");
    for (option, (name, total)) in poll.options.iter().zip(totals).enumerate() {
        let chosen = chamber.choice == Some(option);
        row(page, option * ROW, name, *total, sum, chosen);
    }
    threshold(page, chamber, ROW * poll.options.len());
    page.raw("</svg>");
}

fn row(page: &mut Markup, top: usize, name: &str, total: u64, sum: u64, chosen: bool) {
    let value = format!("{} · {}", thousands(total), percent(total, sum));
    let room = (WIDTH - value.chars().count() * CHARACTER) / CHARACTER;
    let (text, bar) = (top + 15, top + 23);
    page.raw("<g class=\"").raw(if chosen { "row chosen" } else { "row" }).raw("\"><text x=\"0\" y=\"").text(text);
    page.raw("\">")
        .text(if chosen { "✓ " } else { "" })
        .text(shorten(name, room.saturating_sub(if chosen { 5 } else { 2 })));
    page.raw("</text><text class=\"value\" x=\"").text(WIDTH).raw("\" y=\"").text(text).raw("\">").text(value);
    page.raw("</text><rect class=\"track\" rx=\"3\" x=\"0\" y=\"").text(bar).raw("\" width=\"").text(WIDTH);
    page.raw("\" height=\"").text(BAR).raw("\"/>");
    let length = share(total, sum) * WIDTH as f64;
    if total > 0 {
        page.raw("<rect class=\"bar\" rx=\"3\" x=\"0\" y=\"").text(bar).raw("\" width=\"");
        // A single vote among very many is still a visible sliver.
        page.text(format_args!("{:.1}", length.max(2.0))).raw("\" height=\"").text(BAR).raw("\"/>");
    }
    page.raw("</g>");
}

fn threshold(page: &mut Markup, chamber: &ChamberReport, bottom: usize) {
    if chamber.threshold_bps == 0 {
        return;
    }
    let share = f64::from(chamber.threshold_bps) / 10_000.0;
    let x = format!("{:.1}", share * WIDTH as f64);
    for top in (0..bottom).step_by(ROW) {
        page.raw("<line class=\"threshold\" x1=\"").text(&x).raw("\" x2=\"").text(&x).raw("\" y1=\"").text(top + 20);
        page.raw("\" y2=\"").text(top + 26 + BAR).raw("\"/>");
    }
    page.raw("<text class=\"foot\" y=\"").text(bottom + 16).raw("\" x=\"").text(&x).raw("\" text-anchor=\"");
    page.raw(if share > 0.75 { "end" } else { "middle" }).raw("\">threshold ");
    page.text(format_args!("{} %", share * 100.0)).raw("</text>");
}

/// What the picture shows, for who cannot see it.
fn description(poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) -> String {
    let sum: u64 = totals.iter().sum();
    let results = poll.options.iter().zip(totals);
    let results: Vec<String> =
        results.map(|(name, total)| format!("{name}: {}, {}", thousands(*total), percent(*total, sum))).collect();
    let choice = match chamber.choice.and_then(|option| poll.options.get(option)) {
        Some(name) => format!("The chamber chooses {name}."),
        None => "The chamber chooses none.".into(),
    };
    format!("{}. {choice}", results.join("; "))
}

fn shorten(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    let kept: String = name.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_at_characters() {
        assert_eq!(shorten("For", 10), "For");
        assert_eq!(shorten("Évidemment oui", 5), "Évid…");
        assert_eq!(shorten("x", 0), "…");
    }
}
