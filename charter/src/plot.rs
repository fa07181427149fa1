//! A plot of statements on two axes: the share of camp A that agrees, and that of camp B. The corner in which both
//! camps adopt is shaded.
//!
//! Plain SVG without script or outside resource. Its colours follow the reader's light or dark scheme, outcomes differ
//! in shape too, and a title and a description say what is drawn. All places are computed in integers: the same totals
//! give the same bytes.

mod svg;
#[cfg(test)]
mod tests;

use svg::Svg;

use crate::outcome::{Cell, Outcome};

/// Side of the square in which shares are drawn, in pixels.
const SIDE: u64 = 400;
/// Distance of the square from the left, and from the top.
const LEFT: u64 = 56;
const TOP: u64 = 16;
const WIDTH: u64 = LEFT + SIDE + 24;
const HEIGHT: u64 = TOP + SIDE + 76;
const WHOLE: u64 = 10_000;

const STYLE: &str = "<style>.pc{font:13px system-ui,sans-serif;--ink:#1c2430;--soft:#5a6573;--line:#c9d0d8;\
--good:#1f7a4d;--bad:#b3362b;--shade:#1f7a4d22}.pc text{fill:var(--ink)}.pc .soft{fill:var(--soft)}\
.pc .frame{fill:none;stroke:var(--line)}.pc .corner{fill:var(--shade)}\
.pc .limit{stroke:var(--good);stroke-dasharray:4 3}.pc .adopted{fill:var(--good)}.pc .contested{fill:var(--bad)}\
.pc .unheard{fill:none;stroke:var(--soft);stroke-width:1.5}\
@media(prefers-color-scheme:dark){.pc{--ink:#e6eaf0;--soft:#a3adba;--line:#414b58;--good:#5fcf97;--bad:#f0857a;\
--shade:#5fcf9726}}</style>";

/// A statement to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlotStatement {
    /// Its text, shown where a reader points at it.
    pub text: String,
    /// The totals of camp A.
    pub camp_a: Cell,
    /// The totals of camp B.
    pub camp_b: Cell,
    /// What became of it.
    pub outcome: Outcome,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// An identifier that is unique on the page, of letters, digits and hyphens.
    pub id: String,
    /// The title.
    pub title: String,
    /// The threshold of adoption in basis points.
    pub theta_bps: u16,
    /// The statements, in the agenda's order.
    pub statements: Vec<PlotStatement>,
}

/// Draws a plot as an `<svg>` element, which can stand in a page or in a file of its own. A statement that no member of
/// one camp answered has no place, and is only counted in the description.
pub fn render_plot(plot: &Plot) -> String {
    let mut svg = Svg::default();
    svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pc\" role=\"img\" viewBox=\"0 0 ").text(WIDTH).raw(" ");
    svg.text(HEIGHT).raw("\" aria-labelledby=\"").text(&plot.id).raw("-t ").text(&plot.id).raw("-d\"><title id=\"");
    svg.text(&plot.id).raw("-t\">").text(&plot.title).raw("</title><desc id=\"").text(&plot.id).raw("-d\">");
    svg.text(describe_plot(plot)).raw("</desc>").raw(STYLE);
    write_frame(&mut svg, u64::from(plot.theta_bps).min(WHOLE));
    for (number, statement) in (1..).zip(&plot.statements) {
        write_statement(&mut svg, number, statement);
    }
    write_legend(&mut svg);
    svg.raw("</svg>");
    svg.finish()
}

/// Describes the plot in words, for readers who cannot see it.
fn describe_plot(plot: &Plot) -> String {
    let count = |outcome| plot.statements.iter().filter(|statement| statement.outcome == outcome).count();
    let placed = plot.statements.iter().filter(|statement| find_place(statement).is_some()).count();
    let adopted: Vec<String> = (1..)
        .zip(&plot.statements)
        .filter(|(_, statement)| statement.outcome == Outcome::Adopted)
        .map(|(number, _): (usize, _)| number.to_string())
        .collect();
    let list = if adopted.is_empty() { String::new() } else { format!(": statements {}", adopted.join(", ")) };
    format!(
        "{} statements by the share of each camp that agrees, of those who agree or disagree. Adopted if at least {} % \
         of both camps agree: {} adopted{list}; {} contested; {} unheard. {} not drawn, for one camp gave no answers.",
        plot.statements.len(),
        format_percent(u64::from(plot.theta_bps)),
        count(Outcome::Adopted),
        count(Outcome::Contested),
        count(Outcome::Unheard),
        plot.statements.len() - placed,
    )
}

