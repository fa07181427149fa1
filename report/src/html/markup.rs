//! Builds a page into which no markup can be injected.
//!
//! Markup enters as `&'static str` only: it is part of this program's source. Every value of a report, be it a name
//! or a number, enters through [`Markup::text`], which escapes it; a plot through [`Markup::plot`], whose renderer
//! does.

use std::fmt::{Display, Write};

use psephos_charter::plot::{Plot, render_plot};

use crate::{format::thousands, text::is_printable};

/// A page under construction.
#[derive(Default)]
pub struct Markup {
    out: String,
}

impl Markup {
    /// Appends markup that is part of this program.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Appends a value, escaped for text and for quoted attributes alike.
    pub fn text(&mut self, value: impl Display) -> &mut Self {
        // Writing to a `String` cannot fail.
        let _ = write!(Escaping(&mut self.out), "{value}");
        self
    }

    /// Appends a name that others chose, isolated: letters that are written from right to left do not reorder what is
    /// around it.
    pub fn name(&mut self, value: impl Display) -> &mut Self {
        self.raw("<bdi>").text(value).raw("</bdi>")
    }

    /// Appends `<td>value</td>`.
    pub fn cell(&mut self, value: impl Display) -> &mut Self {
        self.raw("<td>").text(value).raw("</td>")
    }

    /// Appends `<td class="n">value</td>`: a right-aligned number.
    pub fn number(&mut self, value: u64) -> &mut Self {
        self.raw("<td class=\"n\">").text(thousands(value)).raw("</td>")
    }

    /// Appends the drawing of a plot, which escapes its texts itself.
    pub fn plot(&mut self, plot: &Plot) -> &mut Self {
        self.out.push_str(&render_plot(plot));
        self
    }

    /// Returns the page.
    pub fn finish(self) -> String {
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
                // Control characters are not allowed in a page, and could control a terminal that shows its source;
                // others that are not seen would show the text around them in another order.
                c if is_printable(c) || c == '\n' || c == '\t' => self.0.push(c),
                _ => self.0.push(char::REPLACEMENT_CHARACTER),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_values_is_escaped() {
        let mut page = Markup::default();
        page.raw("<p title=\"").text("\"><script>alert('x')</script>&").raw("\">");
        let html = page.finish();
        assert_eq!(html, "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;\">");
    }

    #[test]
    fn control_characters_in_values_are_replaced() {
        let mut page = Markup::default();
        page.text("a\u{0}b\u{1b}[31mc\td");
        assert_eq!(page.finish(), "a\u{fffd}b\u{fffd}[31mc\td");
    }

    #[test]
    fn characters_that_reorder_text_are_replaced_and_names_are_isolated() {
        let mut page = Markup::default();
        page.name("\u{202e}oN").text(" \u{2067}שלום");
        assert_eq!(page.finish(), "<bdi>\u{fffd}oN</bdi> \u{fffd}שלום");
    }
}
