//! The chart of one chamber: one bar per option, as a fraction of the chamber's sum, with the approval threshold as a
//! line.
//!
//! Plain inline SVG: colours come from the page's style sheet, so that they follow the reader's light or dark scheme.

use crate::election::{ChamberReport, PollReport};

use super::markup::Markup;
use crate::format::{fraction, percent, plural, thousands};

const WIDTH: usize = 340;
const ROW: usize = 44;
const BAR: usize = 12;
const FOOT: usize = 26;
/// Approximate width of a digit at the labels' font size, in pixels.
const CHARACTER: usize = 8;

/// Draws one chamber. `id` must be unique on the page.
pub(crate) fn write_chart(page: &mut Markup, id: &str, poll: &PollReport, chamber: &ChamberReport) {
    page.raw("<figure class=\"panel\"><figcaption><strong>").text(&chamber.name).raw("</strong><span>");
    page.text(plural(chamber.ballots as u64, "ballot"));
    page.text(if chamber.weighted { ", weighted" } else { ", unweighted" }).raw("</span></figcaption>");
    match &chamber.totals {
        Some(totals) => write_bars(page, id, poll, chamber, totals),
        None => write_undecrypted(page, chamber),
    }
    page.raw("</figure>");
}

fn write_undecrypted(page: &mut Markup, chamber: &ChamberReport) {
    page.raw("<p class=\"closed\">Not decrypted: ").text(plural(chamber.ballots as u64, "ballot"));
    page.raw(", and at least ").text(chamber.min_ballots);
    page.raw(" are needed: the total of fewer would reveal single votes.</p>");
}

fn write_bars(page: &mut Markup, id: &str, poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) {
    let sum: u64 = totals.iter().sum();
    let height = ROW * poll.options.len() + FOOT;
    page.raw("<svg role=\"img\" viewBox=\"0 0 ").text(WIDTH).raw(" ").text(height).raw("\" aria-labelledby=\"");
    page.text(id).raw("-t ").text(id).raw("-d\"><title id=\"").text(id).raw("-t\">Result of ").text(&chamber.name);
    page.raw("</title><desc id=\"").text(id).raw("-d\">").text(describe_chart(poll, chamber, totals)).raw("</desc>");
    for (option, (name, total)) in poll.options.iter().zip(totals).enumerate() {
        let chosen = chamber.choice == Some(option);
        write_row(page, option * ROW, name, *total, sum, chosen);
    }
    write_threshold(page, chamber, ROW * poll.options.len());
    page.raw("</svg>");
}

fn write_row(page: &mut Markup, top: usize, name: &str, total: u64, sum: u64, chosen: bool) {
    let value = format!("{} · {}", thousands(total), percent(total, sum));
    let max_chars = (WIDTH - value.chars().count() * CHARACTER) / CHARACTER;
    let (text, bar) = (top + 15, top + 23);
    page.raw("<g class=\"").raw(if chosen { "row chosen" } else { "row" }).raw("\"><text x=\"0\" y=\"").text(text);
    page.raw("\">")
        .text(if chosen { "✓ " } else { "" })
        .text(truncate_name(name, max_chars.saturating_sub(if chosen { 5 } else { 2 })));
    page.raw("</text><text class=\"value\" x=\"").text(WIDTH).raw("\" y=\"").text(text).raw("\">").text(value);
    page.raw("</text><rect class=\"track\" rx=\"3\" x=\"0\" y=\"").text(bar).raw("\" width=\"").text(WIDTH);
    page.raw("\" height=\"").text(BAR).raw("\"/>");
    let length = fraction(total, sum) * WIDTH as f64;
    if total > 0 {
        page.raw("<rect class=\"bar\" rx=\"3\" x=\"0\" y=\"").text(bar).raw("\" width=\"");
        // A single vote among very many remains visible.
        page.text(format_args!("{:.1}", length.max(2.0))).raw("\" height=\"").text(BAR).raw("\"/>");
    }
    page.raw("</g>");
}

fn write_threshold(page: &mut Markup, chamber: &ChamberReport, bottom: usize) {
    if chamber.threshold_bps == 0 {
        return;
    }
    let fraction = f64::from(chamber.threshold_bps) / 10_000.0;
    let x = format!("{:.1}", fraction * WIDTH as f64);
    for top in (0..bottom).step_by(ROW) {
        page.raw("<line class=\"threshold\" x1=\"").text(&x).raw("\" x2=\"").text(&x).raw("\" y1=\"").text(top + 20);
        page.raw("\" y2=\"").text(top + 26 + BAR).raw("\"/>");
    }
    page.raw("<text class=\"foot\" y=\"").text(bottom + 16).raw("\" x=\"").text(&x).raw("\" text-anchor=\"");
    page.raw(if fraction > 0.75 { "end" } else { "middle" }).raw("\">threshold ");
    page.text(format_args!("{} %", fraction * 100.0)).raw("</text>");
}

/// Describes the chart in words, for readers that cannot see it.
fn describe_chart(poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) -> String {
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

fn truncate_name(name: &str, max_chars: usize) -> String {
    if name.chars().count() <= max_chars {
        return name.to_owned();
    }
    let kept: String = name.chars().take(max_chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_truncated_at_characters() {
        assert_eq!(truncate_name("For", 10), "For");
        assert_eq!(truncate_name("Évidemment oui", 5), "Évid…");
        assert_eq!(truncate_name("x", 0), "…");
    }
}
