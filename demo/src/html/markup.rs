//! Building a page in which nothing can be injected.
//!
//! Markup enters as `&'static str` only: it is in this program's source. Everything that comes from a report, be it a name or a
//! number, enters through [`Markup::text`], which escapes it.

use std::fmt::{Display, Write};

use crate::format::thousands;

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
}
