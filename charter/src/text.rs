//! A statement's text: one line of at most 512 bytes that shows what it says.
//!
//! Voters answer by this text and models obey it, so two texts that look the same must be the same bytes, and nothing
//! in it may be invisible or reorder what is around it.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Greatest length of a statement in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 512;

/// Why a text cannot be a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It has no visible text.
    #[error("the text is empty")]
    Empty,
    /// It is too long.
    #[error("the text has {0} bytes, at most {MAX_TEXT_BYTES} are allowed: shorten it")]
    TooLong(usize),
    /// It has more than one line.
    #[error("the text has a line break: write it in one line")]
    LineBreak,
    /// It has a character that is not seen, or that changes the order in which others are shown.
    #[error("the text has the character U+{0:04X}, which is invisible or reorders text: remove it")]
    ForbiddenCharacter(u32),
    /// It begins or ends with white space.
    #[error("the text begins or ends with white space: remove it")]
    Padded,
    /// It is not in Unicode's normalisation form C.
    #[error("the text is not in Unicode's normalisation form C: normalise it, or import it again")]
    NotNormalised,
}

/// What [`normalise_text`] changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Line breaks became spaces.
    pub line_breaks: bool,
    /// Characters that are invisible or reorder text were removed, or became spaces (tabs).
    pub characters: bool,
    /// The text was brought into normalisation form C.
    pub normalised: bool,
}

impl Changes {
    /// Returns whether anything but white space at the ends changed.
    pub fn any(self) -> bool {
        self.line_breaks || self.characters || self.normalised
    }
}

/// Checks that a text can be a statement as it is.
///
/// # Errors
/// [`TextError`], which says what to change.
pub fn check_text(text: &str) -> Result<(), TextError> {
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > MAX_TEXT_BYTES {
        return Err(TextError::TooLong(text.len()));
    }
    if text.contains(is_line_break) {
        return Err(TextError::LineBreak);
    }
    if let Some(character) = text.chars().find(|c| is_forbidden(*c)) {
        return Err(TextError::ForbiddenCharacter(character.into()));
    }
    if text.trim() != text {
        return Err(TextError::Padded);
    }
    if !is_nfc(text) {
        return Err(TextError::NotNormalised);
    }
    Ok(())
}

/// Brings text from elsewhere into one line: each run of line breaks becomes a space, a tab too; other characters that
/// [`check_text`] forbids are removed; the result is trimmed and in normalisation form C. Its length is not changed
/// beyond that, so it may still be too long.
pub fn normalise_text(text: &str) -> (String, Changes) {
    let mut changes = Changes::default();
    let mut line = String::with_capacity(text.len());
    let mut after_break = false;
    for character in text.trim().chars() {
        let is_break = is_line_break(character);
        match character {
            _ if is_break && after_break => {}
            _ if is_break => line.push(' '),
            '\t' => line.push(' '),
            c if is_forbidden(c) => {}
            c => line.push(c),
        }
        changes.line_breaks |= is_break;
        changes.characters |= !is_break && is_forbidden(character);
        after_break = is_break;
    }
    changes.normalised = !is_nfc(&line);
    (line.trim().nfc().collect(), changes)
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Control characters, the bidirectional marks, embeddings, overrides and isolates of UAX 9, and characters without a
/// look of their own. The joiners U+200C and U+200D stay: Persian and emoji need them.
pub(crate) fn is_forbidden(c: char) -> bool {
    let is_hidden = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    c.is_control() || is_hidden
}

/// Truncates a value of a file for an error message, without what could steer a terminal.
pub(crate) fn truncate(text: &str) -> String {
    const SHOWN: usize = 60;
    let shown = text.chars().take(SHOWN).map(|c| if is_forbidden(c) { char::REPLACEMENT_CHARACTER } else { c });
    let mut out: String = shown.collect();
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_could_be_misread_are_rejected() {
        for (text, expected) in [
            ("", TextError::Empty),
            (" \u{3000}", TextError::Empty),
            (&"a".repeat(513), TextError::TooLong(513)),
            ("a\nb", TextError::LineBreak),
            ("a\u{2028}b", TextError::LineBreak),
            ("a\u{202e}b", TextError::ForbiddenCharacter(0x202e)),
            ("a\u{200b}b", TextError::ForbiddenCharacter(0x200b)),
            ("a\tb", TextError::ForbiddenCharacter(9)),
            (" a", TextError::Padded),
            ("e\u{301}", TextError::NotNormalised),
        ] {
            assert_eq!(check_text(text), Err(expected), "{text:?}");
        }
        for text in [&"a".repeat(512), "é", "我覺得", "👩\u{200d}🚀 می\u{200c}خواهم", "a \"b\", <c> -->"]
        {
            assert_eq!(check_text(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn line_breaks_become_one_space() {
        let (text, changes) = normalise_text("  a\r\n\r\nb\n c \n");
        assert_eq!(text, "a b  c");
        assert!(changes.line_breaks && !changes.characters && !changes.normalised);
        let (text, changes) = normalise_text("e\u{301}\ta\u{202e}");
        assert_eq!(text, "é a");
        assert!(!changes.line_breaks && changes.characters && changes.normalised);
        assert!(!normalise_text(" a ").1.any());
    }

    proptest! {
        #[test]
        fn normalised_text_fails_only_by_length(text in "\\PC{0,30}[\\r\\n\\t\u{200b}\u{feff}]{0,3}\\PC{0,30}") {
            let (line, _) = normalise_text(&text);
            let result = check_text(&line);
            prop_assert!(matches!(result, Ok(()) | Err(TextError::Empty)), "{:?}: {:?}", line, result);
            prop_assert_eq!(normalise_text(&line).0, line);
        }
    }
}
