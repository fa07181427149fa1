//! What is around the sections of a page: head, verdict, key figures, privacy, foot.

use super::markup::Markup;

/// The policy forbids every outside resource, so that even a mistake here cannot leak a reader's IP address.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">\
<title>Psephos: ";

/// Two ballots as Athenian jurors held them: a full and a pierced disc.
const MARK: &str = "<svg viewBox=\"0 0 64 64\" aria-hidden=\"true\"><circle class=\"solid\" cx=\"24\" cy=\"26\" r=\"17\"/>\
<circle class=\"hollow\" cx=\"42\" cy=\"42\" r=\"14\"/></svg>";

const PRIVACY: &str = "<section aria-labelledby=\"privacy\"><h2 id=\"privacy\">What this page does and does not show</h2>\
<div class=\"columns\"><div><h3>Not shown to anyone</h3><ul><li>Which member cast which ballot: a ballot carries a proof of membership, \
not a name, an address or a weight.</li><li>The content of a single ballot: the contract added the encrypted ballots, and the trustees \
decrypted the totals only.</li><li>The total of a chamber with fewer ballots than its minimum.</li></ul></div>\
<div><h3>Public</h3><ul><li>Who is enrolled, in which chamber and with which weight.</li><li>How many ballots each chamber cast, when, \
and which of them replace an earlier one.</li><li>The totals of the chambers that were decrypted. A unanimous total shows every vote in \
it.</li></ul></div><div><h3>Not promised</h3><ul><li>Receipt-freeness: a voter who keeps its own randomness can show a buyer how it \
voted. Only the last ballot before the close counts.</li><li>Network privacy: the receiver of a ballot sees the IP address it comes from. Use a \
relayer.</li><li>Secrecy from the trustees together: as many as the committee threshold can decrypt a single ballot. In a weighted chamber it shows its voter's weight, which may be that of one member alone.</li></ul>\
</div></div>";

/// Opens a page: its head and its heading. What is written next is the line below the heading, up to [`end_heading`].
pub fn begin_page(page: &mut Markup, title: &'static str) {
    page.raw(HEAD).raw(title).raw("</title><style>").raw(include_str!("style.css"));
    page.raw("</style></head><body><main><header>").raw(MARK).raw("<div><h1>").raw(title).raw("</h1><p>");
}

/// Closes the heading.
pub fn end_heading(page: &mut Markup) {
    page.raw("</p></div></header>");
}

/// Closes the page, with a remark at its foot.
pub fn end_page(page: &mut Markup, remark: &'static str) {
    page.raw("<footer>Made by psephos. Every figure can be recomputed from the chain with <code>psephos verify</code>");
    page.raw(remark).raw("</footer></main></body></html>\n");
}

/// Writes the verdict.
pub fn write_verdict(page: &mut Markup, passed: bool, verdict: &str) {
    page.raw(match passed {
        true => "<div class=\"verdict\" role=\"status\">✓ ",
        false => "<div class=\"verdict bad\" role=\"status\">✗ ",
    });
    page.text(verdict);
    if !passed {
        page.raw("<p>Do not rely on this result; this page shows where it breaks.</p>");
    }
    page.raw("</div>");
}

/// Writes key figures, each with its name.
pub fn write_tiles(page: &mut Markup, tiles: &[(String, String)]) {
    page.raw("<dl class=\"tiles\">");
    for (name, value) in tiles {
        page.raw("<div class=\"tile\"><dt>").text(name).raw("</dt><dd>").text(value).raw("</dd></div>");
    }
    page.raw("</dl>");
}

/// Writes what a page shows and does not show, with a remark.
pub fn write_privacy(page: &mut Markup, remark: &'static str) {
    page.raw(PRIVACY);
    if !remark.is_empty() {
        page.raw("<p class=\"soft\">").raw(remark).raw("</p>");
    }
    page.raw("</section>");
}
