//! The results of a rounded chamber: which option is the greatest, and between which numbers the others are.

use super::markup::Markup;
use crate::{
    format::thousands,
    poll::{ChamberReport, PollReport},
};

/// Writes what is published, one row an option. There are no bars: a bar would be a guess.
pub(super) fn write_ranges(page: &mut Markup, poll: &PollReport, chamber: &ChamberReport) {
    let Some(rounded) = &chamber.rounded else { return };
    page.raw("<p class=\"soft\">Rounded totals, in steps of ").text(thousands(rounded.step));
    page.raw(": exact ones would name voters.</p><table class=\"narrow\"><tbody>");
    for (option, (name, bounds)) in poll.options.iter().zip(&rounded.bounds).enumerate() {
        page.raw("<tr><th scope=\"row\">").text(if chamber.choice == Some(option) { "✓ " } else { "" }).name(name);
        page.raw("</th><td class=\"n\">");
        match bounds {
            None => page.raw("the greatest"),
            Some((least, greatest)) => page.text(thousands(*least)).raw(" to ").text(thousands(*greatest)),
        };
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table>");
}