fn write_frame(svg: &mut Svg, theta: u64) {
    let limit = scale(theta);
    // Larger shares are up: the adopted corner is at the top right.
    svg.raw("<rect class=\"corner\" x=\"").tenths(10 * LEFT + limit).raw("\" y=\"").text(TOP).raw("\" width=\"");
    svg.tenths(10 * SIDE - limit).raw("\" height=\"").tenths(10 * SIDE - limit).raw("\"/><rect class=\"frame\" x=\"");
    svg.text(LEFT).raw("\" y=\"").text(TOP).raw("\" width=\"").text(SIDE).raw("\" height=\"").text(SIDE).raw("\"/>");
    let (x, y) = (10 * LEFT + limit, 10 * (TOP + SIDE) - limit);
    svg.raw("<path class=\"limit\" fill=\"none\" d=\"M").tenths(x).raw(" ").text(TOP).raw("V").tenths(y).raw("H");
    svg.text(LEFT + SIDE).raw("\"/>");
    for percent in [0, 25, 50, 75, 100] {
        let offset = SIDE * percent / 100;
        svg.raw("<text class=\"soft\" text-anchor=\"middle\" x=\"").text(LEFT + offset).raw("\" y=\"");
        svg.text(TOP + SIDE + 18).raw("\">").text(percent).raw("</text><text class=\"soft\" text-anchor=\"end\" x=\"");
        svg.text(LEFT - 8).raw("\" y=\"").text(TOP + SIDE - offset + 4).raw("\">").text(percent).raw("</text>");
    }
    svg.raw("<text text-anchor=\"middle\" x=\"").text(LEFT + SIDE / 2).raw("\" y=\"").text(TOP + SIDE + 38);
    svg.raw("\">camp A: % that agree</text><text text-anchor=\"middle\" transform=\"translate(14 ");
    svg.text(TOP + SIDE / 2).raw(") rotate(-90)\">camp B: % that agree</text>");
}

fn write_statement(svg: &mut Svg, number: usize, statement: &PlotStatement) {
    let Some((a, b)) = find_place(statement) else { return };
    let (x, y) = (10 * LEFT + scale(a), 10 * (TOP + SIDE) - scale(b));
    svg.raw("<g transform=\"translate(").tenths(x).raw(" ").tenths(y).raw(")\"><title>").text(number).raw(". ");
    svg.text(&statement.text)
        .raw(" (A ")
        .text(format_percent(a))
        .raw(" %, B ")
        .text(format_percent(b))
        .raw(" %)</title>");
    write_mark(svg, statement.outcome);
    svg.raw("</g>");
}

fn write_mark(svg: &mut Svg, outcome: Outcome) {
    svg.raw(match outcome {
        Outcome::Adopted => "<circle class=\"adopted\" r=\"5\"/>",
        Outcome::Contested => "<path class=\"contested\" d=\"M0-6L6 0L0 6L-6 0Z\"/>",
        Outcome::Unheard => "<circle class=\"unheard\" r=\"4\"/>",
    });
}

fn write_legend(svg: &mut Svg) {
    let entries = [(Outcome::Adopted, "adopted"), (Outcome::Contested, "contested"), (Outcome::Unheard, "unheard")];
    for (place, (outcome, name)) in (0..).zip(entries) {
        svg.raw("<g transform=\"translate(").text(LEFT + 8 + 130 * place).raw(" ").text(HEIGHT - 14).raw(")\">");
        write_mark(svg, outcome);
        svg.raw("<text x=\"12\" y=\"4\">").text(name).raw("</text></g>");
    }
}

/// Returns the shares of both camps that agree, in basis points rounded down; `None` if one gave no answers.
fn find_place(statement: &PlotStatement) -> Option<(u64, u64)> {
    let share = |cell: Cell| {
        let whole = u128::from(cell.agrees) + u128::from(cell.disagrees);
        u64::try_from((u128::from(cell.agrees) * u128::from(WHOLE)).checked_div(whole)?).ok()
    };
    Some((share(statement.camp_a)?, share(statement.camp_b)?))
}

/// Returns the distance of a share from the origin, in tenths of a pixel.
fn scale(share: u64) -> u64 {
    10 * SIDE * share / WHOLE
}

/// Writes basis points as percent with one decimal, rounded down.
fn format_percent(share: u64) -> String {
    format!("{}.{}", share / 100, share % 100 / 10)
}
