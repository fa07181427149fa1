//! Rust code without what the checks of code must not see: comments, the contents of strings, and items for tests.
//!
//! Removed characters become spaces, so that lines and positions stay as they are.

/// Blanks comments and the contents of strings and character literals.
pub(super) fn mask_comments_and_strings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kept, skipped) = match first {
            '/' if rest.starts_with("//") => (0, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (0, block_comment_length(rest)),
            '"' => (1, string_length(rest)),
            'r' if raw_string_hashes(rest).is_some() => (1, raw_string_length(rest)),
            '\'' => (1, character_length(rest).unwrap_or(1)),
            _ => (first.len_utf8(), first.len_utf8()),
        };
        out.push_str(&rest[..kept]);
        out.extend(rest[kept..skipped].chars().map(|symbol| if symbol == '\n' { '\n' } else { ' ' }));
        rest = &rest[skipped..];
    }
    out
}

/// Blanks the items that `#[cfg(test)]` marks, in code without comments and strings. What follows such an item stays.
pub(super) fn mask_test_items(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let end = start + MARK.len() + item_length(&rest[start + MARK.len()..]);
        out.push_str(&rest[..start]);
        out.extend(rest[start..end].chars().map(|symbol| if symbol == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Returns the length of the item at the start: up to its semicolon, or to the end of its body.
fn item_length(code: &str) -> usize {
    let (mut brackets, mut braces) = (0, 0);
    for (at, symbol) in code.char_indices() {
        match symbol {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' => braces += 1,
            '}' => braces -= 1,
            _ => {}
        }
        if brackets == 0 && braces == 0 && matches!(symbol, ';' | '}') {
            return at + 1;
        }
    }
    code.len()
}

/// Block comments nest.
fn block_comment_length(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let step = match rest.chars().next() {
            Some('/') if rest.starts_with("/*") => {
                depth += 1;
                2
            }
            Some('*') if rest.starts_with("*/") => {
                depth -= 1;
                2
            }
            Some(symbol) => symbol.len_utf8(),
            None => break,
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, symbol) in text.char_indices().skip(1) {
        match symbol {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the number of `#` before the quotation mark of a raw string; `None` if this is none.
fn raw_string_hashes(text: &str) -> Option<usize> {
    let hashes = text[1..].find(|symbol| symbol != '#')?;
    text[1 + hashes..].starts_with('"').then_some(hashes)
}

fn raw_string_length(text: &str) -> usize {
    let hashes = raw_string_hashes(text).unwrap_or_default();
    let (start, end) = (2 + hashes, format!("\"{}", "#".repeat(hashes)));
    text[start..].find(&end).map_or(text.len(), |at| start + at + end.len())
}

/// Returns the length of a character literal; `None` for a lifetime.
fn character_length(text: &str) -> Option<usize> {
    let mut symbols = text.char_indices().skip(1);
    let (_, first) = symbols.next()?;
    if first == '\\' {
        symbols.next()?;
        return Some(symbols.find(|(_, symbol)| *symbol == '\'')?.0 + 1);
    }
    symbols.next().filter(|(_, symbol)| *symbol == '\'').map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blank_and_code_stays_in_position() {
        let text = "let a = \"}//\\\"B\"; // B\nlet c = '\"'; /* B /* B */ } */ fn f<'g>(h: &'g str) { br#\"\"B}\"# }";
        let masked = mask_comments_and_strings(text);
        assert_eq!(masked.len(), text.len());
        for word in ["let a =", "let c =", "fn f<'g>(h: &'g str) {"] {
            assert_eq!(masked.find(word), text.find(word), "{word}");
        }
        assert!(!masked.contains('B'), "{masked}");
        assert_eq!(masked.matches('}').count(), 1, "{masked}");
    }

    #[test]
    fn only_the_items_of_tests_are_blank() {
        let code = "#[cfg(test)]\nmod a;\nuse b::C;\n#[cfg(test)]\nmod d {\n  fn e(f: [u8; 2]) {}\n}\nuse g::H;\n";
        let masked = mask_test_items(code);
        assert_eq!(masked.split_whitespace().collect::<Vec<_>>(), ["use", "b::C;", "use", "g::H;"]);
        assert_eq!(masked.lines().position(|line| line == "use g::H;"), Some(7));
    }
}
