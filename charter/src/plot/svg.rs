//! Builds a drawing into which no markup can be injected, as the pages of reports are built: markup is part of this
//! program's source, and every value is escaped.

use std::fmt::{Display, Write};

/// A drawing under construction.
#[derive(Default)]
pub(super) struct Svg {
    out: String,
}

impl Svg {
    /// Appends markup that is part of this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Appends a value, escaped for text and for quoted attributes alike.
    pub(super) fn text(&mut self, value: impl Display) -> &mut Self {
        // Writing to a `String` cannot fail.
        let _ = write!(Escaping(&mut self.out), "{value}");
        self
    }

    /// Appends a number of tenths as a decimal number.
    pub(super) fn tenths(&mut self, value: u64) -> &mut Self {
        self.text(value / 10);
        match value % 10 {
            0 => self,
            rest => self.raw(".").text(rest),
        }
    }

    /// Returns the drawing.
    pub(super) fn finish(self) -> String {
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
                c if crate::text::is_forbidden(c) => self.0.push(char::REPLACEMENT_CHARACTER),
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}
