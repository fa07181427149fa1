//! Pages without any outside resource: they can be archived, mailed and printed.
//!
//! [`render_poll`] writes the page of a verified poll. Other pages are put together from the same parts.

pub mod chart;
pub mod checks;
pub mod committee;
pub mod contracts;
mod exposure;
pub mod frame;
pub mod gas;
mod markup;
pub mod poll;
pub mod reward;
mod rounded;
pub mod sheet;
#[cfg(test)]
mod tests;
mod totals;
mod transactions;
mod verified;

pub use markup::Markup;

use crate::{sheet::VerifiedSheet, verified::VerifiedPoll};

/// Returns the page of a verified poll. It depends on the report alone.
pub fn render_poll(report: &VerifiedPoll) -> String {
    let mut page = Markup::default();
    verified::write_page(&mut page, report);
    page.finish()
}

/// Returns the page of a verified sheet poll. It depends on the report alone.
pub fn render_sheet(report: &VerifiedSheet) -> String {
    let mut page = Markup::default();
    sheet::write_page(&mut page, report);
    page.finish()
}
