//! Files of `state` and `chain` import each other in one direction only.
//!
//! An edge leads from a file to the file that a `crate::`, `super::` or `self::` path in its code names, outside
//! `#[cfg(test)]` items. A module that only hands on the names of its children (`pub use child::CircuitName`) has no
//! edge to them for that; a path through it counts as a path to the module itself.

use std::collections::{BTreeMap, BTreeSet};

use super::SourceFile;
use super::code::{mask_comments_and_strings, mask_test_items};

/// The crates whose files are checked.
const CRATES: &[&str] = &["state", "chain"];

/// Lists each cycle once, by the files on it.
pub(super) fn find_cycles(files: &[SourceFile]) -> Vec<String> {
    CRATES.iter().flat_map(|name| find_in_crate(name, files)).collect()
}

fn find_in_crate(name: &str, files: &[SourceFile]) -> Vec<String> {
    let source = format!("{name}/src/");
    let modules: BTreeMap<Vec<String>, &SourceFile> = files
        .iter()
        .filter(|file| !is_test(&file.path))
        .filter_map(|file| Some((module_path(file.path.strip_prefix(&source)?)?, file)))
        .collect();
    let edges: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> =
        modules.iter().map(|(module, file)| (module, imports(module, &file.text, &modules))).collect();
    let mut reported: BTreeSet<&Vec<String>> = BTreeSet::new();
    let mut found = Vec::new();
    for module in edges.keys() {
        let reach = reachable(module, &edges);
        if !reach.contains(module) || reported.contains(module) {
            continue;
        }
        let circle: Vec<&&Vec<String>> =
            reach.iter().filter(|other| reachable(other, &edges).contains(module)).collect();
        let paths: Vec<&str> = circle.iter().filter_map(|other| Some(modules.get(**other)?.path.as_str())).collect();
        found.push(format!("import cycle of {} files: {}", paths.len(), paths.join(", ")));
        reported.extend(circle.into_iter().copied());
    }
    found
}

/// The files that a path of at least one edge leads to.
fn reachable<'a>(
    from: &'a Vec<String>,
    edges: &BTreeMap<&'a Vec<String>, BTreeSet<&'a Vec<String>>>,
) -> BTreeSet<&'a Vec<String>> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        for next in edges.get(module).into_iter().flatten() {
            if found.insert(*next) {
                open.push(next);
            }
        }
    }
    found
}

/// `follow/step.rs` is `[follow, step]`; the root `lib.rs` only lists modules and is no file of the graph.
fn module_path(relative: &str) -> Option<Vec<String>> {
    let stem = relative.strip_suffix(".rs")?;
    if stem == "lib" {
        return None;
    }
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    Some(stem.split('/').map(str::to_owned).collect())
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs") || path.ends_with("/testing.rs")
}

/// The modules that a file's code names.
fn imports<'a>(
    module: &[String],
    text: &str,
    modules: &'a BTreeMap<Vec<String>, &SourceFile>,
) -> BTreeSet<&'a Vec<String>> {
    let code = mask_test_items(&mask_comments_and_strings(text));
    let mut found = BTreeSet::new();
    for path in paths(&code) {
        let Some(absolute) = resolve(module, &path, modules) else { continue };
        // The longest prefix that is a file.
        let target = (1..=absolute.len()).rev().find_map(|length| modules.get_key_value(&absolute[..length]));
        if let Some((target, _)) = target
            && target != module
        {
            found.insert(target);
        }
    }
    found
}

/// A path's segments from the crate's root; nothing if it leads into another crate.
fn resolve(module: &[String], path: &Path, modules: &BTreeMap<Vec<String>, &SourceFile>) -> Option<Vec<String>> {
    let (first, rest) = path.segments.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module, rest].concat()),
        "super" => {
            let ups = path.segments.iter().take_while(|segment| *segment == "super").count();
            let base = module.get(..module.len().checked_sub(ups)?)?;
            Some([base, &path.segments[ups..]].concat())
        }
        _ => {
            let child = [module, std::slice::from_ref(first)].concat();
            // A child's name: a use of its items, unless the file only hands them on.
            (modules.contains_key(&child) && !path.handed_on).then(|| [module, &path.segments].concat())
        }
    }
}

