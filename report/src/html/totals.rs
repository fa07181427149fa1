//! The table of totals: also the charts' text alternative.

use super::markup::Markup;
use crate::{
    format::thousands,
    poll::{ChamberReport, PollReport},
};

/// Writes every total, beside the plaintext count by chamber where someone has it.
pub(super) fn write_totals(page: &mut Markup, poll: &PollReport, plaintext: Option<&[Vec<u64>]>) {
    page.raw(match plaintext {
        Some(_) => "<h3>Decrypted totals beside the plaintext count</h3>",
        None => "<h3>Decrypted totals</h3>",
    });
    page.raw("<div class=\"scroll\">");
    match plaintext {
        Some(_) => write_double_head(page, poll),
        None => write_single_head(page, poll),
    }
    page.raw("</tr></thead><tbody>");
    for (option, name) in poll.options.iter().enumerate() {
        page.raw("<tr><th scope=\"row\">").name(name).raw("</th>");
        for (position, chamber) in poll.chambers.iter().enumerate() {
            page.raw("<td class=\"n edge\">");
            match chamber.totals.as_ref().and_then(|totals| totals.get(option)) {
                Some(total) => page.text(thousands(*total)),
                None => page.raw("<span class=\"soft\">not decrypted</span>"),
            };
            page.raw("</td>");
            if let Some(plaintext) = plaintext {
                page.number(counted(plaintext, position, option).unwrap_or_default());
            }
        }
        if let Some(plaintext) = plaintext {
            let agree = |(position, chamber)| totals_agree(chamber, counted(plaintext, position, option), option);
            page.raw(match poll.chambers.iter().enumerate().all(agree) {
                true => "<td class=\"edge good\">equal</td>",
                false => "<td class=\"edge bad\">different</td>",
            });
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
    write_sums(page, poll, plaintext);
}

fn write_single_head(page: &mut Markup, poll: &PollReport) {
    page.raw("<table class=\"narrow\"><thead><tr><th scope=\"col\">Option</th>");
    for chamber in &poll.chambers {
        page.raw("<th scope=\"col\" class=\"n edge\">").name(&chamber.name).raw("</th>");
    }
}

fn write_double_head(page: &mut Markup, poll: &PollReport) {
    page.raw("<table><thead><tr><th scope=\"col\" rowspan=\"2\">Option</th>");
    for chamber in &poll.chambers {
        page.raw("<th scope=\"colgroup\" colspan=\"2\" class=\"span edge\">").name(&chamber.name).raw("</th>");
    }
    page.raw("<th scope=\"col\" rowspan=\"2\" class=\"edge\">Agreement</th></tr><tr>");
    for _ in &poll.chambers {
        page.raw("<th scope=\"col\" class=\"n edge\">on chain</th><th scope=\"col\" class=\"n\">plaintext</th>");
    }
}

/// Returns whether the total, if it was decrypted, equals the plaintext count.
fn totals_agree(chamber: &ChamberReport, counted: Option<u64>, option: usize) -> bool {
    chamber.totals.as_ref().is_none_or(|totals| totals.get(option).copied() == counted)
}

fn counted(plaintext: &[Vec<u64>], position: usize, option: usize) -> Option<u64> {
    plaintext.get(position)?.get(option).copied()
}

/// Writes the totals of all chambers together, if they add up.
fn write_sums(page: &mut Markup, poll: &PollReport, plaintext: Option<&[Vec<u64>]>) {
    let Some(sums) = poll.combined_totals() else { return };
    page.raw("<p>All chambers together: ");
    for ((option, name), sum) in poll.options.iter().enumerate().zip(sums) {
        page.raw(if option == 0 { "" } else { "; " }).name(name).raw(" <strong>").text(thousands(sum)).raw("</strong>");
        if let Some(plaintext) = plaintext {
            let expected = (0..plaintext.len()).filter_map(|position| counted(plaintext, position, option)).sum();
            page.raw(", in plaintext ").text(thousands(expected));
        }
    }
    page.raw(".</p>");
}
