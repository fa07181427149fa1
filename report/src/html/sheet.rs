//! The page of a verified sheet poll, and its parts.

use psephos_charter::outcome::Outcome;
use psephos_client::verify::SheetReport;

use super::{frame, markup::Markup};
use crate::{
    format::{plural, thousands},
    sheet::{VerifiedSheet, VerifiedSheetChamber},
};

/// Writes the page.
pub(super) fn write_page(page: &mut Markup, report: &VerifiedSheet) {
    frame::begin_page(page, "Report of a sheet poll");
    page.name(&report.question).raw(" (sheet poll ").text(report.verify.sheet).raw(" on chain ");
    page.text(report.verify.chain_id).raw(", ").text(&report.verify.state).raw(")");
    frame::end_heading(page);
    let (failed, count) = (report.verify.failed().count(), report.verify.checks.len());
    let verdict = match failed {
        0 => format!("All {count} checks pass."),
        failed => format!("{failed} of {count} checks fail."),
    };
    frame::write_verdict(page, report.verify.passed(), &verdict);
    let sheets: usize = report.chambers.iter().map(|chamber| chamber.sheets).sum();
    let replaced: usize = report.chambers.iter().map(|chamber| chamber.replaced).sum();
    let mut tiles = vec![
        ("sheets counted".to_owned(), thousands(sheets as u64)),
        ("sheets replaced".to_owned(), thousands(replaced as u64)),
    ];
    for (name, outcome) in [("adopted", Outcome::Adopted), ("contested", Outcome::Contested)] {
        let count = |outcomes: &Vec<Outcome>| outcomes.iter().filter(|other| **other == outcome).count();
        tiles.extend(report.outcomes.as_ref().map(|outcomes| (name.to_owned(), count(outcomes).to_string())));
    }
    frame::write_tiles(page, &tiles);
    for chamber in &report.chambers {
        write_chamber(page, report, chamber);
    }
    write_checks(page, &report.verify);
    frame::write_privacy(
        page,
        "Camps are computed from the hidden answers: no one declares one, and no one's is shown.",
    );
    frame::end_page(page, ".");
}

/// Writes a chamber: its plot, and the totals of each statement.
fn write_chamber(page: &mut Markup, report: &VerifiedSheet, chamber: &VerifiedSheetChamber) {
    page.raw("<section><h2>").name(&chamber.name).raw("</h2><p>");
    page.text(plural(chamber.sheets as u64, "sheet")).raw(" counted.");
    if let Some(reason) = &chamber.withheld {
        page.raw(" No statement is decrypted: ").text(reason).raw(".");
    }
    page.raw("</p>");
    if let Some(plot) = report.plot(chamber) {
        page.plot(&plot);
    }
    let Some(totals) = &chamber.totals else {
        page.raw("</section>");
        return;
    };
    page.raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\" class=\"n\">Place</th><th scope=\"col\">Statement</th>");
    for (number, group) in (1..).zip(totals.groups()) {
        page.raw("<th scope=\"col\">");
        match totals.groups().len() {
            1 => page.raw("Agree : disagree of "),
            _ => page.raw("Camp ").text(if number == 1 { "A" } else { "B" }).raw(", "),
        };
        page.text(plural(group.turnout(), "voter")).raw("</th>");
    }
    page.raw("<th scope=\"col\">Outcome</th></tr></thead><tbody>");
    for (place, text) in report.statements.iter().enumerate() {
        page.raw("<tr>").number(place as u64 + 1).cell(text);
        for cell in chamber.cells(place) {
            page.cell(format_args!("{} : {}", cell.agrees, cell.disagrees));
        }
        let outcome = report.outcomes.as_ref().and_then(|all| all.get(place));
        page.cell(outcome.map_or("", |outcome| name_outcome(*outcome))).raw("</tr>");
    }
    page.raw("</tbody></table></div><p>Tallied by");
    for transaction in &chamber.tallied {
        page.raw(" <code>").text(transaction).raw("</code>");
    }
    page.raw("</p></section>");
}

/// Writes the checks, the failing ones first.
pub fn write_checks(page: &mut Markup, verify: &SheetReport) {
    page.raw("<section><h2>Verified from chain data alone</h2><ul class=\"checks\">");
    let mut kinds = verify.summarize();
    kinds.sort_by_key(|kind| kind.failures.is_empty());
    for kind in &kinds {
        let passed = kind.failures.is_empty();
        page.raw(if passed { "<li><span class=\"good\">✓</span> " } else { "<li><span class=\"bad\">✗</span> " });
        page.text(kind.name.describe()).raw(" <span class=\"soft\">(").text(thousands(kind.count)).raw(")</span>");
        for (chamber, failure) in &kind.failures {
            page.raw("<br><span class=\"bad\">");
            if let Some(id) = chamber {
                page.raw("chamber ").text(id).raw(": ");
            }
            page.text(failure).raw("</span>");
        }
        page.raw("</li>");
    }
    page.raw("</ul></section>");
}

/// Returns the word for an outcome.
pub fn name_outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Adopted => "adopted",
        Outcome::Contested => "contested",
        Outcome::Unheard => "unheard",
    }
}