/// A path as it stands in the code.
struct Path {
    segments: Vec<String>,
    /// It stands in a `pub use`.
    handed_on: bool,
}

/// Every `a::b::c` of the code, with the groups of `use` statements spelt out.
fn paths(code: &str) -> Vec<Path> {
    let mut found = Vec::new();
    for statement in code.split(';') {
        let use_at = statement.rfind("use ").filter(|at| {
            statement[..*at].chars().next_back().is_none_or(char::is_whitespace) && is_use(&statement[..*at])
        });
        if let Some(at) = use_at {
            let handed_on = statement[..at].trim_end().rsplit('\n').next().is_some_and(|line| line.contains("pub"));
            expand(&[], statement[at + 4..].trim(), handed_on, &mut found);
            scan(&statement[..at], &mut found);
        } else {
            scan(statement, &mut found);
        }
    }
    found
}

/// Whether the text before `use` ends a statement: nothing, a visibility, or the end of a block.
fn is_use(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before).trim();
    line.is_empty() || line.starts_with("pub")
}

/// Spells out `a::{b, c::{d}}`.
fn expand(prefix: &[String], text: &str, handed_on: bool, found: &mut Vec<Path>) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    match text.find('{') {
        Some(brace) if text.ends_with('}') => {
            let head: Vec<String> = segments(&text[..brace]);
            let prefix = [prefix, &head].concat();
            for part in split_top(&text[brace + 1..text.len() - 1]) {
                expand(&prefix, part, handed_on, found);
            }
        }
        _ => {
            let name = text.split(" as ").next().unwrap_or(text);
            found.push(Path { segments: [prefix, &segments(name)].concat(), handed_on });
        }
    }
}

fn segments(text: &str) -> Vec<String> {
    text.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Splits at the commas outside braces.
fn split_top(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Finds paths in expressions and types.
fn scan(code: &str, found: &mut Vec<Path>) {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for token in code.split(|c: char| !is_path(c)).filter(|token| token.contains("::")) {
        found.push(Path { segments: segments(token), handed_on: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.into(), text: text.into() }
    }

    #[test]
    fn cycle_of_two_files_is_found() {
        let files = [
            file("state/src/a.rs", "use crate::{\n    b::B,\n    c::C,\n};\n"),
            file("state/src/b.rs", "fn f() { crate::a::g() }\n"),
            file("state/src/c.rs", "// use crate::a::A;\n#[cfg(test)]\nmod tests { use crate::a::A; }"),
        ];
        assert_eq!(find_cycles(&files), ["import cycle of 2 files: state/src/a.rs, state/src/b.rs"]);
    }

    #[test]
    fn imports_after_a_test_module_are_seen() {
        let files = [
            file("state/src/a.rs", "#[cfg(test)]\nmod tests;\nuse crate::b::B;\n"),
            file("state/src/b.rs", "#[cfg(test)]\nmod tests { use crate::c::C; }\nfn f() { crate::a::g() }\n"),
            file("state/src/c.rs", "fn g() -> &'static str { \"//\" }\nuse crate::b::B;\n"),
        ];
        assert_eq!(find_cycles(&files), ["import cycle of 2 files: state/src/a.rs, state/src/b.rs"]);
    }

    #[test]
    fn parent_may_hand_on_the_names_of_a_child() {
        let handed = [file("state/src/a.rs", "mod b;\npub use b::B;\n"), file("state/src/a/b.rs", "use super::C;\n")];
        assert!(find_cycles(&handed).is_empty());
        let used = [file("state/src/a.rs", "mod b;\nuse b::B;\n"), file("state/src/a/b.rs", "use super::C;\n")];
        assert_eq!(find_cycles(&used).len(), 1);
    }

    #[test]
    fn longer_cycles_and_other_crates_are_told_apart() {
        let files = [
            file("chain/src/a.rs", "use crate::b::X;"),
            file("chain/src/b.rs", "pub(crate) use crate::c::Y;"),
            file("chain/src/c.rs", "use crate::a::Z;"),
            file("client/src/a.rs", "use crate::b::X;"),
            file("client/src/b.rs", "use crate::a::X;"),
        ];
        assert_eq!(find_cycles(&files).len(), 1);
    }
}
