//! No public function of `protocol` or `state` takes two bare numbers or two bare field elements: a caller could swap
//! them, and no error would tell. Types such as `Weight`, `PollId` or `Context` stand for what they mean.

use std::iter;

use super::SourceFile;

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
    let starts = text.match_indices("pub fn ").chain(text.match_indices("pub const fn "));
    let signatures = starts.filter_map(|(at, keyword)| {
        let (name, after) = text[at + keyword.len()..].split_once(['(', '<'])?;
        let parameters = if text.as_bytes()[at + keyword.len() + name.len()] == b'<' {
            after[closing(after, '<', '>')?..].split_once('(')?.1
        } else {
            after
        };
        let line = text[..at].matches('\n').count() + 1;
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
            }";
        let file = |path: &str| SourceFile { path: path.into(), text: text.into() };
        let found = find_swappable_parameters(&[file("state/src/a.rs"), file("chain/src/a.rs")]);
        let expected = [(3, "swap", "u64"), (4, "generic", "Fr")].map(|(line, name, bare)| {
            format!("state/src/a.rs:{line}: {name} takes two values of type {bare}, which a caller could swap: give them types")
        });
        assert_eq!(found, expected);
    }
}
