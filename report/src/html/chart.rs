//! The chart of one chamber: one bar per option, as a fraction of the chamber's sum, with the approval threshold as a
//! line. In a motion the threshold is a part of For and Against, and concerns For alone.
//!
//! Plain inline SVG: colours come from the page's style sheet, so that they follow the reader's light or dark scheme.

use psephos_protocol::decision::{AGAINST, FOR};

use super::{markup::Markup, rounded};
use crate::{
    format::{basis_points, fraction, percent, plural, thousands},
    poll::{ChamberReport, PollReport, sum_totals},
};

const WIDTH: usize = 340;
const ROW: usize = 44;
const BAR: usize = 12;
const FOOT: usize = 26;
/// Approximate width of a digit at the labels' font size, in pixels.
const CHARACTER: usize = 8;
/// The first character of the scripts whose letters are about twice as wide as a digit, and of those after them.
const WIDE: char = '\u{1100}';

/// Draws one chamber. `id` must be unique on the page.
pub fn write_chart(page: &mut Markup, id: &str, poll: &PollReport, chamber: &ChamberReport) {
    page.raw("<figure class=\"panel\"><figcaption><strong>").name(&chamber.name).raw("</strong><span>");
    page.text(plural(chamber.ballots as u64, "ballot"));
    page.text(if chamber.weighted { ", weighted" } else { ", unweighted" }).raw("</span></figcaption>");
    match &chamber.totals {
        Some(totals) => write_bars(page, id, poll, chamber, totals),
        None if chamber.rounded.is_some() => rounded::write_ranges(page, poll, chamber),
        None => {
            page.raw("<p class=\"closed\">").text(poll.describe_missing_total(chamber)).raw("</p>");
        }
    }
    page.raw("</figure>");
}

fn write_bars(page: &mut Markup, id: &str, poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) {
    let sum = sum_totals(totals);
    let height = ROW * poll.options.len() + FOOT;
    page.raw("<svg role=\"img\" viewBox=\"0 0 ").text(WIDTH).raw(" ").text(height).raw("\" aria-labelledby=\"");
    page.text(id).raw("-t ").text(id).raw("-d\"><title id=\"").text(id).raw("-t\">Result of ").text(&chamber.name);
    page.raw("</title><desc id=\"").text(id).raw("-d\">").text(describe_chart(poll, chamber, totals)).raw("</desc>");
    for (option, (name, total)) in poll.options.iter().zip(totals).enumerate() {
        let chosen = chamber.choice == Some(option);
        write_row(page, option * ROW, name, *total, sum, chosen);
    }
    if let Some(threshold) = Threshold::new(poll, chamber, totals) {
        threshold.write(page, poll.options.len());
    }
    page.raw("</svg>");
}

fn write_row(page: &mut Markup, top: usize, name: &str, total: u64, sum: u64, chosen: bool) {
    let value = format!("{} · {}", thousands(total), percent(total, sum));
    let columns = WIDTH.saturating_sub(value.chars().count() * CHARACTER) / CHARACTER;
    let (text, bar) = (top + 15, top + 23);
    page.raw("<g class=\"").raw(if chosen { "row chosen" } else { "row" }).raw("\"><text x=\"0\" y=\"").text(text);
    page.raw("\">")
        .text(if chosen { "✓ " } else { "" })
        .text(truncate_name(name, columns.saturating_sub(if chosen { 5 } else { 2 })));
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

/// The line that a bar must reach.
struct Threshold {
    /// Its place, as a fraction of the width.
    place: f64,
    label: String,
    /// The only option that it concerns; none if it concerns all.
    option: Option<usize>,
}

impl Threshold {
    /// Returns the threshold of a chamber, if it has one.
    fn new(poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) -> Option<Self> {
        let (part, label) = (f64::from(chamber.threshold_bps) / 10_000.0, basis_points(chamber.threshold_bps));
        if chamber.threshold_bps == 0 {
            return None;
        }
        if !poll.motion {
            return Some(Self { place: part, label: format!("threshold {label}"), option: None });
        }
        let total = |option| totals.get(option).copied().unwrap_or_default();
        let decisive = fraction(sum_totals(&[total(FOR), total(AGAINST)]), sum_totals(totals));
        let label = format!("For needs {label} of For and Against");
        (decisive > 0.0).then_some(Self { place: part * decisive, label, option: Some(FOR) })
    }

    fn write(&self, page: &mut Markup, options: usize) {
        let x = format!("{:.1}", self.place * WIDTH as f64);
        for top in (0..options).filter(|option| self.option.is_none_or(|only| only == *option)).map(|row| row * ROW) {
            page.raw("<line class=\"threshold\" x1=\"")
                .text(&x)
                .raw("\" x2=\"")
                .text(&x)
                .raw("\" y1=\"")
                .text(top + 20);
            page.raw("\" y2=\"").text(top + 26 + BAR).raw("\"/>");
        }
        // The label stays within the chart.
        let anchor = match self.place {
            place if place < 1.0 / 3.0 => "start",
            place if place > 2.0 / 3.0 => "end",
            _ => "middle",
        };
        page.raw("<text class=\"foot\" y=\"").text(ROW * options + 16).raw("\" x=\"").text(&x);
        page.raw("\" text-anchor=\"").raw(anchor).raw("\">").text(&self.label).raw("</text>");
    }
}

/// Describes the chart in words, for readers that cannot see it.
fn describe_chart(poll: &PollReport, chamber: &ChamberReport, totals: &[u64]) -> String {
    let sum = sum_totals(totals);
    let results = poll.options.iter().zip(totals);
    let results: Vec<String> =
        results.map(|(name, total)| format!("{name}: {}, {}", thousands(*total), percent(*total, sum))).collect();
    let choice = match chamber.choice {
        Some(option) => format!("The chamber chooses {}.", poll.option_name(option)),
        None => "The chamber chooses none.".into(),
    };
    format!("{}. {choice}", results.join("; "))
}

/// Truncates a name to a number of columns of the width of a digit.
fn truncate_name(name: &str, columns: usize) -> String {
    let width = |c: char| if c < WIDE { 1 } else { 2 };
    if name.chars().map(width).sum::<usize>() <= columns {
        return name.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += width(*c);
        used <= columns
    };
    let kept: String = name.chars().take_while(fits).collect();
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
        assert_eq!(truncate_name("投票を行う", 6), "投票…");
        assert_eq!(truncate_name("投票", 4), "投票");
    }
}
