//! The report as one HTML page, with the plot of the statements.

use psephos_report::{
    format::{plural, thousands},
    html::{Markup, contracts, frame, gas, sheet},
};

use super::CharterReport;
use crate::html::timings;

/// Returns the page. The result depends on the report alone.
pub fn render_charter_page(report: &CharterReport) -> String {
    let mut page = Markup::default();
    frame::begin_page(&mut page, "Report of a charter");
    page.name(&report.source).raw(": ");
    page.text(plural(report.voters as u64, "voter")).raw(", ");
    page.text(plural(report.statements.len() as u64, "statement"));
    frame::end_heading(&mut page);
    frame::write_verdict(&mut page, report.passed(), &describe_verdict(report));
    frame::write_tiles(&mut page, &list_tiles(report));
    page.raw("<section aria-labelledby=\"plot\"><h2 id=\"plot\">What both camps agree on</h2>");
    page.plot(&report.plot()).raw("</section>");
    write_statements(&mut page, report);
    write_labels(&mut page, report);
    page.raw("<section aria-labelledby=\"charter\"><h2 id=\"charter\">The charter in force</h2><p>Version ");
    page.text(report.version).raw(", ").name(&report.charter).raw(", enacted by the timelock ").name(report.timelock);
    page.raw(".</p><ul>");
    for reason in &report.gateway.refused {
        page.raw("<li>The gateway did not start: ").text(reason).raw("</li>");
    }
    page.raw("</ul></section>");
    sheet::write_checks(&mut page, &report.verify);
    page.raw("<section aria-labelledby=\"costs\"><h2 id=\"costs\">Gas and durations</h2><div class=\"columns\"><div>");
    gas::write_table(&mut page, &report.gas);
    page.raw("</div><div>");
    timings::write_timings(&mut page, &report.timings);
    page.raw("</div></div>");
    contracts::write_table(&mut page, &report.deployment);
    page.raw("</section>");
    frame::end_page(&mut page, "; this local chain ended with the demonstration.");
    page.finish()
}

fn describe_verdict(report: &CharterReport) -> String {
    match report.passed() {
        true => format!(
            "Turnout, totals and adopted statements on chain are those of the plain computation, the gateway starts with \
             the charter in force and with no other, and all {} checks hold.",
            report.verify.checks.len()
        ),
        false => "The chain and the plain computation differ, or the gateway, a claim or a check failed.".to_owned(),
    }
}

fn list_tiles(report: &CharterReport) -> Vec<(String, String)> {
    let [lower, upper] = report.turnout;
    let seconds: f64 = report.timings.iter().map(|timing| timing.seconds).sum();
    vec![
        ("sheets counted".to_owned(), thousands(lower + upper)),
        ("voters in the camps".to_owned(), format!("{} and {}", thousands(lower), thousands(upper))),
        ("adopted by both camps".to_owned(), report.count("adopted").to_string()),
        ("contested".to_owned(), report.count("contested").to_string()),
        ("transactions of the tally".to_owned(), report.tally_transactions.to_string()),
        ("total seconds".to_owned(), format!("{seconds:.0}")),
    ]
}

fn write_statements(page: &mut Markup, report: &CharterReport) {
    page.raw(
        "<section aria-labelledby=\"statements-list\"><h2 id=\"statements-list\">Statements</h2><div class=\"scroll\">",
    );
    page.raw("<table><thead><tr><th scope=\"col\" class=\"n\">Place</th><th scope=\"col\">Statement</th>");
    page.raw("<th scope=\"col\">Camp A</th><th scope=\"col\">Camp B</th><th scope=\"col\">Outcome</th>");
    page.raw("<th scope=\"col\">Plain majority</th></tr></thead><tbody>");
    for (place, statement) in (1..).zip(&report.statements) {
        let [a, b] = statement.camps.map(|[agrees, disagrees]| format!("{agrees} : {disagrees}"));
        page.raw("<tr>").number(place).cell(&statement.text).cell(a).cell(b).cell(&statement.outcome);
        page.cell(if statement.plain_majority { "yes" } else { "" }).raw("</tr>");
    }
    page.raw("</tbody></table></div></section>");
}

fn write_labels(page: &mut Markup, report: &CharterReport) {
    page.raw("<section aria-labelledby=\"labels\"><h2 id=\"labels\">What is real here</h2><ul>");
    for line in &report.real {
        page.raw("<li>").text(line).raw("</li>");
    }
    page.raw("</ul><h3>What is not</h3><ul>");
    for line in &report.played {
        page.raw("<li>").text(line).raw("</li>");
    }
    page.raw("</ul></section>");
}
