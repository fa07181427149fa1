//! No public function of `protocol` or `state`, nor one of a public trait, takes two bare numbers or two bare field
//! elements: a caller could swap them, and no error would tell. Types such as `Weight`, `PollId` or `Context` stand for
//! what they mean.

use std::iter;
use std::ops::Range;

use super::SourceFile;
use super::code::{mask_comments_and_strings, mask_test_items};

/// The crates whose public functions are checked.
const CRATES: &[&str] = &["protocol/src/", "state/src/"];
/// The types that say nothing about a value's meaning.
const BARE: &[&str] = &["u64", "Fr"];

/// Lists the public functions with two parameters of one bare type.
pub(super) fn find_swappable_parameters(files: &[SourceFile]) -> Vec<String> {
    let checked = files.iter().filter(|file| CRATES.iter().any(|source| file.path.starts_with(source)));
    checked.flat_map(|file| find_in_file(&file.path, &file.text)).collect()
}

fn find_in_file(path: &str, text: &str) -> Vec<String> {
    let code = mask_test_items(&mask_comments_and_strings(text));
    let traits = public_traits(&code);
    let starts = code.match_indices("fn ").map(|(at, _)| at).filter(|at| {
        let before = &code[..*at];
        is_public(before) || traits.iter().any(|body| body.contains(at) && is_declaration(before))
    });
    let signatures = starts.filter_map(|at| {
        let start = at + "fn ".len();
        let (name, after) = code[start..].split_once(['(', '<'])?;
        let parameters = if code.as_bytes()[start + name.len()] == b'<' {
            after[closing(after, '<', '>')?..].split_once('(')?.1
        } else {
            after
        };
        let line = code[..at].matches('\n').count() + 1;
        Some((line, name, &parameters[..closing(parameters, '(', ')')?]))
    });
    let found = signatures.flat_map(|(line, name, parameters)| {
        let twice = move |bare: &&&str| split_parameters(parameters).filter(|kind| kind == *bare).count() > 1;
        BARE.iter().filter(twice).map(move |bare| {
            format!("{path}:{line}: {name} takes two values of type {bare}, which a caller could swap: give them types")
        })
    });
    found.collect()
}

/// Returns whether the text before `fn` ends with `pub` and the function's qualifiers.
fn is_public(before: &str) -> bool {
    without_qualifiers(before).is_some_and(|rest| ends_with_word(rest, "pub"))
}

/// Returns whether the text before `fn` ends what came before a function of a trait: its own line begins with the
/// function's qualifiers, or an item or an attribute ends there.
fn is_declaration(before: &str) -> bool {
    without_qualifiers(before).is_some_and(|rest| rest.is_empty() || rest.ends_with(['{', '}', ';', ']']))
}

/// Returns the text before the qualifiers of a function; `None` if what stands before `fn` is a part of a word.
fn without_qualifiers(before: &str) -> Option<&str> {
    if before.ends_with(|symbol: char| symbol.is_alphanumeric() || symbol == '_') {
        return None;
    }
    let mut rest = before.trim_end();
    // The contents of strings are blank: `extern "C"` ends with a quotation mark and blanks.
    while let Some(word) =
        ["const", "async", "unsafe", "extern", "\""].into_iter().find(|word| ends_with_word(rest, word))
    {
        rest = rest[..rest.len() - word.len()].trim_end();
    }
    Some(rest)
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| {
        !before.ends_with(|symbol: char| symbol.is_alphanumeric() || symbol == '_') || word == "\""
    })
}

/// Returns the positions of the bodies of public traits.
fn public_traits(code: &str) -> Vec<Range<usize>> {
    let starts = code.match_indices("pub trait ").chain(code.match_indices("pub unsafe trait "));
    let bodies = starts.filter_map(|(at, _)| {
        let start = at + code[at..].find('{')? + 1;
        Some(start..start + closing(&code[start..], '{', '}')?)
    });
    bodies.collect()
}

/// Returns the position of the bracket that closes one opened before `text`. The `>` of an arrow closes nothing.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1;
    let mut before = ' ';
    for (at, symbol) in text.char_indices() {
        match symbol {
            _ if symbol == open => depth += 1,
            _ if symbol == close && before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        before = symbol;
    }
    None
}

/// Iterates over the types of parameters, without reference signs. Brackets inside a type hide its commas.
fn split_parameters(parameters: &str) -> impl Iterator<Item = &str> {
    let mut rest = parameters;
    let split = iter::from_fn(move || {
        if rest.trim().is_empty() {
            return None;
        }
        let (mut depth, mut before) = (0, ' ');
        let end = rest.char_indices().find(|(_, symbol)| {
            match symbol {
                '(' | '[' | '<' => depth += 1,
                '>' if before == '-' => {}
                ')' | ']' | '>' => depth -= 1,
                _ => {}
            }
            before = *symbol;
            depth == 0 && *symbol == ','
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        let parameter = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        Some(parameter)
    });
    split.filter_map(|parameter| Some(parameter.split_once(':')?.1.trim().trim_start_matches('&')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_bare_values_are_reported_and_typed_or_hidden_ones_are_not() {
        let text = "
            impl A {
                pub fn swap(&self, members: u64, weight: u64) {}
                pub fn generic<F: Fn(u64, u64) -> u64>(
                    &self,
                    x: &Fr,
                    run: F,
                    then: impl Fn(Fr, Fr) -> Vec<Fr>,
                    y: Fr,
                ) {}
                pub fn pair([x, y]: [Fr; 2], n: u64, at: [u64; 2], m: Weight) {}
                pub const fn new(number: u64) -> u64 { number }
                pub(crate) fn inner(a: u64, b: u64) {}
                fn private(a: u64, b: u64) {}
                pub async fn later(a: u64, b: u64) {}
                pub unsafe fn risky(a: Fr, b: Fr) {}
                pub const unsafe extern \"C\" fn both(a: u64, b: u64) {}
                // pub fn comment(a: u64, b: u64) {}
            }
            pub trait Open<T: Fn(u64) -> u64>: Sized {
                const N: usize;
                fn required(&self, a: u64, b: u64) -> u64;
                async fn provided(a: Fr, b: Fr) {
                    fn nested(a: u64) {}
                    let run: fn (u64, u64) = other;
                }
            }
            pub(crate) trait Inner {
                fn hidden(&self, a: u64, b: u64);
            }
            #[cfg(test)]
            mod tests {
                pub fn test(a: u64, b: u64) {}
            }";
        let file = |path: &str| SourceFile { path: path.into(), text: text.into() };
        let found = find_swappable_parameters(&[file("state/src/a.rs"), file("chain/src/a.rs")]);
        let expected = [
            (3, "swap", "u64"),
            (4, "generic", "Fr"),
            (15, "later", "u64"),
            (16, "risky", "Fr"),
            (17, "both", "u64"),
            (22, "required", "u64"),
            (23, "provided", "Fr"),
        ]
        .map(|(line, name, bare)| {
            format!("state/src/a.rs:{line}: {name} takes two values of type {bare}, which a caller could swap: give them types")
        });
        assert_eq!(found, expected);
    }
}
