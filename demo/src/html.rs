//! The report of an election as one HTML page without any outside resource: it can be archived, mailed and printed.

mod chart;
mod committee;
mod gas;
mod markup;
mod page;
mod poll;
mod reward;
#[cfg(test)]
mod tests;

use crate::election::ElectionReport;

/// Returns the page. The result depends on the report alone.
pub fn render_report(report: &ElectionReport) -> String {
    let mut markup = markup::Markup::default();
    page::write_page(&mut markup, report);
    markup.finish()
}
