//! Building a page in which nothing can be injected.
//!
//! Markup enters as `&'static str` only: it is in this program's source. Everything that comes from a report, be it a name or a
//! number, enters through [`Markup::text`], which escapes it.

use std::fmt::{Display, Write};

/// A page under construction.
#[derive(Default)]
pub(crate) struct Markup {
    out: String,
}

impl Markup {
    /// Appends markup that is part of this program.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Appends a value, escaped for text and for quoted attributes alike.
    pub(crate) fn text(&mut self, value: impl Display) -> &mut Self {
        // Writing to a `String` cannot fail.
        let _ = write!(Escaping(&mut self.out), "{value}");
        self
    }

    /// `<td>value</td>`.
    pub(crate) fn cell(&mut self, value: impl Display) -> &mut Self {
        self.raw("<td>").text(value).raw("</td>")
    }

    /// `<td class="n">value</td>`: a right-aligned number.
    pub(crate) fn number(&mut self, value: u64) -> &mut Self {
        self.raw("<td class=\"n\">").text(thousands(value)).raw("</td>")
    }

    /// The page.
    pub(crate) fn finish(self) -> String {
        self.out
    }
}

struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Characters that are not allowed in a page at all, among them those that end a terminal's line.
                c if c.is_control() && c != '\n' && c != '\t' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

/// `1234567` as `1,234,567`.
pub(crate) fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `part` of `whole` in percent with one decimal; 0 of 0 is 0.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", share(part, whole) * 100.0)
}

/// `part` of `whole` as a number from 0 to 1; 0 of 0 is 0.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// `1 ballot`, `2 ballots`.
pub(crate) fn plural(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {one}s", thousands(count)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_value_is_inert() {
        let mut page = Markup::default();
        page.raw("<p title=\"").text("\"><script>alert('x')</script>&").raw("\">");
        let html = page.finish();
        assert_eq!(html, "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;\">");
    }

    #[test]
    fn control_characters_are_replaced() {
        let mut page = Markup::default();
        page.text("a\u{0}b\u{1b}[31mc\td");
        assert_eq!(page.finish(), "a\u{fffd}b\u{fffd}[31mc\td");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(389_999_999_999), "389,999,999,999");
        assert_eq!(plural(1, "ballot"), "1 ballot");
        assert_eq!(plural(1_024, "ballot"), "1,024 ballots");
    }

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(1, 3), "33.3 %");
    }
}
