//! The report of an election as one HTML page, without any outside resource: it can be kept, mailed and printed.
//!
//! [`html`] is a pure function of the report.

mod chart;
mod checks;
mod committee;
mod gas;
mod markup;
mod page;
mod poll;
mod reward;
#[cfg(test)]
mod tests;
mod together;

use psephos_client::election::ElectionReport;

pub(crate) use checks::by_kind;
pub(crate) use committee::in_words as committee_in_words;
pub(crate) use markup::{percent, plural, thousands};
pub(crate) use poll::outcome_text;
pub(crate) use reward::{books, in_words as reward_in_words};
pub(crate) use together::together;

/// The page.
pub(crate) fn html(report: &ElectionReport) -> String {
    let mut markup = markup::Markup::default();
    page::write(&mut markup, report);
    markup.finish()
}
