//! The report of an election as one HTML page: the parts of a verified poll's page (`psephos-report`), with what only
//! the demonstration knows.

mod page;
mod reward;
#[cfg(test)]
mod tests;
pub(crate) mod timings;

use psephos_report::html::Markup;

use crate::election::ElectionReport;

/// Returns the page. The result depends on the report alone.
pub fn render_report(report: &ElectionReport) -> String {
    let mut markup = Markup::default();
    page::write_page(&mut markup, report);
    markup.finish()
}
